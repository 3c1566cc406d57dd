"""The way of `auditor record`: inventories -> configurations in normal form -> files to review.

What this run did not look at stays as it was recorded: kinds that were not chosen, and kinds whose
list AWS would not give.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from auditor.answer import Place, Refusal
from auditor.inventory import Inventory
from auditor.recording.file import (
    RecordedFile,
    RecordedResource,
    RecordedType,
    StackOf,
    new_file,
    path_of,
    read_place,
    write,
)
from auditor.recording.live import Listed, Live, listed
from auditor.recording.normal import is_empty
from auditor.recording.recordable import Recordable


@dataclass(slots=True)
class Written:
    """What a recording wrote: files with the count of their resources, and what was not read."""

    files: list[tuple[Path, int]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def record(inventories: Iterable[Inventory], rows: Sequence[Recordable], folder: Path) -> Written:
    """Record what inventories say; raises `RecordedError` and `FileError` for files."""
    written = Written()
    for inventory in inventories:
        for place in dict.fromkeys(p for one in inventory.places for p in (one.world, one)):
            _record(inventory, rows, place, folder, written)
    return written


def _record(
    inventory: Inventory,
    rows: Sequence[Recordable],
    place: Place,
    folder: Path,
    written: Written,
) -> None:
    path = folder / path_of(place)
    known = read_place(path).content.types if path.is_file() else {}
    types = dict(known)
    for one in listed(inventory, rows, place):
        types[one.row.type] = _section(one, known.get(one.row.type), written)
    if not types:
        return
    content = new_file(place, types)
    write(folder, content)
    written.files.append((path, _count(content)))


def _section(found: Listed, known: RecordedType | None, written: Written) -> RecordedType:
    """What is recorded of a kind; a list that was not read to its end loses nothing known."""
    type_, place = found.row.type, found.place
    for live in found.resources.values():
        for name, refusals in live.unread.items():
            written.unread.append(f"{place}: {type_} {live.key}: {name}: {_said(refusals)}")
    attributes = found.row.attributes
    before = _under(attributes, known) if known else {}
    resources = {key: _recorded(live, before.get(key)) for key, live in found.resources.items()}
    if not found.refusals:
        return RecordedType(attributes=attributes, resources=resources)
    why = _said(found.refusals)
    written.unread.append(f"{place}: {type_}: {why}")
    return RecordedType(attributes=attributes, not_read=why, resources={**before, **resources})


def _under(attributes: tuple[str, ...], known: RecordedType) -> Mapping[str, RecordedResource]:
    """What was recorded by an older version: what it did not record is not read."""
    missing = sorted(set(attributes) - set(known.attributes))
    return {
        key: one.model_copy(update={"not_read": tuple(sorted({*one.not_read, *missing}))})
        for key, one in known.resources.items()
    }


def _recorded(live: Live, before: RecordedResource | None) -> RecordedResource:
    """A resource as it is; what could not be read stays as it was recorded, if it was."""
    resource, stack = live.resource, live.resource.stack
    config = {name: value for name, value in live.attributes.items() if not is_empty(value)}
    unread = set(live.unread)
    if before:
        stands = unread - set(before.not_read)
        config |= {name: before.config[name] for name in stands if name in before.config}
        unread -= stands
    return RecordedResource(
        name=resource.name,
        arn=resource.arn,
        stack=StackOf(name=stack.name, logical_id=stack.logical_id) if stack else None,
        not_read=tuple(sorted(unread)),
        config={name: config[name] for name in sorted(config)},
    )


def _said(refusals: Iterable[Refusal]) -> str:
    return "; ".join(dict.fromkeys(f"{r.operation} answered {r.code}" for r in refusals))


def _count(content: RecordedFile) -> int:
    return sum(len(one.resources) for one in content.types.values())
