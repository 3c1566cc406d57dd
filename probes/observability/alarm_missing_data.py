"""Alarms say what missing data means.

Left alone, an alarm whose metric falls silent goes to INSUFFICIENT_DATA and stays there, which
looks like neither good nor bad. What is right depends on the metric: errors that do not happen are
`notBreaching`, a heartbeat that stops is `breaching`; one value for all (as some reviews demand) is
wrong. The API does not tell "missing" from left out (API model, `PutMetricAlarm`). Alarms on
AWS/DynamoDB always ignore missing data, and PromQL alarms do not know the setting (the same page).

Fix: `aws cloudwatch put-metric-alarm --treat-missing-data notBreaching` with all other settings of
the alarm, which it replaces; in CloudFormation `TreatMissingData`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, gap, not_applicable, note, unknown
from auditor.settings import Settings, setting
from probes.aws import cloudwatch

_KNOWN = frozenset({"breaching", "notBreaching", "ignore", "missing"})
_HEARTBEATS = frozenset({"RunningTaskCount", "HealthyHostCount"})


class MissingData(Settings):
    """What alarms may make of missing data."""

    required: bool = setting(True, "Whether alarms must say it at all.")
    allowed: list[str] = setting(
        ["notBreaching", "breaching", "ignore"],
        "The values of TreatMissingData that are fine; `missing` is CloudWatch's default.",
    )


class AlarmMissingData(Probe[cloudwatch.Alarm, MissingData]):
    """TreatMissingData of each metric alarm."""

    subject = cloudwatch.ALARMS
    severity, settings, sources = Severity.LOW, MissingData, ("S0.7", "S2.9")

    def judge(
        self, alarm: cloudwatch.Alarm, _facts: Facts, expected: MissingData
    ) -> Iterator[Remark]:
        reason = _not_asked(alarm) if expected.required else "the baseline does not ask for it"
        if reason:
            yield not_applicable(reason)
            return
        if cloudwatch.evaluates_something_new(alarm):
            yield unknown("what it evaluates is not known here")
            return
        beats = any(metric.metric_name in _HEARTBEATS for metric in cloudwatch.watched(alarm))
        advised = "breaching" if beats else "notBreaching"
        value = alarm.treat_missing_data or "missing"
        if value not in _KNOWN:
            yield unknown(f"the treatment {value!r} of missing data is not known here")
        elif value in expected.allowed:
            if beats and value != "breaching":
                yield note("it watches a heartbeat, whose silence should be breaching")
        else:
            say = gap if value == "missing" else drift
            yield say(
                "it does not say what missing data means"
                if value == "missing"
                else f"it takes missing data as {value}",
                code="missing-data-not-set" if value == "missing" else "missing-data-treatment",
                expected=sorted(expected.allowed),
                found=value,
                cloudformation={"TreatMissingData": advised},
            )


def _not_asked(alarm: cloudwatch.Alarm) -> str:
    if cloudwatch.scaling_owns(alarm):
        return "target tracking made this alarm"
    if alarm.evaluation_criteria and alarm.evaluation_criteria.prom_ql_criteria:
        return "it evaluates a query, which has no missing data to treat"
    namespaces = {metric.namespace for metric in cloudwatch.watched(alarm)}
    return "alarms on DynamoDB ignore missing data anyway" if namespaces == {"AWS/DynamoDB"} else ""
