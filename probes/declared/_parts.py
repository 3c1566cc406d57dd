"""What can be told of a resolved value: without secrets, and without what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from auditor.query import JSON
from probes.analysis.template import Template
from probes.analysis.template_bounds import Json
from probes.analysis.template_context import Absent, Resolved, Unresolved
from probes.analysis.template_reduction import REMOVED, SECRET

_DEEPEST = 60
_HIDDEN = "Fn::Hidden"
"""A function that nobody resolves: it stands for what is not kept, in whatever it is put."""
_NOT_KEPT = "not kept of the template, for it may be secret"


def hidden(value: Json, depth: int = 2 * _DEEPEST) -> Json:
    """A template in which what was not kept cannot be taken for what was written.

    Encoded or split it would not be known again.
    """
    if isinstance(value, str):
        return {_HIDDEN: ""} if REMOVED in value or SECRET in value else value
    if not depth:
        return {_HIDDEN: ""}
    if isinstance(value, dict):
        return {name: hidden(one, depth - 1) for name, one in value.items()}
    return [hidden(one, depth - 1) for one in value] if isinstance(value, list) else value


def hidden_in(template: Template) -> Template:
    """A template that was read, in which what was not kept is hidden wherever values stand."""
    return replace(
        template,
        mappings={name: hidden(one) for name, one in template.mappings.items()},
        conditions={name: hidden(one) for name, one in template.conditions.items()},
        resources={
            name: replace(
                one, properties={key: hidden(value) for key, value in one.properties.items()}
            )
            for name, one in template.resources.items()
        },
    )


def texts(properties: Mapping[str, Resolved], path: str) -> Iterator[str | Unresolved]:
    """The texts at a path of properties, through lists; what cannot be told stands as that."""
    waiting: list[tuple[Resolved, list[str]]] = [({**properties}, path.split("."))]
    while waiting:
        value, names = waiting.pop()
        if isinstance(value, Unresolved) or (not names and isinstance(value, str)):
            yield value
        elif isinstance(value, list):
            waiting += [(one, names) for one in reversed(value)]
        elif isinstance(value, Mapping) and names:
            waiting.append((value.get(names[0]), names[1:]))


class _Unknown:
    """Stands for a part that cannot be told."""


_UNKNOWN = _Unknown()
_Told = JSON | _Unknown


@dataclass(slots=True)
class Parts:
    """Takes the parts that are known out of values of one resource.

    `left` says which paths are not known, and why. `partial` is set where a list may have more
    members than are known. With `strict` a member of a list counts whole or not at all; else a
    field that is not known leaves the others standing. What is `unseen` is left, whatever it is.
    """

    strict: bool = False
    unseen: Mapping[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    partial: bool = False

    def known(self, value: Resolved, path: str) -> tuple[bool, JSON]:
        """Whether anything is known of a value, and what."""
        told = self._told(value, path, _DEEPEST)
        return (False, None) if isinstance(told, _Unknown) else (True, told)

    def _told(self, value: Resolved, path: str, depth: int) -> _Told:
        why = self._why_not(value, path, depth)
        if why:
            self.left.setdefault(path, why)
            return _UNKNOWN
        if isinstance(value, Mapping):
            return self._mapping(value, path, depth - 1)
        if isinstance(value, list):
            return self._list(value, path, depth - 1)
        return None if isinstance(value, Absent) else value

    def _why_not(self, value: Resolved, path: str, depth: int) -> str:
        """Why a value is left out; nothing where it is not."""
        if path in self.unseen:
            return self.unseen[path]
        if isinstance(value, Unresolved):
            return _NOT_KEPT if _HIDDEN in value.why else value.why
        if isinstance(value, Mapping) and _HIDDEN in value:
            return _NOT_KEPT
        return "" if depth else "nested too deeply"

    def _mapping(self, value: Mapping[str, Resolved], path: str, depth: int) -> _Told:
        found = {name: self._told(one, f"{path}.{name}", depth) for name, one in value.items()}
        known = {name: one for name, one in found.items() if not isinstance(one, _Unknown)}
        whole = len(known) == len(found)
        return known if whole or (known and not self.strict) else _UNKNOWN

    def _list(self, value: list[Resolved], path: str, depth: int) -> _Told:
        """A list without the objects that are not known; one of texts is known whole or not."""
        found = [self._told(one, path, depth) for one in value]
        known = [one for one in found if not isinstance(one, _Unknown)]
        if len(known) == len(found):
            return known
        if not any(isinstance(one, Mapping) for one in value):
            return _UNKNOWN
        self.partial = True
        return known
