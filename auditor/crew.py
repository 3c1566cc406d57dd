"""Several accounts at once: so many and no more, and what comes of them in the order of asking."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from threading import Event, Lock, Thread
from typing import TypeVar

from auditor.collect import Progress
from auditor.deadline import Deadline

T = TypeVar("T")


def in_order(works: Iterable[Callable[[], T]], at_once: int) -> Iterator[T]:
    """What each work returns, in order; so many are under way or wait to be taken, at most.

    Works are drawn as there is room, by who takes the results. What one raises is raised in its
    turn, after the results before it. The threads are daemons: who must not wait for them does not.
    """
    drawn = iter(works)
    under_way = deque(_begun(work) for work in islice(drawn, at_once))
    while under_way:
        result = under_way.popleft().result()
        under_way.extend(_begun(work) for work in islice(drawn, 1))
        yield result


def _begun(work: Callable[[], T]) -> Future[T]:
    outcome: Future[T] = Future()

    def fulfil() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # noqa: BLE001 - whatever it is, who takes the result hears of it
            outcome.set_exception(error)

    Thread(target=fulfil, name="account", daemon=True).start()
    return outcome


@contextmanager
def until_left(deadline: Deadline) -> Iterator[Deadline]:
    """The same deadline, which is over at the latest when the block is left."""
    left = Event()
    bounded = replace(deadline, clock=lambda: math.inf if left.is_set() else deadline.clock())
    try:
        yield bounded
    finally:
        left.set()


@dataclass(slots=True)
class Together:
    """The progress of several collections as one: each tells its own numbers to a share of it."""

    progress: Progress
    told: dict[int, tuple[int, int, int, int]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def share(self) -> Progress:
        """For one collection."""
        with self.lock:
            number = len(self.told)
            self.told[number] = (0, 0, 0, 0)

        def tell(*, done: int, planned: int, refused: int, retried: int) -> None:
            with self.lock:
                self.told[number] = (done, planned, refused, retried)
                sums = [sum(column) for column in zip(*self.told.values(), strict=True)]
                self.progress(done=sums[0], planned=sums[1], refused=sums[2], retried=sums[3])

        return tell
