"""One ticket per group, one event per ticket and run, and no event that says what is not so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from auditor.baseline_file import Tickets
from auditor.finding import Finding, Waiver, finding_id
from auditor.over_time.lifecycle import Past, follow, past_of
from auditor.over_time.state import Told
from auditor.probe import Severity, Verdict
from auditor.report import Change
from auditor.resources import Resource, Stack
from auditor.tickets.desk import Desk, events_of
from auditor.tickets.ticket import News, Rules
from tests.engine.nights import OTHER, PROBE, SECOND, Sight, night
from tests.kit import ACCOUNT, HERE, NOW, REGION

BAD, WORSE, GOOD = "Disabled", "PendingDeletion", "Enabled"


def finding(name="a", **other):
    resource = Resource("AWS::KMS::Key", name, f"arn:aws:kms:us-east-1:1:key/{name}", name)
    values = {
        "id": finding_id(HERE, "engine.example", name, ""),
        "probe": "engine.example",
        "title": "Keys are fit",
        "part": "",
        "verdict": Verdict.GAP,
        "code": "",
        "note": "",
        "severity": Severity.HIGH,
        "account": ACCOUNT,
        "region": REGION,
        "environment": "production",
        "resource": resource,
        "message": "it is not",
        "expected": "on",
        "found": "off",
    }
    return Finding(**{**values, **other})


def told(kind, one, reason=""):
    return Told(Change(kind, one.id, reason), one)


def desk(grouping="finding", **settings):
    return Desk((), Rules(Tickets(grouping=grouping, **settings)))


def hear(at, day, *heard):
    news = News(f"run {day}", datetime(2026, 11, day, tzinfo=UTC), tuple(heard))
    return at.hear(news)


def kinds(events):
    return [event.event for event in events]


A, B = finding("a"), finding("b", severity=Severity.LOW)


@pytest.mark.parametrize(
    ("nights", "expected"),
    [
        pytest.param([("opened",), ("resolved",)], ["opened", "resolved"], id="resolved"),
        pytest.param(
            [("opened",), ("resolved",), ("reopened",)],
            ["opened", "resolved", "reopened"],
            id="reopened",
        ),
        pytest.param(
            [("opened",), ("changed",), ("unverified",)],
            ["opened", "changed", "unverified"],
            id="open all the time",
        ),
        pytest.param(
            [("opened",), ("waived",), ("waiver_expired",)],
            ["opened", "waived", "waiver_expired"],
            id="accepted for a while",
        ),
        pytest.param(
            [("waived",), ("unverified",), ("resolved",)],
            [],
            id="what was never open is told of nothing",
        ),
        pytest.param(
            [("opened",), ("waived",), ("unverified",), ("resolved",)],
            ["opened", "waived", "resolved"],
            id="what is waived needs no verifying",
        ),
        pytest.param(
            [("opened",), ("waived",), ("waived",)],
            ["opened", "waived", "waived"],
            id="accepted anew",
        ),
        pytest.param([("resolved",)], [], id="nothing is resolved that was never told"),
        pytest.param(
            [("changed",)], ["opened"], id="a change of what was never told opens a ticket"
        ),
    ],
)
def test_the_event_says_what_became_of_the_ticket(nights, expected):
    at = desk()
    events = [
        event
        for day, heard in enumerate(nights, 1)
        for event in hear(at, day, *(told(kind, A) for kind in heard))
    ]
    assert kinds(events) == expected
    assert {event.dedup_key for event in events} <= {A.id}
    states = {"resolved": "closed", "waived": "closed"}
    assert [e.status for e in events] == [states.get(kind, "open") for kind in expected]


def test_a_ticket_of_several_resolves_with_the_last_of_them():
    at = desk("probe")
    first = hear(at, 1, told("opened", A), told("opened", B))
    second = hear(at, 2, told("resolved", A, "fixed"))
    third = hear(at, 3, told("resolved", B, "gone"))
    assert kinds([*first, *second, *third]) == ["opened", "changed", "resolved"]
    assert [e.severity for e in (*first, *second, *third)] == ["high", "low", "low"]
    assert [(m.id, m.status, m.change, m.reason) for m in second[0].members] == [
        (A.id, "resolved", "resolved", "fixed"),
        (B.id, "open", "", ""),
    ]
    assert (second[0].reason, third[0].reason) == ("fixed", "gone")
    assert len({e.dedup_key for e in (*first, *second, *third)}) == 1


def test_a_ticket_whose_last_open_finding_goes_is_waived_where_waived_ones_remain():
    at = desk("probe")
    hear(at, 1, told("opened", A), told("waived", B))
    (event,) = hear(at, 2, told("resolved", A))
    assert (event.event, event.status) == ("waived", "closed")


def test_only_unverified_members_make_an_unverified_ticket():
    at = desk("probe")
    hear(at, 1, told("opened", A), told("opened", B))
    assert kinds(hear(at, 2, told("unverified", A), told("unverified", B))) == ["unverified"]
    assert kinds(hear(at, 3, told("unverified", A), told("changed", B))) == ["changed"]


def test_a_waiver_says_why_it_closes_the_ticket():
    at = desk()
    hear(at, 1, told("opened", A))
    waived = replace(A, waiver=Waiver("the vendor needs it", "me", "2027-01-01"))
    (event,) = hear(at, 2, told("waived", waived))
    assert event.reason == "the vendor needs it"


@pytest.mark.parametrize(
    ("grouping", "one", "other", "shared"),
    [
        ("finding", A, finding("a", id="f" * 32, part="x"), False),
        ("resource", A, finding("a", id="f" * 32, part="x"), True),
        ("resource", A, B, False),
        ("probe", A, B, True),
        ("probe", A, finding("b", account="1"), False),
        ("stack", A, B, False),
    ],
)
def test_findings_share_a_ticket_by_what_the_grouping_says(grouping, one, other, shared):
    events = hear(desk(grouping), 1, told("opened", one), told("opened", other))
    assert len(events) == (1 if shared else 2)


def stacked(name):
    one = finding(name)
    return replace(one, resource=replace(one.resource, stack=Stack("shop")))


def test_a_stack_has_one_ticket_and_what_is_in_none_has_its_resource_s():
    events = hear(desk("stack"), 1, *(told("opened", f) for f in (stacked("a"), stacked("b"), B)))
    assert [(e.grouping.by, e.stack, len(e.members)) for e in events] == [
        ("stack", "shop", 2),
        ("resource", "", 1),
    ]


def test_a_finding_stays_in_its_ticket_when_its_stack_can_no_longer_be_read():
    at = desk("stack")
    (first,) = hear(at, 1, told("opened", stacked("a")))
    (second,) = hear(at, 2, told("changed", A))
    assert second.dedup_key == first.dedup_key
    assert second.event == "changed"


def test_the_title_stays_for_life():
    at = desk()
    (first,) = hear(at, 1, told("opened", A))
    renamed = replace(A, resource=replace(A.resource, name="another"), title="In other words")
    later = [*hear(at, 2, told("changed", renamed)), *hear(at, 3, told("resolved", renamed))]
    later += hear(at, 4, told("reopened", renamed))
    assert {event.title for event in later} == {first.title}


def test_a_ticket_is_due_by_its_worst_finding_from_the_day_it_was_opened():
    at = desk("probe")
    (first,) = hear(at, 1, told("opened", B))
    (second,) = hear(at, 5, told("opened", A))
    (third,) = hear(at, 6, told("resolved", A), told("resolved", B))
    (again,) = hear(at, 9, told("reopened", A))
    days = [first.due, second.due, third.due, again.due]
    assert days == [date(2027, 1, 30), date(2026, 11, 8), None, date(2026, 11, 16)]


def test_an_event_has_the_same_id_whenever_it_is_worked_out_and_no_other_has_it():
    def events():
        at = desk("probe")
        nights = [("opened", A), ("changed", A), ("resolved", A), ("reopened", A), ("changed", A)]
        return [e for day, (kind, f) in enumerate(nights) for e in hear(at, day + 1, told(kind, f))]

    ids = [event.event_id for event in events()]
    assert ids == [event.event_id for event in events()]
    assert len(set(ids)) == len(ids)


def test_one_run_that_is_heard_in_two_goes_has_two_ids():
    at = desk("probe")
    hear(at, 1, told("opened", A))
    elsewhere = replace(finding("b"), region="eu-west-1")
    news = [News("r", NOW, (told("changed", f),)) for f in (A, elsewhere)]
    first, second = [at.hear(one)[0] for one in news]
    assert first.event == second.event
    assert first.event_id != second.event_id


@pytest.mark.parametrize("by", ["resource", "probe", "stack", "finding"])
def test_regrouping_closes_every_ticket_and_opens_the_others(by):
    at = desk("finding" if by != "finding" else "probe")
    hear(at, 1, told("opened", A), told("opened", B), told("waived", finding("c")))
    events = at.regroup(by, News("regrouping", NOW, ()))
    closed = [event for event in events if event.status == "closed"]
    assert {event.reason for event in closed} == {"regrouped"}
    assert {m.id for e in closed for m in e.members if m.status == "open"} == {A.id, B.id}
    opened = [event for event in events if event.status == "open"]
    assert {m.id for e in opened for m in e.members if m.status == "open"} == {A.id, B.id}
    assert {id_ for id_, member in at.members().items() if member.status == "open"} == {A.id, B.id}


def test_a_ticket_that_comes_back_by_regrouping_is_reopened_with_its_title():
    at = desk("finding")
    (first,) = hear(at, 1, told("opened", A))
    at.regroup("probe", News("regrouping-1", NOW, ()))
    back = at.regroup("finding", News("regrouping-2", NOW, ()))[-1]
    assert (back.event, back.dedup_key, back.title) == ("reopened", A.id, first.title)


# -- one report by itself -------------------------------------------------------------------------


def here(keys, **how):
    return {REGION: Sight(keys, **how)}


def waiver(until=9):
    until = (NOW + timedelta(days=until)).date()
    entry = {"probe": PROBE.id, "reason": "known", "owner": "me", "until": until}
    return {"waivers": [entry]}


def after(*nights):
    past = Past()
    for one in nights:
        report = follow(one, past)
        past = past_of([report])
    return report


@pytest.mark.parametrize(
    ("nights", "expected"),
    [
        pytest.param([night(0, here({"a": BAD, "b": GOOD}))], ["opened"], id="first"),
        pytest.param([night(0, here({"a": BAD})), night(1, here({"a": BAD}))], [], id="same"),
        pytest.param(
            [night(0, here({"a": BAD})), night(1, here({"a": WORSE}))], ["changed"], id="changed"
        ),
        pytest.param(
            [night(0, here({"a": BAD})), night(1, here({"a": GOOD}))], ["resolved"], id="resolved"
        ),
        pytest.param(
            [night(0, here({"a": BAD})), night(1, here({"a": GOOD})), night(2, here({"a": BAD}))],
            ["reopened"],
            id="reopened",
        ),
        pytest.param(
            [night(0, here({"a": BAD})), night(1, here({}, refused=True))],
            ["unverified"],
            id="unverified",
        ),
        pytest.param(
            [night(0, here({"a": BAD})), night(1, here({"a": BAD}), **waiver())],
            ["waived"],
            id="waived",
        ),
        pytest.param([night(0, here({"a": BAD}), **waiver())], [], id="waived at first"),
        pytest.param(
            [
                night(0, here({"a": BAD})),
                night(1, here({"a": GOOD})),
                night(2, here({"a": BAD}), **waiver()),
            ],
            ["waived"],
            id="waived when it came back",
        ),
        pytest.param(
            [night(0, here({"a": BAD}), **waiver(0)), night(1, here({"a": BAD}), **waiver(0))],
            ["waiver_expired"],
            id="waiver expired",
        ),
        pytest.param(
            [night(0, here({"a": BAD}), **waiver()), night(1, here({"a": GOOD}), **waiver())],
            ["resolved"],
            id="waived, then resolved",
        ),
    ],
)
def test_a_report_tells_its_own_changes(nights, expected):
    report = after(*nights)
    assert kinds(events_of(report, Rules())) == expected
    assert kinds(events_of(report, Rules(Tickets(grouping="probe")))) == expected


def test_a_report_that_was_compared_with_none_opens_everything():
    events = events_of(night(0, here({"a": BAD, "b": BAD})), Rules())
    assert kinds(events) == ["opened", "opened"]
    assert kinds(events_of(after(night(0, here({"a": BAD, "b": BAD}))), Rules())) == kinds(events)


def test_a_group_of_which_one_goes_and_one_stays_changed():
    report = after(night(0, here({"a": BAD, "b": BAD})), night(1, here({"a": BAD, "b": GOOD})))
    (event,) = events_of(report, Rules(Tickets(grouping="probe")))
    assert (event.event, event.status) == ("changed", "open")
    assert sorted(m.status for m in event.members) == ["open", "resolved"]


def test_a_ticket_stays_open_for_what_the_run_was_not_to_ask():
    both = night(0, here({"a": BAD}), probes=(PROBE, SECOND))
    narrowed = night(1, here({"a": GOOD}), named=(PROBE.id,))
    report = follow(narrowed, past_of([both]))
    (event,) = events_of(report, Rules(Tickets(grouping="resource")))
    assert (event.event, event.status) == ("changed", "open")
    assert [one.status for one in event.members] == ["resolved", "open"]


def test_a_report_tells_it_with_the_ids_that_a_journal_would():
    nights = [night(0, here({"a": BAD})), night(1, here({"a": WORSE}))]
    at, past, ids = desk(), Past(), []
    for one in nights:
        report = follow(one, past)
        past = past_of([report])
        news = News(
            report.run.id,
            report.run.started_at,
            tuple(told(c.kind, f) for c in report.changes for f in report.findings if f.id == c.id),
        )
        ids = [event.event_id for event in at.hear(news)]
    assert [event.event_id for event in events_of(report, Rules())] == ids


def test_a_probe_that_was_renamed_keeps_the_ticket_of_its_first_name():
    renamed = type("Renamed", (), {"id": "engine.new", "formerly": ("engine.old",)})()
    renamed.first_id, renamed.why = "engine.old", ""
    rules = Rules.of(Tickets(grouping="probe"), (renamed,))
    new, old = finding("a", probe="engine.new"), finding("b", probe="engine.old")
    assert Desk((), rules).ticket_of(new).dedup_key == Desk((), rules).ticket_of(old).dedup_key


def test_several_regions_and_probes_are_told_apart_unless_they_are_shared():
    report = night(0, {REGION: Sight({"a": BAD}), OTHER: Sight({"b": BAD})}, (PROBE, SECOND))
    (one, *_) = events_of(report, Rules(Tickets(grouping="probe")))
    assert (one.account, one.region, one.probe, one.resource) == (ACCOUNT, "", PROBE.id, "")
