"""The whole way in one place: accounts -> inventories -> findings -> report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from auditor import store
from auditor.baseline import Baseline
from auditor.catalogue import known_queries, needed, needed_against, needed_to_record
from auditor.clients import Clients
from auditor.collect import Progress, collect
from auditor.crew import Together, in_order, until_left
from auditor.deadline import NEVER, Deadline, OutOfTime
from auditor.drift.declarable import Templates
from auditor.drift.findings import judge_recorded
from auditor.drift.template_findings import judge_templates
from auditor.inventory import Inventory
from auditor.judge import Judgement, judge
from auditor.probe import Probe
from auditor.query import Query, closure
from auditor.recording.recordable import RECORDED, TEMPLATED, Recordable
from auditor.recording.write import Written
from auditor.recording.write import record as record_in
from auditor.report import Report
from auditor.report_builder import Builder
from auditor.session import Account, SessionError, open_account
from auditor.trail.events import LOOKUP, taken_out

Probes = Sequence[Probe[Any, Any]]
Rows = Sequence[Recordable]

AT_ONCE = 4
"""Accounts under way at once: while one waits for its chain of answers, the others ask."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to get into accounts, by profiles and roles to assume with them, and until when."""

    profiles: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    external_id: str | None = None
    regions: tuple[str, ...] = ()
    deadline: Deadline = NEVER

    def ways(self) -> Iterator[tuple[str | None, str | None]]:
        """Each (profile, role) to go in by: every role with every profile, else the profiles."""
        for profile in self.profiles or (None,):
            for role in self.roles or (None,):
                yield profile, role


def inventories(
    access: Access,
    queries: Sequence[Query[Any]],
    progress: Progress | None = None,
    skipped: Skips | None = None,
) -> Iterator[Inventory]:
    """What each account answers, in the order of the ways in; several are asked at once.

    Raises `SessionError` where the only way in does not work; with several, one that does not work
    is told to `skipped`, and so is one that there was no time to begin with.
    """
    clients: dict[str | None, Clients] = {}
    together = Together(progress) if progress else None
    with until_left(access.deadline) as deadline:
        works = (
            partial(collect, account, queries, together.share() if together else None, deadline)
            for account in _accounts(access, queries, clients, skipped)
        )
        yield from in_order(works, AT_ONCE)
    for made in clients.values():
        made.close()


def _accounts(
    access: Access,
    queries: Sequence[Query[Any]],
    clients: dict[str | None, Clients],
    skipped: Skips | None,
) -> Iterator[Account]:
    """Each account that there is a way into, once."""
    allowed = frozenset(query.operation for query in queries)
    ways = list(access.ways())
    seen: dict[str, str] = {}
    for profile, role in ways:
        who = role or profile or "default credentials"
        try:
            entering = partial(_enter, clients, allowed, access, profile, role)
            account = access.deadline.within(entering)
        except (SessionError, OutOfTime) as error:
            alone = len(ways) == 1 and isinstance(error, SessionError)
            if alone or skipped is None:
                raise
            skipped(who, str(error))
            continue
        if account.id not in seen:
            seen[account.id] = who
            yield account
        elif skipped:
            skipped(who, f"leads to account {account.id}, as {seen[account.id]} does")


