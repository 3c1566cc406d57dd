"""The report as one page to hand on: no script, nothing from elsewhere, for a screen or for paper.

What is written into the page is escaped in two places and nowhere else: `_harmless` shows control
characters of every value as their escapes, and Jinja2's autoescaping makes it text of HTML. No
attribute and no address is made of what comes from an account.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from auditor.finding import Finding
from auditor.probe import Probe, Severity
from auditor.report import Change, RefusalSeen, Report, Skipped
from auditor.reports import Show, html_text
from auditor.reports.since import since
from auditor.reports.unseen import alike, helping, unclear
from auditor.reports.who import who_line
from auditor.reports.words import number, said, worst_first

HERE = Path(__file__).parent

MOST_IN_FULL = 12
"""Findings of one probe that are told in full; the others are rows of a table."""

MOST_ROWS = 400
"""Rows of one table; what is more is counted."""

ROOM_IN_FULL, ROOM_FOR_ROWS = 4_000_000, 3_000_000
"""Characters of what is told in full, and of its rows: a page must open in a browser."""


@dataclass(frozen=True, slots=True)
class Group:
    """The violations of one probe: some in full, the others as rows, the rest counted."""

    probe: str
    title: str
    why: str
    fix: str
    references: tuple[str, ...]
    severity: Severity
    verdicts: str
    full: tuple[Markup, ...]
    rows: tuple[Markup, ...]
    left: int


@dataclass(frozen=True, slots=True)
class Silence:
    """What AWS would not say to one operation, for one reason."""

    operation: str
    code: str
    why: str
    times: int
    places: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Regions that were not looked at for the same reason."""

    why: str
    regions: tuple[str, ...]


class Room:
    """How much may still be written."""

    def __init__(self, characters: int) -> None:
        self.left = characters

    def holds(self, text: str) -> bool:
        """Whether the text fits; it is then taken to be written."""
        if len(text) > self.left:
            return False
        self.left -= len(text)
        return True

    def fitting(self, texts: Iterable[Markup]) -> Iterator[Markup]:
        """The texts, until one does not fit."""
        for text in texts:
            if not self.holds(text):
                return
            yield text


def write(report: Report, stream: IO[str], show: Show) -> None:
    """Write the page."""
    page = _environment().get_template("page.html.j2")
    stream.writelines(page.generate(_told(report, show)))


def style() -> str:
    """The only style of the page."""
    return (HERE / "page.css").read_text(encoding="utf-8")


def policy(css: str) -> str:
    """The page's Content Security Policy: this very style, and nothing else of any kind."""
    digest = base64.b64encode(sha256(css.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _told(report: Report, show: Show) -> dict[str, Any]:
    """What the template tells, by the names that it uses."""
    css, coverage = style(), report.coverage
    open_ = [f for f in report.findings if f.verdict.violates and not f.waiver]
    refusals = [refusal for refusal in coverage.refusals if not refusal.accepted]
    return {
        "css": Markup(css),  # noqa: S704 - a file of ours
        "policy": policy(css),
        "report": report,
        "severities": [(one.value, report.summary.severities.get(one, 0)) for one in Severity],
        "groups": list(_groups(open_, show.rules.probes if show.rules else {})),
        "since": since(report.previous, report) if report.previous else "",
        "news": _news(report.changes, report.findings),
        "unclear": unclear(report),
        "silences": _silences(refusals),
        "helps": helping(refusals),
        "accepted": len(coverage.refusals) - len(refusals),
        "waived": [finding for finding in report.findings if finding.waiver],
        "calls": sum(use.calls for use in coverage.operations),
        "skipped": _reasons(coverage.regions_skipped),
        "most": MOST_ROWS,
    }


def _groups(findings: list[Finding], probes: Mapping[str, Probe[Any, Any]]) -> Iterator[Group]:
    parts = vars(_environment().get_template("page_finding.html.j2").module)
    full, rows = Room(ROOM_IN_FULL), Room(ROOM_FOR_ROWS)
    for probe, members in worst_first(findings):
        first, known = members[0], probes.get(probe)
        fix = first.fix.text if first.fix else ""
        in_full = tuple(full.fitting(parts["told"](one, fix) for one in members[:MOST_IN_FULL]))
        others = members[len(in_full) :]
        in_rows = tuple(rows.fitting(parts["row"](one) for one in others[:MOST_ROWS]))
        yield Group(
            probe,
            first.title or probe,
            known.why if known else "",
            fix,
            first.references,
            first.severity,
            _verdicts(members),
            in_full,
            in_rows,
            len(others) - len(in_rows),
        )


def _verdicts(findings: list[Finding]) -> str:
    gaps = sum(1 for finding in findings if finding.verdict == "gap")
    counts = (
        (number(gaps, "gap"), gaps),
        (number(len(findings) - gaps, "drift"), len(findings) - gaps),
    )
    return ", ".join(words for words, count in counts if count)


def _news(changes: list[Change], findings: list[Finding]) -> list[tuple[str, Finding]]:
    """What became of each finding that the report shows and that was told of."""
    known = {finding.id: finding for finding in findings}
    told = [(change.kind.replace("_", " "), known.get(change.id)) for change in changes]
    return [(kind, finding) for kind, finding in told if finding]


def _silences(refusals: list[RefusalSeen]) -> list[Silence]:
    return [
        Silence(
            operation,
            code,
            why,
            len(members),
            len({(one.account, one.region) for one in members}),
            len({id_ for one in members for id_ in one.made_unknown}),
        )
        for (operation, code, why), members in alike(refusals)
    ]


def _reasons(skipped: list[Skipped]) -> list[Reason]:
    by: dict[str, list[str]] = {}
    for one in skipped:
        by.setdefault(one.why, []).append(f"{one.account} {one.region}")
    return [Reason(why, tuple(regions)) for why, regions in by.items()]


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        finalize=html_text.harmless,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "answers": html_text.answers,
        "block": html_text.block,
        "number": number,
        "prose": html_text.prose,
        "said": said,
        "value": html_text.value,
        "who": who_line,
    }
    return made
