"""CloudWatch: alarms of all three kinds, each with what it watches and what it does.

Without `AlarmTypes` the operation lists metric alarms only (API model, `DescribeAlarms`). Metric
and composite alarms come in one answer. Log alarms are asked for apart: a partition that does not
know them yet refuses only that.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from pydantic import Field

from auditor.query import Query, Shape
from probes.aws import tagging

if TYPE_CHECKING:
    from auditor.facts import Facts


class Dimension(Shape):
    """One dimension of a metric."""

    name: str
    value: str


class Metric(Shape):
    """A metric inside a metric-math alarm (API model, `Metric`)."""

    namespace: str = ""
    metric_name: str = ""
    dimensions: tuple[Dimension, ...] = ()


class MetricStat(Shape):
    """A metric with its statistic."""

    metric: Metric
    period: int | None = None
    stat: str = ""


class MetricDataQuery(Shape):
    """One line of a metric-math alarm: a metric or an expression over others.

    `return_data` stands on the one line that the alarm watches; left out it means true.
    `account_id` is absent for metrics of the alarm's own account.
    """

    id: str
    metric_stat: MetricStat | None = None
    expression: str | None = None
    period: int | None = None
    return_data: bool = True
    account_id: str | None = None


class PromQL(Shape):
    """The query of a PromQL alarm."""

    query: str


class EvaluationCriteria(Shape):
    """What an alarm evaluates instead of a threshold; None for a kind added later."""

    prom_ql_criteria: PromQL | None = Field(None, alias="PromQLCriteria")


class WallClockWindow(Shape):
    """A window that starts on the clock's full period."""

    timezone: str = ""


class EvaluationWindow(Shape):
    """The window that an alarm evaluates; a sliding one unless it says otherwise."""

    wall_clock_window: WallClockWindow | None = None


class Actions(Shape):
    """What all alarms have: a name, a state, and what they do.

    `state_value` is OK, ALARM or INSUFFICIENT_DATA.
    """

    alarm_arn: str
    alarm_name: str
    state_value: str = ""
    actions_enabled: bool
    alarm_actions: tuple[str, ...] = ()
    ok_actions: tuple[str, ...] = Field((), alias="OKActions")
    insufficient_data_actions: tuple[str, ...] = ()


class Alarm(Actions):
    """A metric alarm: on one metric, on `metrics` (metric math), or on `evaluation_criteria`.

    `treat_missing_data` and `datapoints_to_alarm` are None where AWS leaves them out: "missing",
    and as many as `evaluation_periods` (API model, `PutMetricAlarm`). `evaluation_periods`,
    `threshold` and `comparison_operator` are None for alarms that have none (PromQL).
    """

    namespace: str = ""
    metric_name: str = ""
    dimensions: tuple[Dimension, ...] = ()
    metrics: tuple[MetricDataQuery, ...] = ()
    statistic: str = ""
    extended_statistic: str = ""
    period: int | None = None
    evaluation_periods: int | None = None
    datapoints_to_alarm: int | None = None
    threshold: float | None = None
    threshold_metric_id: str | None = None
    comparison_operator: str | None = None
    treat_missing_data: str | None = None
    evaluate_low_sample_count_percentile: str | None = None
    evaluation_criteria: EvaluationCriteria | None = None
    evaluation_window: EvaluationWindow | None = None


class CompositeAlarm(Actions):
    """An alarm over other alarms; `actions_suppressor` is an alarm that keeps its actions back."""

    alarm_rule: str
    actions_suppressor: str | None = None


class LogAlarm(Actions):
    """An alarm over the results of a log query."""

    treat_missing_data: str | None = None


ALARMS = Query(
    "cloudwatch:DescribeAlarms",
    Alarm,
    each="MetricAlarms",
    key="AlarmArn",
    also={"AlarmTypes": ["MetricAlarm", "CompositeAlarm"], "MaxRecords": 100},
    arn="AlarmArn",
    name="AlarmName",
    tags=tagging.TAGGED,
    type="AWS::CloudWatch::Alarm",
    label="metric",
)
COMPOSITE_ALARMS = Query(
    "cloudwatch:DescribeAlarms",
    CompositeAlarm,
    each="CompositeAlarms",
    key="AlarmArn",
    also={"AlarmTypes": ["MetricAlarm", "CompositeAlarm"], "MaxRecords": 100},
    arn="AlarmArn",
    name="AlarmName",
    tags=tagging.TAGGED,
    type="AWS::CloudWatch::CompositeAlarm",
    label="composite",
)
LOG_ALARMS = Query(
    "cloudwatch:DescribeAlarms",
    LogAlarm,
    each="LogAlarms",
    key="AlarmArn",
    also={"AlarmTypes": ["LogAlarm"], "MaxRecords": 100},
    arn="AlarmArn",
    name="AlarmName",
    tags=tagging.TAGGED,
    type="AWS::CloudWatch::LogAlarm",
    label="log",
)
EVERY_ALARM = (ALARMS, COMPOSITE_ALARMS, LOG_ALARMS)


def called(facts: Facts, service: str) -> Iterator[str]:
    """The actions of alarms here that a service of this account is to carry out: its ARNs."""
    alarms = chain.from_iterable(facts.seen(query) for query in EVERY_ALARM)
    for action in dict.fromkeys(chain.from_iterable(alarm.alarm_actions for alarm in alarms)):
        parts = action.split(":", 5)
        if parts[2:3] == [service] and parts[4:5] == [facts.account]:
            yield action


def scaling_owns(alarm: Actions) -> bool:
    """Whether target tracking made the alarm: it keeps its actions itself, nobody may edit it.

    The service gives such alarms names that begin so (Auto Scaling user guide, "Target tracking
    scaling policies").
    """
    return alarm.alarm_name.startswith("TargetTracking-")


def evaluates_something_new(alarm: Alarm) -> bool:
    """Whether an alarm evaluates neither a metric nor a PromQL query, but what came after both."""
    criteria = alarm.evaluation_criteria
    return criteria is not None and criteria.prom_ql_criteria is None


def watched(alarm: Alarm) -> tuple[Metric, ...]:
    """Every metric that an alarm reads, on its own or in metric math; none for PromQL."""
    of_math = tuple(line.metric_stat.metric for line in alarm.metrics if line.metric_stat)
    if not alarm.metric_name:
        return of_math
    own = Metric.model_construct(
        namespace=alarm.namespace, metric_name=alarm.metric_name, dimensions=alarm.dimensions
    )
    return (own, *of_math)
