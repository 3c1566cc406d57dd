"""What became of earlier findings, for a person: resolved, not verified, and in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from auditor.finding import Finding
from auditor.report import Previous, Report
from auditor.reports.escape import terminal

MOST_SHOWN = 12


def since_lines(report: Report) -> Iterator[str]:
    """Lines for what a run that continues another one has to say of the past."""
    if report.previous is None:
        return
    resolved = [(one.finding, one.reason) for one in report.resolved]
    unverified = [(one.finding, one.why) for one in report.unverified]
    yield from _listed("Resolved since the last run", resolved)
    yield from _listed("Open, but not verified by this run", unverified)
    yield since(report.previous, report)
    yield ""


def since(previous: Previous, report: Report) -> str:
    """In numbers, what became of the findings of the run before."""
    counts = Counter(change.kind for change in report.changes)
    said = ", ".join(f"{n} {kind.replace('_', ' ')}" for kind, n in sorted(counts.items()))
    day = f"{previous.started_at:%Y-%m-%d %H:%M} UTC"
    return f"Since the run of {day}, with {previous.open} open: {said or 'nothing changed'}."


def _listed(title: str, members: list[tuple[Finding, str]]) -> Iterator[str]:
    if not members:
        return
    yield title
    yield from (f"  {line}" for line in _first(members))
    yield ""


def _first(members: list[tuple[Finding, str]]) -> Iterable[str]:
    for finding, why in members[:MOST_SHOWN]:
        name = finding.resource.name or finding.resource.id
        part = f" ({finding.part})" if finding.part else ""
        yield terminal(f"{finding.severity.value}  {finding.probe}{part}  {name}: {why}")
    if len(members) > MOST_SHOWN:
        yield f"and {len(members) - MOST_SHOWN} more"
