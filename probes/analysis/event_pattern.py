"""Whether an EventBridge event pattern matches an event of which not everything is known.

Keys of a pattern must all match, the values in a list are alternatives, and `$or` holds alternative
patterns (EventBridge user guide, "Comparison operators for use in event patterns"). A field that is
not known, an operator that is not known here and a pattern that cannot be read leave the answer
open. The values of events that matter here are texts.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from probes.analysis.answers import Answer, CannotTell, all_of, any_of

_LONGEST: Final = 32_768  # eight times what PutRule takes (API model, `EventPattern`)
_DEEPEST: Final = 16
_OR: Final = "$or"


class Absent:
    """Stands for a field that the event certainly does not have."""

    __slots__ = ()


ABSENT: Final = Absent()

Value = str | Absent | Mapping[str, "Value"]
"""What is known of a field: its text, that it is not there, or what is known of its fields."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """An event pattern, read."""

    fields: Mapping[str, Any]


def read(text: str) -> Pattern | CannotTell:
    """The pattern of a rule, or why it cannot be read."""
    if len(text) > _LONGEST:
        return CannotTell("the event pattern is too long")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return CannotTell("the event pattern is not JSON")
    if not isinstance(found, dict):
        return CannotTell("the event pattern is no object")
    return Pattern(MappingProxyType(found))


def matches(pattern: Pattern | CannotTell, event: Mapping[str, Value]) -> Answer:
    """Whether the pattern matches; what is not in `event` may be there with any value."""
    if isinstance(pattern, CannotTell):
        return Answer.CANNOT_TELL
    return _fields(pattern.fields, event, _DEEPEST)


def _fields(pattern: Mapping[str, Any], event: Mapping[str, Value], depth: int) -> Answer:
    if not depth:
        return Answer.CANNOT_TELL
    answers = []
    for key, wanted in pattern.items():
        if key == _OR and isinstance(wanted, list):
            answers.append(_alternatives(wanted, event, depth - 1))
        elif key in event:
            answers.append(_field(wanted, event[key], depth - 1))
        else:
            answers.append(Answer.CANNOT_TELL)
    return all_of(answers)


def _alternatives(patterns: Sequence[Any], event: Mapping[str, Value], depth: int) -> Answer:
    return any_of(
        _fields(one, event, depth) if isinstance(one, dict) else Answer.CANNOT_TELL
        for one in patterns
    )


def _field(wanted: object, value: Value, depth: int) -> Answer:
    if isinstance(wanted, dict):
        if isinstance(value, Mapping):
            return _fields(wanted, value, depth)
        # A field inside of one that is not there may be asked not to be there.
        return Answer.NO if isinstance(value, str) else Answer.CANNOT_TELL
    if not isinstance(wanted, list):
        return Answer.CANNOT_TELL
    if isinstance(value, Mapping):
        return Answer.CANNOT_TELL
    return any_of(_value(one, value) for one in wanted)


def _value(wanted: object, value: str | Absent) -> Answer:
    """Whether one of the alternatives of a list is met."""
    if not isinstance(wanted, dict):
        return Answer.of(isinstance(value, str) and isinstance(wanted, str) and wanted == value)
    if len(wanted) != 1:
        return Answer.CANNOT_TELL
    ((operator, operand),) = wanted.items()
    if operator == "exists" and isinstance(operand, bool):
        return Answer.of(operand is isinstance(value, str))
    test = _OPERATORS.get(operator)
    if test is None:
        return Answer.CANNOT_TELL
    return test(operand, value) if isinstance(value, str) else Answer.NO


def _equal_but_for_case(operand: object, value: str) -> Answer:
    if not isinstance(operand, str):
        return Answer.CANNOT_TELL
    return Answer.of(operand.casefold() == value.casefold())


def _begins(operand: object, value: str) -> Answer:
    folded, text = _folded(operand, value)
    return Answer.CANNOT_TELL if folded is None else Answer.of(text.startswith(folded))


def _ends(operand: object, value: str) -> Answer:
    folded, text = _folded(operand, value)
    return Answer.CANNOT_TELL if folded is None else Answer.of(text.endswith(folded))


def _folded(operand: object, value: str) -> tuple[str | None, str]:
    """What is compared with what: both in lower case where the operator says so."""
    if isinstance(operand, str):
        return operand, value
    if isinstance(operand, dict) and list(operand) == ["equals-ignore-case"]:
        text = operand["equals-ignore-case"]
        if isinstance(text, str):
            return text.casefold(), value.casefold()
    return None, value


def _like(operand: object, value: str) -> Answer:
    """Only `*` is special, and a backslash before it takes that away."""
    if not isinstance(operand, str):
        return Answer.CANNOT_TELL
    parts = _between_stars(operand)
    if len(parts) == 1:
        return Answer.of(parts[0] == value)
    first, *middle, last = parts
    if len(first) + len(last) > len(value):
        return Answer.NO
    if not (value.startswith(first) and value.endswith(last)):
        return Answer.NO
    start, end = len(first), len(value) - len(last)
    for part in middle:
        found = value.find(part, start, end)
        if found < 0:
            return Answer.NO
        start = found + len(part)
    return Answer.YES


def _between_stars(pattern: str) -> list[str]:
    parts, characters = [""], iter(pattern)
    for character in characters:
        if character == "\\":
            parts[-1] += next(characters, "\\")
        elif character == "*":
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _anything_but(operand: object, value: str) -> Answer:
    if isinstance(operand, dict):
        if len(operand) != 1:
            return Answer.CANNOT_TELL
        ((operator, listed),) = operand.items()
        test = _INSIDE_BUT.get(operator)
        if test is None:
            return Answer.CANNOT_TELL
        several = listed if isinstance(listed, list) else [listed]
        return _opposite(any_of(test(one, value) for one in several))
    refused = operand if isinstance(operand, list) else [operand]
    if not all(isinstance(one, str | int | float) for one in refused):
        return Answer.CANNOT_TELL
    return Answer.of(value not in refused)


def _opposite(answer: Answer) -> Answer:
    return {Answer.YES: Answer.NO, Answer.NO: Answer.YES}.get(answer, answer)


def _never(_operand: object, _value: str) -> Answer:
    """Numbers and addresses are compared with what is neither."""
    return Answer.NO


_INSIDE_BUT: Final[Mapping[str, Callable[[object, str], Answer]]] = MappingProxyType(
    {
        "prefix": _begins,
        "suffix": _ends,
        "equals-ignore-case": _equal_but_for_case,
        "wildcard": _like,
    }
)
_OPERATORS: Final[Mapping[str, Callable[[object, str], Answer]]] = MappingProxyType(
    {**_INSIDE_BUT, "anything-but": _anything_but, "numeric": _never}
)
