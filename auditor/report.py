"""Coverage, findings and summary of one run; its JSON is a public format with a schema.

The dataclasses here and in `finding` are the format: the JSON Schema is generated from them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from auditor import __version__
from auditor.answer import Why
from auditor.finding import Finding
from auditor.waivers import WaiverUse

SCHEMA_VERSION = "1.0"


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
    """What the run was to look at."""

    partition: str = ""
    accounts: list[str] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)
    probes: list[str] = field(default_factory=list)


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


@dataclass(slots=True)
class Coverage:
    """What was looked at and what was not."""

    complete: bool = True
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


@dataclass(slots=True)
class Report:
    """One run's report: the whole document."""

    schema_version: str
    tool: Tool
    run: Run
    scope: Scope
    errors: list[Error]
    coverage: Coverage
    waivers: list[WaiverUse]
    summary: Summary
    findings: list[Finding]
