"""What a person sees on stderr while a scan runs; nothing where stderr is no terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

PAUSE = 0.1
"""Seconds between two updates of the line."""


class ProgressLine:
    """One line that is written over: calls done of planned, refused, retried."""

    def __init__(self) -> None:
        self.last = 0.0
        self.width = 0

    def __call__(self, *, done: int, planned: int, refused: int, retried: int) -> None:
        now = time.monotonic()
        if now - self.last < PAUSE and done < planned:
            return
        self.last = now
        line = f"{done:,} of {planned:,} calls, {refused:,} refused, {retried:,} retried"
        self.width = max(self.width, len(line))
        sys.stderr.write(f"\r{line:<{self.width}}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Leave the terminal as it was."""
        if self.width:
            sys.stderr.write("\r" + " " * self.width + "\r")
            sys.stderr.flush()


@contextmanager
def watching(*, quiet: bool) -> Iterator[ProgressLine | None]:
    """The progress line, where somebody can see it; gone when the work is."""
    line = None if quiet or not sys.stderr.isatty() else ProgressLine()
    try:
        yield line
    finally:
        if line:
            line.clear()
