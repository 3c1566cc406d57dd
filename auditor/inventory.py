"""Every answer and every refusal of one collection; what AWS would not say has no value to misread.

An `Answer` that was refused holds the refusal where the items would be. Reading it through `Facts`
raises `Unanswered`, which only the judging engine catches. Nothing here calls AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import ValidationError

from auditor.query import JSON, Query, Shape

Subject = tuple[str, ...]
"""What an answer is about: the keys from the outermost item inwards; empty for a whole place."""

WHOLE: Subject = ()
T = TypeVar("T")
A = TypeVar("A")


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
    """One item of an answer: what AWS said of it, validated when it is first read."""

    query: Query[Shape]
    place: Place
    data: JSON
    key: str
    parent: Item | None = None
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


def key_of(query: Query[Shape], data: JSON, position: int) -> str:
    """The key of an item; an item without one is told apart by its position."""
    if query.shape.__name__ == "Name" and isinstance(data, Mapping) and not query.key:
        return str(data.get("value", position))
    if not query.key:
        return str(position) if query.each else ""
    if lacks_key(query, data):
        return f"#{position}"
    fields = (query.key,) if isinstance(query.key, str) else query.key
    return "/".join(str(data[f]) for f in fields)


def lacks_key(query: Query[Shape], data: JSON) -> bool:
    """Whether an item does not say which one it is, though its query knows where that stands."""
    fields = (query.key,) if isinstance(query.key, str) else query.key
    return bool(query.key) and not (isinstance(data, Mapping) and all(f in data for f in fields))


@dataclass(slots=True, eq=False)
class Inventory:
    """All that was asked and answered: by query and place, then by what the question was about."""

    places: list[Place] = field(default_factory=list)
    times: dict[str, datetime] = field(default_factory=dict)
    answers: dict[tuple[str, Place], dict[Subject, Answer]] = field(default_factory=dict)
    not_offered: set[tuple[str, Place]] = field(default_factory=set)
    tallies: dict[tuple[str, Place], Tally] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    skipped_regions: dict[tuple[str, str], str] = field(default_factory=dict)
    unlisted: list[Refusal] = field(default_factory=list)
    _origins: dict[int, Item] = field(default_factory=dict)
    _memo: dict[tuple[Any, Any], Any] = field(default_factory=dict)

    def put(self, query: Query[Shape], place: Place, subject: Subject, answer: Answer) -> None:
        self.answers.setdefault((query.id, place), {})[subject] = answer

    def answer(self, query: Query[Shape], place: Place, subject: Subject) -> Answer | None:
        return self.answers.get((query.id, place), {}).get(subject)

    def asked(self, query: Query[Shape], place: Place) -> bool:
        return (query.id, place) in self.answers or (query.id, place) in self.not_offered

    def items(self, query: Query[Shape], place: Place) -> Iterator[Item]:
        """Every item that was read of a query in a place, of whatever parent."""
        for answer in self.answers.get((query.id, place), {}).values():
            yield from answer.items

    def refusals(self, query: Query[Shape], place: Place) -> tuple[Refusal, ...]:
        """What keeps the list of a query in a place, with all it hangs on, from being whole."""
        return self.once(self._refusals, (query, place))

    def _refusals(self, asked: tuple[Query[Shape], Place]) -> tuple[Refusal, ...]:
        return tuple(self._refused(*asked))

    def _refused(self, query: Query[Shape], place: Place) -> Iterator[Refusal]:
        if (query.id, place) in self.not_offered:
            return
        if not self.asked(query, place):
            yield not_collected(query, place)
            return
        for parent in query.parents:
            yield from self.refusals(parent, place_of(parent, place))
        for answer in self.answers.get((query.id, place), {}).values():
            if answer.refusal:
                yield answer.refusal

    def read(self, item: Item) -> Any:
        """The item in its shape, remembered so that it can be asked about in turn."""
        shape = item.read()
        self._origins.setdefault(id(shape), item)
        return shape

    def origin(self, shape: Shape) -> Item:
        return self._origins[id(shape)]

    def index(
        self, query: Query[Shape], place: Place, key: Callable[[Any], Any]
    ) -> dict[Any, tuple[Item, ...]]:
        """The items by what `key` says of each; one that cannot be read might be any of them."""
        found = self.once(self._indexed, (query, place, key))
        if isinstance(found, Unanswered):
            raise Unanswered(*found.refusals)
        return found

    def _indexed(
        self, asked: tuple[Query[Shape], Place, Callable[[Any], Any]]
    ) -> dict[Any, tuple[Item, ...]] | Unanswered:
        query, place, key = asked
        found: dict[Any, list[Item]] = {}
        try:
            for item in self.items(query, place):
                for value in _keys(key(self.read(item))):
                    found.setdefault(value, []).append(item)
        except Unanswered as unanswered:
            return Unanswered(*unanswered.refusals)
        return {value: tuple(items) for value, items in found.items()}

    def by_key(self, query: Query[Shape], place: Place) -> Mapping[str, Item]:
        """The items of a query by their own key; made once."""
        return self.once(self._by_key, (query, place))

    def _by_key(self, asked: tuple[Query[Shape], Place]) -> dict[str, Item]:
        return {item.key: item for item in self.items(*asked)}

    def by_ids(self, query: Query[Shape], place: Place) -> Mapping[Subject, Item]:
        """The items of a query by their keys from the outermost parent inwards; made once."""
        return self.once(self._by_ids, (query, place))

    def _by_ids(self, asked: tuple[Query[Shape], Place]) -> dict[Subject, Item]:
        return {item.ids: item for item in self.items(*asked)}

    def find(self, query: Query[Shape], place: Place, key: str) -> Item | None:
        """The item with a key, or None; raises `Unanswered` where it may be there unseen."""
        item = self.by_key(query, place).get(key)
        if item is not None:
            return item
        unseen = (*self.refusals(query, place), *self.once(self._keyless, (query, place)))
        if unseen:
            raise Unanswered(*unseen)
        return None

    def _keyless(self, asked: tuple[Query[Shape], Place]) -> tuple[Refusal, ...]:
        said = "it does not say which one it is"
        return tuple(i.misfit(said) for i in self.items(*asked) if lacks_key(i.query, i.data))

    def once(self, function: Callable[[A], T], argument: A) -> T:
        """`function(argument)`, worked out once per inventory (parsing a policy, a template)."""
        name = (function, argument)
        if name not in self._memo:
            self._memo[name] = function(argument)
        result: T = self._memo[name]
        return result

    def now(self, account: str) -> datetime:
        """When the account was collected, by AWS's own clock."""
        return self.times.get(account, datetime.min.replace(tzinfo=UTC))


def _keys(value: Any) -> Iterable[Any]:
    """An item may be found under several keys (a group under each of its targets)."""
    return value if isinstance(value, tuple | list | set | frozenset) else (value,)


def place_of(query: Query[Shape], place: Place) -> Place:
    """Where a query is asked, seen from a place."""
    return place.world if query.world else place


def not_collected(query: Query[Shape], place: Place, subject: Subject = WHOLE) -> Refusal:
    """A refusal for what was never asked: not AWS's, but no answer either."""
    message = "this was not asked in this collection"
    return Refusal(
        query.id, query.operation, place, Why.NOT_COLLECTED, "NotCollected", message, subject
    )
