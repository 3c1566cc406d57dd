import boto3
import pytest

from probes.aws import cloudwatch, elbv2, sns
from probes.observability.load_balancer_alarms import LoadBalancerAlarms
from tests.kit import Case, Refused, audit, check_case, verdicts
from tests.probes.load_balancing.made import (
    GWLB,
    NLB,
    OTHER_GROUP,
    balancer,
    live_balancer,
    vpc_with_two_subnets,
)
from tests.probes.load_balancing.made import group as target_group
from tests.probes.observability.heard import alarm, expression, hearing, topic
from tests.probes.observability.made import heard_topic, watch

PROBE = LoadBalancerAlarms()
OWN = "AWS/ApplicationELB HTTPCode_ELB_5XX_Count"
TARGETS = "AWS/ApplicationELB HTTPCode_Target_5XX_Count"
WEB = {"LoadBalancer": "app/web/50dc6c495c0c9188"}
OF_GROUP = WEB | {"TargetGroup": "targetgroup/web/73e2d6bc24d8a067"}
BASE = {elbv2.LOAD_BALANCERS: [balancer()], elbv2.TARGET_GROUPS: [target_group()]}


def good(*actions, **changes):
    return alarm(OWN, WEB, *actions, **{"Threshold": 10.0, **changes})


def case(title, alarms, verdict, code=None, answers=None, **more):
    made = BASE | topic() | {cloudwatch.ALARMS: alarms} | (answers or {})
    return Case(title, made, verdict, code, **more)


BOTH = {"of": "both"}
CASES = [
    *hearing(BASE, good, ()),
    case("the answers of the targets", [alarm(TARGETS, WEB)], "pass"),
    case("of the only group", [alarm(TARGETS, OF_GROUP)], "pass"),
    case(
        "of one of two groups",
        [alarm(TARGETS, OF_GROUP)],
        "gap",
        "part-only",
        {elbv2.TARGET_GROUPS: [target_group(), target_group(OTHER_GROUP)]},
    ),
    case("groups refused", [good()], "unknown", None, {elbv2.TARGET_GROUPS: Refused()}),
    case("of one zone", [alarm(OWN, WEB | {"AvailabilityZone": "us-east-1a"})], "gap", "part-only"),
    case("no dimensions", [alarm(OWN, {})], "gap", "wrong-dimensions"),
    case("another load balancer", [alarm(OWN, {"LoadBalancer": "app/api/1"})], "gap", "no-alarm"),
    case("a percentile, which is never 10", [
        good(Statistic=None, ExtendedStatistic="p99", Threshold=10.0),
    ], "drift", "threshold"),
    case("the average, which is always 1", [good(Statistic="Average")], "drift", "threshold"),
    case("too late", [good(Threshold=11.0)], "drift", "threshold"),
    case("too late for the baseline", [good()], "drift", settings={"threshold": 5}),
    case(
        "a rate",
        [expression("100*m0/m1", (OWN, WEB), ("AWS/ApplicationELB RequestCount", WEB))],
        "pass",
    ),
    case("both are wanted and there", [good(name="a"), alarm(TARGETS, WEB)], "pass", settings=BOTH),
    case(
        "both are wanted",
        [good()],
        "gap",
        "no-alarm",
        settings=BOTH,
        says="the targets",
        survives=(sns.TOPICS, sns.ATTRIBUTES),
    ),
    case("the targets' are wanted", [good()], "gap", settings={"of": "targets"}),
    case("its own are wanted", [alarm(TARGETS, WEB)], "gap", settings={"of": "load_balancer"}),
    case(
        "a network load balancer",
        [],
        "not_applicable",
        "other-kind",
        {elbv2.LOAD_BALANCERS: [balancer(NLB)]},
    ),
    case(
        "a gateway load balancer",
        [],
        "not_applicable",
        "other-kind",
        {elbv2.LOAD_BALANCERS: [balancer(GWLB)]},
    ),
    case(
        "a load balancer of the future",
        [],
        "unknown",
        None,
        {elbv2.LOAD_BALANCERS: [balancer(Type="quantum")]},
    ),
    case(
        "exempt", [], "not_applicable", "exempt", settings={"alarms": {"exempt": ["w?b"]}}
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client, ec2 = boto3.client("elbv2", "us-east-1"), boto3.client("ec2", "us-east-1")
    _, subnets = vpc_with_two_subnets(ec2)
    arn = live_balancer(client, subnets, "web")
    live_balancer(client, subnets, "api")
    live_balancer(client, subnets, "tcp", Type="network")
    watch(
        boto3.client("cloudwatch", "us-east-1"),
        "errors",
        OWN,
        {"LoadBalancer": arn.partition(":loadbalancer/")[2]},
        heard_topic(),
    )
    assert verdicts(audit(LoadBalancerAlarms)) == {
        "web": "pass",
        "api": "gap",
        "tcp": "not_applicable",
    }
