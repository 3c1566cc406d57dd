"""Which of the wanted metrics dashboards show in a region."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from auditor.facts import Facts
from auditor.query import Query, Shape
from probes.analysis import insights
from probes.analysis.answers import Answer, any_of
from probes.analysis.dashboards import Board, Formula, Place, Shown
from probes.analysis.searches import finds, searches_in
from probes.aws import cloudwatch, cloudwatch_dashboards

BOARD_QUERIES: tuple[Query[Shape], ...] = (
    cloudwatch_dashboards.DASHBOARDS,
    cloudwatch_dashboards.BODIES,
    cloudwatch.ALARMS,
)
_EXPLORED = {
    "AWS/ApplicationELB": "AWS::ElasticLoadBalancingV2::",
    "AWS/CodeBuild": "AWS::CodeBuild::",
    "AWS/CodePipeline": "AWS::CodePipeline::",
    "AWS/ECS": "AWS::ECS::",
    "AWS/Lambda": "AWS::Lambda::",
}
"""The resources whose metrics an explorer shows out of a namespace."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A wanted metric, `NAME` or `NAME DIMENSION=VALUE ...`, names and values as patterns."""

    name: str
    dimensions: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, text: str) -> "Pattern":
        name, *dimensions = text.split() or [""]
        pairs = (one.partition("=") for one in dimensions)
        return cls(name, tuple((key, value) for key, _, value in pairs))

    @property
    def is_literal(self) -> bool:
        return not set("*?[") & set(self.name)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a dashboard, or several together, show of what is wanted, and what cannot be told."""

    shown: frozenset[str] = frozenset()
    doubtful: frozenset[str] = frozenset()

    def __or__(self, other: "Coverage") -> "Coverage":
        shown = self.shown | other.shown
        return Coverage(shown, (self.doubtful | other.doubtful) - shown)


def boards(facts: Facts) -> Sequence[Board]:
    """All dashboards of the account; raises `Unanswered` where one could not be read."""
    return [body.board for body in facts.all(cloudwatch_dashboards.BODIES)]


def coverage(board: Board, namespace: str, wanted: Collection[str], facts: Facts) -> Coverage:
    """Which wanted metrics of a namespace a dashboard shows in this region."""
    answers = {one: _shows(board, namespace, Pattern.of(one), facts) for one in wanted}
    return Coverage(
        frozenset(one for one, answer in answers.items() if answer is Answer.YES),
        frozenset(one for one, answer in answers.items() if answer is Answer.CANNOT_TELL),
    )


def searched(board: Board) -> bool:
    """Whether a dashboard shows some metrics by a search."""
    return any(searches_in(formula.text) for formula in board.formulas)


def _shows(board: Board, namespace: str, wanted: Pattern, facts: Facts) -> Answer:
    if any(_is(one, namespace, wanted) for one in _metrics(board, facts)):
        return Answer.YES
    unread = bool(board.malformed or board.doubtful)
    doubts = [Answer.CANNOT_TELL] if unread else []
    explored = (
        Answer.of(fnmatchcase(one.name, wanted.name))
        for one in board.explored
        if one.type.startswith(_EXPLORED.get(namespace, "?")) and _here(one.place, facts)
    )
    formulas = (
        _finds(formula, namespace, wanted)
        for formula in board.formulas
        if _here(formula.place, facts)
    )
    return any_of([*explored, *formulas, *doubts])


def _metrics(board: Board, facts: Facts) -> Iterator[Shown]:
    """The metrics of this region that a dashboard shows, those of its alarms with them."""
    yield from (one for one in board.metrics if _here(one.place, facts))
    for arn in board.alarms:
        if arn.split(":")[3:5] != [facts.region, facts.account]:
            continue
        alarm = facts.named(cloudwatch.ALARMS, arn)
        for metric in cloudwatch.watched(alarm) if alarm else ():
            dimensions = tuple((one.name, one.value) for one in metric.dimensions)
            yield Shown(metric.namespace, metric.metric_name, dimensions)


def _is(shown: Shown, namespace: str, wanted: Pattern) -> bool:
    dimensions = dict(shown.dimensions)
    return (
        shown.namespace == namespace
        and fnmatchcase(shown.name, wanted.name)
        and all(fnmatchcase(dimensions.get(key, ""), value) for key, value in wanted.dimensions)
    )


def _finds(formula: Formula, namespace: str, wanted: Pattern) -> Answer:
    """Whether a query or a search shows the metric; of patterns and resources it cannot be told."""
    found = _found(formula.text, namespace, wanted)
    exact = wanted.is_literal and not wanted.dimensions
    return found if exact or found is Answer.NO else Answer.CANNOT_TELL


def _found(text: str, namespace: str, wanted: Pattern) -> Answer:
    if not insights.is_query(text):
        searches = searches_in(text)
        if wanted.is_literal:
            return any_of(finds(one, namespace, wanted.name) for one in searches)
        return Answer.CANNOT_TELL if any(namespace in one for one in searches) else Answer.NO
    try:
        selection = insights.read(text)
    except insights.UnreadableQuery:
        return Answer.CANNOT_TELL
    return Answer.of(
        selection.namespace == namespace and fnmatchcase(selection.metric, wanted.name)
    )


def _here(place: Place, facts: Facts) -> bool:
    return place.region in {"", facts.region} and place.account in {"", facts.account}
