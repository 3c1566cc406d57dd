"""The report for a person at a terminal: what needs attention, worst first, then what was not seen.

Passes and what does not apply are counted only. Everything that comes from an account is escaped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import IO

import click
from tabulate import tabulate

from auditor.finding import Finding
from auditor.permissions import statement
from auditor.probe import Severity, Verdict
from auditor.report import RefusalSeen, Report
from auditor.reports import Show
from auditor.reports.escape import terminal
from auditor.reports.since import since_lines
from auditor.reports.who import who_line

COLOURS = {
    Severity.CRITICAL: "bright_red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFORMATIONAL: "bright_black",
}
NARROWEST = 20
"""Columns of a name or of words below which findings stand under each other, in no table."""

MOST_REFUSALS = 12
MOST_ROWS = 12
"""Findings of one probe that are shown among those of others; the JSON has all of them."""

WAIVER_STATES = {
    "expired": "has expired",
    "expiring": "expires after {use.until}",
    "unused": "matches nothing",
}
LONGEST_DIFFERENCE = 80
INDENT = 2


def write(report: Report, stream: IO[str], show: Show) -> None:
    """Write the report, not wider than `show.width`."""
    for line in lines(report, show):
        stream.write(line.rstrip() + "\n")


def lines(report: Report, show: Show) -> Iterator[str]:
    """The report, line by line."""
    open_ = [f for f in report.findings if f.verdict.violates and not f.waiver]
    yield from _violations(open_, report, show)
    yield from _unknowns(report, show)
    yield from _errors(report, show)
    yield from _waivers(report, show)
    yield from _unseen(report, show)
    for line in since_lines(report):
        indent = " " * (len(line) - len(line.lstrip()))
        yield from _wrapped(line.lstrip(), show.width, indent)
    for line in _counts(report):
        yield from _wrapped(line, show.width, "")


# -- what is wrong --------------------------------------------------------------------------------


def _violations(findings: list[Finding], report: Report, show: Show) -> Iterator[str]:
    places = len(report.scope.accounts) > 1, len(report.scope.regions) > 1
    by_probe = sorted(findings, key=lambda f: f.probe)
    groups = [(probe, list(members)) for probe, members in groupby(by_probe, lambda f: f.probe)]
    groups.sort(key=lambda group: (min(f.severity.rank for f in group[1]), group[0]))
    for probe, members in groups:
        members.sort(key=lambda f: (f.severity.rank, f.account, f.region, f.resource.name, f.part))
        for line in _wrapped(f"{members[0].title}  ({probe})", show.width, ""):
            yield click.style(line, bold=True) if show.colour else line
        shown = members if len(groups) == 1 else members[:MOST_ROWS]
        yield from _rows(shown, places, show)
        if len(members) > len(shown):
            more = f"and {len(members) - len(shown)} more: --probe {probe} shows them all"
            yield from _wrapped(more, show.width, "  ")
        yield from _fix(members[0], show)
        yield ""


def _rows(findings: list[Finding], places: tuple[bool, bool], show: Show) -> Iterator[str]:
    rows = [
        [
            _severity(finding.severity, show),
            finding.verdict.value,
            *([_where(finding, places)] if any(places) else ()),
            terminal(finding.resource.name or finding.resource.id),
            _said(finding),
        ]
        for finding in findings
    ]
    limits = _limits(rows, show.width)
    if limits is None:
        for row in rows:
            yield from _stacked(row, show)
        return
    table = tabulate(rows, tablefmt="plain", maxcolwidths=limits, disable_numparse=True)
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
    first, *more = _wrapped(" ".join([plain, *filter(None, head[1:])]), show.width, "  ")
    yield first.replace(plain, head[0], 1)
    yield from more
    yield from _wrapped(said, show.width, "    ")


def _severity(severity: Severity, show: Show) -> str:
    return click.style(severity.value, fg=COLOURS[severity]) if show.colour else severity.value


def _where(finding: Finding, places: tuple[bool, bool]) -> str:
    several_accounts, several_regions = places
    parts = [finding.account] if several_accounts else []
    if several_regions:
        parts.append(finding.region or "global")
    return " ".join(parts)


def _said(finding: Finding) -> str:
    part = f"{finding.part}: " if finding.part else ""
    made = f"; {who_line(finding.changed_by)}" if finding.changed_by else ""
    return terminal(f"{part}{finding.message}{_difference(finding)}") + made


def _difference(finding: Finding) -> str:
    """What was expected and found, where that says it in few words; else the message does."""
    expected, found = _brief(finding.expected), _brief(finding.found)
    if not expected or not found or len(expected) + len(found) > LONGEST_DIFFERENCE:
        return ""
    return f" (expected {expected}, found {found})"


def _brief(value: object) -> str:
    """A text, a number or a list of texts in few letters; nothing for any other value."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ", ".join(value) or "none"
    return ""


