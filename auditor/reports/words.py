"""What the parts of the report for people share: lines of a width, counts, a finding in words."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby

from auditor.finding import Finding
from auditor.reports.escape import terminal
from auditor.reports.who import who_line

NARROWEST = 20
"""Columns of a name or of words below which findings stand under each other, in no table."""

LONGEST_DIFFERENCE = 80


def wrapped(text: str, width: int, indent: str) -> Iterator[str]:
    """The text in lines of a width; names are not broken at their hyphens, to be copied whole."""
    room = max(NARROWEST, width - len(indent))
    for line in textwrap.wrap(text, room, break_on_hyphens=False):
        yield indent + line


def number(count: int, what: str) -> str:
    """A count of things, the word in the plural where it is to be."""
    return f"{count:,} {what}" + ("" if count == 1 else "s")


def worst_first(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    """The findings of each probe, the probe with the worst one first, and in each the worst."""
    by_probe = groupby(sorted(findings, key=lambda f: f.probe), lambda f: f.probe)
    groups = [(probe, list(members)) for probe, members in by_probe]
    for _, members in groups:
        members.sort(key=lambda f: (f.severity.rank, f.account, f.region, f.resource.name, f.part))
    return sorted(groups, key=lambda group: (group[1][0].severity.rank, group[0]))


def said(finding: Finding) -> str:
    """What is found, where it is not as expected, and who made it so, if that is known."""
    part = f"{finding.part}: " if finding.part else ""
    made = f"; {who_line(finding.changed_by)}" if finding.changed_by else ""
    return terminal(f"{part}{finding.message}{_difference(finding)}") + made


def _difference(finding: Finding) -> str:
    """What was expected and found, where that says it in few words; else the message does."""
    expected, found = _brief(finding.expected), _brief(finding.found)
    if not expected or not found or len(expected) + len(found) > LONGEST_DIFFERENCE:
        return ""
    return f" (expected {expected}, found {found})"


def _brief(value: object) -> str:
    """A text, a number or a list of texts in few letters; nothing for any other value."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ", ".join(value) or "none"
    return ""
