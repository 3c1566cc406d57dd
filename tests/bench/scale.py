"""What grows: many accounts in one scan, and a stored inventory of many resources, judged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from tests.bench.multiplied import multiply
from tests.bench.program import REGION, Ran, ask, peak_mib, program

FIRST_ACCOUNT = 100_000_000_001

FLEET = [
    "accounts", "latency, ms", "calls", "calls a second", "wall, s", "wall an account, s", "CPU, s",
    "peak memory, MiB", "calls in flight", "connections", "findings", "skipped",
]  # fmt: skip

JUDGED = [
    "resources judged", "findings", "wall, s", "CPU, s", "findings a CPU second",
    "CPU a finding, times the first", "peak memory, MiB", "inventory, MiB", "report, MiB",
]  # fmt: skip


def fleet(url: str, folder: str, accounts: int, latency: int) -> list[Any]:
    """One scan of so many accounts, each entered by a role of its own."""
    ask(url, "reset", {})
    ask(url, "config", {"latency_ms": latency})
    ids = (str(FIRST_ACCOUNT + number) for number in range(accounts))
    roles = chain.from_iterable(("--role-arn", f"arn:aws:iam::{id_}:role/audit") for id_ in ids)
    ran, report = _reported(url, folder, "scan", "--quiet", "--region", REGION, *roles)
    stats = ask(url, "stats")
    return [
        len(report["scope"]["accounts"]), latency, stats["calls"],
        round(stats["calls"] / ran.wall), f"{ran.wall:.2f}", f"{ran.wall / accounts:.2f}",
        f"{ran.cpu:.2f}", round(peak_mib(folder)), stats["peak"], stats["connections"],
        len(report["findings"]), len(report["coverage"]["accounts_skipped"]),
    ]  # fmt: skip


def judged(url: str, folder: str, sizes: list[int]) -> Iterator[list[Any]]:
    """Judging an inventory of about so many resources, with the report written, by size."""
    if not sizes:
        return
    ask(url, "config", {"latency_ms": 0})
    small, large = Path(folder) / "small.jsonl", Path(folder) / "large.jsonl"
    program(url, folder, "collect", "--region", REGION, "--output", str(small))
    _, report = _reported(url, folder, "judge", "--quiet", str(small))
    whole, first = resources(report), 0.0
    for size in sizes:
        multiply(small, large, max(1, round(size / whole)))
        ran, report = _reported(url, folder, "judge", "--quiet", str(large))
        found = len(report["findings"])
        first = first or ran.cpu / found
        yield [
            resources(report), found, f"{ran.wall:.2f}", f"{ran.cpu:.2f}", round(found / ran.cpu),
            f"{ran.cpu / found / first:.2f}", round(peak_mib(folder)),
            round(large.stat().st_size / 2**20), round(_file(folder).stat().st_size / 2**20),
        ]  # fmt: skip


def resources(report: dict[str, Any]) -> int:
    """How many different resources a report speaks of."""
    return len({f["resource"]["arn"] or f["resource"]["id"] for f in report["findings"]})


def _reported(url: str, folder: str, *words: str) -> tuple[Ran, dict[str, Any]]:
    ran = program(url, folder, *words, "--format", "json", "--output", str(_file(folder)))
    return ran, json.loads(_file(folder).read_text(encoding="utf-8"))


def _file(folder: str) -> Path:
    return Path(folder) / "report.json"
