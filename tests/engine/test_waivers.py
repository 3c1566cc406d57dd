"""What is accepted: kept, counted, and said where it no longer counts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from auditor.answer import Refusal, Why
from auditor.baseline import check
from auditor.judge import judge
from auditor.probe import gap, unknown
from auditor.report_builder import Builder
from auditor.waivers import accepted, apply
from auditor.yaml_file import YamlFile
from tests.engine.wire import KEYS, arn, keys, probe_of
from tests.kit import ACCOUNT, HERE, inventory_of

TODAY = date(2026, 11, 21)
WAIVER = {"probe": "engine.*", "reason": "known", "owner": "me", "until": TODAY}


def say(key, *_):
    yield unknown("?") if key.key_id == "odd" else gap("bad")


PROBE = probe_of(say)


def baseline(*waivers, spots=()):
    value = {"version": 1, "waivers": [*waivers], "blind_spots": [*spots]}
    return check(YamlFile("b.yaml", value), [PROBE])


def findings(*names):
    inventory = inventory_of((KEYS,), {KEYS: keys(*names)["Keys"]})
    return judge(inventory, [PROBE], baseline()).findings


def waived(*waivers, today=TODAY, names=("a", "b", "odd")):
    found, uses = apply(findings(*names), baseline(*waivers), today)
    return [f.resource.name for f in found if f.waiver], uses


@pytest.mark.parametrize(
    ("which", "names"),
    [
        ({}, ["a", "b"]),
        ({"resource": arn("a")}, ["a"]),
        ({"resource": "arn:aws:kms:*:key/b"}, ["b"]),
        ({"resource": "a"}, ["a"]),
        ({"account": "1234*", "region": "us-*"}, ["a", "b"]),
        ({"account": "9*"}, []),
        ({"region": "eu-*"}, []),
        ({"part": "one"}, []),
        ({"resource": "[ab]"}, ["a", "b"]),
    ],
)
def test_a_waiver_covers_what_its_patterns_match_and_violates(which, names):
    assert waived({**WAIVER, **which})[0] == names


def test_a_waiver_lasts_to_the_end_of_its_last_day():
    for day, names, state in (
        (TODAY - timedelta(14), ["a", "b"], "active"),
        (TODAY - timedelta(13), ["a", "b"], "expiring"),
        (TODAY, ["a", "b"], "expiring"),
        (TODAY + timedelta(1), [], "expired"),
    ):
        found, (use,) = waived(WAIVER, today=day)
        assert (found, use.state, use.findings) == (names, state, 2)


def test_the_day_ends_in_utc():
    inventory = inventory_of(
        (KEYS,), {KEYS: keys("a")["Keys"]}, now=datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC)
    )
    for later, count in ((timedelta(0), 1), (timedelta(seconds=1), 0)):
        inventory.times[ACCOUNT] += later
        used = baseline(WAIVER)
        builder = Builder(used, [PROBE.id])
        builder.add(inventory, judge(inventory, [PROBE], used))
        assert builder.build().summary.waived == count


def test_a_waiver_that_is_over_does_not_hide_a_newer_one():
    old = {**WAIVER, "until": date(2025, 1, 1), "owner": "old"}
    found, uses = waived(old, {**WAIVER, "owner": "new"})
    assert found == ["a", "b"]
    assert [(use.owner, use.state, use.findings) for use in uses] == [
        ("old", "expired", 0),
        ("new", "expiring", 2),
    ]


def test_a_waiver_of_nothing_is_said_to_be_unused():
    _, (use,) = waived({**WAIVER, "resource": "c"})
    assert (use.state, use.findings, use.line) == ("unused", 0, 1)


def test_a_waived_finding_says_who_accepted_it_why_and_until_when():
    found, _ = apply(findings("a"), baseline(WAIVER), TODAY)
    waiver = found[0].waiver
    assert (waiver.owner, waiver.reason, waiver.until) == ("me", "known", "2026-11-21")
    assert found[0].verdict == "gap"


SPOT = {"operation": "ssm:*", "reason": "no SSM here", "until": TODAY}


@pytest.mark.parametrize(
    ("spot", "today", "covers"),
    [
        ({}, TODAY, True),
        ({}, TODAY + timedelta(1), False),
        ({"operation": "ec2:*"}, TODAY, False),
        ({"account": ACCOUNT, "region": "us-east-1"}, TODAY, True),
        ({"account": "9*"}, TODAY, False),
        ({"region": "eu-*"}, TODAY, False),
    ],
)
def test_a_blind_spot_accepts_what_its_patterns_match_until_its_last_day(spot, today, covers):
    refusal = Refusal("ssm:X", "ssm:X", HERE, Why.DENIED, "AccessDenied", "")
    spots = baseline(spots=[{**SPOT, **spot}]).content.blind_spots
    assert (accepted(refusal, spots, today) is not None) is covers
