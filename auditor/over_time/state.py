"""The state of scans: per account and region the last report, as far as the next one needs it.

Nothing is lost by a killed run (a file is replaced whole or not at all), by two runs at once (who
comes second continues what the first has written), or by a run that comes late (one that began
before the one that is kept leaves it as it is).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from auditor.finding import Finding
from auditor.over_time.lifecycle import NOTHING_RENAMED, Past, follow, past_of
from auditor.over_time.shelf import ConflictError, Shelf, ShelfError
from auditor.probe import Verdict
from auditor.report import Change, Coverage, Previous, Report, Untouched
from auditor.report_builder import summarise

FORMAT = 1
FILE = "state.json"
ACCOUNT_WIDE = "global"
"""What stands for the region of what an account has only once."""

TRIES = 20
"""How often a run tries to continue what other runs write meanwhile."""


@dataclass(frozen=True, slots=True)
class Told:
    """A change and the finding as it was then."""

    change: Change
    finding: Finding


@dataclass(frozen=True, slots=True)
class Batch:
    """What one run changed in one place; `sequence` counts the runs there, from 1."""

    sequence: int
    run: str
    at: str
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class PlaceState:
    """What is kept of one place: its last report, and the batches that nobody took yet."""

    format: int
    sequence: int
    report: Report
    batches: tuple[Batch, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class PlaceName:
    """An account and region as a folder of the state; no region is account-wide."""

    partition: str
    account: str
    region: str

    @property
    def path(self) -> str:
        """The name of the place's file."""
        return f"{self.partition}/{self.account}/{self.region or ACCOUNT_WIDE}/{FILE}"

    @classmethod
    def of(cls, path: str) -> PlaceName | None:
        """The place of a file, if it is one's."""
        parts = path.split("/")
        if len(parts) != 4 or parts[3] != FILE:
            return None
        return cls(parts[0], parts[1], "" if parts[2] == ACCOUNT_WIDE else parts[2])


@dataclass(slots=True)
class State:
    """All that is kept on a shelf; `taken` says up to which batch somebody took the changes."""

    shelf: Shelf
    renamed: Mapping[str, str] = field(default_factory=lambda: NOTHING_RENAMED)
    taken: Mapping[str, int] | None = None

    def places(self) -> list[PlaceName]:
        """The places of which something is kept."""
        found = (PlaceName.of(name) for name in self.shelf.names())
        return sorted(place for place in found if place)

    def read(self, place: PlaceName) -> tuple[PlaceState, str] | None:
        """What is kept of a place, and its tag; raises `ShelfError` where it is damaged."""
        kept = self.shelf.read(place.path)
        if kept is None:
            return None
        try:
            state: PlaceState = adapter().validate_json(kept.text)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            message = f"{place.path}: is no state of this tool ({where}: {first['msg']})"
            raise ShelfError(message) from None
        if state.format != FORMAT:
            message = f"{place.path}: is of format {state.format}; this version reads {FORMAT}"
            raise ShelfError(message)
        return state, kept.tag

    def advance(self, report: Report) -> Report:
        """The report as the continuation of what is kept, which from now on it is itself.

        Raises `ShelfError` where state cannot be read or written.
        """
        merged = replace(report, findings=[])
        for place in self._meant(report):
            _merge(merged, self._advance(place, report))
        merged.findings.sort(key=_order)
        merged.summary = summarise(merged.findings)
        return merged

    def _meant(self, report: Report) -> list[PlaceName]:
        """The places that a run looked at or was to look at."""
        scope = report.scope
        looked = {
            PlaceName(scope.partition, one.account, one.region) for one in report.coverage.places
        }
        told = " ".join(one.account for one in report.coverage.accounts_skipped)
        kept = {
            place
            for place in self.places()
            if (place.account in scope.accounts and (scope.every_region or not place.region))
            or f":{place.account}:" in told
        }
        return sorted(looked | kept)

    def _advance(self, place: PlaceName, report: Report) -> Report:
        part = _part(report, place)
        for _ in range(TRIES):
            found = self.read(place)
            earlier = found[0].report.run.started_at if found else None
            if earlier and earlier > report.run.started_at:
                part.coverage.notes.append(
                    f"the state of {place.path} is of a later run; it was left as it is"
                )
                run = found[0].report.run if found else report.run
                return replace(part, previous=Previous(run.id, run.started_at, 0))
            continued = follow(part, past_of([found[0].report] if found else []), self.renamed)
            state = self._next(place, continued, found[0] if found else None)
            try:
                self.shelf.write(place.path, dump(state), found[1] if found else None)
            except ConflictError:
                continue
            return continued
        message = f"{place.path}: other runs wrote it all the time; this one was not kept"
        raise ShelfError(message)

    def _next(self, place: PlaceName, report: Report, kept: PlaceState | None) -> PlaceState:
        """The report as state, with the batches that nobody took; where nobody does, the last."""
        sequence = kept.sequence + 1 if kept else 1
        started = report.run.started_at.isoformat()
        batch = Batch(sequence, report.run.id, started, tuple(told_in(report)))
        return PlaceState(FORMAT, sequence, _lean(report), (*self.untaken(place, kept), batch))

    def untaken(self, place: PlaceName, kept: PlaceState | None) -> tuple[Batch, ...]:
        """The batches of a place that nobody took yet; none where nobody takes any."""
        if kept is None or self.taken is None:
            return ()
        since = self.taken.get(place.path, 0)
        return tuple(batch for batch in kept.batches if batch.sequence > since)


