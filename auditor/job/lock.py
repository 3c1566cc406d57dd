"""A lock against runs that overlap: who holds the file works, who comes meanwhile is sent away.

The system frees it however the process ends; what then still stands in the file means nothing.
"""

from __future__ import annotations

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from auditor.errors import UserError

MARK = "aws-live-auditor: "
LONGEST = 200
"""Bytes of a lock file that are read; ours are fewer."""

FLAGS = os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK
"""No link is followed, for the file is written to; no pipe is waited for."""


class LockError(UserError):
    """Another run holds the lock, or the file cannot be one; the message says who or why."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock while the block runs.

    Raises `LockError` at once where another process holds it. A file that holds anything but a
    lock's own line is left as it is.
    """
    handle = -1
    try:
        handle = os.open(path, FLAGS, 0o644)
        _take(handle, path)
    except OSError as error:
        _close(handle)
        raise LockError(f"{path}: cannot be a lock: {error.strerror}") from None
    except LockError:
        _close(handle)
        raise
    try:
        yield
    finally:
        os.ftruncate(handle, 0)
        _close(handle)


def _close(handle: int) -> None:
    if handle >= 0:
        os.close(handle)


def _take(handle: int, path: Path) -> None:
    """Lock the file and write into it who holds it, or raise `LockError`."""
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        raise LockError(f"{path}: cannot be a lock: it is no file")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = _said(handle).removeprefix(MARK) or "it has not written yet which"
        raise LockError(f"{path}: another run is at work ({holder})") from None
    if _said(handle) and not _said(handle).startswith(MARK):
        raise LockError(f"{path}: is no lock of this tool, and is left as it is")
    now = datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="seconds")
    line = f"{MARK}pid {os.getpid()}, since {now}\n".encode()
    os.pwrite(handle, line, 0)  # over the last holder's line, so that there always is one
    os.ftruncate(handle, len(line))


def _said(handle: int) -> str:
    return os.pread(handle, LONGEST, 0).decode(errors="replace").strip()
