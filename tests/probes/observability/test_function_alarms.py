import io
import zipfile

import boto3
import pytest

from probes.aws import cloudwatch, lambda_
from probes.observability.function_alarms import FunctionAlarms
from tests.kit import Case, audit, check_case, verdicts
from tests.probes.observability.heard import alarm, expression, hearing, topic
from tests.probes.observability.made import heard_topic, watch

PROBE = FunctionAlarms()
ERRORS = "AWS/Lambda Errors"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:orders"
ORDERS = {"FunctionName": "orders"}


def function(**changes):
    return {lambda_.FUNCTIONS: [{"FunctionArn": ARN, "FunctionName": "orders"} | changes]}


def good(*actions, **changes):
    return alarm(ERRORS, ORDERS, *actions, **changes)


def case(title, alarms, verdict, code=None, answers=None, **more):
    made = function() | topic() | {cloudwatch.ALARMS: alarms} | (answers or {})
    return Case(title, made, verdict, code, **more)


AT_LEAST, MORE = "GreaterThanOrEqualTo", "GreaterThan"
STATISTICS = [
    ("Average", AT_LEAST, 0.05, "pass"),
    ("Average", MORE, 0.0, "pass"),
    ("Average", AT_LEAST, 1.0, "drift"),
    ("Average", AT_LEAST, 3.0, "drift"),
    ("Maximum", AT_LEAST, 1.0, "pass"),
    ("Maximum", MORE, 1.0, "drift"),
    ("Maximum", AT_LEAST, 3.0, "drift"),
    ("Minimum", AT_LEAST, 1.0, "drift"),
    ("SampleCount", AT_LEAST, 1.0, "drift"),
    ("Sum", AT_LEAST, 5.0, "pass"),
    ("Sum", MORE, 4.0, "pass"),
    ("p99", AT_LEAST, 1.0, "pass"),
    ("p99", AT_LEAST, 3.0, "drift"),
    ("tm99", AT_LEAST, 0.5, "pass"),
    ("tm99", AT_LEAST, 1.0, "drift"),
    ("ts99", AT_LEAST, 3.0, "pass"),
]
CASES = [
    *hearing(function(), good, ()),
    case("all functions together", [alarm(ERRORS, {})], "pass", says="and others together"),
    case(
        "all functions together, and the baseline wants its own",
        [alarm(ERRORS, {})],
        "gap",
        "wrong-dimensions",
        settings={"account_wide": False},
    ),
    case("all functions together, too late", [alarm(ERRORS, {}, Threshold=50.0)], "drift"),
    case("an alias", [alarm(ERRORS, ORDERS | {"Resource": "orders:live"})], "pass", says="a part"),
    case(
        "an alias, and the baseline wants all of it",
        [alarm(ERRORS, ORDERS | {"Resource": "orders:live"})],
        "gap",
        "part-only",
        settings={"aliases": False},
    ),
    case("its own before an alias", [
        alarm(ERRORS, ORDERS | {"Resource": "orders:live"}, name="alias"), good(),
    ], "pass"),
    case("an ARN for a name", [alarm(ERRORS, {"FunctionName": ARN})], "gap", "wrong-dimensions"),
    case("another function", [alarm(ERRORS, {"FunctionName": "stock"})], "gap", "no-alarm"),
    case("too late", [good(Threshold=5.0)], "drift", "threshold", found=["watch"]),
    case("silent at one error", [
        good(Threshold=1.0, ComparisonOperator="GreaterThanThreshold"),
    ], "drift", "threshold"),
    *(
        case(f"{statistic} {comparison} {threshold}", [
            good(Threshold=threshold, ComparisonOperator=f"{comparison}Threshold", **kind),
        ], verdict, "threshold" if verdict == "drift" else None, settings={"threshold": 5})
        for statistic, comparison, threshold, verdict in STATISTICS
        for kind in [
            {"Statistic": None, "ExtendedStatistic": statistic}
            if statistic[0].islower()
            else {"Statistic": statistic}
        ]
    ),
    case("late enough", [good(Threshold=5.0)], "pass", settings={"threshold": 5}),
    case(
        "an error rate",
        [expression("100*m0/m1", (ERRORS, ORDERS), ("AWS/Lambda Invocations", ORDERS))],
        "pass",
    ),
    case(
        "a query of each function",
        [expression('SELECT SUM(Errors) FROM SCHEMA("AWS/Lambda", FunctionName) GROUP BY FunctionName')],
        "pass",
    ),
    case("PromQL that might", [
        alarm(" ", {}, MetricName=None, EvaluationCriteria={"PromQLCriteria": {"Query": "Errors > 0"}}),
    ], "unknown"),
    case("PromQL of something else", [
        alarm(" ", {}, MetricName=None, EvaluationCriteria={"PromQLCriteria": {"Query": "up == 0"}}),
    ], "gap", "no-alarm"),
    case("a copy at the edge", [], "not_applicable", "replica", function(MasterArn=ARN)),
    case(
        "a function that the CDK adds",
        [],
        "not_applicable",
        "exempt",
        function(FunctionName="Shop-CustomS3AutoDeleteObjects1A2B-xyz"),
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    role = boto3.client("iam").create_role(RoleName="f", AssumeRolePolicyDocument="{}")["Role"]
    client, code = boto3.client("lambda", "us-east-1"), io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", "")
    for name in ("orders", "stock"):
        client.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role["Arn"],
            Handler="index.handler",
            Code={"ZipFile": code.getvalue()},
        )
    cloud = boto3.client("cloudwatch", "us-east-1")
    watch(cloud, "errors", ERRORS, ORDERS, heard_topic())
    assert verdicts(audit(FunctionAlarms)) == {"orders": "pass", "stock": "gap"}
