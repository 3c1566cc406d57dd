"""The demonstration: the local account, scanned over HTTP as any other."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from auditor.baseline import Baseline
from auditor.collect import Progress
from auditor.demo.application import Application
from auditor.demo.stories import applications
from auditor.errors import UserError
from auditor.report import Report
from auditor.scan import Access, Probes, scan

HOW_TO_GO_ON = """\
A real account:   auditor scan --profile NAME        (your credentials; it only reads)
What that needs:  auditor permissions                (the exact policy to attach)
"""


class DemoError(UserError):
    """The demonstration cannot run here; the message is for people."""


def demonstrate(
    probes: Probes,
    baseline: Baseline,
    progress: Progress | None = None,
    built: Sequence[Application] | None = None,
) -> Report:
    """Build the local account, of all stories or of what is given, and scan it as any other."""
    try:
        from auditor.demo.account import build_behind  # noqa: PLC0415 - moto is an extra
        from auditor.demo.server import LocalAccount  # noqa: PLC0415 - likewise
    except ImportError as error:
        message = f"the demonstration needs the extra `demo` (moto): {error}"
        raise DemoError(message) from None
    with LocalAccount() as endpoint:
        build_behind(applications() if built is None else built)
        with _pointing_at(endpoint):
            report = scan(Access(), probes, baseline, progress)
    click.echo(HOW_TO_GO_ON, err=True, nl=False)
    return report


@contextmanager
def _pointing_at(endpoint: str) -> Iterator[None]:
    """The environment of somebody whose AWS is the local account."""
    ours = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "demo",
        "AWS_SECRET_ACCESS_KEY": "demo",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    before = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    for name in before:
        del os.environ[name]
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            os.environ.pop(name, None)
        os.environ.update(before)
