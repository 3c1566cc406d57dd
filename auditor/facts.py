"""The inventory seen from one subject: what a probe reads, and the only way it can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from auditor.answer import (
    WHOLE,
    Answer,
    Item,
    Place,
    Subject,
    Unanswered,
    Vanished,
)
from auditor.inventory import Inventory, empty, not_collected, place_of, place_of_arn
from auditor.query import JSON, Query, Shape
from auditor.resources import Related, Resource, arn_of, describe, tags_of, vanished

S = TypeVar("S", bound=Shape)
T = TypeVar("T")
A = TypeVar("A")


class NotDeclared(LookupError):
    """A probe read what it does not declare: a bug of the probe."""


@dataclass(frozen=True, slots=True)
class Read:
    """One question that a judgement read: the evidence of its verdict."""

    query: Query[Shape]
    place: Place
    subject: Subject
    value: JSON


class Facts:
    """What AWS said, seen from one subject.

    Every method raises `Unanswered` where AWS would not say, so that absence can only be concluded
    from a list that was read to its end. `seen` and `extra` are the exceptions, and say so.
    """

    __slots__ = ("_allowed", "_inventory", "_item", "_judged", "environment", "place", "reads")

    def __init__(
        self,
        inventory: Inventory,
        place: Place,
        item: Item | None = None,
        allowed: frozenset[Query[Any]] | None = None,
        environment: str = "production",
    ) -> None:
        self._inventory, self._item, self._allowed = inventory, item, allowed
        self._judged = item
        self.place = place
        self.environment = environment
        self.reads: list[Read] = []

    # -- about this subject -----------------------------------------------------------------------

    def its(self, query: Query[S]) -> S:
        """The one answer about this subject, where AWS always has one."""
        answer = self._about(query)
        found: S | None = self._one(answer)
        if answer.absent or (query.each and not query.batch):
            message = f"{query.id} may be absent, or is a list: read it with found() or each()"
            raise NotDeclared(message)
        if found is not None:
            return found
        raise Unanswered(empty(query, place_of(query, self.place), self._subject(query)))

    def found(self, query: Query[S]) -> S | None:
        """The one answer about this subject, or None where AWS says that there is none."""
        found: S | None = self._one(self._about(query))
        return found

    def each(self, query: Query[S]) -> tuple[S, ...]:
        """The whole list about this subject."""
        answer = self._about(query)
        if answer.refusal:
            raise Unanswered(answer.refusal)
        return tuple(self._inventory.read(item) for item in answer.items)

    def of(self, other: Shape) -> Facts:
        """The same, asked of another item; what is read counts as read here."""
        item = self._inventory.origin(other)
        facts = Facts(self._inventory, item.place, item, self._allowed, self.environment)
        facts.reads, facts._judged = self.reads, self._judged
        return facts

    def parent(self, query: Query[S]) -> S:
        """The item of `query` that this subject was found under."""
        item = self._item
        while item is not None and item.query is not query:
            item = item.parent
        if item is None:
            message = f"the subject does not hang on {query.id}"
            raise NotDeclared(message)
        shape: S = self._inventory.read(item)
        return shape

    # -- about the place --------------------------------------------------------------------------

    def all(self, query: Query[S]) -> tuple[S, ...]:
        """Every item in this region (or of the account, for account-wide queries)."""
        return self._whole(query, place_of(query, self.place))

    def everywhere(self, query: Query[S]) -> tuple[S, ...]:
        """Every item in every region of this account."""
        places = {place_of(query, p): None for p in self._inventory.places}
        mine = [p for p in places if p.account == self.place.account]
        return tuple(shape for place in mine for shape in self._whole(query, place))

    def where(self, query: Query[S], key: Callable[[S], Any], value: Any) -> tuple[S, ...]:
        """The items whose `key` is `value` (or holds it, where `key` gives several).

        `key` is a function of a module, not a lambda: the index is made once for each function.
        """
        place = self._complete(query, place_of(query, self.place))
        items = self._inventory.index(query, place, key).get(value, ())
        self._note(query, place, WHOLE, {"items": len(items)})
        return tuple(self._inventory.read(item) for item in items)

    def named(self, query: Query[S], key: str) -> S | None:
        """The item with that key, or None; an ARN is looked up in its own account and region."""
        place = place_of_arn(query, self.place, key)
        if query.asks is not None:
            return self._asked(query, place, key)
        self._allow(query)
        known = self._inventory.by_key(query, place).get(key)
        self._note(query, place, (key,), known.data if known else None)
        item = self._inventory.find(query, place, key)
        shape: S | None = self._inventory.read(item) if item else None
        return shape

    def seen(self, query: Query[S]) -> tuple[S, ...]:
        """What was read of a list, whole or not: fit to prove presence, never absence."""
        self._allow(query)
        place = place_of(query, self.place)
        shapes: tuple[S, ...] = self._inventory.legible(query, place)
        self._note(query, place, WHOLE, {"items": len(shapes)})
        return shapes

    def extra(self, query: Query[S]) -> tuple[S, ...]:
        """What is known of this subject, perhaps nothing: for evidence, never for a verdict."""
        self._allow(query)
        if query.of is None and query.asks is None:
            return self.seen(query)
        answer = self._inventory.answer(query, place_of(query, self.place), self._subject(query))
        return tuple(self._inventory.readable(answer.items)) if answer else ()

    # -- about time, names and tags ---------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The time of collection, by AWS's own clock."""
        return self._inventory.now(self.place.account)

    @property
    def account(self) -> str:
        """The account's id, twelve digits."""
        return self.place.account

    @property
    def region(self) -> str:
        """The region's name; empty for account-wide subjects."""
        return self.place.region

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn`, `aws-us-gov`, ..."""
        return self.place.partition

    def once(self, function: Callable[[A], T], argument: A) -> T:
        """`function(argument)`, worked out once per inventory."""
        return self._inventory.once(function, argument)

    def here(self, function: Callable[[Facts], T]) -> T:
        """What a function of a module makes of this place, worked out once for all its subjects.

        It is handed the facts of the place; what it reads counts as read by each who asks. Raises
        `Unanswered` where it does.
        """
        asked = (self._inventory, function, self.place, self._allowed)
        reads, found = self._inventory.once(_worked_out, asked)
        self.reads += reads
        if isinstance(found, Unanswered):
            raise Unanswered(*found.refusals)
        return found

    def resource(self, shape: Shape) -> Resource:
        """What a finding says of an item."""
        return describe(self._inventory, self._inventory.origin(shape))

    def related(self, role: str, shape: Shape) -> Related:
        """An item in its role in the finding."""
        return Related(role, self.resource(shape))

    def tags(self, shape: Shape) -> dict[str, str]:
        """The tags of an item; raises `Unanswered` where they could not be read."""
        item = self._inventory.origin(shape)
        source = item.query.tag_query
        if source is not None:
            self._note(source, place_of(source, item.place), item.ids, None)
        return tags_of(self._inventory, item)

    def arn(self, shape: Shape) -> str:
        """The ARN of an item."""
        return arn_of(self._inventory.origin(shape))

    # -- inside -----------------------------------------------------------------------------------

    def _about(self, query: Query[Any]) -> Answer:
        self._allow(query)
        place, subject = place_of(query, self.place), self._subject(query)
        if (query.id, place) in self._inventory.not_offered:
            return Answer()
        answer = self._inventory.answer(query, place, subject)
        if answer is None:
            self._note(query, place, subject, None)
            raise Unanswered(not_collected(query, place, subject))
        if answer.gone and self._item is self._judged:
            raise Vanished(answer.gone)
        if answer.gone:
            raise Unanswered(vanished(query, place, subject, answer.gone))
        items = answer.items
        value = {"items": len(items)} if query.each and not query.batch else None
        self._note(query, place, subject, value or (items[0].data if items else None))
        return answer

    def _subject(self, query: Query[Any]) -> Subject:
        item = self._item
        while item is not None and item.query is not query.of:
            item = item.parent
        if item is None:
            if query.of is None and query.asks is None:
                return WHOLE
            subject = self._item.query.id if self._item else "a place"
            message = f"{query.id} is not asked of {subject}"
            raise NotDeclared(message)
        return item.ids

    def _asked(self, query: Query[S], place: Place, key: str) -> S | None:
        self._allow(query)
        answer = self._inventory.answer(query, place, (key,))
        if answer is None:
            raise Unanswered(
                *self._inventory.refusals(query, place), not_collected(query, place, (key,))
            )
        self._note(query, place, (key,), answer.items[0].data if answer.items else None)
        asked: S | None = self._one(answer)
        return asked

    def _one(self, answer: Answer) -> Any:
        if answer.refusal:
            raise Unanswered(answer.refusal)
        return self._inventory.read(answer.items[0]) if answer.items else None

    def _whole(self, query: Query[S], place: Place) -> tuple[S, ...]:
        self._complete(query, place)
        shapes: tuple[S, ...] = self._inventory.shapes(query, place)
        self._note(query, place, WHOLE, {"items": len(shapes)})
        return shapes

    def _complete(self, query: Query[Any], place: Place) -> Place:
        self._allow(query)
        refusals = tuple(self._inventory.refusals(query, place))
        if refusals:
            self._note(query, place, WHOLE, None)
            raise Unanswered(*refusals)
        return place

    def _allow(self, query: Query[Any]) -> None:
        if self._allowed is not None and query not in self._allowed:
            message = f"the probe reads {query.id} and does not declare it"
            raise NotDeclared(message)

    def _note(self, query: Query[Any], place: Place, subject: Subject, value: JSON) -> None:
        self.reads.append(Read(query, place, subject, None if query.private else value))


def _worked_out(
    asked: tuple[Inventory, Callable[[Facts], T], Place, frozenset[Query[Any]] | None],
) -> tuple[list[Read], T | Unanswered]:
    inventory, function, place, allowed = asked
    facts = Facts(inventory, place, None, allowed)
    try:
        return facts.reads, function(facts)
    except Unanswered as unanswered:
        return facts.reads, Unanswered(*unanswered.refusals)
