"""The latest write before a finding was first seen made it, as far as the answers tell."""

import json
import unicodedata
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.answer import Answer, Item, Place, Refusal, Why
from auditor.finding import Waiver
from auditor.inventory import Inventory
from auditor.over_time.lifecycle import follow, past_of
from auditor.probe import Severity
from auditor.query import prune
from auditor.reports.escape import HIDDEN, markdown
from auditor.reports.who import who_line
from auditor.trail.events import LOOKUP, Event
from auditor.trail.findings import CUT_SHORT, attach, attach_kept, calls_of, suspects
from probes import changes
from tests.engine.nights import Sight, arn, night
from tests.engine.trails import ROLE, event, nights
from tests.kit import ACCOUNT, HERE, NOW, REGION

BAD, WORSE = "Disabled", "PendingDeletion"
CHANGES = {"engine.example": ("PutKeyPolicy", "DisableKey")}


def kept(*sent, name=None, refused="", place=HERE):
    """What the history answered about the key `a`, by its ARN and by its id."""
    inventory = Inventory(places=[HERE], times={ACCOUNT: NOW})
    why = Why.NOT_COLLECTED if refused == CUT_SHORT else Why.DENIED
    refusal = Refusal(LOOKUP.id, LOOKUP.operation, place, why, refused, "no") if refused else None
    items = tuple(Item(LOOKUP, place, prune(Event, one), str(n)) for n, one in enumerate(sent))
    for asked in [name] if name else (arn("a", REGION), "a"):
        inventory.put(LOOKUP, place, (asked,), Answer(items, refusal))
    return inventory


def made(report, *trails, changes=CHANGES):
    told = attach(report, suspects(report), trails, changes)
    (finding,) = [one for one in told.findings if one.resource.name == "a"]
    return finding.changed_by


def test_the_latest_write_before_it_was_seen_made_it():
    by = made(
        nights({"a": BAD}),
        kept(event("DisableKey", -3), event("PutKeyPolicy", -1, 2), event("PutKeyPolicy", 1, 3)),
    )
    assert (by.answer, by.sure, by.event_name) == ("found", "likely", "PutKeyPolicy")
    assert (by.time, by.event_id[:8]) == (NOW - timedelta(days=1), "00000002")
    assert (by.principal, by.session, by.source) == (ROLE, "jane@example.com", "203.0.113.7")
    assert by.region == REGION


def test_a_call_that_changes_what_the_probe_looks_at_goes_before_a_later_one():
    events = event("DisableKey", -3), event("TagResource", -1, 2)
    assert made(nights({"a": BAD}), kept(*events)).event_name == "DisableKey"
    by = made(nights({"a": BAD}), kept(*events), changes={})
    assert (by.event_name, by.sure) == ("TagResource", "possible")


def drifted(kind="AWS::KMS::Key", code="changed", expected=None, probe="drift.recorded"):
    """The one report of a drift from what was approved or declared."""
    report = nights({"a": BAD})
    (finding,) = report.findings
    named = replace(finding.resource, type=kind)
    one = replace(finding, probe=probe, code=code, expected=expected, resource=named)
    return replace(report, findings=[one])


@pytest.mark.parametrize(
    ("drift", "calls"),
    [
        (
            {"expected": {"KeyPolicy.Statement": None}},
            {"PutKeyPolicy"},
        ),
        (
            {"expected": {"Enabled": True, "RotationPeriodInDays": 90}},
            {"EnableKey", "DisableKey", "ScheduleKeyDeletion", "CancelKeyDeletion",
             "EnableKeyRotation"},
        ),
        ({"expected": {"Origin": "AWS_KMS"}}, set()),
        ({"expected": "absent", "code": "added"}, {"CreateKey", "ReplicateKey"}),
        ({"expected": "present", "code": "removed"}, {"ScheduleKeyDeletion"}),
        (
            {"expected": {"KeyPolicy": None}, "code": "replaced"},
            {"PutKeyPolicy", "CreateKey", "ReplicateKey", "ScheduleKeyDeletion"},
        ),
        ({"expected": {"Novelty": 1}, "kind": "AWS::RDS::DBInstance"}, {"ModifyDBInstance"}),
        (
            {"expected": {"Tags.Team": "a"}, "kind": "AWS::IAM::Role"},
            {"TagRole", "UntagRole", "TagResources", "UntagResources"},
        ),
        ({"expected": {"Tags.Team": "a"}, "kind": "AWS::ECS::TaskDefinition"}, set()),
        ({"expected": {"X": 1}, "kind": "AWS::Novel::Thing"}, set()),
    ],
    ids=[
        "an attribute", "several", "one that no call changes", "added", "removed", "replaced",
        "all others of a kind", "tags", "tags that no call changes", "a kind that is not known",
    ],
)  # fmt: skip
@pytest.mark.parametrize("probe", ["drift.recorded", "drift.template"])
def test_the_calls_that_make_a_drift_go_by_kind_and_attribute(probe, drift, calls):
    (finding,) = drifted(probe=probe, **drift).findings
    assert set(calls_of(finding, changes.CHANGES)) == calls


