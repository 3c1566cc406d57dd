"""What a probe expects of one resource: which values count for it, and from which line each is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from auditor.answer import Item, Place
from auditor.baseline import Baseline
from auditor.belonging import Belonging, Belongings
from auditor.compose import unsaid
from auditor.errors import UserError
from auditor.explain import settings_of
from auditor.inventory import Inventory, place_of
from auditor.probe import Probe, Scope
from auditor.query import Query, closure
from auditor.resources import Resource, describe
from auditor.settings import groups_of, unit_of

Probes = Iterable[Probe[Any, Any]]


class NoSuchResourceError(UserError):
    """A resource that no chosen probe judges, or that was not seen."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A resource as a probe's subject, and where it belongs."""

    probe: Probe[Any, Any]
    resource: Resource
    belonging: Belonging


def subject_queries(probes: Probes) -> tuple[Query[Any], ...]:
    """What must be asked to know the probes' subjects and their tags, and nothing else."""
    return closure(query for probe in probes for query in probe.subjects)


def look_up(
    wanted: str, probes: Probes, baseline: Baseline, inventories: Iterable[Inventory]
) -> list[Seen]:
    """The resource named by ARN, id or name, as each probe's subject.

    Raises `NoSuchResourceError` where it is none, or was not among what could be read.
    """
    probes, inventories = tuple(probes), tuple(inventories)
    seen = [
        Seen(probe, resource, Belongings(inventory, probe, baseline)(item, item.place, resource))
        for inventory in inventories
        for probe in probes
        for item, resource in _subjects(inventory, probe)
        if wanted in (resource.arn, resource.id, resource.name)
    ]
    if not seen:
        ids = ", ".join(probe.id for probe in probes)
        message = f"{wanted} was not found among what {ids} judges"
        unread = dict.fromkeys(said for one in inventories for said in _unread(one, probes))
        if unread:
            message += f", of which not all was seen: {'; '.join(unread)}"
        raise NoSuchResourceError(message)
    return seen


def _subjects(inventory: Inventory, probe: Probe[Any, Any]) -> Iterator[tuple[Item, Resource]]:
    for query, place in _lists(inventory, probe):
        for item in inventory.items(query, place):
            yield item, describe(inventory, item)


def _unread(inventory: Inventory, probes: Probes) -> Iterator[str]:
    """What keeps the lists of subjects from being whole."""
    for probe in probes:
        for query, place in _lists(inventory, probe):
            yield from map(unsaid, inventory.refusals(query, place))


def _lists(inventory: Inventory, probe: Probe[Any, Any]) -> Iterator[tuple[Query[Any], Place]]:
    """Where the subjects of a probe stand."""
    if isinstance(probe.subject, Scope):
        return
    for query in probe.subjects:
        for place in dict.fromkeys(place_of(query, place) for place in inventory.places):
            yield query, place


def explained_for(seen: Seen, baseline: Baseline) -> Iterator[str]:
    """What counts for a resource, for a person."""
    probe, belonging = seen.probe, seen.belonging
    yield f"{probe.id}, for {seen.resource.arn or seen.resource.id}"
    if belonging.unread:
        operations = sorted({refusal.operation for refusal in belonging.unread})
        yield f"  Its tags could not be read ({', '.join(operations)}): what counts is unknown."
        return
    yield f"  environment: {belonging.environment}"
    for number in reversed(belonging.workloads):
        entry = baseline.content.workloads[number]
        line = baseline.file.line(("workloads", number))
        why = f": {entry.reason}" if entry.reason else ""
        yield f"  workload: {baseline.file.name}, line {line}{why}"
    yield from _values(seen, baseline)


def _values(seen: Seen, baseline: Baseline) -> Iterator[str]:
    probe, belonging = seen.probe, seen.belonging
    fields = {group.name: name for name, group in groups_of(probe.settings).items()}
    where = (belonging.environment, belonging.workloads)
    settings: Any = baseline.settings(probe, *where)
    for section, name, model in settings_of(probe):
        holder = getattr(settings, fields[section]) if section in fields else settings
        unit = unit_of(model.model_fields[name])
        value = json.dumps(getattr(holder, name)) + (f" {unit}" if unit else "")
        yield f"  {section}.{name}: {value}  ({baseline.origin(section, name, *where)})"