def told_in(report: Report) -> Iterator[Told]:
    """The changes of a report, each with its finding."""
    by_id = {finding.id: finding for finding in report.findings}
    by_id |= {one.finding.id: one.finding for one in report.resolved}
    by_id |= {one.finding.id: one.finding for one in report.unverified}
    for change in report.changes:
        yield Told(change, by_id[change.id])


def dump(state: PlaceState) -> str:
    """State as the text of its file."""
    return adapter().dump_json(state, indent=1, ensure_ascii=True).decode() + "\n"


@cache
def adapter() -> TypeAdapter[Any]:
    """Pydantic's view of a place's state."""
    return TypeAdapter(PlaceState)


def _part(report: Report, place: PlaceName) -> Report:
    """What a report says of one place; nothing where that was not looked at."""
    looked = [
        one
        for one in report.coverage.places
        if (one.account, one.region) == (place.account, place.region)
    ]
    findings = [
        one for one in report.findings if (one.account, one.region) == (place.account, place.region)
    ]
    coverage = Coverage(report.coverage.complete, places=looked)
    return replace(report, coverage=coverage, findings=findings, summary=summarise(findings))


def _lean(report: Report) -> Report:
    """What the next report needs of this one: what is open, or could not be told."""
    findings = [
        one for one in report.findings if one.verdict.violates or one.verdict is Verdict.UNKNOWN
    ]
    left = report.untouched
    return replace(
        report,
        findings=[*findings, *left.findings],
        changes=[],
        unverified=[*report.unverified, *left.unverified],
        untouched=Untouched(),
    )


def _merge(whole: Report, part: Report) -> None:
    whole.findings += part.findings
    whole.changes = [*whole.changes, *part.changes]
    whole.resolved = [*whole.resolved, *part.resolved]
    whole.unverified = [*whole.unverified, *part.unverified]
    whole.untouched = Untouched(
        [*whole.untouched.findings, *part.untouched.findings],
        [*whole.untouched.unverified, *part.untouched.unverified],
    )
    whole.tombstones = [*whole.tombstones, *part.tombstones]
    whole.coverage.notes += part.coverage.notes
    past = [one for one in (whole.previous, part.previous) if one]
    if past:
        latest = max(past, key=lambda one: one.started_at)
        whole.previous = replace(latest, open=sum(one.open for one in past))


def _order(finding: Finding) -> tuple[str, ...]:
    return (
        finding.account,
        finding.region,
        finding.probe,
        finding.resource.id,
        finding.part,
        finding.id,
    )


def known_past(state: State, places: Iterable[PlaceName]) -> Past:
    """What is kept of some places, together."""
    return past_of(found[0].report for place in places if (found := state.read(place)))
