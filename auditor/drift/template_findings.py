"""Drift from the templates of deployed stacks as findings, as those of probes.

A finding stands where its stack stands, and its id rests on the stack's name and the logical id:
what the stack replaces stays the same finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from hashlib import sha256
from itertools import islice

from auditor.answer import Place
from auditor.baseline import Baseline
from auditor.compose import unsaid
from auditor.drift.compare import Kind
from auditor.drift.comparison import Against
from auditor.drift.declarable import StackRead, Templates
from auditor.drift.declared import against
from auditor.drift.findings import MOST_NAMED, NOT_THERE, THERE, VERDICTS, named
from auditor.drift.free import is_free, severity_of
from auditor.drift.lookup import Lookup
from auditor.finding import Evidence, Finding, Fix, finding_id
from auditor.inventory import Inventory
from auditor.judge import Judgement
from auditor.probe import Verdict
from auditor.query import JSON
from auditor.recording.normal import canonical
from auditor.recording.recordable import TEMPLATED
from auditor.resources import Resource, Stack
from auditor.settings import Group, Settings
from auditor.workloads import Kin, belonging

TITLE = "Resources are as the templates of their stacks declare"
FIX = (
    "Put it back as its template declares it: undo the change, or change the template and deploy it"
    " if the change was meant."
)
NOT_COMPARED = "not compared"
MOST_LEFT = 30
"""Paths without comparison that the evidence of a finding names; the note counts all of them."""


def judge_templates(
    inventory: Inventory, templates: Templates, baseline: Baseline, judgement: Judgement
) -> None:
    """Add to a judgement what differs from the templates of deployed stacks."""
    lookup = Lookup(inventory, templates)
    reads: list[StackRead] = []
    for place in dict.fromkeys(inventory.places):
        expected = partial(_expected, baseline, templates.settings, place.account)
        reads += templates.read(templates, inventory, place, lookup, expected)
        reads += _unlisted(inventory, templates, place)
    left: dict[Place, Counter[str]] = {}
    free = partial(is_free, baseline.content.templates)
    elsewhere = inventory.narrowed or bool(inventory.unlisted)
    for one in against(reads, lookup, free, elsewhere=elsewhere):
        _keep(_Composed(one, baseline).finding(), one, judgement)
        counted = left.setdefault(one.stack.place, Counter())
        counted.update(why.rpartition(": ")[2] for why in one.left.values())
    for stack in reads:
        if stack.made is None:
            judgement.incomplete.setdefault(stack.place, set()).add(TEMPLATED)
    judgement.notes += _notes(left)


def _expected(baseline: Baseline, group: type[Group], account: str, of: Resource) -> Settings:
    """What a baseline sets for a stack; it belongs to itself as what it made does.

    Raises `Unanswered` where its tags would have to say it and were not read.
    """
    environment = _environment_of(baseline, of.tags or {}, account)
    kin = Kin((replace(of, stack=Stack(of.name, of.id)),), account, environment)
    return baseline.group(group, environment, belonging(baseline.workloads_of(group), kin))


def _unlisted(inventory: Inventory, templates: Templates, place: Place) -> Iterator[StackRead]:
    """The stacks of a place that were not listed, as one of which nothing is known."""
    refusals = inventory.refusals(templates.stacks, place)
    if refusals:
        kind = templates.stacks.type
        every = Resource(kind, "*", name=f"every {kind}")
        why = "its stacks were not listed to the end"
        yield StackRead(place, Stack("*"), every, made=None, why=why, refusals=refusals)


def _keep(finding: Finding, one: Against, judgement: Judgement) -> None:
    judgement.findings.append(finding)
    if finding.verdict is Verdict.UNKNOWN:
        for refusal in one.drift.refusals:
            judgement.unknown.setdefault(refusal, []).append(finding.id)


def _notes(left: Mapping[Place, Counter[str]]) -> Iterator[str]:
    """How much of what templates declare was not compared, and why, place by place."""
    for place, reasons in left.items():
        if not reasons:
            continue
        said = [f"{why} ({count})" for why, count in reasons.most_common(MOST_NAMED)]
        more = len(reasons) - len(said)
        said += [f"{more} more reasons"] if more else []
        total = reasons.total()
        yield f"{place}: {total} values that templates declare were not compared: {'; '.join(said)}"


def _environment_of(baseline: Baseline, tags: Mapping[str, str], account: str) -> str:
    known = baseline.environment(dict(tags), account) or baseline.environment({}, account)
    return known or baseline.default_environment


class _Composed:
    """One comparison in the words of a finding."""

    def __init__(self, one: Against, baseline: Baseline) -> None:
        self.one, self.drift, self.baseline = one, one.drift, baseline
        self.settings = baseline.content.templates
        self.verdict = self._verdict()

    def finding(self) -> Finding:
        """The finding."""
        drift, place = self.drift, self.drift.place
        expected, found = self._sides()
        return Finding(
            id=finding_id(place, TEMPLATED, f"{drift.type}/{drift.key}", ""),
            probe=TEMPLATED,
            title=TITLE,
            part="",
            verdict=self.verdict,
            code=self._code(),
            note=self._note(),
            severity=severity_of(self.settings, drift.type),
            account=place.account,
            region=place.region,
            environment=self._environment(),
            resource=drift.resource,
            message=self._message(),
            expected=expected,
            found=found,
            evidence=tuple(self._evidence()),
            fix=Fix(FIX) if self.verdict.violates else None,
            expectation=self._expectation(),
        )

    def _verdict(self) -> Verdict:
        nothing_to_say = self.one.why and self.drift.kind is Kind.SAME
        if self.one.stack.exempt or nothing_to_say:
            return Verdict.NOT_APPLICABLE
        return VERDICTS[self.drift.kind]

    def _code(self) -> str:
        if self.verdict.violates:
            return self.drift.kind.value
        if self.verdict is not Verdict.UNKNOWN:
            return ""
        return next((refusal.code for refusal in self.drift.refusals), "template-not-compared")

    def _note(self) -> str:
        """How much was not compared, beside what the verdict says."""
        unread = self.drift.unread if self.verdict.violates else ()
        names = [*unread, *islice(self.one.left, MOST_NAMED)]
        more = len(unread) + len(self.one.left) - len(names)
        names += [f"{more} more"] if more else []
        return f"{NOT_COMPARED}: {', '.join(names)}" if names else ""

    def _sides(self) -> tuple[JSON, JSON]:
        if self.drift.kind is Kind.REMOVED:
            return THERE, NOT_THERE
        changes = self.drift.changes
        if not changes:
            return None, None
        return {c.path: c.expected for c in changes}, {c.path: c.found for c in changes}

    def _message(self) -> str:
        drift = self.drift
        if self.one.why or self.verdict is Verdict.UNKNOWN:
            refused = dict.fromkeys(unsaid(refusal) for refusal in drift.refusals)
            return "; ".join([*([self.one.why] if self.one.why else []), *refused])
        if drift.kind is Kind.REMOVED:
            return "its stack made it, and it is not there any more"
        said = [named(change) for change in drift.changes[:MOST_NAMED]]
        more = len(drift.changes) - len(said)
        said += [f"and {more} more"] if more else []
        return f"it differs from its template: {', '.join(said)}" if said else ""

    def _evidence(self) -> Iterator[Evidence]:
        drift, place = self.drift, str(self.drift.place)
        yield Evidence("cloudformation:GetTemplate", place, drift.key)
        if drift.kind is not Kind.UNKNOWN:
            operation = self.one.operation
            yield Evidence(operation, place, drift.resource.arn or drift.resource.id)
        for change in drift.changes:
            if change.template:
                yield Evidence("CloudFormation", place, change.path, change.template)
        if self.one.left:
            shown: JSON = dict(islice(self.one.left.items(), MOST_LEFT))
            yield Evidence(NOT_COMPARED, place, str(len(self.one.left)), shown)
        for refusal in drift.refusals:
            said = {"refused": refusal.code, "message": refusal.message}
            yield Evidence(refusal.operation, str(refusal.place), "/".join(refusal.subject), said)

    def _environment(self) -> str:
        tags = {**(self.one.stack.resource.tags or {}), **(self.drift.resource.tags or {})}
        return _environment_of(self.baseline, tags, self.drift.place.account)

    def _expectation(self) -> str:
        """A digest of what was compared: where it changes, a finding ends by that."""
        settings = self.settings.model_dump(mode="json")
        said = canonical([self.one.declared, self.one.why, settings])
        return sha256(said.encode()).hexdigest()[:16]
