"""From what a judgement had to say to one finding: verdict, words, evidence and fix.

The engine stamps account, region, subject, environment and evidence; a probe cannot forget them.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from auditor.answer import Item, Place, Refusal, Why
from auditor.facts import Facts
from auditor.finding import Evidence, Finding, Fix, finding_id
from auditor.probe import Probe, Remark, Severity, Verdict
from auditor.query import JSON
from auditor.resources import Related, Resource

DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""The fast one, where the YAML library was built with it; both write the same."""

LONGEST_VALUE = 1500
"""Characters of an answer that evidence repeats; the whole answer is in the inventory."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is judged: an item, a whole place, or the place of items that could not be listed."""

    place: Place
    item: Item | None
    resource: Resource
    key: str
    refusals: tuple[Refusal, ...] = ()


@dataclass(slots=True)
class Outcome:
    """What was heard of one judgement: its remarks, and what kept it from saying more."""

    remarks: list[Remark] = field(default_factory=list)
    refusals: tuple[Refusal, ...] = ()
    facts: Facts | None = None
    expectation: str = ""

    @property
    def verdict(self) -> Verdict:
        """A proven violation stands; else what was refused makes it unknown."""
        said = [remark.verdict for remark in self.remarks]
        if any(verdict.violates for verdict in said):
            return self.worst.verdict
        if self.refusals or Verdict.UNKNOWN in said:
            return Verdict.UNKNOWN
        return Verdict.NOT_APPLICABLE if Verdict.NOT_APPLICABLE in said else Verdict.PASS

    @property
    def worst(self) -> Remark:
        """The violation that names the finding: the most severe, the first of equals."""
        violations = [remark for remark in self.remarks if remark.verdict.violates]
        return min(violations, key=lambda remark: (remark.severity or Severity.LOW).rank)


class Compose:
    """Makes the findings of one probe."""

    def __init__(self, probe: Probe[Any, Any]) -> None:
        self.probe = probe
        self.title, self.fix_text = probe.title, probe.fix

    def __call__(self, target: Target, part: str, environment: str, outcome: Outcome) -> Finding:
        """The finding of one part of one target."""
        probe, place = self.probe, target.place
        outcome.remarks = [self._graded(remark) for remark in outcome.remarks]
        verdict = outcome.verdict
        telling = [r for r in outcome.remarks if _tells(r.verdict, verdict)]
        worst = outcome.worst if verdict.violates else None
        return Finding(
            id=finding_id(place, probe.first_id, target.key, part),
            probe=probe.id,
            title=self.title,
            part=part,
            verdict=verdict,
            code=_code(worst, telling, outcome.refusals),
            note="; ".join(r.message for r in outcome.remarks if r.verdict is Verdict.PASS),
            severity=worst.severity or probe.severity if worst else probe.severity,
            account=place.account,
            region=place.region,
            environment=environment,
            resource=target.resource,
            message=_message(verdict, telling, outcome.refusals),
            expected=_merged(r.expected for r in telling),
            found=_merged(r.found for r in telling),
            evidence=tuple(_evidence(verdict, telling, outcome)),
            related=_distinct(rel for r in outcome.remarks for rel in r.related),
            fix=self._fix(target, worst) if worst else None,
            sources=probe.sources,
            references=probe.references,
            expectation=outcome.expectation,
        )

    def _graded(self, remark: Remark) -> Remark:
        return remark if remark.severity else replace(remark, severity=self.probe.severity)

    def _fix(self, target: Target, remark: Remark) -> Fix:
        named = (target.resource, *(related.resource for related in remark.related))
        cli = _no_options_from(named, remark.cli)
        if cli and target.place.region and "--region" not in cli:
            cli += ["--region", target.place.region]
        return Fix(self.fix_text, shlex.join(cli), _template(target, remark.cloudformation))


