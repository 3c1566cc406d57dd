"""Whether an alarm watches a metric of a resource, and goes off in time.

A metric of CloudWatch is told apart by its namespace, its name and all of its dimensions: an alarm
that names fewer looks at another metric, which may not exist (CloudWatch user guide, "Metrics
concepts", Dimensions). An alarm on an expression watches the metrics inside it; what its threshold
means to them cannot be compared. SEARCH is not allowed in alarms ("CloudWatch metric math").
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import inf

from probes.analysis import insights
from probes.analysis.answers import Answer

STATISTICS = frozenset({"Average", "Maximum", "Minimum", "Sum", "SampleCount"})
"""API model, `Statistic`; all other statistics are percentiles and trimmed means."""

_RISING = {"GreaterThanThreshold": False, "GreaterThanOrEqualToThreshold": True}
_FALLING = {"LessThanThreshold": False, "LessThanOrEqualToThreshold": True}
_BANDS = {
    "GreaterThanUpperThreshold": {False},
    "LessThanLowerThreshold": {True},
    "LessThanLowerOrGreaterThanUpperThreshold": {False, True},
}


_MEANS = ("AVERAGE", "TM", "WM", "IQM")
"""CloudWatch user guide, "Statistics definitions": the average, and those of trimmed samples."""


class Match(Enum):
    """How what an alarm looks at lies to what is wanted, the best first."""

    EXACT = "it watches it"
    CANNOT_TELL = "what it watches cannot be told"
    PART = "it watches a part of it"
    WHOLE = "it watches this and others together"
    UNTIMELY = "it watches it, but does not go off in time"
    REMADE = "it watches what had this name before"
    MISNAMED = "its dimensions are not those of the metric"
    NONE = "it watches something else"


_LATE = {Answer.NO: Match.UNTIMELY, Answer.CANNOT_TELL: Match.CANNOT_TELL}
_ORDER = {match: place for place, match in enumerate(Match)}


@dataclass(frozen=True, slots=True)
class Line:
    """One metric that an alarm reads; `account` is empty for the alarm's own."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()
    statistic: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What an alarm looks at, and when it goes off.

    `compared` is the line that the threshold is for; None where that is an expression over lines.
    One that is `opaque` evaluates something that is not known here.
    """

    lines: tuple[Line, ...] = ()
    expressions: tuple[str, ...] = ()
    prom_ql: str = ""
    opaque: bool = False
    compared: Line | None = None
    comparison: str = ""
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A metric of a resource that an alarm should watch.

    The alarm is to go off when it rises to `limit` at the latest, or `falling`, when it is zero.
    `limit` is None where no number is compared. An alarm for more than 1 is silent at 1 of what is
    counted; of what is `continuous`, as a percentage is, the two are the same. Of `events` each
    sample is one or none, so that all statistics but the sum lie between 0 and 1. `statistics` are
    those that mean something for it, the `advised` one first of all. `accepted` is how an alarm may
    lie to it that counts.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str] = field(default_factory=dict)
    limit: float | None = None
    falling: bool = False
    continuous: bool = False
    events: bool = False
    statistics: frozenset[str] = STATISTICS - {"SampleCount"}
    advised: str = "Maximum"
    accepted: frozenset[Match] = frozenset({Match.EXACT})

    @property
    def keys(self) -> tuple[str, ...]:
        """What the alarms go by in an index that might watch it, rightly or wrongly."""
        values = self.dimensions.values()
        keys = (_key(self.namespace, self.name, value) for value in ("", *values))
        return tuple(dict.fromkeys((*keys, _UNREAD)))


_UNREAD = ""
"""Key of what cannot be read: it might be any metric."""


def keys_of(view: View) -> tuple[str, ...]:
    """What an alarm goes by in an index: metric and resource, or `_UNREAD`."""
    return tuple(dict.fromkeys(_keys(view)))


def _key(namespace: str, name: str, value: str) -> str:
    """A metric with what a dimension calls a resource: of ends of ARNs, the name within them."""
    parts = value.rpartition(":")[2].split("/")
    return f"{namespace} {name} {parts[-2] if len(parts) > 2 else parts[-1]}"


def best(matches: Iterable[Match]) -> Match:
    """The one that comes nearest to what is wanted; none is `NONE`."""
    return min(matches, key=_ORDER.__getitem__, default=Match.NONE)


def match(view: View, wanted: Wanted, account: str) -> Match:
    """How an alarm lies to a metric of a resource of an account."""
    mine = (line for line in view.lines if line.account in {"", account})
    found = [_line(line, view, wanted) for line in mine if _is_named(line, wanted)]
    found += [_expression(text, wanted) for text in view.expressions]
    if view.opaque or wanted.name in view.prom_ql or "__name__" in view.prom_ql:
        found.append(Match.CANNOT_TELL)
    return best(found)


def place(found: Mapping[str, str], wanted: Mapping[str, str]) -> Match:
    """How a metric with some dimensions lies to the wanted one of the same name."""
    unequal = {name for name in found.keys() & wanted.keys() if found[name] != wanted[name]}
    if unequal:
        kinds = {_unequal(found[name], wanted[name]) for name in unequal}
        return next(one for one in (Match.NONE, Match.MISNAMED, Match.REMADE) if one in kinds)
    lacking, more = wanted.keys() - found.keys(), found.keys() - wanted.keys()
    if lacking:
        return Match.MISNAMED if more else Match.WHOLE
    return Match.PART if more else Match.EXACT


def _unequal(found: str, wanted: str) -> Match:
    """A value that ends in another id was its own before; a name or ARN is no value at all."""
    stem, id_given, _ = wanted.rpartition("/")
    if id_given and "/" in stem and found.rpartition("/")[0] == stem:
        return Match.REMADE
    is_name = found in wanted.split("/")
    is_arn = found.startswith("arn:") and found.endswith((f":{wanted}", f"/{wanted}"))
    return Match.MISNAMED if is_name or is_arn else Match.NONE


def _is_named(line: Line, wanted: Wanted) -> bool:
    return (line.namespace, line.name) == (wanted.namespace, wanted.name)


def _line(line: Line, view: View, wanted: Wanted) -> Match:
    found = place(dict(line.dimensions), wanted.dimensions)
    if found not in wanted.accepted or line != view.compared:
        return found
    timely = _in_time(view, line.statistic, wanted)
    return found if timely is Answer.YES else _LATE[timely]


def _in_time(view: View, statistic: str, wanted: Wanted) -> Answer:
    """Whether an alarm that compares the metric itself goes off when it should."""
    if statistic in STATISTICS and statistic not in wanted.statistics:
        return Answer.NO
    if view.comparison in _BANDS:
        return Answer.of(wanted.falling in _BANDS[view.comparison])
    if view.comparison not in _RISING | _FALLING or view.threshold is None:
        return Answer.CANNOT_TELL
    falls, rises = _FALLING.get(view.comparison), _RISING.get(view.comparison)
    if wanted.falling:
        return Answer.of(falls is not None and _takes(view.threshold, zero=falls))
    in_reach = rises is not None and _takes(view.threshold, zero=not rises)
    if wanted.events and _beyond_one(view.threshold, statistic, rises=bool(rises)):
        return Answer.NO
    limit = inf if wanted.limit is None else wanted.limit
    at_limit = view.threshold == limit and (bool(rises) or wanted.continuous)
    return Answer.of(in_reach and (view.threshold < limit or at_limit))


def _beyond_one(threshold: float, statistic: str, *, rises: bool) -> bool:
    """Whether an alarm on events waits for what their statistic never is, or only when all fail.

    A mean of events is their share among all samples: it is 1 when every one of them fails.
    """
    kind = statistic.upper()
    if not kind.startswith(("MAX", "P", *_MEANS)) or kind.startswith("PR"):
        return False
    return threshold > 1 or (threshold == 1 and (not rises or kind.startswith(_MEANS)))


def _takes(threshold: float, *, zero: bool) -> bool:
    """Whether a threshold makes sense for what is zero in good times or in bad."""
    return threshold > 0 or (zero and threshold == 0)


def _expression(text: str, wanted: Wanted) -> Match:
    if not insights.is_query(text):
        searched = "SEARCH" in text.upper() and wanted.name in text
        return Match.CANNOT_TELL if searched else Match.NONE
    try:
        selection = insights.read(text)
    except insights.UnreadableQuery:
        return Match.CANNOT_TELL if wanted.name in text else Match.NONE
    if (selection.namespace, selection.metric) != (wanted.namespace, wanted.name):
        return Match.NONE
    taken = selection.takes(wanted.dimensions)
    if taken is not Answer.YES:
        return Match.NONE if taken is Answer.NO else Match.CANNOT_TELL
    extreme = {"MIN"} if wanted.falling else {"MAX", "SUM"}
    seen = selection.function in extreme or selection.tells_apart(wanted.dimensions)
    return Match.EXACT if seen else Match.WHOLE


def _keys(view: View) -> Iterator[str]:
    for line in view.lines:
        values = [value for _, value in line.dimensions] or [""]
        yield from (_key(line.namespace, line.name, value) for value in values)
    if view.prom_ql or view.opaque:
        yield _UNREAD
    for text in view.expressions:
        if not insights.is_query(text):
            if "SEARCH" in text.upper():
                yield _UNREAD
            continue
        try:
            selection = insights.read(text)
        except insights.UnreadableQuery:
            yield _UNREAD
        else:
            yield _key(selection.namespace, selection.metric, "")
