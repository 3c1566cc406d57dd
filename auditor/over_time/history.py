"""What a report is compared with: a file with an earlier report, or the state of scans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from auditor.errors import UserError
from auditor.over_time.bucket import SCHEME, Bucket
from auditor.over_time.lifecycle import Past, follow, past_of
from auditor.over_time.shelf import Folder, Shelf, ShelfError
from auditor.over_time.state import PlaceName, State, known_past
from auditor.probe import Probe
from auditor.report import SCHEMA_VERSION, Report
from auditor.report_builder import summarise
from auditor.reports.json_document import adapter
from auditor.tickets.journal import FILE as JOURNAL
from auditor.tickets.journal import taken

Probes = Iterable[Probe[Any, Any]]


class ReportError(UserError):
    """A file that is no report; the message says why."""


@dataclass(frozen=True, slots=True)
class History:
    """Where a run's past is: a report, a state, or nowhere."""

    past: Past | None
    state: State | None
    renamed: dict[str, str]

    def preview(self, report: Report) -> Report:
        """As `continue_with`, but nothing is kept: what is new of it, and what was known before."""
        past = self.past
        if self.state:
            mine = [one for one in self.state.places() if one.account in report.scope.accounts]
            past = known_past(self.state, mine)
        return report if past is None else follow(report, past, self.renamed)

    def continue_with(self, report: Report) -> Report:
        """The report as the continuation of its past; a state keeps it."""
        if self.state:
            return self.state.advance(report)
        if self.past is None:
            return report
        continued = follow(report, self.past, self.renamed)
        continued.summary = summarise(continued.findings)
        return continued


def open_history(
    previous: Path | None, state: str | None, profile: str | None, keep: int, probes: Probes
) -> History:
    """The past that options name, checked before anything is asked of AWS.

    Raises `ReportError` and `ShelfError` where it cannot be used.
    """
    renamed = {former: probe.id for probe in probes for former in probe.formerly}
    past = past_of([read_whole(previous)]) if previous else None
    if not state:
        return History(past, None, renamed)
    shelf = _shelf(state, profile, keep)
    kept = State(shelf, renamed, taken(shelf))
    kept.places()
    return History(None, kept, renamed)


def open_state(where: str, profile: str | None, keep: int) -> State:
    """The state that scans have kept; nothing is made. Raises `ShelfError` where there is none."""
    shelf = open_shelf(where, profile, keep)
    return State(shelf, taken=taken(shelf))


def open_shelf(where: str, profile: str | None, keep: int) -> Shelf:
    """What a state is kept on that scans have made; raises `ShelfError` where there is none."""
    there = where.startswith(SCHEME) or Path(where).is_dir()
    shelf = _shelf(where, profile, keep) if there else None
    if shelf is None or not any(PlaceName.of(n) or n == JOURNAL for n in shelf.names()):
        what = "holds no state" if shelf else "there is no such folder"
        raise ShelfError(f"{where}: {what}; `auditor scan --state` or `judge --state` makes one")
    return shelf


def _shelf(where: str, profile: str | None, keep: int) -> Shelf:
    """The shelf of a path, where it is made, or of an S3 URL."""
    return Bucket(where, profile) if where.startswith(SCHEME) else Folder(Path(where), keep)


def read_whole(path: Path) -> Report:
    """A report that was not narrowed, out of its JSON; raises `ReportError` in one sentence.

    What one that was narrowed does not hold would be taken for gone.
    """
    report = read_report(path)
    if report.shown.options:
        message = f"{path}: holds some findings only ({report.shown.options}); take a whole report"
        raise ReportError(message)
    return report


def read_report(path: Path) -> Report:
    """A report out of its JSON, whole or not; raises `ReportError` in one sentence."""
    try:
        report: Report = adapter().validate_json(path.read_bytes())
    except OSError as error:
        message = f"{path}: {error.strerror}"
        raise ReportError(message) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "document"
        message = f"{path}: is no report of this tool ({where}: {first['msg']})"
        raise ReportError(message) from None
    if report.schema_version.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        message = f"{path}: is of version {report.schema_version}, this reads {SCHEMA_VERSION}"
        raise ReportError(message)
    return report
