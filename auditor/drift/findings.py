"""Drift from the recorded state as findings: they pass through the report as those of probes do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from hashlib import sha256

from auditor.answer import Place
from auditor.baseline import Approved, Baseline
from auditor.compose import unsaid
from auditor.drift.compare import AttributeChange, Drift, Kind
from auditor.drift.free import is_free, severity_of
from auditor.drift.recorded import Compared, compared
from auditor.finding import Evidence, Finding, Fix, finding_id
from auditor.inventory import Inventory
from auditor.judge import Judgement
from auditor.probe import Verdict
from auditor.query import JSON
from auditor.recording.file import PlaceRecord
from auditor.recording.normal import canonical
from auditor.recording.recordable import RECORDED

TITLE = "Resources are as they were approved"
FIX = (
    "Put it back as it was approved, by the template that made it where there is one. If the change"
    " was meant, record again with `auditor record` and have the difference reviewed."
)
MOST_NAMED = 6
"""Attributes that a message names; `expected` and `found` hold all of them."""

VERDICTS = {
    Kind.SAME: Verdict.PASS,
    Kind.UNKNOWN: Verdict.UNKNOWN,
    Kind.ADDED: Verdict.DRIFT,
    Kind.REMOVED: Verdict.DRIFT,
    Kind.CHANGED: Verdict.DRIFT,
    Kind.REPLACED: Verdict.DRIFT,
}
THERE, NOT_THERE = "present", "absent"


def judge_recorded(
    inventory: Inventory, approved: Approved, baseline: Baseline, judgement: Judgement
) -> None:
    """Add to a judgement what differs from the recorded state."""
    judgement.notes += _notes(approved, judgement.places)
    for place in judgement.places:
        record = approved.folder.places.get(place)
        if record is None:
            judgement.recorded[place] = ()
            continue
        judgement.recorded[place] = _types(record, approved)
        free = partial(is_free, baseline.content.recorded)
        for one in compared(inventory, record, approved.rows, free, approved.makers):
            if not one.complete:
                judgement.incomplete.setdefault(place, set()).add(RECORDED)
            for drift in one.drifts:
                _keep(_Composed(one, drift, baseline).finding(), drift, judgement)


def _notes(approved: Approved, places: Iterable[Place]) -> Iterator[str]:
    """What of the recorded state this run could not compare, in a sentence each."""
    readable = {row.type for row in approved.rows}
    for type_ in sorted(approved.folder.types - readable):
        yield f"the recorded state holds {type_}, which this version of the tool does not record"
    for place in places:
        if place not in approved.folder.places:
            yield f"nothing is recorded of {place}"


def _types(record: PlaceRecord, approved: Approved) -> tuple[str, ...]:
    """The kinds of a place that are compared."""
    return tuple(row.type for row in approved.rows if row.type in record.content.types)


def _keep(finding: Finding, drift: Drift, judgement: Judgement) -> None:
    judgement.findings.append(finding)
    if finding.verdict is Verdict.UNKNOWN:
        for refusal in drift.refusals:
            judgement.unknown.setdefault(refusal, []).append(finding.id)


class _Composed:
    """One drift in the words of a finding."""

    def __init__(self, of: Compared, drift: Drift, baseline: Baseline) -> None:
        self.of, self.drift, self.baseline = of, drift, baseline

    def finding(self) -> Finding:
        """The finding; its id rests on the recorded name, whatever stands in its place now."""
        drift, place = self.drift, self.drift.place
        verdict = VERDICTS[drift.kind]
        subject = drift.key if drift.key.startswith("arn:") else f"{drift.type}/{drift.key}"
        expected, found = self._sides()
        return Finding(
            id=finding_id(place, RECORDED, subject, ""),
            probe=RECORDED,
            title=TITLE,
            part="",
            verdict=verdict,
            code=self._code(verdict),
            note=self._note(verdict),
            severity=severity_of(self.baseline.content.recorded, drift.type),
            account=place.account,
            region=place.region,
            environment=self._environment(),
            resource=drift.resource,
            message=self._message(verdict),
            expected=expected,
            found=found,
            evidence=tuple(self._evidence(verdict)),
            fix=Fix(FIX) if verdict.violates else None,
            expectation=self._expectation(),
        )

    def _code(self, verdict: Verdict) -> str:
        if verdict.violates:
            return self.drift.kind.value
        return next((refusal.code for refusal in self.drift.refusals), "")

    def _note(self, verdict: Verdict) -> str:
        """What beside a proven difference could not be compared."""
        unread, refusals = self.drift.unread, self.drift.refusals
        if self.drift.kind is Kind.REMOVED and refusals:
            why = "; ".join(dict.fromkeys(unsaid(refusal) for refusal in refusals))
            return f"its stack may have replaced it: {why}"
        return f"not compared: {', '.join(unread)}" if unread and verdict.violates else ""

    def _sides(self) -> tuple[JSON, JSON]:
        match self.drift.kind:
            case Kind.ADDED:
                return NOT_THERE, THERE
            case Kind.REMOVED:
                return THERE, NOT_THERE
        changes = self.drift.changes
        if not changes:
            return None, None
        return {c.path: c.expected for c in changes}, {c.path: c.found for c in changes}

    def _message(self, verdict: Verdict) -> str:
        drift = self.drift
        if verdict is Verdict.PASS:
            return ""
        if verdict is Verdict.UNKNOWN:
            return "; ".join(dict.fromkeys(unsaid(refusal) for refusal in drift.refusals))
        if drift.kind is Kind.ADDED:
            return "it is not in the recorded state"
        if drift.kind is Kind.REMOVED:
            return "it is in the recorded state, and is not there any more"
        said = [named(change) for change in drift.changes[:MOST_NAMED]]
        more = len(drift.changes) - len(said)
        said += [f"and {more} more"] if more else []
        what = "its stack replaced it: " if drift.kind is Kind.REPLACED else "it differs: "
        return what + ", ".join(said)

    def _evidence(self, verdict: Verdict) -> Iterator[Evidence]:
        drift, place = self.drift, str(self.drift.place)
        if verdict is Verdict.PASS:
            yield Evidence(self.of.row.query.operation, place)
            return
        recorded = drift.kind is not Kind.ADDED
        where = self.of.record.line(drift.type, drift.key if recorded else "")
        yield Evidence("recorded state", place, where)
        yield Evidence(self.of.row.query.operation, place, drift.resource.arn or drift.key)
        for change in drift.changes:
            if change.template:
                yield Evidence("CloudFormation", place, change.path, change.template)
        for refusal in drift.refusals:
            said = {"refused": refusal.code, "message": refusal.message}
            yield Evidence(refusal.operation, str(refusal.place), "/".join(refusal.subject), said)

    def _environment(self) -> str:
        resource, account = self.drift.resource, self.drift.place.account
        known = self.baseline
        named = known.environment(dict(resource.tags or {}), account) if resource.tags else None
        return named or known.environment({}, account) or known.default_environment

    def _expectation(self) -> str:
        """A digest of what is approved: where it changes, a finding ends by that."""
        known = self.of.record.content.types[self.drift.type].resources.get(self.drift.key)
        config = known.model_dump(mode="json") if known else None
        settings = self.baseline.content.recorded.model_dump(mode="json")
        return sha256(canonical([config, settings]).encode()).hexdigest()[:16]


def named(change: AttributeChange) -> str:
    """An attribute in the words of the API and, where they are others, of CloudFormation."""
    name = f"{change.path} ({change.template})" if change.template else change.path
    if not change.members:
        return name
    counts = ((change.found, "more"), (change.expected, "less"))
    said = [f"{len(members)} {word}" for members, word in counts if members]
    return f"{name}: {' and '.join(said)}"
