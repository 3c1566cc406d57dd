"""Recorded state against an account: drift is proven, and what was not read is unknown."""

from datetime import timedelta

import pytest

from auditor.drift.compare import Kind
from auditor.inventory import Inventory
from auditor.over_time import lifecycle
from auditor.recording.file import load, read_place
from tests.engine.approving import (
    GROUP,
    ROWS,
    account,
    approved_of,
    findings,
    group,
    judged,
    recorded,
    report,
    said,
)
from tests.kit import HERE, NOW

WEB, DB = group("web", 80, 443), group("db", 5432)


@pytest.fixture
def approve(tmp_path):
    """Records groups; gives what is approved from then on."""

    def run(*groups, refused=False):
        recorded(tmp_path, *groups, refused=refused)
        return approved_of(read_place(tmp_path / "123456789012" / "us-east-1.yaml").content)

    return run


def test_what_is_as_it_was_passes(approve):
    found = findings(approve(WEB, DB), account(DB, WEB))
    assert said(found) == {"web": ("pass", ""), "db": ("pass", "")}
    assert found["web"].fix is None
    assert found["web"].message == ""


def test_each_change_is_told_with_what_was_expected_and_found(approve):
    changed = group("web", 443, 8080, tags={"Team": "b"})
    found = findings(approve(group("web", 80, 443, tags={"Team": "a"})), account(changed))["web"]
    rule = {"IpProtocol": "tcp", "CidrIp": "10.0.0.0/8"}
    assert (found.verdict, found.code, found.severity) == ("drift", "changed", "medium")
    assert found.expected == {
        "IpPermissions": [{**rule, "FromPort": 80, "ToPort": 80}],
        "Tags.Team": "a",
    }
    assert found.found == {
        "IpPermissions": [{**rule, "FromPort": 8080, "ToPort": 8080}],
        "Tags.Team": "b",
    }
    assert "IpPermissions (SecurityGroupIngress): 1 more and 1 less" in found.message
    assert {(e.operation, e.subject, e.value) for e in found.evidence} >= {
        ("CloudFormation", "IpPermissions", "SecurityGroupIngress")
    }
    assert found.probe == "drift.recorded"
    assert found.fix.text


def test_what_came_and_what_went_is_told(approve):
    found = findings(approve(WEB, DB), account(WEB, group("new", 22)))
    assert said(found) == {
        "web": ("pass", ""),
        "db": ("drift", "removed"),
        "new": ("drift", "added"),
    }
    assert (found["db"].expected, found["db"].found) == ("present", "absent")
    assert (found["new"].expected, found["new"].found) == ("absent", "present")


def test_what_its_stack_replaced_is_one_change_under_the_id_of_the_recorded_one(approve):
    old, new = group("a1", 80, stack="app"), group("a2", 80, 22, stack="app")
    approved = approve(old)
    found = judged(approved, account(new)).findings
    (one,) = found
    assert (one.verdict, one.code, one.resource.id) == ("drift", "replaced", "sg-a2")
    assert one.expected["PhysicalResourceId"].endswith("sg-a1")
    assert one.found["PhysicalResourceId"].endswith("sg-a2")
    assert one.found["IpPermissions"][0]["FromPort"] == 22
    assert one.id == judged(approved, account(old)).findings[0].id


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param([group("a", stack="app")], [group("b", stack="other")], id="another stack"),
        pytest.param([group("a")], [group("b")], id="no stack"),
        pytest.param(
            [group("a", stack="app")],
            [group("b", stack="app"), group("c", stack="app")],
            id="two that came",
        ),
        pytest.param(
            [group("a", stack="app"), group("x", stack="app")],
            [group("b", stack="app")],
            id="two that went",
        ),
    ],
)
def test_only_a_stack_that_names_one_for_one_replaces(approve, old, new):
    codes = {one.code for one in findings(approve(*old), account(*new)).values()}
    assert codes == {"added", "removed"}


def test_a_list_that_breaks_off_removes_nothing_and_still_proves_what_it_read(approve):
    judgement = judged(approve(WEB, DB), account(group("web", 22), group("new"), refused=True))
    found = {one.resource.name: one for one in judgement.findings}
    assert said(found) == {
        "web": ("drift", "changed"),
        "db": ("unknown", "AccessDenied"),
        "new": ("drift", "added"),
    }
    assert "ec2:DescribeSecurityGroups answered AccessDenied" in found["db"].message
    assert judgement.incomplete[HERE] == {"drift.recorded"}
    assert [found["db"].id] in judgement.unknown.values()


