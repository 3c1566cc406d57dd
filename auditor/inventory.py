"""Every answer and every refusal of one collection; what AWS would not say has no value to misread.

An `Answer` that was refused holds the refusal where the items would be. Reading it through `Facts`
raises `Unanswered`, which only the judging engine catches. Nothing here calls AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from auditor.answer import (
    WHOLE,
    Answer,
    Item,
    Place,
    Refusal,
    Subject,
    Tally,
    Unanswered,
    Why,
    lacks_key,
)
from auditor.query import Query, Shape

NOT_SELECTED = "not selected"
"""Why a region was skipped that is enabled: the run was told which ones to look at."""

T = TypeVar("T")
A = TypeVar("A")


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

    @property
    def narrowed(self) -> bool:
        """Whether some of the account's regions were not to be looked at."""
        return NOT_SELECTED in self.skipped_regions.values()

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

    def shapes(self, query: Query[Shape], place: Place) -> tuple[Any, ...]:
        """Every item in its shape, read once; raises `Unanswered` where one does not fit."""
        found = self.once(self._shapes, (query, place))
        if isinstance(found, Unanswered):
            raise Unanswered(*found.refusals)
        return found

    def _shapes(self, asked: tuple[Query[Shape], Place]) -> tuple[Any, ...] | Unanswered:
        try:
            return tuple(self.read(item) for item in self.items(*asked))
        except Unanswered as unanswered:
            return Unanswered(*unanswered.refusals)

    def legible(self, query: Query[Shape], place: Place) -> tuple[Any, ...]:
        """The items that fit their shape, read once."""
        return self.once(self._legible, (query, place))

    def _legible(self, asked: tuple[Query[Shape], Place]) -> tuple[Any, ...]:
        return tuple(self.readable(self.items(*asked)))

    def readable(self, items: Iterable[Item]) -> Iterator[Any]:
        """Those of the items that fit their shape, in it."""
        for item in items:
            with suppress(Unanswered):
                yield self.read(item)

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

    def forget(self) -> None:
        """Let go of what was worked out, which refers to the inventory: who drops it frees it."""
        self._memo.clear()
        self._origins.clear()

    def now(self, account: str) -> datetime:
        """When the account was collected, by AWS's own clock."""
        return self.times.get(account, datetime.min.replace(tzinfo=UTC))


def _keys(value: Any) -> Iterable[Any]:
    """An item may be found under several keys (a group under each of its targets)."""
    return value if isinstance(value, tuple | list | set | frozenset) else (value,)


def place_of(query: Query[Shape], place: Place) -> Place:
    """Where a query is asked, seen from a place."""
    return place.world if query.world else place


def place_of_arn(query: Query[Any], place: Place, key: str) -> Place:
    """Where the item of a key stands, seen from a place: an ARN names account and region."""
    here = place_of(query, place)
    parts = key.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return here
    region = "" if query.world else parts[3] or here.region
    # policies that AWS manages are listed in every account, under the account `aws`
    account = parts[4] if parts[4].isdigit() else here.account
    return Place(parts[1], account, region)


def not_collected(query: Query[Shape], place: Place, subject: Subject = WHOLE) -> Refusal:
    """A refusal for what was never asked: not AWS's, but no answer either."""
    message = "this was not asked in this collection"
    return Refusal(
        query.id, query.operation, place, Why.NOT_COLLECTED, "NotCollected", message, subject
    )


def empty(query: Query[Any], place: Place, subject: Subject) -> Refusal:
    """A refusal for an answer that lacks the one thing that it should hold."""
    said = f"the answer holds no {query.at or query.shape.__name__}"
    return Refusal(query.id, query.operation, place, Why.MALFORMED, "EmptyAnswer", said, subject)
