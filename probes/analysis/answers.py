"""Three-valued answers: yes, no, and what cannot be told from what was read."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import NoReturn


class Answer(Enum):
    """The answer to a question about a document; it has no truth value of its own.

    `if answer:` would take "cannot tell" for a yes, so it raises TypeError instead: compare
    with `is Answer.YES`.
    """

    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot tell"

    def __bool__(self) -> NoReturn:
        raise TypeError("an answer is one of three: compare it with `is`")

    @classmethod
    def of(cls, fact: bool) -> "Answer":
        return cls.YES if fact else cls.NO


@dataclass(frozen=True, slots=True)
class CannotTell:
    """What stands where a value cannot be told, and why."""

    reason: str


def any_of(answers: Iterable[Answer]) -> Answer:
    """Yes if one is yes, no if all are no; nothing is a no."""
    heard = set(answers)
    if Answer.YES in heard:
        return Answer.YES
    return Answer.CANNOT_TELL if Answer.CANNOT_TELL in heard else Answer.NO


def all_of(answers: Iterable[Answer]) -> Answer:
    """No if one is no, yes if all are yes; nothing is a yes."""
    heard = set(answers)
    if Answer.NO in heard:
        return Answer.NO
    return Answer.CANNOT_TELL if Answer.CANNOT_TELL in heard else Answer.YES
