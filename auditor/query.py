"""One AWS API operation as data: what is called, where its items are, what it hangs on.

A `Query` never calls anything. `collect` asks it, `permissions` derives its IAM action, the laws
in the tests hold it against botocore's own model, and a probe reads its answers by naming it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import AliasChoices, AliasGenerator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel, to_pascal

if TYPE_CHECKING:
    from auditor.facts import Facts

JSON = Any  # what json.loads returns; narrowed by a shape before anybody reads it


def _aws_spellings(name: str) -> AliasChoices:
    """Both spellings that AWS uses for most names: `KeyArn` and `taskRoleArn`."""
    return AliasChoices(to_pascal(name), to_camel(name))


class Shape(BaseModel):
    """The part of an answer that somebody reads: AWS's names in snake case, frozen.

    A name that is neither PascalCase nor camelCase in the API (`DBInstanceArn`) is given with
    `Field(alias=...)`. A default says what it means that AWS leaves the field out.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        defer_build=True,
        alias_generator=AliasGenerator(validation_alias=_aws_spellings),
    )


class Name(Shape):
    """An item that is no object but a bare text, as in `ListServices`."""

    value: str


@dataclass(frozen=True, slots=True)
class Reduced:
    """Marks a field whose value is reduced as the answer arrives: the original is never kept."""

    by: Callable[[Any], JSON]


def _as_text(document: object) -> JSON:
    """A policy or template as text: botocore decodes some documents and leaves others as text."""
    return document if isinstance(document, str) else json.dumps(document, default=str)


Document = Annotated[str, Reduced(_as_text)]
"""A policy or template document, always as text, whatever botocore made of it."""

S_co = TypeVar("S_co", bound=Shape, covariant=True)


@dataclass(frozen=True, eq=False)
class Query(Generic[S_co]):
    """One API operation and how to ask it; a constant of a module in `probes.aws`.

    operation  `service:Operation`, with boto3's name of the service
    shape      what is kept of each item
    each       path of the list of items: `Keys`, `Reservations[].Instances`; items that are bare
               texts are kept as `Name`
    at         path of the one object that the answer is about, where it is not the whole answer
    key        the field that tells items apart (several: where one is not enough)
    lasting    the field with the longest-lived name, for finding ids; `key` unless given
    of, given  the query about whose items this one is asked, and parameter <- field of that item;
               `^Field` is a field of that item's own parent
    also       constant parameters
    batch      how many items one call takes, in the first parameter of `given`; the answers are
               told apart by `key`
    asks       instead of `of`: parameter sets out of what the queries in `reads` answered
    when       which items of `of` are worth asking about
    absent     error codes by which AWS says that there is none
    gone       error codes by which AWS says that the item vanished since it was listed
    world      asked once per account, not once per region
    arn        field that holds the item's ARN, or a template such as
               `arn:{partition}:ec2:{region}:{account}:security-group/{GroupId}`
    name       field that holds the name that people know the item by, or a template such as
               `{parent} {Protocol}:{Port}`
    tags       path of the tags in the item, or the query that lists them by ARN or by item; a
               function that gives it where that query is asked of these very items
    type       CloudFormation's name for the kind of item
    makes      for a query that lists what an item of `of` made (a stack): the fields with type,
               physical and logical id; findings then name the maker, tags or no tags
    actions    IAM actions, where they are not `service:Operation`
    private    findings do not repeat what it answers (templates may hold anything)
    fetch      for what a row cannot say: `(client, parameters) -> answers`, one per page
    label      tells queries of the same operation apart
    """

    operation: str
    shape: type[S_co]
    each: str = ""
    at: str = ""
    key: str | tuple[str, ...] = ""
    lasting: str = ""
    of: Query[Shape] | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, JSON] = field(default_factory=dict)
    batch: int = 0
    asks: Callable[[Facts], Iterable[Mapping[str, JSON]]] | None = None
    reads: tuple[Query[Shape], ...] = ()
    when: Callable[[Any], bool] | None = None
    absent: frozenset[str] | set[str] = frozenset()
    gone: frozenset[str] | set[str] = frozenset()
    world: bool = False
    arn: str = ""
    name: str = ""
    tags: str | Query[Shape] | Callable[[], Query[Shape]] = ""
    type: str = ""
    makes: tuple[str, str, str] | None = None
    actions: tuple[str, ...] = ()
    fetch: Callable[[Any, Mapping[str, JSON]], Iterable[Mapping[str, JSON]]] | None = None
    label: str = ""
    private: bool = False

    @property
    def id(self) -> str:
        """The name of this query in files and reports, unique in the catalogue."""
        return f"{self.operation}#{self.label}" if self.label else self.operation

    @property
    def service(self) -> str:
        """boto3's name of the service."""
        return self.operation.partition(":")[0]

    @property
    def call(self) -> str:
        """The operation's name, as the API has it."""
        return self.operation.partition(":")[2]

    @property
    def parents(self) -> tuple[Query[Shape], ...]:
        """The queries that must have been answered before this one can be asked."""
        return self.reads if self.of is None else (self.of, *self.reads)

    @property
    def tag_query(self) -> Query[Shape] | None:
        """The query that lists the tags of these items, where they do not stand in them."""
        if isinstance(self.tags, str):
            return None
        return self.tags if isinstance(self.tags, Query) else self.tags()

    def __repr__(self) -> str:
        return f"<Query {self.id}>"