def _fix(finding: Finding, show: Show) -> Iterator[str]:
    if finding.fix:
        yield from _wrapped(f"fix: {finding.fix.text}", show.width, "  ")


def _wrapped(text: str, width: int, indent: str) -> Iterator[str]:
    room = max(NARROWEST, width - len(indent))
    for line in click.wrap_text(text, width=room).splitlines():
        yield indent + line


# -- what is not known ----------------------------------------------------------------------------


def _unknowns(report: Report, show: Show) -> Iterator[str]:
    """Unknown for a reason other than a refusal: refusals are listed with what was not seen."""
    refused = {id_ for refusal in report.coverage.refusals for id_ in refusal.made_unknown}
    unknown = [f for f in report.findings if f.verdict is Verdict.UNKNOWN and f.id not in refused]
    if not unknown:
        return
    yield "Cannot be told from what AWS said"
    for finding in unknown:
        name = terminal(finding.resource.name or finding.resource.id)
        said = f"{finding.probe}  {name}  {_said(finding)}"
        yield from _wrapped(said, show.width, "  ")
    yield ""


def _unseen(report: Report, show: Show) -> Iterator[str]:
    coverage = report.coverage
    open_ = [r for r in coverage.refusals if not r.accepted]
    if open_:
        yield "Not seen, because AWS would not say"
        yield from _refusals(open_, show)
    for skipped in coverage.accounts_skipped:
        yield from _wrapped(f"account {skipped.account}: {terminal(skipped.why)}", show.width, "  ")
    accepted = [r for r in coverage.refusals if r.accepted]
    if accepted:
        said = f"{_number(len(accepted), 'refusal')} accepted as blind spots by the baseline."
        yield from _wrapped(said, show.width, "")
    grants = sorted({action for refusal in open_ for action in refusal.grant})
    if grants:
        yield "This statement would let it be seen:"
        yield from (f"  {line}" for line in json.dumps(statement(grants), indent=2).splitlines())
    if open_ or accepted or coverage.accounts_skipped:
        yield ""


def _refusals(refusals: list[RefusalSeen], show: Show) -> Iterator[str]:
    def same(refusal: RefusalSeen) -> tuple[str, str, str]:
        return refusal.operation, refusal.code, refusal.why.value

    groups = [(key, list(m)) for key, m in groupby(sorted(refusals, key=same), same)]
    for (operation, code, why), members in groups[:MOST_REFUSALS]:
        places = {(member.account, member.region) for member in members}
        unknown = {id_ for member in members for id_ in member.made_unknown}
        said = f"{operation}: {terminal(code)} ({why}), {_number(len(members), 'time')}"
        said += f" in {_number(len(places), 'place')}; {_number(len(unknown), 'verdict')} unknown"
        yield from _wrapped(said, show.width, "  ")
    if len(groups) > MOST_REFUSALS:
        more = f"and {len(groups) - MOST_REFUSALS} more operations (all of them in the JSON)"
        yield from _wrapped(more, show.width, "  ")


def _errors(report: Report, show: Show) -> Iterator[str]:
    if report.errors:
        yield "Faults of this tool (please report them)"
        for error in report.errors:
            said = f"{terminal(error.where)}: {terminal(error.message)}"
            yield from _wrapped(said, show.width, "  ")
        yield ""


def _waivers(report: Report, show: Show) -> Iterator[str]:
    idle = [use for use in report.waivers if use.state != "active"]
    for use in idle:
        what = WAIVER_STATES[use.state].format(use=use)
        said = f"The waiver on line {use.line} ({use.probe}, {terminal(use.owner)}) {what}."
        yield from _wrapped(said, show.width, "")
    if idle:
        yield ""


# -- what was counted -----------------------------------------------------------------------------


def _counts(report: Report) -> Iterator[str]:
    summary, coverage = report.summary, report.coverage
    calls = sum(use.calls for use in coverage.operations)
    seen = "complete" if coverage.complete else "INCOMPLETE"
    refused = sum(1 for refusal in coverage.refusals if not refusal.accepted)
    yield (
        f"Coverage {seen}: {_number(calls, 'call')}, {refused} refused,"
        f" {_number(len(report.scope.accounts), 'account')},"
        f" {_number(len(report.scope.regions), 'region')},"
        f" {_number(len(coverage.vanished), 'vanished item')}."
    )
    severities = [
        f"{summary.severities[severity]} {severity}"
        for severity in Severity
        if severity in summary.severities
    ]
    verdicts = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in summary.verdicts.items())
    yield f"{_number(summary.findings, 'finding')}: {verdicts or 'none'}; {summary.waived} waived."
    yield f"Needs attention: {', '.join(severities) or 'nothing'}."


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")
