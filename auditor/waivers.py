"""Accepted gaps, drifts and blind spots: applied, counted, and said where they no longer count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase

from auditor.answer import Refusal, Why
from auditor.baseline import Baseline
from auditor.baseline_file import BlindSpot, WaiverEntry
from auditor.finding import Finding, Waiver


@dataclass(frozen=True, slots=True)
class WaiverUse:
    """What became of one entry of the baseline: `active`, `expiring`, `unused` or `expired`."""

    probe: str
    resource: str
    owner: str
    reason: str
    until: str
    state: str
    findings: int
    line: int


def apply(
    findings: Iterable[Finding], baseline: Baseline, today: date
) -> tuple[list[Finding], list[WaiverUse]]:
    """The findings with their waivers, and what became of every waiver."""
    entries = baseline.content.waivers
    counts = [0] * len(entries)
    result = []
    for finding in findings:
        matches = [n for n, entry in enumerate(entries) if _covers(entry, finding)]
        if not matches:
            result.append(finding)
            continue
        match = next((n for n in matches if not entries[n].expired(today)), matches[0])
        entry = entries[match]
        counts[match] += 1
        waiver = Waiver(entry.reason, entry.owner, entry.until.isoformat())
        result.append(finding if entry.expired(today) else replace(finding, waiver=waiver))
    uses = [
        WaiverUse(
            entry.probe,
            entry.resource,
            entry.owner,
            entry.reason,
            entry.until.isoformat(),
            _state(entry, counts[n], today, baseline.content.waiver_notice_days),
            counts[n],
            baseline.file.line(("waivers", n)),
        )
        for n, entry in enumerate(entries)
    ]
    return result, uses


def _state(entry: WaiverEntry, count: int, today: date, notice: int) -> str:
    if entry.expired(today):
        return "expired"
    if not count:
        return "unused"
    return "expiring" if (entry.until - today).days < notice else "active"


def _covers(entry: WaiverEntry, finding: Finding) -> bool:
    if not finding.verdict.violates or not fnmatchcase(finding.probe, entry.probe):
        return False
    resource = finding.resource
    names = (resource.arn, resource.id, resource.name)
    return (
        entry.finding in ("", finding.id)
        and fnmatchcase(finding.account, entry.account)
        and fnmatchcase(finding.region, entry.region)
        and fnmatchcase(finding.part, entry.part)
        and any(fnmatchcase(name, entry.resource) for name in names if name)
    )


def accepted(refusal: Refusal, spots: Iterable[BlindSpot], today: date) -> BlindSpot | None:
    """The blind spot that accepts a refusal today; none accepts that the time was up."""
    if refusal.why is Why.OUT_OF_TIME:
        return None
    for spot in spots:
        if (
            not spot.expired(today)
            and fnmatchcase(refusal.operation, spot.operation)
            and fnmatchcase(refusal.place.account, spot.account)
            and fnmatchcase(refusal.place.region, spot.region)
        ):
            return spot
    return None
