"""Retires findings of what will not be looked at again: a probe, an account, a region.

Nothing else resolves what was not seen. It is written into the state as what a run would have told,
so that tickets hear of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase

from auditor.finding import Finding
from auditor.over_time.lifecycle import RESOLVED, tombstone
from auditor.over_time.shelf import ConflictError, ShelfError
from auditor.over_time.state import (
    ACCOUNT_WIDE,
    FORMAT,
    TRIES,
    Batch,
    PlaceName,
    PlaceState,
    State,
    Told,
    dump,
)
from auditor.report import Change, Report, Resolved
from auditor.report_builder import summarise

RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Abandoned:
    """What will not be looked at again: what fits a probe, an account and a region of these.

    None of a kind is all of that kind. Probes are patterns; `global` is what has no region.
    """

    probes: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def holds(self, place: PlaceName) -> bool:
        """Whether something of a place may be meant."""
        return (not self.accounts or place.account in self.accounts) and (
            not self.regions or (place.region or ACCOUNT_WIDE) in self.regions
        )

    def means(self, finding: Finding) -> bool:
        """Whether a finding of such a place is meant."""
        return not self.probes or any(fnmatchcase(finding.probe, one) for one in self.probes)


def retire(
    state: State, abandoned: Abandoned, at: datetime, *, dry_run: bool = False
) -> Iterator[Finding]:
    """Resolve the open findings of what is abandoned; yields them, place by place.

    Raises `ShelfError` where the state cannot be read or written. With `dry_run` nothing is.
    """
    run = str(uuid.uuid4())
    for place in state.places():
        if abandoned.holds(place):
            yield from _retire(state, place, abandoned, (run, at), dry_run=dry_run)


def _retire(
    state: State,
    place: PlaceName,
    abandoned: Abandoned,
    run: tuple[str, datetime],
    *,
    dry_run: bool,
) -> list[Finding]:
    for _ in range(TRIES):
        found = state.read(place)
        chosen = [f for f in _open(found[0].report) if abandoned.means(f)] if found else []
        if dry_run or not found or not chosen:
            return chosen
        try:
            state.shelf.write(
                place.path, dump(_without(state, place, found[0], chosen, run)), found[1]
            )
        except ConflictError:
            continue
        return chosen
    message = f"{place.path}: other runs wrote it all the time; nothing was retired"
    raise ShelfError(message)


def _open(report: Report) -> Iterator[Finding]:
    """The open findings of a place, waived ones and those not verified among them."""
    yield from (finding for finding in report.findings if finding.verdict.violates)
    yield from (one.finding for one in report.unverified)


def _without(
    state: State,
    place: PlaceName,
    kept: PlaceState,
    chosen: list[Finding],
    run: tuple[str, datetime],
) -> PlaceState:
    """The state of a place without some findings, which are told to be retired.

    The report's own run stays as it is: a scan that began before this one may continue it.
    """
    id_, at = run
    report, ids = kept.report, {finding.id for finding in chosen}
    findings = [one for one in report.findings if one.id not in ids]
    resolved = [Resolved(finding, RETIRED, at) for finding in chosen]
    after = replace(
        report,
        findings=findings,
        summary=summarise(findings),
        resolved=resolved,
        unverified=[one for one in report.unverified if one.finding.id not in ids],
        tombstones=[*report.tombstones, *map(tombstone, resolved)],
    )
    told = tuple(Told(Change(RESOLVED, finding.id, RETIRED), finding) for finding in chosen)
    batch = Batch(kept.sequence + 1, id_, at.isoformat(), told)
    return PlaceState(FORMAT, batch.sequence, after, (*state.untaken(place, kept), batch))
