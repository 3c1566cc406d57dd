"""From CloudFormation's words to the API's: pure functions that many kinds need.

Each raises `NotComparable` where it cannot be told what AWS makes of a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from auditor.drift.declarable import NotComparable, Property
from auditor.query import JSON


def same(*names: str) -> tuple[Property, ...]:
    """Properties that are written in both worlds alike."""
    return tuple(Property(name) for name in names)


def lowered(*names: str) -> tuple[Property, ...]:
    """Properties that the API spells with a small first letter."""
    return tuple(Property(name, small(name)) for name in names)


def small(name: str) -> str:
    """A name with a small first letter."""
    return name[:1].lower() + name[1:]


# -- shapes ---------------------------------------------------------------------------------------


def mapping(value: JSON) -> Mapping[str, JSON]:
    """A mapping; raises `NotComparable` for anything else."""
    if isinstance(value, Mapping):
        return value
    raise NotComparable("it is no mapping")


def text(value: JSON) -> str:
    """A text; raises `NotComparable` for anything else."""
    if isinstance(value, str):
        return value
    raise NotComparable("it is no text")


def listed(value: JSON) -> list[JSON]:
    """A list; one that stands alone is as good as a list of it."""
    return value if isinstance(value, list) else [value]


def mappings(value: JSON) -> list[Mapping[str, JSON]]:
    """A list of mappings; raises `NotComparable` for anything else."""
    return [mapping(one) for one in listed(value)]


def by_key(value: JSON) -> JSON:
    """A list of keys and values as one mapping; what has no value that is known is left out."""
    return {text(o["Key"]): o["Value"] for o in mappings(value) if "Key" in o and "Value" in o}


def each_as(field: str) -> Callable[[JSON], JSON]:
    """A list of texts as objects that hold one each."""
    return lambda value: [{field: one} for one in listed(value)]


def under(field: str, inner: Callable[[JSON], JSON] = lambda value: value) -> Callable[..., JSON]:
    """A value as the one field of an object."""
    return lambda value: {field: inner(value)}


def of_each(field: str) -> Callable[[JSON], JSON]:
    """One field of each member of a list or of a mapping of named ones."""

    def taken(value: JSON) -> JSON:
        members = value.values() if isinstance(value, Mapping) else listed(value)
        return [one.get(field) for one in members if isinstance(one, Mapping)]

    return taken


def each_of(function: Callable[[JSON], JSON]) -> Callable[[JSON], JSON]:
    """Every member of a list, by a function."""
    return lambda value: [function(one) for one in listed(value)]


def renamed(value: JSON, names: Mapping[str, str]) -> dict[str, JSON]:
    """A mapping with other names for some of its fields."""
    return {names.get(name, name): one for name, one in mapping(value).items()}


def formed(value: JSON, forms: Mapping[str, Callable[[JSON], JSON]]) -> dict[str, JSON]:
    """A mapping with another form of some of its fields."""
    return {
        name: forms[name](one) if name in forms else one for name, one in mapping(value).items()
    }


# -- names ----------------------------------------------------------------------------------------


def lower(value: JSON) -> JSON:
    """A text that AWS keeps in small letters (identifiers and windows of RDS)."""
    return text(value).lower()


def tail(value: JSON) -> JSON:
    """The last part of an ARN, or the name that stands alone."""
    return value.rpartition("/")[2] if isinstance(value, str) else value


def key_id(value: JSON) -> JSON:
    """The id of a KMS key; what an alias leads to is not told here."""
    if "alias/" in text(value):
        raise NotComparable("an alias of a key")
    return tail(value)


def key(name: str, attribute: str = "") -> Property:
    """A property that names a KMS key, by id or ARN."""
    return Property(name, attribute, taken=key_id, seen=tail)


_VERBATIM = frozenset({"Options", "DockerLabels", "DriverOpts", "Labels", "ProxyConfiguration"})
"""Properties of ECS below which the names are the user's own."""
_SPELLED = {
    "BuildSpec": "buildspec",
    "EFSVolumeConfiguration": "efsVolumeConfiguration",
    "FSxWindowsFileServerVolumeConfiguration": "fsxWindowsFileServerVolumeConfiguration",
    "FilesystemId": "fileSystemId",
    "IAM": "iam",
}
_DEEPEST = 40


def small_names(value: JSON, depth: int = _DEEPEST, verbatim: frozenset[str] = _VERBATIM) -> JSON:
    """A value with small first letters in all names of fields, as many an API has them.

    Below `verbatim` fields the names are the user's own.
    """
    if not depth:
        raise NotComparable("it is nested too deeply")
    if isinstance(value, list):
        return [small_names(one, depth - 1, verbatim) for one in value]
    if not isinstance(value, Mapping):
        return value
    return {
        _SPELLED.get(name, small(name)): (
            one if name in verbatim else small_names(one, depth - 1, verbatim)
        )
        for name, one in value.items()
    }


def below(*names: str) -> tuple[Property, ...]:
    """Properties of which the API spells what is in them with small first letters, too."""
    return tuple(Property(name, small(name), taken=small_names) for name in names)


def names_of(field: str) -> Callable[[Any], Any]:
    """A mapping of variables below a field, of which only the names are kept; for `bare`."""

    def bare(value: Any) -> Any:
        variables = value.get(field) if isinstance(value, Mapping) else None
        if not isinstance(variables, Mapping):
            return value
        return {field: dict.fromkeys(variables, "")}

    return bare
