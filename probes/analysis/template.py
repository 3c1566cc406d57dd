"""A deployed CloudFormation template: what it declares, without what its values come to.

`read` makes a `Template` from the text or mapping that `cloudformation:GetTemplate` gives. Values
inside it are plain JSON values with functions in their long form; they are not to be changed.
`template_values.resolve` says what they come to in one stack, `template_graph` what they refer to.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, TypeVar

from probes.analysis.answers import CannotTell
from probes.analysis.template_bounds import Budget, Json, MalformedTemplate, clipped
from probes.analysis.template_loops import LOOP, unrolled
from probes.analysis.template_text import load, says_false

_Declared = TypeVar("_Declared")

LANGUAGE_EXTENSIONS: Final = "AWS::LanguageExtensions"
_MACRO: Final = "Fn::Transform"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that a stack is given from outside; `default` is None where there is none."""

    name: str
    type: str
    default: Json = None
    no_echo: bool = False
    allowed_values: tuple[Json, ...] = ()

    @property
    def is_list(self) -> bool:
        return self.type == "CommaDelimitedList" or "List<" in self.type


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as the template declares it.

    The policies are as written: None where there is none, a function where
    `AWS::LanguageExtensions` allows one.
    """

    logical_id: str
    type: str
    properties: dict[str, Json]
    depends_on: tuple[str, ...] = ()
    deletion_policy: Json = None
    update_replace_policy: Json = None
    condition: str | None = None
    metadata: dict[str, Json] = field(default_factory=dict)

    @property
    def cdk_path(self) -> str | None:
        """Where the construct stands in a CDK application, if that wrote the template."""
        path = self.metadata.get("aws:cdk:path")
        return path if isinstance(path, str) else None


@dataclass(frozen=True, slots=True)
class Output:
    """A value that a stack hands out; `export` is the name under which other stacks import it."""

    name: str
    value: Json
    export: Json = None
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A template that was read.

    `opaque` are the places where a macro or a loop would put more than can be seen here: nothing
    can be said to be missing from such a template.
    """

    parameters: Mapping[str, Parameter]
    mappings: Mapping[str, Json]
    conditions: Mapping[str, Json]
    resources: Mapping[str, Resource]
    outputs: Mapping[str, Output]
    transforms: tuple[str, ...] = ()
    opaque: tuple[str, ...] = ()

    @property
    def has_macros(self) -> bool:
        """Whether the deployed resources may differ from those that are read here."""
        return bool(self.opaque) or any(name != LANGUAGE_EXTENSIONS for name in self.transforms)

    def of_type(self, *types: str) -> tuple[Resource, ...]:
        return tuple(found for found in self.resources.values() if found.type in types)


def read(body: str | Mapping[str, Any]) -> Template:
    """The template of a body as `GetTemplate` gives it: JSON, YAML, or a mapping parsed from JSON.

    Raises `MalformedTemplate`, and nothing else, when it cannot be read.
    """
    root = load(body)
    if not isinstance(root, dict):
        raise MalformedTemplate("the template is not a mapping")
    opaque = tuple(_opaque(root))
    if opaque:
        root = _mapping(unrolled(root, Budget()), "the template")
        opaque = tuple(_opaque(root))
    return Template(
        parameters=_entries(root, "Parameters", _parameter),
        mappings=MappingProxyType(_section(root, "Mappings")),
        conditions=MappingProxyType(_section(root, "Conditions")),
        resources=_entries(root, "Resources", _resource),
        outputs=_entries(root, "Outputs", _output),
        transforms=tuple(_transforms(root.get("Transform"))),
        opaque=opaque,
    )


def read_template(body: str) -> Template | CannotTell:
    """The template of a text, or why it cannot be read: one reading serves all that ask for it.

    A deployed one has resources (user guide, "Template sections"), but for what macros write.
    """
    try:
        found = read(body)
    except MalformedTemplate as error:
        return CannotTell(str(error))
    if not found.resources and not found.has_macros:
        return CannotTell("it has no Resources")
    return found


