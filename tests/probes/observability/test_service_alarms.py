import boto3
import pytest

from probes.aws import cloudwatch, ecs
from probes.observability.service_alarms import ServiceAlarms
from tests.kit import Case, audit, check_case, verdicts
from tests.probes.observability.heard import POLICY, alarm, expression, hearing, of_fleet, topic
from tests.probes.observability.made import heard_topic, watch

PROBE = ServiceAlarms()
CPU, MEMORY = "AWS/ECS CPUUtilization", "AWS/ECS MemoryUtilization"
CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/shop"
ARN = "arn:aws:ecs:us-east-1:123456789012:service/shop/web"
WEB = {"ClusterName": "shop", "ServiceName": "web"}


def service(**changes):
    described = {"serviceArn": ARN, "serviceName": "web", "clusterArn": CLUSTER, "status": "ACTIVE"}
    return {
        ecs.CLUSTER_ARNS: [CLUSTER],
        ecs.SERVICE_ARNS: {CLUSTER: [ARN]},
        ecs.SERVICES: {f"{CLUSTER}|{ARN}": described | changes},
    }


def good(*actions, **changes):
    return alarm(CPU, WEB, *actions, **{"Statistic": "Average", "Threshold": 80.0, **changes})


def case(title, alarms, verdict, code=None, answers=None, part="cpu", **more):
    made = service() | topic() | {cloudwatch.ALARMS: alarms} | (answers or {})
    return Case(title, made, verdict, code, part=part, **more)


INSIGHTS = "ECS/ContainerInsights CpuUtilized"
CASES = [
    *hearing(service(), good, (), part="cpu"),
    case("CPU and no memory", [good()], "gap", "no-alarm", part="memory", says="MemoryUtilization"),
    case(
        "memory",
        [alarm(MEMORY, WEB, Statistic="Average", Threshold=80.0)],
        "pass",
        part="memory",
    ),
    case("the busiest moment", [good(Statistic="Maximum")], "pass"),
    case("the idlest moment", [good(Statistic="Minimum")], "drift", "threshold"),
    case("percentages added up", [good(Statistic="Sum")], "drift", "threshold"),
    case("the idlest moment of Insights", [alarm(INSIGHTS, WEB, Statistic="Minimum")], "drift"),
    case("memory and no CPU", [alarm(MEMORY, WEB)], "gap", "no-alarm"),
    case("above 80", [good(ComparisonOperator="GreaterThanThreshold")], "pass"),
    case("too late", [good(Threshold=90.0)], "drift", "threshold"),
    case("late enough", [good(Threshold=90.0)], "pass", settings={"cpu_threshold": 90}),
    case("a percentile", [good(Statistic=None, ExtendedStatistic="p90")], "pass"),
    case("samples", [good(Statistic="SampleCount")], "drift", "threshold"),
    case("the whole cluster", [alarm(CPU, {"ClusterName": "shop"})], "gap", "wrong-dimensions"),
    case("an ARN for a name", [alarm(CPU, WEB | {"ServiceName": ARN})], "gap", "wrong-dimensions"),
    case("another service", [alarm(CPU, WEB | {"ServiceName": "api"})], "gap", "no-alarm"),
    case(
        "the same name in another cluster",
        [alarm(CPU, WEB | {"ClusterName": "stage"})],
        "gap",
        "no-alarm",
    ),
    case("Container Insights", [alarm(INSIGHTS, WEB, Threshold=500.0)], "pass"),
    case(
        "Container Insights, and the baseline wants ECS's own",
        [alarm(INSIGHTS, WEB)],
        "gap",
        "no-alarm",
        settings={"container_insights": False},
    ),
    case(
        "a share of what is reserved",
        [expression("m0/m1", (INSIGHTS, WEB), ("ECS/ContainerInsights CpuReserved", WEB))],
        "pass",
    ),
    case(
        "outside its usual band",
        [
            {
                **expression("ANOMALY_DETECTION_BAND(m0, 2)", (CPU, WEB)),
                "ThresholdMetricId": "e1",
                "Threshold": None,
                "ComparisonOperator": "GreaterThanUpperThreshold",
            }
        ],
        "pass",
    ),
    case(
        "target tracking's, which only scales",
        [good(POLICY, AlarmName="TargetTracking-service/shop/web-AlarmHigh-1")],
        "gap",
        "alarm-idle",
        of_fleet("out"),
    ),
    case("being deleted", [], "not_applicable", "inactive", service(status="DRAINING")),
    case("a status of the future", [], "unknown", None, service(status="DREAMING")),
    case("exempt", [], "not_applicable", settings={"alarms": {"exempt": ["web"]}}),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client, cloud = boto3.client("ecs", "us-east-1"), boto3.client("cloudwatch", "us-east-1")
    client.create_cluster(clusterName="shop")
    client.register_task_definition(
        family="web", containerDefinitions=[{"name": "web", "image": "nginx", "memory": 64}]
    )
    for name in ("watched", "bare"):
        client.create_service(
            cluster="shop", serviceName=name, taskDefinition="web", desiredCount=1
        )
    heard = heard_topic()
    for name, metric in {"cpu": CPU, "memory": MEMORY}.items():
        dimensions = {"ClusterName": "shop", "ServiceName": "watched"}
        watch(cloud, name, metric, dimensions, heard, Threshold=80, Statistic="Average")
    findings = audit(ServiceAlarms)
    assert verdicts(findings, "cpu") == {"watched": "pass", "bare": "gap"}
    assert verdicts(findings, "memory") == {"watched": "pass", "bare": "gap"}
