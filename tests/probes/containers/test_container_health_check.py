import json

import boto3
import pytest

from auditor.query import prune
from probes.aws.ecs_tasks import TaskDefinition
from probes.containers.container_health_check import ContainerHealthCheck
from tests.kit import Case, audit, check_case, findings_of, verdicts
from tests.probes.containers import made
from tests.probes.containers.made import BALANCED, container, definition, running

PROBE = ContainerHealthCheck()
COMMAND = ["CMD-SHELL", "curl -f -u admin:hunter2 http://localhost/ || exit 1"]


def check(**more):
    times = {"interval": 30, "timeout": 5, "retries": 3, "startPeriod": 60}
    return {"healthCheck": {"command": COMMAND, **times, **more}}


def checked(**more):
    return running(definition(container(**check(**more))))


CLASSIC = [{"loadBalancerName": "old", "containerName": "web"}]
BARE = running()

CASES = [
    Case("checked", checked(), "pass"),
    Case("not checked", BARE, "gap", "no-health-check", severity="low", found={"web": None}),
    Case("an empty command", checked(command=[]), "gap", "no-health-check"),
    Case("turned off", checked(command=["NONE"]), "gap", "no-health-check"),
    Case("without a shell", checked(command=["CMD", "/healthy"]), "pass"),
    Case(
        "one of two is not checked",
        running(definition(container(**check()), container("worker"))),
        "gap",
        found={"worker": None},
    ),
    Case(
        "a sidecar need not be",
        running(definition(container(**check()), container("datadog-agent"))),
        "pass",
    ),
    Case(
        "nor what is not essential",
        running(definition(container(**check()), container("init", essential=False))),
        "pass",
    ),
    Case(
        "nothing but sidecars",
        running(definition(container("envoy"))),
        "not_applicable",
        "sidecars",
    ),
    Case(
        "a sidecar by the baseline",
        running(definition(container("web"))),
        "not_applicable",
        settings={"sidecars": {"names": ["w*"]}},
    ),
    Case(
        "too slow",
        checked(interval=60, retries=10),
        "drift",
        "deviates",
        severity="informational",
        expected={"interval": 30, "retries": 3},
        found={"interval": 60, "retries": 10},
    ),
    Case("starts at once", checked(startPeriod=0), "drift", found={"start_period": 0}),
    Case(
        "left to the defaults",
        running(definition(container(healthCheck={"command": COMMAND}))),
        "drift",
        found={"start_period": 0},
    ),
    Case("faster than asked", checked(interval=10, timeout=2, retries=1, startPeriod=300), "pass"),
    Case(
        "missing weighs more than deviating",
        running(definition(container(**check(interval=60)), container("worker"))),
        "gap",
        "no-health-check",
        severity="low",
    ),
    Case("behind a load balancer", running(loadBalancers=[BALANCED]), "gap"),
    Case(
        "behind a load balancer that suffices",
        running(loadBalancers=[BALANCED]),
        "not_applicable",
        "load-balancer",
        settings={"load_balancer_suffices": True},
    ),
    Case(
        "behind none, where one would suffice",
        BARE,
        "gap",
        settings={"load_balancer_suffices": True},
    ),
    Case(
        "behind a Classic Load Balancer",
        running(loadBalancers=CLASSIC),
        "not_applicable",
        "classic",
    ),
    Case("not asked for", BARE, "not_applicable", "not-asked", settings={"required": False}),
    Case("not shown", made.UNSHOWN, "unknown"),
    Case("being deleted", running(status="INACTIVE"), "not_applicable", "inactive"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_command_is_not_kept():
    kept = prune(TaskDefinition, definition(container(**check())))
    assert "hunter2" not in json.dumps(kept)
    assert kept["containerDefinitions"][0]["healthCheck"]["command"] == ["CMD-SHELL"]


@pytest.mark.parametrize("command", [None, "hunter2", {"a": "hunter2"}, ["hunter2"]], ids=repr)
def test_a_command_of_any_kind_is_not_kept(command):
    kept = prune(TaskDefinition, definition(container(healthCheck={"command": command})))
    assert "hunter2" not in json.dumps(kept)


def test_the_task_definition_is_named():
    (finding,) = findings_of(PROBE, Case("x", BARE, "gap"))
    assert [one.resource.arn for one in finding.related] == [made.TASK]


def test_on_an_account(aws):
    client = boto3.client("ecs", "us-east-1")
    client.create_cluster(clusterName="shop")
    for name, more in (("bare", {}), ("checked", check())):
        task = {"name": "web", "image": "redis", "memory": 512, **more}
        client.register_task_definition(family=name, containerDefinitions=[task])
        client.create_service(cluster="shop", serviceName=name, taskDefinition=name, desiredCount=0)
    assert verdicts(audit(ContainerHealthCheck)) == {"bare": "gap", "checked": "pass"}
