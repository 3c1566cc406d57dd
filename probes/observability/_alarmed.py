"""Whether an alarm that somebody hears of watches a metric, and what is wrong where none does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from auditor.facts import Facts
from auditor.probe import Remark, any_of, drift, gap, note, unknown
from auditor.query import JSON, Query, Shape
from auditor.resources import Related
from probes.analysis import watching
from probes.analysis.watching import Match, View, Wanted
from probes.aws import cloudwatch, cloudwatch_metrics, oam
from probes.groups import Alarms
from probes.observability._actions import QUERIES, Action, acts, unknown_of
from probes.observability._watchers import above, doubts_above

NEEDS: tuple[Query[Shape], ...] = (
    cloudwatch.ALARMS,
    cloudwatch.COMPOSITE_ALARMS,
    oam.LINKS,
    *QUERIES,
)
"""What a probe needs that asks whether a metric is watched."""

MOST_SHOWN = 5
_CODES = {
    Match.PART: "part-only",
    Match.WHOLE: "wrong-dimensions",
    Match.UNTIMELY: "threshold",
    Match.REMADE: "stale-target",
    Match.MISNAMED: "wrong-dimensions",
}


@dataclass(frozen=True, slots=True)
class Watch:
    """What is to be watched: any one of some metrics, which accept the same; `what`, for people."""

    what: str
    metrics: tuple[Wanted, ...]

    @property
    def accepted(self) -> frozenset[Match]:
        """How an alarm may lie to one of the metrics that counts."""
        return self.metrics[0].accepted


@dataclass(frozen=True, slots=True)
class _Candidate:
    alarm: cloudwatch.Alarm
    match: Match


def unwatched(watch: Watch, facts: Facts, expected: Alarms) -> Iterator[Remark]:
    """What there is to say of what should be watched; a watched metric needs no word.

    Raises `Unanswered` where AWS would not say and no alarm is known to watch it.
    """
    found = _candidates(watch, facts)
    looked: list[Action] = []
    heard: list[_Candidate] = []

    def alive(one: _Candidate) -> bool:
        if _is_heard(one.alarm, facts, expected, looked):
            heard.append(one)
        return one in heard

    good = [one for one in found if one.match in watch.accepted]
    if any_of(*(partial(alive, one) for one in good)):
        if heard[0].match is not Match.EXACT:
            yield note(f"{watch.what}: of {heard[0].alarm.alarm_name}, {heard[0].match.value}")
        return
    doubts = [one for one in found if one.match is Match.CANNOT_TELL and alive(one)]
    reasons = {f"what {one.alarm.alarm_name} watches" for one in doubts} | {*unknown_of(looked)}
    if good and expected.composites_count:
        reasons.update(doubt for one in good for doubt in doubts_above(one.alarm, facts))
    reasons |= {f"alarms in the account of {sink}" for sink in _seen_by(facts)}
    if reasons:
        what = f"whether an alarm watches {watch.what} cannot be told"
        yield unknown(f"{what}: {'; '.join(sorted(reasons))}")
        return
    near = [one for one in found if one.match in {*watch.accepted, *_CODES}]
    yield _violation(watch, near, facts, expected)


def _candidates(watch: Watch, facts: Facts) -> list[_Candidate]:
    """The alarms that look at one of the metrics or may, the best first."""
    keys = dict.fromkeys(key for one in watch.metrics for key in one.keys)
    alarms = {
        alarm.alarm_arn: alarm
        for key in keys
        for alarm in facts.where(cloudwatch.ALARMS, cloudwatch_metrics.metrics_of, key)
    }
    views = facts.here(_views) if alarms else {}
    found = [
        _Candidate(alarm, _match(views[arn], watch, facts.account)) for arn, alarm in alarms.items()
    ]
    order = list(Match)
    return sorted(
        (one for one in found if one.match is not Match.NONE),
        key=lambda one: (order.index(one.match), one.alarm.alarm_name),
    )


def _views(facts: Facts) -> dict[str, View]:
    """What each alarm looks at."""
    return {
        alarm.alarm_arn: cloudwatch_metrics.view_of(alarm) for alarm in facts.all(cloudwatch.ALARMS)
    }


def _match(view: View, watch: Watch, account: str) -> Match:
    return watching.best(watching.match(view, one, account) for one in watch.metrics)


def _is_heard(
    alarm: cloudwatch.Alarm, facts: Facts, expected: Alarms, looked: list[Action]
) -> bool:
    """Whether somebody hears of an alarm: by its own actions, or by a composite alarm above it."""
    confirmed = expected.require_confirmed_subscription
    heard = partial(acts, facts=facts, looked=looked, confirmed=confirmed)

    def from_above() -> bool:
        return any_of(*(partial(heard, parent) for parent in above(alarm, facts)))

    own = partial(heard, _telling(alarm, expected))
    return any_of(own, from_above) if expected.composites_count else own()


def _telling(alarm: cloudwatch.Alarm, expected: Alarms) -> cloudwatch.Alarm:
    """The alarm with those of its actions that tell somebody: a scaling policy only scales."""
    if expected.scaling_counts:
        return alarm
    telling = tuple(one for one in alarm.alarm_actions if one.split(":")[2:3] != ["autoscaling"])
    return alarm.model_copy(update={"alarm_actions": telling})


def _only_scales(alarm: cloudwatch.Alarm, expected: Alarms) -> bool:
    """Whether an alarm was never meant for people; another that is has more to say."""
    return bool(alarm.alarm_actions) and not _telling(alarm, expected).alarm_actions


def _seen_by(facts: Facts) -> list[str]:
    """Where alarms on the metrics of this account may stand besides here."""
    return [link.sink_arn or link.arn for link in facts.all(oam.LINKS) if link.shares_metrics]


def _violation(watch: Watch, found: Sequence[_Candidate], facts: Facts, expected: Alarms) -> Remark:
    wanted = watch.metrics[0]
    more = {
        "expected": {"metric": wanted.name, "dimensions": dict(wanted.dimensions)},
        "found": sorted(one.alarm.alarm_name for one in found)[:MOST_SHOWN],
        "related": _related(found, facts),
        "cli": _command(wanted, facts, expected),
        "cloudformation": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": _alarm(wanted, facts, expected),
        },
    }
    if not found:
        return gap(f"no alarm watches {watch.what}", code="no-alarm", **more)
    first = next((one for one in found if not _only_scales(one.alarm, expected)), found[0])
    if first.match in watch.accepted:
        return gap(f"nobody hears of the alarm on {watch.what}", code="alarm-idle", **more)
    name, how, code = first.alarm.alarm_name, first.match.value, _CODES[first.match]
    if first.match is Match.UNTIMELY:
        return drift(f"no alarm on {watch.what} goes off in time: {name}", code=code, **more)
    return gap(f"no alarm watches {watch.what}; of {name}, {how}", code=code, **more)


def _related(found: Sequence[_Candidate], facts: Facts) -> tuple[Related, ...]:
    return tuple(facts.related(one.match.value, one.alarm) for one in found[:MOST_SHOWN])


def _alarm(wanted: Wanted, facts: Facts, expected: Alarms) -> dict[str, JSON]:
    """The alarm that is missing, as CloudFormation has it; the topic is left to the reader."""
    topic = f"arn:{facts.partition}:sns:{facts.region}:{facts.account}:TOPIC"
    rises = "GreaterThanOrEqualToThreshold"
    return {
        "Namespace": wanted.namespace,
        "MetricName": wanted.name,
        "Dimensions": [{"Name": k, "Value": v} for k, v in sorted(wanted.dimensions.items())],
        "Statistic": wanted.advised,
        "Period": 60,
        "EvaluationPeriods": expected.evaluation_periods,
        "Threshold": 1 if wanted.limit is None else wanted.limit,
        "ComparisonOperator": "LessThanThreshold" if wanted.falling else rises,
        "TreatMissingData": "notBreaching",
        "AlarmActions": [topic],
    }


def _command(wanted: Wanted, facts: Facts, expected: Alarms) -> tuple[str, ...]:
    made = _alarm(wanted, facts, expected)
    last = list(wanted.dimensions.values())[-1:]
    name = "-".join([*last, wanted.name]).replace("/", "-")
    return (
        "aws", "cloudwatch", "put-metric-alarm", "--alarm-name", name,
        "--namespace", wanted.namespace, "--metric-name", wanted.name,
        "--dimensions", *(f"Name={k},Value={v}" for k, v in sorted(wanted.dimensions.items())),
        "--statistic", wanted.advised, "--period", "60",
        "--evaluation-periods", str(made["EvaluationPeriods"]),
        "--threshold", f"{made['Threshold']:g}",
        "--comparison-operator", str(made["ComparisonOperator"]),
        "--treat-missing-data", "notBreaching", "--alarm-actions", *made["AlarmActions"],
    )  # fmt: skip
