"""The order that a template brings about in one stack, and which needs of order it meets."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from probes.analysis.answers import Answer
from probes.analysis.template import Resource, Template
from probes.analysis.template_bounds import Json
from probes.analysis.template_context import Context, Unresolved
from probes.analysis.template_graph import Dependencies, depends, references
from probes.analysis.template_values import exists, resolve

Check: TypeAlias = Literal[
    "listener", "key", "gateway", "policy", "rotation", "capacity", "trigger"
]
# A template holds 500 resources at most (User Guide, "CloudFormation quotas").
MOST_RESOURCES: Final = 1000


@dataclass(frozen=True, slots=True, order=True)
class Need:
    """A resource that has to wait for one of several others."""

    source: str
    targets: tuple[str, ...]
    check: Check


@dataclass(slots=True)
class Order:
    """A template in one stack, with all that its resources wait for."""

    template: Template
    context: Context
    _waits: Dependencies = field(init=False)
    _direct: dict[str, set[str]] = field(default_factory=dict)
    _reached: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._waits = depends(self.template)
        for edge in self._waits.edges:
            if not edge.explicit:
                self._direct.setdefault(edge.source, set()).add(edge.target)

    @property
    def redundant(self) -> tuple[tuple[str, str], ...]:
        """What `DependsOn` says though a reference says it too."""
        return tuple(sorted((edge.source, edge.target) for edge in self._waits.redundant))

    def possible(self, needs: Iterable[Need]) -> tuple[Need, ...]:
        """The needs without what the stack certainly does not have."""
        found = {one for need in needs if (one := self._possible(need)) is not None}
        return tuple(sorted(found))

    def is_met(self, need: Need) -> Answer:
        """Whether a resource waits for one of those that it has to wait for."""
        if any(self.reaches(need.source, target) for target in need.targets):
            return Answer.YES
        there = [self._stands(name) for name in need.targets]
        certain = self._stands(need.source) is Answer.YES and Answer.YES in there
        return Answer.NO if certain else Answer.CANNOT_TELL

    def of_type(self, *types: str) -> tuple[Resource, ...]:
        """The resources of these types."""
        return self.template.of_type(*types)

    def named(self, value: Json, *types: str) -> list[str]:
        """The resources of these types that a value refers to."""
        return self._typed({found.logical_id for found in references(value)}, types)

    def direct(self, source: str, *types: str) -> list[str]:
        """The resources of these types that a resource refers to, anywhere in it."""
        return self._typed(self._direct.get(source, set()), types)

    def reaches(self, source: str, target: str) -> bool:
        """Whether a resource waits for another, be it by way of others."""
        if source not in self._reached:
            self._reached[source] = self._waits.reachable(source)
        return target in self._reached[source]

    def value(self, resource: Resource, name: str) -> object:
        """What a property comes to in the stack."""
        return resolve(resource.properties.get(name), self.context)

    def _typed(self, names: Iterable[str], types: tuple[str, ...]) -> list[str]:
        found = (self.template.resources.get(name) for name in sorted(names))
        return [one.logical_id for one in found if one and one.type in types]

    def _possible(self, need: Need) -> Need | None:
        targets = tuple(name for name in need.targets if self._stands(name) is not Answer.NO)
        if not targets or self._stands(need.source) is Answer.NO:
            return None
        return Need(need.source, targets, need.check)

    def _stands(self, name: str) -> Answer:
        there = exists(self.template.resources[name], self.context)
        return Answer.CANNOT_TELL if isinstance(there, Unresolved) else Answer.of(there)
