"""Metrics Insights: which metric a query selects, and of which resources.

Source: CloudWatch user guide, "Query components and syntax in CloudWatch Metrics Insights".
Keywords are written in any case; names of metrics, namespaces and dimensions count as they are.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from probes.analysis.answers import Answer

LONGEST = 10_240
"""Characters of a query; what is longer is not read."""

_TOKEN = re.compile(
    r"""\s*(?:"(?P<quoted>[^"]*)"|'(?P<text>[^']*)'|(?P<mark>!=|[(),=])|(?P<word>[\w./:-]+))""",
    re.ASCII,
)
_FUNCTIONS = frozenset({"AVG", "COUNT", "MAX", "MIN", "SUM"})


class UnreadableQuery(ValueError):
    """A text that is no query of Metrics Insights, or uses what is not known."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A dimension that must have a value, or must not."""

    dimension: str
    value: str
    equal: bool = True


@dataclass(frozen=True, slots=True)
class Selection:
    """What a query selects; `schema` is None where metrics of any dimensions are meant."""

    function: str
    metric: str
    namespace: str
    schema: frozenset[str] | None = None
    conditions: tuple[Condition, ...] = ()
    grouped_by: frozenset[str] = frozenset()

    def takes(self, dimensions: Mapping[str, str]) -> Answer:
        """Whether the metric with these dimensions is among those that are selected."""
        if self.schema is not None and self.schema != set(dimensions):
            return Answer.NO
        known = [one for one in self.conditions if one.dimension in dimensions]
        if any((dimensions[one.dimension] == one.value) is not one.equal for one in known):
            return Answer.NO
        return Answer.YES if len(known) == len(self.conditions) else Answer.CANNOT_TELL

    def tells_apart(self, dimensions: Mapping[str, str]) -> bool:
        """Whether the metric with these dimensions is looked at on its own, not in an average."""
        pinned = {one.dimension for one in self.conditions if one.equal}
        return bool(dimensions) and set(dimensions) <= pinned | self.grouped_by


def is_query(text: str) -> bool:
    """Whether a text is a query rather than an expression of metric math."""
    return text.lstrip()[:7].upper().rstrip() == "SELECT"


def read(text: str) -> Selection:
    """What a query selects. Raises UnreadableQuery for anything that is not wholly understood."""
    tokens = _Tokens(text)
    tokens.keyword("SELECT")
    function = tokens.word().upper()
    if function not in _FUNCTIONS:
        raise UnreadableQuery("the function is not known")
    tokens.mark("(")
    metric = tokens.name()
    tokens.mark(")")
    tokens.keyword("FROM")
    namespace, schema = tokens.source()
    conditions = tuple(tokens.conditions())
    grouped_by = frozenset(tokens.group())
    tokens.rest()
    return Selection(function, metric, namespace, schema, conditions, grouped_by)


class _Tokens:
    """The tokens of a query, left to right."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise UnreadableQuery("the query is too long")
        self._left = list(_split(text))[::-1]

    def word(self) -> str:
        kind, text = self._next()
        if kind != "word":
            raise UnreadableQuery(f"{text!r} is no word")
        return text

    def name(self) -> str:
        kind, text = self._next()
        if kind not in {"word", "quoted"}:
            raise UnreadableQuery(f"{text!r} is no name")
        return text

    def mark(self, mark: str) -> None:
        if self._next() != ("mark", mark):
            raise UnreadableQuery(f"the query lacks a {mark}")

    def keyword(self, keyword: str) -> None:
        if not self._takes(keyword):
            raise UnreadableQuery(f"the query lacks {keyword}")

    def source(self) -> tuple[str, frozenset[str] | None]:
        """The namespace, and the dimensions of a SCHEMA."""
        if not self._takes("SCHEMA"):
            return self.name(), None
        self.mark("(")
        namespace, dimensions = self.name(), set[str]()
        while self._next_is(","):
            dimensions.add(self.name())
        self.mark(")")
        return namespace, frozenset(dimensions)

    def conditions(self) -> Iterator[Condition]:
        if not self._takes("WHERE"):
            return
        yield self._condition()
        while self._takes("AND"):
            yield self._condition()

    def group(self) -> Iterator[str]:
        if not self._takes("GROUP"):
            return
        self.keyword("BY")
        yield self.name()
        while self._next_is(","):
            yield self.name()

    def rest(self) -> None:
        """The order of the results, and how many: the highest come first or they do not matter."""
        if self._takes("ORDER"):
            self.keyword("BY")
            self.word()
            self.mark("(")
            self.mark(")")
            if not self._takes("DESC"):
                self._takes("ASC")
        if self._takes("LIMIT"):
            self.word()
        if self._left:
            raise UnreadableQuery(f"{self._left[-1][1]!r} is not expected here")

    def _condition(self) -> Condition:
        dimension = self.name()
        kind, operator = self._next()
        if kind != "mark" or operator not in {"=", "!="}:
            raise UnreadableQuery(f"the operator {operator!r} is not known")
        kind, value = self._next()
        if kind == "mark":
            raise UnreadableQuery("the query lacks a value")
        return Condition(dimension, value, operator == "=")

    def _takes(self, keyword: str) -> bool:
        found = bool(self._left) and self._left[-1][0] == "word"
        found = found and self._left[-1][1].upper() == keyword
        if found:
            self._left.pop()
        return found

    def _next_is(self, mark: str) -> bool:
        found = bool(self._left) and self._left[-1] == ("mark", mark)
        if found:
            self._left.pop()
        return found

    def _next(self) -> tuple[str, str]:
        if not self._left:
            raise UnreadableQuery("the query ends too early")
        return self._left.pop()


def _split(text: str) -> Iterator[tuple[str, str]]:
    left, at = text.rstrip(), 0
    while at < len(left):
        token = _TOKEN.match(left, at)
        if token is None or token.lastgroup is None:
            raise UnreadableQuery("the query has a character that is not known")
        yield token.lastgroup, token[token.lastgroup]
        at = token.end()
