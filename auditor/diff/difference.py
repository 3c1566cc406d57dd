"""What appeared, went and changed between two reports, two inventories or two recorded states.

What the second one did not look at has not gone: it is `unseen`, with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from auditor.drift.compare import AttributeChange
from auditor.errors import UserError
from auditor.finding import Finding
from auditor.over_time.history import read_whole
from auditor.over_time.lifecycle import (
    CHANGED,
    OPENED,
    REOPENED,
    RESOLVED,
    UNVERIFIED,
    WAIVED,
    WAIVER_EXPIRED,
    follow,
    past_of,
)
from auditor.query import JSON
from auditor.report import Before, Change, Report
from auditor.store import NAME as INVENTORY

SCHEMA_VERSION = "1.0"


class DiffError(UserError):
    """Two things that cannot be compared, in one sentence."""


class Kind(StrEnum):
    """What can be compared with another of its kind."""

    REPORTS = "reports"
    INVENTORIES = "inventories"
    RECORDED = "recorded states"


class Became(StrEnum):
    """What became of something from the first to the second."""

    APPEARED = "appeared"
    WENT = "went"
    CHANGED = "changed"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that differs.

    `what` is a probe, a kind of resource or an operation; `id` the finding's id or the resource's
    lasting name. `why` says in words what there is beside the attributes.
    """

    became: Became
    what: str
    account: str
    region: str
    name: str
    id: str
    why: str = ""
    attributes: tuple[AttributeChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs; the JSON of it is a public format."""

    schema_version: str
    of: Kind
    first: str
    second: str
    counts: Mapping[str, int]
    entries: tuple[Entry, ...]


def difference(of: Kind, paths: tuple[Path, Path], entries: Iterable[Entry]) -> Difference:
    """What differs, in a stable order, and counted."""
    ordered = tuple(sorted(entries, key=_order))
    counts = {one.value: sum(1 for e in ordered if e.became is one) for one in Became}
    return Difference(SCHEMA_VERSION, of, str(paths[0]), str(paths[1]), counts, ordered)


def _order(entry: Entry) -> tuple[str | int, ...]:
    return (
        entry.account,
        entry.region,
        entry.what,
        tuple(Became).index(entry.became),
        entry.name,
        entry.id,
    )


@cache
def adapter() -> TypeAdapter[Any]:
    """Pydantic's view of a difference."""
    return TypeAdapter(Difference)


def schema() -> JSON:
    """The JSON Schema of a difference."""
    title = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Difference"}
    return {**title, **adapter().json_schema(mode="serialization")}


def kind_of(path: Path) -> Kind:
    """What a file or folder is; raises `DiffError` where it is none of what can be compared."""
    if path.is_dir():
        return Kind.RECORDED
    try:
        with path.open(encoding="utf-8") as stream:
            first = stream.readline()
    except OSError as error:
        raise DiffError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DiffError(f"{path}: is not text in UTF-8") from None
    if not first.lstrip().startswith("{"):
        return Kind.RECORDED
    return Kind.INVENTORIES if _is_inventory(first) else Kind.REPORTS


def _is_inventory(line: str) -> bool:
    try:
        head = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(head, dict) and head.get("kind") == INVENTORY


# -- two reports ----------------------------------------------------------------------------------

_BECAME = {
    OPENED: Became.APPEARED,
    REOPENED: Became.APPEARED,
    RESOLVED: Became.WENT,
    CHANGED: Became.CHANGED,
    WAIVED: Became.CHANGED,
    WAIVER_EXPIRED: Became.CHANGED,
    UNVERIFIED: Became.UNSEEN,
}


def of_reports(first: Path, second: Path, renamed: Mapping[str, str]) -> Iterator[Entry]:
    """What became of the violations; raises `ReportError` for a file that is no report."""
    before = past_of([read_whole(first)])
    after = follow(read_whole(second), before, renamed)
    known = _findings(after)
    for change in after.changes:
        yield _of_finding(change, known[change.id], before.open.get(change.id))


def _findings(report: Report) -> dict[str, Finding]:
    by_id = {one.finding.id: one.finding for one in report.resolved}
    by_id |= {one.finding.id: one.finding for one in report.unverified}
    return by_id | {one.id: one for one in report.findings if one.verdict.violates}


def _of_finding(change: Change, now: Finding, then: Finding | None) -> Entry:
    part = f" ({now.part})" if now.part else ""
    return Entry(
        _BECAME[change.kind],
        f"{now.probe}{part}",
        now.account,
        now.region,
        now.resource.name or now.resource.id,
        now.id,
        _why(change, now),
        tuple(_said(change.before, now)) if then else (),
    )


def _why(change: Change, now: Finding) -> str:
    if change.kind in {OPENED, REOPENED}:
        return f"{now.severity.value} {now.verdict.value}: {now.message}"
    if change.kind in {WAIVED, WAIVER_EXPIRED}:
        return change.kind.replace("_", " ")
    return change.reason


def _said(before: Before | None, now: Finding) -> Iterator[AttributeChange]:
    """What a finding says differently."""
    if before is None:
        return
    pairs = {
        "verdict": (before.verdict.value, now.verdict.value),
        "severity": (before.severity.value, now.severity.value),
        "expected": (before.expected, now.expected),
        "found": (before.found, now.found),
    }
    for name, (then, since) in pairs.items():
        if then != since:
            yield AttributeChange(name, then, since)
