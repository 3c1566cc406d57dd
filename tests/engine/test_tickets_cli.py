"""`auditor tickets`, `auditor retire` and `--format tickets` as a person meets them."""

from __future__ import annotations

import io
import json
import sys

import boto3
import pytest

from auditor.over_time.history import open_history
from auditor.over_time.shelf import Folder
from auditor.over_time.state import State
from auditor.reports import Show
from auditor.reports.json_document import write
from tests.engine.nights import Sight, night
from tests.engine.test_cli import KMS_PROBE, keys  # noqa: F401 - a fixture
from tests.kit import ACCOUNT, REGION

BAD, WORSE, GOOD = "Disabled", "PendingDeletion", "Enabled"


@pytest.fixture
def scans(tmp_path):
    """Advances the state by nights."""

    def scan(number, states):
        history = open_history(None, str(tmp_path / "state"), None, 3, ())
        return history.continue_with(night(number, {REGION: Sight(states)}))

    return scan


def events(out):
    return [json.loads(line) for line in out.splitlines()]


def kinds(out):
    return [event["event"] for event in events(out)]


def test_a_scan_prints_its_events(auditor, keys):  # noqa: F811
    code, out, err = auditor("scan", *KMS_PROBE, "--format", "tickets")
    (event,) = events(out)
    assert (code, err) == (1, "")
    assert (event["event"], event["probe"]) == ("opened", "encryption.key_rotation")
    assert event["body"].startswith("## Customer keys rotate\n\nWhy it matters: ")
    assert "aws kms enable-key-rotation" in event["body"]


def test_only_narrows_no_tickets(auditor, keys):  # noqa: F811
    _, out, _ = auditor("scan", *KMS_PROBE, "--format", "tickets", "--only", "pass")
    assert kinds(out) == ["opened"]


def test_a_scan_with_a_state_prints_what_changed(auditor, keys):  # noqa: F811
    scan = ("scan", *KMS_PROBE, "--state", "state", "--format", "tickets")
    assert kinds(auditor(*scan)[1]) == ["opened"]
    assert auditor(*scan)[1] == ""


def test_a_report_and_what_it_is_compared_with(auditor, tmp_path):
    for name, states in (("old", {"a": BAD}), ("new", {"a": WORSE, "b": BAD})):
        with (tmp_path / f"{name}.json").open("w") as stream:
            write(night(len(name), {REGION: Sight(states)}), stream, Show())
    assert kinds(auditor("tickets", "new.json")[1]) == ["opened", "opened"]
    assert kinds(auditor("tickets", "new.json", "--previous", "old.json")[1]) == [
        "changed",
        "opened",
    ]


def test_a_state_tells_until_it_is_acknowledged(auditor, scans, tmp_path):
    scans(0, {"a": BAD, "b": BAD})
    _, first, _ = auditor("tickets", "--state", "state")
    assert auditor("tickets", "--state", "state")[1] == first
    (tmp_path / "acks").write_text(first.splitlines()[0] + "\nnobody\n")
    code, out, err = auditor("tickets", "--state", "state", "--ack", "acks")
    assert (code, out) == (0, "")
    assert err == "1 acknowledged, 1 unknown, 1 still waiting\n"
    for number, states in ((1, {"a": WORSE, "b": BAD}), (2, {"a": GOOD, "b": BAD})):
        scans(number, states)
    _, out, _ = auditor("tickets", "--state", "state")
    assert kinds(out) == ["opened", "changed", "resolved"]


def test_acknowledgements_come_by_stdin_too(auditor, scans, monkeypatch):
    scans(0, {"a": BAD})
    _, out, _ = auditor("tickets", "--state", "state")
    monkeypatch.setattr(sys, "stdin", io.StringIO(events(out)[0]["event_id"] + "\n"))
    assert "1 acknowledged" in auditor("tickets", "--state", "state", "--ack", "-")[2]
    assert auditor("tickets", "--state", "state")[1] == ""


