"""Threads for calls that may hang: neither a run's end nor Ctrl-C waits for them.

The executors of the standard library are joined when the interpreter ends, so that one call that
AWS never answers would hold the whole process.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread


class Pool:
    """So many threads at most, started as they are needed."""

    def __init__(self, size: int) -> None:
        self.size, self.started = size, 0
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()

    def submit(self, work: Callable[[], None]) -> None:
        """Do this as soon as a thread is free; it must not raise."""
        self._work.put(work)
        if self.started < self.size:
            self.started += 1
            Thread(target=self._serve, name="collect", daemon=True).start()

    def close(self) -> None:
        """What has not begun never does; each thread ends with what it is at."""
        with suppress(Empty):
            while True:
                self._work.get_nowait()
        for _ in range(self.started):
            self._work.put(None)

    def _serve(self) -> None:
        while (work := self._work.get()) is not None:
            work()
