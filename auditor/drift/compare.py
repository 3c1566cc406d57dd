"""What differs between a configuration that is expected and the one that is found; pure.

Both sides are in normal form (`recording.normal`), as far as they were written by this tool; what
a person edited by hand, in whatever order, is compared as the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from auditor.answer import Place, Refusal
from auditor.query import JSON
from auditor.recording.normal import canonical, is_empty
from auditor.recording.recordable import TAGS, Recordable
from auditor.recording.words import Words
from auditor.resources import Resource


class Kind(StrEnum):
    """What became of a resource since it was recorded."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    REPLACED = "replaced"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """One attribute that is not as expected; None stands for nothing.

    Of sets only the members that differ are told: `expected` holds those that are gone, `found`
    those that are new. `template` is the path in CloudFormation's words, where they are others.
    """

    path: str
    expected: JSON
    found: JSON
    template: str = ""
    members: bool = False


@dataclass(frozen=True, slots=True)
class Drift:
    """One resource against what was approved of it.

    `key` is its longest-lived name, as recorded. `refusals` are what kept some of it, or all, from
    being compared; `unread` names the attributes that could not be.
    """

    place: Place
    type: str
    key: str
    kind: Kind
    resource: Resource
    changes: tuple[AttributeChange, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    unread: tuple[str, ...] = ()


def compare(
    row: Recordable,
    expected: Mapping[str, JSON],
    found: Mapping[str, JSON],
    attributes: Iterable[str] | None = None,
) -> tuple[AttributeChange, ...]:
    """Every attribute that differs, of those named or of all that are expected."""
    comparison, start = _Comparison(row), _At("", "", row.words)
    names = sorted(expected if attributes is None else attributes)
    return tuple(
        change
        for name in names
        for change in comparison.differences(start.field(name), expected.get(name), found.get(name))
    )


@dataclass(frozen=True, slots=True)
class _At:
    """A place inside a resource: as it is `shown`, with the names of members; as rows know it."""

    shown: str
    path: str
    words: Words

    def field(self, name: str) -> _At:
        """One of its fields."""
        return _At(_below(self.shown, name), _below(self.path, name), self.words.field(name))

    def member(self, name: str) -> _At:
        """One of its members, which have names."""
        return _At(_below(self.shown, name), self.path, self.words.member(name))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Walks two values at once."""

    row: Recordable

    def differences(
        self, at: _At, expected: JSON, found: JSON, *, of_member: bool = False
    ) -> Iterator[AttributeChange]:
        """The differences at a place and inside; `of_member` says that a keyed list is above."""
        keyed = at.path in self.row.keyed and not of_member
        if is_empty(expected) and is_empty(found):
            return
        if self._both_mappings(expected, found, named=keyed or at.path == TAGS):
            for name in sorted({*(expected or {}), *(found or {})}, key=str):
                yield from self.differences(
                    at.member(str(name)) if keyed else at.field(str(name)),
                    (expected or {}).get(name),
                    (found or {}).get(name),
                    of_member=keyed,
                )
        elif at.path not in self.row.ordered and (_is_set(expected) or _is_set(found)):
            yield from self._of_sets(at, _members(expected), _members(found))
        elif canonical(expected) != canonical(found):
            yield self._change(at, expected, found)

    def _both_mappings(self, expected: JSON, found: JSON, *, named: bool) -> bool:
        """Whether to look inside; where members have names, none at all is a mapping, too."""
        sides = [expected, found]
        if named:
            sides = [side for side in sides if not is_empty(side)]
        return all(isinstance(side, Mapping) for side in sides)

    def _of_sets(
        self, at: _At, expected: list[JSON], found: list[JSON]
    ) -> Iterator[AttributeChange]:
        alike = self.row.alike(at.path) or canonical
        before = {alike(member): member for member in expected}
        now = {alike(member): member for member in found}
        gone = [member for known, member in before.items() if known not in now]
        new = [member for known, member in now.items() if known not in before]
        if gone or new:
            yield self._change(at, gone or None, new or None, members=True)

    def _change(
        self, at: _At, expected: JSON, found: JSON, *, members: bool = False
    ) -> AttributeChange:
        template = at.words.text
        return AttributeChange(
            at.shown,
            None if is_empty(expected) else expected,
            None if is_empty(found) else found,
            template if template != at.shown else "",
            members,
        )


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _is_set(value: JSON) -> bool:
    return isinstance(value, list)


def _members(value: JSON) -> list[JSON]:
    """The members of a set; one that stands alone is as good as a list of it."""
    if isinstance(value, list):
        return value
    return [] if is_empty(value) else [value]
