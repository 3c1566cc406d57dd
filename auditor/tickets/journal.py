"""The file of the journal: what a ticket system was told, and what it has not acknowledged yet.

It stands beside the state of scans and has its own mark: events stay in the outbox, and are printed
again with the same ids, until they are acknowledged.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from auditor.baseline_file import Grouping
from auditor.errors import UserError
from auditor.over_time.shelf import ConflictError, Shelf, ShelfError
from auditor.over_time.state import TRIES
from auditor.tickets.event import TicketEvent
from auditor.tickets.ticket import Ticket

FILE = "delivery.json"
FORMAT = 1


class AckError(UserError):
    """Acknowledgements that cannot be read."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to which batch of each place the changes were taken; the head of the journal."""

    format: int
    taken: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Delivery:
    """The journal: the file's format."""

    format: int
    grouping: Grouping
    regroupings: int = 0
    taken: Mapping[str, int] = field(default_factory=dict)
    tickets: tuple[Ticket, ...] = ()
    outbox: tuple[TicketEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What came of acknowledging: events taken out, ids of none, events that still wait."""

    taken_out: int
    unknown: int
    waiting: int


def taken(shelf: Shelf) -> Mapping[str, int] | None:
    """Up to which batch of each place somebody took the changes; None where nobody does."""
    kept = shelf.read(FILE)
    if kept is None:
        return None
    mark: Mark = _validated(kept.text, _mark())
    return mark.taken


def acknowledge(shelf: Shelf, ids: frozenset[str]) -> Acknowledged:
    """Take the events with these ids out of the outbox; raises `ShelfError`."""
    for _ in range(TRIES):
        found = read(shelf)
        if found is None:
            return Acknowledged(0, len(ids), 0)
        kept = found[0]
        left = tuple(event for event in kept.outbox if event.event_id not in ids)
        gone = len(kept.outbox) - len(left)
        result = Acknowledged(gone, len(ids) - gone, len(left))
        if not gone:
            return result
        try:
            shelf.write(FILE, dump(replace(kept, outbox=left)), found[1])
        except ConflictError:
            continue
        return result
    raise busy()


def ids_in(lines: Iterable[str], name: str) -> frozenset[str]:
    """The ids of events in lines, each an event as it was printed or an id; raises `AckError`."""
    ids = set()
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text.startswith("{"):
            ids |= {text} if text else set()
            continue
        try:
            ids.add(str(json.loads(text)["event_id"]))
        except (ValueError, KeyError, RecursionError):
            message = f"{name}:{number}: is neither an event nor the id of one"
            raise AckError(message) from None
    return frozenset(ids)


def ids_from(path: Path) -> frozenset[str]:
    """The ids in a file; raises `AckError`."""
    try:
        with path.open(encoding="utf-8") as lines:
            return ids_in(lines, str(path))
    except OSError as error:
        message = f"{path}: {error.strerror}"
        raise AckError(message) from None
    except UnicodeDecodeError:
        message = f"{path}: is not text in UTF-8"
        raise AckError(message) from None


# -- the file -------------------------------------------------------------------------------------


def read(shelf: Shelf) -> tuple[Delivery, str] | None:
    """The journal and its tag; raises `ShelfError` where it is damaged or of another format."""
    kept = shelf.read(FILE)
    if kept is None:
        return None
    found: Delivery = _validated(kept.text, _delivery())
    return found, kept.tag


def dump(delivery: Delivery) -> str:
    """The journal as the text of its file."""
    return _delivery().dump_json(delivery, indent=1, ensure_ascii=True).decode() + "\n"


def _validated(text: str, adapter: TypeAdapter[Any]) -> Any:
    try:
        found = adapter.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        message = f"{FILE}: is no journal of this tool ({where}: {first['msg']})"
        raise ShelfError(message) from None
    if found.format != FORMAT:
        message = f"{FILE}: is of format {found.format}; this version reads {FORMAT}"
        raise ShelfError(message)
    return found


@cache
def _mark() -> TypeAdapter[Any]:
    return TypeAdapter(Mark)


@cache
def _delivery() -> TypeAdapter[Any]:
    return TypeAdapter(Delivery)


def busy() -> ShelfError:
    """Others wrote in between, again and again."""
    return ShelfError(f"{FILE}: others wrote it all the time; nothing was taken")
