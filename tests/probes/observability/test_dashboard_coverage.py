import json

import boto3
import pytest

from probes.aws import (
    cloudwatch,
    cloudwatch_dashboards,
    codebuild,
    codepipeline,
    ecs,
    elbv2,
    lambda_,
)
from probes.observability.dashboard_coverage import DashboardCoverage
from tests.kit import Case, Refused, audit, check_case
from tests.probes.load_balancing.made import NLB, balancer
from tests.probes.observability.heard import HERE, alarm

PROBE = DashboardCoverage()
FUNCTION = {"FunctionArn": f"arn:aws:lambda:{HERE}:function:orders", "FunctionName": "orders"}
DURATION, ERRORS = ["AWS/Lambda", "Duration"], ["AWS/Lambda", "Errors", "FunctionName", "orders"]
BOTH = [ERRORS, [".", "Duration", ".", "."]]
RUNNING = {lambda_.FUNCTIONS: [FUNCTION]}
WANTED = ["Duration", "Errors"]


def widget(*rows, kind="metric", **properties):
    return {
        "type": kind,
        "properties": {"metrics": list(rows), "region": "us-east-1", **properties},
    }


def boards(*bodies):
    names = [f"board-{number}" for number, _ in enumerate(bodies)]
    texts = [one if isinstance(one, str) else json.dumps({"widgets": one}) for one in bodies]
    return {
        cloudwatch_dashboards.DASHBOARDS: [{"DashboardName": name} for name in names],
        cloudwatch_dashboards.BODIES: {
            name: {"DashboardBody": text} for name, text in zip(names, texts, strict=True)
        },
    }


def case(title, given, verdict, code=None, part="functions", **more):
    return Case(title, RUNNING | given, verdict, code, part=part, **more)


def formula(text):
    return boards([widget([{"expression": text}])])


def watching(metric):
    arn = f"arn:aws:cloudwatch:{HERE}:alarm:watch"
    shown = boards([widget(DURATION, annotations={"alarms": [arn]})])
    return shown | {cloudwatch.ALARMS: [alarm(metric, {"FunctionName": "orders"})]}


BALANCERS = {lambda_.FUNCTIONS: [], elbv2.LOAD_BALANCERS: [balancer()]}
ELB = [["AWS/ApplicationELB", name] for name in ("TargetResponseTime", "RequestCount")]
SERVICE = {"serviceArn": "s", "serviceName": "s", "clusterArn": "c", "status": "ACTIVE"}


def service(**changes):
    return {
        ecs.CLUSTER_ARNS: ["c"],
        ecs.SERVICE_ARNS: {"c": ["s"]},
        ecs.SERVICES: {"c|s": SERVICE | changes},
    }


