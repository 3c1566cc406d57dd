"""`make bench`: what a whole scan costs, as a table.

    make bench BENCH="--copies 10 --copies 50 --latency 20 --latency 60 --throttle 20"

A column is one scan by the installed program, as a process of its own, with all probes and the report
written. `floor` is the longest chain of dependent calls times the latency: nothing could be faster.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
from tabulate import tabulate

from auditor.catalogue import load, needed
from auditor.query import Query

REGION = "us-east-1"
STS_AND_REGIONS = 2
PEAK = "peak"


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


def ask(url: str, what: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    data = json.dumps(body).encode() if body is not None else None
    with urllib.request.urlopen(f"{url}/__bench__/{what}", data=data, timeout=10) as answer:
        return dict(json.load(answer))


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


def scan(url: str, folder: str) -> tuple[float, float, Any, dict[str, Any]]:
    """(started, wall seconds, resource usage, report) of one scan as a process."""
    file = Path(folder) / "report.json"
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "AUDITOR_"))},
        "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench",
        "BENCH_PEAK_FILE": str(Path(folder) / PEAK),
    }  # fmt: skip
    command = [
        sys.executable,
        "-m",
        "tests.bench.one_scan",
        "scan",
        "--region",
        REGION,
    ]
    started, clock = time.time(), time.perf_counter()
    process = subprocess.Popen(
        [*command, "--format", "json", "--output", str(file)], env=environment
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - clock
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1, 3):
        raise click.ClickException(f"the scan ended with {process.returncode}")
    return started, wall, usage, json.loads(file.read_text(encoding="utf-8"))


def measure(url: str, folder: str, copies: int, latency: int, rate: int) -> Measured:
    ask(url, "reset", {})
    ask(url, "config", {"latency_ms": latency, "rate": rate})
    started, wall, usage, report = scan(url, folder)
    stats = ask(url, "stats")
    listed = {f["resource"]["arn"] or f["resource"]["id"] for f in report["findings"]}
    return Measured(
        copies=copies,
        resources=len(listed),
        latency_ms=latency,
        rate=rate,
        calls=stats["calls"],
        throttled=stats["throttled"],
        wall=wall,
        before_first_call=stats["first"] - started,
        floor=chain(needed(load())) * max(latency, 1) / 1000,
        cpu=usage.ru_utime + usage.ru_stime,
        peak_mib=int((Path(folder) / PEAK).read_text(encoding="ascii")) / 1024,
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
def main(copies: tuple[int, ...], latency: tuple[int, ...], throttle: int, runs: int) -> None:
    """Measure whole scans of a generated account."""
    columns = []
    for count in copies:
        with (
            account(count) as endpoint,
            proxied(endpoint) as url,
            tempfile.TemporaryDirectory() as folder,
        ):
            ask(url, "config", {"latency_ms": 0})
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
    table = [[name, *values] for name, *values in zip(FIGURES, *columns, strict=True)]
    click.echo(tabulate(table, tablefmt="plain"))


if __name__ == "__main__":
    main()