def test_what_was_not_collected_is_unknown(approve):
    inventory = Inventory(places=[HERE])
    inventory.times[HERE.account] = NOW
    found = findings(approve(WEB), inventory)
    assert said(found) == {"web": ("unknown", "NotCollected")}


def test_of_a_list_that_was_not_read_when_recording_nothing_is_added(approve):
    found = findings(approve(WEB, refused=True), account(WEB, group("new")))
    assert said(found) == {"web": ("pass", "")}


def edited(approved, **changes):
    """What is approved, with another recorded kind."""
    (record,) = approved.folder.places.values()
    kind = record.content.types[GROUP].model_copy(update=changes)
    return approved_of(record.content.model_copy(update={"types": {GROUP: kind}}))


def test_an_attribute_that_was_not_recorded_is_no_drift(approve):
    approved = approve(group("web", tags={"Team": "a"}))
    older = edited(approved, attributes=("GroupName",))
    changed = group("web", 22, tags={"Team": "b"})
    assert said(findings(older, account(changed))) == {"web": ("pass", "")}
    assert findings(approved, account(changed))["web"].code == "changed"


def test_an_attribute_that_aws_would_not_say_when_recording_is_no_drift(approve):
    approved = approve(WEB)
    (record,) = approved.folder.places.values()
    resource = record.content.types[GROUP].resources["sg-web"]
    unread = resource.model_copy(
        update={"not_read": ("IpPermissions",), "config": {"GroupName": "web"}}
    )
    approved = edited(
        approved, attributes=("GroupName", "IpPermissions"), resources={"sg-web": unread}
    )
    assert said(findings(approved, account(group("web", 22)))) == {"web": ("pass", "")}


def test_an_attribute_of_an_older_version_that_this_one_does_not_read_is_left_alone(approve):
    approved = approve(WEB)
    more = edited(approved, attributes=(*ROWS[0].attributes, "Retired"))
    assert said(findings(more, account(WEB))) == {"web": ("pass", "")}


# -- what may change ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({}, "changed"),
        ({"free": [{"attribute": "IpPermissions"}]}, ""),
        ({"free": [{"attribute": "SecurityGroupIngress"}]}, ""),
        ({"free": [{"attribute": "Ip*"}]}, ""),
        ({"free": [{"attribute": "IpPermissions", "type": "AWS::EC2::*"}]}, ""),
        ({"free": [{"attribute": "IpPermissions", "type": "AWS::RDS::*"}]}, "changed"),
        ({"free": [{"attribute": "IpPermissions", "resource": "we?"}]}, ""),
        ({"free": [{"attribute": "IpPermissions", "resource": "sg-other"}]}, "changed"),
        ({"free": [{"attribute": "IpPermissions", "tags": {"Team": "a*"}}]}, ""),
        ({"free": [{"attribute": "IpPermissions", "tags": {"Team": "b"}}]}, "changed"),
        ({"free": [{"attribute": "IpPermissions", "tags": {"Other": "*"}}]}, "changed"),
        ({"free": [{"attribute": "Tags"}]}, "changed"),
        (
            {"free": [{"attribute": "*"}], "held": [{"attribute": "IpPermissions"}]},
            "changed",
        ),
    ],
)
def test_an_attribute_can_be_declared_free(approve, settings, code):
    approved = approve(group("web", 80, tags={"Team": "app"}))
    found = findings(approved, account(group("web", 22, tags={"Team": "app"})), **settings)
    assert found["web"].code == code


def test_something_inside_a_free_attribute_is_free(approve):
    approved = approve(group("web", tags={"Team": "a", "Cost": "1"}))
    now = account(group("web", tags={"Team": "b", "Cost": "2"}))
    found = findings(approved, now, free=[{"attribute": "Tags.Cost"}])["web"]
    assert found.expected == {"Tags.Team": "a"}
    assert said(findings(approved, now, free=[{"attribute": "Tags"}])) == {"web": ("pass", "")}