INSIGHT = 'SELECT MAX({}) FROM SCHEMA("AWS/Lambda", FunctionName) GROUP BY FunctionName'
CASES = [
    case("all of them", boards([widget(*BOTH)]), "pass"),
    case("on two dashboards", boards([widget(ERRORS)], [widget(DURATION)]), "pass"),
    case(
        "on two dashboards, and the baseline wants one",
        boards([widget(ERRORS)], [widget(DURATION)]),
        "gap",
        "metrics-not-shown",
        settings={"one_dashboard": True},
    ),
    case(
        "all on one of two",
        boards([widget(ERRORS)], [widget(*BOTH)]),
        "pass",
        settings={"one_dashboard": True},
    ),
    case(
        "no dashboard",
        {},
        "gap",
        "no-dashboard",
        severity="low",
        survives=(cloudwatch_dashboards.BODIES,), expected=WANTED, found=[]),
    case(
        "no dashboard, and the baseline wants one",
        {},
        "gap",
        "no-dashboard",
        settings={"one_dashboard": True},
        survives=(cloudwatch_dashboards.BODIES,),
    ),
    case(
        "one is missing", boards([widget(ERRORS)]), "gap", "metrics-not-shown", found=["Errors"],
        says="Duration",
    ),
    case("another region", boards([widget(*BOTH, region="eu-west-1")]), "gap", "metrics-not-shown"),
    case("another account", boards([widget(*BOTH, accountId="999999999999")]), "gap"),
    case("this account", boards([widget(*BOTH, accountId="123456789012")]), "pass"),
    case("another namespace", boards([widget(["Mine", "Errors"], DURATION)]), "gap"),
    case(
        "an empty dashboard, and one that shows all", boards([], [widget(*BOTH)]), "pass"
    ),
    case("dashboards refused", {cloudwatch_dashboards.DASHBOARDS: Refused()}, "unknown"),
    case(
        "a body refused",
        boards([widget(ERRORS)]) | {cloudwatch_dashboards.BODIES: {"board-0": Refused()}},
        "unknown",
    ),
    case("a body that is none", boards("{"), "unknown"),
    case("a body that is none, and one that shows all", boards("{", [widget(*BOTH)]), "pass"),
    case("a row that makes no sense", boards([widget(["Errors"], DURATION)]), "unknown", says="Errors"),
    case("a widget of the future", boards([widget(DURATION), widget(ERRORS, kind="hologram")]), "unknown"),
    case(
        "a search for each",
        boards([widget(DURATION, [{"expression": "SEARCH('{AWS/Lambda,FunctionName} MetricName=\"Errors\"', 'Sum')"}])]),
        "pass",
        says="search",
    ),
    case("a search for everything", formula("SEARCH('{AWS/Lambda,FunctionName}', 'Sum')"), "pass"),
    case("a search that may find it", formula("SEARCH('{AWS/Lambda,FunctionName} orders', 'Sum')"), "unknown"),
    case("a search for others", formula("SEARCH('{AWS/SQS,QueueName}', 'Sum')"), "gap"),
    case(
        "queries",
        boards([widget(*([{"expression": INSIGHT.format(name)}] for name in WANTED))]),
        "pass",
    ),
    case("a query that is not understood", formula("SELECT BEST(Errors)"), "unknown"),
    case("metric math alone", formula("m1+m2"), "gap"),
    case(
        "an explorer",
        boards([
            widget(DURATION),
            widget({"metricName": "Errors", "resourceType": "AWS::Lambda::Function"}, kind="explorer"),
        ]),
        "pass",
    ),
    case(
        "an explorer of something else",
        boards([
            widget(DURATION),
            widget({"metricName": "Errors", "resourceType": "AWS::SQS::Queue"}, kind="explorer"),
        ]),
        "gap",
    ),
    case("an alarm's own graph", watching("AWS/Lambda Errors"), "pass"),
    case("another alarm's graph", watching("AWS/Lambda Throttles"), "gap"),
    case(
        "the graph of an alarm that is gone", watching("AWS/Lambda Errors") | {cloudwatch.ALARMS: []}, "gap"
    ),
    case(
        "the graph of an alarm of another region",
        boards([widget(DURATION, annotations={"alarms": ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a"]})]),
        "gap",
    ),
    case(
        "a resource that the baseline names",
        boards([widget(*BOTH)]),
        "pass",
        settings={"functions": ["Errors FunctionName=ord*"]},
    ),
    case(
        "a resource that is not shown",
        boards([widget(*BOTH)]),
        "gap",
        settings={"functions": ["Errors FunctionName=stock"]},
    ),
    case(
        "a resource that a search may find",
        formula("SEARCH('{AWS/Lambda,FunctionName} MetricName=\"Errors\"', 'Sum')"),
        "unknown",
        settings={"functions": ["Errors FunctionName=stock"]},
    ),
    case("none is wanted", {}, "not_applicable", settings={"functions": []}),
    case("no functions", {lambda_.FUNCTIONS: []}, "not_applicable", "none-here"),
    case("copies at the edge alone", {lambda_.FUNCTIONS: [FUNCTION | {"MasterArn": "arn:x"}]}, "not_applicable"),
    case(
        "helpers of the CDK alone",
        {lambda_.FUNCTIONS: [FUNCTION | {"FunctionName": "shop-LogRetentionaae0aa3c5b4d-Ab1"}]},
        "not_applicable",
        "none-here",
    ),
    case("functions refused", {lambda_.FUNCTIONS: Refused()}, "unknown"),
    case(
        "load balancers",
        BALANCERS | boards([widget(*ELB, ["AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"])]),
        "pass",
        part="load_balancers",
    ),
    case("load balancers without their errors", BALANCERS | boards([widget(*ELB)]), "gap", part="load_balancers"),
    case(
        "a search that may find a pattern",
        BALANCERS | boards([widget(*ELB, [{"expression": "SEARCH('{AWS/ApplicationELB,LoadBalancer} HTTPCode', 'Sum')"}])]),
        "unknown",
        part="load_balancers",
    ),
    case(
        "a search that cannot find a pattern",
        BALANCERS | boards([widget(*ELB, [{"expression": "SEARCH('{AWS/SQS,QueueName}', 'Sum')"}])]),
        "gap",
        part="load_balancers",
    ),
    case(
        "no application load balancer",
        {elbv2.LOAD_BALANCERS: [balancer(NLB)]},
        "not_applicable",
        part="load_balancers",
    ),
    case(
        "services",
        service() | boards([widget(["AWS/ECS", "CPUUtilization"], [".", "MemoryUtilization"])]),
        "pass",
        part="services",
    ),
    case("services without memory", service() | boards([widget(["AWS/ECS", "CPUUtilization"])]), "gap", part="services"),
    case("services that are deleted", service(status="INACTIVE"), "not_applicable", part="services"),
    case(
        "pipelines and a metric that does not exist",
        {codepipeline.PIPELINES: [{"name": "p"}]} | boards([widget(["AWS/CodePipeline", "PipelineExecutionSuccess"])]),
        "gap",
        part="pipelines",
        found=[],
    ),
    case(
        "builds",
        {codebuild.PROJECT_NAMES: ["p"]} | boards([widget(*(["AWS/CodeBuild", n] for n in ("Duration", "SucceededBuilds", "FailedBuilds")))]),
        "pass",
        part="builds",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    cloud = boto3.client("cloudwatch", "us-east-1")
    client, ec2 = boto3.client("elbv2", "us-east-1"), boto3.client("ec2", "us-east-1")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"us-east-1{z}")
        for n, z in enumerate("ab")
    ]
    client.create_load_balancer(Name="web", Subnets=[s["Subnet"]["SubnetId"] for s in subnets])

    def verdict():
        return {finding.part: finding.verdict.value for finding in audit(DashboardCoverage)}

    assert verdict()["load_balancers"] == "gap"
    errors = ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"]
    body = json.dumps({"widgets": [widget(*ELB, errors)]})
    cloud.put_dashboard(DashboardName="web", DashboardBody=body)
    assert verdict()["load_balancers"] == "pass"
    assert verdict()["functions"] == "not_applicable"