def test_who_changed_a_drifted_attribute_is_likely_and_who_changed_another_is_possible():
    report = drifted(expected={"KeyPolicy.Statement": None})
    events = event("PutKeyPolicy", -3), event("TagResource", -1, 2)
    by = made(report, kept(*events), changes=changes.CHANGES)
    assert (by.event_name, by.sure) == ("PutKeyPolicy", "likely")
    by = made(report, kept(event("UpdateKeyDescription", -1)), changes=changes.CHANGES)
    assert (by.event_name, by.sure) == ("UpdateKeyDescription", "possible")


@pytest.mark.parametrize("name", ["DisableKey20150331v2", "DisableKey2020_05_31", "DisableKeyv2"])
def test_the_version_in_the_name_of_an_event_does_not_count(name):
    assert made(nights({"a": BAD}), kept(event(name))).sure == "likely"


@pytest.mark.parametrize(
    "sent",
    [
        event("DescribeKey", read_only="true"),
        event(errorCode="AccessDenied"),
        event(source="ec2.amazonaws.com"),
        event(days=1),
        event(read_only=None, readOnly=None),
    ],
    ids=["a read", "refused", "another service", "later", "of which nothing is known"],
)
def test_what_cannot_have_made_it_is_not_named(sent):
    by = made(nights({"a": BAD}), kept(sent))
    assert (by.answer, by.note) == ("not_found", "not found in the 90 days")


def test_an_event_whose_inside_cannot_be_read_is_named_with_doubt():
    by = made(nights({"a": BAD}), kept({**event(), "CloudTrailEvent": "{"}))
    assert (by.answer, by.sure, by.principal, by.session) == (
        "found", "possible", "", "jane@example.com"
    )  # fmt: skip


def test_events_that_do_not_fit_keep_it_from_being_not_found():
    broken = {**event(), "EventTime": "soon"}
    by = made(nights({"a": BAD}), kept(broken))
    assert (by.answer, by.note) == ("refused", "1 events could not be read")
    by = made(nights({"a": BAD}), kept(broken, event()))
    assert (by.answer, by.sure) == ("found", "possible")


@pytest.mark.parametrize(
    ("code", "answer", "note"),
    [
        ("AccessDenied", "refused", "not everything was answered: AccessDenied"),
        (CUT_SHORT, "not_found", "not among the latest events that name it"),
    ],
)
def test_a_refusal_is_told(code, answer, note):
    by = made(nights({"a": BAD}), kept(refused=code))
    assert (by.answer, by.note) == (answer, note)


def test_older_events_that_were_not_read_raise_no_doubt():
    assert made(nights({"a": BAD}), kept(event(), refused=CUT_SHORT)).sure == "likely"
    assert made(nights({"a": BAD}), kept(event(), refused="AccessDenied")).sure == "possible"


def test_what_was_not_asked_is_said():
    by = made(nights({"a": BAD}))
    assert (by.answer, by.note) == ("not_asked", "left out; the coverage says why")
    by = made(nights({"a": BAD}), kept(event(), name="a"))
    assert (by.answer, by.sure, by.note) == ("found", "possible", "not every name was asked for")


def test_an_account_or_region_as_such_has_no_events():
    report = nights({"a": BAD})
    resource = replace(report.findings[0].resource, type="AWS::Region")
    report.findings = [replace(report.findings[0], resource=resource)]
    assert made(report).note == "no event names what is judged here"


class TestTime:
    def test_a_persisting_drift_was_made_before_it_was_first_seen(self):
        events = kept(event(days=-1), event(days=0.5, number=2))
        assert made(nights({"a": BAD}, {"a": BAD}), events).event_id[:8] == "00000001"

    def test_a_changed_or_reopened_one_was_made_since(self):
        events = kept(event(days=-1), event(days=0.5, number=2))
        assert made(nights({"a": BAD}, {"a": WORSE}), events).event_id[:8] == "00000002"
        events = kept(event(days=-1), event(days=1.5, number=2))
        again = nights({"a": BAD}, {"a": "Enabled"}, {"a": BAD})
        assert made(again, events).event_id[:8] == "00000002"

    def test_an_event_during_the_run_counts(self):
        assert made(nights({"a": BAD}), kept(event(days=0.003))).answer == "found"
        assert made(nights({"a": BAD}), kept(event(days=0.004))).answer == "not_found"

    def test_nobody_is_asked_for_what_is_older_than_the_history(self):
        report = nights({"a": BAD})
        report.findings = [
            replace(report.findings[0], first_seen=NOW - timedelta(days=91), state="persisting")
        ]
        (suspect,) = suspects(report)
        assert list(suspect.questions()) == []
        assert made(report).note == "first seen before the 90 days that are held"


