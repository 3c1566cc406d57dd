"""The report as JSON Lines: a record a line, each with its `kind`.

`report` comes first (tool, run, scope, summary, whether coverage is complete), then `error`,
`coverage`, `waiver` and `finding` records with the fields that they have in the JSON document; in
a run that continues an earlier one also `resolved`, `unverified` and `change` records (of these,
the kind of change is under `change`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO

from auditor.query import JSON
from auditor.report import Report
from auditor.reports import Show
from auditor.reports.json_document import adapter

HEAD = ("schema_version", "tool", "run", "scope", "summary", "previous")
LISTS = {
    "errors": "error",
    "waivers": "waiver",
    "findings": "finding",
    "resolved": "resolved",
    "unverified": "unverified",
}


def records(report: Report) -> Iterator[JSON]:
    """The lines, as values."""
    document = adapter().dump_python(report, mode="json")
    complete = document["coverage"]["complete"]
    yield {"kind": "report", **{name: document[name] for name in HEAD}, "complete": complete}
    yield {"kind": "coverage", **document["coverage"]}
    for name, kind in LISTS.items():
        for record in document[name]:
            yield {**record, "kind": kind}
    for change in document["changes"]:
        yield {**change, "kind": "change", "change": change["kind"]}


def write(report: Report, stream: IO[str], show: Show) -> None:
    """Write the lines."""
    del show
    for record in records(report):
        stream.write(json.dumps(record) + "\n")