class Skips:
    """Is told of each way in that led nowhere."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def __call__(self, who: str, why: str) -> None:
        self.told.append((who, why))


def _enter(
    clients: dict[str | None, Clients],
    allowed: frozenset[str],
    access: Access,
    profile: str | None,
    role: str | None,
) -> Account:
    if profile not in clients:
        clients[profile] = Clients(profile, allowed)
    return open_account(clients[profile], access.regions, role, access.external_id)


def scan(
    access: Access,
    probes: Probes,
    baseline: Baseline,
    progress: Progress | None = None,
    as_of: date | None = None,
) -> Report:
    """Collect and judge every account; raises `SessionError` where there is no way in.

    Waivers count as on the day `as_of`.
    """
    skips = Skips()
    builder = Builder(baseline, _sources(probes, baseline), as_of)
    builder.scope.every_region = not access.regions
    for inventory in inventories(access, _questions(probes, baseline), progress, skips):
        builder.add(inventory, _judged(inventory, probes, baseline))
        inventory.forget()
    for who, why in skips.told:
        builder.skip_account(who, why)
    return builder.build()


def judge_file(
    path: Path,
    probes: Probes,
    baseline: Baseline,
    as_of: date | None = None,
    kept: list[Inventory] | None = None,
) -> Report:
    """Judge a stored inventory again; raises `StoreError` where it is unusable.

    What CloudTrail once answered, and the file holds, is put apart into `kept`.
    """
    builder = Builder(baseline, _sources(probes, baseline), as_of)
    builder.scope.every_region = True
    for inventory in stored(path, probes, _rows(baseline), baseline.templates):
        trail = taken_out(inventory)
        if kept is not None and trail.answers:
            kept.append(trail)
        builder.scope.every_region &= not inventory.narrowed
        builder.add(inventory, _judged(inventory, probes, baseline))
    return builder.build()


def record(folder: Path, access: Access, rows: Rows, progress: Progress | None = None) -> Written:
    """Record what every account answers; returns what was written, and what was not seen."""
    skips = Skips()
    written = record_in(inventories(access, needed_to_record(rows), progress, skips), rows, folder)
    written.unread += [f"{who}: {why}" for who, why in skips.told]
    return written


def record_file(folder: Path, path: Path, rows: Rows) -> Written:
    """Record what a stored inventory says; raises `StoreError` where it is unusable."""
    return record_in(stored(path, (), rows), rows, folder)


def stored(
    path: Path, probes: Probes, rows: Rows = (), compared: Templates | None = None
) -> Iterator[Inventory]:
    """The inventories in a file; raises `StoreError` where it is unusable."""
    return store.read(path, {**known_queries(probes, rows, compared), LOOKUP.id: LOOKUP})


def _rows(baseline: Baseline) -> Rows:
    """The kinds of resources that are compared with the recorded state."""
    return baseline.approved.rows if baseline.approved else ()


def _sources(probes: Probes, baseline: Baseline) -> list[str]:
    """All that findings come from in a run."""
    beside = ((RECORDED, baseline.approved), (TEMPLATED, baseline.templates))
    return [*(probe.id for probe in probes), *(name for name, compared in beside if compared)]


def _questions(probes: Probes, baseline: Baseline) -> tuple[Query[Any], ...]:
    """All that a run asks."""
    beside = (*needed_to_record(_rows(baseline)), *needed_against(baseline.templates))
    return closure((*needed(probes), *beside))


def _judged(inventory: Inventory, probes: Probes, baseline: Baseline) -> Judgement:
    """What the probes say of an inventory, and what differs from what is recorded or declared."""
    judgement = judge(inventory, probes, baseline)
    if baseline.approved:
        with _kept_apart(RECORDED, judgement):
            judge_recorded(inventory, baseline.approved, baseline, judgement)
    if baseline.templates:
        with _kept_apart(TEMPLATED, judgement):
            judge_templates(inventory, baseline.templates, baseline, judgement)
    return judgement


@contextmanager
def _kept_apart(source: str, judgement: Judgement) -> Iterator[None]:
    """A bug in a comparison is loud, resolves nothing, and leaves the probes their findings."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - as with a probe's bug, it must not end the run
        for place in judgement.places:
            judgement.incomplete.setdefault(place, set()).add(source)
        judgement.complain(source, next(iter(judgement.places)), "", error)


def collect_to(
    path: Path,
    access: Access,
    probes: Probes,
    progress: Progress | None = None,
    more: Sequence[Query[Any]] = (),
) -> list[tuple[str, str]]:
    """Keep what every account answers in a file; returns what was not seen, and why.

    With `more` it holds what recording takes, or comparing with what is recorded or declared.
    """
    skips = Skips()
    queries = closure((*needed(probes), *more))
    store.write(_told(inventories(access, queries, progress, skips), skips), queries, path)
    return skips.told


def _told(found: Iterator[Inventory], skips: Skips) -> Iterator[Inventory]:
    """The inventories; what was refused of each is told to `skips`, by operation and reason."""
    for inventory in found:
        account = ", ".join(inventory.times)
        answers = (one for by in inventory.answers.values() for one in by.values())
        refusals = [*inventory.unlisted, *(one.refusal for one in answers if one.refusal)]
        counts = Counter((r.operation, r.code, r.actions) for r in refusals)
        for (operation, code, actions), count in counts.items():
            grant = f"; {', '.join(actions)} would let it be seen" if actions else ""
            times = "once" if count == 1 else f"{count} times"
            skips(account, f"{operation} was refused {times}: {code}{grant}")
        yield inventory
