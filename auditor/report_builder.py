"""Takes what was collected and judged, account by account, and builds the report."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime

from auditor.answer import Refusal, Tally, Why
from auditor.baseline import Baseline
from auditor.finding import Finding
from auditor.inventory import Inventory
from auditor.judge import Judgement
from auditor.report import (
    SCHEMA_VERSION,
    BaselineUsed,
    Coverage,
    Error,
    Looked,
    NotOffered,
    OperationUse,
    RefusalSeen,
    Report,
    Run,
    Scope,
    Skipped,
    Summary,
    Tool,
)
from auditor.waivers import accepted, apply


class Builder:
    """Takes inventories and what was judged of them, one account after the other.

    Waivers and blind spots count as they would on the day `as_of`, else on the day of the run.
    """

    def __init__(
        self, baseline: Baseline, probes: Iterable[str], as_of: date | None = None
    ) -> None:
        self.baseline, self.as_of = baseline, as_of
        self.scope = Scope(probes=list(probes))
        self.errors: list[Error] = []
        self.coverage = Coverage()
        self.findings: list[Finding] = []
        self.started: datetime | None = None
        self.clock = time.monotonic()
        self._uses: dict[str, OperationUse] = {}
        self._not_offered: dict[str, set[str]] = {}

    def add(self, inventory: Inventory, judgement: Judgement) -> None:
        """Take one account."""
        for place in inventory.places:
            self.scope.partition = place.partition
            _once(self.scope.accounts, place.account)
            _once(self.scope.regions, place.region)
        times = [*inventory.times.values(), *([self.started] if self.started else [])]
        self.started = min(times) if times else None
        self.findings += judgement.findings
        self.errors += [
            Error(f"{e.probe} {e.place} {e.subject}", e.error) for e in judgement.errors
        ]
        self._cover(inventory, judgement)

    def skip_account(self, account: str, why: str) -> None:
        """An account that could not be looked at at all."""
        self.coverage.accounts_skipped.append(Skipped(account, "", "", why))

    def _cover(self, inventory: Inventory, judgement: Judgement) -> None:
        coverage = self.coverage
        for (query, _), tally in inventory.tallies.items():
            operation = query.partition("#")[0]
            _add(self._uses.setdefault(operation, OperationUse(operation)), tally)
        for query, place in inventory.not_offered:
            operation = query.partition("#")[0]
            self._not_offered.setdefault(operation, set()).add(place.region)
        today = self._today(inventory)
        refused = [*inventory.unlisted]
        for answers in inventory.answers.values():
            refused += [answer.refusal for answer in answers.values() if answer.refusal]
        known = set(refused)
        beyond = [r for r in judgement.unknown if r not in known]
        coverage.refusals += [self._seen(r, judgement, today) for r in (*refused, *beyond)]
        coverage.vanished += [
            Skipped(gone.place.account, gone.place.region, gone.subject, gone.probe)
            for gone in judgement.gone
        ]
        coverage.regions_skipped += [
            Skipped(account, region, "", why)
            for (account, region), why in sorted(inventory.skipped_regions.items())
        ]
        coverage.notes += [*inventory.notes, *judgement.notes]
        coverage.places += [
            Looked(
                place.account,
                place.region,
                tuple(sorted(judgement.incomplete.get(place, ()))),
                judgement.recorded.get(place, ()),
            )
            for place in judgement.places
        ]

    def _today(self, inventory: Inventory) -> date:
        day = max(inventory.times.values(), default=datetime.fromtimestamp(0, UTC)).date()
        return self.as_of or day

    def _seen(self, refusal: Refusal, judgement: Judgement, today: date) -> RefusalSeen:
        spot = accepted(refusal, self.baseline.content.blind_spots, today)
        return RefusalSeen(
            account=refusal.place.account,
            region=refusal.place.region,
            operation=refusal.operation,
            why=refusal.why,
            code=refusal.code,
            message=refusal.message,
            subject="/".join(refusal.subject),
            grant=refusal.actions,
            made_unknown=tuple(dict.fromkeys(judgement.unknown.get(refusal, ()))),
            accepted=spot.reason if spot else "",
        )

    def build(self) -> Report:
        """The report of all that was taken, in a stable order."""
        started = self.started or datetime.fromtimestamp(time.time(), UTC)
        elapsed = time.monotonic() - self.clock
        findings, waivers = apply(self.findings, self.baseline, self.as_of or started.date())
        findings.sort(key=lambda f: (f.account, f.region, f.probe, f.resource.id, f.part, f.id))
        self.coverage.operations = sorted(self._uses.values(), key=lambda use: use.operation)
        self.coverage.not_offered = [
            NotOffered(operation, tuple(sorted(regions)))
            for operation, regions in sorted(self._not_offered.items())
        ]
        self.coverage.complete = not self.coverage.accounts_skipped and not any(
            _incomplete(refusal) for refusal in self.coverage.refusals
        )
        return Report(
            SCHEMA_VERSION,
            Tool(),
            Run(
                str(uuid.uuid4()),
                started,
                datetime.fromtimestamp(started.timestamp() + elapsed, UTC),
                BaselineUsed(self.baseline.path, self.baseline.digest),
            ),
            self.scope,
            self.errors,
            self.coverage,
            waivers,
            summarise(findings),
            findings,
        )


def _incomplete(refusal: RefusalSeen) -> bool:
    """Whether a refusal means that the run could not look at everything it was to look at.

    What no permission could answer (a shape that AWS changed, another account's key) does not.
    """
    return not refusal.accepted and refusal.why is not Why.MALFORMED


def summarise(findings: Iterable[Finding]) -> Summary:
    """Counts by verdict, severity, probe and environment."""
    summary = Summary()
    verdicts: Counter[str] = Counter()
    severities: Counter[str] = Counter()
    probes: dict[str, Counter[str]] = {}
    environments: dict[str, Counter[str]] = {}
    for finding in findings:
        summary.findings += 1
        if finding.waiver:
            summary.waived += 1
            continue
        verdicts[finding.verdict.value] += 1
        probes.setdefault(finding.probe, Counter())[finding.verdict.value] += 1
        environments.setdefault(finding.environment, Counter())[finding.verdict.value] += 1
        if finding.verdict.violates:
            severities[finding.severity.value] += 1
    summary.verdicts, summary.severities = dict(sorted(verdicts.items())), dict(severities)
    summary.probes = {name: dict(sorted(c.items())) for name, c in sorted(probes.items())}
    summary.environments = {n: dict(sorted(c.items())) for n, c in sorted(environments.items())}
    return summary


def _once(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)


def _add(use: OperationUse, tally: Tally) -> None:
    use.calls += tally.calls
    use.pages += tally.pages
    use.answered += tally.answered
    use.refused += tally.refused
    use.retried += tally.retried
