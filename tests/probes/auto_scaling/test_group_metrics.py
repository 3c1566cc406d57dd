import boto3
import pytest

from probes.auto_scaling.group_metrics import GroupMetrics
from probes.aws import autoscaling
from tests.kit import Case, audit, check_case, verdicts
from tests.probes.auto_scaling.fleet import group, live_groups

PROBE = GroupMetrics()
WANTED = ["GroupInServiceInstances", "GroupTotalInstances"]


def reporting(*names, **changes):
    metrics = [{"Metric": name, "Granularity": "1Minute"} for name in names]
    return {autoscaling.GROUPS: [group(EnabledMetrics=metrics, **changes)]}


CASES = [
    Case("reports what is wanted", reporting(*WANTED), "pass"),
    Case("reports more", reporting(*WANTED, "GroupMinSize", "SomethingNew"), "pass"),
    Case("reports nothing", reporting(), "gap", "metrics-off", severity="low", found=[]),
    Case("AWS leaves the list out", {autoscaling.GROUPS: [group(EnabledMetrics=None)]}, "gap"),
    Case(
        "reports a part",
        reporting("GroupTotalInstances"),
        "gap",
        "partial",
        expected=WANTED,
        found=["GroupTotalInstances"],
        says="GroupInServiceInstances",
    ),
    Case(
        "a warm pool's metrics are not wanted without a warm pool",
        reporting(*WANTED),
        "pass",
        settings={"metrics": [*WANTED, "WarmPoolTotalCapacity", "GroupAndWarmPoolTotalCapacity"]},
    ),
    Case(
        "a warm pool's metrics are wanted with a warm pool",
        reporting(*WANTED, WarmPoolConfiguration={"MinSize": 1}),
        "gap",
        "partial",
        settings={"metrics": [*WANTED, "WarmPoolTotalCapacity"]},
    ),
    Case("nothing wanted", reporting(), "not_applicable", settings={"metrics": []}),
    Case("being deleted", reporting(Status="Delete in progress"), "not_applicable"),
    Case(
        "kept by an AWS service",
        reporting(Operator={"Principal": "eks.amazonaws.com"}),
        "not_applicable",
        says="eks.amazonaws.com",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("autoscaling", "us-east-1")
    live_groups(client, "silent", "reporting")
    client.enable_metrics_collection(
        AutoScalingGroupName="reporting", Granularity="1Minute", Metrics=WANTED
    )
    assert verdicts(audit(GroupMetrics)) == {"silent": "gap", "reporting": "pass"}
