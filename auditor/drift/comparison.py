"""One resource against all that stacks declare of it, in whatever stack it stands; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from auditor.answer import Refusal
from auditor.drift.compare import AttributeChange, Drift, Kind, compare
from auditor.drift.declarable import Declarable, Declared, NotComparable, StackRead, joined
from auditor.drift.lent import Lendings
from auditor.drift.lookup import Lookup
from auditor.drift.speaks import as_declared
from auditor.inventory import place_of
from auditor.query import JSON
from auditor.recording.live import Live
from auditor.recording.normal import is_empty, normal
from auditor.recording.recordable import TAGS, Recordable
from auditor.resources import Resource

IsFree = Callable[[Recordable, Resource, AttributeChange], bool]
"""Whether an attribute of a resource may have changed like that."""


@dataclass(frozen=True, slots=True)
class Against:
    """What came of comparing one resource; `left` are paths that were not compared, and why.

    `declared` is what was compared, in normal form. `why` says why nothing could be. `operation` is
    the one that tells of the resource.
    """

    stack: StackRead
    drift: Drift
    operation: str = ""
    declared: Mapping[str, JSON] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)
    why: str = ""


@dataclass(slots=True)
class Gathered:
    """One resource, and all that is declared of it in the stacks of an account."""

    declarable: Declarable
    physical_id: str
    stack: StackRead
    logical_id: str
    owned: bool
    live: Live | None
    parts: list[Declared] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What the stack calls it; what no stack made, with its own name as well."""
        named = f"{self.stack.stack.name}/{self.logical_id}"
        return named if self.owned or self.live is None else f"{named}/{self.live.key}"


def resource_made(
    stack: StackRead, logical_id: str, type_: str, physical_id: str, live: Live | None
) -> Resource:
    """The resource as a finding names it, by what is live or else by what its stack says."""
    made_by = replace(stack.stack, logical_id=logical_id)
    if live is not None:
        return replace(live.resource, stack=live.resource.stack or made_by)
    arn = physical_id if physical_id.startswith("arn:") else ""
    return Resource(type_, physical_id, arn, physical_id, None, made_by)


