"""The whole way in one place: accounts -> inventories -> findings -> report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from auditor import store
from auditor.baseline import Baseline
from auditor.catalogue import known_queries, needed
from auditor.clients import Clients
from auditor.collect import Progress, collect
from auditor.inventory import Inventory
from auditor.judge import judge
from auditor.probe import Probe
from auditor.query import Query
from auditor.report import Report
from auditor.report_builder import Builder
from auditor.session import Account, SessionError, open_account

Probes = Sequence[Probe[Any, Any]]


@dataclass(frozen=True, slots=True)
class Access:
    """How to get into accounts: profiles, and roles to assume with them."""

    profiles: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    external_id: str | None = None
    regions: tuple[str, ...] = ()

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
    """What each account answers, one account after the other.

    Raises `SessionError` where the only way in does not work; with several, one that does not work
    is told to `skipped`.
    """
    allowed = frozenset(query.operation for query in queries)
    ways = list(access.ways())
    seen: dict[str, str] = {}
    clients: dict[str | None, Clients] = {}
    for profile, role in ways:
        who = role or profile or "default credentials"
        try:
            account = _enter(clients, allowed, access, profile, role)
        except SessionError as error:
            if len(ways) == 1 or skipped is None:
                raise
            skipped(who, str(error))
            continue
        if account.id in seen:
            if skipped:
                skipped(who, f"leads to account {account.id}, as {seen[account.id]} does")
            continue
        seen[account.id] = who
        yield collect(account, queries, progress)
    for made in clients.values():
        made.close()


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
    builder = Builder(baseline, [probe.id for probe in probes], as_of)
    builder.scope.every_region = not access.regions
    for inventory in inventories(access, needed(probes), progress, skips):
        builder.add(inventory, judge(inventory, probes, baseline))
    for who, why in skips.told:
        builder.skip_account(who, why)
    return builder.build()


def judge_file(path: Path, probes: Probes, baseline: Baseline, as_of: date | None = None) -> Report:
    """Judge a stored inventory again; raises `StoreError` where it is unusable."""
    builder = Builder(baseline, [probe.id for probe in probes], as_of)
    for inventory in stored(path, probes):
        builder.add(inventory, judge(inventory, probes, baseline))
    return builder.build()


def stored(path: Path, probes: Probes) -> Iterator[Inventory]:
    """The inventories in a file; raises `StoreError` where it is unusable."""
    return store.read(path, known_queries(probes))


def collect_to(
    path: Path, access: Access, probes: Probes, progress: Progress | None = None
) -> list[tuple[str, str]]:
    """Keep what every account answers in a file; returns what was not seen, and why."""
    skips = Skips()
    queries = needed(probes)
    store.write(_told(inventories(access, queries, progress, skips), skips), queries, path)
    return skips.told


def _told(found: Iterator[Inventory], skips: Skips) -> Iterator[Inventory]:
    """The inventories; how many questions of each were refused is told to `skips`."""
    for inventory in found:
        answers = (one for by in inventory.answers.values() for one in by.values())
        refused = len(inventory.unlisted) + sum(1 for one in answers if one.refusal)
        if refused:
            skips(", ".join(inventory.times), f"{refused} questions were refused")
        yield inventory
