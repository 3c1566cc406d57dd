"""A run in one line of JSON, for log pipelines: how it went, what it saw, what it found.

The dataclasses here are the format: the JSON Schema is generated from them. A run that failed
before there was a report has only an exit code and an error.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from auditor.over_time.lifecycle import KINDS
from auditor.probe import Severity, Verdict
from auditor.query import JSON
from auditor.report import Report, Tool

SCHEMA_VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked at; refusals that the baseline accepts are counted apart."""

    complete: bool
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    calls: int
    retried: int
    refused: int
    accepted: int
    vanished: int
    accounts_skipped: int
    regions_skipped: int


@dataclass(frozen=True, slots=True)
class Found:
    """Findings by verdict, and gaps and drifts by severity; waived ones only as such."""

    total: int
    waived: int
    verdicts: dict[Verdict, int]
    severities: dict[Severity, int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a report comes to; `changes` by their kind, where it was compared with an earlier one.

    `errors` counts the faults of the tool.
    """

    run: str
    started_at: datetime
    finished_at: datetime
    seconds: float
    looked: Looked
    found: Found
    changes: dict[str, int] | None
    errors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryLine:
    """The whole line; `outcome` is missing where `error` says why there is no report."""

    kind: str = "audit"
    schema_version: str = SCHEMA_VERSION
    tool: Tool = field(default_factory=Tool)
    exit_code: int
    error: str = ""
    outcome: Outcome | None = None


def summary_line(report: Report, exit_code: int) -> SummaryLine:
    """The line of a report."""
    run = report.run
    seconds = round((run.finished_at - run.started_at).total_seconds(), 3)
    changes = Counter(change.kind for change in report.changes)
    outcome = Outcome(
        run.id,
        run.started_at,
        run.finished_at,
        seconds,
        _looked(report),
        _found(report),
        {kind: changes[kind] for kind in KINDS} if report.previous or report.changes else None,
        len(report.errors),
    )
    return SummaryLine(exit_code=exit_code, outcome=outcome)


def _looked(report: Report) -> Looked:
    coverage = report.coverage
    accepted = sum(1 for refusal in coverage.refusals if refusal.accepted)
    return Looked(
        complete=coverage.complete,
        accounts=tuple(report.scope.accounts),
        regions=tuple(report.scope.regions),
        calls=sum(use.calls for use in coverage.operations),
        retried=sum(use.retried for use in coverage.operations),
        refused=len(coverage.refusals) - accepted,
        accepted=accepted,
        vanished=len(coverage.vanished),
        accounts_skipped=len(coverage.accounts_skipped),
        regions_skipped=len(coverage.regions_skipped),
    )


def _found(report: Report) -> Found:
    summary = report.summary
    return Found(
        summary.findings,
        summary.waived,
        {verdict: summary.verdicts.get(verdict.value, 0) for verdict in Verdict},
        {severity: summary.severities.get(severity.value, 0) for severity in Severity},
    )


@cache
def adapter() -> TypeAdapter[Any]:
    """Pydantic's view of the line's dataclasses."""
    return TypeAdapter(SummaryLine)


def text_of(line: SummaryLine) -> str:
    """The line as text; ASCII only, so that no terminal is told anything by it."""
    return adapter().dump_json(line, ensure_ascii=True).decode() + "\n"


def schema() -> JSON:
    """The JSON Schema of the line."""
    title = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Summary line"}
    return {**title, **adapter().json_schema(mode="serialization")}
