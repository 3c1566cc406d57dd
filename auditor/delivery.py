"""A report to stdout and into files, each file whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from auditor.report import Report, Shown
from auditor.reports import Show, format_named
from auditor.store import whole_file

if TYPE_CHECKING:
    from auditor.tickets.ticket import Rules


def deliver(
    report: Report,
    sinks: Iterable[tuple[str, str]],
    only: Shown = Shown(),  # noqa: B008 - a frozen value
    rules: Rules | None = None,
) -> None:
    """Write the report in each format to its file; `-` is stdout.

    `only` narrows the findings, never what tickets are told.
    """
    kept = [finding for finding in report.findings if only.holds(finding)]
    narrowed = replace(report, findings=kept, shown=only)
    for name, file in sinks:
        shown = report if name == "tickets" else narrowed
        if file == "-":
            _to_stdout(shown, name, rules)
        else:
            with whole_file(Path(file)) as stream:
                format_named(name).write(shown, stream, Show(rules=rules))


def _to_stdout(report: Report, name: str, rules: Rules | None) -> None:
    terminal = sys.stdout.isatty()
    colour = terminal and "NO_COLOR" not in os.environ
    show = Show(shutil.get_terminal_size((100, 24)).columns, colour, rules)
    with to_a_reader() as stream:
        format_named(name).write(report, stream, show)


@contextmanager
def to_a_reader() -> Iterator[IO[str]]:
    """Stdout; a reader that has had enough (`| head`) is no error."""
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
