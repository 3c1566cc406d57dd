"""The formula that the rule of a composite alarm is: whether an alarm that goes off makes it true.

A composite alarm goes off when its formula turns true. An alarm can do that if, with all others in
some states, the formula is false while that alarm is OK and true once it is in ALARM. Names under
NOT, or in OK(...), do the contrary: they hold the composite alarm back.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import product
from math import prod

from probes.analysis.answers import Answer

MOST_STEPS = 100_000
"""So much is tried for a whole formula; beyond it, what cannot be seen is not decided."""

_ALARM, _OK, _ELSE = "ALARM", "OK", "INSUFFICIENT_DATA"


class UnreadableRule(ValueError):
    """A text that is no rule, or uses functions that are not known."""


class Joint(Enum):
    """What joins formulas; the higher binds first."""

    OR = 1
    AND = 2
    NOT = 3


@dataclass(frozen=True, slots=True)
class Constant:
    """TRUE or FALSE."""

    value: bool


@dataclass(frozen=True, slots=True)
class AtLeast:
    """That so many of some alarms are in a state, or `negated`, are not in it."""

    count: int
    state: str
    names: tuple[str, ...]
    negated: bool = False

    def holds(self, states: Mapping[str, str]) -> bool:
        """Whether it is so, with the alarms in some states."""
        found = sum((states[one] == self.state) is not self.negated for one in self.names)
        return found >= self.count

    @property
    def sign(self) -> int:
        """Whether an alarm that goes from OK to ALARM helps it (1), hinders it (-1), or neither."""
        helps = {_ALARM: 1, _OK: -1}.get(self.state, 0)
        return -helps if self.negated else helps

    @property
    def is_open(self) -> bool:
        """Whether it is true for some states and false for others."""
        return 1 <= self.count <= len(self.names)


Formula = tuple[AtLeast | Constant | Joint, ...]
"""Operands before what joins them: `a AND NOT b` is `a b NOT AND`."""


def causes(formula: Formula) -> dict[str, Answer]:
    """The alarms of a formula as it writes them, and whether each can make it true by going off."""
    named = _by_alarm(formula)
    signs = _signs(named)
    states = _states(named)
    once = _each_once(named)
    found: dict[str, Answer] = {}
    for alarm, ways in signs.items():
        if 1 not in ways:
            found[alarm] = Answer.NO
        elif once:
            found[alarm] = Answer.YES
        else:
            found[alarm] = _tried(alarm, named, states)
    return {name: found[_alarm(name)] for one in _operands(formula) for name in one.names}


def _alarm(name: str) -> str:
    """One alarm may stand in a rule by its name and by its ARN."""
    _, marked, rest = name.partition(":alarm:")
    return rest if marked and name.startswith("arn:") else name


def _by_alarm(formula: Formula) -> Formula:
    return tuple(
        AtLeast(one.count, one.state, tuple(map(_alarm, one.names)), one.negated)
        if isinstance(one, AtLeast)
        else one
        for one in formula
    )


def _operands(formula: Formula) -> Iterator[AtLeast]:
    return (one for one in formula if isinstance(one, AtLeast))


def _each_once(formula: Formula) -> bool:
    """Whether any part of a formula can be true or false, whatever the other parts are."""
    seen = Counter(name for one in _operands(formula) for name in one.names)
    is_open = all(one.is_open for one in _operands(formula))
    return (
        is_open
        and not any(isinstance(one, Constant) for one in formula)
        and max(seen.values(), default=0) == 1
    )


def _signs(formula: Formula) -> dict[str, set[int]]:
    """The ways in which each alarm bears on a formula when it goes off: NOT turns them round.

    Read from the end, what a joint joins follows it.
    """
    found: dict[str, set[int]] = {}
    waiting = [1]
    for one in reversed(formula):
        turned = waiting.pop()
        if isinstance(one, Joint):
            waiting += [-turned] if one is Joint.NOT else [turned, turned]
        elif isinstance(one, AtLeast):
            for name in one.names:
                found.setdefault(name, set()).add(one.sign * turned)
    return found


def _states(formula: Formula) -> dict[str, set[str]]:
    """The states of each alarm that a formula tells apart: those it asks for, and one besides."""
    found: dict[str, set[str]] = {}
    for one in _operands(formula):
        for name in one.names:
            found.setdefault(name, set()).add(one.state)
    for asked in found.values():
        asked.add(next((one for one in (_OK, _ALARM, _ELSE) if one not in asked), _OK))
    return found


def _tried(alarm: str, formula: Formula, states: Mapping[str, set[str]]) -> Answer:
    """Whether an alarm can make a formula true: all that the others may be is tried."""
    others = {name: sorted(some) for name, some in states.items() if name != alarm}
    size = sum(len(one.names) if isinstance(one, AtLeast) else 1 for one in formula)
    steps = prod(map(len, others.values())) * size * len(states)
    if steps > MOST_STEPS:
        return Answer.CANNOT_TELL
    rest = (dict(zip(others, some, strict=True)) for some in product(*others.values()))
    return Answer.of(
        any(
            _holds(formula, some | {alarm: _ALARM}) and not _holds(formula, some | {alarm: _OK})
            for some in rest
        )
    )


def _holds(formula: Formula, states: Mapping[str, str]) -> bool:
    stack: list[bool] = []
    for one in formula:
        if isinstance(one, AtLeast):
            stack.append(one.holds(states))
        elif isinstance(one, Constant):
            stack.append(one.value)
        elif one is Joint.NOT:
            stack.append(not stack.pop())
        else:
            right, left = stack.pop(), stack.pop()
            stack.append((left and right) if one is Joint.AND else (left or right))
    return stack.pop()
