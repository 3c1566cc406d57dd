"""What the values of a template come to in one stack, as far as that can be told.

`resolve` gives a concrete value, `ABSENT` where `AWS::NoValue` takes the value away, or
`Unresolved` with the reason. A list or mapping keeps what is known beside what is not. A condition
has three values: true, false, `Unresolved`; a choice by one that is unresolved is resolved only
where both branches come to the same. What only `AWS::LanguageExtensions` or a macro would work
out is unresolved: the processed template of a stack holds none of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from probes.analysis.template import Resource, generates
from probes.analysis.template_bounds import Json, clipped
from probes.analysis.template_context import ABSENT, Context, Resolved, Unresolved
from probes.analysis.template_functions import apply, as_text

MAX_STEPS: Final = 400_000
MAX_LEVELS: Final = 80
_CHARACTERS_OF_A_STEP: Final = 64
_DYNAMIC_REFERENCE: Final = "{{resolve:"
_TOO_DEEP: Final = Unresolved("nested too deeply, or a condition that rests on itself")
_TOO_LARGE: Final = Unresolved("too large to be resolved")


def resolve(value: Json, context: Context) -> Resolved:
    """What a value of the template comes to in a stack; never raises."""
    return _Resolver(context).value(value, MAX_LEVELS)


def holds(condition: str, context: Context) -> bool | Unresolved:
    """Whether a condition of the template is true in a stack; never raises."""
    return _Resolver(context).named_condition(condition, MAX_LEVELS)


def exists(resource: Resource, context: Context) -> bool | Unresolved:
    """Whether a stack has a resource of its template, by the resource's condition."""
    return True if resource.condition is None else holds(resource.condition, context)


@dataclass(slots=True)
class _Resolver:
    """One resolution: its bounds, and the conditions that it has worked out."""

    context: Context
    steps: int = MAX_STEPS
    conditions: dict[str, bool | Unresolved] = field(default_factory=dict)

    def value(self, value: Json, levels: int) -> Resolved:
        if self.steps <= 0:
            return _TOO_LARGE
        if isinstance(value, list | dict) and levels <= 0:
            return _TOO_DEEP
        if isinstance(value, list):
            return self._list(value, levels - 1)
        if isinstance(value, dict):
            return self._mapping(value, levels - 1)
        return self._paid(value)

    def _list(self, value: list[Json], levels: int) -> Resolved:
        self.steps -= 1
        found = (self.value(item, levels) for item in value)
        return [item for item in found if item is not ABSENT]

    def _mapping(self, value: dict[str, Json], levels: int) -> Resolved:
        self.steps -= 1
        function, arguments = _single(value)
        if function == "Fn::If":
            return self._choice(arguments, levels)
        if function == "Ref" or function.startswith("Fn::"):
            result = apply(function, self.value(arguments, levels), self.context)
            return self._paid(result)
        if any(map(generates, value)):
            return Unresolved("a macro or loop adds to this")
        found = ((key, self.value(item, levels)) for key, item in value.items())
        return {key: item for key, item in found if item is not ABSENT}

    def _paid(self, value: Resolved) -> Resolved:
        """The value, if what was resolved with it stays within bounds and holds no reference."""
        waiting = [value]
        while waiting and self.steps > 0:
            item = waiting.pop()
            self.steps -= _steps(item)
            if isinstance(item, str) and _DYNAMIC_REFERENCE in item:
                return Unresolved("a dynamic reference, read by CloudFormation only")
            if isinstance(item, list | dict) and self.steps > 0:
                waiting += item.values() if isinstance(item, dict) else item
        return value if self.steps > 0 else _TOO_LARGE

    def _choice(self, arguments: Json, levels: int) -> Resolved:
        match arguments:
            case [str(name), first, second]:
                chosen = self.named_condition(name, levels)
            case _:
                return Unresolved("Fn::If: its arguments are not understood")
        if not isinstance(chosen, Unresolved):
            return self.value(first if chosen else second, levels)
        either = self.value(first, levels)
        return either if _same(either, self.value(second, levels)) else chosen

    def named_condition(self, name: str, levels: int) -> bool | Unresolved:
        if name not in self.context.template.conditions:
            return Unresolved(f"{clipped(name)}: the template has no such condition")
        if name not in self.conditions:
            self.conditions[name] = _TOO_DEEP  # what it is if it rests on itself
            found = self._condition(self.context.template.conditions[name], levels)
            self.conditions[name] = found
        return self.conditions[name]

    def _condition(self, expression: Json, levels: int) -> bool | Unresolved:
        self.steps -= 1
        if levels <= 0 or self.steps <= 0:
            return _TOO_DEEP
        below = levels - 1
        found: bool | Unresolved = Unresolved("a condition that is not understood")
        match _single(expression):
            case ("Condition", str(name)):
                found = self.named_condition(name, below)
            case ("Fn::Equals", [first, second]):
                found = _equal(self.value(first, below), self.value(second, below))
            case ("Fn::Not", [inner]):
                inside = self._condition(inner, below)
                found = inside if isinstance(inside, Unresolved) else not inside
            case ("Fn::And" | "Fn::Or" as function, [_, *_] as parts):
                heard = (self._condition(part, below) for part in parts)
                found = _decided(heard, by=function == "Fn::Or")
        return found


def _steps(value: Resolved) -> int:
    """What a value costs by itself; a list or mapping pays for all that it holds beforehand."""
    if isinstance(value, str):
        return 1 + len(value) // _CHARACTERS_OF_A_STEP
    return 1 + (len(value) if isinstance(value, list | dict) else 0)


def _single(value: Json) -> tuple[str, Json]:
    """The function and the arguments of a mapping that is a function call."""
    if isinstance(value, dict) and len(value) == 1:
        return next(iter(value.items()))
    return "", None


def _decided(parts: Iterable[bool | Unresolved], *, by: bool) -> bool | Unresolved:
    """And (decided by one false) and Or (decided by one true), where parts may be unknown."""
    unknown: Unresolved | None = None
    for part in parts:
        if isinstance(part, Unresolved):
            unknown = unknown or part
        elif part is by:
            return by
    return unknown or (not by)


def _equal(first: Resolved, second: Resolved) -> bool | Unresolved:
    """Whether two scalars are written alike, which is how CloudFormation compares them."""
    for value in (first, second):
        if isinstance(value, Unresolved):
            return value
    left, right = as_text(first), as_text(second)
    if left is None or right is None:
        return Unresolved("Fn::Equals: compares what is no scalar")
    return left == right


def _same(first: Resolved, second: Resolved) -> bool:
    """Whether two values are known and the same; `True` and 1 are not."""
    if type(first) is not type(second) or isinstance(first, Unresolved):
        return False
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(_same, first, second))
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(_same(first[k], second[k]) for k in first)
    return first == second
