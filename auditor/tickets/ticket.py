"""A ticket as the desk keeps it, the rules that it is made by, and its events written out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from auditor.baseline_file import Grouping, Tickets
from auditor.finding import Finding
from auditor.over_time.state import Told
from auditor.probe import Probe
from auditor.reports.escape import terminal
from auditor.tickets.body import Entry, body
from auditor.tickets.event import (
    EventKind,
    TicketEvent,
    TicketGroup,
    TicketMember,
    event_id,
)
from auditor.tickets.routing import assigned, due, worst

LONGEST_REASON = 500
NO_PROBES: Mapping[str, Probe[Any, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Rules:
    """How tickets are made: the baseline's word, and the probes by all names they ever had."""

    settings: Tickets = field(default_factory=Tickets)
    probes: Mapping[str, Probe[Any, Any]] = field(default_factory=lambda: NO_PROBES)

    @classmethod
    def of(cls, settings: Tickets, probes: Iterable[Probe[Any, Any]]) -> Rules:
        """The rules with these probes."""
        named = {name: one for one in probes for name in (*one.formerly, one.id)}
        return cls(settings, named)


@dataclass(frozen=True, slots=True)
class News:
    """What one run told; `mark` tells apart what is told of one run a second time."""

    run: str
    at: datetime
    told: tuple[Told, ...]
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """An open or waived finding of a ticket, as it was last told."""

    status: Literal["open", "waived"]
    finding: Finding


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket, open or closed; `opened_at` is when it was last opened, if ever."""

    dedup_key: str
    by: Grouping
    key: str
    title: str
    opened_at: datetime | None = None
    members: Mapping[str, Member] = field(default_factory=dict)

    @property
    def open(self) -> dict[str, Finding]:
        """The open findings of it."""
        return {id_: m.finding for id_, m in self.members.items() if m.status == "open"}


@dataclass(frozen=True, slots=True)
class Turn:
    """What became of a ticket, why, and what was told of its findings."""

    kind: EventKind
    status: Literal["open", "closed"]
    reason: str
    heard: tuple[Told, ...] = ()


def write(ticket: Ticket, turn: Turn, news: News, rules: Rules) -> TicketEvent:
    """The event of a ticket, which is about its open findings, else about those just told."""
    about = list(ticket.open.values()) or [told.finding for told in turn.heard]
    severity, opened = worst(about), ticket.opened_at or news.at
    places = [f"{told.finding.account}/{told.finding.region}" for told in turn.heard]
    changes = {told.finding.id: told.change for told in turn.heard}
    entries = [Entry(finding, changes.get(finding.id)) for finding in _in_order(about)]
    reason = terminal(turn.reason)[:LONGEST_REASON]
    open_ = turn.status == "open"
    return TicketEvent(
        event=turn.kind,
        event_id=event_id(ticket.dedup_key, turn.kind, news.run + news.mark, places),
        dedup_key=ticket.dedup_key,
        status=turn.status,
        at=news.at,
        run=news.run,
        title=ticket.title,
        body=body(turn.kind, reason, entries, rules.probes),
        severity=severity,
        due=due(opened.date(), severity, rules.settings) if open_ else None,
        routing=assigned(about, rules.settings.routing),
        labels=tuple(rules.settings.labels),
        reason=reason,
        grouping=TicketGroup(ticket.by, ticket.key),
        members=tuple(_members(ticket, turn)),
        **_shared(about),
    )


def _in_order(findings: list[Finding]) -> list[Finding]:
    """The worst probe first, and its findings together."""
    ranks: dict[str, int] = {}
    for finding in findings:
        rank = finding.severity.rank
        ranks[finding.probe] = min(rank, ranks.get(finding.probe, rank))
    return sorted(
        findings,
        key=lambda f: (ranks[f.probe], f.probe, f.severity.rank, f.account, f.region, f.part, f.id),
    )


def _members(ticket: Ticket, turn: Turn) -> Iterator[TicketMember]:
    """Its open and waived findings, and those that were just resolved."""
    changes = {told.finding.id: told.change for told in turn.heard}
    found: dict[str, tuple[Literal["open", "waived", "resolved"], Finding]] = {
        told.finding.id: ("resolved", told.finding) for told in turn.heard
    }
    found |= {id_: (member.status, member.finding) for id_, member in ticket.members.items()}
    for finding in _in_order([finding for _, finding in found.values()]):
        change = changes.get(finding.id)
        yield TicketMember(
            id=finding.id,
            change=change.kind if change else "",  # type: ignore[arg-type]  # lifecycle.KINDS
            reason=terminal(change.reason)[:LONGEST_REASON] if change else "",
            status=found[finding.id][0],
            severity=finding.severity,
            probe=finding.probe,
            account=finding.account,
            region=finding.region,
            resource=finding.resource.arn or finding.resource.id,
            part=finding.part,
        )


def _shared(findings: list[Finding]) -> dict[str, str]:
    """What all findings share."""
    values = {
        "account": {f.account for f in findings},
        "region": {f.region for f in findings},
        "environment": {f.environment for f in findings},
        "probe": {f.probe for f in findings},
        "resource": {f.resource.arn or f.resource.id for f in findings},
        "stack": {f.resource.stack.name if f.resource.stack else "" for f in findings},
    }
    return {name: said.pop() if len(said) == 1 else "" for name, said in values.items()}
