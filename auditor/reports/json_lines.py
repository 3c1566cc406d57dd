"""The report as JSON Lines: a record a line, each with its `kind`.

`report` comes first (tool, run, scope, which findings are shown, summary, whether coverage is
complete), then `error`, `coverage`, `waiver` and `finding` records with the fields that they have
in the JSON document; in a run that continues an earlier one also `resolved`, `unverified` and
`change` records (of these, the kind of change is under `change`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

from auditor.query import JSON
from auditor.report import Report
from auditor.reports import Show
from auditor.reports.json_document import chunks, of_field

HEAD = ("schema_version", "tool", "run", "scope", "shown", "summary", "previous")
LISTS = {
    "errors": "error",
    "waivers": "waiver",
    "findings": "finding",
    "resolved": "resolved",
    "unverified": "unverified",
}


def records(report: Report) -> Iterator[JSON]:
    """The lines, as values."""
    coverage = _value(report, "coverage")
    head = {name: _value(report, name) for name in HEAD}
    yield {"kind": "report", **head, "complete": coverage["complete"]}
    yield {"kind": "coverage", **coverage}
    for name, kind in LISTS.items():
        for record in _members(report, name):
            yield {**record, "kind": kind}
    for change in _members(report, "changes"):
        yield {**change, "kind": "change", "change": change["kind"]}


def _value(report: Report, name: str) -> Any:
    return of_field(name).dump_python(getattr(report, name), mode="json")


def _members(report: Report, name: str) -> Iterator[dict[str, JSON]]:
    for members in chunks(getattr(report, name)):
        yield from of_field(name).dump_python(members, mode="json")


def write(report: Report, stream: IO[str], show: Show) -> None:
    """Write the lines."""
    del show
    for record in records(report):
        stream.write(json.dumps(record) + "\n")
