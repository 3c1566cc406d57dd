import boto3
import pytest

from probes.aws import elbv2
from probes.load_balancing.attributes import LoadBalancerAttributes
from tests.kit import Case, audit, check_case, findings_of, verdicts
from tests.probes.load_balancing.made import (
    GWLB,
    LB,
    NLB,
    attributes,
    balancer,
    fix_of,
    live_balancer,
    tagged,
    tcp,
    vpc_with_two_subnets,
)

PROBE = LoadBalancerAttributes()
GOOD = {
    "idle_timeout__timeout_seconds": "60",
    "deletion_protection__enabled": "true",
    "access_logs__s3__enabled": "true",
    "access_logs__s3__bucket": "web-logs",
    "access_logs__s3__prefix": "",
}


def answers(arn=LB, listeners=(), **changes):
    values = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return {
        elbv2.LOAD_BALANCERS: [balancer(arn)],
        elbv2.LOAD_BALANCER_TAGS: tagged(arn),
        elbv2.LOAD_BALANCER_ATTRIBUTES: {arn: attributes(**values)},
        elbv2.LISTENERS: {arn: list(listeners)},
    }


def idle(name, given, verdict, code=None, **more):
    return Case(name, given, verdict, code, part="idle_timeout", **more)


def protection(name, given, verdict, code=None, **more):
    return Case(name, given, verdict, code, part="deletion_protection", **more)


def logs(name, given, verdict, code=None, **more):
    return Case(name, given, verdict, code, part="access_logs", **more)


OFF = {"access_logs__s3__enabled": "false", "access_logs__s3__bucket": ""}
UNPROTECTED = {"deletion_protection__enabled": "false"}
CASES = [
    idle("60 s", answers(), "pass"),
    idle("120 s", answers(idle_timeout__timeout_seconds="120"), "drift", "idle-timeout", severity="low", expected=60, found=120),
    idle("120 s as wanted", answers(idle_timeout__timeout_seconds="120"), "pass", settings={"idle_timeout_seconds": 120}),
    idle("not stated", answers(idle_timeout__timeout_seconds=None), "unknown", "unknown-value"),
    idle("no number", answers(idle_timeout__timeout_seconds="²"), "unknown", "unknown-value"),
    idle("a network load balancer", answers(NLB), "not_applicable", "other-type"),
    protection("protected", answers(), "pass"),
    protection("not protected", answers(**UNPROTECTED), "gap", "off", severity="medium"),
    protection("not protected, staging", answers(**UNPROTECTED), "gap", environment="staging"),
    protection("not protected, ephemeral", answers(**UNPROTECTED), "not_applicable", environment="ephemeral"),
    protection("a gateway load balancer", answers(GWLB, **UNPROTECTED), "gap"),
    protection("a new word", answers(deletion_protection__enabled="perhaps"), "unknown"),
    logs("logging", answers(), "pass"),
    logs("not logging", answers(**OFF), "gap", "off", severity="medium"),
    logs("not logging, ephemeral", answers(**OFF), "not_applicable", environment="ephemeral"),
    logs("logging to the wanted bucket", answers(), "pass", settings={"access_logs_bucket": "web-logs"}),
    logs("logging elsewhere", answers(), "drift", "other-bucket", settings={"access_logs_bucket": "all-logs"}, found="web-logs"),
    logs("not stated", answers(access_logs__s3__enabled=None), "unknown", "unknown-value"),
    logs("a network load balancer with TLS", answers(NLB, [tcp("TLS")], **OFF), "gap", "off"),
    logs("a network load balancer without", answers(NLB, [tcp()], **OFF), "not_applicable", "no-tls"),
    logs("a gateway load balancer", answers(GWLB), "not_applicable", "other-type"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


@pytest.mark.parametrize(
    ("bucket", "settings", "command"),
    [
        ("", {}, ""),
        ("", {"access_logs_bucket": "all-logs"}, "Key=access_logs.s3.bucket,Value=all-logs"),
        ("web-logs", {}, "Key=access_logs.s3.bucket,Value=web-logs"),
    ],
    ids=["no bucket is known", "the baseline names it", "the load balancer names it"],
)
def test_the_fix_switches_logs_on_only_with_a_bucket(bucket, settings, command):
    given = answers(access_logs__s3__enabled="false", access_logs__s3__bucket=bucket)
    found = findings_of(PROBE, logs("off", given, "gap", settings=settings))
    fix = fix_of(found, "access_logs")
    assert command in fix.cli
    assert bool(fix.cli) == bool(command)


def test_tags_that_were_not_read_leave_the_environment_open():
    refused = frozenset({elbv2.LOAD_BALANCER_TAGS})
    found = findings_of(PROBE, protection("tags refused", answers(), "unknown"), refused)
    assert {f.verdict.value for f in found} == {"unknown"}


def test_the_environment_is_that_of_the_load_balancers_tags():
    given = {
        **answers(**UNPROTECTED),
        elbv2.LOAD_BALANCER_TAGS: tagged(LB, Environment="ephemeral"),
    }
    found = findings_of(PROBE, protection("tagged", given, "gap"))
    assert [f.resource.tags for f in found] == [{"Environment": "ephemeral"}] * 3


def test_on_an_account(aws):
    client = boto3.client("elbv2", "us-east-1")
    _, subnets = vpc_with_two_subnets(boto3.client("ec2", "us-east-1"))
    live_balancer(client, subnets, "default", Tags=[{"Key": "Team", "Value": "web"}])
    arn = live_balancer(client, subnets, "hardened")
    values = {
        "deletion_protection.enabled": "true",
        "access_logs.s3.enabled": "true",
        "access_logs.s3.bucket": "web-logs",
        "idle_timeout.timeout_seconds": "120",
    }
    client.modify_load_balancer_attributes(
        LoadBalancerArn=arn, Attributes=[{"Key": k, "Value": v} for k, v in values.items()]
    )
    found = audit(LoadBalancerAttributes)
    assert verdicts(found, "idle_timeout") == {"default": "pass", "hardened": "drift"}
    assert verdicts(found, "deletion_protection") == {"default": "gap", "hardened": "pass"}
    assert verdicts(found, "access_logs") == {"default": "gap", "hardened": "pass"}
    assert {f.resource.name for f in found if f.resource.tags == {"Team": "web"}} == {"default"}
