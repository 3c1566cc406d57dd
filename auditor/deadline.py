"""When a run must come to its end, and how long it still waits for what is under way."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

GRACE = 2.0
"""Seconds that calls under way are still waited for; AWS mostly answers within one."""

UNASKED = "the time of the run was up before this was asked"
UNANSWERED = "the time of the run was up before this was answered"


class OutOfTime(Exception):
    """Stands for an answer that there was no time for."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment after which nothing more is asked; unless one is given, there is none."""

    at: float = math.inf
    grace: float = GRACE
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """So many seconds from now."""
        return cls(time.monotonic() + seconds)

    def still_asking(self) -> None:
        """Raise `OutOfTime` once nothing more is asked."""
        if self.clock() >= self.at:
            raise OutOfTime(UNASKED)

    def still_waiting(self) -> None:
        """Raise `OutOfTime` once nothing that is under way is waited for."""
        if self.clock() >= self.at + self.grace:
            raise OutOfTime(UNANSWERED)

    def patience(self) -> float | None:
        """For how many seconds to wait for what is under way; None is for as long as it takes."""
        return None if self.at == math.inf else max(0.0, self.at + self.grace - self.clock())

    def within(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises; raises `OutOfTime` where there is no time for it.

        Work that takes too long is left to itself, in a thread that ends with the process.
        """
        if self.at == math.inf:
            return work()
        self.still_asking()
        outcome: Future[T] = Future()
        Thread(target=_fulfil, args=(outcome, work), name="within", daemon=True).start()
        wait((outcome,), self.patience())
        if not outcome.done():
            raise OutOfTime(UNANSWERED)
        return outcome.result()


NEVER = Deadline()


def _fulfil(outcome: Future[T], work: Callable[[], T]) -> None:
    try:
        outcome.set_result(work())
    except BaseException as error:  # noqa: BLE001 - whatever it is, who waits must hear of it
        outcome.set_exception(error)
