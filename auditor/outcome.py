"""What a run's exit code says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.report import Report

EXPECTED, VIOLATED, USAGE, INCOMPLETE, FAULT = 0, 1, 2, 3, 4
EXIT_CODES = {
    EXPECTED: "as expected",
    VIOLATED: "gaps or drifts at or above --fail-on",
    INCOMPLETE: "could not look at everything",
    USAGE: "wrong usage, credentials, baseline or file, or another run at work",
    FAULT: "the tool itself failed somewhere",
}
"""In the order of precedence, the last first."""

STOPPED = 130
"""Ended by Ctrl-C, as shells count it."""


def exit_code(report: Report, fail_on: str) -> int:
    """The exit code of a report."""
    if report.errors:
        return FAULT
    if not report.coverage.complete:
        return INCOMPLETE
    return VIOLATED if _violated(report, fail_on) else EXPECTED


def _violated(report: Report, fail_on: str) -> bool:
    from auditor.probe import Severity  # noqa: PLC0415 - --help must not wait for pydantic

    if fail_on == "never":
        return False
    least = Severity(fail_on)
    return any(
        finding.verdict.violates and not finding.waiver and finding.severity.at_least(least)
        for finding in report.findings
    )
