import boto3
import pytest

from probes.aws import elbv2
from probes.load_balancing.optional_attributes import OptionalAttributes
from tests.kit import Case, audit, check_case
from tests.probes.load_balancing.made import (
    GWLB,
    LB,
    NLB,
    attributes,
    balancer,
    live_balancer,
    vpc_with_two_subnets,
)

PROBE = OptionalAttributes()
ALL = {
    "connection_logs": True,
    "health_check_logs": True,
    "drop_invalid_headers": True,
    "desync_modes": ["defensive", "strictest"],
    "zonal_shift": True,
}
GOOD = {
    "connection_logs__s3__enabled": "true",
    "connection_logs__s3__bucket": "web-logs",
    "health_check_logs__s3__enabled": "true",
    "routing__http__drop_invalid_header_fields__enabled": "true",
    "routing__http__desync_mitigation_mode": "defensive",
    "zonal_shift__config__enabled": "true",
}
NAMES = {
    "connection_logs": "connection_logs__s3__enabled",
    "health_check_logs": "health_check_logs__s3__enabled",
    "invalid_headers": "routing__http__drop_invalid_header_fields__enabled",
    "zonal_shift": "zonal_shift__config__enabled",
}
DESYNC = "routing__http__desync_mitigation_mode"


def answers(arn=LB, **changes):
    return {
        elbv2.LOAD_BALANCERS: [balancer(arn)],
        elbv2.LOAD_BALANCER_ATTRIBUTES: {arn: attributes(**{**GOOD, **changes})},
    }


def case(part, name, given, verdict, code=None, *, asked=True, **more):
    settings = ALL if asked else {}
    return Case(f"{part}: {name}", given, verdict, code, part=part, settings=settings, **more)


CASES = [
    *(case(part, "on", answers(), "pass") for part in NAMES),
    *(case(p, "off", answers(**{n: "false"}), "gap", "off") for p, n in NAMES.items()),
    *(case(p, "unclear", answers(**{n: "maybe"}), "unknown") for p, n in NAMES.items()),
    *(case(p, "not asked", answers(), "not_applicable", "not-asked", asked=False) for p in NAMES),
    *(
        case(part, "a gateway load balancer", answers(GWLB), "not_applicable", "other-type")
        for part in (*NAMES, "desync")
    ),
    case("zonal_shift", "a network load balancer", answers(NLB), "pass"),
    case("invalid_headers", "a network load balancer", answers(NLB), "not_applicable"),
    case("desync", "defensive", answers(), "pass"),
    case("desync", "strictest", answers(**{DESYNC: "strictest"}), "pass"),
    case(
        "desync", "monitor", answers(**{DESYNC: "monitor"}), "drift", "desync-mode",
        expected=["defensive", "strictest"], found="monitor", severity="medium",
    ),
    case("desync", "a new mode", answers(**{DESYNC: "paranoid"}), "unknown", "unknown-value"),
    case("desync", "not asked", answers(), "not_applicable", "not-asked", asked=False),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("elbv2", "us-east-1")
    _, subnets = vpc_with_two_subnets(boto3.client("ec2", "us-east-1"))
    live_balancer(client, subnets, "default")
    arn = live_balancer(client, subnets, "hardened")
    client.modify_load_balancer_attributes(
        LoadBalancerArn=arn,
        Attributes=[
            {"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "true"},
            {"Key": "routing.http.desync_mitigation_mode", "Value": "monitor"},
        ],
    )
    found = audit(OptionalAttributes, settings=ALL)
    assert {
        (f.resource.name, f.part): f.verdict.value
        for f in found
        if f.part in {"invalid_headers", "desync"}
    } == {
        ("default", "invalid_headers"): "gap",
        ("default", "desync"): "pass",
        ("hardened", "invalid_headers"): "pass",
        ("hardened", "desync"): "drift",
    }
