"""A stored inventory made large: copies of what it holds, each with names and ids of its own.

What an account has once (its password policy, the policies that AWS manages) stays once: it is what
no renaming changes. Whatever refers to a copied item refers to the copy of the same number, so that
relations hold and judging takes the way that it takes in a real account of that size.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAMED = re.compile(r"\bapp(\d{4})|(?<![0-9A-Za-z])([0-9a-f]{8,64})(?![0-9A-Za-z])")
"""The names of the benchmark's applications, and what looks like an id that AWS made."""

LONGEST_NUMBER = 12
"""Digits alone up to here are account ids, times and sizes."""

STEP = 0x9E3779B1
"""Odd, so that adding it again and again in 32 bits or more meets no value twice."""


def multiply(source: Path, target: Path, copies: int) -> None:
    """Write the inventory `source` with so many copies of what it holds to `target`."""
    with source.open(encoding="utf-8") as lines, target.open("w", encoding="utf-8") as stream:
        for text in lines:
            for line in _copied(text, copies):
                stream.write(line)


def _copied(text: str, copies: int) -> Iterator[str]:
    line = json.loads(text)
    if line["kind"] != "answer" or NAMED.search(text) is None:
        yield text
        return
    apart = NAMED.search(json.dumps(line["subject"])) is not None
    if apart:
        yield from (renamed(text, number) for number in range(copies))
        return
    whole = dict(zip(line["keys"], line["items"], strict=True))
    for number in range(1, copies):
        copy = json.loads(renamed(text, number))
        for key, item in zip(copy["keys"], copy["items"], strict=True):
            _add(whole, key, item, counted=line["keys"][:1] == ["0"])
    yield json.dumps({**line, "keys": list(whole), "items": list(whole.values())}) + "\n"


def _add(whole: dict[str, Any], key: str, item: Any, *, counted: bool) -> None:
    """One more item of a list; those without a key are told apart by their position."""
    whole.setdefault(str(len(whole)) if counted else key, item)


def renamed(text: str, number: int) -> str:
    """The text of copy `number`; copy 0 is as it was."""
    return NAMED.sub(lambda found: _name(found, number), text) if number else text


def _name(found: re.Match[str], number: int) -> str:
    application, id_ = found.groups()
    if application:
        return f"app{number:04d}{application}"
    if id_.isdigit() and len(id_) <= LONGEST_NUMBER:
        return str(id_)
    width = len(id_)
    return f"{(int(id_, 16) + number * STEP) % 16**width:0{width}x}"
