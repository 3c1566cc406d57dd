"""The Condition element: what is known of a request, and whether a condition holds for it.

What is not known of a request is not absent from it: a key is known with its values, known to be
absent, or unknown, and a condition on an unknown key cannot be told.

Sources: IAM User Guide, "Condition operators", "Single-valued vs. multivalued context keys" and
"IAM policy elements: Variables and tags".
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from probes.analysis.answers import Answer, all_of, any_of
from probes.analysis.comparisons import COMPARISONS, Comparison
from probes.analysis.wildcards import matches

_NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_ESCAPED = ("*", "?", "$")
_TAKES_VARIABLES = ("String", "Arn")


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a request: keys with their values, and keys that it does not carry.

    Key names are compared without regard to case, as AWS does. A key without values is absent.
    `absent_families` are beginnings of key names of which the request carries no other than the
    known ones. Raises ValueError where a key is said to be both known and absent.
    """

    known: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)
    absent: frozenset[str] = frozenset()
    absent_families: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known = {key.lower(): tuple(values) for key, values in self.known.items() if values}
        empty = {key.lower() for key, values in self.known.items() if not values}
        absent = frozenset({key.lower() for key in self.absent} | empty)
        if both := absent & known.keys():
            raise ValueError(f"known and absent at once: {', '.join(sorted(both))}")
        families = tuple(family.lower() for family in self.absent_families)
        object.__setattr__(self, "known", MappingProxyType(known))
        object.__setattr__(self, "absent", absent)
        object.__setattr__(self, "absent_families", families)

    def values(self, key: str) -> tuple[str, ...] | None:
        """The values of a key: none at all if it is absent, None if that is not known."""
        name = key.lower()
        found = self.known.get(name)
        if found is not None:
            return found
        if name in self.absent or name.startswith(self.absent_families):
            return ()
        return None

    def over(self, other: "Context") -> "Context":
        """This knowledge, completed by what the other knows of keys that this one leaves open."""
        mine = self.known.keys() | self.absent
        known = {key: values for key, values in other.known.items() if key not in mine}
        return Context(
            {**known, **self.known},
            self.absent | (other.absent - self.known.keys()),
            self.absent_families + other.absent_families,
        )

    def without(self, keys: Iterable[str]) -> "Context":
        """The same knowledge of a request that does not carry these keys."""
        gone = {key.lower() for key in keys}
        known = {key: values for key, values in self.known.items() if key not in gone}
        return Context(known, self.absent | gone, self.absent_families)


@dataclass(frozen=True, slots=True)
class Condition:
    """One key of a Condition element: the operator and the key as written, and the values."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operator:
    """A condition operator, read: what it compares, and how it treats many values or none."""

    base: str
    compare: Comparison
    negated: bool
    quantifier: Literal["", "ForAnyValue", "ForAllValues"]
    if_exists: bool

    def when_absent(self) -> Answer:
        """Whether it holds for a request that does not carry the key."""
        if self.if_exists or self.quantifier == "ForAllValues":
            return Answer.YES
        if self.quantifier == "ForAnyValue":
            return Answer.NO
        return Answer.of(self.negated)


@lru_cache(maxsize=512)
def read_operator(text: str) -> Operator | None:
    """An operator by its name in a policy; None if it is none that is known, or is `Null`."""
    quantifier, colon, rest = text.rpartition(":")
    base = rest.removesuffix("IfExists")
    found = COMPARISONS.get(base)
    if found is None:
        return None
    if quantifier == "ForAnyValue":
        return Operator(base, *found, "ForAnyValue", base != rest)
    if quantifier == "ForAllValues":
        return Operator(base, *found, "ForAllValues", base != rest)
    return None if colon else Operator(base, *found, "", base != rest)


def holds(condition: Condition, context: Context, *, variables: bool) -> Answer:
    """Whether a condition holds; CANNOT_TELL for an unknown key, operator or kind of value.

    Policy variables are replaced only if the policy's version knows them (`variables`).
    """
    values = context.values(condition.key)
    if values is None or not condition.values:
        return Answer.CANNOT_TELL
    if condition.operator == "Null":
        return _is_null(condition, absent=not values)
    operator = read_operator(condition.operator)
    if operator is None:
        return Answer.CANNOT_TELL
    return _compared(values, operator, condition, context, variables)


def _compared(
    values: tuple[str, ...],
    operator: Operator,
    condition: Condition,
    context: Context,
    variables: bool,
) -> Answer:
    if not values:
        return operator.when_absent()
    expected = [_expected(text, operator, context, variables) for text in condition.values]
    matched = (_matches_any(value, operator, expected, variables) for value in values)
    if operator.quantifier == "ForAllValues":
        return all_of(matched)
    if operator.quantifier == "ForAnyValue":
        return any_of(matched)
    # AWS documents a key of several values only together with a quantifier.
    return next(matched) if len(values) == 1 else Answer.CANNOT_TELL


def opposite(answer: Answer) -> Answer:
    """Yes for no and no for yes; what cannot be told stays so."""
    if answer is Answer.CANNOT_TELL:
        return answer
    return Answer.of(answer is Answer.NO)


def expand(text: str, context: Context) -> tuple[str, bool]:
    """A text with its policy variables replaced, and whether all of them could be.

    One that could not be is replaced by `*`: what does not fit then, fits with no value of it. The
    values must be plain: whether AWS reads a wildcard in them as one is not documented.
    """
    if "${" not in text:
        return text, True
    complete = True

    def replaced(variable: re.Match[str]) -> str:
        nonlocal complete
        if variable[1] in _ESCAPED:
            return variable[0]
        value = _value(variable[1], context)
        if value is None:
            complete = False
            return "*"
        return value

    return _VARIABLE.sub(replaced, text), complete


def _value(variable: str, context: Context) -> str | None:
    """What stands for `name` or `name, 'default'`; None if that is not one plain, known text."""
    name, comma, default = variable.partition(",")
    values = context.values(name.strip())
    if values is None or len(values) > 1:
        return None
    if values:
        value = values[0]
    elif comma:
        value = default.strip().removeprefix("'").removesuffix("'")
    else:
        return None
    return None if any(special in value for special in _ESCAPED) else value


def _expected(text: str, operator: Operator, context: Context, variables: bool) -> tuple[str, bool]:
    if not variables or not operator.base.startswith(_TAKES_VARIABLES):
        return text, True
    return expand(text, context)


def _matches_any(
    value: str, operator: Operator, expected: Iterable[tuple[str, bool]], escapes: bool
) -> Answer:
    """Whether one value of the request satisfies the operator, negation included."""
    found = any_of(
        operator.compare(value, text, escapes)
        if complete
        else _with_holes(value, text, operator, escapes)
        for text, complete in expected
    )
    return opposite(found) if operator.negated else found


def _with_holes(value: str, text: str, operator: Operator, escapes: bool) -> Answer:
    """A comparison with a text of which some variables are unknown: NO is provable, YES is not."""
    if operator.base.endswith("IgnoreCase"):
        value, text = value.lower(), text.lower()
    return Answer.CANNOT_TELL if matches(text, value, escapes=escapes) else Answer.NO


def _is_null(condition: Condition, *, absent: bool) -> Answer:
    wanted = {"true": Answer.of(absent), "false": Answer.of(not absent)}
    return any_of(wanted.get(text.lower(), Answer.CANNOT_TELL) for text in condition.values)
