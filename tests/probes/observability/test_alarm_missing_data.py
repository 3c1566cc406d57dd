import boto3
import pytest

from probes.aws import cloudwatch
from probes.observability.alarm_missing_data import AlarmMissingData
from tests.kit import Case, audit, check_case, findings_of, the_finding, verdicts
from tests.probes.observability.made import put_alarm

PROBE = AlarmMissingData()


def alarms(**more):
    one = {
        "AlarmName": "cpu",
        "AlarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:cpu",
        "ActionsEnabled": True,
        "StateValue": "OK",
        "Namespace": "AWS/EC2",
        "MetricName": "CPUUtilization",
        "EvaluationPeriods": 3,
    }
    return {cloudwatch.ALARMS: [one | more]}


def of_math(*namespaces):
    lines = [
        {"Id": f"m{n}", "MetricStat": {"Metric": {"Namespace": name, "MetricName": "Reads"}}}
        for n, name in enumerate(namespaces)
    ]
    return alarms(Namespace="", MetricName="", Metrics=[*lines, {"Id": "e", "Expression": "m0"}])


CASES = [
    Case("errors that do not happen", alarms(TreatMissingData="notBreaching"), "pass", says=""),
    Case("a choice of ignore", alarms(TreatMissingData="ignore"), "pass"),
    Case(
        "left out",
        alarms(),
        "gap",
        "missing-data-not-set",
        severity="low",
        expected=["breaching", "ignore", "notBreaching"],
        found="missing",
    ),
    Case("set to the default", alarms(TreatMissingData="missing"), "gap", found="missing"),
    Case(
        "the default, and the baseline lets it",
        alarms(),
        "pass",
        settings={"allowed": ["missing", "ignore"]},
    ),
    Case(
        "a value that the baseline does not allow",
        alarms(TreatMissingData="ignore"),
        "drift",
        "missing-data-treatment",
        settings={"allowed": ["breaching"]},
        found="ignore",
    ),
    Case("a value of the future", alarms(TreatMissingData="guess"), "unknown"),
    Case("the baseline leaves it open", alarms(), "not_applicable", settings={"required": False}),
    Case(
        "a heartbeat whose silence breaches",
        alarms(MetricName="RunningTaskCount", TreatMissingData="breaching"),
        "pass",
        says="",
    ),
    Case(
        "a heartbeat whose silence is taken for good: advice, no verdict",
        alarms(MetricName="HealthyHostCount", TreatMissingData="notBreaching"),
        "pass",
        says="heartbeat",
    ),
    Case("target tracking's", alarms(AlarmName="TargetTracking-g-AlarmLow-1"), "not_applicable"),
    Case("DynamoDB", alarms(Namespace="AWS/DynamoDB"), "not_applicable"),
    Case("math on DynamoDB alone", of_math("AWS/DynamoDB", "AWS/DynamoDB"), "not_applicable"),
    Case("math on DynamoDB and others", of_math("AWS/DynamoDB", "AWS/Lambda"), "gap"),
    Case(
        "PromQL",
        alarms(MetricName="", EvaluationCriteria={"PromQLCriteria": {"Query": "up == 0"}}),
        "not_applicable",
    ),
    Case("criteria of the future", alarms(EvaluationCriteria={"SQLCriteria": {}}), "unknown"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


@pytest.mark.parametrize(
    ("metric", "advised"),
    [
        ("RunningTaskCount", "breaching"),
        ("HealthyHostCount", "breaching"),
        ("CPUUtilization", "notBreaching"),
    ],
)
def test_silence_is_advised_to_be_breaching_for_heartbeats_alone(metric, advised):
    case = Case("left out", alarms(MetricName=metric), "gap")
    finding = the_finding(case, findings_of(PROBE, case))
    assert f" TreatMissingData: {advised}\n" in f"{finding.fix.cloudformation}\n"


def test_on_an_account(aws):
    client = boto3.client("cloudwatch", "us-east-1")
    for name, more in (("silent", {}), ("said", {"TreatMissingData": "notBreaching"})):
        put_alarm(client, name, **more)
    assert verdicts(audit(AlarmMissingData)) == {"silent": "gap", "said": "pass"}