class Comparison:
    """One resource at a time: its declared attributes and the live ones."""

    def __init__(
        self,
        one: Gathered,
        lookup: Lookup,
        is_free: IsFree,
        more: frozenset[tuple[str, str, str]],
    ) -> None:
        self.one, self.lookup, self.is_free, self.more = one, lookup, is_free, more
        self.row = one.declarable.row
        self.left = {path: why for part in one.parts for path, why in part.left.items()}
        self.declared: dict[str, JSON] = {}
        self.refusals: dict[Refusal, None] = {}
        self.unread: list[str] = []
        self.doubts: dict[str, str] = {}

    def against(self, lendings: Lendings) -> Against:
        """What became of the resource."""
        one = self.one
        type_ = self.row.type
        resource = resource_made(one.stack, one.logical_id, type_, one.physical_id, one.live)
        drift = Drift(one.stack.place, self.row.type, one.key, Kind.SAME, resource)
        if one.live is None:
            return self._absent(drift)
        changes = tuple(self._settled(one.live, lendings))
        unknown = self.unread or self.doubts
        kind = Kind.CHANGED if changes else Kind.UNKNOWN if unknown else Kind.SAME
        drift = replace(
            drift,
            kind=kind,
            changes=changes,
            refusals=tuple(self.refusals),
            unread=(*self.unread, *self.doubts),
        )
        why = "; ".join(dict.fromkeys(self.doubts.values())) if kind is Kind.UNKNOWN else ""
        return self._said(drift, why)

    def _settled(self, live: Live, lendings: Lendings) -> Iterator[AttributeChange]:
        """The changes without those that others make by design, or may have made."""
        region = place_of(self.row.query, self.one.stack.place).region
        changes = tuple(self._changes(live))
        given = lendings.of(self.row.type, region, live.resource, self.declared)
        self.left |= given.surely
        for change in changes:
            if given.is_lent(change.path):
                continue
            if doubt := given.doubt(change.path) or self._doubt(live, change):
                self.doubts[change.path] = f"{doubt}, or so it may be"
            else:
                yield change

    def _doubt(self, live: Live, change: AttributeChange) -> str:
        """Why others may have made a change that adds something; nothing where none would."""
        doubted = self.one.declarable.doubted if change.expected is None else None
        return doubted(live.resource, change.path, change.found) if doubted else ""

    def _said(self, drift: Drift, why: str = "") -> Against:
        asked = self.row.query.operation
        return Against(self.one.stack, drift, asked, self.declared, self.left, why)

    def _absent(self, drift: Drift) -> Against:
        """A resource that its stack made and that is not there, as far as that can be told."""
        if not self.one.declarable.listed:
            return self._said(drift, "it is not in use")
        refusals = self.lookup.listed(self.one.declarable, self.one.stack.place).refusals
        kind = Kind.UNKNOWN if refusals else Kind.REMOVED
        return self._said(replace(drift, kind=kind, refusals=refusals))

    def _changes(self, live: Live) -> Iterator[AttributeChange]:
        judged = self.one.declarable.judged
        for attribute, declared in sorted(self._attributes().items()):
            if attribute in live.unread:
                self.unread.append(attribute)
                self.refusals |= dict.fromkeys(live.unread[attribute])
                continue
            found = self._found(attribute, declared, live)
            self.declared[attribute] = declared
            seen = found  # of what holds nothing unless declared, all that is there is too much
            if not is_empty(declared):
                more = self._has_more(attribute)
                seen = as_declared(self.row, attribute, declared, found, more=more)
            for change in compare(self.row, {attribute: declared}, {attribute: seen}):
                if not self.is_free(judged, live.resource, change):
                    yield change

    def _attributes(self) -> dict[str, JSON]:
        """What is declared, in normal form; what comes to nothing is as if it were not there."""
        found: dict[str, JSON] = {}
        for part in self.one.parts:
            for attribute, value in part.attributes.items():
                found[attribute] = joined(found.get(attribute), value)
        for attribute, value in list(found.items()):
            reduced = self.row.reduced.get(attribute)
            plain = normal(self.row, attribute, reduced(value) if reduced else value)
            if attribute in self.row.keyed and isinstance(plain, list):
                plain = self._unnamed(attribute, plain)
            found[attribute] = plain
        found = {attribute: value for attribute, value in found.items() if not is_empty(value)}
        return {**self._none(), **found} if self.one.owned else found

    def _none(self) -> dict[str, JSON]:
        """What holds nothing where no template says that it does, as far as that can be told."""
        there = self.one.live.attributes if self.one.live else {}
        names = (name for name in self.one.declarable.none if not self._has_more(name))
        return {
            name: {} if name in self.row.keyed or isinstance(there.get(name), Mapping) else []
            for name in names
        }

    def _unnamed(self, attribute: str, members: list[JSON]) -> JSON:
        """Members without the names that tell them apart: comparable only where nothing keys."""
        if not any(isinstance(member, Mapping) for member in members):
            return members
        self.left.setdefault(attribute, "what tells its members apart is not known")
        return None

    def _found(self, attribute: str, declared: JSON, live: Live) -> JSON:
        found = live.attributes.get(attribute)
        if is_empty(found):
            return self.one.declarable.absent.get(attribute)
        if attribute == TAGS and isinstance(found, Mapping) and isinstance(declared, Mapping):
            given = self.one.stack.resource.tags or {}
            return {k: v for k, v in found.items() if k in declared or k not in given}
        found = self._without_given(attribute, declared, found)
        if attribute in self.one.declarable.by_aws:
            found = self.one.declarable.by_aws[attribute](found, declared, live.resource)
        try:
            return self.one.declarable.seen(attribute)(found)
        except NotComparable:
            return found

    def _without_given(self, attribute: str, declared: JSON, found: JSON) -> JSON:
        """A list without the members that AWS put there, for the resource itself declares none."""
        given = self.one.declarable.given.get(attribute)
        own = any(part.own and attribute in part.attributes for part in self.one.parts)
        if given is None or own or not isinstance(found, list):
            return found
        said = declared if isinstance(declared, list) else []
        return [one for one in found if one not in given or one in said]

    def _has_more(self, attribute: str) -> bool:
        """Whether more may be declared of an attribute than could be told."""
        row = self.one.declarable
        if attribute in row.only_named or any(attribute in part.open for part in self.one.parts):
            return True
        world = not place_of(row.row.query, self.one.stack.place).region
        region = self.one.stack.place.region
        return any(
            (type_, name) == (row.type, attribute) and (world or where == region)
            for where, type_, name in self.more
        )
