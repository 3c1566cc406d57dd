"""Which workloads of a baseline a subject belongs to: by name, tag, stack, kind or account."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from auditor.answer import Refusal, Unanswered
from auditor.baseline_file import Match
from auditor.resources import Resource


@dataclass(frozen=True, slots=True)
class Kin:
    """A subject and what it is part of, the nearest first; `unread` kept tags from being known."""

    resources: tuple[Resource, ...]
    account: str
    environment: str
    unread: tuple[Refusal, ...] = ()

    def tag(self, key: str) -> str | None:
        """The value of a tag, of the nearest that has it; raises `Unanswered`."""
        return self._nearest(lambda tags, _: tags.get(key))

    def stack(self) -> str | None:
        """The stack that made the nearest of which that is known; raises `Unanswered`."""
        return self._nearest(lambda _, one: one.stack.name if one.stack else None)

    def _nearest(self, look: Callable[[Mapping[str, str], Resource], str | None]) -> str | None:
        for one in self.resources:
            found = look(one.tags or {}, one)
            if found is not None:
                return found
            if one.tags is None:
                raise Unanswered(*self.unread)
        return None


@dataclass(frozen=True, slots=True)
class Workload:
    """An entry of a baseline's `workloads`, by its place in the file."""

    number: int
    match: Match

    @property
    def rank(self) -> tuple[int, int, int]:
        """How specific: a name before tags, stack, account; then more keys; then the later one."""
        match = self.match
        kinds = (match.account, match.stack, match.tags, match.name)
        most = max((n for n, given in enumerate(kinds, 1) if given), default=0)
        count = len(match.tags) + sum(
            map(bool, (match.name, match.stack, match.type, match.environment, match.account))
        )
        return most, count, self.number

    def holds(self, kin: Kin) -> bool:
        """Whether a subject belongs to it; raises `Unanswered` where only unread tags could say."""
        return self._plainly(kin) and self._by_tags(kin)

    def _plainly(self, kin: Kin) -> bool:
        match, subject = self.match, kin.resources[0]
        names = (subject.name, subject.id, subject.arn)
        return (
            (not match.name or any(fnmatchcase(name, match.name) for name in names if name))
            and (not match.type or fnmatchcase(subject.type, match.type))
            and (not match.account or fnmatchcase(kin.account, match.account))
            and match.environment in (None, kin.environment)
        )

    def _by_tags(self, kin: Kin) -> bool:
        match = self.match
        conditions: list[tuple[str, Callable[[], str | None]]] = [
            (pattern, lambda key=key: kin.tag(key))  # type: ignore[misc]  # bound on purpose
            for key, pattern in match.tags.items()
        ]
        if match.stack:
            conditions.append((match.stack, kin.stack))
        unread: Unanswered | None = None
        for pattern, read in conditions:
            try:
                value = read()
            except Unanswered as unanswered:
                unread = unanswered
                continue
            if value is None or not fnmatchcase(value, pattern):
                return False
        if unread is not None:
            raise unread
        return True


def belonging(workloads: Iterable[Workload], kin: Kin) -> tuple[int, ...]:
    """The numbers of the workloads that hold a subject, in their order; raises `Unanswered`."""
    return tuple(workload.number for workload in workloads if workload.holds(kin))
