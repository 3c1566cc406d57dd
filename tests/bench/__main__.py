"""`make bench`: what a whole scan costs, as a table.

    make bench BENCH="--copies 10 --copies 50 --latency 20 --latency 60 --throttle 20"

A column is one scan by the installed program, as a process of its own, with all probes and the report
written. `floor` is the longest chain of dependent calls times the latency: nothing could be faster.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
from tabulate import tabulate

from auditor.catalogue import load, needed
from auditor.query import Query
from tests.bench.program import REGION, ask, peak_mib, program
from tests.bench.scale import FLEET, JUDGED, fleet, judged, resources

STS_AND_REGIONS = 2


@dataclass(frozen=True)
class Measured:
    """One scan."""

    copies: int
    resources: int
    latency_ms: int
    rate: int
    calls: int
    throttled: int
    wall: float
    before_first_call: float
    floor: float
    cpu: float
    peak_mib: float
    concurrency: int
    connections: int
    findings: int
    refused: int

    def column(self) -> list[Any]:
        """The values of `FIGURES`, in their order."""
        return [
            self.copies, self.resources, self.latency_ms, self.rate or "none",
            self.calls, round(self.calls / max(1, self.resources), 2), self.throttled,
            round(self.calls / self.wall), f"{self.wall:.2f}", f"{self.floor:.2f}",
            f"{self.wall / self.floor:.1f}", f"{self.before_first_call:.2f}", f"{self.cpu:.2f}",
            round(self.peak_mib), self.concurrency, self.connections, self.findings, self.refused,
        ]  # fmt: skip


FIGURES = [
    "copies of the application", "resources judged", "latency, ms", "calls a second, at most",
    "calls", "calls a resource", "throttled", "calls a second", "wall, s", "floor, s",
    "wall / floor", "before the first call, s", "CPU, s", "peak memory, MiB", "calls in flight",
    "connections", "findings", "refused",
]  # fmt: skip


def chain(queries: tuple[Query[Any], ...]) -> int:
    """Calls that must wait for one another, at most: who we are, which regions, then the queries."""
    depth: dict[int, int] = {}
    for query in queries:
        depth[id(query)] = 1 + max((depth[id(parent)] for parent in query.parents), default=0)
    return STS_AND_REGIONS + max(depth.values())


def renamed(application: Any, name: str) -> Any:
    """A copy of an application under another name, in the one region of the benchmark."""
    watched = application.observability
    groups = {log.replace(application.name, name): key for log, key in watched.log_groups.items()}
    watched = replace(watched, log_groups=groups)
    return replace(application, name=name, region=REGION, observability=watched)


@contextmanager
def account(copies: int) -> Iterator[str]:
    """A local account with so many copies of the demo's two applications."""
    from auditor.demo.account import build
    from auditor.demo.broken import BROKEN
    from auditor.demo.repaired import REPAIRED
    from auditor.demo.server import LocalAccount

    kinds = (BROKEN, REPAIRED)
    applications = [renamed(kinds[n % 2], f"app{n:04d}") for n in range(copies)]
    with LocalAccount() as endpoint:
        build(endpoint, applications)
        yield endpoint


@contextmanager
def proxied(upstream: str) -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.replay", upstream], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def scan(url: str, folder: str, *more: str) -> tuple[float, float, Any, dict[str, Any]]:
    """(started, wall seconds, resource usage, report) of one scan as a process."""
    file = Path(folder) / "report.json"
    ran = program(
        url,
        folder,
        "scan",
        "--quiet",
        "--region",
        REGION,
        *more,
        "--format",
        "json",
        "--output",
        str(file),
    )
    return ran.started, ran.wall, ran.usage, json.loads(file.read_text(encoding="utf-8"))


def measure(url: str, folder: str, copies: int, latency: int, rate: int) -> Measured:
    ask(url, "reset", {})
    ask(url, "config", {"latency_ms": latency, "rate": rate})
    started, wall, usage, report = scan(url, folder)
    stats = ask(url, "stats")

    return Measured(
        copies=copies,
        resources=resources(report),
        latency_ms=latency,
        rate=rate,
        calls=stats["calls"],
        throttled=stats["throttled"],
        wall=wall,
        before_first_call=stats["first"] - started,
        floor=chain(needed(load())) * max(latency, 1) / 1000,
        cpu=usage.ru_utime + usage.ru_stime,
        peak_mib=peak_mib(folder),
        concurrency=stats["peak"],
        connections=stats["connections"],
        findings=len(report["findings"]),
        refused=len(report["coverage"]["refusals"]),
    )


@click.command()
@click.option(
    "--copies", type=int, multiple=True, default=(2, 10), help="Applications in the account."
)
@click.option(
    "--latency", type=int, multiple=True, default=(20,), help="Milliseconds a round trip."
)
@click.option(
    "--throttle", type=int, default=0, help="Calls a second for each service, as one more column."
)
@click.option(
    "--runs", type=int, default=3, help="Scans for each column; the median by wall time is shown."
)
@click.option(
    "--accounts", type=int, multiple=True, default=(1, 20), help="Accounts in one scan; 0 for none."
)
@click.option(
    "--judge",
    type=int,
    multiple=True,
    default=(1_000, 10_000),
    help="Resources in a stored inventory that is judged; 0 for none.",
)
def main(
    copies: tuple[int, ...],
    latency: tuple[int, ...],
    throttle: int,
    runs: int,
    accounts: tuple[int, ...],
    judge: tuple[int, ...],
) -> None:
    """Measure whole scans of a generated account, of many accounts, and judging a large one."""
    columns = []
    for count in copies:
        with served(count) as (url, folder):
            scan(url, folder)
            for milliseconds, rate in [
                *((ms, 0) for ms in latency),
                *([(latency[0], throttle)] if throttle else []),
            ]:
                several = [
                    measure(url, folder, count, milliseconds, rate)
                    for _ in range(1 if rate else runs)
                ]
                columns.append(sorted(several, key=lambda m: m.wall)[len(several) // 2].column())
    show(FIGURES, columns)
    with served(copies[0]) as (url, folder):
        scan(url, folder)
        show(FLEET, [fleet(url, folder, many, ms) for ms in latency for many in accounts if many])
        show(JUDGED, list(judged(url, folder, [size for size in judge if size])))


@contextmanager
def served(copies: int) -> Iterator[tuple[str, str]]:
    """An account behind the proxy, without latency yet, and a folder to work in."""
    with (
        account(copies) as endpoint,
        proxied(endpoint) as url,
        tempfile.TemporaryDirectory() as folder,
    ):
        ask(url, "config", {"latency_ms": 0})
        yield url, folder


def show(figures: list[str], columns: list[list[Any]]) -> None:
    if columns:
        table = [[name, *values] for name, *values in zip(figures, *columns, strict=True)]
        click.echo(tabulate(table, tablefmt="plain") + "\n")


if __name__ == "__main__":
    main()
