"""What a report tells a ticket system: one event a line, described by `ticket.schema.json`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

from auditor.report import Report
from auditor.reports import Show
from auditor.tickets.desk import events_of
from auditor.tickets.event import TicketEvent, line
from auditor.tickets.ticket import Rules


def write(report: Report, stream: IO[str], show: Show) -> None:
    """Write the events of one report; nothing is kept of it."""
    write_events(events_of(report, show.rules or Rules()), stream)


def write_events(events: Iterable[TicketEvent], stream: IO[str]) -> None:
    """Write events, a line each."""
    for event in events:
        stream.write(line(event) + "\n")
