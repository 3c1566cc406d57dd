import boto3
import pytest

from probes.aws import elbv2
from probes.load_balancing.target_group_attributes import TargetGroupAttributes
from tests.kit import Case, audit, check_case, findings_of, verdicts
from tests.probes.load_balancing.made import (
    FUNCTION,
    GROUP,
    attributes,
    fix_of,
    group,
    live_balancer,
    live_group,
    live_listener,
    vpc_with_two_subnets,
)

PROBE = TargetGroupAttributes()
GOOD = {
    "deregistration_delay__timeout_seconds": "30",
    "slow_start__duration_seconds": "60",
    "load_balancing__algorithm__type": "round_robin",
}


def answers(made=None, **changes):
    values = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return {
        elbv2.TARGET_GROUPS: [made or group()],
        elbv2.TARGET_GROUP_ATTRIBUTES: {GROUP: attributes(**values)},
    }


def delay(name, given, verdict, code=None, **more):
    return Case(name, given, verdict, code, part="deregistration_delay", **more)


def slow(name, given, verdict, code=None, **more):
    return Case(name, given, verdict, code, part="slow_start", **more)


def wait(seconds):
    return answers(deregistration_delay__timeout_seconds=seconds)


def start(seconds):
    return answers(slow_start__duration_seconds=seconds)


def algorithm(name):
    return answers(load_balancing__algorithm__type=name)


EXACTLY = {"deregistration_delay_compare": "exactly", "slow_start_compare": "exactly"}
UNUSED = {elbv2.TARGET_GROUPS: [group(LoadBalancerArns=[])]}
CASES = [
    delay("30 s", answers(), "pass"),
    delay("10 s", wait("10"), "pass"),
    delay("10 s, and exactly 30 are wanted", wait("10"), "drift", settings=EXACTLY),
    delay("at once", wait("0"), "pass", says="cut off"),
    delay("300 s", wait("300"), "drift", "deregistration-delay", severity="low", expected={"at_most": 30}, found=300),
    delay("300 s as wanted", wait("300"), "pass", settings={"deregistration_delay_seconds": 300}),
    delay("not stated", wait(None), "unknown", "unknown-value"),
    delay("beyond all numbers", wait("9" * 5000), "unknown", "unknown-value"),
    delay("a function", {elbv2.TARGET_GROUPS: [group(**FUNCTION)]}, "not_applicable", "lambda"),
    delay("in no use", UNUSED, "not_applicable", "unattached"),
    delay("UDP", answers(group(Protocol="UDP")), "pass"),
    slow("60 s", answers(), "pass"),
    slow("90 s", start("90"), "pass"),
    slow("90 s, and exactly 60 are wanted", start("90"), "drift", settings=EXACTLY),
    slow("off", start("0"), "drift", "slow-start", expected={"at_least": 60}, found=0),
    slow("off, and nobody asks", start("0"), "not_applicable", "not-asked", settings={"slow_start_seconds": 0}),
    slow("not stated", start(None), "unknown", "unknown-value"),
    slow("in no use", UNUSED, "not_applicable", "unattached"),
    *(
        slow(name, algorithm(name), "not_applicable", "other-algorithm")
        for name in ("least_outstanding_requests", "weighted_random")
    ),
    slow("an unknown algorithm", algorithm("dice"), "unknown", "unknown-value"),
    slow("a function", answers(group(**FUNCTION)), "not_applicable", "other-kind"),
    slow("a load balancer as target", answers(group(TargetType="alb", Protocol="TCP")), "not_applicable"),
    *(
        slow(protocol, answers(group(Protocol=protocol)), "not_applicable", "other-kind")
        for protocol in ("TCP", "TLS", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC")
    ),
    slow("an unknown protocol", answers(group(Protocol="HTTP9")), "unknown", "unknown-protocol"),
    slow("an unknown type", answers(group(TargetType="qubit")), "unknown", "unknown-type"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_fix_sets_what_is_wanted():
    found = findings_of(PROBE, delay("300 s", wait("300"), "drift"))
    fix = fix_of(found, "deregistration_delay")
    assert f"--target-group-arn {GROUP} " in fix.cli
    assert "Key=deregistration_delay.timeout_seconds,Value=30" in fix.cli
    assert "TargetGroupAttributes" in fix.cloudformation


def test_on_an_account(aws):
    client = boto3.client("elbv2", "us-east-1")
    vpc, subnets = vpc_with_two_subnets(boto3.client("ec2", "us-east-1"))
    arn = live_balancer(client, subnets, "web")
    values = {"deregistration_delay.timeout_seconds": "30", "slow_start.duration_seconds": "60"}
    for port, name in {80: "default", 81: "tuned"}.items():
        target_group = live_group(client, vpc, name)
        live_listener(client, arn, port, target_group)
        if name == "tuned":
            client.modify_target_group_attributes(
                TargetGroupArn=target_group,
                Attributes=[{"Key": k, "Value": v} for k, v in values.items()],
            )
    live_group(client, vpc, "unused")
    found = audit(TargetGroupAttributes)
    expected = {"default": "drift", "tuned": "pass", "unused": "not_applicable"}
    assert verdicts(found, "deregistration_delay") == expected
    assert verdicts(found, "slow_start") == expected
