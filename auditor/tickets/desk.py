"""The desk: which ticket a finding belongs to, what stands in each, and what to tell of it.

Pure: what runs told goes in, in order, and events come out. A ticket is open while a finding of it
is open; it gets one event for each run that told something of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from auditor.baseline_file import Grouping
from auditor.finding import Finding
from auditor.over_time.lifecycle import Past, follow
from auditor.over_time.state import Told, told_in
from auditor.report import Change, Report
from auditor.tickets.body import title
from auditor.tickets.event import EventKind, TicketEvent, digest
from auditor.tickets.ticket import Member, News, Rules, Ticket, Turn, write

REGROUPED = "regrouped"

Was = Literal["open", "waived", "closed", ""]
STATES: dict[str, Was] = {"persisting": "open", "changed": "open", "reopened": "closed"}
"""What a finding that a report waives was before, by the state that the report gives it."""


class Desk:
    """All tickets; a finding stays in the ticket that it is in, whatever becomes of its names."""

    def __init__(self, tickets: Iterable[Ticket], rules: Rules, by: Grouping | None = None) -> None:
        self.rules, self.by = rules, by or rules.settings.grouping
        self.tickets: dict[str, Ticket] = {}
        self.homes: dict[str, str] = {}
        for ticket in tickets:
            self.put(ticket)

    def put(self, ticket: Ticket) -> None:
        """Put a ticket on the desk as it stands, telling nothing."""
        self.tickets[ticket.dedup_key] = ticket
        self.homes |= dict.fromkeys(ticket.members, ticket.dedup_key)

    def members(self) -> dict[str, Member]:
        """Every open or waived finding, by its id."""
        return {id_: member for one in self.tickets.values() for id_, member in one.members.items()}

    def hear(self, news: News) -> list[TicketEvent]:
        """Take what a run told; returns what is to be told of tickets."""
        mine: dict[str, tuple[Ticket, list[Told]]] = {}
        for told in news.told:
            ticket = self.ticket_of(told.finding)
            mine.setdefault(ticket.dedup_key, (ticket, []))[1].append(told)
        turned = [self._turn(ticket, told, news) for ticket, told in mine.values()]
        return [event for event in turned if event]

    def regroup(self, by: Grouping, news: News) -> list[TicketEvent]:
        """Close every ticket and open those of another grouping; `news` tells nothing itself."""
        events, told = [], []
        for ticket in list(self.tickets.values()):
            for member in ticket.members.values():
                kind = "opened" if member.status == "open" else "waived"
                told.append(Told(Change(kind, member.finding.id), member.finding))
            if ticket.open:
                turn = Turn("resolved", "closed", REGROUPED)
                events.append(write(ticket, turn, news, self.rules))
            self.tickets[ticket.dedup_key] = replace(ticket, members={})
        self.homes, self.by = {}, by
        return [*events, *self.hear(replace(news, told=tuple(told)))]

    def ticket_of(self, finding: Finding) -> Ticket:
        """The ticket that a finding is in, else the one that it belongs to, new or not."""
        if finding.id in self.homes:
            return self.tickets[self.homes[finding.id]]
        by, key, dedup_key = self._group(finding)
        return self.tickets.get(dedup_key) or Ticket(dedup_key, by, key, title(by, finding))

    def _group(self, finding: Finding) -> tuple[Grouping, str, str]:
        """The kind of group that a finding is in, its name for people, and its key."""
        resource, place = finding.resource, (finding.account, finding.region)
        if self.by == "finding":
            return "finding", finding.id, finding.id
        by: Grouping = "resource"
        parts: tuple[str, ...] = (*place, resource.type, resource.arn or resource.id)
        if self.by == "probe":
            known = self.rules.probes.get(finding.probe)
            by, parts = "probe", (finding.account, known.first_id if known else finding.probe)
        elif self.by == "stack" and resource.stack:
            by, parts = "stack", (*place, resource.stack.name)
        return by, " ".join(filter(None, parts)), digest(by, *parts)

    def _turn(self, ticket: Ticket, told: list[Told], news: News) -> TicketEvent | None:
        """What one run makes of one ticket."""
        members = dict(ticket.members)
        heard = tuple(one for one in told if _take(one, members))
        if not heard:
            return None
        after = replace(ticket, members=members)
        kind = _kind(ticket, after, heard)
        if after.open and not ticket.open:
            after = replace(after, opened_at=news.at)
        for id_ in ticket.members.keys() - members.keys():
            del self.homes[id_]
        self.put(after)
        if not kind:
            return None
        turn = Turn(kind, "open" if after.open else "closed", _reason(heard), heard)
        return write(after, turn, news, self.rules)


def _take(told: Told, members: dict[str, Member]) -> bool:
    """Take what was told of one finding; false where it is nothing to a ticket.

    Nothing is resolved that no ticket holds, and what is waived needs no verifying.
    """
    id_, kind = told.finding.id, told.change.kind
    known = members.get(id_)
    if kind == "resolved":
        return members.pop(id_, None) is not None
    if kind == "unverified" and known:
        return known.status == "open"
    waived = kind == "waived" or (kind == "unverified" and told.finding.waiver is not None)
    members[id_] = Member("waived" if waived else "open", told.finding)
    return True


def _kind(before: Ticket, after: Ticket, heard: tuple[Told, ...]) -> EventKind | Literal[""]:
    """What became of a ticket; nothing where there is nothing to tell."""
    kinds = {one.change.kind for one in heard}
    if before.open and after.open:
        return "unverified" if kinds == {"unverified"} else "changed"
    if before.open:
        return "waived" if after.members else "resolved"
    if not after.open:
        return _kind_of_closed(before, kinds)
    opened = {one.change.kind for one in heard if one.finding.id in after.open}
    if opened == {"waiver_expired"}:
        return "waiver_expired"
    return "reopened" if before.opened_at else "opened"


def _kind_of_closed(ticket: Ticket, kinds: set[str]) -> EventKind | Literal[""]:
    """Of a ticket that was never open no system knows anything: it is told nothing."""
    if ticket.opened_at and "waived" in kinds:
        return "waived"
    return "resolved" if ticket.opened_at and "resolved" in kinds else ""


def _reason(heard: tuple[Told, ...]) -> str:
    """Why, in the words of what was told: of resolving, of not seeing, of accepting."""
    said = dict.fromkeys(
        one.finding.waiver.reason
        if one.change.kind == "waived" and one.finding.waiver
        else one.change.reason
        for one in heard
    )
    return "; ".join(filter(None, said))


# -- one report by itself -------------------------------------------------------------------------


def events_of(report: Report, rules: Rules) -> list[TicketEvent]:
    """What a report tells of tickets; one that was compared with none opens everything."""
    if report.previous is None and not report.changes:
        report = follow(report, Past())
    desk = _before(report, rules)
    return desk.hear(News(report.run.id, report.run.started_at, tuple(told_in(report))))


def _before(report: Report, rules: Rules) -> Desk:
    """The desk as it stood before a report, as far as that says it."""
    kinds = {change.id: change.kind for change in report.changes}
    desk = Desk((), rules)
    for finding in report.findings:
        if finding.verdict.violates:
            _recall(desk, finding, _was(finding, kinds.get(finding.id, "")))
    left = report.untouched
    past = [one.finding for one in report.resolved] + left.findings
    past += [one.finding for one in (*report.unverified, *left.unverified)]
    for finding in past:
        _recall(desk, finding, "waived" if finding.waiver else "open")
    return desk


def _was(finding: Finding, kind: str) -> Was:
    """What a violation was before this report told of it; nothing where it was not."""
    if kind == "opened":
        return ""
    if kind == "reopened":
        return "closed"
    if kind == "waived":
        return STATES.get(finding.state, "")
    if kind == "waiver_expired" or (not kind and finding.waiver):
        return "waived"
    return "open"


def _recall(desk: Desk, finding: Finding, was: Was) -> None:
    if not was:
        return
    ticket = desk.ticket_of(finding)
    times = [time for time in (ticket.opened_at, finding.first_seen) if time]
    ticket = replace(ticket, opened_at=min(times, default=None))
    if was != "closed":
        members = {**ticket.members, finding.id: Member(was, finding)}
        ticket = replace(ticket, members=members)
    desk.put(ticket)
