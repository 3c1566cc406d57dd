"""How a run's outcome reaches those who watch it: a line for logs, and metrics."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from auditor.errors import UserError
from auditor.job.metrics import Tallies, embedded, prometheus, tallies_of
from auditor.job.summary_line import SummaryLine, summary_line, text_of
from auditor.outcome import USAGE
from auditor.report import Report
from auditor.store import whole_file

FOR_A_COLLECTOR = 0o644
"""Metrics are counts, and who collects them is another user."""


class EndingError(UserError):
    """A file that could not be written when all else was done."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Where to: files, or `-` (the summary to stderr, embedded metrics to stdout); or nowhere."""

    summary: str = ""
    metrics: str = ""
    embedded: str = ""

    @contextmanager
    def watched(self) -> Iterator[None]:
        """A block whose failures are told, too: a watcher must not wait for a run in vain."""
        try:
            yield
        except (UserError, click.ClickException) as error:
            self._write(_failure(error), None)
            raise

    def tell(self, report: Report, exit_code: int) -> None:
        """Tell of a run that came to a report; each file whole or not at all.

        Raises `EndingError` where one cannot be written.
        """
        self._write(summary_line(report, exit_code), tallies_of(report))

    def _write(self, line: SummaryLine, tallies: Tallies | None) -> None:
        now = time.time()
        if self.metrics:
            _into(self.metrics, prometheus(line, now, tallies), FOR_A_COLLECTOR)
        if self.embedded == "-":
            sys.stdout.write(embedded(line, now, tallies))
            sys.stdout.flush()
        elif self.embedded:
            _into(self.embedded, embedded(line, now, tallies))
        if self.summary == "-":
            sys.stderr.write(text_of(line))
        elif self.summary:
            _into(self.summary, text_of(line))


def _failure(error: UserError | click.ClickException) -> SummaryLine:
    if isinstance(error, UserError):
        return SummaryLine(exit_code=USAGE, error=" ".join(str(error).split()))
    return SummaryLine(exit_code=error.exit_code, error=" ".join(error.message.split()))


def _into(file: str, text: str, mode: int | None = None) -> None:
    try:
        with whole_file(Path(file), mode) as stream:
            stream.write(text)
    except OSError as error:
        raise EndingError(f"{file}: {error.strerror}") from None
