"""State outlives refusals, partial scopes, killed runs and runs that race; nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.over_time.bucket import Bucket, GuardError
from auditor.over_time.shelf import ConflictError, Folder, ShelfError
from auditor.over_time.state import PlaceName, State
from tests.engine.nights import OTHER, PROBE, SECOND, Sight, night, told
from tests.kit import ACCOUNT, REGION, Gone, Refused

BAD, GOOD = "Disabled", "Enabled"
HERE = PlaceName("aws", ACCOUNT, REGION)


def here(keys, **how):
    return {REGION: Sight(keys, **how)}


@pytest.fixture(params=["folder", "bucket"])
def state(request, tmp_path, aws):
    if request.param == "folder":
        return State(Folder(tmp_path / "state", 3))
    boto3.client("s3", "us-east-1").create_bucket(Bucket="states")
    return State(Bucket("s3://states/audit/nightly"))


class TestState:
    def test_continues_from_run_to_run(self, state):
        assert told(state.advance(night(0, here({"a": BAD, "b": BAD})))) == [
            ("opened", "a", ""),
            ("opened", "b", ""),
        ]
        assert told(state.advance(night(1, here({"a": BAD, "b": GOOD})))) == [
            ("resolved", "b", "fixed")
        ]
        report = state.advance(night(2, here({"b": BAD})))
        assert told(report) == [("reopened", "b", ""), ("resolved", "a", "gone")]

    def test_keeps_each_account_and_region_apart(self, state):
        state.advance(night(0, {REGION: Sight({"a": BAD}), OTHER: Sight({"b": BAD})}))
        assert HERE in state.places()
        assert PlaceName("aws", ACCOUNT, OTHER) in state.places()
        assert PlaceName("aws", ACCOUNT, "") in state.places()

    def test_a_region_that_a_run_was_not_to_look_at_is_left_alone(self, state):
        state.advance(night(0, {REGION: Sight({"a": BAD}), OTHER: Sight({"b": BAD})}))
        partial = night(1, here({"a": BAD}), every_region=False)
        assert told(state.advance(partial)) == []

    def test_a_region_that_a_run_should_have_looked_at_is_unverified(self, state):
        state.advance(night(0, {REGION: Sight({"a": BAD}), OTHER: Sight({"b": BAD})}))
        assert [t[:2] for t in told(state.advance(night(1, here({"a": BAD}))))] == [
            ("unverified", "b")
        ]

    def test_what_a_run_was_not_to_ask_stays_as_it_was(self, state):
        state.advance(night(0, here({"a": BAD})))
        state.advance(night(1, here({"a": Refused()})))
        before = state.read(HERE)[0].report
        narrowed = state.advance(night(2, here({}), (SECOND,), named=(SECOND.id,)))
        assert (told(narrowed), narrowed.findings, narrowed.summary.findings) == ([], [], 0)
        assert state.read(HERE)[0].report.unverified == before.unverified
        assert told(state.advance(night(3, here({"a": GOOD})))) == [("resolved", "a", "fixed")]

    def test_a_run_that_began_earlier_never_replaces_a_later_one(self, state):
        state.advance(night(2, here({"a": BAD})))
        late = state.advance(night(1, here({})))
        assert told(late) == []
        assert "of a later run" in late.coverage.notes[0]
        assert late.previous is not None
        assert state.read(HERE)[0].sequence == 1

    def test_another_writer_in_between_is_continued_not_lost(self, state, monkeypatch):
        state.advance(night(0, here({"a": BAD})))
        rival = State(state.shelf)
        write = type(state.shelf).write
        done = []

        def race(self, name, text, tag):
            if REGION in name and not done:
                done.append(name)
                rival.advance(night(1, here({"a": BAD, "b": BAD})))
            write(self, name, text, tag)

        monkeypatch.setattr(type(state.shelf), "write", race)
        report = state.advance(night(2, here({"a": BAD, "b": BAD})))
        assert told(report) == []
        assert [one.state for one in report.findings] == ["persisting", "persisting"]
        assert state.read(HERE)[0].sequence == 3

    def test_changes_wait_until_they_are_taken(self, state):
        for number in range(3):
            state.taken = {HERE.path: 1}
            state.advance(night(number, here({"a": BAD} if number % 2 else {})))
        kept = state.read(HERE)[0]
        assert [batch.sequence for batch in kept.batches] == [2, 3]
        assert [[t.change.kind for t in b.told] for b in kept.batches] == [["opened"], ["resolved"]]

    def test_damaged_state_is_one_sentence(self, state):
        state.advance(night(0, here({"a": BAD})))
        tag = state.shelf.read(HERE.path).tag
        state.shelf.write(HERE.path, '{"format": 9}', tag)
        with pytest.raises(ShelfError, match="is no state of this tool"):
            state.advance(night(1, here({})))


class TestFolder:
    def test_keeps_the_last_versions_and_private(self, tmp_path):
        state = State(Folder(tmp_path, 2))
        for number in range(5):
            state.advance(night(number, here({"a": BAD})))
        folder = tmp_path / HERE.path.rpartition("/")[0]
        kept = sorted(path.name for path in (folder / "history").iterdir())
        assert kept == ["state.00000003.json", "state.00000004.json"]
        assert (folder / "state.json").stat().st_mode & 0o777 == 0o600
        assert len(state.places()) == 2

    def test_refuses_to_write_over_what_was_not_read(self, tmp_path):
        folder = Folder(tmp_path, 2)
        folder.write("a.json", "1", None)
        for tag in (None, "other"):
            with pytest.raises(ConflictError):
                folder.write("a.json", "2", tag)

    def test_that_cannot_be_made_is_one_sentence(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(ShelfError, match="Not a directory"):
            Folder(tmp_path / "file" / "state", 2)

    def test_threads_that_race_lose_nothing(self, tmp_path):
        def count():
            folder = Folder(tmp_path, 2)
            for _ in range(20):
                while True:
                    kept = folder.read("n.json")
                    try:
                        value = str(int(kept.text) + 1) if kept else "1"
                        folder.write("n.json", value, kept.tag if kept else None)
                        break
                    except ConflictError:
                        continue

        threads = [threading.Thread(target=count) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert Folder(tmp_path, 2).read("n.json").text == "80"


KILLED = """
import sys
from pathlib import Path
from auditor.over_time.shelf import Folder
from auditor.over_time.state import State
from tests.engine.nights import Sight, night
state = State(Folder(Path(sys.argv[1]), 3))
for number in range(1, 1000):
    print(number, flush=True)
    state.advance(night(number, {"us-east-1": Sight({f"k{number % 7}": "Disabled", "a": "Disabled"})}))
