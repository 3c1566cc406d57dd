"""What a probe expects, as typed values that a baseline can set per environment."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

ENVIRONMENTS = ("production", "staging", "ephemeral")
"""What a resource can belong to; `production` where nothing says otherwise."""


class Settings(BaseModel):
    """The settings of one probe: each with type, default, description and, where it has one, unit.

    A field whose type is a `Group` is filled from the group's own section of the baseline.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Group(Settings):
    """Settings that several probes read, written once, under a name of their own."""

    name: ClassVar[str]


def setting(default: Any, description: str, *, unit: str = "", **rules: Any) -> Any:
    """A setting: `staging=` and `ephemeral=` give other defaults for those environments.

    All else (`ge=`, `le=`, `pattern=`, ...) are pydantic's rules for the value.
    """
    elsewhere = {name: rules.pop(name) for name in ENVIRONMENTS[1:] if name in rules}
    extra: dict[str, Any] = {"x-unit": unit} if unit else {}
    if elsewhere:
        extra["x-environments"] = elsewhere
    if isinstance(default, list | dict | set):
        return Field(
            default_factory=default.copy, description=description, json_schema_extra=extra, **rules
        )
    return Field(default, description=description, json_schema_extra=extra, **rules)


def default_of(field: FieldInfo, environment: str) -> Any:
    """The shipped value of a setting in an environment."""
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    elsewhere = extra.get("x-environments")
    if isinstance(elsewhere, dict) and environment in elsewhere:
        return elsewhere[environment]
    return field.get_default(call_default_factory=True)


def unit_of(field: FieldInfo) -> str:
    """The unit of a setting, or nothing."""
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return str(extra.get("x-unit", ""))


def groups_of(settings: type[Settings]) -> dict[str, type[Group]]:
    """The fields of a probe's settings that are groups."""
    return {
        name: field.annotation
        for name, field in settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Group)
    }
