"""The report for a person at a terminal: what needs attention, worst first, then what was not seen.

Passes and what does not apply are counted only. Everything that comes from an account is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

import click
from tabulate import tabulate

from auditor.finding import Finding
from auditor.probe import Severity
from auditor.report import Report
from auditor.reports import Show, unseen
from auditor.reports.escape import terminal
from auditor.reports.since import since_lines
from auditor.reports.words import NARROWEST, number, said, worst_first, wrapped

COLOURS = {
    Severity.CRITICAL: "bright_red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFORMATIONAL: "bright_black",
}
MOST_ROWS = 12
"""Findings of one probe that are shown among those of others; the JSON has all of them."""

WAIVER_STATES = {
    "expired": "has expired",
    "expiring": "expires after {use.until}",
    "unused": "matches nothing",
}
INDENT = 2


def write(report: Report, stream: IO[str], show: Show) -> None:
    """Write the report, not wider than `show.width`."""
    for line in lines(report, show):
        stream.write(line.rstrip() + "\n")


def lines(report: Report, show: Show) -> Iterator[str]:
    """The report, line by line."""
    open_ = [f for f in report.findings if f.verdict.violates and not f.waiver]
    yield from _violations(open_, report, show)
    yield from _errors(report, show)
    yield from _waivers(report, show)
    yield from unseen.lines(report, show)
    for line in since_lines(report):
        indent = " " * (len(line) - len(line.lstrip()))
        yield from wrapped(line.lstrip(), show.width, indent)
    for line in _counts(report):
        yield from wrapped(line, show.width, "")


# -- what is wrong --------------------------------------------------------------------------------


def _violations(findings: list[Finding], report: Report, show: Show) -> Iterator[str]:
    places = len(report.scope.accounts) > 1, len(report.scope.regions) > 1
    groups = worst_first(findings)
    for probe, members in groups:
        for line in wrapped(f"{members[0].title}  ({probe})", show.width, ""):
            yield click.style(line, bold=True) if show.colour else line
        shown = members if len(groups) == 1 else members[:MOST_ROWS]
        yield from _rows(shown, places, show)
        if len(members) > len(shown):
            more = f"and {len(members) - len(shown)} more: --probe {probe} shows them all"
            yield from wrapped(more, show.width, "  ")
        yield from _fix(members[0], show)
        yield ""


def _rows(findings: list[Finding], places: tuple[bool, bool], show: Show) -> Iterator[str]:
    rows = [
        [
            _severity(finding.severity, show),
            finding.verdict.value,
            *([_where(finding, places)] if any(places) else ()),
            terminal(finding.resource.name or finding.resource.id),
            said(finding),
        ]
        for finding in findings
    ]
    limits = _limits(rows, show.width)
    if limits is None:
        for row in rows:
            yield from _stacked(row, show)
        return
    table = tabulate(
        rows, tablefmt="plain", maxcolwidths=limits, disable_numparse=True, break_on_hyphens=False
    )
    yield from (f"{' ' * INDENT}{line}" for line in table.splitlines())


def _limits(rows: list[list[str]], width: int) -> list[int | None] | None:
    """How wide each column may be; None where the words would get too little room."""
    *first, names, _ = zip(*rows, strict=True)
    others = sum(max(len(click.unstyle(cell)) for cell in column) + 2 for column in first)
    name = min(max(map(len, names)), max(NARROWEST, width // 3))
    words = width - INDENT - others - name - 2
    return None if words < NARROWEST else [*[None for _ in first], name, words]


def _stacked(row: list[str], show: Show) -> Iterator[str]:
    """A finding over several lines: its severity, which alone may be coloured, goes first."""
    *head, said = row
    plain = click.unstyle(head[0])
    first, *more = wrapped(" ".join([plain, *filter(None, head[1:])]), show.width, "  ")
    yield first.replace(plain, head[0], 1)
    yield from more
    yield from wrapped(said, show.width, "    ")


def _severity(severity: Severity, show: Show) -> str:
    return click.style(severity.value, fg=COLOURS[severity]) if show.colour else severity.value


def _where(finding: Finding, places: tuple[bool, bool]) -> str:
    several_accounts, several_regions = places
    parts = [finding.account] if several_accounts else []
    if several_regions:
        parts.append(finding.region or "global")
    return " ".join(parts)


def _fix(finding: Finding, show: Show) -> Iterator[str]:
    if finding.fix:
        yield from wrapped(f"fix: {finding.fix.text}", show.width, "  ")


# -- what else is to be told ----------------------------------------------------------------------


def _errors(report: Report, show: Show) -> Iterator[str]:
    if report.errors:
        yield "Faults of this tool (please report them)"
        for error in report.errors:
            said = f"{terminal(error.where)}: {terminal(error.message)}"
            yield from wrapped(said, show.width, "  ")
        yield ""


def _waivers(report: Report, show: Show) -> Iterator[str]:
    idle = [use for use in report.waivers if use.state != "active"]
    for use in idle:
        what = WAIVER_STATES[use.state].format(use=use)
        said = f"The waiver on line {use.line} ({use.probe}, {terminal(use.owner)}) {what}."
        yield from wrapped(said, show.width, "")
    if idle:
        yield ""


# -- what was counted -----------------------------------------------------------------------------


def _counts(report: Report) -> Iterator[str]:
    summary, coverage = report.summary, report.coverage
    calls = sum(use.calls for use in coverage.operations)
    seen = "complete" if coverage.complete else "INCOMPLETE"
    refused = sum(1 for refusal in coverage.refusals if not refusal.accepted)
    yield (
        f"Coverage {seen}: {number(calls, 'call')}, {refused} refused,"
        f" {number(len(report.scope.accounts), 'account')},"
        f" {number(len(report.scope.regions), 'region')},"
        f" {number(len(coverage.vanished), 'vanished item')}."
    )
    if report.run.baseline.path:
        yield f"Baseline: {terminal(report.run.baseline.path)}."
    severities = [
        f"{summary.severities[severity]} {severity}"
        for severity in Severity
        if severity in summary.severities
    ]
    verdicts = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in summary.verdicts.items())
    yield f"{number(summary.findings, 'finding')}: {verdicts or 'none'}; {summary.waived} waived."
    yield f"Needs attention: {', '.join(severities) or 'nothing'}."
    if report.shown.options:
        yield f"Shown above: {len(report.findings):,} of them ({report.shown.options})."