def test_the_baseline_decides_what_is_one_ticket_and_whose(auditor, scans, tmp_path):
    (tmp_path / "b.yaml").write_text(
        "version: 1\ntickets:\n  grouping: probe\n  labels: [audit]\n"
        "  routing: {default: {team: Platform}}\n"
    )
    scans(0, {"a": BAD, "b": BAD})
    told = ("tickets", "--state", "state", "--baseline", "b.yaml")
    (event,) = events(auditor(*told)[1])
    assert (len(event["members"]), event["labels"]) == (2, ["audit"])
    assert event["routing"]["team"] == "Platform"
    code, out, err = auditor("tickets", "--state", "state")
    assert (code, out) == (2, "")
    assert err.startswith("Error: delivery.json: the tickets are by probe, the baseline says")
    _, out, _ = auditor("tickets", "--state", "state", "--regroup")
    assert kinds(out) == ["opened", "resolved", "opened", "opened"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tickets",), "say what to tell of"),
        (("tickets", "r.json", "--state", "s"), "say what to tell of"),
        (("tickets", "r.json", "--ack", "x"), "go with --state"),
        (("tickets", "r.json", "--regroup"), "go with --state"),
        (("tickets", "r.json"), "r.json: No such file"),
        (("tickets", "--state", "s", "--previous", "p"), "not both"),
        (("tickets", "--state", "s", "--ack", "x"), "x: No such file"),
        (("retire", "--state", "s"), "say what is abandoned"),
        (("retire", "--region", "eu-west-1"), "say where the findings are kept"),
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_one_sentence(auditor, arguments, said):
    code, out, err = auditor(*arguments)
    assert (code, out) == (2, "")
    assert said in err


NO_STATE = [
    ("tickets",),
    ("tickets", "--ack", "acks"),
    ("retire", "--account", ACCOUNT),
    ("waive", "ab", "--reason", "known", "--owner", "me", "--until", "2099-01-01"),
]


@pytest.mark.parametrize("command", NO_STATE, ids=" ".join)
@pytest.mark.parametrize("folder", ["missing", "empty", "other"])
def test_a_state_that_is_not_there_is_never_made(auditor, tmp_path, command, folder):
    (tmp_path / "acks").write_text("x\n")
    for name in ("empty", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "other" / "report.json").write_text("{}")
    before = sorted(tmp_path.rglob("*"))
    code, out, err = auditor(*command, "--state", folder)
    assert (code, out, err.count("\n")) == (2, "", 1)
    what = "there is no such folder" if folder == "missing" else "holds no state"
    assert err.startswith(f"Error: {folder}: {what}; ")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("command", NO_STATE, ids=" ".join)
def test_a_prefix_that_holds_nothing_is_no_state(auditor, aws, tmp_path, command):
    boto3.client("s3", "us-east-1").create_bucket(Bucket="states")
    (tmp_path / "acks").write_text("x\n")
    code, out, err = auditor(*command, "--state", "s3://states/typo")
    assert (code, out) == (2, "")
    assert err.startswith("Error: s3://states/typo: holds no state; ")


def test_a_state_of_no_finding_tells_of_nothing(auditor, scans):
    scans(0, {})
    assert auditor("tickets", "--state", "state") == (0, "", "")
    retired = auditor("retire", "--state", "state", "--account", ACCOUNT)
    assert retired == (0, "", "0 findings retired\n")


def test_retiring_resolves_and_says_what(auditor, scans, tmp_path):
    scans(0, {"a": BAD, "b": BAD})
    auditor("tickets", "--state", "state")
    dry = auditor("retire", "--state", "state", "--account", ACCOUNT, "--dry-run")
    assert (dry[0], dry[2]) == (0, "2 findings would be retired\n")
    code, out, err = auditor("retire", "--state", "state", "--account", ACCOUNT)
    assert (code, err) == (0, "2 findings retired\n")
    assert out == dry[1]
    assert [line.split()[1:] for line in out.splitlines()] == [
        ["engine.example", name, f"({ACCOUNT}", f"{REGION})"] for name in "ab"
    ]
    _, out, _ = auditor("tickets", "--state", "state")
    assert [event["reason"] for event in events(out)] == ["", "", "retired", "retired"]


def test_no_variable_of_the_environment_retires_anything(auditor, scans, monkeypatch):
    scans(0, {"a": BAD})
    monkeypatch.setenv("AUDITOR_REGION", REGION)
    monkeypatch.setenv("AUDITOR_STATE", "state")
    code, _, err = auditor("retire")
    assert (code, "say what is abandoned" in err) == (2, True)


def test_a_damaged_journal_is_said_before_anything_is_asked_of_aws(auditor, scans, tmp_path):
    scans(0, {"a": BAD})
    Folder(tmp_path / "state", 3).write("delivery.json", "{}", None)
    code, _, err = auditor("scan", *KMS_PROBE, "--state", "state")
    assert code == 2
    assert err.startswith("Error: delivery.json: is no journal of this tool")


def test_a_scan_keeps_the_changes_that_a_journal_waits_for(auditor, scans, tmp_path):
    scans(0, {"a": BAD})
    auditor("tickets", "--state", "state")
    for number in (1, 2, 3):
        scans(number, {"a": WORSE if number % 2 else BAD})
    state = State(Folder(tmp_path / "state", 3))
    (here,) = [place for place in state.places() if place.region == REGION]
    assert [batch.sequence for batch in state.read(here)[0].batches] == [2, 3, 4]
