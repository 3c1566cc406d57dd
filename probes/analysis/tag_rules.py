"""What tags lack of what is wanted. Keys and values are compared with regard to case, as AWS does.

Keys that begin with `aws:` are AWS's own and count for nothing (Tagging AWS Resources, "Best
practices").
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from probes.analysis.patterns import fits

Tags = Mapping[str, str]
_ANY = "?*"
_OPEN = "VALUE"  # stands in commands where a tag's value is for the reader to choose


class Rules(Protocol):
    """Which tags are wanted, and which values they may have, as patterns."""

    @property
    def required(self) -> Sequence[str]:
        """The keys."""

    @property
    def allowed_values(self) -> Mapping[str, Sequence[str]]:
        """The values of a key; one that is left out may have any."""


def own(tags: Tags) -> dict[str, str]:
    """The tags that somebody chose."""
    return {key: value for key, value in tags.items() if not key.lower().startswith("aws:")}


def absent(rules: Rules, tags: Tags) -> list[str]:
    """The required keys that are not there; another case is another key."""
    return sorted({key for key in rules.required if key not in tags})


def misspelt(rules: Rules, tags: Tags) -> dict[str, str]:
    """The required keys that are there in other case only -> the key that is there."""
    lowered = {key.casefold(): key for key in sorted(own(tags))}
    wanted = absent(rules, tags)
    return {key: lowered[key.casefold()] for key in wanted if key.casefold() in lowered}


def missing(rules: Rules, tags: Tags) -> list[str]:
    """The required keys that are not there in any case."""
    there = {key.casefold() for key in own(tags)}
    return sorted({key for key in rules.required if key.casefold() not in there})


def refused(rules: Rules, tags: Tags) -> dict[str, str]:
    """The tags whose value is empty though required, or fits none of the patterns allowed."""
    there = sorted((set(rules.required) | rules.allowed_values.keys()) & tags.keys())
    return {key: tags[key] for key in there if not _may_be(rules, key, tags[key])}


def allowed(rules: Rules, keys: Iterable[str]) -> dict[str, list[str]]:
    """The values that tags may have; any but none where nothing is said of them."""
    return {key: list(rules.allowed_values.get(key, (_ANY,))) for key in keys}


def certain(rules: Rules, key: str) -> str:
    """The one value that a tag can have; nothing where there is a choice."""
    values = rules.allowed_values.get(key, ())
    return values[0] if len(values) == 1 and not set(values[0]) & set("*?[") else ""


def to_choose(rules: Rules, keys: Iterable[str]) -> dict[str, str]:
    """The keys with the one value that each can have, or a word for the reader to replace."""
    return {key: certain(rules, key) or _OPEN for key in keys}


def _may_be(rules: Rules, key: str, value: str) -> bool:
    return bool(value.strip()) and fits(rules.allowed_values.get(key, (_ANY,)), value)
