"""What CloudTrail answered, kept in the inventory that the findings were judged from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from auditor.inventory import Inventory
from auditor.store import END, StoreError, answered, shape_digest, whole_file
from auditor.trail.events import LOOKUP


def keep(path: Path, kept: Iterable[Inventory]) -> None:
    """Add answers to the accounts that the file holds; those to the same question replace others.

    The rest of the file stays as it is, line by line. Raises `StoreError` where it is unusable.
    """
    trails = {name: inventory for inventory in kept for name in inventory.times}
    try:
        with path.open(encoding="utf-8") as stream, whole_file(path, 0o600) as written:
            for line in _lines(stream, trails, str(path)):
                written.write(line if isinstance(line, str) else json.dumps(line) + "\n")
    except (OSError, UnicodeDecodeError):
        message = f"{path}: cannot be read and written"
        raise StoreError(message) from None


def _lines(stream: Iterator[str], trails: dict[str, Inventory], name: str) -> Iterator[Any]:
    """The file's lines, each account's followed by what is new of it."""
    more: list[dict[str, Any]] = []
    yield _header(_read(next(stream, ""), f"{name}:1"), name)
    for number, text in enumerate(stream, 2):
        line = _read(text, f"{name}:{number}")
        if line == END or line.get("kind") == "account":
            yield from more
            trail = trails.get(str(line.get("id")))
            more = list(answered(trail)) if trail else []
        elif any(_same(line, new) for new in more):
            continue
        yield text


def _header(line: dict[str, Any], name: str) -> dict[str, Any]:
    """The first line, which now says that these answers are in the file as well."""
    queries = line.get("queries")
    if not isinstance(queries, dict):
        message = f"{name}: is not an inventory of this tool"
        raise StoreError(message)
    return {**line, "queries": {**queries, LOOKUP.id: shape_digest(LOOKUP)}}


def _same(line: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether two lines answer the same question."""
    if line.get("query") != LOOKUP.id:
        return False
    about = [
        (one.get("kind"), one.get("query"), one.get("region"), list(one.get("subject") or ()))
        for one in (line, new)
    ]
    return about[0] == about[1]


def _read(text: str, where: str) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        line = None
    if not isinstance(line, dict):
        message = f"{where}: is not a line of an inventory (cut off, or another file)"
        raise StoreError(message)
    return line
