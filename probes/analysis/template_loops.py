"""`Fn::ForEach` written out, where its collection stands in the template.

A loop is `"Fn::ForEach::Name": [identifier, [value, ...], {key: fragment}]`. In the fragment
`${identifier}` becomes the value, `&{identifier}` its letters and digits, and a Ref of the
identifier the value (Template Reference, "Fn::ForEach"). A loop over anything but a list of
scalars stays as it is: what it makes cannot be told from the template alone.
"""

from dataclasses import dataclass
from typing import Final

from probes.analysis.template_bounds import Budget, Json, MalformedTemplate, clipped

LOOP: Final = "Fn::ForEach::"


def unrolled(value: Json, budget: Budget) -> Json:
    """The value of a template that was loaded, which bounds its depth, with loops written out.

    Raises `MalformedTemplate` when that makes a key twice or outgrows the budget.
    """
    budget.spend()
    if isinstance(value, list):
        return [unrolled(item, budget) for item in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, Json] = {}
    for key, item in value.items():
        for name, made in _entries(key, item, budget):
            if name in found:
                raise MalformedTemplate(f"the key {clipped(name)} occurs twice")
            found[name] = unrolled(made, budget)
    return found


def _entries(key: str, value: Json, budget: Budget) -> list[tuple[str, Json]]:
    """What stands in the place of one entry: itself, or what a loop makes, loops inside too."""
    waiting, done = [(key, value)], list[tuple[str, Json]]()
    while waiting:
        name, item = waiting.pop()
        loop = _loop(item) if name.startswith(LOOP) else None
        if loop is None:
            done.append((name, item))
            continue
        # The last is taken first, so the order of the template is kept by turning it round.
        waiting += reversed([entry for turn in loop.turns() for entry in turn.entries(budget)])
    return done


@dataclass(frozen=True, slots=True)
class _Turn:
    """One value of a loop, and the fragment that it fills."""

    identifier: str
    value: str
    fragment: dict[str, Json]

    def entries(self, budget: Budget) -> list[tuple[str, Json]]:
        return [
            (self._text(key, budget), self._filled(item, budget))
            for key, item in self.fragment.items()
        ]

    def _filled(self, value: Json, budget: Budget) -> Json:
        budget.spend()
        if isinstance(value, str):
            return self._text(value, budget)
        if isinstance(value, list):
            return [self._filled(item, budget) for item in value]
        if not isinstance(value, dict):
            return value
        if value == {"Ref": self.identifier}:
            return self.value
        return {self._text(key, budget): self._filled(item, budget) for key, item in value.items()}

    def _text(self, text: str, budget: Budget) -> str:
        whole, bare = f"${{{self.identifier}}}", f"&{{{self.identifier}}}"
        # Paid for before it is made: many placeholders and a long value would fill the memory.
        budget.spend(self.value, times=text.count(whole) + text.count(bare))
        budget.spend(text)
        letters = "".join(filter(str.isalnum, self.value))
        return text.replace(whole, self.value).replace(bare, letters)


@dataclass(frozen=True, slots=True)
class _Loop:
    """A loop whose values are known."""

    identifier: str
    values: tuple[str, ...]
    fragment: dict[str, Json]

    def turns(self) -> list[_Turn]:
        return [_Turn(self.identifier, value, self.fragment) for value in self.values]


def _loop(value: Json) -> _Loop | None:
    match value:
        case [str(identifier), list(values), dict(fragment)] if identifier:
            texts = tuple(str(item) for item in values if isinstance(item, str | int))
            return _Loop(identifier, texts, fragment) if len(texts) == len(values) else None
        case _:
            return None
