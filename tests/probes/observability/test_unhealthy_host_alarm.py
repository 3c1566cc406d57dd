import boto3
import pytest
import yaml

from probes.aws import autoscaling, cloudwatch, ecs, elbv2
from probes.observability.unhealthy_host_alarm import UnhealthyHostAlarm
from tests.kit import Case, Refused, audit, check_case, verdicts
from tests.probes.load_balancing.made import (
    FUNCTION,
    GROUP,
    GWLB,
    NLB,
    OTHER_GROUP,
    balancer,
    live_balancer,
    live_group,
    live_listener,
    vpc_with_two_subnets,
)
from tests.probes.load_balancing.made import group as target_group
from tests.probes.observability.heard import alarm, expression, hearing, topic
from tests.probes.observability.made import heard_topic, watch

PROBE = UnhealthyHostAlarm()
SICK = "AWS/ApplicationELB UnHealthyHostCount"
WELL = "AWS/ApplicationELB HealthyHostCount"
WEB = {
    "TargetGroup": "targetgroup/web/73e2d6bc24d8a067",
    "LoadBalancer": "app/web/50dc6c495c0c9188",
}
ONE = {"Target": {"Id": "i-1"}, "TargetHealth": {"State": "healthy"}}
GRADING = (elbv2.TARGET_HEALTH, ecs.SERVICES, autoscaling.GROUPS)
BASE = {
    elbv2.TARGET_GROUPS: [target_group()],
    elbv2.LOAD_BALANCERS: [balancer()],
    elbv2.TARGET_HEALTH: {GROUP: [ONE]},
    **topic(),
}


def good(*actions, **changes):
    return alarm(SICK, WEB, *actions, **{"Statistic": "Maximum", **changes})


def case(title, alarms, verdict, code=None, answers=None, **more):
    kept = {"survives": GRADING if verdict in {"gap", "drift"} else (), **more}
    return Case(title, BASE | {cloudwatch.ALARMS: alarms} | (answers or {}), verdict, code, **kept)


def falling(**changes):
    below = {"ComparisonOperator": "LessThanThreshold", "Statistic": "Minimum"}
    return alarm(WELL, WEB, **below, **changes)


def behind(arn):
    return {
        elbv2.TARGET_GROUPS: [target_group(LoadBalancerArns=[arn])],
        elbv2.LOAD_BALANCERS: [balancer(arn)],
    }


SERVICE = {
    "serviceArn": "s",
    "serviceName": "s",
    "clusterArn": "c",
    "loadBalancers": [{"targetGroupArn": GROUP}],
}
FLEET = {
    "AutoScalingGroupName": "web",
    "AutoScalingGroupARN": "arn:aws:autoscaling:x",
    "MinSize": 1,
    "MaxSize": 1,
    "DesiredCapacity": 1,
    "TargetGroupARNs": [GROUP],
}
EMPTY = {elbv2.TARGET_HEALTH: {GROUP: []}}
SAME = {
    "metric": "UnHealthyHostCount",
    "dimensions": WEB,
}

