import boto3
import pytest

from probes.aws import cloudwatch
from probes.observability.alarm_datapoints import AlarmDatapoints
from tests.kit import Case, audit, check_case, findings_of, verdicts
from tests.probes.observability.made import put_alarm

PROBE = AlarmDatapoints()


def alarms(periods=3, chosen=None, **more):
    one = {
        "AlarmName": "cpu",
        "AlarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:cpu",
        "ActionsEnabled": True,
        "Namespace": "AWS/EC2",
        "MetricName": "CPUUtilization",
        "EvaluationPeriods": periods,
    }
    if chosen is not None:
        one["DatapointsToAlarm"] = chosen
    return {cloudwatch.ALARMS: [one | more]}


PERCENTILE = {"ExtendedStatistic": "p99", "EvaluateLowSampleCountPercentile": "ignore"}

CASES = [
    Case("2 of 3", alarms(3, 2), "pass"),
    Case("1 of 5", alarms(5, 1), "pass"),
    Case("left out", alarms(3), "gap", "datapoints-not-set", severity="low", expected=2),
    Case(
        "2 of 2 changes nothing",
        alarms(2, 2),
        "drift",
        "no-op",
        severity="informational",
        found=2,
    ),
    Case("one period", alarms(1), "not_applicable"),
    Case("more than there are", alarms(2, 3), "unknown"),
    Case("none", alarms(2, 0), "unknown"),
    Case("the baseline leaves it open", alarms(3), "not_applicable", settings={"required": False}),
    Case("another number advised", alarms(3), "gap", settings={"datapoints": 4}, expected=4),
    Case("target tracking's", alarms(3, AlarmName="TargetTracking-x"), "not_applicable"),
    Case(
        "PromQL",
        alarms(3, EvaluationCriteria={"PromQLCriteria": {"Query": "up == 0"}}),
        "not_applicable",
    ),
    Case("criteria of the future", alarms(3, EvaluationCriteria={"SQLCriteria": {}}), "unknown"),
    Case(
        "a wall-clock window",
        alarms(3, EvaluationWindow={"WallClockWindow": {"Timezone": "UTC"}}),
        "not_applicable",
    ),
    Case(
        "a sliding window is the usual one",
        alarms(3, EvaluationWindow={"SlidingWindow": {}}),
        "gap",
    ),
    Case("a percentile of few samples", alarms(3, **PERCENTILE), "not_applicable"),
    Case("a percentile that is always evaluated", alarms(3, ExtendedStatistic="p99"), "gap"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_advice_is_a_choice_that_changes_something():
    (finding,) = findings_of(PROBE, Case("2 of 2", alarms(2, 2), "drift"))
    assert "EvaluationPeriods: 3" in finding.fix.cloudformation


def test_on_an_account(aws):
    client = boto3.client("cloudwatch", "us-east-1")
    for name, more in (("all", {}), ("some", {"DatapointsToAlarm": 2})):
        put_alarm(client, name, **more)
    assert verdicts(audit(AlarmDatapoints)) == {"all": "gap", "some": "pass"}
