"""What became of one ticket in one run: the public format that ticket systems are fed with.

The dataclasses here are the format: `reports/ticket.schema.json` is generated from them. Each event
holds the whole ticket as it is to stand then, so that a receiver needs no other one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from typing import Any, Literal

from pydantic import TypeAdapter

from auditor.baseline_file import Grouping
from auditor.probe import Severity
from auditor.query import JSON
from auditor.tickets.routing import Assignment

SCHEMA_VERSION = "1.0"

EventKind = Literal[
    "opened", "changed", "reopened", "resolved", "unverified", "waived", "waiver_expired"
]
ChangeKind = Literal[
    "", "opened", "changed", "reopened", "resolved", "unverified", "waived", "waiver_expired"
]
MemberStatus = Literal["open", "waived", "resolved"]


@dataclass(frozen=True, slots=True)
class TicketGroup:
    """Which findings share the ticket: the kind of grouping, and what they have in common."""

    by: Grouping
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketMember:
    """A finding of the ticket; `change` is what this run told of it, if anything."""

    id: str
    change: ChangeKind
    reason: str
    status: MemberStatus
    severity: Severity
    probe: str
    account: str
    region: str
    resource: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEvent:
    """One event.

    `event_id` is the same whenever the event is printed again: who knows it has nothing to do.
    `dedup_key` is the ticket's own: the finding's id, or a digest of grouping and group. `title`
    stays the same for the life of the ticket. `body` is Markdown. `due` is a day, or null where
    the ticket is closed or its severity has none. `account`, `region`, `environment`, `probe`,
    `resource` and `stack` are empty where the members that the event is about do not share them.
    """

    schema_version: str = SCHEMA_VERSION
    event: EventKind
    event_id: str
    dedup_key: str
    status: Literal["open", "closed"]
    at: datetime
    run: str
    title: str
    body: str
    severity: Severity
    due: date | None
    routing: Assignment
    labels: tuple[str, ...]
    reason: str
    grouping: TicketGroup
    account: str
    region: str
    environment: str
    probe: str
    resource: str
    stack: str
    members: tuple[TicketMember, ...] = field(default=())


def digest(*parts: str) -> str:
    """32 hexadecimal digits that stand for these texts in this order."""
    return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def event_id(dedup_key: str, kind: str, run: str, places: Iterable[str]) -> str:
    """The same for one ticket, kind of event and run, where the same places told of it.

    A run whose places are taken at different times may tell of one ticket twice: hence the places.
    """
    return digest(dedup_key, kind, run, *sorted(set(places)))


@cache
def adapter() -> TypeAdapter[Any]:
    """Pydantic's view of an event."""
    return TypeAdapter(TicketEvent)


def line(event: TicketEvent) -> str:
    """The event as one line of JSON; ASCII only, so that no terminal is told anything by it."""
    return adapter().dump_json(event, ensure_ascii=True).decode()


def schema() -> JSON:
    """The JSON Schema of an event."""
    title = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Ticket event"}
    return {**title, **adapter().json_schema(mode="serialization")}
