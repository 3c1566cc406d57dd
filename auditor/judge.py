"""Inventory x probes x expectations -> findings; pure: the same input gives the same output.

The only place where `Unanswered` is caught, and where a probe's bug becomes an error of the tool.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from auditor.answer import Item, Place, Refusal, Unanswered, Vanished, lacks_key
from auditor.belonging import Belonging, Belongings, Expectations
from auditor.compose import Compose, Outcome, Target
from auditor.facts import Facts
from auditor.finding import Finding
from auditor.inventory import Inventory, place_of
from auditor.probe import Probe, Remark, Scope, Verdict
from auditor.query import Query, Shape, closure
from auditor.resources import Resource, describe
from auditor.settings import Settings


@dataclass(frozen=True, slots=True)
class ToolError:
    """A bug, met by a probe or a comparison on one subject: loud, and never a verdict."""

    probe: str
    place: str
    subject: str
    error: str


@dataclass(frozen=True, slots=True)
class Gone:
    """A subject that vanished while it was looked at: no finding, and nothing resolved."""

    probe: str
    place: Place
    subject: str


@dataclass(slots=True)
class Judgement:
    """All that came of judging one inventory."""

    findings: list[Finding] = field(default_factory=list)
    errors: list[ToolError] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    unknown: dict[Refusal, list[str]] = field(default_factory=dict)
    """What each refusal kept from being known: ids of findings."""
    places: dict[Place, None] = field(default_factory=dict)
    """Where it was looked, in order."""
    incomplete: dict[Place, set[str]] = field(default_factory=dict)
    """Probes that may have missed a subject there: what they do not name may still be there."""
    recorded: dict[Place, tuple[str, ...]] = field(default_factory=dict)
    """The kinds of resources that were compared with the recorded state there."""
    notes: list[str] = field(default_factory=list)
    """What else there is to say of how it was judged."""

    def complain(self, source: str, place: Place, subject: str, error: Exception) -> None:
        """Keep a bug, and that for it the source may have missed something in that place."""
        self.incomplete.setdefault(place, set()).add(source)
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        where = f" ({frame.tb_frame.f_code.co_name}, line {frame.tb_lineno})" if frame else ""
        said = f"{type(error).__name__}: {error}{where}"
        self.errors.append(ToolError(source, str(place), subject, said))


def judge(
    inventory: Inventory, probes: Iterable[Probe[Any, Any]], expectations: Expectations
) -> Judgement:
    """Every probe's verdict on each of its subjects, in the order of probes and answers."""
    result = Judgement()
    for place in inventory.places:
        result.places |= {place.world: None, place: None}
    for probe in probes:
        _Bench(inventory, probe, expectations, result).judge()
    _refuse_twins(result)
    return result


def _refuse_twins(result: Judgement) -> None:
    """Two findings of one id would be one ticket for two things: an error of the probe."""
    seen: set[str] = set()
    for finding in result.findings:
        if finding.id in seen:
            where = f"{finding.account}/{finding.region}"
            message = "two subjects of this probe have the same lasting name"
            result.errors.append(ToolError(finding.probe, where, finding.resource.id, message))
        seen.add(finding.id)


