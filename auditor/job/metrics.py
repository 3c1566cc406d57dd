"""A run as numbers: Prometheus text for a textfile collector, CloudWatch's embedded metric format.

Labels and dimensions are bounded: account, verdict, severity, kind of change. Findings that were
waived are counted apart, as everywhere.

Sources: Prometheus, "Exposition formats", version 0.0.4; CloudWatch user guide, "Specification:
Embedded metric format".
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor.job.summary_line import Outcome, SummaryLine
from auditor.over_time.lifecycle import KINDS
from auditor.probe import Severity, Verdict
from auditor.query import JSON
from auditor.report import Report

NAMESPACE = "AwsLiveAuditor"
"""Of the metrics in CloudWatch."""

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Gauge:
    """One metric of Prometheus with its samples."""

    name: str
    meaning: str
    samples: tuple[tuple[Labels, float], ...]


@dataclass(frozen=True, slots=True)
class Tallies:
    """Findings by account, verdict and severity, for every account that was looked at."""

    accounts: tuple[str, ...]
    counted: Mapping[tuple[str, Verdict, Severity], int]
    waived: Mapping[tuple[str, Severity], int]


def tallies_of(report: Report) -> Tallies:
    """The findings of a report, counted."""
    open_ = [finding for finding in report.findings if not finding.waiver]
    accounts = dict.fromkeys([*report.scope.accounts, *(f.account for f in report.findings)])
    return Tallies(
        tuple(accounts),
        Counter((f.account, f.verdict, f.severity) for f in open_),
        Counter((f.account, f.severity) for f in report.findings if f.waiver),
    )


# -- Prometheus -----------------------------------------------------------------------------------


def prometheus(line: SummaryLine, now: float, tallies: Tallies | None = None) -> str:
    """The run in Prometheus's text format; all are gauges, for they tell of the last run only."""
    gauges = [
        _one("exit_code", "Exit code of the last run.", line.exit_code),
        _one("run_timestamp_seconds", "When the last run ended, in Unix time.", round(now, 3)),
    ]
    if line.outcome and tallies:
        gauges += [*_of_run(line.outcome), *_of_findings(tallies)]
    return "".join(_text(gauge) for gauge in gauges)


def _of_run(outcome: Outcome) -> Iterator[Gauge]:
    looked = outcome.looked
    yield _one("run_duration_seconds", "How long the last run took.", outcome.seconds)
    yield _one("coverage_complete", "Whether it looked at everything.", int(looked.complete))
    yield _one("calls", "Calls that it made.", looked.calls)
    yield _one("calls_retried", "Calls that were repeated.", looked.retried)
    yield _one("refusals", "Questions without an answer, not accepted.", looked.refused)
    yield _one("accounts_skipped", "Accounts that it could not look at.", looked.accounts_skipped)
    yield _one("errors", "Faults of the tool.", outcome.errors)
    if outcome.changes is not None:
        samples = tuple(((("kind", kind),), outcome.changes[kind]) for kind in KINDS)
        yield Gauge("auditor_changes", "What became of findings since the run before.", samples)


def _of_findings(tallies: Tallies) -> Iterator[Gauge]:
    yield Gauge(
        "auditor_findings",
        "Findings that are not waived.",
        tuple(
            (
                (("account", account), ("severity", severity), ("verdict", verdict)),
                tallies.counted.get((account, verdict, severity), 0),
            )
            for account in tallies.accounts
            for severity in Severity
            for verdict in Verdict
        ),
    )
    yield Gauge(
        "auditor_findings_waived",
        "Gaps and drifts that are waived.",
        tuple(
            (
                (("account", account), ("severity", severity)),
                tallies.waived.get((account, severity), 0),
            )
            for account in tallies.accounts
            for severity in Severity
        ),
    )


def _one(name: str, meaning: str, value: float) -> Gauge:
    return Gauge(f"auditor_{name}", meaning, (((), value),))


def _text(gauge: Gauge) -> str:
    lines = [f"# HELP {gauge.name} {gauge.meaning}", f"# TYPE {gauge.name} gauge"]
    for labels, value in gauge.samples:
        said = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels)
        lines.append(f"{gauge.name}{{{said}}} {value}" if said else f"{gauge.name} {value}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """A label's value: backslash, quote and line feed are escaped, all else stands."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


# -- CloudWatch -----------------------------------------------------------------------------------


def embedded(line: SummaryLine, now: float, tallies: Tallies | None = None) -> str:
    """The run in CloudWatch's embedded metric format: a line for each set of dimensions.

    First the whole run, without dimensions; then gaps, drifts and unknowns by account and severity.
    """
    documents = [_document(now, {}, _run_metrics(line))]
    if tallies:
        documents += _per_account(now, tallies)
    return "".join(json.dumps(document) + "\n" for document in documents)


def _run_metrics(line: SummaryLine) -> dict[str, tuple[float, str]]:
    outcome = line.outcome
    if outcome is None:
        return {"ExitCode": (line.exit_code, "None")}
    looked, found = outcome.looked, outcome.found
    counts = {
        "Calls": looked.calls,
        "Refusals": looked.refused,
        "AccountsSkipped": looked.accounts_skipped,
        "Errors": outcome.errors,
        "Unknown": found.verdicts[Verdict.UNKNOWN],
        "Waived": found.waived,
        **{severity.value.title(): found.severities[severity] for severity in Severity},
        **{_camel(kind): count for kind, count in (outcome.changes or {}).items()},
    }
    return {
        "ExitCode": (line.exit_code, "None"),
        "CoverageComplete": (int(looked.complete), "None"),
        "Duration": (outcome.seconds, "Seconds"),
        **{name: (count, "Count") for name, count in counts.items()},
    }


def _per_account(now: float, tallies: Tallies) -> Iterator[JSON]:
    for account in tallies.accounts:
        for severity in Severity:
            counts = {
                verdict.value.title(): tallies.counted.get((account, verdict, severity), 0)
                for verdict in (Verdict.GAP, Verdict.DRIFT, Verdict.UNKNOWN)
            }
            yield _document(
                now,
                {"Account": account, "Severity": severity.value},
                {name: (count, "Count") for name, count in counts.items()},
            )


def _document(
    now: float, dimensions: Mapping[str, str], metrics: Mapping[str, tuple[float, str]]
) -> JSON:
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": name, "Unit": unit} for name, (_, unit) in metrics.items()],
    }
    return {
        "_aws": {"Timestamp": round(now * 1000), "CloudWatchMetrics": [directive]},
        **dimensions,
        **{name: value for name, (value, _) in metrics.items()},
    }


def _camel(kind: str) -> str:
    return "".join(word.title() for word in kind.split("_"))
