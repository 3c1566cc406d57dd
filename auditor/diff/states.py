"""Two inventories, and two recorded states, item by item and resource by resource."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from auditor import store
from auditor.answer import Item, Place
from auditor.diff.difference import Became, Entry
from auditor.drift.compare import AttributeChange, Drift, Kind, compare
from auditor.drift.recorded import drifts
from auditor.inventory import Inventory
from auditor.query import JSON, Query
from auditor.recording.file import PlaceRecord, RecordedType, load, resource_of
from auditor.recording.live import Listed, Live
from auditor.recording.recordable import Recordable
from auditor.resources import name_of

Queries = Mapping[str, Query[Any]]
Rows = Mapping[str, Recordable]

# -- two inventories ------------------------------------------------------------------------------

Thing = tuple[str, Place, tuple[str, ...]]
"""One item: the operation that told of it, where, and its keys."""


@dataclass(slots=True)
class _Seen:
    """The items of an inventory by operation, place and keys, and what kept others from it."""

    items: dict[Thing, dict[str, Item]] = field(default_factory=dict)
    refused: dict[tuple[str, Place], str] = field(default_factory=dict)


def of_inventories(first: Path, second: Path, queries: Queries) -> Iterator[Entry]:
    """What became of every item; raises `StoreError` for a file that is no inventory.

    Several queries of one operation tell of the same item: their fields are compared together.
    """
    before, after = _seen(first, queries), _seen(second, queries)
    for thing in dict.fromkeys([*before.items, *after.items]):
        yield from _of_item(thing, before, after)


def _seen(path: Path, queries: Queries) -> _Seen:
    seen = _Seen()
    for inventory in store.read(path, queries):
        for query_id, place in inventory.answers:
            query = queries[query_id]
            for item in inventory.items(query, place):
                thing = (query.operation, place, item.ids)
                seen.items.setdefault(thing, {})[query_id] = item
            _refusals(inventory, query, place, seen)
        _places(inventory, queries, seen)
    return seen


def _refusals(inventory: Inventory, query: Query[Any], place: Place, seen: _Seen) -> None:
    for refusal in inventory.refusals(query, place):
        said = f"{refusal.operation} answered {refusal.code}"
        seen.refused.setdefault((query.id, place), said)


def _places(inventory: Inventory, queries: Queries, seen: _Seen) -> None:
    """What was looked at at all: of all else it cannot be told that it is not there."""
    for query_id, query in queries.items():
        for place in inventory.places:
            at = place.world if query.world else place
            if inventory.asked(query, at):
                seen.refused.setdefault((query_id, at), "")


def _of_item(thing: Thing, before: _Seen, after: _Seen) -> Iterator[Entry]:
    then, now = before.items.get(thing, {}), after.items.get(thing, {})
    some = next(iter((then or now).values()))
    if then and now:
        changes = tuple(_changes(then, now))
        if changes:
            yield _entry(Became.CHANGED, thing, some, attributes=changes)
        return
    other, became = (after, Became.WENT) if then else (before, Became.APPEARED)
    why = _unseen(then or now, other)
    yield _entry(Became.UNSEEN if why else became, thing, some, why=why)


def _unseen(items: Mapping[str, Item], other: _Seen) -> str:
    """Why it cannot be told whether an item is in the other inventory; empty where it can."""
    said = [other.refused.get((q, i.place), "it was not asked") for q, i in items.items()]
    return "" if "" in said else said[0]


def _changes(then: Mapping[str, Item], now: Mapping[str, Item]) -> Iterator[AttributeChange]:
    seen: set[str] = set()
    for query_id in then.keys() & now.keys():
        query = then[query_id].query
        pair = [_fields(one[query_id].data) for one in (then, now)]
        names = {*pair[0], *pair[1]}
        for change in compare(Recordable(query, ()), pair[0], pair[1], names):
            if change.path not in seen:
                seen.add(change.path)
                yield _shown(change, query)


def _shown(change: AttributeChange, query: Query[Any]) -> AttributeChange:
    if query.private:
        return AttributeChange(change.path, "(not shown)", "(not shown)")
    return replace(change, template="")


def _fields(data: JSON) -> Mapping[str, JSON]:
    return data if isinstance(data, Mapping) else {"value": data}


def _entry(became: Became, thing: Thing, item: Item, **more: Any) -> Entry:
    operation, place, ids = thing
    id_ = "/".join(part for part in ids if part)
    return Entry(became, operation, place.account, place.region, _name(item), id_, **more)


def _name(item: Item) -> str:
    """What people know an item by; one without a key is of what it was asked about."""
    named: Item | None = item
    while named is not None:
        if name_of(named):
            return name_of(named)
        named = named.parent
    return ""


# -- two recorded states --------------------------------------------------------------------------

_BECAME = {
    Kind.ADDED: Became.APPEARED,
    Kind.REMOVED: Became.WENT,
    Kind.CHANGED: Became.CHANGED,
    Kind.REPLACED: Became.CHANGED,
    Kind.UNKNOWN: Became.UNSEEN,
}


def of_recorded(first: Path, second: Path, rows: Rows) -> Iterator[Entry]:
    """What became of every recorded resource; raises `FileError` for a file that is not sound."""
    before, after = load(first).places, load(second).places
    for place in dict.fromkeys([*before, *after]):
        if place in before and place in after:
            yield from _of_place(before[place], after[place], rows)
        else:
            where = second if place in before else first
            said = f"{where} records nothing of it"
            yield Entry(Became.UNSEEN, "*", place.account, place.region, str(place), "*", said)


def _of_place(before: PlaceRecord, after: PlaceRecord, rows: Rows) -> Iterator[Entry]:
    then, now, place = before.content.types, after.content.types, before.content.place
    for type_ in dict.fromkeys([*then, *now]):
        if type_ not in then or type_ not in now:
            said = f"{(after if type_ in then else before).path} does not record it"
            yield Entry(Became.UNSEEN, type_, place.account, place.region, "every one", "*", said)
        elif type_ in rows:
            found = _as_listed(rows[type_], place, now[type_])
            yield from _entries(drifts(found, then[type_], _nothing_is_free), place)


def _as_listed(row: Recordable, place: Place, recorded: RecordedType) -> Listed:
    """What is recorded, as if it had been found so."""
    missing = set(row.attributes) - set(recorded.attributes)
    live = {
        key: Live(
            key,
            resource_of(row.type, key, one),
            one.config,
            dict.fromkeys({*one.not_read, *missing}, ()),
        )
        for key, one in recorded.resources.items()
    }
    return Listed(row, place, live)


def _nothing_is_free(_row: Recordable, _resource: object, _change: object) -> bool:
    return False


def _entries(found: Iterable[Drift], place: Place) -> Iterator[Entry]:
    for drift in found:
        if drift.kind is Kind.SAME:
            continue
        unread = f"not recorded: {', '.join(drift.unread)}" if drift.unread else ""
        yield Entry(
            _BECAME[drift.kind],
            drift.type,
            place.account,
            place.region,
            drift.resource.name,
            drift.key,
            "its stack replaced it" if drift.kind is Kind.REPLACED else unread,
            drift.changes,
        )
