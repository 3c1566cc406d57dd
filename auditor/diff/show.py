"""A difference as a table for a terminal, as Markdown for a review, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO

from auditor.diff.difference import Became, Difference, Entry, adapter
from auditor.drift.compare import AttributeChange
from auditor.query import JSON
from auditor.reports.escape import markdown, terminal

SIGNS = {Became.APPEARED: "+", Became.WENT: "-", Became.CHANGED: "~", Became.UNSEEN: "?"}
LONGEST = 200
"""Characters of a value that are shown; the JSON has all of it."""


def write(difference: Difference, style: str, stream: IO[str]) -> None:
    """Write it: `table`, `markdown` or `json`."""
    if style == "json":
        stream.write(adapter().dump_json(difference, indent=2, ensure_ascii=True).decode() + "\n")
        return
    lines = as_markdown(difference) if style == "markdown" else as_table(difference)
    for line in lines:
        stream.write(line.rstrip() + "\n")


def as_table(difference: Difference) -> Iterator[str]:
    """Lines for a terminal, by place and by what it is about."""
    before: tuple[str, str] | None = None
    for entry in difference.entries:
        head = (_place(entry), entry.what)
        if head != before:
            if before:
                yield ""
            yield terminal(f"{head[1]}  {head[0]}")
        before = head
        why = f": {entry.why}" if entry.why else ""
        yield terminal(f"  {SIGNS[entry.became]} {entry.name}{why}")
        for change in entry.attributes:
            yield from (terminal(f"      {line}") for line in _change(change))
    if difference.entries:
        yield ""
    yield summary(difference)


def as_markdown(difference: Difference) -> Iterator[str]:
    """Lines for a review; all that comes from an account stands in code spans."""
    yield f"**{summary(difference)}**"
    before: tuple[str, str] | None = None
    for entry in difference.entries:
        head = (_place(entry), entry.what)
        if head != before:
            yield from ("", f"#### {markdown(head[1])} in {markdown(head[0])}", "")
        before = head
        why = f": {markdown(entry.why)}" if entry.why else ""
        yield f"- {entry.became.value} {markdown(entry.name)}{why}"
        for change in entry.attributes:
            template = f" ({markdown(change.template)})" if change.template else ""
            yield f"  - {markdown(change.path)}{template}"
            yield from (f"    - {sign} {markdown(said)}" for sign, said in _sides(change))


def summary(difference: Difference) -> str:
    """The counts in one line."""
    counts = difference.counts
    told = [f"{counts[one.value]} {one.value}" for one in Became if counts[one.value]]
    return f"Two {difference.of.value}: {', '.join(told) or 'nothing differs'}."


def _place(entry: Entry) -> str:
    return f"{entry.account} {entry.region or 'global'}"


def _change(change: AttributeChange) -> Iterator[str]:
    name = f"{change.path} ({change.template})" if change.template else change.path
    yield name
    yield from (f"  {sign} {said}" for sign, said in _sides(change))


def _sides(change: AttributeChange) -> Iterator[tuple[str, str]]:
    """What was and what is, each member of a set for itself."""
    for sign, value in (("-", change.expected), ("+", change.found)):
        if change.members:
            yield from ((sign, _text(member)) for member in value or ())
        elif value is not None:
            yield sign, _text(value)


def _text(value: JSON) -> str:
    said = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}... ({len(said)} characters)"
