"""Words for those that change others by design: when one does it, and whom it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from probes.analysis.template_context import Unresolved
from probes.declared._parts import texts

SCALABLE_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
SCALES = "Application Auto Scaling changes it"


def after(prefix: str) -> Callable[[str], str]:
    """What follows a prefix; nothing where a name does not begin with it."""
    return lambda name: name.removeprefix(prefix) if name.startswith(prefix) else ""


def beginning(prefix: str, parts: int) -> Callable[[str], str]:
    """The first parts of a name between slashes; nothing where it does not begin with a prefix."""
    return lambda name: "/".join(name.split("/")[:parts]) if name.startswith(prefix) else ""


def listener_of(rule: str) -> str:
    """The listener of a rule, of which the ARN is that of the listener and one part more."""
    listener = rule.replace(":listener-rule/", ":listener/", 1)
    return listener if listener == rule else listener.rpartition("/")[0]


def declares(name: str) -> Callable[[Mapping[str, Any]], bool]:
    """Whether a property is declared."""
    return lambda properties: name in properties


def more_than(*names: str) -> Callable[[Mapping[str, Any]], bool]:
    """Whether more is declared than some properties."""
    return lambda properties: bool(properties.keys() - set(names))


def says(path: str, *values: str) -> Callable[[Mapping[str, Any]], bool]:
    """Whether at a path one of some values stands, or one that cannot be told."""
    return lambda properties: any(
        isinstance(found, Unresolved) or found in values for found in texts(properties, path)
    )
