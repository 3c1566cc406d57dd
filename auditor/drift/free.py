"""Which attributes may change without being drift, and how much drift of a kind matters."""

from __future__ import annotations

from fnmatch import fnmatchcase

from auditor.baseline_file import AttributeMatch, RecordedSettings
from auditor.drift.compare import AttributeChange
from auditor.probe import Severity
from auditor.recording.recordable import Recordable
from auditor.resources import Resource


def is_free(
    settings: RecordedSettings, row: Recordable, resource: Resource, change: AttributeChange
) -> bool:
    """Whether a baseline lets an attribute of a resource change; `held` goes before `free`."""
    if any(_fits(match, row, resource, change) for match in settings.held):
        return False
    shipped = any(below(change.path, attribute) for attribute in row.free)
    return shipped or any(_fits(match, row, resource, change) for match in settings.free)


def severity_of(settings: RecordedSettings, type_: str) -> Severity:
    """How much drift of a kind matters: by the first pattern that fits, else as all drift."""
    for pattern, severity in settings.severities.items():
        if fnmatchcase(type_, pattern):
            return Severity(severity)
    return Severity(settings.severity)


def _fits(
    match: AttributeMatch, row: Recordable, resource: Resource, change: AttributeChange
) -> bool:
    names = (resource.name, resource.id, resource.arn)
    tags = resource.tags or {}
    return (
        fnmatchcase(row.type, match.type)
        and any(fnmatchcase(name, match.resource) for name in names if name)
        and all(k in tags and fnmatchcase(tags[k], pattern) for k, pattern in match.tags.items())
        and any(below(one, match.attribute) for one in (change.path, change.template) if one)
    )


def below(path: str, pattern: str) -> bool:
    """Whether a path is what a pattern names, or something inside of it."""
    parts = path.split(".")
    heads = (".".join(parts[: n + 1]) for n in range(len(parts)))
    return any(fnmatchcase(head, pattern) for head in heads)
