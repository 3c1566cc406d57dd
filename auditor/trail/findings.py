"""Which findings CloudTrail is asked about, and what its answers say of each; pure.

What is found is evidence beside a verdict that stands already: it changes no verdict and no id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import cast

from auditor.answer import Answer, Item, Place, Refusal, Unanswered
from auditor.drift.compare import Kind
from auditor.finding import ChangedBy, Finding
from auditor.inventory import Inventory
from auditor.probe import Verdict
from auditor.recording.recordable import SOURCES, TAGS
from auditor.report import Report, Run
from auditor.resources import Resource
from auditor.trail.events import Event
from auditor.trail.names import is_of, names_of, regions_of

HELD = timedelta(days=90)
"""How far back the event history goes (API reference, `LookupEvents`)."""

CUT_SHORT = "MoreEvents"
"""The code of a refusal of our own: there were more events than are read."""

VERSION = re.compile(r"(?:v\d+|[\d_]+(?:v\d+)?)$")
"""What older APIs append to the names of their events (`UpdateFunctionCode20150331v2`)."""

Changes = Mapping[str, tuple[str, ...]]
"""Probe -> the calls that change what it looks at; for drift from what was approved or declared,
kind and attribute, or what became of the resource (`AWS::IAM::Role/Tags`, `.../added`, `.../*`)."""


BECAME: Mapping[str, tuple[str, ...]] = {
    Kind.ADDED: (Kind.ADDED,),
    Kind.REMOVED: (Kind.REMOVED,),
    Kind.REPLACED: (Kind.ADDED, Kind.REMOVED),
}
"""What the code of a drift says became of the resource, where that is made or removed."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A resource that drifted, and where and under which names its events may be.

    `until` is when the last of its findings was first seen: later events made none of them.
    """

    partition: str
    account: str
    resource: Resource
    regions: tuple[str, ...]
    names: tuple[str, ...]
    until: datetime
    findings: tuple[Finding, ...]

    def questions(self) -> Iterator[tuple[Place, str]]:
        """Each place and name to ask."""
        for region in self.regions:
            for name in self.names:
                yield Place(self.partition, self.account, region), name


@dataclass(slots=True)
class Heard:
    """What the answers about one resource hold."""

    events: list[tuple[Event, Place]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    unasked: int = 0
    misfits: int = 0


def suspects(report: Report) -> list[Suspect]:
    """The resources to ask about: those that drifted lately first, of these the most severe.

    A finding whose event is known already is not asked about again.
    """
    by_resource: dict[tuple[str, ...], list[Finding]] = {}
    for finding in report.findings:
        if wanted(finding):
            resource = finding.resource
            name = (finding.account, finding.region, resource.type, resource.arn or resource.id)
            by_resource.setdefault(name, []).append(finding)
    groups = sorted(by_resource.values(), key=lambda group: min(map(_urgency, group)))
    return [_suspect(report, tuple(group)) for group in groups]


def wanted(finding: Finding) -> bool:
    """Whether it is still to be told who made a finding."""
    known = finding.changed_by
    return finding.verdict is Verdict.DRIFT and (known is None or known.answer != "found")


def _urgency(finding: Finding) -> tuple[bool, bool, int, str, str, str]:
    waived, known = finding.waiver is not None, finding.state == "persisting"
    rank = finding.severity.rank
    return known, waived, rank, finding.account, finding.region, finding.resource.id


def _suspect(report: Report, group: tuple[Finding, ...]) -> Suspect:
    first, scope = group[0], report.scope
    resource = first.resource
    until = max(seen_at(finding, report.run) for finding in group)
    held = until > report.run.started_at - HELD
    return Suspect(
        partition=scope.partition,
        account=first.account,
        resource=resource,
        regions=regions_of(
            resource, first.region, scope.partition, tuple(filter(None, scope.regions))
        ),
        names=names_of(resource) if held else (),
        until=until,
        findings=group,
    )


def seen_at(finding: Finding, run: Run) -> datetime:
    """When a finding, as it is now, was first seen: its event came before that."""
    first = finding.first_seen
    fresh = finding.state in {"changed", "reopened"}  # they were seen before as something else
    if first is None or fresh or first >= run.started_at:
        return run.finished_at
    return first


# -- what the answers say -------------------------------------------------------------------------


def attach(
    report: Report, asked: Iterable[Suspect], kept: Iterable[Inventory], changes: Changes
) -> Report:
    """The report, in which the findings that were asked about say who made them."""
    answers: dict[Place, Mapping[tuple[str, ...], Answer]] = {}
    for inventory in kept:
        for (_, place), given in inventory.answers.items():
            answers[place] = given
    named: dict[str, ChangedBy] = {}
    for suspect in asked:
        heard = _heard(suspect, answers)
        for finding in suspect.findings:
            named[finding.id] = made_by(finding, suspect, heard, report.run, changes)
    return replace(report, findings=[_with(finding, named) for finding in report.findings])


def attach_kept(report: Report, kept: Iterable[Inventory], changes: Changes) -> Report:
    """As `attach`, of the findings that something was asked about when it was kept."""
    kept = list(kept)
    answered = {
        (place, subject)
        for inventory in kept
        for (_, place), answers in inventory.answers.items()
        for subject in answers
    }
    asked = [
        one
        for one in suspects(report)
        if any((place, (name,)) in answered for place, name in one.questions())
    ]
    return attach(report, asked, kept, changes)


def _with(finding: Finding, named: Mapping[str, ChangedBy]) -> Finding:
    by = named.get(finding.id)
    return replace(finding, changed_by=by) if by else finding


def _heard(suspect: Suspect, answers: Mapping[Place, Mapping[tuple[str, ...], Answer]]) -> Heard:
    heard = Heard()
    seen: set[str] = set()
    for place, name in suspect.questions():
        answer = answers.get(place, {}).get((name,))
        if answer is None:
            heard.unasked += 1
            continue
        if answer.refusal:
            heard.refusals.append(answer.refusal)
        for item in answer.items:
            if item.key not in seen:  # every name of a resource may find the same event
                seen.add(item.key)
                _hear(heard, item)
    return heard


def _hear(heard: Heard, item: Item) -> None:
    try:
        event = cast("Event", item.read())
    except Unanswered:
        heard.misfits += 1
        return
    heard.events.append((event, item.place))


def made_by(
    finding: Finding, suspect: Suspect, heard: Heard, run: Run, changes: Changes
) -> ChangedBy:
    """The event that made a finding, or why none can be named."""
    until = seen_at(finding, run)
    writes = [
        (event, place)
        for event, place in heard.events
        if event.event_time <= until and event.wrote and is_of(event.event_source, finding.resource)
    ]
    calls = calls_of(finding, changes)
    telling = [found for found in writes if _tells(found[0], calls)]
    if not writes:
        return _nothing(suspect, heard, until, run)
    event, place = max(telling or writes, key=_age)
    doubt = _doubt(heard)
    by = event.by
    return ChangedBy(
        answer="found",
        sure="likely" if telling and not doubt else "possible",
        note=doubt,
        event_id=event.event_id,
        event_name=event.event_name,
        time=event.event_time,
        principal=by.principal,
        session=by.session if by.principal else event.username,
        source=by.source,
        agent=by.agent,
        region=by.region or place.region,
    )


def calls_of(finding: Finding, changes: Changes) -> tuple[str, ...]:
    """The calls that change what a finding is about."""
    if finding.probe not in SOURCES:
        return changes.get(finding.probe, ())
    kind = finding.resource.type
    named = [f"{kind}/{became}" for became in BECAME.get(finding.code, ())]
    found = [call for name in named for call in changes.get(name, ())]
    for path in finding.expected if isinstance(finding.expected, Mapping) else ():
        attribute = str(path).partition(".")[0]
        own = changes.get(f"{kind}/{attribute}")
        rest = () if attribute == TAGS else changes.get(f"{kind}/*", ())
        found += rest if own is None else own
    return tuple(dict.fromkeys(found))


def _age(found: tuple[Event, Place]) -> tuple[datetime, str]:
    return found[0].event_time, found[0].event_id


def _tells(event: Event, names: tuple[str, ...]) -> bool:
    return event.by.readable and VERSION.sub("", event.event_name) in names


def _refused(heard: Heard) -> str:
    """What kept a later event from being seen; that there are more of the older ones does not."""
    codes = sorted({one.code for one in heard.refusals if one.code != CUT_SHORT})
    if codes:
        return f"not everything was answered: {', '.join(codes)}"
    return f"{heard.misfits} events could not be read" if heard.misfits else ""


def _doubt(heard: Heard) -> str:
    return _refused(heard) or ("not every name was asked for" if heard.unasked else "")


def _nothing(suspect: Suspect, heard: Heard, until: datetime, run: Run) -> ChangedBy:
    if until <= run.started_at - HELD:
        return ChangedBy(answer="not_found", note="first seen before the 90 days that are held")
    if not suspect.names or not suspect.regions:
        return ChangedBy(answer="not_asked", note="no event names what is judged here")
    refused = _refused(heard)
    if refused:
        return ChangedBy(answer="refused", note=refused)
    if heard.unasked:
        return ChangedBy(answer="not_asked", note="left out; the coverage says why")
    latest = "not among the latest events that name it" if heard.refusals else ""
    return ChangedBy(answer="not_found", note=latest or "not found in the 90 days")
