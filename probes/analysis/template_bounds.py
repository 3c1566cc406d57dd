"""How large a template may be to be read, and the error of one that cannot be read."""

import math
import re
from dataclasses import dataclass
from typing import Final, TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

# The service takes a megabyte of template (User Guide, "CloudFormation quotas").
MAX_CHARACTERS: Final = 2_000_000
MAX_NODES: Final = 200_000
MAX_DEPTH: Final = 64
MAX_DIGITS: Final = 40
MAX_NUMBER: Final = 10**400  # above every float, far below where Python refuses to write digits
INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_CHARACTERS_OF_A_NODE: Final = 64


class MalformedTemplate(ValueError):
    """A template that cannot be read: why, and the line where that is known."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason if line is None else f"line {line}: {reason}")
        self.reason = reason
        self.line = line


@dataclass(slots=True)
class Budget:
    """What is left of the nodes that one template may have.

    Raises `MalformedTemplate` when it is overdrawn. Long text counts as several nodes.
    """

    left: int = MAX_NODES

    def spend(self, text: str = "", times: int = 1) -> None:
        self.left -= (1 + len(text) // _CHARACTERS_OF_A_NODE) * times
        if self.left < 0:
            raise MalformedTemplate("the template is too large when it is written out")


def clipped(text: str) -> str:
    """A name from the template, short enough to be put into a message."""
    return text if len(text) <= 80 else f"{text[:77]}..."


def number(text: str) -> int | float | str:
    """The value of a decimal number; text where the number would lose digits or be infinite."""
    if len(text) > MAX_DIGITS:
        return text
    if INTEGER.match(text):
        return int(text)
    value = float(text)
    return value if math.isfinite(value) else text
