"""One stack as its template sees it: parameters, pseudo parameters, and what was created.

Everything that is not given is unresolved, never assumed: not even a parameter's default, as the
stack may have been given another value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Final, TypeAlias

from probes.analysis.template import Parameter, Template
from probes.analysis.template_bounds import Json, clipped

Attribute: TypeAlias = str | int | float | bool | tuple[str, ...]

# As `DescribeStacks` shows the value of a parameter with NoEcho (API Reference, "Parameter").
MASKED: Final = "****"
# Template Reference, "Pseudo parameters"; other partitions have suffixes of their own.
URL_SUFFIXES: Final = MappingProxyType(
    {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}
)


class Absent(Enum):
    """The value of `AWS::NoValue`: the property is as if it had not been written."""

    ABSENT = "AWS::NoValue"


ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A value that cannot be told, and why. It may turn out to be absent."""

    why: str


Resolved: TypeAlias = (
    "bool | int | float | str | list[Resolved] | dict[str, Resolved] | Absent | Unresolved | None"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A template in one stack.

    `parameters` are the values that `DescribeStacks` gives, for parameters of an SSM type the
    `ResolvedValue`. `physical_ids` is by logical id, `attributes` by logical id and attribute,
    `imports` by export name, `zones` by region.
    """

    template: Template
    parameters: Mapping[str, str] = field(default_factory=dict)
    account: str | None = None
    region: str | None = None
    partition: str | None = None
    url_suffix: str | None = None
    stack_name: str | None = None
    stack_id: str | None = None
    notification_arns: tuple[str, ...] | None = None
    imports: Mapping[str, str] = field(default_factory=dict)
    physical_ids: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[tuple[str, str], Attribute] = field(default_factory=dict)
    zones: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def reference(self, name: str) -> Resolved:
        """What `Ref` of a name gives."""
        if name.startswith("AWS::"):
            return self._pseudo(name)
        if name in self.template.parameters:
            return self._parameter(self.template.parameters[name])
        if name in self.physical_ids:
            return self.physical_ids[name]
        known = name in self.template.resources
        why = "the physical id is not known" if known else "the template does not declare it"
        return Unresolved(f"{clipped(name)}: {why}")

    def attribute(self, logical_id: str, name: str) -> Resolved:
        """What `Fn::GetAtt` gives."""
        if (logical_id, name) not in self.attributes:
            return Unresolved(f"{clipped(logical_id)}.{clipped(name)}: not known")
        value = self.attributes[logical_id, name]
        return [*value] if isinstance(value, tuple) else value

    def _parameter(self, parameter: Parameter) -> Resolved:
        value = self.parameters.get(parameter.name)
        if value is None:
            return Unresolved(f"{clipped(parameter.name)}: the parameter's value is not known")
        if value == MASKED or parameter.no_echo:
            return Unresolved(f"{clipped(parameter.name)}: the parameter's value is masked")
        if not parameter.is_list:
            return value
        return [item.strip() for item in value.split(",")] if value else []

    def _pseudo(self, name: str) -> Resolved:
        if name == "AWS::NoValue":
            return ABSENT
        if name == "AWS::NotificationARNs" and self.notification_arns is not None:
            return [*self.notification_arns]
        suffix = self.url_suffix or URL_SUFFIXES.get(self.partition or "")
        values = {
            "AWS::AccountId": self.account,
            "AWS::Partition": self.partition,
            "AWS::Region": self.region,
            "AWS::StackId": self.stack_id,
            "AWS::StackName": self.stack_name,
            "AWS::URLSuffix": suffix,
        }
        value = values.get(name)
        return value if value is not None else Unresolved(f"{clipped(name)}: not known")


def given(value: Json) -> Resolved:
    """A value that holds no functions, as the mappings of a template do."""
    if isinstance(value, list):
        return [given(item) for item in value]
    if isinstance(value, dict):
        return {key: given(item) for key, item in value.items()}
    return value
