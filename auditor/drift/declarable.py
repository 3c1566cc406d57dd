"""What templates declare of a kind of resource, as data: which property is which attribute.

A `Declarable` is one row of the tables in `probes/declared`. It leads from the properties that a
template may hold to the attributes that a `Recordable` keeps; the engine knows no property.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from auditor.answer import Place, Refusal
from auditor.inventory import Inventory
from auditor.query import JSON, Query
from auditor.recording.recordable import Recordable
from auditor.resources import Resource, Stack
from auditor.settings import Group


class NotComparable(Exception):
    """Raised by what takes a value where it cannot be told what AWS makes of it; says why."""


def as_it_is(value: JSON) -> JSON:
    """A value that is written in both worlds alike."""
    return value


def joined(one: JSON, other: JSON) -> JSON:
    """Two declarations of one attribute: lists and mappings are put together."""
    if isinstance(one, list) and isinstance(other, list):
        return [*one, *other]
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        both = {name: joined(one[name], other[name]) for name in one.keys() & other.keys()}
        return {**one, **other, **both}
    return other if one is None else one


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a template and the attribute that AWS keeps of it.

    name       as CloudFormation calls it
    attribute  as it is recorded; the same name unless given
    taken      the attribute as the API would send it, out of the property
    seen       what of the recorded attribute is compared with that
    bare       applied before what cannot be told is taken out, where only names are compared
    strict     a member of a list counts whole or not at all, as statements of policies do
    """

    name: str
    attribute: str = ""
    taken: Callable[[JSON], JSON] = as_it_is
    seen: Callable[[JSON], JSON] = as_it_is
    bare: Callable[[Any], Any] = as_it_is
    strict: bool = False

    @property
    def kept_as(self) -> str:
        """The attribute's name."""
        return self.attribute or self.name


REF = "Ref"
"""What a resource that stands beside another is called itself, among what it declares."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A kind whose resources declare something of another resource: a rule, a policy on it.

    targets    the property that names the other resource, or several
    build      out of all that it declares, and its own physical id as `REF`, what it adds to one
               attribute there
    attribute  the attribute there
    strict     as with a property
    whole      it says nothing unless all that it declares is known
    """

    type: str
    targets: str
    attribute: str
    build: Callable[[Mapping[str, JSON]], JSON]
    strict: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Changer:
    """A kind whose resources change others by design, which is nobody's drift.

    type       the kind, or a pattern of kinds
    at         where it names those that it changes: paths of properties, through lists
    paths      what it changes of them: patterns of recorded paths
    why        what is said of that
    called     the physical id, or the end of the ARN, out of a name that stands there; nothing
               where that is of another kind
    mentioned  that it names what `paths` of the others speak of, and not the others themselves
    when       whether one does it, by its properties
    """

    type: str
    at: tuple[str, ...]
    paths: tuple[str, ...]
    why: str
    called: Callable[[str], str] = as_it_is
    mentioned: bool = False
    when: Callable[[Mapping[str, Any]], bool] | None = None


@dataclass(frozen=True, slots=True)
class Lent:
    """What one resource changes of those of a kind: of one by its name, else of any."""

    type: str
    changer: Changer
    whose: str = ""


