"""CloudWatch: what each alarm looks at, as `watching` compares it with what is wanted."""

from __future__ import annotations

from itertools import chain

from probes.analysis import watching
from probes.analysis.watching import Line, View
from probes.aws.cloudwatch import Alarm, Metric, evaluates_something_new


def view_of(alarm: Alarm) -> View:
    """What an alarm looks at, and when it goes off."""
    own = alarm.statistic or alarm.extended_statistic
    plain = (_line(_metric(alarm), own),) if alarm.metric_name else ()
    stats = {
        one.id: _line(one.metric_stat.metric, one.metric_stat.stat, one.account_id or "")
        for one in alarm.metrics
        if one.metric_stat
    }
    returned = (stats[one.id] for one in alarm.metrics if one.return_data and one.id in stats)
    criteria = alarm.evaluation_criteria
    return View(
        lines=(*plain, *stats.values()),
        expressions=tuple(one.expression for one in alarm.metrics if one.expression),
        prom_ql=criteria.prom_ql_criteria.query if criteria and criteria.prom_ql_criteria else "",
        opaque=evaluates_something_new(alarm),
        compared=next(chain(plain, returned), None),
        comparison=alarm.comparison_operator or "",
        threshold=alarm.threshold,
    )


def metrics_of(alarm: Alarm) -> tuple[str, ...]:
    """For `where`: the alarms that look at a metric, by `Wanted.keys`."""
    return watching.keys_of(view_of(alarm))


def _metric(alarm: Alarm) -> Metric:
    return Metric.model_construct(
        namespace=alarm.namespace, metric_name=alarm.metric_name, dimensions=alarm.dimensions
    )


def _line(metric: Metric, statistic: str, account: str = "") -> Line:
    dimensions = tuple(sorted((one.name, one.value) for one in metric.dimensions))
    return Line(metric.namespace, metric.metric_name, dimensions, statistic, account)
