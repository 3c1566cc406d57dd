"""The normal form of a configuration: what is the same is written the same.

Lists in which order means nothing are sorted and hold each member once, lists of named members
become mappings, what is empty is as if it were not there, and whole numbers have no fraction.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from auditor.query import JSON
from auditor.recording.recordable import Recordable

DEEPEST = 40
"""Levels of a value beyond which it is kept as one text."""

EMPTY: tuple[JSON, ...] = (None, "", [], {})


def normal(row: Recordable, attribute: str, value: JSON) -> JSON:
    """The normal form of an attribute's value; None where there is nothing."""
    rule = row.rules.get(attribute)
    given = rule.normal(value) if rule and not is_empty(value) else value
    return _normal(row, attribute, given, DEEPEST)


def is_empty(value: JSON) -> bool:
    """Whether a value is as good as none; false and zero are not."""
    return not isinstance(value, bool | int | float) and value in EMPTY


def canonical(value: JSON) -> str:
    """A value as text that is the same for the same value; texts of old and new are compared."""
    return json.dumps(value, sort_keys=True, default=str)


def _normal(row: Recordable, path: str, value: JSON, depth: int) -> JSON:
    if isinstance(value, float):
        return _number(value)
    if not isinstance(value, Mapping | list):
        return None if is_empty(value) else value
    if not depth:
        return canonical(value)
    if isinstance(value, Mapping):
        return _mapping(row, path, value, depth)
    members = [_normal(row, path, member, depth - 1) for member in value]
    members = [member for member in members if not is_empty(member)]
    if path in row.keyed:
        return _by_key(members, row.keyed[path]) or None
    return (members if path in row.ordered else as_set(members)) or None


def _number(value: float) -> JSON:
    """A whole number without a fraction; what is no number is a text, as JSON has none of it."""
    if not math.isfinite(value):
        return str(value)
    return int(value) if value.is_integer() else value


def _mapping(row: Recordable, path: str, value: Mapping[str, JSON], depth: int) -> JSON:
    kept = {}
    for name in sorted(value):
        below = f"{path}.{name}"
        if below in row.volatile:
            continue
        found = _normal(row, below, value[name], depth - 1)
        if not is_empty(found):
            kept[str(name)] = found
    return kept or None


def as_set(members: list[JSON]) -> list[JSON]:
    """Each member once, in an order that depends on nothing but them."""
    return [by_text for _, by_text in sorted({canonical(m): m for m in members}.items())]


def _by_key(members: list[JSON], field: str) -> JSON:
    """The members by the field that tells them apart; a list where it does not."""
    named = {str(m[field]): m for m in members if isinstance(m, Mapping) and field in m}
    if len(named) != len(members):
        return as_set(members)
    return {name: _without(field, named[name]) for name in sorted(named)}


def _without(field: str, member: Mapping[str, JSON]) -> JSON:
    """A member without its name, unless it is nothing else."""
    return {key: value for key, value in member.items() if key != field} or dict(member)
