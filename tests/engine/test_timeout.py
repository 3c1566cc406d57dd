"""A run whose time is up ends soon, with a report that says what was not asked."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from itertools import count

import pytest

from auditor.answer import Place, Unanswered, Why
from auditor.baseline import check
from auditor.baseline import load as load_baseline
from auditor.catalogue import load, needed
from auditor.clients import Clients
from auditor.collect import collect
from auditor.deadline import NEVER, Deadline, OutOfTime
from auditor.facts import Facts
from auditor.judge import judge
from auditor.over_time.lifecycle import follow, past_of
from auditor.pool import Pool
from auditor.probe import drift
from auditor.query import closure
from auditor.report_builder import Builder
from auditor.scan import AT_ONCE
from auditor.session import open_account
from auditor.store import read, write
from auditor.yaml_file import YamlFile
from tests.engine.wire import KEY, KEYS, Wire, keys, opened, probe_of, state
from tests.kit import ACCOUNT, HERE, REGION
from tests.stub import IDENTITY, XML, Said, Stub, denied

ASSUMED = """<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ROLE</AccessKeyId>
<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""


# -- the program ----------------------------------------------------------------------------------


class Hanging(Stub):
    """A server that lists keys, and then never answers; `begun` tells what hangs."""

    def __init__(self):
        super().__init__()
        self.begun = []
        self.enough = threading.Event()
        self.answers["ec2:DescribeRegions"] = denied("ec2", "DescribeRegions")
        self.answers["sts:AssumeRole"] = Said(200, ASSUMED, XML)
        listed = keys("a", "b")
        self.answers["kms:ListKeys"] = Said(200, json.dumps(listed))
        self.otherwise = self.hang
        self.server.handle_error = lambda *_: None  # nobody waits for what it says at last

    def hang(self, service, operation):
        self.begun.append(operation)
        self.enough.wait(60)
        return denied(service, operation)

    def __exit__(self, *ended):
        self.enough.set()
        super().__exit__(*ended)


@pytest.fixture
def hanging():
    with Hanging() as server:
        yield server