class TestSuspects:
    def test_only_drifts_are_and_each_resource_once(self):
        report = nights({"a": BAD, "b": "Missing", "c": "Enabled"})
        report.findings.append(replace(report.findings[0], id="f" * 32, part="other"))
        (suspect,) = suspects(report)
        assert (suspect.resource.name, len(suspect.findings)) == ("a", 2)
        assert list(suspect.questions()) == [(HERE, arn("a", REGION)), (HERE, "a")]

    def test_new_ones_come_first_then_the_severe_and_the_waived_last(self):
        report = nights({"a": BAD}, {"a": BAD, "b": BAD, "c": BAD, "d": BAD})
        a, b, c, d = report.findings
        waived = replace(c, waiver=Waiver("r", "o", "2027-01-01"))
        severe = replace(d, severity=Severity.CRITICAL)
        report.findings = [a, b, waived, severe]
        assert [one.resource.name for one in suspects(report)] == ["d", "b", "c", "a"]

    def test_one_whose_event_is_known_is_asked_no_more(self):
        first = nights({"a": BAD})
        told = attach(first, suspects(first), [kept(event())], CHANGES)
        second = follow(night(1, {REGION: Sight({"a": BAD})}), past_of([told]))
        (finding,) = second.findings
        assert (finding.state, finding.changed_by) == ("persisting", told.findings[0].changed_by)
        assert suspects(second) == []
        third = follow(night(2, {REGION: Sight({"a": WORSE})}), past_of([second]))
        assert third.findings[0].changed_by is None
        assert len(suspects(third)) == 1

    def test_one_whose_event_was_not_found_is_asked_again(self):
        first = nights({"a": BAD})
        told = attach(first, suspects(first), [kept()], CHANGES)
        second = follow(night(1, {REGION: Sight({"a": BAD})}), past_of([told]))
        assert len(suspects(second)) == 1


def test_who_made_it_changes_nothing_else_of_a_finding():
    report = nights({"a": BAD, "b": "Enabled"})
    told = attach(report, suspects(report), [kept(event())], CHANGES)
    bare = [replace(one, changed_by=None) for one in told.findings]
    assert bare == report.findings
    assert told.summary == report.summary
    again = follow(night(1, {REGION: Sight({"a": BAD, "b": "Enabled"})}), past_of([told]))
    assert again.changes == []


def test_what_was_kept_is_told_only_of_those_that_were_asked_about():
    report = nights({"a": BAD, "b": BAD})
    told = attach_kept(report, [kept(event())], CHANGES)
    assert [bool(one.changed_by) for one in told.findings] == [True, False]


def test_a_bucket_may_be_in_any_region():
    report = nights({"a": BAD})
    finding = report.findings[0]
    bucket = replace(finding.resource, type="AWS::S3::Bucket", id="a", arn="arn:aws:s3:::a")
    report.findings = [replace(finding, resource=bucket, region="")]
    report.scope.regions = [REGION, "eu-west-1"]
    there = Place("aws", ACCOUNT, "eu-west-1")
    sent = event("PutBucketPolicy", source="s3.amazonaws.com", awsRegion="eu-west-1")
    by = made(report, kept(sent, name="a", place=there))
    assert (by.event_name, by.region, by.note) == (
        "PutBucketPolicy", "eu-west-1", "not every name was asked for"
    )  # fmt: skip


class TestWords:
    def test_one_line_for_people(self):
        by = made(nights({"a": BAD}), kept(event()))
        assert who_line(by) == (
            f"likely change: PutKeyPolicy on 2026-11-20 12:00 UTC by {ROLE}"
            " (session jane@example.com) from 203.0.113.7"
        )

    @pytest.mark.parametrize(
        ("trails", "line"),
        [
            ([kept()], "who changed it: not found in the 90 days"),
            (
                [kept(refused="AccessDenied")],
                "who changed it: CloudTrail would not say: not everything was answered: AccessDenied",
            ),
            ([], "who changed it: not asked: left out; the coverage says why"),
            (
                [kept({**event(), "CloudTrailEvent": "{", "Username": "eve"})],
                "possible change: PutKeyPolicy on 2026-11-20 12:00 UTC by eve",
            ),
        ],
        ids=["not found", "refused", "not asked", "unreadable"],
    )
    def test_what_is_not_known(self, trails, line):
        assert who_line(made(nights({"a": BAD}), *trails)) == line

    @given(st.text(max_size=40))
    def test_names_that_somebody_chose_do_no_harm(self, name):
        inside = json.loads(event()["CloudTrailEvent"])
        inside["userIdentity"] = {"type": "IAMUser", "arn": name}
        inside["sourceIPAddress"] = name
        sent = {**event(), "CloudTrailEvent": json.dumps(inside), "Username": name}
        by = made(nights({"a": BAD}), kept(sent))
        assert not {unicodedata.category(one) for one in who_line(by)} & HIDDEN
        assert "\n" not in who_line(by, markdown)
