"""Which attributes of a resource others change by design: what differs there is no drift; pure.

Of whom it cannot be told whose attributes it changes, it may be anybody's: what differs there is
unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from auditor.drift.declarable import Changer, Declarable, Lent, StackRead
from auditor.drift.free import below
from auditor.query import JSON
from auditor.resources import Resource

_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Given:
    """Patterns of paths that others change of one resource, each with the reason.

    `surely` they do; `perhaps` one does of which that cannot be told.
    """

    surely: Mapping[str, str]
    perhaps: Mapping[str, str]

    def is_lent(self, path: str) -> bool:
        """Whether others change what is at a path."""
        return any(below(path, pattern) for pattern in self.surely)

    def doubt(self, path: str) -> str:
        """Why it cannot be told of a path whether others change it; nothing where it can."""
        return next((why for pattern, why in self.perhaps.items() if below(path, pattern)), "")


class Lendings:
    """What the resources of an account's stacks change of others."""

    def __init__(self, reads: Iterable[StackRead], rows: Iterable[Declarable]) -> None:
        rows = tuple(rows)
        self._lent: dict[str, list[tuple[str, Lent]]] = {}
        for stack in reads:
            for lent in (*stack.lent, *_of_unread(stack, rows)):
                self._lent.setdefault(lent.type, []).append((stack.place.region, lent))

    def of(
        self, type_: str, region: str, resource: Resource, declared: Mapping[str, JSON]
    ) -> Given:
        """What others change of a resource; without a region it may be those of any."""
        surely: dict[str, str] = {}
        perhaps: dict[str, str] = {}
        for where, lent in self._lent.get(type_, ()):
            if region and where != region:
                continue
            if not lent.whose:
                perhaps |= dict.fromkeys(lent.changer.paths, lent.changer.why)
            elif _is_meant(lent, resource, declared):
                surely |= dict.fromkeys(lent.changer.paths, lent.changer.why)
        return Given(surely, perhaps)


def _of_unread(stack: StackRead, rows: Iterable[Declarable]) -> Iterator[Lent]:
    """What a stack of which nothing could be compared may change, by the kinds that it made."""
    if not stack.why:
        return
    kinds = None if stack.made is None else {kind for kind, _, _ in stack.made}
    for row in rows:
        for changer in row.changed_by:
            if kinds is None or any(fnmatchcase(kind, changer.type) for kind in kinds):
                yield Lent(row.type, changer)


def _is_meant(lent: Lent, resource: Resource, declared: Mapping[str, JSON]) -> bool:
    if not lent.changer.mentioned:
        names = {resource.id, resource.arn, resource.name}
        return lent.whose in names or resource.arn.endswith(f":{lent.whose}")
    spoken = (declared.get(name) for name in _attributes(lent.changer))
    return any(_mentions(value, lent.whose, _DEEPEST) for value in spoken)


def _attributes(changer: Changer) -> Iterator[str]:
    yield from dict.fromkeys(path.partition(".")[0] for path in changer.paths)


def _mentions(value: JSON, name: str, depth: int) -> bool:
    if isinstance(value, Mapping):
        value = list(value.values())
    if not isinstance(value, list):
        return bool(value == name)
    return depth > 0 and any(_mentions(one, name, depth - 1) for one in value)
