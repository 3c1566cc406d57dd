"""Nothing that became of a ticket is lost on the way to a ticket system, and nothing comes twice."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.baseline_file import Tickets
from auditor.errors import UserError
from auditor.over_time.bucket import Bucket
from auditor.over_time.retirement import Abandoned, retire
from auditor.over_time.shelf import ConflictError, Folder, ShelfError
from auditor.over_time.state import PlaceName, State
from auditor.tickets.journal import FILE, Acknowledged, acknowledge, ids_from, ids_in, read, taken
from auditor.tickets.outbox import pending
from auditor.tickets.ticket import Rules
from tests.engine.nights import OTHER, PROBE, SECOND, Sight, night, told
from tests.engine.test_state import NIGHT, played
from tests.kit import ACCOUNT, NOW, REGION

BAD, WORSE, GOOD = "Disabled", "PendingDeletion", "Enabled"
HERE = PlaceName("aws", ACCOUNT, REGION)
WIDE = PlaceName("aws", ACCOUNT, "")


def here(keys, **how):
    return {REGION: Sight(keys, **how)}


class Nights:
    """A state, and what is printed of it."""

    def __init__(self, shelf, grouping="finding"):
        self.shelf, self.grouping, self.number = shelf, grouping, 0

    def scan(self, found, **how):
        state = State(self.shelf, taken=taken(self.shelf))
        report = state.advance(night(self.number, found, **how))
        self.number += 1
        return report

    def pending(self, *, regroup=False):
        rules = Rules(Tickets(grouping=self.grouping))
        return pending(State(self.shelf, taken=taken(self.shelf)), rules, regroup=regroup)

    def ack(self, events):
        return acknowledge(self.shelf, frozenset(event.event_id for event in events))

    def told(self, **how):
        """What is printed and delivered."""
        events = self.pending(**how)
        self.ack(events)
        return [(event.event, event.members[0].resource[-1]) for event in events]

    def open(self):
        """The ids of open findings that the state holds."""
        state, found = State(self.shelf), set()
        for place in state.places():
            report = state.read(place)[0].report
            findings = [f for f in report.findings if f.verdict.violates]
            findings += [one.finding for one in report.unverified]
            found |= {one.id for one in findings if not one.waiver}
        return found


@pytest.fixture
def nights(tmp_path):
    return Nights(Folder(tmp_path / "state", 3))


def test_the_first_time_opens_what_is_open_by_now(nights):
    nights.scan(here({"a": BAD, "b": BAD}))
    nights.scan(here({"a": BAD, "b": GOOD, "c": BAD}))
    assert nights.told() == [("opened", "a"), ("opened", "c")]
    assert nights.told() == []


def test_later_it_tells_every_run_since(nights):
    nights.scan(here({"a": BAD}))
    nights.told()
    nights.scan(here({"a": WORSE, "b": BAD}))
    nights.scan(here({"a": GOOD, "b": BAD}))
    nights.scan(here({"a": BAD, "b": BAD}))
    assert nights.told() == [
        ("changed", "a"),
        ("opened", "b"),
        ("resolved", "a"),
        ("reopened", "a"),
    ]


def test_nothing_is_made_where_nothing_is_kept(nights, tmp_path):
    assert nights.pending() == ()
    assert not (tmp_path / "state" / FILE).exists()


def test_events_are_printed_again_until_they_are_acknowledged(nights):
    nights.scan(here({"a": BAD, "b": BAD, "c": BAD}))
    first = nights.pending()
    assert nights.pending() == first
    assert nights.ack(first[:1]) == Acknowledged(1, 0, 2)
    assert nights.ack(first[:2]) == Acknowledged(1, 1, 1)
    nights.scan(here({"a": BAD, "b": BAD, "c": WORSE}))
    assert [e.event for e in nights.pending()] == ["opened", "changed"]
    assert nights.pending()[0] == first[2]


def test_what_nobody_ever_printed_cannot_be_acknowledged(nights):
    assert acknowledge(nights.shelf, frozenset({"x"})) == Acknowledged(0, 1, 0)
    nights.scan(here({"a": BAD}))
    nights.pending()
    assert acknowledge(nights.shelf, frozenset({"x"})) == Acknowledged(0, 1, 1)


def test_a_crash_before_the_journal_is_written_tells_the_same_the_next_time(nights, monkeypatch):
    nights.scan(here({"a": BAD}))
    nights.told()
    nights.scan(here({"a": WORSE}))
    kept = []

    def crash(_, name, text, tag):
        kept.append(text)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Folder, "write", crash)
        with pytest.raises(KeyboardInterrupt):
            nights.pending()
    lost = [event["event_id"] for event in json.loads(kept[0])["outbox"]]
    assert lost == [event.event_id for event in nights.pending()]


def test_two_at_once_take_what_is_new_once(nights, monkeypatch):
    nights.scan(here({"a": BAD}))
    write, rivals = Folder.write, []

    def race(self, name, text, tag):
        if not rivals:
            rivals.append(1)
            rivals.append(nights.pending())
        write(self, name, text, tag)

    monkeypatch.setattr(Folder, "write", race)
    mine = nights.pending()
    assert rivals[1] == mine
    assert [event.event for event in mine] == ["opened"]


@pytest.mark.parametrize("work", [Nights.pending, lambda nights: nights.ack(nights.told_once)])
def test_others_that_write_all_the_time_are_one_sentence(nights, monkeypatch, work):
    nights.scan(here({"a": BAD}))
    nights.told_once = nights.pending()
    nights.scan(here({"a": WORSE}))

    def refuse(_, name, text, tag):
        raise ConflictError(name)

    monkeypatch.setattr(Folder, "write", refuse)
    with pytest.raises(ShelfError, match="others wrote it all the time"):
        work(nights)


def test_an_acknowledgement_that_is_overtaken_is_tried_again(nights, monkeypatch):
    nights.scan(here({"a": BAD, "b": BAD}))
    first, second = nights.pending()
    write, rivals = Folder.write, []

    def race(self, name, text, tag):
        if not rivals:
            rivals.append(1)
            nights.ack([second])
        write(self, name, text, tag)

    monkeypatch.setattr(Folder, "write", race)
    assert nights.ack([first]) == Acknowledged(1, 0, 0)
    assert nights.pending() == ()


def test_a_run_that_several_regions_saw_is_one_event(nights):
    nights.grouping = "probe"
    nights.scan({})
    nights.told()
    nights.scan({REGION: Sight({"a": BAD}), OTHER: Sight({"b": BAD})})
    (event,) = nights.pending()
    assert (event.event, len(event.members), event.region) == ("opened", 2, "")


def test_changes_that_were_not_kept_are_worked_out_of_the_state(nights):
    waived = {
        "waivers": [
            {"probe": PROBE.id, "reason": "known", "owner": "me", "until": NOW.date(),
             "resource": f"*key/{name}"}
            for name in "wx"
        ]
    }  # fmt: skip
    keys = {"a": BAD, "b": BAD, "c": BAD, "d": BAD, "w": BAD}
    nights.scan(here(keys), **waived)
    nights.told()
    for state in (BAD, BAD):
        keys = {"a": WORSE, "b": GOOD, "c": state, "e": BAD, "w": BAD}
        report = night(nights.number, here(keys))
        State(nights.shelf).advance(report)  # by somebody who knows of no journal
        nights.number += 1
    assert sorted(nights.told()) == [
        ("changed", "a"),
        ("opened", "e"),
        ("resolved", "b"),
        ("resolved", "d"),
        ("waiver_expired", "w"),
    ]
    assert nights.told() == []


def test_what_was_waived_meanwhile_is_worked_out_too(nights):
    nights.scan(here({"a": BAD}))
    nights.told()
    until = (NOW + timedelta(days=9)).date()
    entry = {"probe": PROBE.id, "reason": "known", "owner": "me", "until": until}
    for number in (1, 2):
        State(nights.shelf).advance(night(number, here({"a": BAD, "b": BAD}), waivers=[entry]))
    assert nights.told() == [("waived", "a")]


def test_a_state_that_was_put_back_is_followed(nights, tmp_path):
    nights.scan(here({"a": BAD}))
    path = tmp_path / "state" / HERE.path
    earlier = path.read_text()
    nights.scan(here({"a": GOOD, "b": BAD}))
    assert nights.told() == [("opened", "b")]
    path.write_text(earlier)
    assert nights.told() == [("opened", "a"), ("resolved", "b")]


def test_another_grouping_is_refused_until_it_is_asked_for(nights):
    nights.scan(here({"a": BAD, "b": BAD}))
    nights.told()
    nights.grouping = "probe"
    with pytest.raises(UserError, match="the tickets are by finding, the baseline says probe"):
        nights.pending()
    events = nights.pending(regroup=True)
    assert [(e.event, e.reason) for e in events] == [
        ("resolved", "regrouped"),
        ("resolved", "regrouped"),
        ("opened", ""),
    ]
    assert nights.pending() == events
    assert nights.pending(regroup=True) == events


def test_going_back_and_forth_never_repeats_an_id(nights):
    nights.scan(here({"a": BAD}))
    nights.pending()
    for by in ("probe", "finding", "probe", "finding"):
        nights.grouping = by
        ids = [event.event_id for event in nights.pending(regroup=True)]
        assert len(set(ids)) == len(ids)


def test_what_is_told_before_a_regrouping_is_told_in_the_old_grouping(nights):
    nights.scan(here({"a": BAD, "b": BAD}))
    nights.told()
    nights.scan(here({"a": GOOD, "b": BAD}))
    nights.grouping = "probe"
    assert [(e.event, e.reason) for e in nights.pending(regroup=True)] == [
        ("resolved", "fixed"),
        ("resolved", "regrouped"),
        ("opened", ""),
    ]


class TestJournal:
    def test_is_kept_in_a_bucket_too(self, aws):
        boto3.client("s3", "us-east-1").create_bucket(Bucket="states")
        nights = Nights(Bucket("s3://states/audit"))
        nights.scan(here({"a": BAD}))
        assert nights.told() == [("opened", "a")]
        nights.scan(here({"a": GOOD}))
        assert nights.told() == [("resolved", "a")]

    def test_is_no_place_of_the_state(self, nights):
        nights.scan(here({"a": BAD}))
        nights.pending()
        assert State(nights.shelf).places() == [WIDE, HERE]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("{", "is no journal of this tool"),
            ('{"format": 1}', "is no journal of this tool"),
            ('{"format": 9, "grouping": "finding", "taken": {}}', "is of format 9"),
        ],
    )
    def test_that_is_damaged_is_one_sentence(self, nights, text, said):
        nights.shelf.write(FILE, text, None)
        for work in (taken, read):
            with pytest.raises(ShelfError, match=said):
                work(nights.shelf)

    def test_a_batch_of_no_time_is_one_sentence(self, nights):
        nights.scan(here({"a": BAD}))
        nights.told()
        nights.scan(here({"a": WORSE}))
        kept = nights.shelf.read(HERE.path)
        document = json.loads(kept.text)
        document["batches"][-1] |= {"at": "soon", "run": "another"}
        nights.shelf.write(HERE.path, json.dumps(document), kept.tag)
        with pytest.raises(ShelfError, match="of no time"):
            nights.pending()

    def test_acknowledgements_are_events_or_ids(self, tmp_path):
        lines = ['{"event_id": "a", "title": "x"}\n', "\n", "b\n", "  c  "]
        assert ids_in(lines, "x") == {"a", "b", "c"}
        path = tmp_path / "acks"
        path.write_text("".join(lines))
        assert ids_from(path) == {"a", "b", "c"}

    @pytest.mark.parametrize("line", ["{", "{}", '{"event_id"', "{" * 100_000])
    def test_a_line_that_is_neither_is_named(self, line):
        with pytest.raises(UserError, match=r"^acks:2: is neither an event nor the id of one"):
            ids_in(["a", line], "acks")

    def test_acknowledgements_that_cannot_be_read_are_one_sentence(self, tmp_path):
        with pytest.raises(UserError, match="No such file"):
            ids_from(tmp_path / "none")
        (tmp_path / "binary").write_bytes(b"\xff\n")
        with pytest.raises(UserError, match="is not text in UTF-8"):
            ids_from(tmp_path / "binary")


class TestRetirement:
    def test_resolves_what_will_not_be_looked_at_again(self, nights):
        nights.scan({REGION: Sight({"a": BAD}), OTHER: Sight({"b": BAD})}, probes=(PROBE, SECOND))
        nights.told()
        state = State(nights.shelf, taken=taken(nights.shelf))
        gone = list(retire(state, Abandoned((SECOND.id,), (), (OTHER,)), NOW))
        assert [(f.probe, f.region) for f in gone] == [(SECOND.id, OTHER)]
        assert nights.told() == [("resolved", "b")]
        assert nights.open() == {
            f.id for f in night(0, {REGION: Sight({"a": BAD})}, (PROBE, SECOND)).findings
        } | {f.id for f in night(0, {OTHER: Sight({"b": BAD})}).findings}
        assert not list(retire(state, Abandoned((SECOND.id,), (), (OTHER,)), NOW))

    def test_names_its_reason_and_is_known_when_it_comes_back(self, nights):
        nights.scan(here({"a": BAD}))
        nights.pending()
        nights.scan(here({}, refused=True))
        state = State(nights.shelf, taken=taken(nights.shelf))
        list(retire(state, Abandoned(accounts=(ACCOUNT,)), NOW))
        assert nights.pending()[-1].reason == "retired"
        assert told(nights.scan(here({"a": BAD}))) == [("reopened", "a", "")]
        assert [event.event for event in nights.pending()] == [
            "opened",
            "unverified",
            "resolved",
            "reopened",
        ]

    def test_changes_nothing_in_a_dry_run(self, nights):
        nights.scan(here({"a": BAD}))
        before = nights.shelf.read(HERE.path)
        found = list(retire(State(nights.shelf), Abandoned(regions=(REGION,)), NOW, dry_run=True))
        assert len(found) == 1
        assert nights.shelf.read(HERE.path) == before

    def test_knows_what_is_account_wide_as_global(self):
        assert Abandoned(regions=("global",)).holds(WIDE)
        assert not Abandoned(regions=("global",)).holds(HERE)
        assert not Abandoned(accounts=("1",)).holds(HERE)

    def test_a_run_in_between_is_not_lost(self, nights, monkeypatch):
        nights.scan(here({"a": BAD}))
        write, rivals = Folder.write, []

        def race(self, name, text, tag):
            if not rivals:
                rivals.append(1)
                nights.scan(here({"a": BAD, "b": BAD}))
            write(self, name, text, tag)

        monkeypatch.setattr(Folder, "write", race)
        gone = list(retire(State(nights.shelf), Abandoned(accounts=(ACCOUNT,)), NOW))
        assert sorted(f.resource.name for f in gone) == ["a", "b"]
        assert nights.open() == set()

    def test_others_that_write_all_the_time_are_one_sentence(self, nights, monkeypatch):
        nights.scan(here({"a": BAD}))

        def refuse(_, name, text, tag):
            raise ConflictError(name)

        monkeypatch.setattr(Folder, "write", refuse)
        with pytest.raises(ShelfError, match="nothing was retired"):
            list(retire(State(nights.shelf), Abandoned(accounts=(ACCOUNT,)), NOW))


# -- any sequence of nights, with a receiver that fails -------------------------------------------


class Receiver:
    """A ticket system that ignores events it knows, and complains of those that make no sense."""

    def __init__(self):
        self.known, self.open = set(), {}

    def take(self, event):
        if event.event_id in self.known:
            return
        self.known.add(event.event_id)
        was = self.open.pop(event.dedup_key, None)
        if event.event in ("opened", "reopened", "waiver_expired"):
            assert was is None, "opened twice"
        if event.event in ("changed", "unverified"):
            assert was is not None, "changed, but not open"
        assert event.status == ("closed" if event.event in ("resolved", "waived") else "open")
        if event.status == "open":
            members = {m.id for m in event.members if m.status == "open"}
            assert members
            self.open[event.dedup_key] = (members, event.title)
            assert was is None or was[1] == event.title


EVENING = st.fixed_dictionaries({
    "night": NIGHT,
    "waived": st.sets(st.sampled_from("abc")),
    "knows": st.booleans(),
    "prints": st.booleans(),
    "receives": st.integers(0, 12),
    "acknowledges": st.integers(0, 12),
    "grouping": st.sampled_from([None, None, None, "finding", "resource", "probe", "stack"]),
    "retires": st.sampled_from([None, None, None, REGION, OTHER]),
})  # fmt: skip


def waivers(names):
    until = (NOW + timedelta(days=99)).date()
    entry = {"probe": PROBE.id, "reason": "known", "owner": "me", "until": until}
    return {"waivers": [{**entry, "resource": f"*key/{name}"} for name in sorted(names)]}


def evening(nights, receiver, plan):
    state = State(nights.shelf, taken=taken(nights.shelf) if plan["knows"] else None)
    report = played(nights.number, plan["night"], **waivers(plan["waived"]))
    state.advance(report)
    nights.number += 1
    if plan["retires"]:
        at = report.run.started_at + timedelta(hours=1)
        list(retire(state, Abandoned(regions=(plan["retires"],)), at))
    if plan["grouping"]:
        nights.grouping = plan["grouping"]
        plan = {**plan, "prints": True}
    if plan["prints"]:
        events = nights.pending(regroup=bool(plan["grouping"]))
        for event in events[: plan["receives"]]:
            receiver.take(event)
        nights.ack(events[: min(plan["receives"], plan["acknowledges"])])


@given(st.lists(EVENING, min_size=1, max_size=7))
@settings(deadline=None, max_examples=60)
def test_a_receiver_ends_with_exactly_the_open_tickets(plans):
    with tempfile.TemporaryDirectory() as folder:
        nights, receiver = Nights(Folder(Path(folder), 2)), Receiver()
        for plan in plans:
            evening(nights, receiver, plan)
        events = nights.pending()
        ids = [event.event_id for event in events]
        assert len(set(ids)) == len(ids)
        for event in events:
            receiver.take(event)
        held = [id_ for members, _ in receiver.open.values() for id_ in members]
        assert len(set(held)) == len(held)
        assert set(held) == nights.open()
        nights.ack(events)
        assert nights.pending() == ()


def test_a_title_is_kept_where_the_name_changes_between_two_nights(nights):
    nights.scan(here({"a": BAD}))
    (first,) = nights.pending()
    journal, tag = read(nights.shelf)
    titled = tuple(replace(ticket, title="As it was") for ticket in journal.tickets)
    from auditor.tickets.journal import dump

    nights.shelf.write(FILE, dump(replace(journal, tickets=titled)), tag)
    nights.scan(here({"a": WORSE}))
    assert [event.title for event in nights.pending()] == [first.title, "As it was"]