def test_how_much_drift_matters_is_a_setting(approve):
    approved, now = approve(WEB), account(group("web", 22))
    assert findings(approved, now, severity="low")["web"].severity == "low"
    by_kind = {"AWS::RDS::*": "low", "AWS::EC2::*": "critical"}
    assert findings(approved, now, severities=by_kind)["web"].severity == "critical"


def test_the_environment_is_that_of_the_tags(approve):
    tagged = group("web", tags={"Environment": "dev"})
    assert findings(approve(tagged), account(tagged))["web"].environment == "ephemeral"


def test_more_changes_than_a_message_holds_are_counted(approve):
    tags = {f"t{n}": "1" for n in range(10)}
    found = findings(approve(group("web", tags=tags)), account(group("web")))["web"]
    assert found.message.endswith("and 4 more")
    assert len(found.expected) == 10


# -- over time ------------------------------------------------------------------------------------


def nights(*reports):
    """Each report as the continuation of those before: what was told of each night."""
    told = []
    before = None
    for one in reports:
        past = lifecycle.past_of([before] if before else [])
        before = lifecycle.follow(one, past)
        told.append([(c.kind, c.reason) for c in before.changes])
    return told


def test_drift_that_was_put_back_is_fixed(approve):
    approved = approve(WEB)
    assert nights(
        report(approved, account(group("web", 22))),
        report(approved, account(group("web", 22), now=NOW + timedelta(1))),
        report(approved, account(WEB, now=NOW + timedelta(2))),
    ) == [[("opened", "")], [], [("resolved", "fixed")]]


def test_drift_that_was_approved_is_another_expectation(tmp_path, approve):
    before = approve(WEB)
    changed = group("web", 22)
    first = report(before, account(changed))
    after = approve(changed)
    told = nights(first, report(after, account(changed, now=NOW + timedelta(1))))
    assert told[1] == [("resolved", "expectation_changed")]


def test_what_was_added_and_is_gone_is_gone_but_only_by_a_whole_list(approve):
    approved = approve(WEB)
    added = report(approved, account(WEB, group("new")))
    later = NOW + timedelta(1)
    whole = nights(added, report(approved, account(WEB, now=later)))
    cut = nights(added, report(approved, account(WEB, refused=True, now=later)))
    assert whole[1] == [("resolved", "gone")]
    assert [kind for kind, _ in cut[1]] == ["unverified"]


def test_a_run_without_recorded_state_or_without_the_kind_resolves_nothing(approve):
    approved = approve(WEB)
    added = report(approved, account(WEB, group("new")))
    later = account(WEB, now=NOW + timedelta(1))
    (record,) = approved.folder.places.values()
    none = approved_of(record.content.model_copy(update={"types": {}}))
    assert nights(added, report(None, later))[1] == [
        ("unverified", "the probe drift.recorded did not run")
    ]
    for state in (none, approved_of(None)):
        assert nights(added, report(state, later))[1] == [
            ("unverified", "the recorded state holds no AWS::EC2::SecurityGroup there")
        ]


def test_a_waiver_covers_drift(approve):
    waiver = {"probe": "drift.recorded", "reason": "known", "owner": "me", "until": "2999-01-01"}
    made = report(approve(WEB), account(group("web", 22)), waivers=[waiver])
    assert [one.waiver is not None for one in made.findings] == [True]


def test_the_report_says_what_was_compared_and_what_could_not_be(approve):
    approved = approve(WEB)
    (record,) = approved.folder.places.values()
    kind = record.content.types[GROUP]
    more = approved_of(
        record.content.model_copy(update={"types": {GROUP: kind, "AWS::New::Kind": kind}})
    )
    made = report(more, account(WEB))
    looked = {place.region: place.recorded for place in made.coverage.places}
    assert looked == {"": (), "us-east-1": (GROUP,)}
    assert made.coverage.notes == [
        "the recorded state holds AWS::New::Kind, which this version of the tool does not record",
        "nothing is recorded of 123456789012/global",
    ]


def test_every_kind_of_drift_has_a_verdict():
    from auditor.drift.findings import VERDICTS

    assert set(VERDICTS) == set(Kind)


def test_recorded_state_is_read_from_its_folder(tmp_path):
    recorded(tmp_path, WEB)
    folder = load(tmp_path)
    assert folder.types == {GROUP}
    assert list(folder.places) == [HERE]
