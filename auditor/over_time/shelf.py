"""Where state is kept: named texts, each replaced whole and only by who knows the latest.

A folder of this machine here; a bucket in `bucket`. Two jobs at once cannot lose each other's
work: who would write over what he has not read is told `ConflictError`.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from auditor.errors import UserError
from auditor.store import whole_file

PRIVATE = 0o600


class ShelfError(UserError):
    """A folder or bucket that cannot be used, in one sentence."""


class ConflictError(Exception):
    """Somebody else wrote since this was read: read again."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A text, and the tag of this version of it."""

    text: str
    tag: str


class Shelf(Protocol):
    """What state is kept on."""

    def names(self) -> list[str]:
        """The names of all that is kept; raises `ShelfError`."""
        ...

    def read(self, name: str) -> Kept | None:
        """What is kept under a name, if anything; raises `ShelfError`."""
        ...

    def write(self, name: str, text: str, tag: str | None) -> None:
        """Replace the version with this tag, or, with None, write the first one.

        Raises `ConflictError` where another version stands there, and `ShelfError`.
        """
        ...


class Folder:
    """A folder: files of mode 0600; the last `history` versions stay beside each.

    Versions of `a/state.json` stand in `a/history/`. Writers take turns by a lock on `.lock`, which
    the system frees when a process ends, however it ends.
    """

    def __init__(self, path: Path, history: int) -> None:
        self.path, self.history = path, history
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            message = f"{path}: {error.strerror}"
            raise ShelfError(message) from None

    def names(self) -> list[str]:
        """The names of all that is kept."""
        found = (path.relative_to(self.path) for path in self.path.rglob("*.json"))
        return sorted(
            path.as_posix()
            for path in found
            if "history" not in path.parts and not path.name.startswith(".")
        )

    def read(self, name: str) -> Kept | None:
        """What is kept under a name, if anything; raises `ShelfError`."""
        try:
            text = (self.path / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except OSError as error:
            message = f"{self.path / name}: {error.strerror}"
            raise ShelfError(message) from None
        except UnicodeDecodeError:
            message = f"{self.path / name}: is not text in UTF-8"
            raise ShelfError(message) from None
        return Kept(text, _tag(text))

    def write(self, name: str, text: str, tag: str | None) -> None:
        """Replace the version with this tag, or, with None, write the first one."""
        target = self.path / name
        try:
            with self._turn():
                there = self.read(name)
                if (there.tag if there else None) != tag:
                    raise ConflictError(name)
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                for left in target.parent.glob(f".{target.name}.*"):
                    left.unlink(missing_ok=True)  # by a run that was killed: it is our turn
                if there:
                    self._remember(target, there)
                with whole_file(target, PRIVATE) as stream:
                    stream.write(text)
        except OSError as error:
            message = f"{target}: {error.strerror}"
            raise ShelfError(message) from None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        handle = os.open(self.path / ".lock", os.O_CREAT | os.O_RDWR, PRIVATE)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _remember(self, target: Path, there: Kept) -> None:
        """Keep the version that is replaced, and no more than the last ones."""
        folder = target.parent / "history"
        folder.mkdir(mode=0o700, exist_ok=True)
        kept = sorted(folder.glob(f"{target.stem}.*.json"))
        number = int(kept[-1].suffixes[0][1:]) + 1 if kept else 1
        with whole_file(folder / f"{target.stem}.{number:08}.json", PRIVATE) as stream:
            stream.write(there.text)
        for old in kept[: max(0, len(kept) + 1 - self.history)]:
            old.unlink(missing_ok=True)


def _tag(text: str) -> str:
    return sha256(text.encode()).hexdigest()
