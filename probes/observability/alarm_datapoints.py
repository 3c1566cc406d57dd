"""Alarms say how many of their periods must breach.

M of N lets an alarm pass over one odd value without waiting for N bad ones in a row. Without
`DatapointsToAlarm` all N must breach (CloudWatch user guide, "Evaluating an alarm"); so a value
that equals `EvaluationPeriods`, such as the often advised 2 of 2, changes nothing. An alarm of one
period has nothing to choose, nor has one that evaluates a query, a wall-clock window, or a
percentile that waits for enough samples.

Fix: `aws cloudwatch put-metric-alarm --evaluation-periods 3 --datapoints-to-alarm 2` with all other
settings of the alarm, which it replaces; in CloudFormation `DatapointsToAlarm`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, gap, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.aws import cloudwatch


class Datapoints(Settings):
    """How many datapoints make an alarm."""

    required: bool = setting(True, "Whether alarms of several periods must say it.")
    datapoints: int = setting(2, "How many are advised.", unit="datapoints", ge=1, le=100)


class AlarmDatapoints(Probe[cloudwatch.Alarm, Datapoints]):
    """DatapointsToAlarm of each metric alarm of several periods."""

    subject = cloudwatch.ALARMS
    severity, settings, sources = Severity.LOW, Datapoints, ("S2.9",)

    def judge(
        self, alarm: cloudwatch.Alarm, _facts: Facts, expected: Datapoints
    ) -> Iterator[Remark]:
        periods = alarm.evaluation_periods or 1
        reason = (
            _not_asked(alarm, periods) if expected.required else "the baseline does not ask for it"
        )
        if reason:
            yield not_applicable(reason)
            return
        if cloudwatch.evaluates_something_new(alarm):
            yield unknown("what it evaluates is not known here")
            return
        chosen, advised = alarm.datapoints_to_alarm, expected.datapoints
        mend = {"DatapointsToAlarm": advised, "EvaluationPeriods": max(periods, advised + 1)}
        if chosen is None:
            yield gap(
                f"all {periods} periods must breach, which nobody chose",
                code="datapoints-not-set",
                expected=advised,
                found="not set",
                cloudformation=mend,
            )
        elif not 1 <= chosen <= periods:
            yield unknown(f"{chosen} of {periods} datapoints make no sense")
        elif chosen == periods:
            yield drift(
                f"{chosen} of {periods} is what CloudWatch does anyway",
                code="no-op",
                severity=Severity.INFORMATIONAL,
                expected={"fewer than": periods},
                found=chosen,
                cloudformation=mend,
            )


def _not_asked(alarm: cloudwatch.Alarm, periods: int) -> str:
    if cloudwatch.scaling_owns(alarm):
        return "target tracking made this alarm"
    if alarm.evaluation_criteria and alarm.evaluation_criteria.prom_ql_criteria:
        return "it evaluates a query"
    if alarm.evaluation_window and alarm.evaluation_window.wall_clock_window:
        return "it evaluates a wall-clock window"
    if alarm.extended_statistic and alarm.evaluate_low_sample_count_percentile == "ignore":
        return "it waits for enough samples of its percentile"
    return "" if periods > 1 else "it has one period"
