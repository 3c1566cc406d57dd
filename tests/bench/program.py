"""The installed program as a process of its own, and the proxy that it asks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

REGION = "us-east-1"
PEAK = "peak"


@dataclass(frozen=True)
class Ran:
    """When the program was started, how long it took, and what the system says of it."""

    started: float
    wall: float
    usage: Any

    @property
    def cpu(self) -> float:
        return float(self.usage.ru_utime + self.usage.ru_stime)


def program(url: str, folder: str, *words: str) -> Ran:
    """Run a command of the program; it leaves its peak memory in the folder."""
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "AUDITOR_"))},
        "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench",
        "BENCH_PEAK_FILE": str(Path(folder) / PEAK),
    }  # fmt: skip
    started, clock = time.time(), time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.one_scan", *words], env=environment
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - clock
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1, 3):
        raise click.ClickException(f"{words[0]} ended with {process.returncode}")
    return Ran(started, wall, usage)


def peak_mib(folder: str) -> float:
    """The peak memory of the program that ran last."""
    return int((Path(folder) / PEAK).read_text(encoding="ascii")) / 1024


def ask(url: str, what: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the proxy says of itself, or takes."""
    data = json.dumps(body).encode() if body is not None else None
    with urllib.request.urlopen(f"{url}/__bench__/{what}", data=data, timeout=10) as answer:
        return dict(json.load(answer))
