"""What tags lack of what is wanted. Keys and values are compared with regard to case, as AWS does.

Keys that begin with `aws:` are AWS's own and count for nothing (Tagging AWS Resources, "Best
practices").
"""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

Tags = Mapping[str, str]


def own(tags: Tags) -> dict[str, str]:
    """The tags that somebody chose."""
    return {key: value for key, value in tags.items() if not key.lower().startswith("aws:")}


def misspelt(required: Iterable[str], tags: Tags) -> dict[str, str]:
    """The required keys that are there in other case only -> the key that is there."""
    lowered = {key.casefold(): key for key in sorted(own(tags))}
    wanted = (key for key in sorted(set(required)) if key not in tags)
    return {key: lowered[key.casefold()] for key in wanted if key.casefold() in lowered}


def missing(required: Iterable[str], tags: Tags) -> list[str]:
    """The required keys that are not there in any case."""
    there = {key.casefold() for key in own(tags)}
    return sorted({key for key in required if key.casefold() not in there})


def refused(
    required: Iterable[str], allowed: Mapping[str, Sequence[str]], tags: Tags
) -> dict[str, str]:
    """The tags whose value is empty though required, or fits none of the patterns allowed."""
    there = sorted((set(required) | allowed.keys()) & tags.keys())
    return {key: tags[key] for key in there if not _fits(tags[key], allowed.get(key))}


def certain(key: str, allowed: Mapping[str, Sequence[str]]) -> str:
    """The one value that a tag can have; nothing where there is a choice."""
    values = allowed.get(key, ())
    return values[0] if len(values) == 1 and not set(values[0]) & set("*?[") else ""


def _fits(value: str, patterns: Sequence[str] | None) -> bool:
    if not value.strip():
        return False
    return patterns is None or any(fnmatchcase(value, pattern) for pattern in patterns)
