"""The part of the report for people that says what was not seen, and what that kept unknown."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from auditor.finding import Finding
from auditor.permissions import statement
from auditor.probe import Verdict
from auditor.report import RefusalSeen, Report
from auditor.reports import Show
from auditor.reports.escape import terminal
from auditor.reports.words import number, said, wrapped

MOST_REFUSALS = 12
MOST_PROBES = 12
"""Probes that are named of those that a refusal kept from judging; `--only unknown` shows all."""


def lines(report: Report, show: Show) -> Iterator[str]:
    """What was not seen, line by line: what AWS said too little of, then what it would not say."""
    yield from _unknowns(report, show)
    yield from _refused(report, show)


def unclear(report: Report) -> list[Finding]:
    """What is unknown though AWS refused nothing of it."""
    refused = {id_ for refusal in report.coverage.refusals for id_ in refusal.made_unknown}
    return [f for f in report.findings if f.verdict is Verdict.UNKNOWN and f.id not in refused]


def alike(refusals: Iterable[RefusalSeen]) -> list[tuple[tuple[str, str, str], list[RefusalSeen]]]:
    """The refusals of each operation, code and reason."""

    def same(refusal: RefusalSeen) -> tuple[str, str, str]:
        return refusal.operation, refusal.code, refusal.why.value

    return [(key, list(group)) for key, group in groupby(sorted(refusals, key=same), same)]


def helping(refusals: Iterable[RefusalSeen]) -> str:
    """The statement that would let AWS answer, as JSON; nothing where no permission would."""
    grants = sorted({action for refusal in refusals for action in refusal.grant})
    return json.dumps(statement(grants), indent=2) if grants else ""


def _unknowns(report: Report, show: Show) -> Iterator[str]:
    """Unknown for a reason other than a refusal: refusals are listed with what was not seen."""
    unknown = unclear(report)
    if not unknown:
        return
    yield "Cannot be told from what AWS said"
    for finding in unknown:
        name = terminal(finding.resource.name or finding.resource.id)
        yield from wrapped(f"{finding.probe}  {name}  {said(finding)}", show.width, "  ")
    yield ""


def _refused(report: Report, show: Show) -> Iterator[str]:
    """What AWS would not say, and the permissions that would let it."""
    coverage = report.coverage
    open_ = [r for r in coverage.refusals if not r.accepted]
    if open_:
        yield "Not seen, because AWS would not say"
        yield from _refusals(report, open_, show)
    for skipped in coverage.accounts_skipped:
        yield from wrapped(f"account {skipped.account}: {terminal(skipped.why)}", show.width, "  ")
    accepted = [r for r in coverage.refusals if r.accepted]
    if accepted:
        spots = f"{number(len(accepted), 'refusal')} accepted as blind spots by the baseline."
        yield from wrapped(spots, show.width, "")
    if helps := helping(open_):
        yield "This statement would let it be seen:"
        yield from (f"  {line}" for line in helps.splitlines())
    if open_ or accepted or coverage.accounts_skipped:
        yield ""


def _refusals(report: Report, refusals: list[RefusalSeen], show: Show) -> Iterator[str]:
    known = {finding.id: finding for finding in report.findings}
    whole = Verdict.UNKNOWN.value in report.shown.verdicts
    groups = alike(refusals)
    most = len(groups) if whole else MOST_REFUSALS
    for (operation, code, why), members in groups[:most]:
        places = {(member.account, member.region) for member in members}
        unknown = {id_ for member in members for id_ in member.made_unknown}
        line = f"{operation}: {terminal(code)} ({why}), {number(len(members), 'time')}"
        line += f" in {number(len(places), 'place')}; {number(len(unknown), 'verdict')} unknown"
        yield from wrapped(line, show.width, "  ")
        yield from _made_unknown([known[id_] for id_ in unknown if id_ in known], show, whole=whole)
    if len(groups) > most:
        more = f"and {len(groups) - most} more operations (all of them in the JSON)"
        yield from wrapped(more, show.width, "  ")


def _made_unknown(findings: list[Finding], show: Show, *, whole: bool) -> Iterator[str]:
    """What a refusal kept from being judged: the probes, or each finding where it is asked for."""
    counts = Counter(finding.probe for finding in findings)
    if not whole:
        probes = [f"{probe} ({count})" for probe, count in sorted(counts.items())]
        more = [f"{len(probes) - MOST_PROBES} more"] if len(probes) > MOST_PROBES else []
        if probes:
            yield from wrapped(", ".join([*probes[:MOST_PROBES], *more]), show.width, "    ")
        return
    for finding in sorted(findings, key=lambda f: (f.probe, f.account, f.region, f.resource.name)):
        yield from wrapped(_named(finding), show.width, "    ")


def _named(finding: Finding) -> str:
    """A finding in few words: its probe, and whose it is."""
    name = terminal(finding.resource.name or finding.resource.id)
    where = " ".join(filter(None, (finding.account, finding.region)))
    part = f" {terminal(finding.part)}" if finding.part else ""
    return f"{finding.probe}  {name}{part} ({where})"
