"""Patterns of a baseline: shell wildcards, with regard to case."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TypeVar

V = TypeVar("V")


def fits(patterns: Iterable[str], *texts: str) -> bool:
    """Whether a pattern means something that goes by these texts; an empty text is none."""
    return any(fnmatchcase(text, pattern) for pattern in patterns for text in texts if text)


def first(by_pattern: Mapping[str, V], text: str) -> V | None:
    """What stands beside the first pattern that a text fits; None where it fits none."""
    return next((found for one, found in by_pattern.items() if fnmatchcase(text, one)), None)


def as_texts(tags: Mapping[str, str]) -> Iterator[str]:
    """Tags as patterns name them: `Key=Value`."""
    return (f"{key}={value}" for key, value in tags.items())
