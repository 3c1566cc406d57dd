"""One report against the last: what is new, what changed, what was resolved, what was not seen.

Resolved means seen: a finding is resolved only where this run read its resource and the probe no
longer complains, or read the complete list and the resource is gone from it. Whatever else became
of it, the finding stays open, as it was last seen. Of probes that a run was not to ask it says
nothing: their findings stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatchcase
from types import MappingProxyType

from auditor.finding import Finding
from auditor.probe import Verdict
from auditor.recording.recordable import RECORDED
from auditor.report import (
    Before,
    Change,
    Looked,
    Previous,
    Report,
    Resolved,
    Tombstone,
    Untouched,
    Unverified,
)

OPENED, CHANGED, REOPENED, RESOLVED = "opened", "changed", "reopened", "resolved"
UNVERIFIED, WAIVED, WAIVER_EXPIRED = "unverified", "waived", "waiver_expired"
KINDS = (OPENED, CHANGED, REOPENED, RESOLVED, UNVERIFIED, WAIVED, WAIVER_EXPIRED)
"""What can become of a finding from one report to the next."""

SEEN_AGAIN = "seen again, as it was"
"""Why a violation is told to be changed that is as it was before it could not be verified."""

NOTHING_RENAMED: Mapping[str, str] = MappingProxyType({})


@dataclass(slots=True)
class Past:
    """What earlier reports know: open findings, those not verified since, and resolved ones."""

    run: str = ""
    started_at: datetime | None = None
    open: dict[str, Finding] = field(default_factory=dict)
    unverified: dict[str, Unverified] = field(default_factory=dict)
    tombstones: dict[str, Tombstone] = field(default_factory=dict)

    def add(self, report: Report) -> None:
        """Take a report; one that names no earlier one begins the history of its findings."""
        if self.started_at is None or report.run.started_at > self.started_at:
            self.run, self.started_at = report.run.id, report.run.started_at
        for finding in report.findings:
            if finding.verdict.violates:
                self.open[finding.id] = _dated(finding, report.run.started_at)
        for finding in report.untouched.findings:
            self.open[finding.id] = finding
        for one in (*report.unverified, *report.untouched.unverified):
            self.open[one.finding.id] = one.finding
            self.unverified[one.finding.id] = one
        self.tombstones |= {stone.id: stone for stone in report.tombstones}


def past_of(reports: Iterable[Report]) -> Past:
    """What the reports of one or several places know together."""
    past = Past()
    for report in reports:
        past.add(report)
    return past


def follow(report: Report, past: Past, renamed: Mapping[str, str] = NOTHING_RENAMED) -> Report:
    """The report as the continuation of the past; `renamed` leads from former probe ids to new."""
    return _Continuation(report, past, renamed).build()


class _Continuation:
    """Works out what became of every finding, known or new."""

    def __init__(self, report: Report, past: Past, renamed: Mapping[str, str]) -> None:
        self.report, self.past, self.renamed = report, past, renamed
        self.now = report.run.started_at
        self.current = {finding.id: finding for finding in report.findings}
        self.looked = {(place.account, place.region): place for place in report.coverage.places}
        self.probes = frozenset(report.scope.probes)
        self.changes: list[Change] = []
        self.resolved: list[Resolved] = []
        self.unverified: list[Unverified] = []
        self.untouched = Untouched()

    def build(self) -> Report:
        findings = [self._seen(finding) for finding in self.report.findings]
        for known in self.past.open.values():
            now = self.current.get(known.id)
            if now is None or not now.verdict.violates:
                self._missed(known, now)
        return replace(
            self.report,
            findings=findings,
            previous=self._previous(),
            changes=self.changes,
            resolved=self.resolved,
            unverified=self.unverified,
            untouched=self.untouched,
            tombstones=list(self._tombstones()),
        )

    def _previous(self) -> Previous | None:
        past, left = self.past, self.untouched
        if past.started_at is None:
            return None
        asked = len(past.open) - len(left.findings) - len(left.unverified)
        return Previous(past.run, past.started_at, asked)

    def _seen(self, finding: Finding) -> Finding:
        """A finding with its history, where it is a violation."""
        if not finding.verdict.violates:
            return finding
        known, stone = self.past.open.get(finding.id), self.past.tombstones.get(finding.id)
        state = _state(finding, known, stone)
        kind = _kind(finding, known, state)
        if kind:
            before = _before(known) if known and kind == CHANGED else None
            self.changes.append(Change(kind, finding.id, before=before))
        elif finding.id in self.past.unverified and not finding.waiver:
            self.changes.append(Change(CHANGED, finding.id, SEEN_AGAIN))
        first = _first_seen(known, stone) or self.now
        by = finding.changed_by
        if by is None and known and state == "persisting":
            by = known.changed_by  # the event that made it once is still the one
        return replace(finding, state=state, first_seen=first, last_seen=self.now, changed_by=by)

    def _missed(self, known: Finding, now: Finding | None) -> None:
        """A known violation that this run does not report: resolved, not verified, or not meant."""
        earlier = self.past.unverified.get(known.id)
        if now is None and not self._asked(known):
            self._leave(known, earlier)
            return
        why = self._unseen(known, now)
        if not why:
            reason = _reason(known, now)
            self.resolved.append(Resolved(known, reason, self.now))
            self.changes.append(Change(RESOLVED, known.id, reason))
            return
        since = earlier.since if earlier else self.now
        over = known.waiver is not None and known.waiver.until < self.now.date().isoformat()
        open_ = replace(known, waiver=None) if over else known
        self.unverified.append(Unverified(open_, since, why))
        if over:
            self.changes.append(Change(WAIVER_EXPIRED, known.id, why))
        elif earlier is None:
            self.changes.append(Change(UNVERIFIED, known.id, why))

    def _leave(self, known: Finding, earlier: Unverified | None) -> None:
        """Keep a known violation as it was."""
        if earlier:
            self.untouched.unverified.append(earlier)
        else:
            self.untouched.findings.append(known)

    def _asked(self, known: Finding) -> bool:
        """Whether the run was to look where a known violation is, and to ask its probe."""
        scope = self.report.scope
        elsewhere = known.region and known.region not in scope.regions
        if elsewhere and known.account in scope.accounts and not scope.every_region:
            return False
        named, probe = scope.named_probes, self.renamed.get(known.probe, known.probe)
        return not named or probe in self.probes or any(fnmatchcase(probe, one) for one in named)

    def _unseen(self, known: Finding, now: Finding | None) -> str:
        """Why it cannot be told whether a violation is still there; empty where it can."""
        if now is not None:
            return now.message if now.verdict is Verdict.UNKNOWN else ""
        place = self.looked.get((known.account, known.region))
        if place is None:
            where = f"{known.account}, {known.region}" if known.region else known.account
            return f"{where} was not looked at"
        return self._unlooked(known, place)

    def _unlooked(self, known: Finding, place: Looked) -> str:
        probe = self.renamed.get(known.probe, known.probe)
        if probe not in self.probes:
            return f"the probe {probe} did not run"
        if probe in place.incomplete:
            return "what the probe looks at was not listed to its end"
        if probe == RECORDED and known.resource.type not in place.recorded:
            return f"the recorded state holds no {known.resource.type} there"
        return ""

    def _tombstones(self) -> Iterator[Tombstone]:
        for stone in self.past.tombstones.values():
            now = self.current.get(stone.id)
            if now is None or not now.verdict.violates:
                yield stone
        for one in self.resolved:
            yield tombstone(one)


def tombstone(resolved: Resolved) -> Tombstone:
    """What is kept of a resolved finding."""
    finding = resolved.finding
    return Tombstone(
        id=finding.id,
        probe=finding.probe,
        account=finding.account,
        region=finding.region,
        resource=finding.resource.arn or finding.resource.id,
        part=finding.part,
        first_seen=finding.first_seen or resolved.at,
        resolved_at=resolved.at,
        reason=resolved.reason,
    )


def _dated(finding: Finding, started_at: datetime) -> Finding:
    """A finding of a report that was compared with none begins with that report."""
    if finding.first_seen:
        return finding
    return replace(finding, first_seen=started_at, last_seen=started_at)


def _first_seen(known: Finding | None, stone: Tombstone | None) -> datetime | None:
    if known:
        return known.first_seen
    return stone.first_seen if stone else None


def _state(finding: Finding, known: Finding | None, stone: Tombstone | None) -> str:
    if known:
        return "persisting" if _alike(finding, known) else "changed"
    return "reopened" if stone else "new"


def _kind(finding: Finding, known: Finding | None, state: str) -> str:
    """What there is to say of a violation; nothing where all is as it was."""
    waived_before = known is not None and known.waiver is not None
    if finding.waiver:
        return "" if waived_before else WAIVED
    if waived_before:
        return WAIVER_EXPIRED
    return {"new": OPENED, "reopened": REOPENED, "changed": CHANGED}.get(state, "")


def _alike(one: Finding, other: Finding) -> bool:
    """Whether two findings say the same, however the values were written or stored."""
    said = [_before(finding) for finding in (one, other)]
    return said[0] == said[1] or len({json.dumps(asdict(b), sort_keys=True) for b in said}) == 1


def _before(finding: Finding) -> Before:
    """What makes a finding what it is: never its words, its evidence or its age."""
    return Before(finding.verdict, finding.severity, finding.expected, finding.found)


def _reason(known: Finding, now: Finding | None) -> str:
    """Why a violation that was looked for is no more."""
    if now is None:
        return "gone"
    if known.expectation and now.expectation != known.expectation:
        return "expectation_changed"
    return "not_applicable" if now.verdict is Verdict.NOT_APPLICABLE else "fixed"
