"""A report to stdout and into files, each file whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from auditor.report import Report
from auditor.reports import Show, format_named
from auditor.store import whole_file


def deliver(
    report: Report, sinks: Iterable[tuple[str, str]], only: frozenset[str] = frozenset()
) -> None:
    """Write the report in each format to its file; `-` is stdout. `only` narrows the findings."""
    if only:
        kept = [finding for finding in report.findings if finding.verdict.value in only]
        report = replace(report, findings=kept)
    for name, file in sinks:
        if file == "-":
            _to_stdout(report, name)
        else:
            with whole_file(Path(file)) as stream:
                format_named(name).write(report, stream, Show())


def _to_stdout(report: Report, name: str) -> None:
    """Write to stdout; a reader that has had enough (`| head`) is no error."""
    terminal = sys.stdout.isatty()
    colour = terminal and "NO_COLOR" not in os.environ
    show = Show(shutil.get_terminal_size((100, 24)).columns, colour)
    try:
        format_named(name).write(report, sys.stdout, show)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
