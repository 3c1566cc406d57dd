"""What to ask, in which order: queries that share a call are asked once, parents come first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from auditor.answer import Item, Place, Subject, Unanswered, Vanished
from auditor.facts import Facts
from auditor.inventory import Inventory, place_of
from auditor.query import JSON, Query, Shape

About = tuple[Subject, Item | None]
"""What an answer is about, and the item that it was asked of."""


@dataclass(frozen=True, eq=False)
class Group:
    """Queries that one call answers (two lists in the same answer): asked once, read by each."""

    queries: tuple[Query[Any], ...]

    @property
    def lead(self) -> Query[Any]:
        """The query that says how the call is made."""
        return self.queries[0]


@dataclass(frozen=True, slots=True)
class Ask:
    """One call to make: its parameters, and whose answers it brings.

    subjects  what the answer is about: one subject, or those of a batch by the value that the
              batch's answers repeat (several items may name the same thing)
    """

    params: Mapping[str, JSON]
    subjects: Mapping[str, tuple[About, ...]]
    batched: bool = False


@dataclass(eq=False)
class Step:
    """One group in one place, and the steps that wait for it."""

    group: Group
    place: Place
    waits_for: int = 0
    waiting: list[Step] = field(default_factory=list)
    open: int = 0


def grouped(queries: Iterable[Query[Any]]) -> list[Group]:
    """Queries by the call that answers them, parents first."""
    by_call: dict[tuple[Any, ...], list[Query[Any]]] = {}
    for query in queries:
        by_call.setdefault(_call_of(query), []).append(query)
    return [Group(tuple(members)) for members in by_call.values()]


def _call_of(query: Query[Any]) -> tuple[Any, ...]:
    parameters = json.dumps([dict(query.given), dict(query.also)], sort_keys=True, default=str)
    return (
        query.operation, parameters, id(query.of), query.batch, query.asks, query.when, query.fetch
    )  # fmt: skip


def steps(groups: Iterable[Group], places: Iterable[Place]) -> list[Step]:
    """Every group in every place where it is asked, linked to what it waits for."""
    places = tuple(places)
    made: dict[tuple[int, Place], Step] = {}
    step_of: dict[tuple[int, Place], Step] = {}
    for group in groups:
        for place in dict.fromkeys(place_of(group.lead, p) for p in places):
            step = made[id(group), place] = Step(group, place)
            for query in group.queries:
                step_of[id(query), place] = step
    for step in made.values():
        parents = {id(p): p for query in step.group.queries for p in query.parents}
        for parent in parents.values():
            for place in _places_of_parent(parent, step.place, places):
                before = step_of[id(parent), place]
                before.waiting.append(step)
                step.waits_for += 1
    return list(made.values())


def _places_of_parent(parent: Query[Any], place: Place, places: tuple[Place, ...]) -> list[Place]:
    """An account-wide question may hang on what all regions answered."""
    if place.region or parent.world:
        return [place_of(parent, place)]
    return [p for p in places if p.account == place.account]


def asks(group: Group, place: Place, inventory: Inventory) -> Iterator[Ask]:
    """The calls that a group takes in a place, now that what it hangs on is answered."""
    query = group.lead
    if query.asks is not None:
        yield from _worked_out(query, place, inventory)
    elif query.of is None:
        yield Ask(dict(query.also), {"": (((), None),)})
    elif query.batch:
        yield from _batches(query, place, inventory)
    else:
        for item in _worth_asking(query, place, inventory):
            yield Ask(_params(query, item), {"": ((item.ids, item),)})


def _worked_out(query: Query[Any], place: Place, inventory: Inventory) -> Iterator[Ask]:
    """What `asks` works out; where it reads what AWS would not say, what it said before stands."""
    assert query.asks is not None
    seen: set[str] = set()
    with suppress(Unanswered, Vanished):
        for params in query.asks(Facts(inventory, place)):
            key = "/".join(str(value) for value in params.values())
            if key not in seen:
                seen.add(key)
                yield Ask({**query.also, **params}, {"": (((key,), None),)})


def _worth_asking(query: Query[Any], place: Place, inventory: Inventory) -> Iterator[Item]:
    assert query.of is not None
    for item in inventory.items(query.of, place_of(query.of, place)):
        if query.when is None or _worth(query, item, inventory):
            yield item


def _worth(query: Query[Any], item: Item, inventory: Inventory) -> bool:
    """An item that does not fit its shape is asked about: nothing says that it is not worth it."""
    assert query.when is not None
    try:
        return query.when(inventory.read(item))
    except Unanswered:
        return True


def _params(query: Query[Any], item: Item) -> dict[str, JSON]:
    return {**query.also, **{name: field_of(item, path) for name, path in query.given.items()}}


def field_of(item: Item, path: str) -> JSON:
    """A field of an item; `^` before it takes it from the item's parent, and so on."""
    while path.startswith("^"):
        if item.parent is None:
            message = f"{item.query.id} has no parent"
            raise LookupError(message)
        item, path = item.parent, path[1:]
    return item.data.get(path) if isinstance(item.data, Mapping) else None


def _batches(query: Query[Any], place: Place, inventory: Inventory) -> Iterator[Ask]:
    """Items in batches, apart where their other parameters differ (the cluster of a service)."""
    first, *others = query.given.items()
    name, path = first
    sets: dict[str, tuple[dict[str, JSON], dict[str, list[About]]]] = {}
    for item in _worth_asking(query, place, inventory):
        value = field_of(item, path)
        shared = {other: field_of(item, where) for other, where in others}
        if not isinstance(value, str):  # alone, for it would spoil the others' call
            yield Ask({**query.also, **shared, name: [value]}, {"": ((item.ids, item),)})
            continue
        _, named = sets.setdefault(json.dumps(shared, sort_keys=True), (shared, {}))
        named.setdefault(value, []).append((item.ids, item))
    for shared, named in sets.values():
        values = list(named)
        for start in range(0, len(values), query.batch):
            chunk = values[start : start + query.batch]
            about = {value: tuple(named[value]) for value in chunk}
            yield Ask({**query.also, **shared, name: chunk}, about, batched=True)


def halves(query: Query[Shape], ask: Ask) -> tuple[Ask, Ask]:
    """A batch in two, to find the item that AWS no longer knows."""
    name = next(iter(query.given))
    values = list(ask.subjects)
    parts = (values[: len(values) // 2], values[len(values) // 2 :])
    first, second = (
        Ask({**ask.params, name: part}, {v: ask.subjects[v] for v in part}, batched=True)
        for part in parts
    )
    return first, second