CASES = [
    *hearing(
        {key: value for key, value in BASE.items() if key not in topic()}, good, GRADING
    ),
    case("no dimensions, as some advise", [alarm(SICK, {})], "gap", "wrong-dimensions", expected=SAME),
    case(
        "the load balancer alone",
        [alarm(SICK, {"LoadBalancer": WEB["LoadBalancer"]})],
        "gap",
        "wrong-dimensions",
        found=["watch"],
    ),
    case(
        "the load balancer alone, and the baseline lets it",
        [alarm(SICK, {"LoadBalancer": WEB["LoadBalancer"]})],
        "pass",
        settings={"accept_load_balancer_aggregate": True},
    ),
    case(
        "no dimensions, and the baseline lets load balancers do",
        [alarm(SICK, {})],
        "gap",
        "wrong-dimensions",
        settings={"accept_load_balancer_aggregate": True},
    ),
    case("names for ends of ARNs", [alarm(SICK, WEB | {"TargetGroup": "web"})], "gap", "wrong-dimensions"),
    case(
        "a group that was remade",
        [alarm(SICK, WEB | {"TargetGroup": "targetgroup/web/0000000000000000"})],
        "gap",
        "stale-target",
    ),
    case("one zone", [alarm(SICK, WEB | {"AvailabilityZone": "us-east-1a"})], "gap", "part-only"),
    case("another group", [alarm(SICK, WEB | {"TargetGroup": "targetgroup/api/1"})], "gap", "no-alarm"),
    case("goes off too late", [good(Threshold=3.0)], "drift", "threshold"),
    case(
        "goes off late enough for the baseline", [good(Threshold=3.0)], "pass", settings={"threshold": 3}
    ),
    case("goes off always", [good(Threshold=0.0)], "drift", "threshold"),
    case("goes off when all is well", [good(ComparisonOperator="LessThanThreshold")], "drift"),
    case("a comparison of the future", [good(ComparisonOperator="Sideways")], "unknown"),
    case("no healthy target", [falling()], "pass"),
    case("a share of all targets", [expression("m0/(m0+m1)", (SICK, WEB), (WELL, WEB))], "pass"),
    case(
        "a query of each group",
        [expression('SELECT MAX(UnHealthyHostCount) FROM "AWS/ApplicationELB" GROUP BY TargetGroup, LoadBalancer')],
        "pass",
    ),
    case(
        "the average of all groups",
        [expression('SELECT AVG(UnHealthyHostCount) FROM "AWS/ApplicationELB"')],
        "gap",
        "wrong-dimensions",
    ),
    case(
        "a query that is not understood",
        [expression("SELECT BEST(UnHealthyHostCount)")],
        "unknown",
        says="watch",
    ),
    case(
        "a query that is not understood, and a good alarm",
        [expression("SELECT BEST(UnHealthyHostCount)", name="odd"), good()],
        "pass",
    ),
    case("no target yet", [], "gap", "no-alarm", EMPTY, severity="informational"),
    case("no target, but a service", [], "gap", "no-alarm", EMPTY | {
        ecs.CLUSTER_ARNS: ["c"], ecs.SERVICE_ARNS: {"c": ["s"]}, ecs.SERVICES: {"c|s": SERVICE},
    }, severity="medium"),
    case("no target, but a scaling group", [], "gap", "no-alarm", EMPTY | {
        autoscaling.GROUPS: [FLEET],
    }, severity="medium"),
    case("health refused", [], "gap", "no-alarm", {elbv2.TARGET_HEALTH: {GROUP: Refused()}}, severity="medium"),
    case(
        "a network load balancer",
        [alarm("AWS/NetworkELB UnHealthyHostCount", WEB | {"LoadBalancer": "net/tcp/50dc6c495c0c9189"}, Statistic="Minimum")],
        "pass",
        None,
        behind(NLB),
    ),
    case("the metric of another kind", [good()], "gap", "no-alarm", behind(GWLB)),
    case(
        "a load balancer of the future",
        [good()],
        "unknown",
        None,
        {elbv2.LOAD_BALANCERS: [balancer(Type="quantum")]},
    ),
    case("its load balancer is gone", [good()], "unknown", None, {elbv2.LOAD_BALANCERS: []}),
    case(
        "in no use", [], "not_applicable", "unattached",
        {elbv2.TARGET_GROUPS: [target_group(LoadBalancerArns=[])], elbv2.TARGET_HEALTH: {}},
    ),
    case(
        "functions", [], "not_applicable", "lambda", {elbv2.TARGET_GROUPS: [target_group(**FUNCTION)]}
    ),
    case(
        "each of two groups needs its own",
        [good()],
        "gap",
        "no-alarm",
        {
            elbv2.TARGET_GROUPS: [target_group(), target_group(OTHER_GROUP)],
            elbv2.TARGET_HEALTH: {GROUP: [ONE], OTHER_GROUP: [ONE]},
        },
        subject=OTHER_GROUP,
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client, ec2 = boto3.client("elbv2", "us-east-1"), boto3.client("ec2", "us-east-1")
    cloud, heard = boto3.client("cloudwatch", "us-east-1"), heard_topic()
    vpc, subnets = vpc_with_two_subnets(ec2)
    arn = live_balancer(client, subnets, "web")
    names = ("watched", "idle", "bare", "remade", "unused")
    groups = {name: live_group(client, vpc, name) for name in names}
    for port, name in enumerate(names[:-1], start=80):
        live_listener(client, arn, port, groups[name])
    lb = {"LoadBalancer": arn.partition(":loadbalancer/")[2]}
    of = {name: lb | {"TargetGroup": group.rpartition(":")[2]} for name, group in groups.items()}
    watch(cloud, "good", SICK, of["watched"], heard)
    watch(cloud, "silent", SICK, of["idle"])
    watch(cloud, "old", SICK, lb | {"TargetGroup": "targetgroup/remade/0000000000000000"}, heard)
    findings = audit(UnhealthyHostAlarm)
    assert verdicts(findings) == {
        "watched": "pass",
        "idle": "gap",
        "bare": "gap",
        "remade": "gap",
        "unused": "not_applicable",
    }
    codes = {finding.resource.name: finding.code for finding in findings}
    assert codes["idle"] == "alarm-idle"
    assert codes["bare"] == "no-alarm"
    assert codes["remade"] == "stale-target"


def test_the_fix_makes_an_alarm_that_counts(aws):
    client, ec2 = boto3.client("elbv2", "us-east-1"), boto3.client("ec2", "us-east-1")
    vpc, subnets = vpc_with_two_subnets(ec2)
    arn = live_balancer(client, subnets, "web")
    live_listener(client, arn, 80, live_group(client, vpc, "web"))
    [finding] = audit(UnhealthyHostAlarm)
    [resource] = yaml.safe_load(finding.fix.cloudformation)["Resources"].values()
    boto3.client("cloudwatch", "us-east-1").put_metric_alarm(
        **resource["Properties"] | {"AlarmName": "mended", "AlarmActions": [heard_topic()]}
    )
    assert verdicts(audit(UnhealthyHostAlarm)) == {"web": "pass"}


def test_an_account_that_another_one_watches(aws):
    client, ec2 = boto3.client("elbv2", "us-east-1"), boto3.client("ec2", "us-east-1")
    vpc, subnets = vpc_with_two_subnets(ec2)
    live_listener(client, live_balancer(client, subnets, "web"), 80, live_group(client, vpc, "web"))
    boto3.client("oam", "us-east-1").create_link(
        LabelTemplate="$AccountName",
        ResourceTypes=["AWS::CloudWatch::Metric"],
        SinkIdentifier="arn:aws:oam:us-east-1:999999999999:sink/1",
    )
    assert verdicts(audit(UnhealthyHostAlarm)) == {"web": "unknown"}
