"""The findings as CSV (RFC 4180, in UTF-8): a row a finding, for a spreadsheet.

The columns, in their order; new ones will be added at the end only:

- `finding_id`, `verdict`, `severity`
- `state` (new, persisting, changed, reopened) and `first_seen`, where an earlier report is known;
  `waived_until`, the last day of a waiver that counts
- `account`, `region` (empty for what is account-wide), `environment`
- `probe`, `title`: what was claimed
- `resource_type`, `resource_id`, `resource_arn`, `resource_name`; the `stack` that made it and its
  `logical_id` there; the `part` of it
- `message`, `expected` and `found` (compact JSON), `fix`, `references` (divided by "; ")

All that the report shows is there, passes too; `--only` and `--severity` choose. No cell begins a
formula, and none holds a line end.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import IO

from auditor.finding import Finding
from auditor.query import JSON
from auditor.report import Report
from auditor.reports import Show
from auditor.reports.escape import spreadsheet

COLUMNS: Mapping[str, Callable[[Finding], str]] = MappingProxyType(
    {
        "finding_id": lambda f: f.id,
        "verdict": lambda f: f.verdict.value,
        "severity": lambda f: f.severity.value,
        "state": lambda f: f.state,
        "first_seen": lambda f: f.first_seen.isoformat() if f.first_seen else "",
        "waived_until": lambda f: f.waiver.until if f.waiver else "",
        "account": lambda f: f.account,
        "region": lambda f: f.region,
        "environment": lambda f: f.environment,
        "probe": lambda f: f.probe,
        "title": lambda f: f.title,
        "resource_type": lambda f: f.resource.type,
        "resource_id": lambda f: f.resource.id,
        "resource_arn": lambda f: f.resource.arn,
        "resource_name": lambda f: f.resource.name,
        "stack": lambda f: f.resource.stack.name if f.resource.stack else "",
        "logical_id": lambda f: f.resource.stack.logical_id if f.resource.stack else "",
        "part": lambda f: f.part,
        "message": lambda f: f.message,
        "expected": lambda f: _json(f.expected),
        "found": lambda f: _json(f.found),
        "fix": lambda f: f.fix.text if f.fix else "",
        "references": lambda f: "; ".join(f.references),
    }
)
"""Name of a column -> what of a finding stands in it."""


def write(report: Report, stream: IO[str], show: Show) -> None:
    """Write the names of the columns, then the findings, row by row."""
    del show
    rows = csv.writer(stream)
    rows.writerow(COLUMNS)
    for finding in report.findings:
        rows.writerow([spreadsheet(cell(finding)) for cell in COLUMNS.values()])


def _json(value: JSON) -> str:
    """A value in few letters; nothing for none."""
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
