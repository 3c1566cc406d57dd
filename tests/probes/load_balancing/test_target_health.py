import boto3
import pytest

from probes.aws import elbv2
from probes.load_balancing.target_health import TargetHealth
from tests.kit import Case, audit, check_case, verdicts
from tests.probes.load_balancing.made import (
    GROUP,
    group,
    live_balancer,
    live_group,
    live_listener,
    target,
    vpc_with_two_subnets,
)

PROBE = TargetHealth()
FINE = target()
TIMEOUT = target("unhealthy", "Target.Timeout", 2)
FAILED = target("unhealthy", "Target.FailedHealthChecks", 3)
LEAVING = target("draining", "Target.DeregistrationInProgress", 4)
NEW = target("initial", "Elb.InitialHealthChecking", 5)
UNUSED = target("unused", "Target.NotInUse", 6)
UNCHECKED = target("unavailable", "Target.HealthCheckDisabled", 7)
BROKEN = target("unavailable", "Elb.InternalError", 8)
STRANGE = target("sleeping", number=9)
ILL_DRAINING = target("unhealthy.draining", "Target.Timeout", 10)


def answers(*targets, **changes):
    return {
        elbv2.TARGET_GROUPS: [group(**changes)],
        elbv2.TARGET_HEALTH: {GROUP: list(targets)},
    }


CASES = [
    Case("healthy", answers(FINE), "pass"),
    Case("one healthy, others not", answers(TIMEOUT, FINE, STRANGE, BROKEN), "pass"),
    Case(
        "all unhealthy", answers(FAILED, TIMEOUT, TIMEOUT), "gap", "all-unhealthy",
        severity="high", found=["Target.FailedHealthChecks", "Target.Timeout"],
    ),
    Case("all unhealthy and draining", answers(ILL_DRAINING), "gap", "all-unhealthy"),
    Case("unhealthy, and one that leaves", answers(TIMEOUT, LEAVING, UNUSED), "gap", "all-unhealthy"),
    Case("unhealthy, and a new one", answers(TIMEOUT, NEW), "not_applicable", "initial"),
    Case("all new", answers(NEW), "not_applicable", "no-targets"),
    Case("no targets", answers(), "not_applicable", "no-targets"),
    Case("all leaving", answers(LEAVING, UNUSED), "not_applicable", "no-targets"),
    Case("not checked", answers(UNCHECKED), "not_applicable", "health-checks-off"),
    Case("AWS cannot tell", answers(BROKEN), "unknown", "unknown-state"),
    Case("an unknown state", answers(STRANGE, TIMEOUT), "unknown", "unknown-state", says="sleeping"),
    Case(
        "in no use",
        {elbv2.TARGET_GROUPS: [group(LoadBalancerArns=[])]},
        "not_applicable",
        "unattached",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client, ec2 = boto3.client("elbv2", "us-east-1"), boto3.client("ec2", "us-east-1")
    vpc, subnets = vpc_with_two_subnets(ec2)
    arn = live_balancer(client, subnets, "web")
    for port, name in {80: "served", 81: "empty"}.items():
        target_group = live_group(client, vpc, name)
        live_listener(client, arn, port, target_group)
        if name == "served":
            made = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)
            instance = made["Instances"][0]["InstanceId"]
            client.register_targets(TargetGroupArn=target_group, Targets=[{"Id": instance}])
    # Targets on moto are healthy as soon as they are registered: the ill ones stand in the table.
    assert verdicts(audit(TargetHealth)) == {"served": "pass", "empty": "not_applicable"}
