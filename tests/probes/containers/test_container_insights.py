import boto3
import pytest

from probes.aws import ecs
from probes.containers.container_insights import ContainerInsights
from tests.kit import Case, audit, check_case, findings_of, verdicts
from tests.probes.containers.made import CLUSTER

PROBE = ContainerInsights()


def cluster(value=None, default=None, **more):
    settings = [{"name": "containerInsights", "value": value}] if value is not None else []
    account = [{"name": "containerInsights", "value": default}] if default else []
    return {
        ecs.CLUSTER_ARNS: [CLUSTER],
        ecs.CLUSTERS: {
            CLUSTER: {
                "clusterArn": CLUSTER,
                "clusterName": "shop",
                "status": "ACTIVE",
                "activeServicesCount": 1,
                "runningTasksCount": 2,
                "pendingTasksCount": 0,
                "settings": settings,
                **more,
            }
        },
        ecs.INSIGHTS_DEFAULT: account,
    }


EMPTY = {"activeServicesCount": 0, "runningTasksCount": 0}
CASES = [
    Case("enabled", cluster("enabled"), "pass"),
    Case("enhanced", cluster("enhanced"), "pass"),
    Case("disabled", cluster("disabled"), "gap", "off", severity="medium", expected="enabled"),
    Case("enhanced is more than asked", cluster("enhanced"), "pass", settings={"mode": "enabled"}),
    Case(
        "less than asked",
        cluster("enabled"),
        "drift",
        "not-enhanced",
        settings={"mode": "enhanced"},
        expected="enhanced",
        found="enabled",
    ),
    Case("enhanced as asked", cluster("enhanced"), "pass", settings={"mode": "enhanced"}),
    Case("off, enhanced asked", cluster("disabled"), "gap", settings={"mode": "enhanced"}),
    Case("a new value", cluster("deluxe"), "unknown"),
    Case("the account's setting", cluster(default="enabled"), "pass"),
    Case("the account's setting is off", cluster(default="disabled"), "gap", "off"),
    Case("no setting anywhere", cluster(), "unknown"),
    Case("nothing runs in it", cluster("disabled", **EMPTY), "not_applicable", "empty"),
    Case(
        "nothing runs in it, and it counts",
        cluster("disabled", **EMPTY),
        "gap",
        settings={"skip_empty": False},
    ),
    Case("about to run something", cluster("disabled", **EMPTY, pendingTasksCount=1), "gap"),
    Case(
        "AWS does not say what runs",
        cluster("disabled", **EMPTY, pendingTasksCount=None),
        "gap",
    ),
    Case("deleted", cluster("disabled", status="INACTIVE"), "not_applicable", "inactive"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_fix_is_a_command_for_this_cluster():
    (finding,) = findings_of(PROBE, Case("x", cluster("disabled"), "gap"))
    assert "--cluster shop --settings name=containerInsights,value=enabled" in finding.fix.cli


def test_on_an_account(aws):
    client = boto3.client("ecs", "us-east-1")
    for name, value in (("dark", "disabled"), ("seen", "enabled"), ("bright", "enhanced")):
        said = [{"name": "containerInsights", "value": value}]
        client.create_cluster(clusterName=name, settings=said)
    found = audit(ContainerInsights, settings={"skip_empty": False})
    assert verdicts(found) == {"dark": "gap", "seen": "pass", "bright": "pass"}