"""


def test_a_killed_run_leaves_the_last_good_state(tmp_path):
    state = State(Folder(tmp_path, 3))
    first, before = 1, 0
    for round_ in range(6):
        with subprocess.Popen(
            [
                sys.executable,
                "-c",
                KILLED.replace("range(1, 1000)", f"range({first}, {first + 999})"),
                str(tmp_path),
            ],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
            text=True,
        ) as run:
            for line in run.stdout:
                if int(line) >= first + 2 + round_:
                    break
            run.send_signal(signal.SIGKILL)
        kept = state.read(HERE)[0]
        assert kept.sequence >= before + 2 + round_
        assert "a" in {one.resource.name for one in kept.report.findings}
        first += 1000
        after = state.advance(night(first - 1, here({"a": BAD})))
        assert ("opened", "a", "") not in told(after)
        before = kept.sequence + 1
        names = {path.name for path in tmp_path.rglob("*") if path.is_file()}
        assert not {name for name in names if name.startswith(".state.json")}


class TestBucket:
    @pytest.fixture
    def bucket(self, aws):
        boto3.client("s3", "us-east-1").create_bucket(Bucket="states")
        return Bucket("s3://states/audit/nightly")

    def test_lets_nothing_else_through(self, bucket):
        with pytest.raises(GuardError):
            bucket.client.delete_object(Bucket="states", Key="audit/nightly/x")
        with pytest.raises(GuardError):
            bucket.client.get_object(Bucket="states", Key="elsewhere/x")
        with pytest.raises(GuardError):
            bucket.client.list_objects_v2(Bucket="other", Prefix="audit/nightly/")

    @pytest.mark.parametrize("url", ["s3://", "s3:///prefix"])
    def test_needs_a_name(self, url):
        with pytest.raises(ShelfError, match="say which bucket"):
            Bucket(url)

    def test_that_is_not_there_is_one_sentence_with_the_permission(self, aws):
        with pytest.raises(ShelfError, match=r"NoSuchBucket.*s3:ListBucket"):
            Bucket("s3://missing/x").names()


# -- any sequence of nights -----------------------------------------------------------------------

STATES = st.sampled_from([BAD, "PendingDeletion", GOOD, "Odd", None])
SEEN = st.sampled_from(["seen", "seen", "seen", "item refused", "vanished", "fault"])
REGIONS = st.fixed_dictionaries({
    "keys": st.dictionaries(st.sampled_from("abc"), st.tuples(STATES, SEEN), max_size=3),
    "list": st.sampled_from(["full", "full", "full", "refused", "cut off", "skipped"]),
})  # fmt: skip
NIGHT = st.fixed_dictionaries({
    "regions": st.fixed_dictionaries({REGION: REGIONS, OTHER: REGIONS}),
    "runs": st.sampled_from([True, True, True, False]),
    "named": st.booleans(),
    "every": st.booleans(),
})  # fmt: skip
UNSEEN = {"item refused": Refused(), "vanished": Gone(), "fault": "Bug"}


class Truth:
    """What a careful person would write down, night by night."""

    def __init__(self):
        self.open, self.known, self.unverified = {}, set(), set()

    def expect(self, plan):
        """(region, name) -> the kind of change that this night must tell, or ''."""
        changes = {}
        for region, sight in plan["regions"].items():
            left_alone = sight["list"] == "skipped" and not plan["every"]
            left_alone |= plan["named"] and not plan["runs"]
            for name in "abc":
                seen = self._seen(plan, sight, name)
                change = self._one((region, name), seen, left_alone=left_alone)
                if change:
                    changes[region, name] = change
        return changes

    def _seen(self, plan, sight, name):
        """The state of a key as this night saw it; 'absent'; or None where it did not see."""
        state, how = sight["keys"].get(name, (None, "seen"))
        if sight["list"] in ("refused", "skipped") or not plan["runs"]:
            return None
        if state is None:
            blind = {one for s, one in sight["keys"].values() if s is not None} & {
                "vanished",
                "fault",
            }
            return None if sight["list"] == "cut off" or blind else "absent"
        return state if how == "seen" else None

    def _one(self, key, seen, *, left_alone):
        was = self.open.get(key)
        if seen is None:
            if was and not left_alone:
                self.unverified.add(key)
            return ""
        doubted = key in self.unverified
        self.unverified.discard(key)
        if seen in (BAD, "PendingDeletion"):
            self.open[key] = seen
            if was is None:
                again = key in self.known
                self.known.add(key)
                return "reopened" if again else "opened"
            return "changed" if was != seen or doubted else ""
        self.open.pop(key, None)
        return "resolved" if was else ""


def sights(plan):
    found = {}
    for region, sight in plan["regions"].items():
        if sight["list"] != "skipped":
            keys = {n: UNSEEN.get(how, s) for n, (s, how) in sight["keys"].items() if s is not None}
            found[region] = Sight(keys, sight["list"] == "refused", sight["list"] == "cut off")
    return found


def played(number, plan, **baseline):
    """The report of a night as it is planned: by the probe, or by another one in its place."""
    probe = PROBE if plan["runs"] else SECOND
    found = sights(plan) if plan["runs"] else {region: Sight() for region in sights(plan)}
    named = (probe.id,) if plan["named"] else ()
    return night(number, found, (probe,), every_region=plan["every"], named=named, **baseline)


@given(st.lists(NIGHT, min_size=1, max_size=6))
@settings(deadline=None, max_examples=60)
def test_no_sequence_loses_a_finding_or_resolves_what_was_not_seen_or_opens_one_twice(plans):
    truth = Truth()
    with tempfile.TemporaryDirectory() as folder:
        state = State(Folder(Path(folder), 2))
        for number, plan in enumerate(plans):
            report = state.advance(played(number, plan))
            before = set(truth.unverified)
            wanted = truth.expect(plan)
            findings = {one.id: one for one in report.findings}
            findings |= {x.finding.id: x.finding for x in (*report.resolved, *report.unverified)}
            names = {i: (f.region, f.resource.name) for i, f in findings.items()}
            made = {names[c.id]: c.kind for c in report.changes if c.kind != "unverified"}
            assert made == wanted
            doubted = {names[c.id] for c in report.changes if c.kind == "unverified"}
            assert doubted == truth.unverified - before
        for region in (REGION, OTHER):
            kept = state.read(PlaceName("aws", ACCOUNT, region))
            reports = [kept[0].report] if kept else []
            held = [f for one in reports for f in one.findings if f.verdict.violates]
            held += [late.finding for one in reports for late in one.unverified]
            assert {f.resource.name for f in held} == {n for at, n in truth.open if at == region}
            late = {x.finding.resource.name for one in reports for x in one.unverified}
            assert late == {n for at, n in truth.unverified if at == region}
