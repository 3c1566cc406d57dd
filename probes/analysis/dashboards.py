"""What a dashboard shows: the metrics of its widgets, written out.

Source: CloudWatch API reference, "Dashboard Body Structure and Syntax". A row of `metrics` is
namespace, name, and dimensions by turns; `.` repeats the element above it, `...` all that stands
there before the elements that follow; an object at the end holds options, or an expression.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

LONGEST = 1_048_576
"""Characters of a body that are read: far more than 2,500 metrics, the quota, take up."""

MOST_WIDGETS = 500
MOST_METRICS = 10_000
LONGEST_FORMULA = 10_240

_MOST_ELEMENTS = 2 + 2 * 30  # API model: 30 dimensions at most
_REGION = re.compile(r"[a-z]{2}(-[a-z]{2,12}){1,3}-\d", re.ASCII)
_KNOWN = frozenset({"metric", "text", "log", "alarm", "explorer", "custom"})


class MalformedDashboard(ValueError):
    """A text that is no body of a dashboard."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a widget looks: any region if empty, the dashboard's own account if empty."""

    region: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A metric that a widget shows."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression of a widget."""

    text: str
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Explored:
    """A metric that an explorer shows of all resources of a type, as CloudFormation calls it."""

    type: str
    name: str
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Board:
    """All that a dashboard shows.

    `alarms` are the ARNs of alarms whose metrics stand in a widget, `doubtful` the kinds of what
    could not be read. `malformed` says why the whole could not be.
    """

    metrics: tuple[Shown, ...] = ()
    formulas: tuple[Formula, ...] = ()
    explored: tuple[Explored, ...] = ()
    alarms: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    malformed: str = ""


def read(body: str) -> Board:
    """What a dashboard shows. Raises MalformedDashboard for anything but a body."""
    document = _document(body)
    widgets = document.get("widgets")
    if not isinstance(widgets, list) or len(widgets) > MOST_WIDGETS:
        raise MalformedDashboard("it has no list of widgets, or too many")
    reader = _Reader(any_region=_lets_choose_region(document))
    for widget in widgets:
        reader.look_at(widget)
    return reader.board()


def reduce_body(body: object) -> dict[str, Any]:
    """What is kept of a body, as JSON: what it shows, or why it cannot be read."""
    try:
        board = read(body if isinstance(body, str) else "")
    except MalformedDashboard as malformed:
        board = Board(malformed=str(malformed))
    return asdict(board)


def _document(body: str) -> Mapping[str, Any]:
    if len(body) > LONGEST:
        raise MalformedDashboard("it is longer than CloudWatch allows")
    try:
        document = json.loads(body)
    except RecursionError:
        raise MalformedDashboard("it is nested too deeply") from None
    except ValueError:
        raise MalformedDashboard("it is no JSON") from None
    if not isinstance(document, dict):
        raise MalformedDashboard("it is no object")
    return document


@dataclass(slots=True)
class _Reader:
    """A dashboard as far as it was read; each thing is kept once."""

    any_region: bool
    metrics: dict[Shown, None] = field(default_factory=dict)
    formulas: dict[Formula, None] = field(default_factory=dict)
    explored: dict[Explored, None] = field(default_factory=dict)
    alarms: dict[str, None] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)

    def board(self) -> Board:
        return Board(
            tuple(self.metrics),
            tuple(self.formulas),
            tuple(self.explored),
            tuple(self.alarms),
            tuple(sorted(self.doubtful)),
        )

    def look_at(self, widget: Any) -> None:
        kind = widget.get("type") if isinstance(widget, dict) else None
        properties = widget.get("properties") if isinstance(widget, dict) else None
        if not isinstance(kind, str) or kind not in _KNOWN:
            self.doubtful.add(f"a widget of type {str(kind)[:40]}")
        elif kind not in {"metric", "explorer"}:
            return
        elif not isinstance(properties, dict):
            self.doubtful.add(f"a widget of type {kind} without properties")
        elif kind == "metric":
            self._metric_widget(properties)
        else:
            self._explorer(properties)

    def _explorer(self, properties: Mapping[str, Any]) -> None:
        place = self._place(properties, Place())
        for one in _objects(properties.get("metrics")):
            kind, name = _text(one.get("resourceType")), _text(one.get("metricName"))
            self.explored[Explored(kind, name, place)] = None

    def _metric_widget(self, properties: Mapping[str, Any]) -> None:
        place = self._place(properties, Place())
        for annotations in _objects([properties.get("annotations")]):
            alarms = _list(annotations.get("alarms"))
            self.alarms |= dict.fromkeys(one for one in alarms if isinstance(one, str))
        above: list[str] = []
        for row in _list(properties.get("metrics")):
            if len(self.metrics) + len(self.formulas) >= MOST_METRICS:
                raise MalformedDashboard("it has more metrics than CloudWatch allows")
            above = self._row(row, above, place)

    def _row(self, row: Any, above: list[str], place: Place) -> list[str]:
        """Add what a row shows; what it is written out as, for the row below it."""
        elements = row[: _MOST_ELEMENTS + 2] if isinstance(row, list) else []
        options = elements.pop() if elements and isinstance(elements[-1], dict) else {}
        place = self._place(options, place)
        formula = options.get("expression")
        if isinstance(formula, str) and len(formula) <= LONGEST_FORMULA:
            self.formulas[Formula(formula, place)] = None
            return above
        written = None if formula else _written_out(elements, above)
        if written is None:
            self.doubtful.add("a row that cannot be read")
            return above
        dimensions = tuple(sorted(zip(written[2::2], written[3::2], strict=True)))
        self.metrics[Shown(written[0], written[1], dimensions, place)] = None
        return written

    def _place(self, properties: Mapping[str, Any], outer: Place) -> Place:
        region = "" if self.any_region else _text(properties.get("region")) or outer.region
        return Place(region, _text(properties.get("accountId")) or outer.account)


def _written_out(elements: list[Any], above: list[str]) -> list[str] | None:
    """A row without its shorthand; None where it makes no sense."""
    if elements[:1] == ["..."]:
        kept = len(above) - (len(elements) - 1)
        elements = [*above[:kept], *elements[1:]] if kept >= 0 else []
    if not 2 <= len(elements) <= _MOST_ELEMENTS or len(elements) % 2:
        return None
    written = []
    for at, element in enumerate(elements):
        if element == "." and at < len(above):
            written.append(above[at])
        elif isinstance(element, str) and element not in {".", "..."}:
            written.append(element)
        else:
            return None
    return written


def _lets_choose_region(document: Mapping[str, Any]) -> bool:
    """Whether a variable of the dashboard stands for the region, by property or by its text."""
    variables = list(_objects(document.get("variables")))
    replaced = (_text(one.get("pattern")) for one in variables)
    return any(one.get("property") == "region" for one in variables) or any(
        _REGION.fullmatch(text) for text in replaced
    )


def _objects(values: Any) -> Iterator[Mapping[str, Any]]:
    yield from (one for one in _list(values) if isinstance(one, dict))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
