import boto3
import pytest

from probes.aws import ecs_tasks
from probes.containers.grace_period import GracePeriod
from tests.kit import Case, audit, check_case, findings_of, verdicts
from tests.probes.containers import made
from tests.probes.containers.made import BALANCED, container, definition, running

PROBE = GracePeriod()
TASKS = ecs_tasks.TASK_DEFINITIONS
CHECK = {"command": ["CMD-SHELL", "curl -f http://localhost/ || exit 1"]}
CHECKED = definition(container(healthCheck=CHECK))
LATTICE = [{"status": "PRIMARY", "vpcLatticeConfigurations": [{"targetGroupArn": "tg"}]}]


def balanced(**more):
    return running(loadBalancers=[BALANCED], **more)


CASES = [
    Case("long enough", balanced(healthCheckGracePeriodSeconds=60), "pass"),
    Case("none", balanced(), "gap", "no-grace-period", severity="low", expected=60, found=0),
    Case("zero", balanced(healthCheckGracePeriodSeconds=0), "gap", "no-grace-period"),
    Case("too short", balanced(healthCheckGracePeriodSeconds=5), "drift", "too-short", found=5),
    Case("nothing checks its health", running(), "not_applicable", "not-checked"),
    Case("ECS checks its health", running(CHECKED), "gap", "no-grace-period"),
    Case("a check that is none", running(definition(container(healthCheck={"command": ["NONE"]}))),
         "not_applicable", "not-checked"),
    Case("VPC Lattice checks its health", running(deployments=LATTICE), "gap"),
    Case(
        "a load balancer of a task set",
        running(taskSets=[{"taskSetArn": "a", "status": "PRIMARY", "loadBalancers": [BALANCED]}],
                deploymentController={"type": "EXTERNAL"}),
        "gap",
    ),
    Case("long enough though nothing checks", running(healthCheckGracePeriodSeconds=90), "pass"),
    Case("not shown", made.UNSHOWN, "unknown", "unshown"),
    Case("asked for less", balanced(), "pass", settings={"seconds": 0}),
    Case("being deleted", balanced(status="DRAINING"), "not_applicable", "inactive"),
    Case("left alone", balanced(), "not_applicable", settings={"exempt": ["w*"]}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_fix_is_a_command_for_this_service():
    (finding,) = findings_of(PROBE, Case("x", balanced(), "gap"))
    assert "--service web --health-check-grace-period-seconds 60" in finding.fix.cli


def test_on_an_account(aws):
    client = boto3.client("ecs", "us-east-1")
    client.create_cluster(clusterName="shop")
    task = {"name": "web", "image": "redis", "memory": 512, "healthCheck": CHECK}
    client.register_task_definition(family="web", containerDefinitions=[task])
    for name, more in (("none", {}), ("some", {"healthCheckGracePeriodSeconds": 60})):
        client.create_service(
            cluster="shop", serviceName=name, taskDefinition="web", desiredCount=0, **more
        )
    assert verdicts(audit(GracePeriod)) == {"none": "gap", "some": "pass"}