def _no_options_from(resources: Iterable[Resource], cli: Iterable[str]) -> list[str]:
    """The command, in which no name out of the account can pass for an option.

    An alarm may be called `--no-verify-ssl`: it is tied to its option by `=`. Where it follows no
    option there is no safe way to write it, and no command is given.
    """
    names = {name for r in resources for name in (r.id, r.name, r.arn)}
    safe: list[str] = []
    for word in cli:
        if not (word.startswith("-") and word in names):
            safe.append(word)
        elif safe and safe[-1].startswith("--") and "=" not in safe[-1]:
            safe[-1] = f"{safe[-1]}={word}"
        else:
            return []
    return safe


def _tells(said: Verdict, verdict: Verdict) -> bool:
    """Whether a remark bears the verdict; gaps and drifts bear each other."""
    return said is verdict or (said.violates and verdict.violates)


def _code(worst: Remark | None, telling: list[Remark], refusals: tuple[Refusal, ...]) -> str:
    if worst:
        return worst.code
    codes = [remark.code for remark in telling if remark.code]
    return codes[0] if codes else next((refusal.code for refusal in refusals), "")


def _message(verdict: Verdict, telling: list[Remark], refusals: tuple[Refusal, ...]) -> str:
    if verdict is Verdict.PASS:
        return ""
    said = [remark.message for remark in telling if remark.message]
    if verdict is Verdict.UNKNOWN and refusals:
        said += dict.fromkeys(unsaid(refusal) for refusal in refusals)
    return "; ".join(said)


def unsaid(refusal: Refusal) -> str:
    """What keeps something from being known, in a sentence."""
    if refusal.why is Why.NOT_COLLECTED:
        return f"not collected: {refusal.operation} in {refusal.place}"
    if refusal.why is Why.OUT_OF_TIME:
        return f"no time was left for {refusal.operation} in {refusal.place}"
    grant = f"; grant {', '.join(refusal.actions)}" if refusal.why is Why.DENIED else ""
    return f"AWS would not say: {refusal.operation} answered {refusal.code}{grant}"


def _merged(values: Iterable[JSON]) -> JSON:
    """The one value that remarks name, or the list of them."""
    named = [value for value in values if value is not None]
    return named[0] if len(named) == 1 else named or None


def _distinct(related: Iterable[Related]) -> tuple[Related, ...]:
    """Each related resource once in each role."""
    return tuple({(r.role, r.resource.arn or r.resource.id): r for r in related}.values())


def _evidence(verdict: Verdict, telling: list[Remark], outcome: Outcome) -> Iterator[Evidence]:
    """What the verdict rests on; of a verdict that asks for nothing, only which questions."""
    shown = verdict.violates or verdict is Verdict.UNKNOWN
    place = str(outcome.facts.place) if outcome.facts else ""
    for remark in telling:
        for name, value in remark.evidence.items():
            yield Evidence("judgement", place, name, value)
    reads: dict[tuple[str, str, str], JSON] = {}
    for read in outcome.facts.reads if outcome.facts else ():
        subject = "/".join(read.subject) if shown else ""
        reads.setdefault((read.query.operation, str(read.place), subject), read.value)
    for (operation, at, subject), value in reads.items():
        yield Evidence(operation, at, subject, _short(value) if shown else None)
    for refusal in outcome.refusals:
        said = {"refused": refusal.code, "message": refusal.message}
        yield Evidence(refusal.operation, str(refusal.place), "/".join(refusal.subject), said)


def _short(value: JSON) -> JSON:
    """A value that is small enough to repeat in every finding that rests on it."""
    size = len(json.dumps(value))
    return value if size <= LONGEST_VALUE else f"({size} characters, in the inventory)"


def _template(target: Target, fragment: Mapping[str, JSON] | None) -> str:
    """A template fragment for the resource, by a serializer: nothing is pasted into text."""
    if fragment is None:
        return ""
    stack = target.resource.stack
    name = stack.logical_id if stack and stack.logical_id else "Resource"
    whole = "Type" in fragment
    body = dict(fragment) if whole else {"Type": target.resource.type, "Properties": dict(fragment)}
    resource = {"Resources": {name if not whole else "Added": body}}
    apart = json.loads(json.dumps(resource))  # CloudFormation takes no YAML aliases
    return str(yaml.dump(apart, Dumper=DUMPER, sort_keys=False, allow_unicode=False))
