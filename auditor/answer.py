"""What came back for one question: an answer, an absence or a refusal, and where it was asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from auditor.query import JSON, Name, Query, Shape

Subject = tuple[str, ...]
"""What an answer is about: the keys from the outermost item inwards; empty for a whole place."""

WHOLE: Subject = ()


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a question was asked: an account and a region; no region for account-wide services."""

    partition: str
    account: str
    region: str = ""

    @property
    def world(self) -> Place:
        """The account-wide place of the same account."""
        return Place(self.partition, self.account)

    def __str__(self) -> str:
        return f"{self.account}/{self.region or 'global'}"


class Why(StrEnum):
    """Why a question has no answer."""

    DENIED = "denied"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    MALFORMED = "malformed"
    NOT_COLLECTED = "not collected"
    TIMED_OUT = "timed out"
    OUT_OF_TIME = "out of time"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One question that AWS did not answer, in AWS's own words."""

    query: str
    operation: str
    place: Place
    why: Why
    code: str
    message: str
    subject: Subject = WHOLE
    actions: tuple[str, ...] = ()


class Unanswered(Exception):
    """Raised on reading what AWS would not say; only `judge` catches it."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(*(f"{r.operation}: {r.code}" for r in refusals))
        self.refusals = refusals


class Vanished(Exception):
    """Raised on reading about an item that AWS listed and then no longer knew."""


@dataclass(slots=True, eq=False)
class Item:
    """One item of an answer: what AWS said of it, validated when it is first read.

    `described` is what findings say of it, once somebody asked (`resources.describe`).
    """

    query: Query[Shape]
    place: Place
    data: JSON
    key: str
    parent: Item | None = None
    described: Any = None
    _shape: Shape | None = None
    _unread: Refusal | None = None

    @property
    def ids(self) -> Subject:
        """The keys from the outermost parent to this item."""
        return (*self.parent.ids, self.key) if self.parent else (self.key,)

    def read(self) -> Shape:
        """The item in its shape; raises `Unanswered` where it does not fit."""
        if self._unread is not None:
            raise Unanswered(self._unread)
        if self._shape is None:
            try:
                self._shape = self.query.shape.model_validate(self.data)
            except ValidationError as error:
                first = error.errors(include_url=False, include_input=False)[0]
                where = ".".join(str(part) for part in first["loc"])
                self._unread = self.misfit(f"{where}: {first['msg']}")
                raise Unanswered(self._unread) from None
        return self._shape

    def misfit(self, message: str) -> Refusal:
        """The refusal that stands for an item which is not what it should be."""
        query = self.query
        return Refusal(
            query.id, query.operation, self.place, Why.MALFORMED, "UnknownShape", message, self.ids
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one question: items, absence, or a refusal (perhaps after some items)."""

    items: tuple[Item, ...] = ()
    refusal: Refusal | None = None
    absent: str = ""
    gone: str = ""

    @property
    def complete(self) -> bool:
        """Whether absence may be concluded from it."""
        return self.refusal is None


@dataclass(slots=True)
class Tally:
    """What asking one query in one place took."""

    calls: int = 0
    pages: int = 0
    answered: int = 0
    refused: int = 0
    retried: int = 0


def items_in(query: Query[Any], page: Mapping[str, Any]) -> Iterator[Any]:
    """The items of one page, at `each`, or the one object at `at`.

    A list that is left out is empty; an item that is null is one, of which nothing can be read.
    """
    if not query.each:
        found: Any = page
        for part in query.at.split(".") if query.at else ():
            found = found.get(part) if isinstance(found, Mapping) else found
        if found is not None:
            yield found
        return
    level: list[Any] = [page]
    for part in query.each.split("."):
        name = part.removesuffix("[]")
        held = (holder.get(name) for holder in level if isinstance(holder, Mapping))
        lists = (
            found if isinstance(found, list) else [found] for found in held if found is not None
        )
        level = [item for found in lists for item in found]
    yield from level


def key_of(query: Query[Shape], data: JSON, position: int) -> str:
    """The key of an item; an item without one is told apart by its position."""
    if lacks_key(query, data):
        return f"#{position}"
    if query.shape is Name and not query.key:
        return str(data["value"])
    if not query.key:
        return str(position) if query.each else ""
    fields = (query.key,) if isinstance(query.key, str) else query.key
    return "/".join(str(data[f]) for f in fields)


def lacks_key(query: Query[Shape], data: JSON) -> bool:
    """Whether an item does not say which one it is, though its query knows where that stands."""
    if query.shape is Name and not query.key:
        return not (isinstance(data, Mapping) and isinstance(data.get("value"), str))
    fields = (query.key,) if isinstance(query.key, str) else query.key
    return bool(query.key) and not (
        isinstance(data, Mapping)
        and all(isinstance(data.get(f), str | int | float) for f in fields)
    )
