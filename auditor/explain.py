"""What there is to say of a probe: its documentation, settings, queries and permissions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from auditor.actions import actions_of
from auditor.baseline import Baseline
from auditor.catalogue import needed
from auditor.probe import Probe, Scope
from auditor.query import JSON
from auditor.settings import ENVIRONMENTS, Settings, groups_of, unit_of


def subject_types(probe: Probe[Any, Any]) -> list[str]:
    """CloudFormation's names of what a probe judges."""
    if isinstance(probe.subject, Scope):
        return [f"the whole {probe.subject.value}"]
    return sorted({query.type or query.call for query in probe.subjects})


def actions(probe: Probe[Any, Any]) -> list[str]:
    """The IAM actions that a probe's queries take."""
    return sorted({action for query in needed([probe]) for action in actions_of(query)})


def settings_of(probe: Probe[Any, Any]) -> Iterator[tuple[str, str, type[Settings]]]:
    """Each setting of a probe: its section in a baseline, its name, and its model."""
    groups = groups_of(probe.settings)
    for name in probe.settings.model_fields:
        if name not in groups:
            yield probe.id, name, probe.settings
    for group in groups.values():
        for name in group.model_fields:
            yield group.name, name, group


def described(probe: Probe[Any, Any]) -> JSON:
    """A probe as JSON: what `auditor probes --format json` lists."""
    return {
        "id": probe.id,
        "title": probe.title,
        "severity": probe.severity.value,
        "parts": list(probe.parts),
        "subjects": subject_types(probe),
        "why": probe.why,
        "fix": probe.fix,
        "sources": list(probe.sources),
        "references": list(probe.references),
        "formerly": list(probe.formerly),
        "settings": [
            {
                "section": section,
                "name": name,
                "unit": unit_of(model.model_fields[name]),
                "description": model.model_fields[name].description,
            }
            for section, name, model in settings_of(probe)
        ],
        "operations": sorted({query.operation for query in needed([probe])}),
        "actions": actions(probe),
    }


def explained(probe: Probe[Any, Any], baseline: Baseline) -> Iterator[str]:
    """A probe for a person: every value with the layer and line that it comes from."""
    yield f"{probe.id}: {probe.title}."
    yield ""
    yield f"Severity: {probe.severity.value}. Judges: {', '.join(subject_types(probe))}."
    if probe.parts:
        yield f"Parts, each judged on its own: {', '.join(probe.parts)}."
    yield ""
    yield probe.why
    yield ""
    yield f"Fix: {probe.fix}"
    rows = list(_values(probe, baseline))
    if rows:
        yield ""
        yield "Settings"
        yield from rows
    yield ""
    yield f"Sources: {', '.join(probe.sources)}."
    if probe.references:
        yield f"References: {', '.join(probe.references)}."
    yield f"IAM actions: {', '.join(actions(probe))}."


def _values(probe: Probe[Any, Any], baseline: Baseline) -> Iterator[str]:
    fields = {group.name: name for name, group in groups_of(probe.settings).items()}
    for section, name, model in settings_of(probe):
        info = model.model_fields[name]
        unit = f" {unit_of(info)}" if unit_of(info) else ""
        yield f"  {section}.{name}: {info.description}"
        said = {}
        for environment in ENVIRONMENTS:
            settings: Any = baseline.settings(probe, environment)
            holder = getattr(settings, fields[section]) if section in fields else settings
            origin = baseline.origin(section, name, environment)
            said[environment] = f"{json.dumps(getattr(holder, name))}{unit}  ({origin})"
        if len(set(said.values())) == 1:
            said = {"everywhere": said[ENVIRONMENTS[0]]}
        yield from (f"    {environment:<11} {value}" for environment, value in said.items())
        for workload in baseline.workloads(probe):
            path = ("workloads", workload.number, "settings", section, name)
            if path in baseline.file.lines:
                match = workload.match.model_dump_json(exclude_defaults=True)
                where = f"{baseline.file.name}, line {baseline.file.lines[path]}"
                value = baseline.content.workloads[workload.number].settings[section] or {}
                yield f"    {match}: {json.dumps(value[name])}{unit}  ({where})"
