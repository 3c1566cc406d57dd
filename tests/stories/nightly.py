"""An auditor's nights: what AWS says of the time, the job, and the ticket system of the morning."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from botocore import handlers
from botocore.awsrequest import AWSResponse

from auditor import cli
from auditor.history import read_report
from auditor.report import Report
from auditor.shelf import Folder
from auditor.state import State
from tests.engine.wire import _Raw, regions
from tests.stub import denied

HOME, AWAY = "us-east-1", "eu-south-1"
PROBES = (
    "auto_scaling.detailed_monitoring",
    "encryption.key_rotation",
    "observability.log_retention",
)


class Sky:
    """What AWS says beside the resources: its clock, its regions, and what it refuses."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 1, 3, tzinfo=UTC)
        self.regions: tuple[str, ...] = (HOME, AWAY)
        self.denied = ""

    @contextmanager
    def spread(self) -> Iterator[None]:
        """Stand between the account and every botocore session that is made meanwhile."""
        ours = (
            ("after-call.sts.GetCallerIdentity", self._date),
            ("before-send", self._send, handlers.REGISTER_FIRST),
        )
        handlers.BUILTIN_HANDLERS.extend(ours)
        try:
            yield
        finally:
            for one in ours:
                handlers.BUILTIN_HANDLERS.remove(one)

    def _date(self, parsed: Any, **_: Any) -> None:
        said = format_datetime(self.now, usegmt=True)
        parsed["ResponseMetadata"]["HTTPHeaders"]["date"] = said

    def _send(self, request: Any, event_name: str, **_: Any) -> AWSResponse | None:
        service, operation = event_name.split(".")[1:]
        if operation == "DescribeRegions":
            off = tuple({HOME, AWAY} - set(self.regions))
            sent = regions(*self.regions, off=off)
            return AWSResponse(request.url, 200, {}, _Raw(sent))
        if f"{service}:{operation}" == self.denied:
            said = denied(service, operation)
            return AWSResponse(request.url, said.status, said.headers, _Raw(said.body.encode()))
        return None


# -- the ticket system ----------------------------------------------------------------------------


class AnswerLost(Exception):
    """The ticket system took an event, and then broke down before it could say so."""


@dataclass
class Filed:
    """A ticket as its system has it; `had` are the ids of the events that made it what it is."""

    key: str
    about: str
    status: str
    had: list[str] = field(default_factory=list)


class Receiver:
    """A ticket system behind a recipe: searches by key, and does nothing for an event it knows."""

    def __init__(self) -> None:
        self.tickets: list[Filed] = []
        self.breaks_at = 0

    def take(self, event: dict[str, Any]) -> None:
        """Create, update or close; raises `AnswerLost` where it is to break down."""
        known = [one for one in self.tickets if one.key == event["dedup_key"]]
        if not known and event["status"] == "open":
            known = [Filed(event["dedup_key"], called(event["resource"]), "open")]
            self.tickets += known
        for one in known:
            if event["event_id"] not in one.had:
                one.status = event["status"]
                one.had.append(event["event_id"])
        self.breaks_at -= 1
        if not self.breaks_at:
            raise AnswerLost

    def open(self) -> list[Filed]:
        return [one for one in self.tickets if one.status == "open"]


def called(arn: str) -> str:
    """A resource as the story calls it."""
    name = arn.rpartition(":")[2]
    named = {"key": "the key", "launch-template": "the template"}
    return named.get(name.partition("/")[0], f"`{name}`")


# -- the job --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ran:
    """What a run or a command left behind: how it ended, and what it says."""

    ended: str
    says: str
    about: str = ""


def auditor(*arguments: str | Path) -> tuple[int, str]:
    """The program as a person or a job calls it: exit code and stdout."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(out):
        patch.setattr(sys, "argv", ["auditor", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.run()
    return int(ended.value.code or 0), out.getvalue()


class Job:
    """The job of every night and morning, with all that it keeps in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.state = folder, folder / "state"
        self.baseline, self.report_file = folder / "baseline.yaml", folder / "report.json"

    def looking(self, probes: tuple[str, ...] = PROBES) -> list[str]:
        return [word for probe in probes for word in ("--probe", probe)]

    def keeping(self, report: Path) -> list[str | Path]:
        kept: list[str | Path] = ["--baseline", self.baseline, "--state", self.state, "--quiet"]
        return [*kept, "--format", "json", "--output", report]

    def scan(self, *more: str, probes: tuple[str, ...] = PROBES) -> Ran:
        """One scan, with the state."""
        given = (*self.looking(probes), *self.keeping(self.report_file), *more)
        code, _ = auditor("scan", *given)
        return Ran(str(code), self.told(self.report_file))

    def collect(self, name: str) -> Path:
        """The first half of a scan: what AWS answers, in a file."""
        file = self.folder / name
        code, said = auditor("collect", *self.looking(), "--quiet", "-o", file)
        assert code == 0, said
        return file

    def judging(self, inventory: Path, report: Path) -> list[str]:
        """The second half of a scan, as arguments: perhaps for another process."""
        return [str(word) for word in ("judge", inventory, *self.looking(), *self.keeping(report))]

    def told(self, report: Path) -> str:
        """What a report says is new."""
        return told(read_report(report))

    def deliver(self, receiver: Receiver) -> bool:
        """The morning: tell the ticket system all that waits; whether it took everything."""
        _, said = auditor("tickets", "--state", self.state, "--baseline", self.baseline)
        delivered, events = [], [json.loads(line) for line in said.splitlines()]
        try:
            for event in events:
                receiver.take(event)
                delivered.append(event["event_id"])
        except AnswerLost:
            pass
        acks = self.folder / "delivered.txt"
        acks.write_text("".join(f"{id_}\n" for id_ in delivered))
        auditor("tickets", "--state", self.state, "--ack", acks)
        return len(delivered) == len(events)

    def open(self) -> set[str]:
        """The findings that the state holds as open, and that nobody has accepted."""
        state, found = State(Folder(self.state, 30)), set()
        for place in state.places():
            report = state.read(place)[0].report
            known = [one for one in report.findings if one.verdict.violates]
            known += [one.finding for one in report.unverified]
            found |= {one.id for one in known if not one.waiver}
        return found

    def until(self, day: int) -> str:
        """A day of the month, as a waiver says it."""
        return str((datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=day - 1)).date())


def told(report: Report) -> str:
    """The changes of a report, its waivers that end soon, and what it left to a later run."""
    by_id = {one.id: one for one in report.findings}
    by_id |= {one.finding.id: one.finding for one in (*report.resolved, *report.unverified)}
    said: dict[str, list[str]] = {}
    for change in report.changes:
        finding = by_id[change.id]
        name = called(finding.resource.arn)
        if change.before:
            name += f" (from {change.before.found} to {finding.found})"
        reason = f" ({change.reason})" if change.kind == "resolved" else ""
        said.setdefault(f"{change.kind}{reason}", []).append(name)
    news = [f"**{kind}** {', '.join(names)}" for kind, names in said.items()] or ["nothing new"]
    news += [
        f"waiver ends soon, on {use.until}" for use in report.waivers if use.state == "expiring"
    ]
    later = sum("of a later run" in note for note in report.coverage.notes)
    news += [f"{later} of 3 places have a later run, left as they are"] if later else []
    return "; ".join(news)
