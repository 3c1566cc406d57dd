"""Options as values: what the commands share."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.outcome import exit_code

if TYPE_CHECKING:
    from auditor.baseline import Baseline
    from auditor.history import History
    from auditor.report import Report
    from auditor.scan import Access, Probes


HERE = Path("config/baseline.yaml")
"""The baseline of the folder that one works in."""


def probes_of(given: dict[str, Any]) -> tuple[Probes, Probes]:
    """The chosen probes, and all that there are."""
    from auditor.catalogue import load, select
    from auditor.probe import Severity

    known = load(given.get("packages", ()))
    chosen = select(known, given.get("patterns", ()))
    if given.get("severity"):
        least = Severity(given["severity"])
        chosen = tuple(probe for probe in chosen if probe.severity.at_least(least))
    return chosen, known


def chosen_of(given: dict[str, Any]) -> tuple[Probes, Baseline]:
    """The chosen probes, and what is expected of them."""
    chosen, known = probes_of(given)
    return chosen, baseline_of(given, known)


def baseline_of(given: dict[str, Any], known: Probes) -> Baseline:
    """The baseline that is named, else the one of this folder, else the shipped one."""
    from auditor.baseline import load

    return load(given.get("baseline_file") or (HERE if HERE.is_file() else None), known)


def access_of(given: dict[str, Any]) -> Access:
    """How to get into the accounts."""
    from auditor.scan import Access

    return Access(given["profiles"], given["roles"], given["external_id"], given["regions"])


def day_of(given: dict[str, Any]) -> date | None:
    """The day on which waivers are to count, where it is not the day of the run."""
    return given["as_of"].date() if given["as_of"] else None


def history_of(given: dict[str, Any], known: Probes) -> History:
    """The past that options name."""
    from auditor.history import open_history

    if given["previous"] and given["state"]:
        raise click.UsageError("a run continues --previous or --state, not both")
    return open_history(
        given["previous"], given["state"], given["state_profile"], given["keep"], known
    )


def progress_of(given: dict[str, Any]) -> Any:
    """The line of progress, as a context."""
    from auditor.console import watching

    return watching(quiet=given["quiet"])


def sinks_of(given: dict[str, Any]) -> list[tuple[str, str]]:
    """Each format with where it goes; checked before anything is asked of AWS."""
    formats = given["formats"] or ("table",)
    files = [*given["files"], *["-"] * (len(formats) - len(given["files"]))]
    if len(files) > len(formats):
        raise click.UsageError("there are more --output than --format")
    if files.count("-") > 1:
        raise click.UsageError("two formats would go to stdout: give one of them an --output")
    for file in files:
        if file != "-":
            writable(Path(file))
    return list(zip(formats, files, strict=True))


def writable(path: Path) -> None:
    """Refuse a file that could not be written, before anything is asked of AWS."""
    folder = path.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK) or path.is_dir():
        message = f"cannot write {path}: {folder} is no folder that can be written to"
        raise click.UsageError(message)


def hand_over(
    report: Report, sinks: list[tuple[str, str]], given: dict[str, Any], *, tolerant: bool = False
) -> None:
    """Write the report everywhere and end with its exit code."""
    from auditor.delivery import deliver

    deliver(report, sinks, frozenset(given["only"]))
    code = exit_code(report, given["fail_on"])
    sys.exit(0 if tolerant and code == 1 else code)


def one_line(error: Exception | str) -> str:
    """An error as one line that a terminal can be shown."""
    from auditor.reports.escape import terminal

    return terminal(" ".join(str(error).split()))
