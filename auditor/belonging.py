"""Where a subject belongs: its environment, and the workloads whose settings it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from auditor.answer import Item, Place, Refusal, Unanswered
from auditor.inventory import Inventory
from auditor.probe import Probe
from auditor.resources import Resource, describe, tags_of
from auditor.settings import Settings
from auditor.workloads import Kin, Workload, belonging


class Expectations(Protocol):
    """What `judge` asks of a baseline."""

    def environment(self, tags: dict[str, str], account: str) -> str | None:
        """The environment that tags name, or None; with no tags, that of the account."""
        ...

    def workloads(self, probe: Probe[Any, Any]) -> tuple[Workload, ...]:
        """The workloads that set something which a probe reads, the least specific first."""
        ...

    def settings(
        self, probe: Probe[Any, Any], environment: str, workloads: tuple[int, ...] = ()
    ) -> Settings:
        """What a probe expects in an environment, and in workloads by number, the last first."""
        ...

    def same_everywhere(self, probe: Probe[Any, Any]) -> bool:
        """Whether a probe expects the same in every environment."""
        ...

    @property
    def default_environment(self) -> str:
        """The environment of what nothing is known of."""
        ...


@dataclass(frozen=True, slots=True)
class Belonging:
    """A subject's environment and workloads; `unread` kept from being known what matters."""

    environment: str
    workloads: tuple[int, ...] = ()
    unread: tuple[Refusal, ...] = ()


class Belongings:
    """Says for the subjects of one probe where each belongs."""

    def __init__(
        self, inventory: Inventory, probe: Probe[Any, Any], expectations: Expectations
    ) -> None:
        self.inventory, self.expectations = inventory, expectations
        self.workloads = expectations.workloads(probe)
        self.uniform = expectations.same_everywhere(probe) and not any(
            workload.match.environment for workload in self.workloads
        )

    def __call__(self, item: Item | None, place: Place, resource: Resource) -> Belonging:
        """Where a subject belongs: an item, or a whole place."""
        line: list[Item] = []
        while item is not None:
            line.append(item)
            item = item.parent
        environment, unread = self._environment(line, place)
        if unread and not self.uniform:
            return Belonging(environment, (), unread)
        if not self.workloads:
            return Belonging(environment)
        return self._in_workloads(line, place, resource, environment)

    def _environment(self, line: list[Item], place: Place) -> tuple[str, tuple[Refusal, ...]]:
        """By the nearest tags that name one, else by the account; and what could not be read."""
        unread: list[Refusal] = []
        for item in line:
            tags, refusals = self._tags(item)
            unread += refusals
            found = self.expectations.environment(tags, "") if tags else None
            if found is not None:
                return found, tuple(unread)
        of_account = self.expectations.environment({}, place.account)
        return of_account or self.expectations.default_environment, tuple(unread)

    def _in_workloads(
        self, line: list[Item], place: Place, resource: Resource, environment: str
    ) -> Belonging:
        unread = tuple(refusal for item in line for refusal in self._tags(item)[1])
        resources = tuple(describe(self.inventory, item) for item in line) or (resource,)
        kin = Kin(resources, place.account, environment, unread)
        try:
            return Belonging(environment, belonging(self.workloads, kin))
        except Unanswered as unanswered:
            return Belonging(environment, (), unanswered.refusals)

    def _tags(self, item: Item) -> tuple[dict[str, str], tuple[Refusal, ...]]:
        try:
            return (tags_of(self.inventory, item) if item.query.tags else {}), ()
        except Unanswered as unanswered:
            return {}, unanswered.refusals