def _opaque(root: Mapping[str, Json]) -> Iterator[str]:
    """The places that hold a macro or a loop, as section and entry."""
    for section, content in root.items():
        if generates(section):
            yield section
        entries = content.items() if isinstance(content, dict) else [("", content)]
        for entry, value in entries:
            if generates(entry) or _holds_generator(value):
                yield f"{clipped(section)}.{clipped(entry)}"


def generates(key: str) -> bool:
    """Whether a key stands for entries that a macro or a loop would make."""
    return key == _MACRO or key.startswith(LOOP)


def _holds_generator(value: Json) -> bool:
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            if any(map(generates, value)):
                return True
            waiting += value.values()
    return False


def _mapping(value: Json, where: str) -> dict[str, Json]:
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise MalformedTemplate(f"{where} is not a mapping")


def _section(root: Mapping[str, Json], name: str) -> dict[str, Json]:
    """The entries of a section that stand there, without macros and loops that would make more."""
    section = _mapping(root.get(name), name)
    return {key: value for key, value in section.items() if not generates(key)}


def _entries(
    root: Mapping[str, Json],
    section: str,
    build: Callable[[str, dict[str, Json]], _Declared],
) -> Mapping[str, _Declared]:
    found = {}
    for name, value in _section(root, section).items():
        if not isinstance(value, dict):
            raise MalformedTemplate(f"{section}: {clipped(name)} is not a mapping")
        found[name] = build(name, value)
    return MappingProxyType(found)


def _parameter(name: str, declared: dict[str, Json]) -> Parameter:
    allowed = declared.get("AllowedValues")
    return Parameter(
        name=name,
        type=_text(declared, "Type", name),
        default=declared.get("Default"),
        # A parameter whose NoEcho is not understood is kept as if it were a secret.
        no_echo="NoEcho" in declared and not says_false(declared["NoEcho"]),
        allowed_values=tuple(allowed) if isinstance(allowed, list) else (),
    )


def _resource(name: str, declared: dict[str, Json]) -> Resource:
    return Resource(
        logical_id=name,
        type=_text(declared, "Type", name),
        properties=_mapping(declared.get("Properties"), f"Properties of {clipped(name)}"),
        depends_on=_names(declared.get("DependsOn"), f"DependsOn of {clipped(name)}"),
        deletion_policy=declared.get("DeletionPolicy"),
        update_replace_policy=declared.get("UpdateReplacePolicy"),
        condition=_condition(declared, name),
        metadata=_mapping(declared.get("Metadata"), f"Metadata of {clipped(name)}"),
    )


def _output(name: str, declared: dict[str, Json]) -> Output:
    export = _mapping(declared.get("Export"), f"Export of {clipped(name)}")
    return Output(name, declared.get("Value"), export.get("Name"), _condition(declared, name))


def _condition(declared: Mapping[str, Json], name: str) -> str | None:
    return _text(declared, "Condition", name) if "Condition" in declared else None


def _text(declared: Mapping[str, Json], key: str, name: str) -> str:
    value = declared.get(key)
    if isinstance(value, str):
        return value
    raise MalformedTemplate(f"{key} of {clipped(name)} is not text")


def _names(value: Json, where: str) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [] if value is None else [value]
    names = tuple(item for item in listed if isinstance(item, str))
    if len(names) != len(listed):
        raise MalformedTemplate(f"{where} is not text or a list of it")
    return names


def _transforms(value: Json) -> Iterator[str]:
    """The names of the section Transform: one or a list, each as text or as `{Name: ...}`."""
    for item in value if isinstance(value, list) else [] if value is None else [value]:
        name = item.get("Name") if isinstance(item, dict) else item
        if not isinstance(name, str):
            raise MalformedTemplate("Transform names no macro")
        yield name
