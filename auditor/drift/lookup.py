"""Finds live resources by the physical ids that stacks know them by; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from auditor.answer import Place
from auditor.drift.declarable import Declarable, Templates
from auditor.inventory import Inventory, place_of
from auditor.recording.live import Listed, Live, listed
from auditor.resources import Resource


class Lookup:
    """Finds live resources by kind and physical id."""

    def __init__(self, inventory: Inventory, templates: Templates) -> None:
        self.inventory = inventory
        self.rows = {row.type: row for row in templates.rows}
        self._listed: dict[tuple[str, Place], Listed] = {}
        self._names: dict[tuple[str, Place], Mapping[str, Live]] = {}

    def __call__(self, type_: str, place: Place, physical_id: str) -> Live | None:
        """The live resource of a kind that compares with templates, or None."""
        row = self.rows.get(type_)
        if row is None:
            return None
        found = self.listed(row, place)
        known = (type_, found.place)
        if known not in self._names:
            self._names[known] = _by_name(found.resources.values())
        names = self._names[known]
        return names.get(physical_id) or names.get(row.called(physical_id))

    def listed(self, row: Declarable, place: Place) -> Listed:
        """All of a kind that there are, where it belongs."""
        where = place_of(row.row.query, place)
        known = (row.type, where)
        if known not in self._listed:
            self._listed[known] = next(listed(self.inventory, [row.row], where))
        return self._listed[known]


def _by_name(resources: Iterable[Live]) -> Mapping[str, Live]:
    """Live resources by id and ARN, and by shorter names that only one of them has."""
    resources = tuple(resources)
    shorter = [(name, one) for one in resources for name in _shorter(one.resource)]
    counted = Counter(name for name, _ in shorter)
    found = {name: one for name, one in shorter if counted[name] == 1}
    for one in resources:
        found |= {name: one for name in (one.resource.id, one.resource.arn) if name}
    return found


def _shorter(resource: Resource) -> set[str]:
    return {resource.name, resource.arn.rpartition("/")[2]} - {""}
