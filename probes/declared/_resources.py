"""One stack's resources: their properties as attributes, and what had to be left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from auditor.drift.declarable import (
    REF,
    Beside,
    Changer,
    Declarable,
    Declared,
    Lent,
    NotComparable,
    Property,
    joined,
)
from auditor.query import JSON
from auditor.recording.recordable import TAGS
from probes.analysis.template import Resource
from probes.analysis.template_context import ABSENT, Context, Resolved, Unresolved
from probes.analysis.template_functions import as_text
from probes.analysis.template_values import resolve
from probes.declared._parts import Parts, texts

_NO_ROW = "not compared by this version"


@dataclass(slots=True)
class Reading:
    """Reads the resources of one stack.

    `aimless` is what adds to somebody who is not known, `lent` what they change of others.
    """

    context: Context
    rows: tuple[Declarable, ...]
    tags: Mapping[str, str]
    aimless: set[tuple[str, str]] = field(default_factory=set)
    lent: list[Lent] = field(default_factory=list)

    def of(self, resource: Resource, physical_id: str) -> Iterator[Declared]:
        """What a resource declares of itself, and of those that it stands beside."""
        for row in self.rows:
            if row.type == resource.type and physical_id:
                yield _Own(self, row, resource, physical_id).declared()
            for beside in row.beside:
                if beside.type == resource.type:
                    yield from self._beside(row, beside, resource, physical_id)
            for changer in row.changed_by:
                if fnmatchcase(resource.type, changer.type):
                    self.lent += self._lent(row, changer, resource)

    def value(self, value: JSON) -> Resolved:
        """What a property comes to."""
        return resolve(value, self.context)

    def _lent(self, row: Declarable, changer: Changer, resource: Resource) -> Iterator[Lent]:
        """Whom a resource changes by design; somebody who is not known where that is not told."""
        properties = {name: self.value(one) for name, one in resource.properties.items()}
        if changer.when and not changer.when(properties):
            return
        for path in changer.at:
            for name in texts(properties, path):
                whose = name if isinstance(name, Unresolved) else changer.called(name)
                if isinstance(whose, Unresolved):
                    yield Lent(row.type, changer)
                elif whose:
                    yield Lent(row.type, changer, whose)

    def _beside(
        self, row: Declarable, beside: Beside, resource: Resource, physical_id: str
    ) -> Iterator[Declared]:
        targets = self._targets(resource.properties.get(beside.targets))
        if targets is None:
            self.aimless.add((row.type, beside.attribute))
            return
        parts = Parts(strict=beside.strict)
        told: dict[str, JSON] = {REF: physical_id} if physical_id else {}
        for name, value in resource.properties.items():
            known, found = parts.known(self.value(value), name)
            if known and found is not None and name != beside.targets:
                told[name] = found
        attributes: dict[str, JSON] = {}
        parts.left.pop(beside.targets, None)
        try:
            attributes[beside.attribute] = _adding(beside, told, parts.left)
        except NotComparable as error:
            parts.left[beside.attribute] = str(error)
            parts.partial = True
        unsure = parts.partial or (beside.strict and bool(parts.left))
        for target in targets:
            yield Declared(
                row,
                target,
                resource.logical_id,
                own=False,
                attributes={name: one for name, one in attributes.items() if one},
                open=frozenset({beside.attribute} if unsure else ()),
                left=dict(parts.left),
            )

    def _targets(self, declared: JSON) -> list[str] | None:
        """The physical ids of those that a resource stands beside; None where one is not known."""
        found = self.value(declared)
        listed = found if isinstance(found, list) else [found]
        names = [one for one in listed if isinstance(one, str) and one]
        return names if len(names) == len(listed) else None


def _adding(beside: Beside, told: Mapping[str, JSON], left: Mapping[str, str]) -> JSON:
    """What a resource adds to one that it stands beside; raises `NotComparable`."""
    if beside.whole and left:
        raise NotComparable(next(iter(left.values())))
    return beside.build(told)


@dataclass(slots=True)
class _Own:
    """What one resource declares of itself."""

    reading: Reading
    row: Declarable
    resource: Resource
    physical_id: str
    attributes: dict[str, JSON] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    left: dict[str, str] = field(default_factory=dict)

    def declared(self) -> Declared:
        properties = self._properties()
        table = {one.name: one for one in self.row.properties}
        for name, value in properties.items():
            if name in table:
                self._take(table[name], value)
            elif name == TAGS and TAGS in self.row.row.attributes:
                self._tags(value)
            elif name not in self.row.silent:
                self.left[name] = _NO_ROW
        self._give_back(properties)
        return Declared(
            self.row,
            self.physical_id,
            self.resource.logical_id,
            own=True,
            attributes=self.attributes,
            open=frozenset(self.open),
            left=self.left,
        )

    def _properties(self) -> dict[str, Resolved]:
        """What each property comes to; what stands inside an opened one is one of its own."""
        found = {n: self.reading.value(v) for n, v in self.resource.properties.items()}
        whole = found.get(self.row.opened)
        if isinstance(whole, Mapping):
            found |= {f"{self.row.opened}.{name}": value for name, value in whole.items()}
            del found[self.row.opened]
        elif isinstance(whole, Unresolved):
            self.left[self.row.opened] = whole.why
            del found[self.row.opened]
        return {name: value for name, value in found.items() if value is not ABSENT}

    def _take(self, one: Property, value: Resolved) -> None:
        """The attribute of a property, as far as it is known."""
        parts = Parts(one.strict, self.row.unseen)
        bare = value if isinstance(value, Unresolved) else one.bare(value)
        known, told = parts.known(bare, one.name)
        self.left |= parts.left
        if not known:
            self.open.add(one.kept_as)  # what others add to it is not all there is
            return
        try:
            taken = one.taken(told)
        except NotComparable as error:
            self.left[one.name] = str(error)
            self.open.add(one.kept_as)
            return
        if parts.partial:
            self.open.add(one.kept_as)
        self.attributes[one.kept_as] = joined(self.attributes.get(one.kept_as), taken)

    def _tags(self, value: Resolved) -> None:
        """Tags as one mapping; those of the stack are on its resources, too."""
        parts = Parts(strict=True)
        known, told = parts.known(value, TAGS)
        self.left |= parts.left
        try:
            tags = _tags(told) if known else None
        except NotComparable as error:
            self.left[TAGS], tags = str(error), None
        if tags is None:
            return
        if parts.partial:
            self.open.add(TAGS)
        self.attributes[TAGS] = tags

    def _give_back(self, properties: Mapping[str, Resolved]) -> None:
        """Leave out what another service changes by design."""
        for attribute, why in (self.row.lent(properties) if self.row.lent else {}).items():
            if self.attributes.pop(attribute, None) is not None:
                self.left[attribute] = why


def _tags(told: JSON) -> dict[str, str]:
    if isinstance(told, Mapping):
        return {str(key): as_text(value) or "" for key, value in told.items()}
    if not isinstance(told, list) or not all(isinstance(one, Mapping) for one in told):
        message = "these are no tags"
        raise NotComparable(message)
    return {str(one.get("Key")): as_text(one.get("Value", "")) or "" for one in told}
