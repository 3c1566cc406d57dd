"""Which version of a launch template is meant by `$Default`, `$Latest` or a number.

EC2 numbers the versions of a template upwards, so that the latest is the one with the highest
number; one version is the default (EC2 user guide, "Manage launch template versions"). A group that
names no version means `$Default` (API model of Auto Scaling, `LaunchTemplateSpecification`).
"""

from collections.abc import Iterable
from typing import Protocol, TypeVar

DEFAULT, LATEST = "$Default", "$Latest"

_LONGEST_NUMBER = 19  # digits of the largest number that the API holds


class Numbered(Protocol):
    """One version of a launch template."""

    @property
    def version_number(self) -> int: ...
    @property
    def default_version(self) -> bool: ...


V = TypeVar("V", bound=Numbered)


def number_of(version: str) -> int | None:
    """The number of a version that is named by number."""
    is_number = version.isascii() and version.isdecimal() and len(version) <= _LONGEST_NUMBER
    return int(version) if is_number else None


def chosen(version: str, of_template: Iterable[V]) -> V | None:
    """The version that is meant, among the default and the latest one of a template, or more.

    None where it is not among them.
    """
    known = tuple(of_template)
    if version == LATEST:
        return max(known, key=lambda one: one.version_number, default=None)
    if version == DEFAULT:
        return next((one for one in known if one.default_version), None)
    number = number_of(version)
    return next((one for one in known if one.version_number == number), None)
