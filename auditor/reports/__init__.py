"""A report in one of its formats: one file per format, each behind the same function.

A format's module has `write(report, stream, show)`; it is imported when it is asked for.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Protocol

from auditor.errors import UserError
from auditor.report import Report

if TYPE_CHECKING:
    from auditor.tickets.ticket import Rules

FORMATS = {
    "table": "table",
    "json": "json_document",
    "jsonl": "json_lines",
    "tickets": "ticket_events",
    "csv": "csv_rows",
    "html": "html_page",
}
"""Name on the command line -> module of this package."""

EXTRAS = {"jinja2": "html"}
"""A package that a format needs and the tool does without -> the extra that brings it."""


class FormatError(UserError):
    """A format that cannot be written here; the message is for people."""


@dataclass(frozen=True, slots=True)
class Show:
    """How a report is shown: the width of the terminal, and whether colours mean something.

    `rules` is how tickets are made of it; None is as the shipped baseline says.
    """

    width: int = 100
    colour: bool = False
    rules: Rules | None = None


class Format(Protocol):
    """What a format's module has."""

    def write(self, report: Report, stream: IO[str], show: Show) -> None:
        """Write the whole report."""
        ...


def format_named(name: str) -> Format:
    """The format of a name in `FORMATS`; raises `FormatError` where its extra is not installed."""
    try:
        module: Format = importlib.import_module(f"auditor.reports.{FORMATS[name]}")
    except ModuleNotFoundError as error:
        if error.name not in EXTRAS:
            raise
        message = f"the format {name} needs the extra `{EXTRAS[error.name]}` ({error.name})"
        raise FormatError(message) from None
    return module
