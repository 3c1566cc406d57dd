"""Recorded state against an inventory: for every resource what became of it; pure.

Nothing that could not be read is drift: a recorded resource that is in no complete list is removed,
in an incomplete one it is unknown; an attribute that either side does not hold is not compared.

What a stack made instead of a recorded resource is one change. Where it cannot be told which stack
made what came, that is no addition yet: it may stand for what went, which is gone in any case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from auditor.answer import Place, Refusal
from auditor.drift.compare import AttributeChange, Drift, Kind, compare
from auditor.inventory import Inventory
from auditor.query import Query
from auditor.recording.file import PlaceRecord, RecordedResource, RecordedType, resource_of
from auditor.recording.live import Listed, Live, listed
from auditor.recording.recordable import Recordable
from auditor.resources import Resource

IsFree = Callable[[Recordable, Resource, AttributeChange], bool]
"""Whether an attribute of a resource may have changed like that."""

Maker = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of comparing one kind in one place; `complete` where all of its drift is known."""

    row: Recordable
    place: Place
    record: PlaceRecord
    drifts: tuple[Drift, ...]
    complete: bool


def compared(
    inventory: Inventory,
    record: PlaceRecord,
    rows: Iterable[Recordable],
    is_free: IsFree,
    makers: Iterable[Query[Any]] = (),
) -> Iterator[Compared]:
    """Each recorded kind of a place against what the inventory says of it."""
    types = record.content.types
    place = record.content.place
    untold = tuple(dict.fromkeys(_untold(inventory, place, makers)))
    for found in listed(inventory, [row for row in rows if row.type in types], place):
        known = types[found.row.type]
        made = tuple(drifts(found, known, is_free, untold))
        yield Compared(found.row, place, record, made, not found.refusals)


def _untold(inventory: Inventory, place: Place, makers: Iterable[Query[Any]]) -> Iterator[Refusal]:
    """Why there may be stacks that made more than is known; account-wide kinds any region's may."""
    regions = [place] if place.region else [p for p in inventory.places if p.world == place]
    for query in makers:
        for region in regions:
            yield from inventory.refusals(query, region)


def drifts(
    found: Listed, known: RecordedType, is_free: IsFree, untold: tuple[Refusal, ...] = ()
) -> Iterator[Drift]:
    """Each resource of a kind that is recorded or found, the recorded ones first.

    `untold` says why it may not be known of some which stack made them.
    """
    yield from _Kind(found, known, is_free, untold).drifts()


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind at one place: what is recorded of it, and what is there."""

    found: Listed
    known: RecordedType
    is_free: IsFree
    untold: tuple[Refusal, ...]

    def drifts(self) -> Iterator[Drift]:
        live, known = self.found.resources, self.known.resources
        replaced = self._replaced()
        came = {k: one for k, one in live.items() if k not in {*known, *replaced.values()}}
        doubtful = self._doubtful(replaced, came)
        for key, recorded in known.items():
            drift = self._known(key, recorded, live.get(replaced.get(key, key)))
            yield replace(drift, refusals=self.untold) if key in doubtful else drift
        if self.known.not_read:
            return  # what is there and not recorded may have been there, unread
        for key, one in came.items():
            if key in doubtful:
                drift = self._drift(key, Kind.UNKNOWN, one.resource)
                yield replace(drift, refusals=self.untold)
            else:
                yield self._drift(key, Kind.ADDED, one.resource)

    def _doubtful(self, replaced: Mapping[str, str], came: Mapping[str, Live]) -> set[str]:
        """The keys of what went from a stack, and of what came from who knows where.

        They may be the same: then one is the replacement of the other.
        """
        if not self.untold or self.found.refusals:
            return set()
        went = {
            key
            for key, recorded in self.known.resources.items()
            if key not in self.found.resources and key not in replaced and _maker_of(recorded)
        }
        strays = {key for key, one in came.items() if _maker_in(one.resource) is None}
        return went | strays if went and strays else set()

    def _known(self, key: str, recorded: RecordedResource, now: Live | None) -> Drift:
        """A recorded resource, as it is now."""
        if now is None:
            resource = resource_of(self.found.row.type, key, recorded)
            refusals = self.found.refusals
            if refusals:
                return replace(self._drift(key, Kind.UNKNOWN, resource), refusals=refusals)
            return self._drift(key, Kind.REMOVED, resource)
        changes = tuple(self._changes(recorded, now))
        unread = sorted(set(now.unread) & self._compared(recorded))
        kind = Kind.CHANGED if changes else Kind.UNKNOWN if unread else Kind.SAME
        if now.key != key:
            kind = Kind.REPLACED
            changes = (_renamed(recorded, key, now), *changes)
        drift = self._drift(key, kind, now.resource)
        refusals = tuple(dict.fromkeys(r for name in unread for r in now.unread[name]))
        return replace(drift, changes=changes, refusals=refusals, unread=tuple(unread))

    def _drift(self, key: str, kind: Kind, resource: Resource) -> Drift:
        return Drift(self.found.place, self.found.row.type, key, kind, resource)

    def _compared(self, recorded: RecordedResource) -> set[str]:
        """The attributes that this version reads and that the recording holds."""
        read = set(self.found.row.attributes) & set(self.known.attributes)
        return read - set(recorded.not_read)

    def _changes(self, recorded: RecordedResource, now: Live) -> Iterator[AttributeChange]:
        names = self._compared(recorded) - set(now.unread)
        row = self.found.row
        for change in compare(row, recorded.config, now.attributes, names):
            if not self.is_free(row, now.resource, change):
                yield change

    def _replaced(self) -> Mapping[str, str]:
        """Recorded keys -> the keys of what their stacks made instead.

        Only where stack and logical id name one that went and one that came; in a list that was
        not read to its end nothing has gone for certain.
        """
        if self.found.refusals:
            return {}
        gone = _by_maker(
            (key, _maker_of(recorded))
            for key, recorded in self.known.resources.items()
            if key not in self.found.resources
        )
        new = _by_maker(
            (key, _maker_in(one.resource))
            for key, one in self.found.resources.items()
            if key not in self.known.resources
        )
        return {
            keys[0]: new[maker][0]
            for maker, keys in gone.items()
            if len(keys) == 1 and len(new.get(maker, ())) == 1
        }


def _by_maker(pairs: Iterable[tuple[str, Maker | None]]) -> dict[Maker, list[str]]:
    found: dict[Maker, list[str]] = {}
    for key, maker in pairs:
        if maker:
            found.setdefault(maker, []).append(key)
    return found


def _maker_of(recorded: RecordedResource) -> Maker | None:
    stack = recorded.stack
    return (stack.name, stack.logical_id) if stack and stack.logical_id else None


def _maker_in(resource: Resource) -> Maker | None:
    stack = resource.stack
    return (stack.name, stack.logical_id) if stack and stack.logical_id else None


def _renamed(recorded: RecordedResource, key: str, now: Live) -> AttributeChange:
    """That there is another resource in the place of the recorded one."""
    before, after = recorded.arn or key, now.resource.arn or now.key
    return AttributeChange("PhysicalResourceId", before, after)