@dataclass(frozen=True, eq=False)
class Declarable:
    """One kind of resource, and what of its declaration is compared.

    row         what is recorded of it
    properties  what is compared
    beside      kinds that declare something of it, in any stack
    only_named  attributes of which a template never names all: more of them is no drift
    silent      properties that name it or tell CloudFormation what to do: nothing to compare
    absent      attribute -> what it means that AWS leaves it out
    free        attributes that change without anybody's doing
    called      the name that the recorded resource has, out of its physical id
    listed      whether all there are can be listed: only then can one be gone
    lent        out of what is declared, the attributes that another service changes, and why
    changed_by  kinds that change it by design, in any stack
    none        attributes that hold nothing unless a template says so: what is there was added
    given       attribute -> members that AWS puts there where the resource itself declares none
    by_aws      attribute -> what is left of what is found, beside what is declared, without what
                AWS puts there by itself
    doubted     why others may have made a change, by the resource, the path and what is found there
    opened      the property in which all others stand: they are named with it, `Whole.Part`
    unseen      paths of what AWS's answer does not tell, or not so that it can be compared, and why
    """

    row: Recordable
    properties: tuple[Property, ...]
    beside: tuple[Beside, ...] = ()
    only_named: frozenset[str] | set[str] = frozenset()
    silent: frozenset[str] | set[str] = frozenset()
    absent: Mapping[str, JSON] = field(default_factory=dict)
    free: frozenset[str] | set[str] = frozenset()
    called: Callable[[str], str] = as_it_is
    listed: bool = True
    lent: Callable[[Mapping[str, JSON]], Mapping[str, str]] | None = None
    changed_by: tuple[Changer, ...] = ()
    none: frozenset[str] | set[str] = frozenset()
    given: Mapping[str, JSON] = field(default_factory=dict)
    by_aws: Mapping[str, Callable[[JSON, JSON, Resource], JSON]] = field(default_factory=dict)
    doubted: Callable[[Resource, str, JSON], str] | None = None
    opened: str = ""
    unseen: Mapping[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """CloudFormation's name for the kind."""
        return self.row.type

    @cached_property
    def judged(self) -> Recordable:
        """The recorded kind with all that changes by itself, recorded or declared."""
        return replace(self.row, free={*self.row.free, *self.free})

    def seen(self, attribute: str) -> Callable[[JSON], JSON]:
        """What of a recorded attribute is compared."""
        found = (one.seen for one in self.properties if one.kept_as == attribute)
        return next(found, as_it_is)


@dataclass(frozen=True, slots=True)
class Declared:
    """What one resource of a stack declares of a resource, in the words of the API.

    `own` says that it is that very resource; else it stands beside it. `attributes` are not in
    normal form yet. Of `open` attributes there may be more than could be told. `left` are paths of
    properties that are not compared, each with the reason.
    """

    declarable: Declarable
    physical_id: str
    logical_id: str
    own: bool
    attributes: Mapping[str, JSON] = field(default_factory=dict)
    open: frozenset[str] = frozenset()
    left: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StackRead:
    """A deployed stack and what its template declares.

    `resource` is the stack itself. Where nothing could be compared `why` says so, with what was
    refused; `exempt` that nothing is to be. `made` are the resources of known kinds that it made:
    type, physical and logical id; None where that could not be read. `aimless` are kinds and
    attributes that a resource beside them adds to, of which it could not be told whose they are.
    `lent` is what its resources change of others.
    """

    place: Place
    stack: Stack
    resource: Resource
    made: tuple[tuple[str, str, str], ...] | None = ()
    declared: tuple[Declared, ...] = ()
    aimless: frozenset[tuple[str, str]] = frozenset()
    why: str = ""
    refusals: tuple[Refusal, ...] = ()
    exempt: bool = False
    lent: tuple[Lent, ...] = ()


Known = Callable[[str, Place, str], Any]
"""Kind, place and physical id -> the live resource (`recording.live.Live`), or None."""

Expected = Callable[[Resource], Any]
"""A stack -> the settings that count for it; raises `Unanswered` where that cannot be told."""


@dataclass(frozen=True, eq=False)
class Templates:
    """All that comparing with templates takes: the tables, what is asked, and who reads it.

    read  an inventory, a place, the live resources and the settings -> its stacks, as far as they
          were listed
    """

    rows: tuple[Declarable, ...]
    stacks: Query[Any]
    reads: tuple[Query[Any], ...]
    settings: type[Group]
    read: Callable[[Templates, Inventory, Place, Known, Expected], Iterator[StackRead]]

    @property
    def recordables(self) -> tuple[Recordable, ...]:
        """What is recorded of the kinds."""
        return tuple(one.row for one in self.rows)

    @property
    def queries(self) -> tuple[Query[Any], ...]:
        """All that is asked."""
        rows: Iterable[Query[Any]] = (q for one in self.rows for q in one.row.queries)
        return (self.stacks, *self.reads, *rows)
