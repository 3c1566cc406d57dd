"""Coverage, findings and summary of one run; its JSON is a public format with a schema.

The dataclasses here and in `finding` are the format: the JSON Schema is generated from them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from auditor import __version__
from auditor.answer import Why
from auditor.finding import Finding
from auditor.probe import Severity, Verdict
from auditor.query import JSON
from auditor.waivers import WaiverUse

SCHEMA_VERSION = "1.1"


@dataclass(frozen=True, slots=True)
class Tool:
    """What made the report."""

    name: str = "aws-live-auditor"
    version: str = __version__


@dataclass(frozen=True, slots=True)
class BaselineUsed:
    """Which expectations counted: an empty path is the shipped baseline."""

    path: str
    digest: str


@dataclass(slots=True)
class Run:
    """One run of the auditor."""

    id: str
    started_at: datetime
    finished_at: datetime
    baseline: BaselineUsed


@dataclass(slots=True)
class Scope:
    """What the run was to look at; `every_region` where no regions were named.

    `named_probes` are the patterns by which probes were named; none where all were meant.
    """

    partition: str = ""
    accounts: list[str] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)
    probes: list[str] = field(default_factory=list)
    every_region: bool = False
    named_probes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shown:
    """Which findings a document holds: with these verdicts, at least this severe; else all.

    Everything else in it, the counts as well, is of the whole run.
    """

    verdicts: tuple[str, ...] = ()
    severity: str = ""

    @property
    def options(self) -> str:
        """The options that narrowed it, as they are written; nothing where it is whole."""
        severity = (f"--severity {self.severity}",) if self.severity else ()
        return " ".join((*(f"--only {verdict}" for verdict in self.verdicts), *severity))

    def holds(self, finding: Finding) -> bool:
        """Whether a finding is among them."""
        if self.verdicts and finding.verdict.value not in self.verdicts:
            return False
        return not self.severity or finding.severity.at_least(Severity(self.severity))


@dataclass(frozen=True, slots=True)
class Error:
    """A fault of the tool or of the way it was called, for one probe, place or account."""

    where: str
    message: str


@dataclass(slots=True)
class OperationUse:
    """What asking one operation took, over all places."""

    operation: str
    calls: int = 0
    pages: int = 0
    answered: int = 0
    refused: int = 0
    retried: int = 0


@dataclass(frozen=True, slots=True)
class RefusalSeen:
    """One question that AWS did not answer, and what that kept from being known.

    `grant` names the IAM actions that would let it be answered, where that is the reason;
    `accepted` the reason of the baseline's blind spot that covers it.
    """

    account: str
    region: str
    operation: str
    why: Why
    code: str
    message: str
    subject: str
    grant: tuple[str, ...]
    made_unknown: tuple[str, ...]
    accepted: str


@dataclass(frozen=True, slots=True)
class NotOffered:
    """Operations that a region does not have: nothing can be there."""

    operation: str
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A region, account or item that was not looked at, and why."""

    account: str
    region: str
    subject: str
    why: str


@dataclass(frozen=True, slots=True)
class Looked:
    """An account and region that all probes of the scope looked at; no region is account-wide.

    `incomplete` names the probes that may have missed a subject there (a list that was refused or
    broke off, a resource that vanished, a fault of the probe): what they do not report may still
    be there. `recorded` names the kinds of resources that were compared with the recorded state.
    """

    account: str
    region: str
    incomplete: tuple[str, ...] = ()
    recorded: tuple[str, ...] = ()


@dataclass(slots=True)
class Coverage:
    """What was looked at and what was not."""

    complete: bool = True
    places: list[Looked] = field(default_factory=list)
    operations: list[OperationUse] = field(default_factory=list)
    refusals: list[RefusalSeen] = field(default_factory=list)
    not_offered: list[NotOffered] = field(default_factory=list)
    vanished: list[Skipped] = field(default_factory=list)
    regions_skipped: list[Skipped] = field(default_factory=list)
    accounts_skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Summary:
    """Counts of findings; waived ones are counted apart and in no other count of violations."""

    findings: int = 0
    waived: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)
    severities: dict[str, int] = field(default_factory=dict)
    probes: dict[str, dict[str, int]] = field(default_factory=dict)
    environments: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Previous:
    """What a run was compared with: the latest run of it, and how many findings were open.

    Those of probes that the run was not to ask are not counted.
    """

    run: str
    started_at: datetime
    open: int


@dataclass(frozen=True, slots=True)
class Resolved:
    """A finding as it was last seen, and why it is no more.

    `reason` is fixed, gone, not_applicable, expectation_changed (the baseline asks for something
    else now) or retired (somebody said that it will not be looked at again).
    """

    finding: Finding
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Unverified:
    """A finding as it was last seen, that could not be looked at since; it stays open."""

    finding: Finding
    since: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Untouched:
    """What is open of probes that the run was not to ask, just as an earlier run left it."""

    findings: list[Finding] = field(default_factory=list)
    unverified: list[Unverified] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is remembered of a resolved finding, so that its return is known."""

    id: str
    probe: str
    account: str
    region: str
    resource: str
    part: str
    first_seen: datetime
    resolved_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Before:
    """What a finding said before it changed."""

    verdict: Verdict
    severity: Severity
    expected: JSON
    found: JSON


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a finding since the last report.

    `kind` is opened, changed, reopened, resolved, unverified, waived or waiver_expired.
    """

    kind: str
    id: str
    reason: str = ""
    before: Before | None = None


@dataclass(slots=True)
class Report:
    """One run's report: the whole document.

    `previous` and all below it are there when the run was compared with an earlier report.
    """

    schema_version: str
    tool: Tool
    run: Run
    scope: Scope
    errors: list[Error]
    coverage: Coverage
    waivers: list[WaiverUse]
    summary: Summary
    findings: list[Finding]
    shown: Shown = Shown()
    previous: Previous | None = None
    changes: list[Change] = field(default_factory=list)
    resolved: list[Resolved] = field(default_factory=list)
    unverified: list[Unverified] = field(default_factory=list)
    untouched: Untouched = field(default_factory=Untouched)
    tombstones: list[Tombstone] = field(default_factory=list)
