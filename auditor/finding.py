"""The verdict of one probe on one subject, or on one part of it, and its lasting id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

from auditor.answer import Place
from auditor.probe import Severity, Verdict
from auditor.query import JSON
from auditor.resources import Related, Resource


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verdict rests on: the operation, what it was asked about, what it said.

    Where the judgement worked something out of several answers, `operation` is `judgement` and
    `subject` the name of the value.
    """

    operation: str
    place: str
    subject: str = ""
    value: JSON = None


@dataclass(frozen=True, slots=True)
class Fix:
    """How to mend a violation: in words, as one shell-quoted command, as a template fragment."""

    text: str
    cli: str = ""
    cloudformation: str = ""


@dataclass(frozen=True, slots=True)
class Waiver:
    """Who accepted a finding, why, and until which day."""

    reason: str
    owner: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedBy:
    """The event that made a drift, as CloudTrail's event history has it: evidence, and no more.

    `answer` says whether one was found. `sure` is `likely` where the call is of those that change
    what the probe looks at, and `possible` where it is the latest one that changed anything of the
    resource. `note` says why none is named, or what keeps it from being surer. `principal` is who
    stands behind the credentials, `session` the name that a role's session was given, `source` an
    address or the AWS service that called in the principal's name.
    """

    answer: Literal["found", "not_found", "refused", "not_asked"]
    sure: Literal["", "likely", "possible"] = ""
    note: str = ""
    event_id: str = ""
    event_name: str = ""
    time: datetime | None = None
    principal: str = ""
    session: str = ""
    source: str = ""
    agent: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One verdict; the fields of a report's `findings`, in their order.

    `expectation` is a digest of the settings that counted. `state` (new, persisting, changed or
    reopened), `first_seen` and `last_seen` are there for violations that were compared with an
    earlier report; `changed_by` for drifts, where it was asked who made them.
    """

    id: str
    probe: str
    title: str
    part: str
    verdict: Verdict
    code: str
    note: str
    severity: Severity
    account: str
    region: str
    environment: str
    resource: Resource
    message: str
    expected: JSON
    found: JSON
    evidence: tuple[Evidence, ...] = ()
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    sources: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    waiver: Waiver | None = None
    expectation: str = ""
    state: str = ""
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    changed_by: ChangedBy | None = None


def finding_id(place: Place, probe: str, subject: str, part: str) -> str:
    """The same finding has the same id in every run, format and machine.

    A digest of partition, account, region, the probe's first name, the subject's longest-lived
    name and the part: never of words, severity, time or order. 32 hexadecimal digits.
    """
    parts = (place.partition, place.account, place.region, probe, subject, part)
    return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
