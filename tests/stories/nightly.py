"""An auditor's nights: what AWS says of the time, the job, and the ticket system of the morning."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from botocore import handlers
from botocore.awsrequest import AWSResponse
from urllib3 import HTTPResponse

from auditor.baseline_file import Tickets
from auditor.catalogue import load
from auditor.cli import main as cli
from auditor.over_time.history import read_report
from auditor.over_time.shelf import Folder
from auditor.over_time.state import State, known_past
from auditor.report import Report
from auditor.tickets.event import line
from auditor.tickets.journal import acknowledge
from auditor.tickets.outbox import pending
from auditor.tickets.ticket import Rules
from tests.engine.wire import regions
from tests.stub import denied

HOME, AWAY = "us-east-1", "eu-south-1"
KEPT = 30
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
            return _answer(request, 200, regions(*self.regions, off=off), {})
        if f"{service}:{operation}" == self.denied:
            said = denied(service, operation)
            return _answer(request, said.status, said.body.encode(), said.headers)
        return None


def _answer(request: Any, status: int, sent: bytes, headers: dict[str, str]) -> AWSResponse:
    raw = HTTPResponse(io.BytesIO(sent), preload_content=False)
    return AWSResponse(request.url, status, headers, raw)


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
class Morning:
    """What the ticket system was told, and whether it took everything."""

    told: str
    took_all: bool


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
        self.rules = Rules.of(Tickets(), load())

    def looking(self, probes: tuple[str, ...] = PROBES) -> list[str]:
        return [word for probe in probes for word in ("--probe", probe)]

    def keeping(self, report: Path) -> list[str | Path]:
        kept: list[str | Path] = ["--baseline", self.baseline, "--state", self.state, "--quiet"]
        return [*kept, "--format", "json", "--output", report]

    def scan(self, *more: str, probes: tuple[str, ...] = PROBES) -> Ran:
        """One scan, with the state."""
        given = (*self.looking(probes), *self.keeping(self.report_file), *more)
        code, _ = auditor("scan", *given)
        return Ran(str(code), told(self.report()))

    def collect(self, name: str) -> Path:
        """The first half of a scan: what AWS answers, in a file."""
        file = self.folder / name
        code, said = auditor("collect", *self.looking(), "--quiet", "-o", file)
        assert code == 0, said
        return file

    def judging(self, inventory: Path, report: str) -> list[str]:
        """The second half of a scan, as arguments: perhaps for another process."""
        given = (inventory, *self.looking(), *self.keeping(self.folder / report))
        return ["judge", *map(str, given)]

    def judge(self, inventory: str, about: str) -> Ran:
        """The second half of a scan, here."""
        code, _ = auditor(*self.judging(self.folder / inventory, "judged.json"))
        return Ran(str(code), self.told("judged.json"), about)

    def report(self) -> Report:
        """The report of the last scan."""
        return read_report(self.report_file)

    def told(self, report: str) -> str:
        """What a report says is new."""
        return told(read_report(self.folder / report))

    def change_baseline(self, before: str, after: str) -> None:
        """What a person writes into the baseline."""
        text = self.baseline.read_text()
        assert before in text
        self.baseline.write_text(text.replace(before, after))

    def deliver(self, receiver: Receiver) -> Morning:
        """Tell the ticket system all that waits, as far as it takes it, and acknowledge that."""
        waiting = pending(State(Folder(self.state, KEPT)), self.rules)
        delivered, events = set(), [json.loads(line(event)) for event in waiting]
        told = listed((kind_of(event), called(event["resource"])) for event in events)
        try:
            for event in events:
                receiver.take(event)
                delivered.add(event["event_id"])
        except AnswerLost:
            pass
        acknowledge(Folder(self.state, KEPT), frozenset(delivered))
        return Morning(told, len(delivered) == len(events))

    def open(self) -> set[str]:
        """The findings that the state holds as open, and that nobody has accepted."""
        state = State(Folder(self.state, KEPT))
        known = known_past(state, state.places()).open.values()
        return {finding.id for finding in known if not finding.waiver}


def listed(said: Iterable[tuple[str, str]]) -> str:
    """What became of things, and their names: each kind once, with its things in order."""
    by: dict[str, list[str]] = {}
    for kind, name in said:
        by.setdefault(kind, []).append(name)
    return "; ".join(f"**{kind}** {', '.join(names)}" for kind, names in by.items())


def kind_of(event: dict[str, Any]) -> str:
    return with_reason(event["event"], event["reason"])


def with_reason(kind: str, reason: str) -> str:
    """What became of something, and why, where the page says it: not how it could not be seen."""
    return f"{kind} ({reason})" if kind in {"changed", "resolved"} and reason else kind


def told(report: Report) -> str:
    """The changes of a report, its waivers that end soon, and what it left to a later run."""
    news = [listed(_changes(report)) or "nothing new"]
    news += [
        f"waiver ends soon, on {use.until}" for use in report.waivers if use.state == "expiring"
    ]
    later = sum("of a later run" in note for note in report.coverage.notes)
    news += [f"{later} of 3 places are left to a later run"] if later else []
    return "; ".join(news)


def _changes(report: Report) -> Iterator[tuple[str, str]]:
    by_id = {one.id: one for one in report.findings}
    by_id |= {one.finding.id: one.finding for one in report.resolved}
    by_id |= {one.finding.id: one.finding for one in report.unverified}
    for change in report.changes:
        said = with_reason(change.kind, change.reason)
        yield said, called(by_id[change.id].resource.arn)
