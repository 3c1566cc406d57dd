"""What deployed templates declare against an inventory: what became of each resource; pure.

Only what is declared is compared, and only as far as it is known on both sides. A resource that its
stack made is removed where it is in no list that was read to its end; else it is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from auditor.drift.compare import Drift, Kind
from auditor.drift.comparison import Against, Comparison, Gathered, IsFree, resource_made
from auditor.drift.declarable import Declarable, StackRead
from auditor.drift.lent import Lendings
from auditor.drift.lookup import Lookup
from auditor.inventory import place_of


def against(
    reads: Iterable[StackRead], lookup: Lookup, is_free: IsFree, *, elsewhere: bool = False
) -> Iterator[Against]:
    """Each resource that a stack of the account made or adds to, in the order of the stacks.

    `elsewhere` says that there may be stacks in regions that were not looked at.
    """
    reads = tuple(reads)
    rows = tuple(lookup.rows.values())
    more, lendings = _more(reads, rows), Lendings(reads, rows)
    if elsewhere:
        more |= _elsewhere(rows)
    for one in _gathered(reads, lookup).values():
        if one.owned or one.live is not None:
            yield Comparison(one, lookup, is_free, more).against(lendings)
    for stack in reads:
        if stack.made is None:
            yield _unread(stack)
        elif stack.why:
            yield from _not_compared(stack, lookup)


def _gathered(reads: Iterable[StackRead], lookup: Lookup) -> dict[tuple[str, ...], Gathered]:
    found: dict[tuple[str, ...], Gathered] = {}
    for stack in reads:
        for part in stack.declared:
            row = part.declarable
            live = lookup(row.type, stack.place, part.physical_id)
            where = place_of(row.row.query, stack.place)
            known = (row.type, where.region, live.key if live else part.physical_id)
            new = Gathered(row, part.physical_id, stack, part.logical_id, part.own, live)
            one = found.setdefault(known, new)
            if part.own and not one.owned:
                one.stack, one.logical_id, one.owned = stack, part.logical_id, True
            one.parts.append(part)
    return found


def _more(
    reads: Iterable[StackRead], rows: Iterable[Declarable]
) -> frozenset[tuple[str, str, str]]:
    """Regions, kinds and attributes to which something adds that could not be told."""
    besides = [(row.type, one) for row in rows for one in row.beside]
    found: set[tuple[str, str, str]] = set()
    for stack in reads:
        region = stack.place.region
        found |= {(region, *one) for one in stack.aimless}
        if stack.why:
            kinds = None if stack.made is None else {kind for kind, _, _ in stack.made}
            found |= {
                (region, type_, one.attribute)
                for type_, one in besides
                if kinds is None or one.type in kinds
            }
    return frozenset(found)


def _elsewhere(rows: Iterable[Declarable]) -> frozenset[tuple[str, str, str]]:
    """Attributes of what has no region, to which a stack of any region may add."""
    worldwide = (row for row in rows if row.row.query.world)
    return frozenset(("", row.type, one.attribute) for row in worldwide for one in row.beside)


def _unread(stack: StackRead) -> Against:
    """A stack of which it is not known what it made, as one resource."""
    drift = Drift(stack.place, stack.resource.type, stack.stack.name, Kind.UNKNOWN, stack.resource)
    return Against(stack, replace(drift, refusals=stack.refusals), why=stack.why)


def _not_compared(stack: StackRead, lookup: Lookup) -> Iterator[Against]:
    """The resources of a stack of which it is not known what it declares."""
    for type_, physical_id, logical_id in stack.made or ():
        if type_ not in lookup.rows:
            continue
        live = lookup(type_, stack.place, physical_id)
        resource = resource_made(stack, logical_id, type_, physical_id, live)
        key = f"{stack.stack.name}/{logical_id}"
        drift = Drift(stack.place, type_, key, Kind.UNKNOWN, resource)
        yield Against(stack, replace(drift, refusals=stack.refusals), why=stack.why)
