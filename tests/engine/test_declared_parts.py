"""What cannot be told of a declaration is left out and counted; what is told is compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.drift.compare import Kind, compare
from auditor.drift.speaks import as_declared, written_alike
from auditor.recording.normal import normal
from probes.declared._parts import Parts, hidden
from tests.engine.declaring import ROWS, compared, paths, stack_of

GROUP, LOGS, ALARM = "AWS::EC2::SecurityGroup", "AWS::Logs::LogGroup", "AWS::CloudWatch::Alarm"
SERVICE, ROLE, SCALING = "AWS::ECS::Service", "AWS::IAM::Role", "AWS::AutoScaling::AutoScalingGroup"
UNKNOWN = {"Fn::GetAtt": ["Custom", "Value"]}


def rule(port, cidr="10.0.0.0/8"):
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": cidr}


def sent(*ports):
    listed = [{**rule(port), "IpRanges": [{"CidrIp": "10.0.0.0/8"}]} for port in ports]
    for one in listed:
        del one["CidrIp"]
    return {"IpPermissions": listed}


@pytest.mark.parametrize(
    ("kind", "declared", "live", "left"),
    [
        (LOGS, {"RetentionInDays": UNKNOWN}, {"retentionInDays": 1}, "RetentionInDays"),
        (LOGS, {"RetentionInDays": {"Ref": "Asked"}}, {"retentionInDays": 1}, "RetentionInDays"),
        (
            LOGS,
            {"RetentionInDays": {"Fn::If": ["Who", 1, {"Ref": "AWS::NoValue"}]}},
            {"retentionInDays": 9},
            "RetentionInDays",
        ),
        (LOGS, {"RetentionInDays": {"Fn::ImportValue": "x"}}, {}, "RetentionInDays"),
        (LOGS, {"KmsKeyId": "alias/mine"}, {"kmsKeyId": "arn:key/1"}, "KmsKeyId"),
        (LOGS, {"Novelty": 1}, {}, "Novelty"),
        (ALARM, {"AlarmDescription": "{{resolve:ssm:x}}"}, {}, "AlarmDescription"),
        (ALARM, {"AlarmActions": ["arn:1", UNKNOWN]}, {"AlarmActions": []}, "AlarmActions"),
        (GROUP, {"SecurityGroupIngress": UNKNOWN}, sent(22), "SecurityGroupIngress"),
        (SERVICE, {"PlatformVersion": "LATEST"}, {"platformVersion": "1"}, "PlatformVersion"),
        (SCALING, {"MetricsCollection": [{"Granularity": "1Minute"}]}, {}, "MetricsCollection"),
        (
            SERVICE,
            {"DeploymentController": {"Type": "CODE_DEPLOY"}, "TaskDefinition": "web:1"},
            {"deploymentController": {"type": "CODE_DEPLOY"}, "taskDefinition": "a/other:1"},
            "taskDefinition",
        ),
        (
            ROLE,
            {"Policies": [{"PolicyName": UNKNOWN, "PolicyDocument": {}}]},
            {"RolePolicyList": []},
            "Policies.PolicyName",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_told_is_left_out_and_named(kind, declared, live, left):
    sections = {
        "Parameters": {"Asked": {"Type": "Number", "Default": 7}},
        "Conditions": {"Who": {"Fn::Equals": [{"Ref": "Asked"}, 7]}},
    }
    found = compared(ROWS[kind], declared, live, sections=sections)
    assert paths(found) == {}
    assert left in found.left


def test_a_rule_of_which_the_peer_is_not_known_may_be_any_with_its_ports():
    declared = {"SecurityGroupIngress": [rule(80), rule(443, UNKNOWN)]}
    assert paths(compared(ROWS[GROUP], declared, sent(80, 443))) == {}
    found = paths(compared(ROWS[GROUP], declared, sent(80)))
    assert found["IpPermissions"][0][0]["FromPort"] == 443
    found = paths(compared(ROWS[GROUP], declared, sent(80, 443, 22)))
    assert [one["FromPort"] for one in found["IpPermissions"][1]] == [22]


def test_of_a_list_with_a_member_that_is_not_known_only_what_is_missing_is_drift():
    declared = {"SecurityGroupIngress": [rule(80), {"Fn::If": ["Who", rule(22), rule(23)]}]}
    assert paths(compared(ROWS[GROUP], declared, sent(80, 22, 3389))) == {}
    assert paths(compared(ROWS[GROUP], declared, sent(22)))["IpPermissions"][1] is None


def test_a_statement_counts_whole_or_not_at_all():
    known = {"Effect": "Allow", "Principal": {"Service": "a"}, "Action": "sts:AssumeRole"}
    document = {"Statement": [known, {**known, "Principal": {"AWS": UNKNOWN}}]}
    live = {"Statement": [known, {**known, "Principal": {"AWS": "arn:aws:iam::1:role/x"}}]}
    declared = {"AssumeRolePolicyDocument": document}
    assert paths(compared(ROWS[ROLE], declared, {"AssumeRolePolicyDocument": live})) == {}
    gone = {"AssumeRolePolicyDocument": {"Statement": live["Statement"][1:]}}
    assert set(paths(compared(ROWS[ROLE], declared, gone))) == {
        "AssumeRolePolicyDocument.Statement"
    }


def test_a_rule_beside_nobody_knows_whom_may_be_anybodys():
    declared = {"SecurityGroupIngress": [rule(80)]}
    assert set(paths(compared(ROWS[GROUP], declared, sent(80, 22)))) == {"IpPermissions"}
    beside = {
        "Rule": {
            "Type": "AWS::EC2::SecurityGroupIngress",
            "Properties": {"GroupId": UNKNOWN, **rule(22)},
        }
    }
    assert paths(compared(ROWS[GROUP], declared, sent(80, 22), beside=beside)) == {}
    assert stack_of(beside).aimless == {(GROUP, "IpPermissions")}


def test_what_was_refused_beside_a_difference_is_named_and_alone_is_unknown():
    declared = {"RetentionInDays": 3, "LogGroupClass": "STANDARD"}
    only = compared(
        ROWS[LOGS], declared, {"logGroupClass": "STANDARD"}, unread=("retentionInDays",)
    )
    assert (only.drift.kind, only.drift.unread) == (Kind.UNKNOWN, ("retentionInDays",))
    assert only.drift.refusals
    both = compared(ROWS[LOGS], declared, {"logGroupClass": "X"}, unread=("retentionInDays",))
    assert both.drift.kind is Kind.CHANGED


@pytest.mark.parametrize(
    ("kind", "refused", "expected"),
    [
        (LOGS, False, Kind.REMOVED),
        (LOGS, True, Kind.UNKNOWN),
        ("AWS::ECS::TaskDefinition", False, Kind.SAME),
    ],
)
def test_what_is_not_there_is_removed_only_of_a_whole_list(kind, refused, expected):
    found = compared(ROWS[kind], {}, None, refused=refused)
    assert found.drift.kind is expected


def test_what_was_not_kept_is_known_again_however_it_is_wrapped():
    body = {"A": {"Fn::Base64": "(removed) arn:x"}, "B": ["x (removed: a secret)"], "C": "kept"}
    said = hidden(body)
    assert said["C"] == "kept"
    assert "removed" not in str(said)
    parts = Parts()
    assert parts.known({"Fn::Hidden": ""}, "A") == (False, None)
    assert "secret" in parts.left["A"]


def test_nesting_has_a_bound():
    deep = value = []
    for _ in range(200):
        value.append([])
        value = value[0]
    known, _ = Parts().known(deep, "Deep")
    assert not known
    assert hidden(deep)


@pytest.mark.parametrize(
    ("declared", "found", "same"),
    [
        ("80", 80, True),
        (80.0, "80", True),
        ("true", True, True),
        (True, "True", True),
        (False, None, True),
        (True, None, False),
        ("1.50", 1.5, False),
        ("a", "A", False),
        (0, False, False),
        (None, "x", False),
    ],
)
def test_scalars_are_the_same_where_they_are_written_alike(declared, found, same):
    assert written_alike(declared, found) is same


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("ABCD"), inner, max_size=4)
    ),
    max_leaves=15,
)
ROW = ROWS[ALARM].row


@given(value=VALUES)
def test_what_is_as_declared_is_never_drift(value):
    plain = normal(ROW, "Dimensions", value)
    seen = as_declared(ROW, "Dimensions", plain, plain, more=False)
    assert compare(ROW, {"Dimensions": plain}, {"Dimensions": seen}) == ()


@given(declared=st.dictionaries(st.sampled_from("ABCD"), VALUES, max_size=4), other=VALUES)
def test_a_field_that_is_not_declared_is_never_drift(declared, other):
    plain = normal(ROW, "X", declared) or {}
    found = normal(ROW, "X", {**declared, "Z": other}) or {}
    seen = as_declared(ROW, "X", plain, found, more=False)
    assert compare(ROW, {"X": plain}, {"X": seen}) == ()


@given(declared=VALUES, found=VALUES)
def test_any_two_values_can_be_compared_and_more_is_never_more_drift(declared, found):
    one, other = normal(ROW, "X", declared), normal(ROW, "X", found)
    strict = compare(ROW, {"X": one}, {"X": as_declared(ROW, "X", one, other, more=False)})
    loose = compare(ROW, {"X": one}, {"X": as_declared(ROW, "X", one, other, more=True)})
    assert len(loose) <= len(strict)