class _Bench:
    """One probe at work on one inventory."""

    def __init__(
        self,
        inventory: Inventory,
        probe: Probe[Any, Any],
        expectations: Expectations,
        result: Judgement,
    ) -> None:
        self.inventory, self.probe, self.expectations = inventory, probe, expectations
        self.result = result
        self.allowed = frozenset(closure((*probe.subjects, *probe.needs)))
        self.compose = Compose(probe)
        self.belongings = Belongings(inventory, probe, expectations)
        self.settings: dict[tuple[str, tuple[int, ...]], tuple[Settings, str]] = {}

    def judge(self) -> None:
        for target in self._targets():
            belonging = self.belongings(target.item, target.place, target.resource)
            unread = belonging.unread
            for part, judgement in self.probe.judgements():
                try:
                    if target.refusals or unread:
                        outcome = Outcome(refusals=target.refusals or unread)
                    else:
                        outcome = self._hear(target, judgement, belonging)
                    lost = unread and not target.refusals
                    shown = "unknown" if lost else belonging.environment
                    self._keep(self.compose(target, part, shown, outcome), outcome)
                except Vanished:
                    self._missed(target.place)
                    self.result.gone.append(Gone(self.probe.id, target.place, target.key))
                except Exception as error:  # noqa: BLE001 - a probe's bug must be loud and must not end the run
                    self.result.complain(self.probe.id, target.place, target.key, error)

    def _hear(
        self, target: Target, judgement: Callable[..., Iterator[Remark]], belonging: Belonging
    ) -> Outcome:
        """What one judgement has to say; raises `Vanished` where there is nothing to judge."""
        environment = belonging.environment
        facts = Facts(self.inventory, target.place, target.item, self.allowed, environment)
        expected, digest = self._expected(belonging)
        outcome = Outcome(facts=facts, expectation=digest)
        try:
            subject = self.inventory.read(target.item) if target.item else target.place
            for remark in judgement(subject, facts, expected):
                outcome.remarks.append(remark)
        except Unanswered as unanswered:
            outcome.refusals = unanswered.refusals
        return outcome

    def _keep(self, finding: Finding, outcome: Outcome) -> None:
        self.result.findings.append(finding)
        if finding.verdict is Verdict.UNKNOWN:
            for refusal in outcome.refusals:
                self.result.unknown.setdefault(refusal, []).append(finding.id)

    def _missed(self, place: Place) -> None:
        self.result.incomplete.setdefault(place, set()).add(self.probe.id)

    def _expected(self, belonging: Belonging) -> tuple[Settings, str]:
        name = (belonging.environment, belonging.workloads)
        if name not in self.settings:
            settings = self.expectations.settings(self.probe, *name)
            digest = sha256(settings.model_dump_json().encode()).hexdigest()[:16]
            self.settings[name] = (settings, digest)
        return self.settings[name]

    # -- what there is to judge -------------------------------------------------------------------

    def _targets(self) -> Iterator[Target]:
        subject = self.probe.subject
        places = dict.fromkeys(self.inventory.places)
        if isinstance(subject, Scope):
            if subject is Scope.ACCOUNT:
                places = dict.fromkeys(place.world for place in places)
            for place in places:
                yield Target(place, None, _place_resource(place), "")
            return
        for query in self.probe.subjects:
            for place in dict.fromkeys(place_of(query, place) for place in places):
                yield from self._items(query, place)

    def _items(self, query: Query[Shape], place: Place) -> Iterator[Target]:
        for item in self.inventory.items(query, place):
            if _nameless(item):
                self._missed(place)
            yield Target(place, item, describe(self.inventory, item), _kind_and_name(item))
        unlisted: dict[str, Target] = {}
        for refusal in self.inventory.refusals(query, place):
            self._missed(place)
            target = self._unlisted(query, place, refusal)
            unlisted.setdefault(target.key, target)
        yield from unlisted.values()

    def _unlisted(self, query: Query[Shape], place: Place, refusal: Refusal) -> Target:
        """The items that could not be listed, as one subject: of a place, or of their parent."""
        parent = None
        if query.of is not None and refusal.query == query.id and refusal.subject:
            above = place_of(query.of, place)
            parent = self.inventory.by_ids(query.of, above).get(refusal.subject)
        if parent is None:
            resource = Resource(query.type, "*", name=f"every {query.type or query.call}")
            return Target(place, None, resource, f"{query.id}/*", (refusal,))
        key = f"{lasting_key(parent)}/{query.id}/*"
        return Target(place, parent, describe(self.inventory, parent), key, (refusal,))


def _nameless(item: Item) -> bool:
    """Whether an item, or one above it, does not say by what name its findings are known."""
    lasting = item.query.lasting
    data = item.data if isinstance(item.data, dict) else {}
    named = isinstance(data.get(lasting, ""), str | int) and not lacks_key(item.query, item.data)
    return not named or (item.parent is not None and _nameless(item.parent))


def lasting_key(item: Item) -> str:
    """The longest-lived name of an item: the lasting names of its parents and its own.

    A key that is an ARN stands for itself; all others count within their parent, and their slashes
    are escaped, for `a` in `b/c` is not `c/a` in `b`.
    """
    fields = item.query.lasting
    data = item.data if isinstance(item.data, dict) else {}
    own = str(data.get(fields, item.key)) if fields else item.key
    if item.parent is None or own.startswith("arn:"):
        return own
    escaped = own.replace("%", "%25").replace("/", "%2F")
    return f"{lasting_key(item.parent)}/{escaped}"


def _kind_and_name(item: Item) -> str:
    """The subject of a finding: a group and a template may have one name."""
    name = lasting_key(item)
    return name if name.startswith("arn:") else f"{item.query.type}/{name}"


def _place_resource(place: Place) -> Resource:
    if place.region:
        return Resource("AWS::Region", place.region, name=place.region)
    arn = f"arn:{place.partition}:iam::{place.account}:root"
    return Resource("AWS::Account", place.account, arn, place.account)
