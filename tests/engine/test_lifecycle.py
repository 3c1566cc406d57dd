"""Resolved means seen: whatever else becomes of a finding, it stays open, and is opened once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from auditor.over_time.lifecycle import Past, follow, past_of
from tests.engine.nights import OTHER, PROBE, SECOND, Sight, night, told
from tests.kit import ACCOUNT, NOW, REGION, Gone, Refused

BAD, GOOD = "Disabled", "Enabled"


def run(*nights):
    """The last of some reports, each the continuation of those before it."""
    past = Past()
    for one in nights:
        report = follow(one, past)
        past = past_of([report])
    return report


def here(keys, **how):
    return {REGION: Sight(keys, **how)}


def test_a_first_report_opens_every_violation():
    report = run(night(0, here({"a": BAD, "b": GOOD, "c": BAD})))
    assert told(report) == [("opened", "a", ""), ("opened", "c", "")]
    assert report.previous is None
    states = {one.resource.name: (one.state, one.first_seen) for one in report.findings}
    assert states == {"a": ("new", NOW), "b": ("", None), "c": ("new", NOW)}


def test_what_stays_is_persisting_since_it_was_first_seen():
    report = run(night(0, here({"a": BAD})), night(1, here({"a": BAD})))
    (finding,) = report.findings
    assert (finding.state, finding.first_seen) == ("persisting", NOW)
    assert finding.last_seen == NOW + timedelta(days=1)
    assert told(report) == []
    assert (report.previous.open, report.previous.started_at) == (1, NOW)


def test_another_value_is_a_change_that_says_what_was_before():
    report = run(night(0, here({"a": BAD})), night(1, here({"a": "PendingDeletion"})))
    (change,) = report.changes
    assert (change.kind, change.before.found) == ("changed", BAD)
    assert report.findings[0].state == "changed"


def test_other_words_are_no_change():
    first, second = night(0, here({"a": BAD})), night(1, here({"a": BAD}))
    second.findings = [replace(second.findings[0], message="in other words", evidence=())]
    assert told(run(first, second)) == []


@pytest.mark.parametrize(
    ("keys", "baseline", "reason"),
    [
        ({"a": GOOD}, {}, "fixed"),
        ({}, {}, "gone"),
        ({"a": "Odd"}, {}, "not_applicable"),
        ({"a": BAD}, {"settings": {PROBE.id: {"wanted": BAD}}}, "expectation_changed"),
    ],
)
def test_what_was_seen_to_be_no_more_is_resolved(keys, baseline, reason):
    report = run(night(0, here({"a": BAD})), night(1, here(keys), **baseline))
    assert told(report) == [("resolved", "a", reason)]
    assert [stone.reason for stone in report.tombstones] == [reason]


@pytest.mark.parametrize(
    ("sights", "how", "why"),
    [
        (here({}, refused=True), {}, "what the probe looks at was not listed to its end"),
        (here({}, cut_off=True), {}, "what the probe looks at was not listed to its end"),
        (here({"a": Gone()}), {}, "what the probe looks at was not listed to its end"),
        (here({"a": "Bug"}), {}, "what the probe looks at was not listed to its end"),
        (here({"a": Refused()}), {}, "kms:DescribeKey"),
        ({}, {}, f"{ACCOUNT}, {REGION} was not looked at"),
        ({OTHER: Sight({})}, {}, f"{ACCOUNT}, {REGION} was not looked at"),
        (here({"a": GOOD}), {"probes": (SECOND,)}, f"the probe {PROBE.id} did not run"),
    ],
    ids=["denied", "cut off", "vanished", "fault", "item", "nothing", "elsewhere", "left out"],
)
def test_what_was_not_seen_is_unverified_and_stays_open(sights, how, why):
    nights = (night(0, here({"a": BAD})), night(1, sights, **how))
    report = run(*nights)
    ((kind, name, reason),) = told(report)
    assert (kind, name) == ("unverified", "a")
    assert why in reason
    assert report.unverified[0].finding.last_seen == NOW
    assert told(run(*nights, night(2, sights, **how))) == []
    assert told(run(*nights, night(2, here({"a": GOOD})))) == [("resolved", "a", "fixed")]


@pytest.mark.parametrize("named", [SECOND.id, "*.second"])
def test_what_a_run_was_not_to_ask_it_says_nothing_of(named):
    asked = {"probes": (SECOND,), "named": (named,)}
    nights = [night(0, here({"a": BAD, "b": BAD})), night(1, here({"a": BAD}), **asked)]
    narrowed = run(*nights)
    assert [kind for kind, *_ in told(narrowed)] == ["opened"]
    assert (narrowed.unverified, narrowed.previous.open) == ([], 0)
    left = {one.resource.name: (one.state, one.last_seen) for one in narrowed.untouched.findings}
    assert left == {"a": ("new", NOW), "b": ("new", NOW)}
    wide = night(2, here({"a": BAD, "b": GOOD}), probes=(PROBE, SECOND))
    assert told(run(*nights, wide)) == [("resolved", "b", "fixed")]


def test_what_was_not_verified_before_is_left_as_it_was_by_a_run_that_is_not_to_ask():
    doubted = [night(0, here({"a": BAD})), night(1, here({}, refused=True))]
    asked = {"probes": (SECOND,), "named": (SECOND.id,)}
    narrowed = run(*doubted, night(2, here({}), **asked))
    (left,) = narrowed.untouched.unverified
    assert (told(narrowed), left.since) == ([], NOW + timedelta(days=1))
    assert "not listed to its end" in left.why
    again = night(3, here({"a": BAD}))
    assert told(run(*doubted, night(2, here({}), **asked), again)) == [
        ("changed", "a", "seen again, as it was")
    ]


def test_a_waiver_that_ends_is_told_by_the_next_run_that_asks():
    until = (NOW + timedelta(days=1)).date()
    nights = [
        night(0, here({"a": BAD}), **waiver(until)),
        night(3, here({}), probes=(SECOND,), named=(SECOND.id,), **waiver(until)),
    ]
    assert told(run(*nights)) == []
    assert [kind for kind, *_ in told(run(*nights, night(4, here({"a": BAD}))))] == [
        "waiver_expired"
    ]


@pytest.mark.parametrize("sights", [{}, here({}, refused=True)], ids=["no place", "refused"])
def test_a_probe_that_was_named_and_could_not_look_leaves_its_findings_unverified(sights):
    report = run(night(0, here({"a": BAD})), night(1, sights, named=(PROBE.id,)))
    assert [kind for kind, *_ in told(report)] == ["unverified"]


def test_a_probe_that_was_named_and_is_no_more_leaves_its_findings_unverified():
    gone = night(1, here({}), probes=(SECOND,), named=("engine.*",))
    assert told(run(night(0, here({"a": BAD})), gone)) == [
        ("unverified", "a", f"the probe {PROBE.id} did not run")
    ]


def test_a_region_that_was_not_to_be_looked_at_stays_as_it_was():
    first = night(0, {REGION: Sight({"a": BAD}), OTHER: Sight({"b": BAD})})
    report = run(first, night(1, here({"a": GOOD}), every_region=False))
    assert told(report) == [("resolved", "a", "fixed")]
    assert [one.resource.name for one in report.untouched.findings] == ["b"]


def test_each_episode_of_not_seeing_is_said_once():
    unseen = here({}, refused=True)
    report = run(
        night(0, here({"a": BAD})), night(1, unseen), night(2, here({"a": BAD})), night(3, unseen)
    )
    assert [kind for kind, *_ in told(report)] == ["unverified"]
    assert report.unverified[0].since == NOW + timedelta(days=3)


def test_what_is_seen_again_as_it_was_is_told_once():
    bad, unseen = here({"a": BAD}), here({}, refused=True)
    nights = [night(0, bad), night(1, unseen), night(2, unseen), night(3, bad), night(4, bad)]
    again = run(*nights[:4])
    assert told(again) == [("changed", "a", "seen again, as it was")]
    assert (again.findings[0].state, again.changes[0].before) == ("persisting", None)
    assert told(run(*nights)) == []


def test_what_is_seen_again_as_something_else_tells_what_it_was():
    nights = [night(0, here({"a": BAD})), night(1, here({}, refused=True))]
    report = run(*nights, night(2, here({"a": "PendingDeletion"})))
    assert told(report) == [("changed", "a", "")]
    assert report.changes[0].before.found == BAD


def test_what_is_accepted_is_not_told_to_be_seen_again():
    accepted = waiver((NOW + timedelta(days=9)).date())
    nights = [night(0, here({"a": BAD}), **accepted), night(1, here({}, refused=True), **accepted)]
    assert told(run(*nights, night(2, here({"a": BAD}), **accepted))) == []


def test_what_comes_back_is_reopened_and_keeps_its_first_day():
    report = run(
        night(0, here({"a": BAD})), night(1, here({})), night(2, here({"a": GOOD})),
        night(3, here({"a": BAD})),
    )  # fmt: skip
    assert told(report) == [("reopened", "a", "")]
    assert (report.findings[0].state, report.findings[0].first_seen) == ("reopened", NOW)
    assert report.tombstones == []


def waiver(until):
    entry = {"probe": PROBE.id, "reason": "known", "owner": "me", "until": until}
    return {"waivers": [entry]}


def test_a_waiver_is_told_and_so_is_its_end():
    until = (NOW + timedelta(days=1)).date()
    nights = [night(n, here({"a": BAD}), **(waiver(until) if n else {})) for n in range(4)]
    kinds = [[kind for kind, *_ in told(run(*nights[: n + 1]))] for n in range(4)]
    assert kinds == [["opened"], ["waived"], ["waiver_expired"], []]


def test_a_waiver_ends_also_while_its_finding_cannot_be_looked_at():
    until = (NOW + timedelta(days=1)).date()
    unseen = here({}, refused=True)
    nights = [
        night(0, here({"a": BAD}), **waiver(until)),
        *(night(n, unseen, **waiver(until)) for n in range(1, 4)),
        night(4, here({"a": BAD}), **waiver(until)),
    ]
    kinds = [[kind for kind, *_ in told(run(*nights[: n + 1]))] for n in range(5)]
    assert kinds == [["waived"], ["unverified"], ["waiver_expired"], [], ["changed"]]


def test_what_is_waived_from_the_first_is_never_opened():
    until = (NOW + timedelta(days=9)).date()
    nights = [night(n, here({"a": BAD}), **waiver(until)) for n in range(2)]
    assert [kind for kind, *_ in told(run(nights[0]))] == ["waived"]
    assert told(run(*nights)) == []
    assert told(run(*nights, night(2, here({"a": GOOD})))) == [("resolved", "a", "fixed")]


def test_a_renamed_probe_continues_under_its_new_name():
    first = follow(night(0, here({"a": BAD})), Past())
    empty = night(1, here({}), probes=(SECOND,))
    assert told(follow(empty, past_of([first]), {PROBE.id: SECOND.id})) == [
        ("resolved", "a", "gone")
    ]


def test_a_report_that_was_compared_with_none_begins_the_history():
    report = follow(night(1, here({"a": BAD})), past_of([night(0, here({"a": BAD}))]))
    assert (report.findings[0].state, report.findings[0].first_seen) == ("persisting", NOW)
