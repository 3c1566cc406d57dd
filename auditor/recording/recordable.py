"""What can be recorded of a kind of resource, as data: what is asked, kept, left out and joined.

A `Recordable` is one row of the tables in `probes/recorded`. The recorded state of an account is
made of such rows and compared with what AWS says later; the engine knows no kind of resource.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from string import Formatter
from typing import Annotated, Any

from pydantic import Field, create_model

from auditor.query import JSON, Name, Query, Reduced, Shape
from auditor.recording.words import NAMES, Words
from auditor.resources import tags_from

RECORDED = "drift.recorded"
TEMPLATED = "drift.template"
SOURCES = (RECORDED, TEMPLATED)
"""What findings come from beside probes; waivers may name these as they name probes."""

TAGS = "Tags"
"""The attribute that the tags of every kind are recorded as, wherever they come from."""

BY_THE_ENGINE = frozenset({"partition", "account", "region", "parent"})
WHOLE = "whole"

Taken = Callable[[list[JSON]], JSON]


@dataclass(frozen=True, slots=True)
class Rule:
    """How an attribute is written down, and by what members of its lists are the same.

    normal  what is recorded, out of what AWS sends
    alike   path below the attribute -> what two members of that list are compared by
    """

    normal: Callable[[JSON], JSON]
    alike: Mapping[str, Callable[[JSON], Hashable]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Fold:
    """An attribute that another question answers.

    query   asked of the same items, or of the place
    taken   the attribute's value, out of the answer's items
    joined  for a list of the place: what its items belong to, and the field here that says so
    """

    attribute: str
    query: Query[Any]
    taken: Taken
    joined: tuple[Callable[[Any], Any], str] | None = None


@dataclass(frozen=True, eq=False)
class Recordable:
    """One kind of resource and what its approved configuration is made of.

    base      the query that lists the resources; the same call is asked for more of its answer
    keeps     attributes, by AWS's names, that are recorded with all that is in them
    leaves    all else that AWS sends: names, states, counters, times
    reduced   attribute -> what is kept of it as the answer arrives, where it may hold secrets
    folds     attributes out of other answers
    rules     attribute -> how it is written down
    volatile  paths inside attributes that are left out: states, counters, times
    ordered   paths of lists in which order means something; all others are sets
    keyed     path of a list -> the field that tells its members apart
    names     path -> the name of that step in a template, where it is another (`recording.words`)
    free      attributes that change without anybody's doing, free unless a baseline holds them
    skips     which items are nobody's to configure (keys that AWS manages)
    looks     what `skips` reads beside what is recorded
    newest    of items with one lasting name the one counts whose value here is the highest

    A path is made of field names; members of lists and the keys of keyed ones are not in it.
    """

    base: Query[Any]
    keeps: tuple[str, ...]
    leaves: tuple[str, ...] = ()
    reduced: Mapping[str, Callable[[Any], JSON]] = field(default_factory=dict)
    folds: tuple[Fold, ...] = ()
    rules: Mapping[str, Rule] = field(default_factory=dict)
    volatile: frozenset[str] | set[str] = frozenset()
    ordered: frozenset[str] | set[str] = frozenset()
    keyed: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    free: frozenset[str] | set[str] = frozenset()
    skips: Callable[[Mapping[str, JSON]], bool] | None = None
    looks: tuple[str, ...] = ()
    newest: str = ""

    @property
    def type(self) -> str:
        """CloudFormation's name for the kind."""
        return self.base.type

    @cached_property
    def query(self) -> Query[Shape]:
        """The base query, with all that is recorded kept of its items."""
        newest = [self.newest] if self.newest else []
        joined = [fold.joined[1] for fold in self.folds if fold.joined]
        names = (*self.keeps, *self.looks, *newest, *joined)
        return whole(self.base, *names, reduced=self.reduced)

    @property
    def queries(self) -> tuple[Query[Any], ...]:
        """All that recording this kind takes."""
        return (self.query, *(fold.query for fold in self.folds))

    @property
    def attributes(self) -> tuple[str, ...]:
        """The names of all that is recorded."""
        tags = (TAGS,) if self.base.tags else ()
        return tuple(sorted({*self.keeps, *(fold.attribute for fold in self.folds), *tags}))

    def alike(self, path: str) -> Callable[[JSON], Hashable] | None:
        """What the members of the list at a path are compared by, where it is not all of them."""
        attribute, _, below = path.partition(".")
        rule = self.rules.get(attribute)
        return rule.alike.get(below) if rule else None

    @cached_property
    def words(self) -> Words:
        """Where every path begins in the words of CloudFormation."""
        return Words({f"{TAGS}.{NAMES}": NAMES, **self.names})


def whole(
    query: Query[Any],
    *names: str,
    reduced: Mapping[str, Callable[[Any], JSON]] | None = None,
    **other: Any,
) -> Query[Shape]:
    """The same question with other fields kept of the answer, each with all that is in it.

    What the query names its items by is kept as well. `other` replaces properties of the query.
    """
    query = replace(query, **{"label": f"{query.label} {WHOLE}".strip(), **other})
    if query.shape is Name:
        return query
    reductions: dict[str, Callable[[Any], JSON]] = dict(reduced or {})
    if isinstance(query.tags, str) and query.tags:
        reductions[query.tags] = tags_from
    fields: dict[str, Any] = {}
    for number, name in enumerate(dict.fromkeys((*names, *_named_by(query)))):
        kept = Annotated[Any, Reduced(reductions[name])] if name in reductions else Any
        fields[f"field_{number}"] = (kept, Field(None, alias=name))
    shape: type[Shape] = create_model(f"{query.shape.__name__}Recorded", __base__=Shape, **fields)
    return replace(query, shape=shape)


def _named_by(query: Query[Any]) -> Iterable[str]:
    """The fields by which items are told apart, called and tagged."""
    yield from (query.key,) if isinstance(query.key, str) and query.key else tuple(query.key)
    if query.lasting:
        yield query.lasting
    for where in (query.name, query.arn):
        named = [name for _, name, _, _ in Formatter().parse(where) if name]
        yield from (n for n in named or [where] if n and n not in BY_THE_ENGINE)
    if isinstance(query.tags, str) and query.tags:
        yield query.tags


# -- what a fold takes of an answer ---------------------------------------------------------------


def the(name: str) -> Taken:
    """One field of the one object that a question answers."""
    return lambda items: items[0].get(name) if items else None


def the_object(items: list[JSON]) -> JSON:
    """The one object that a question answers."""
    return items[0] if items else None


def the_list(items: list[JSON]) -> JSON:
    """The items as they are."""
    return items


def each(name: str) -> Taken:
    """One field of every item."""
    return lambda items: [item.get(name) for item in items]


def by_name(key: str, value: str) -> Taken:
    """The items as one mapping."""
    return lambda items: {str(item.get(key)): item.get(value) for item in items}