def closure(queries: Iterable[Query[Shape]]) -> tuple[Query[Shape], ...]:
    """The queries with all that they hang on (parents, tags), each once, parents first."""
    ordered: dict[int, Query[Shape]] = {}

    def add(query: Query[Shape]) -> None:
        if id(query) in ordered:
            return
        for parent in query.parents:
            add(parent)
        ordered[id(query)] = query
        if query.tag_query is not None:
            add(query.tag_query)

    for query in queries:
        add(query)
    return tuple(ordered.values())


# -- keeping only what a shape declares -----------------------------------------------------------

Keep = Callable[[Any], JSON]

DEEPEST = 100
"""Levels of lists and objects in a value that is kept; AWS's have a tenth of it."""


class TooDeepError(ValueError):
    """A value that is nested deeper than any that AWS sends."""


def prune(shape: type[Shape], answer: JSON) -> JSON:
    """What `shape` declares of one item of an answer, as JSON, with sensitive fields reduced.

    A value of another kind than declared is left as it is: the shape refuses it when it is read.
    An item that is nested deeper than anything of AWS's is kept as null, which no shape accepts.
    """
    try:
        return _keep_shape(shape)(answer)
    except (TooDeepError, RecursionError):
        return None


def aws_names(shape: type[Shape]) -> dict[str, tuple[str, ...]]:
    """For each field of a shape the spellings under which AWS may send it."""
    names: dict[str, tuple[str, ...]] = {}
    for name, info in shape.model_fields.items():
        if info.alias is not None:
            names[name] = (info.alias,)
        else:
            names[name] = tuple(dict.fromkeys((to_pascal(name), to_camel(name))))
    return names


@cache
def _keep_shape(shape: type[Shape]) -> Keep:
    spellings = aws_names(shape)
    keeps: list[tuple[str, Keep]] = []
    for name, info in shape.model_fields.items():
        reduced = next((mark for mark in info.metadata if isinstance(mark, Reduced)), None)
        keep = _reduce(reduced.by) if reduced else _keep_type(info.annotation)
        keeps += [(spelling, keep) for spelling in spellings[name]]

    def keep_object(value: Any) -> JSON:
        if isinstance(value, str) and shape is Name:
            return {"value": _text(value)}
        if not isinstance(value, Mapping):
            return _jsonable(value)
        return {name: keep(value[name]) for name, keep in keeps if name in value}

    return keep_object


def _keep_type(annotation: Any) -> Keep:
    """How values of a declared type are kept: shapes are pruned, all else is taken as JSON."""
    reduced = next(
        (m for m in getattr(annotation, "__metadata__", ()) if isinstance(m, Reduced)), None
    )
    if reduced:
        return _reduce(reduced.by)
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return _keep_shape(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType, Annotated):
        return next((_keep_type(a) for a in arguments if _holds_shape(a)), _jsonable)
    if not arguments or not _holds_shape(arguments[-1] if origin is dict else arguments[0]):
        return _jsonable
    inner = _keep_type(arguments[-1] if origin is dict else arguments[0])
    if origin is dict:
        return lambda v: (
            {_text(str(k)): inner(x) for k, x in v.items()}
            if isinstance(v, Mapping)
            else _jsonable(v)
        )
    return lambda v: [inner(x) for x in v] if isinstance(v, list | tuple) else _jsonable(v)


def _holds_shape(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return True
    if any(isinstance(mark, Reduced) for mark in getattr(annotation, "__metadata__", ())):
        return True
    return any(_holds_shape(argument) for argument in get_args(annotation))


def _reduce(by: Callable[[Any], JSON]) -> Keep:
    return lambda value: _jsonable(by(value))


def _text(value: str) -> str:
    """Text that a UTF-8 file can hold: JSON may carry half of a surrogate pair."""
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _jsonable(value: Any, room: int = DEEPEST) -> JSON:
    """A value as JSON holds it; times and anything unforeseen become text."""
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, int | float | bool):
        return value
    if not room:
        raise TooDeepError
    if isinstance(value, Mapping):
        return {_text(str(k)): _jsonable(v, room - 1) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_jsonable(v, room - 1) for v in value]
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if isoformat else str(value)
