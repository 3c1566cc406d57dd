"""What the values of a template refer to, what they say literally, and which resource needs which.

`Ref`, `Fn::GetAtt` and the placeholders of `Fn::Sub` order resources just as `DependsOn` does: what
is referred to is created before (User Guide, "DependsOn attribute").
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

from probes.analysis.template import Resource, Template
from probes.analysis.template_bounds import Json
from probes.analysis.template_functions import PLACEHOLDER

Path: TypeAlias = tuple[str | int, ...]

# An attribute whose name is itself worked out by a function.
ANY_ATTRIBUTE: Final = "*"
# The arguments that are names inside the template, or signs, and so are no literals of a value.
_NAMES: Final[Mapping[str, frozenset[int]]] = MappingProxyType(
    {
        "Fn::If": frozenset({0}),
        "Fn::FindInMap": frozenset({0, 1, 2}),
        "Fn::Join": frozenset({0}),
        "Fn::Select": frozenset({0}),
        "Fn::Split": frozenset({0}),
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """A name that a value refers to: a resource, a parameter or a pseudo parameter.

    `attribute` is None for a `Ref`, `ANY_ATTRIBUTE` where a function makes its name.
    """

    logical_id: str
    attribute: str | None = None


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that stands in a template as it is.

    `whole` says whether it may be the value by itself; what a function only uses a piece of, such
    as the text between two placeholders, is not.
    """

    path: Path
    text: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """The resource `source` needs `target` to be there before it."""

    source: str
    target: str
    explicit: bool


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Which resource of a template waits for which; both branches of every `Fn::If` count."""

    edges: frozenset[Edge]
    targets: Mapping[str, frozenset[str]]

    def reachable(self, logical_id: str) -> frozenset[str]:
        """All that is created before a resource; itself only if it waits for itself."""
        found: set[str] = set()
        waiting = [logical_id]
        while waiting:
            new = self.targets.get(waiting.pop(), frozenset()) - found
            found |= new
            waiting += new
        return frozenset(found)

    def reaches(self, source: str, target: str) -> bool:
        return target in self.reachable(source)

    @property
    def redundant(self) -> frozenset[Edge]:
        """Explicit edges that a reference between the same two resources makes anyway."""
        return frozenset(
            edge
            for edge in self.edges
            if edge.explicit and Edge(edge.source, edge.target, explicit=False) in self.edges
        )


def references(value: Json) -> frozenset[Reference]:
    """All that a value refers to, anywhere inside it; names of conditions aside."""
    return frozenset(_references(value))


def depends(template: Template) -> Dependencies:
    """The order that a template puts its resources in."""
    edges = frozenset(
        edge
        for resource in template.resources.values()
        for edge in _edges(resource)
        if edge.target in template.resources
    )
    targets: dict[str, set[str]] = {}
    for edge in edges:
        targets.setdefault(edge.source, set()).add(edge.target)
    return Dependencies(
        edges, MappingProxyType({name: frozenset(found) for name, found in targets.items()})
    )


def literals(value: Json, path: Path = ()) -> Iterator[Literal]:
    """Text outside placeholders and names, with its place; keys of mappings are not values."""
    waiting: list[tuple[Json, Path, bool]] = [(value, path, True)]
    while waiting:
        item, place, whole = waiting.pop()
        function = _function(item)
        if isinstance(item, str):
            yield Literal(place, item, whole)
        elif isinstance(item, list):
            waiting += _reversed((part, (*place, i), whole) for i, part in enumerate(item))
        elif isinstance(item, dict) and function == "Fn::Sub":
            yield from _around_placeholders(item[function], (*place, function))
            waiting += _reversed(_own_variables(item[function], (*place, function)))
        elif isinstance(item, dict) and function:
            waiting += _reversed(_arguments(function, item[function], place, whole=whole))
        elif isinstance(item, dict):
            waiting += _reversed((part, (*place, key), whole) for key, part in item.items())


_Waiting: TypeAlias = tuple[Json, Path, bool]


def _reversed(items: Iterable[_Waiting]) -> list[_Waiting]:
    """What is to be walked in the order of the template, when the last is taken first."""
    return [*items][::-1]


def _function(value: Json) -> str:
    if not isinstance(value, dict) or len(value) != 1:
        return ""
    name = next(iter(value))
    return name if name == "Ref" or name.startswith("Fn::") else ""


def _arguments(function: str, arguments: Json, path: Path, *, whole: bool) -> Iterator[_Waiting]:
    """The arguments of a function that may hold literals."""
    if function in {"Ref", "Fn::GetAtt"}:
        return
    whole = whole and function == "Fn::If"
    if not isinstance(arguments, list):
        yield arguments, (*path, function), whole
        return
    for index, item in enumerate(arguments):
        if index not in _NAMES.get(function, ()) or not isinstance(item, str):
            yield item, (*path, function, index), whole


def _sub_text(arguments: Json) -> str:
    text = arguments[0] if isinstance(arguments, list) and arguments else arguments
    return text if isinstance(text, str) else ""


def _sub_variables(arguments: Json) -> dict[str, Json]:
    own = arguments[1] if isinstance(arguments, list) and len(arguments) == 2 else None
    return own if isinstance(own, dict) else {}


def _own_variables(arguments: Json, path: Path) -> Iterator[_Waiting]:
    for name, value in _sub_variables(arguments).items():
        yield value, (*path, 1, name), False


def _around_placeholders(arguments: Json, path: Path) -> Iterator[Literal]:
    text, end = _sub_text(arguments), 0
    whole = PLACEHOLDER.search(text) is None
    place = (*path, 0) if isinstance(arguments, list) else path
    for found in PLACEHOLDER.finditer(text):
        if text[end : found.start()]:
            yield Literal(place, text[end : found.start()], whole)
        end = found.end()
    if text[end:]:
        yield Literal(place, text[end:], whole)


def _references(value: Json) -> Iterator[Reference]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict):
            yield from _direct(item)
            waiting += item.values()


def _direct(value: dict[str, Json]) -> Iterator[Reference]:
    match value:
        case {"Ref": str(name)} if len(value) == 1:
            yield Reference(name)
        case {"Fn::GetAtt": [str(logical_id), attribute]} if len(value) == 1:
            yield Reference(logical_id, attribute if isinstance(attribute, str) else ANY_ATTRIBUTE)
        case {"Fn::Sub": arguments} if len(value) == 1:
            yield from _placeholders(arguments)
        case _:
            return


def _placeholders(arguments: Json) -> Iterator[Reference]:
    own = _sub_variables(arguments)
    for found in PLACEHOLDER.finditer(_sub_text(arguments)):
        name = found[2].strip()
        logical_id, dot, attribute = name.partition(".")
        if not found[1] and name not in own:
            yield Reference(logical_id, attribute if dot else None)


def _edges(resource: Resource) -> Iterator[Edge]:
    for target in resource.depends_on:
        yield Edge(resource.logical_id, target, explicit=True)
    for value in (*resource.properties.values(), *resource.metadata.values()):
        for found in references(value):
            yield Edge(resource.logical_id, found.logical_id, explicit=False)
