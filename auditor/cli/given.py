"""Options as values: what the commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.outcome import exit_code

if TYPE_CHECKING:
    from auditor.baseline import Approved, Baseline
    from auditor.drift.declarable import Templates
    from auditor.finding import Finding
    from auditor.inventory import Inventory
    from auditor.job.ending import Ending
    from auditor.over_time.history import History
    from auditor.recording.recordable import Recordable
    from auditor.report import Report
    from auditor.scan import Access, Probes
    from auditor.tickets.ticket import Rules


HERE = Path("config/baseline.yaml")
"""The baseline of the folder that one works in."""


def probes_of(given: dict[str, Any]) -> tuple[Probes, Probes]:
    """The chosen probes, and all that there are."""
    from auditor.catalogue import load, select

    known = load(given.get("packages", ()))
    return select(known, given.get("patterns", ())), known


def chosen_of(given: dict[str, Any]) -> tuple[Probes, Baseline]:
    """The chosen probes, and what is expected of them."""
    chosen, known = probes_of(given)
    baseline = baseline_of(given, known)
    baseline.approved = approved_of(given)
    baseline.templates = templates_of(given)
    return chosen, baseline


def baseline_of(given: dict[str, Any], known: Probes) -> Baseline:
    """The baseline that is named, else the one of this folder, else the shipped one.

    A run that is not to be quiet says that it takes the one of this folder, which nobody named.
    """
    from auditor.baseline import load

    here = HERE if not given.get("baseline_file") and HERE.is_file() else None
    if here and not given.get("quiet", True):
        click.echo(f"the baseline is {here}, of this folder", err=True)
    return load(given.get("baseline_file") or here, known)


def approved_of(given: dict[str, Any]) -> Approved | None:
    """The recorded state that is named, with what this version can compare of it."""
    from auditor.baseline import Approved
    from auditor.catalogue import makers
    from auditor.recording.file import load

    if not given.get("recorded"):
        return None
    folder = load(given["recorded"])
    return Approved(folder, tuple(r for r in rows_of(given) if r.type in folder.types), makers())


def templates_of(given: dict[str, Any]) -> Templates | None:
    """What comparing with templates takes, where it is asked for."""
    from auditor.catalogue import templates

    return templates() if given.get("against") else None


def rows_of(given: dict[str, Any]) -> tuple[Recordable, ...]:
    """The kinds of resources to record: those that are named, else all that can be."""
    from auditor.catalogue import recordables, select_rows

    return select_rows(recordables(given.get("packages", ())), given.get("types", ()))


def rules_of(known: Probes, baseline: Baseline) -> Rules:
    """How tickets are made of findings."""
    from auditor.tickets.ticket import Rules

    return Rules.of(baseline.content.tickets, known)


def access_of(given: dict[str, Any]) -> Access:
    """How to get into the accounts."""
    from auditor.deadline import NEVER, Deadline
    from auditor.scan import Access

    seconds = given.get("timeout")
    deadline = Deadline.after(seconds) if seconds else NEVER
    who = (given["profiles"], given["roles"], given["external_id"])
    return Access(*who, given["regions"], deadline)


def lock_of(given: dict[str, Any]) -> AbstractContextManager[None]:
    """The lock that the run holds, if it is to hold one."""
    from auditor.job.lock import locked

    return locked(given["lock_file"]) if given["lock_file"] else nullcontext()


def ending_of(given: dict[str, Any], sinks: Iterable[tuple[str, str]] = ()) -> Ending:
    """Where the outcome is told; checked before anything is asked of AWS."""
    from auditor.job.ending import Ending

    summary, metrics, embedded = (
        given.get(name, "") for name in ("summary", "metrics", "metrics_emf")
    )
    for file in (summary, metrics, embedded):
        if file not in ("", "-"):
            writable(Path(file))
    if metrics == "-":
        raise click.UsageError("--metrics needs a file, for a collector to find")
    if embedded == "-" and any(file == "-" for _, file in sinks):
        message = "the report and --metrics-emf would go to stdout: give one of them a file"
        raise click.UsageError(message)
    return Ending(summary, metrics, embedded)


def day_of(given: dict[str, Any]) -> date | None:
    """The day on which waivers are to count, where it is not the day of the run."""
    return given["as_of"].date() if given["as_of"] else None


def history_of(given: dict[str, Any], known: Probes) -> History:
    """The past that options name."""
    from auditor.over_time.history import open_history

    if given["previous"] and given["state"]:
        raise click.UsageError("a run continues --previous or --state, not both")
    return open_history(
        given["previous"], given["state"], given["state_profile"], given["keep"], known
    )


def who_of(
    report: Report, history: History, access: Access, given: dict[str, Any], progress: Any = None
) -> Report:
    """The report, in which drifts say who made them, where that is asked for."""
    if not given["who"]:
        return report
    from auditor.catalogue import changes
    from auditor.trail.asking import Asking
    from auditor.trail.look_up import who_changed

    asking = Asking(given["who_calls"], progress=progress)
    seen = history.preview(report)
    told, _ = who_changed(seen, access, changes(given["packages"]), asking)
    return replace(report, findings=_named(report, told), coverage=told.coverage)


def who_was_kept(
    report: Report, history: History, kept: list[Inventory], given: dict[str, Any]
) -> Report:
    """The report, in which drifts say who made them by what was kept beside an inventory."""
    from auditor.catalogue import changes
    from auditor.trail.findings import attach_kept

    if not kept:
        return report
    told = attach_kept(history.preview(report), kept, changes(given["packages"]))
    return replace(report, findings=_named(report, told))


def _named(report: Report, told: Report) -> list[Finding]:
    """A report's findings, with what the other one says of who made them."""
    by = {finding.id: finding.changed_by for finding in told.findings}
    return [replace(finding, changed_by=by.get(finding.id)) for finding in report.findings]


def progress_of(given: dict[str, Any]) -> Any:
    """The line of progress, as a context."""
    from auditor.cli.console import watching

    return watching(quiet=given["quiet"])


def sinks_of(given: dict[str, Any]) -> list[tuple[str, str]]:
    """Each format with where it goes; checked before anything is asked of AWS."""
    from auditor.reports import format_named

    formats = given["formats"] or ("table",)
    files = [*given["files"], *["-"] * (len(formats) - len(given["files"]))]
    if len(files) > len(formats):
        raise click.UsageError("there are more --output than --format")
    if files.count("-") > 1:
        raise click.UsageError("two formats would go to stdout: give one of them an --output")
    for file in files:
        if file != "-":
            writable(Path(file))
    for name in formats:
        format_named(name)
    return list(zip(formats, files, strict=True))


def writable(path: Path) -> None:
    """Refuse a file that could not be written, before anything is asked of AWS."""
    folder = path.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK) or path.is_dir():
        message = f"cannot write {path}: {folder} is no folder that can be written to"
        raise click.UsageError(message)


def hand_over(
    report: Report,
    sinks: list[tuple[str, str]],
    given: dict[str, Any],
    rules: Rules,
    *,
    tolerant: bool = False,
) -> None:
    """Write the report everywhere, tell how the run ended, and end with its exit code."""
    from auditor.delivery import deliver
    from auditor.report import Shown

    deliver(report, sinks, Shown(given["only"], given["severity"] or ""), rules)
    code = exit_code(report, given["fail_on"])
    ending_of(given, sinks).tell(report, code)
    sys.exit(0 if tolerant and code == 1 else code)


def one_line(error: Exception | str) -> str:
    """An error as one line that a terminal can be shown."""
    from auditor.reports.escape import terminal

    return terminal(" ".join(str(error).split()))