@pytest.fixture
def auditor(hanging, tmp_path):
    """Runs the program against it: (exit code, stderr, seconds)."""

    def run(command, *arguments):
        environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith("AWS_")},
            "AWS_ENDPOINT_URL": hanging.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }
        program = [sys.executable, "-c", "from auditor.cli.main import run; run()", command]
        where = ["--region", "us-east-1", "--probe", "encryption.key_rotation"]
        began = time.monotonic()
        done = subprocess.run(
            [*program, *where, *arguments],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stderr, time.monotonic() - began

    return run


JSON = ("--format", "json", "--output", "r.json")


def test_a_scan_ends_with_a_partial_report_though_aws_never_answers(auditor, hanging, tmp_path):
    code, err, took = auditor("scan", "--timeout", "3", *JSON)
    report = json.loads((tmp_path / "r.json").read_text())
    assert (code, err) == (3, "")
    assert took < 15, took
    assert "DescribeKey" in hanging.begun
    assert not report["coverage"]["complete"]
    late = [one for one in report["coverage"]["refusals"] if one["why"] == "out of time"]
    assert "kms:DescribeKey" in {one["operation"] for one in late}
    assert all(one["made_unknown"] for one in late if one["operation"] == "kms:DescribeKey")
    assert {finding["verdict"] for finding in report["findings"]} == {"unknown"}
    assert all(
        "no time was left for kms:DescribeKey in 123456789012/us-east-1" in finding["message"]
        for finding in report["findings"]
    )
    (note,) = report["coverage"]["notes"]
    assert re.fullmatch(r"123456789012: no time was left for \d+ questions", note)
    assert not report["errors"]


def test_accounts_that_were_not_begun_are_skipped_and_told(auditor, hanging, tmp_path):
    del hanging.answers["sts:GetCallerIdentity"]
    theirs = (IDENTITY.replace(ACCOUNT, f"{number:012}") for number in count(1))

    def of_its_own(service, operation):
        if operation == "GetCallerIdentity":
            return Said(200, next(theirs), XML)
        return hanging.hang(service, operation)

    hanging.otherwise = of_its_own
    roles = [f"arn:aws:iam::{number:012}:role/Audit" for number in range(1, AT_ONCE + 3)]
    code, _, took = auditor(
        "scan", "--timeout", "3", *(word for role in roles for word in ("--role-arn", role)), *JSON
    )
    report = json.loads((tmp_path / "r.json").read_text())
    assert code == 3
    assert took < 15, took
    assert report["scope"]["accounts"] == [f"{n:012}" for n in range(1, AT_ONCE + 1)]
    skipped = report["coverage"]["accounts_skipped"]
    assert [one["account"] for one in skipped] == roles[AT_ONCE:]
    whys = {one["why"] for one in skipped}
    assert whys == {"the time of the run was up before this was asked"}


def test_an_account_that_cannot_even_be_opened_in_time_is_a_report_and_no_error(
    auditor, hanging, tmp_path
):
    del hanging.answers["sts:GetCallerIdentity"]
    code, err, took = auditor("scan", "--timeout", "2", *JSON)
    report = json.loads((tmp_path / "r.json").read_text())
    assert (code, err) == (3, "")
    assert took < 15, took
    (skipped,) = report["coverage"]["accounts_skipped"]
    assert skipped["account"] == "default credentials"
    assert skipped["why"] == "the time of the run was up before this was answered"
    assert report["findings"] == []


def test_a_collection_that_ran_out_of_time_can_be_judged_as_such(auditor, tmp_path):
    code, err, took = auditor("collect", "--timeout", "3", "-o", "i.jsonl")
    assert code == 3
    assert took < 15, took
    said = r"not all collected: 123456789012: kms:\w+ was refused \d+ times: OutOfTime\n"
    assert re.search(said, err)
    (inventory,) = read(tmp_path / "i.jsonl", {q.id: q for q in needed(load())})
    whys = {a.refusal.why for by in inventory.answers.values() for a in by.values() if a.refusal}
    assert Why.OUT_OF_TIME in whys


# -- the collection -------------------------------------------------------------------------------


class Clock:
    """Time that stands still until it is moved."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def collected(wire, queries, deadline, threads=4):
    """What is collected until a deadline; or until so many seconds from now, and hardly longer."""
    asked = closure(queries)
    account = opened(wire, asked, threads=threads)
    try:
        if not isinstance(deadline, Deadline):
            deadline = Deadline(time.monotonic() + deadline, 0.1)
        return collect(account, asked, deadline=deadline)
    finally:
        account.clients.close()


@pytest.mark.usefixtures("credentials")
class TestTheCollection:
    def test_what_is_not_asked_any_more_is_refused_item_by_item(self, clock):
        def last(call):
            clock.now = 10.0
            return keys("a", "b")

        wire = Wire(ListKeys=last)
        inventory = collected(wire, (KEY,), Deadline(10.0, 5.0, clock))
        assert len(inventory.answer(KEYS, HERE, ()).items) == 2
        refusals = inventory.refusals(KEY, HERE)
        assert {r.why for r in refusals} == {Why.OUT_OF_TIME}
        assert {r.code for r in refusals} == {"OutOfTime"}
        assert [len(r.subject) for r in refusals] == [1, 1]
        assert wire.asked("DescribeKey") == []

    def test_what_was_not_sent_is_no_call(self, clock):
        clock.now = 10.0
        inventory = collected(Wire(), (KEY,), Deadline(10.0, 5.0, clock))
        tally = inventory.tallies[KEYS.id, HERE]
        assert (tally.calls, tally.refused, tally.answered) == (0, 1, 0)

    def test_what_hangs_on_a_list_that_was_not_asked_is_no_absence(self, clock):
        clock.now = 10.0
        inventory = collected(Wire(), (KEY,), Deadline(10.0, 5.0, clock))
        for query in (KEYS, KEY):
            with pytest.raises(Unanswered) as unanswered:
                Facts(inventory, HERE).all(query)
            assert {r.why for r in unanswered.value.refusals} == {Why.OUT_OF_TIME}

    def test_an_answer_that_comes_within_the_grace_counts(self, clock):
        def slow(call):
            clock.now = 10.5
            return state()

        inventory = collected(
            Wire(ListKeys=keys("a"), DescribeKey=slow), (KEY,), Deadline(10.0, 1.0, clock)
        )
        assert inventory.refusals(KEY, HERE) == ()

    def test_pages_read_after_the_grace_are_a_list_that_broke_off(self, clock):
        def paged(call):
            clock.now += 6.0
            page = int(call.params.get("Marker", "0"))
            return {**keys(f"k{page}"), "Truncated": True, "NextMarker": str(page + 1)}

        inventory = collected(Wire(ListKeys=paged), (KEYS,), Deadline(10.0, 1.0, clock))
        answer = inventory.answer(KEYS, HERE, ())
        assert [item.data["KeyId"] for item in answer.items] == ["k0", "k1"]
        assert answer.refusal.why is Why.OUT_OF_TIME

    def test_a_call_under_way_is_given_up_with_what_it_has_brought(self):
        hangs = threading.Event()

        def paged(call):
            if "Marker" in call.params:
                hangs.wait(20)
            return {**keys("k0"), "Truncated": True, "NextMarker": "1"}

        began = time.monotonic()
        inventory = collected(Wire(ListKeys=paged), (KEYS,), 1.0)
        assert time.monotonic() - began < 5
        hangs.set()
        answer = inventory.answer(KEYS, HERE, ())
        assert [item.data["KeyId"] for item in answer.items] == ["k0"]
        assert answer.refusal.message == "the time of the run was up before this was answered"
        assert inventory.tallies[KEYS.id, HERE].calls == 1

    def test_calls_that_hang_do_not_keep_the_others_from_being_refused(self):
        hangs = threading.Event()

        def hang(call):
            hangs.wait(20)
            return state()

        names = [f"k{n}" for n in range(500)]
        began = time.monotonic()
        inventory = collected(Wire(ListKeys=keys(*names), DescribeKey=hang), (KEY,), 1.0)
        assert time.monotonic() - began < 5
        hangs.set()
        assert len(inventory.refusals(KEY, HERE)) == 500
        assert inventory.tallies[KEY.id, HERE].calls == 4

    def test_a_batch_and_worked_out_questions_are_refused_as_well(self, clock, aws):
        clock.now = 10.0
        queries = needed(load())
        clients = Clients(None, frozenset(query.operation for query in queries), threads=4)
        account = open_account(clients, [REGION])
        inventory = collect(account, queries, deadline=Deadline(5.0, 1.0, clock))
        clients.close()
        answers = [a for by in inventory.answers.values() for a in by.values()]
        assert answers
        assert {a.refusal.why for a in answers} == {Why.OUT_OF_TIME}
        assert not any(a.items or a.absent or a.gone for a in answers)

    def test_it_can_be_stored_and_read_again(self, clock, tmp_path):
        clock.now = 10.0
        inventory = collected(Wire(), (KEYS,), Deadline(10.0, 5.0, clock))
        write([inventory], [KEYS], tmp_path / "i.jsonl")
        (again,) = read(tmp_path / "i.jsonl", {KEYS.id: KEYS})
        assert again.refusals(KEYS, HERE) == inventory.refusals(KEYS, HERE)


# -- the report -----------------------------------------------------------------------------------


def off(_, facts, __):
    if facts.its(KEY).key_state != "Enabled":
        yield drift("off")


PROBE = probe_of(off, needs=(KEY,))


def report_of(inventory, probes=(PROBE,), **baseline):
    used = check(YamlFile("b.yaml", {"version": 1, **baseline}), probes)
    builder = Builder(used, [probe.id for probe in probes])
    builder.add(inventory, judge(inventory, probes, used))
    return builder.build()


@pytest.mark.usefixtures("credentials")
class TestTheReport:
    def test_a_blind_spot_does_not_accept_that_the_time_was_up(self, clock):
        spot = {"operation": "kms:*", "reason": "not ours", "until": "2999-01-01"}
        clock.now = 10.0
        inventory = collected(Wire(), (KEY,), Deadline(10.0, 5.0, clock))
        report = report_of(inventory, blind_spots=[spot])
        assert not report.coverage.complete
        assert {refusal.accepted for refusal in report.coverage.refusals} == {""}

    def test_nothing_is_resolved_by_it(self, clock):
        def answers(said):
            return Wire(ListKeys=keys("a", "b"), DescribeKey=state(said))

        before = report_of(collected(answers("Disabled"), (KEY,), NEVER))
        clock.now = 10.0
        late = report_of(collected(answers("Enabled"), (KEY,), Deadline(10.0, 5.0, clock)))
        now = follow(late, past_of([before]))
        assert now.resolved == []
        assert {one.finding.id for one in now.unverified} == {f.id for f in before.findings}


class Cut:
    """A clock that counts the calls that leave the process."""

    def __init__(self, clients):
        self.calls = 0
        events = clients.session.get_component("event_emitter")
        events.register_first("before-send", self.count)

    def count(self, **_):
        self.calls += 1

    def __call__(self):
        return float(self.calls)


@pytest.fixture(scope="module")
def shop():
    """The broken shop of the demo: a way to scan it for a share of its calls, and a whole scan."""
    from moto import mock_aws

    from auditor.demo.account import build
    from auditor.demo.gaps import install_gaps
    from auditor.demo.stories import applications

    install_gaps()
    probes = load()
    queries, baseline = needed(probes), load_baseline(None, probes)

    def scanned(share, of):
        clients = Clients(None, frozenset(query.operation for query in queries), threads=8)
        account = open_account(clients, [REGION])
        cut = Cut(clients)
        inventory = collect(account, queries, deadline=Deadline(share * of, 0.0, cut))
        builder = Builder(baseline, [probe.id for probe in probes])
        builder.add(inventory, judge(inventory, probes, baseline))
        return builder.build(), cut.calls

    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        with mock_aws(config={"lambda": {"use_docker": False}}):
            build(built=applications("shop", repaired=False))
            yield scanned, *scanned(1, 10_000)


@pytest.mark.parametrize("share", [0, 0.01, 0.2, 0.5, 0.8, 0.95])
def test_no_verdict_comes_out_of_questions_that_were_not_asked(shop, share, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    scanned, whole, calls = shop
    full = {finding.id: finding for finding in whole.findings}
    part, _ = scanned(share, calls)
    assert not part.errors
    assert not part.coverage.complete
    for finding in part.findings:
        known = full.get(finding.id)
        said = (finding.probe, finding.resource.name, finding.verdict, finding.message)
        assert finding.verdict in {"unknown", known and known.verdict}, said
    followed = follow(part, past_of([whole]))
    assert followed.resolved == []
    assert [change for change in followed.changes if change.kind == "opened"] == []


# -- its parts ------------------------------------------------------------------------------------


class TestADeadline:
    def test_that_is_none_waits_for_as_long_as_it_takes(self):
        assert NEVER.patience() is None
        assert NEVER.within(threading.current_thread) is threading.current_thread()

    def test_that_has_not_come_gives_what_the_work_gives(self):
        assert Deadline.after(60).within(lambda: 7) == 7

    def test_lets_errors_through(self):
        with pytest.raises(ZeroDivisionError):
            Deadline.after(60).within(lambda: 1 / 0)

    def test_that_has_passed_begins_nothing(self):
        begun = []
        with pytest.raises(OutOfTime, match="before this was asked"):
            Deadline(0.0).within(lambda: begun.append(1))
        assert begun == []

    def test_does_not_wait_for_work_that_hangs(self):
        hangs = threading.Event()
        with pytest.raises(OutOfTime, match="before this was answered"):
            Deadline(time.monotonic() + 0.1, 0.1).within(lambda: hangs.wait(20))
        hangs.set()


def test_a_pool_drops_what_has_not_begun_when_it_is_closed():
    pool, hangs, done = Pool(1), threading.Event(), []
    begun = threading.Event()

    def hang():
        begun.set()
        hangs.wait(20)
        done.append("first")

    pool.submit(hang)
    pool.submit(lambda: done.append("second"))
    assert begun.wait(5)
    pool.close()
    hangs.set()
    time.sleep(0.1)
    assert done == ["first"]


def test_the_place_of_the_tests_is_the_one_that_messages_name():
    assert str(Place("aws", ACCOUNT, REGION)) == "123456789012/us-east-1"
