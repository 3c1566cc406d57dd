"""A live value as far as a declared one speaks of it: what is not declared is nobody's drift; pure.

Both are in normal form. Of mappings only the declared fields are seen, scalars are the same where
they are written alike (`"80"` and 80, `"true"` and true), and a member of a set is the declared one
where it has all that is declared of that one. What is left over of a set is more than was declared.
"""

from __future__ import annotations

from collections.abc import Mapping

from auditor.query import JSON
from auditor.recording.normal import as_set, canonical, is_empty
from auditor.recording.recordable import TAGS, Recordable

_DEEPEST = 60


def as_declared(
    row: Recordable, attribute: str, declared: JSON, found: JSON, *, more: bool
) -> JSON:
    """What is found of an attribute, as far as it is declared.

    With `more` there may be more members of its sets than could be told: no further ones count.
    """
    return _View(row, more=more).of(attribute, declared, found, _DEEPEST)


class _View:
    """Walks what is declared and what is found at once."""

    def __init__(self, row: Recordable, *, more: bool) -> None:
        self.row, self.more = row, more

    def of(
        self, path: str, declared: JSON, found: JSON, depth: int, *, of_member: bool = False
    ) -> JSON:
        """What is found at a path; `of_member` says that a keyed list is above."""
        keyed = path in self.row.keyed and not of_member
        if not depth:
            return found
        if isinstance(declared, Mapping) and isinstance(found, Mapping):
            return self._mapping(path, declared, found, depth - 1, keyed=keyed)
        if isinstance(declared, list) or isinstance(found, list):
            if keyed and (isinstance(declared, Mapping) or isinstance(found, Mapping)):
                return declared  # its members cannot be told apart: nothing can be said
            return self._list(path, _members(declared), _members(found), depth - 1)
        return declared if written_alike(declared, found) else found

    def _mapping(
        self,
        path: str,
        declared: Mapping[str, JSON],
        found: Mapping[str, JSON],
        depth: int,
        *,
        keyed: bool,
    ) -> JSON:
        """The declared fields; of named members all that there are."""
        named = keyed or path == TAGS
        seen: dict[str, JSON] = {}
        for name in sorted({*declared, *found}):
            if name not in declared:
                if named and not self.more:
                    seen[name] = found[name]
                continue
            below, member = path if keyed else f"{path}.{name}", found.get(name)
            if keyed and isinstance(member, Mapping):
                member = {self.row.keyed[path]: name, **member}  # of some no more is declared
            value = self.of(below, declared[name], member, depth, of_member=keyed)
            if not is_empty(value):
                seen[name] = value
        return seen

    def _list(self, path: str, declared: list[JSON], found: list[JSON], depth: int) -> JSON:
        if path in self.row.ordered:
            if len(declared) != len(found):
                return declared if self.more else found  # which of them are missing is not told
            return [
                self.of(path, one, other, depth) for one, other in zip(declared, found, strict=True)
            ]
        alike = self.row.alike(path) or canonical
        known = {alike(one): one for one in declared}
        seen: list[JSON] = []
        for member in found:
            same = known.get(alike(member))
            if same is None and alike is canonical:
                same = self._covered(path, declared, member, depth)
                seen += [one for one in same or () if one not in seen]
                if not same and not self.more:
                    seen.append(member)
            elif same is not None or not self.more:
                seen.append(member)
        return as_set(seen)

    def _covered(self, path: str, declared: list[JSON], member: JSON, depth: int) -> list[JSON]:
        """The declared members that a found one has all of."""
        return [
            one
            for one in declared
            if canonical(self.of(path, one, member, depth)) == canonical(one)
        ]


def written_alike(declared: JSON, found: JSON) -> bool:
    """Whether two scalars are the same, however they are written.

    A flag that AWS leaves out is not set.
    """
    if declared is False and found is None:
        return True
    one, other = _text(declared), _text(found)
    return one is not None and one == other


def _text(value: JSON) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(str(value))
    return _number(value) if isinstance(value, str) else None


def _number(text: str) -> str:
    """A whole number without its fraction; any other text as it is, but for `True` and `False`."""
    if text in {"True", "False"}:
        return text.lower()
    whole, dot, fraction = text.partition(".")
    return whole if dot and fraction.strip("0") == "" and _is_digits(whole) else text


def _is_digits(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def _members(value: JSON) -> list[JSON]:
    """The members of a list; one that stands alone is as good as a list of it."""
    if isinstance(value, list):
        return value
    return [] if is_empty(value) else [value]
