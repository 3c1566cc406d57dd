"""Record, scan, judge and diff as a person meets them."""

import json

import boto3
import jsonschema
import pytest

from auditor.diff.difference import schema
from tests.stub import Stub, denied

GROUPS = ("--type", "AWS::EC2::SecurityGroup")
HERE = ("--region", "us-east-1")
ONLY = ("--probe", "encryption.key_rotation")
STATE = "123456789012/us-east-1.yaml"


@pytest.fixture
def ec2(aws):
    client = boto3.client("ec2", "us-east-1")
    made = client.create_security_group(GroupName="web", Description="web")["GroupId"]
    allow(client, made, 443)
    return client, made


def allow(client, group, port, cidr="10.0.0.0/8"):
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": cidr}]}
    client.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])


def violations(out):
    return {
        f["resource"]["name"]: f
        for f in json.loads(out)["findings"]
        if f["verdict"] == "drift" and f["probe"] == "drift.recorded"
    }


def test_record_change_scan(auditor, ec2, tmp_path):
    client, web = ec2
    code, out, err = auditor("record", *HERE, *GROUPS, "-o", "approved")
    assert (code, err) == (0, "")
    assert f"approved/{STATE}: 2 resources" in out
    scan = ("scan", *HERE, *ONLY, "--recorded", "approved", "--format", "json")
    code, out, _ = auditor(*scan)
    assert code == 0
    assert violations(out) == {}
    assert "drift.recorded" in json.loads(out)["scope"]["probes"]
    allow(client, web, 22, "0.0.0.0/0")
    client.create_security_group(GroupName="new\u202e", Description="new")
    code, out, _ = auditor(*scan)
    found = violations(out)
    assert code == 1
    assert {name: f["code"] for name, f in found.items()} == {
        "web": "changed",
        "new\u202e": "added",
    }
    assert found["web"]["found"]["IpPermissions"] == [
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}
    ]
    _, out, _ = auditor(*scan[:-2])
    assert "Resources are as they were approved  (drift.recorded)" in out
    assert "\u202e" not in out
    client.delete_security_group(GroupId=web)
    assert violations(auditor(*scan)[1])["web"]["code"] == "removed"


def test_approving_the_change_makes_a_small_difference_in_the_file(auditor, ec2, tmp_path):
    client, web = ec2
    auditor("record", *HERE, *GROUPS, "-o", "approved")
    before = (tmp_path / "approved" / STATE).read_text().splitlines()
    allow(client, web, 22)
    auditor("record", *HERE, *GROUPS, "-o", "approved")
    after = (tmp_path / "approved" / STATE).read_text().splitlines()
    assert len(after) == len(before) + 4
    assert [line for line in before if line not in after] == []


def test_a_file_is_recorded_and_judged_as_aws_is(auditor, ec2, tmp_path):
    client, web = ec2
    auditor("collect", *HERE, *ONLY, "--record", "-o", "i.jsonl")
    assert auditor("record", *GROUPS, "--inventory", "i.jsonl", "-o", "approved")[0] == 0
    auditor("record", *HERE, *GROUPS, "-o", "live")
    assert (tmp_path / "approved" / STATE).read_text() == (tmp_path / "live" / STATE).read_text()
    judge = ("judge", "i.jsonl", *ONLY, "--recorded", "approved", "--format", "json")
    assert auditor(*judge)[0] == 0
    allow(client, web, 22)
    auditor("collect", *HERE, *ONLY, "--record", "-o", "i.jsonl")
    code, out, _ = auditor(*judge)
    assert code == 1
    assert violations(out)["web"]["code"] == "changed"


def test_an_inventory_without_what_recording_takes_makes_unknown(auditor, ec2):
    auditor("record", *HERE, *GROUPS, "-o", "approved")
    auditor("collect", *HERE, *ONLY, "-o", "i.jsonl")
    code, out, _ = auditor("judge", "i.jsonl", *ONLY, "--recorded", "approved", "--format", "json")
    verdicts = {f["verdict"] for f in json.loads(out)["findings"] if f["probe"] == "drift.recorded"}
    assert code == 3
    assert verdicts == {"unknown"}
    code, _, err = auditor("record", *GROUPS, "--inventory", "i.jsonl", "-o", "other")
    assert code == 3
    assert "AWS::EC2::SecurityGroup: ec2:DescribeSecurityGroups answered NotCollected" in err
    quiet = auditor("record", *GROUPS, "--inventory", "i.jsonl", "-o", "other", "--quiet")
    assert (quiet[0], quiet[2]) == (3, "")


def test_drift_makes_tickets(auditor, ec2):
    client, web = ec2
    auditor("record", *HERE, *GROUPS, "-o", "approved")
    scan = ("scan", *HERE, *ONLY, "--recorded", "approved", "--state", "state")
    assert auditor(*scan)[0] == 0
    allow(client, web, 22, "0.0.0.0/0")
    code, out, _ = auditor(*scan, "--format", "tickets")
    assert code == 1
    (event,) = [json.loads(line) for line in out.splitlines()]
    assert event["event"] == "opened"
    assert "drift.recorded" in out
    client.revoke_security_group_ingress(
        GroupId=web,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
            }
        ],
    )
    _, out, _ = auditor(*scan, "--format", "tickets")
    assert [json.loads(line)["event"] for line in out.splitlines()] == ["resolved"]


def test_what_is_refused_is_said_and_exits_3(credentials, auditor, monkeypatch):
    with Stub() as server:
        server.otherwise = denied
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        code, out, err = auditor("record", *HERE, *GROUPS, "-o", "approved")
    assert code == 3
    assert f"approved/{STATE}: 0 resources" in out
    assert "ec2:DescribeSecurityGroups answered UnauthorizedOperation" in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("record", "--type", "AWS::EC2::Nothing", "-o", "x"), "no kind of resource that can be"),
        (("record", "-o", "file"), "it is no folder"),
        (("record", "--inventory", "none", "-o", "x"), "No such file"),
        (("scan", "--recorded", "nowhere"), "holds no recorded state"),
        (("scan", "--recorded", "file"), "this is no recorded state of this tool"),
        (("diff", "file", "nowhere"), "nowhere: No such file or directory"),
        (("diff", "file", "report.json"), "are of two kinds: recorded states, reports"),
        (("diff", "report.json", "report.json"), "is no report of this tool"),
        (("diff", "binary", "binary"), "is not text in UTF-8"),
        (("diff", "empty.jsonl", "empty.jsonl"), "is cut off"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_sentence(auditor, tmp_path, arguments, says):
    (tmp_path / "file").write_text("kind: something\n")
    (tmp_path / "report.json").write_text("{}\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "empty.jsonl").write_text(
        '{"kind": "auditor inventory", "format": 1, "queries": {}}\n'
    )
    code, out, err = auditor(*arguments)
    assert code == 2
    assert says in err
    assert out == ""


def test_recorded_state_can_be_named_by_the_environment(auditor, ec2, monkeypatch):
    auditor("record", *HERE, *GROUPS, "-o", "approved")
    monkeypatch.setenv("AUDITOR_RECORDED", "approved")
    _, out, _ = auditor("scan", *HERE, *ONLY, "--format", "json")
    assert "drift.recorded" in json.loads(out)["scope"]["probes"]


def test_permissions_name_what_recording_takes(auditor):
    plain, more = (auditor("permissions", *ONLY, *flag)[1] for flag in ((), ("--record",)))
    assert "ec2:DescribeSecurityGroups" not in plain
    assert "ec2:DescribeSecurityGroups" in more
    assert "s3:GetBucketCORS" in more


# -- differences ----------------------------------------------------------------------------------


@pytest.fixture
def two(auditor, ec2):
    """Recorded states, inventories and reports of before and after a change."""
    client, web = ec2
    gone = client.create_security_group(GroupName="gone", Description="gone")["GroupId"]

    def keep(name):
        auditor("record", *HERE, *GROUPS, "-o", f"{name}-state")
        auditor("collect", *HERE, *ONLY, "--record", "-o", f"{name}.jsonl")
        auditor(
            "scan", *HERE, *ONLY, "--recorded", "before-state",
            "--format", "json", "--output", f"{name}.json",
        )  # fmt: skip

    keep("before")
    allow(client, web, 22, "0.0.0.0/0")
    client.create_security_group(GroupName="a|b`<b>\n# c", Description="new")
    client.delete_security_group(GroupId=gone)
    keep("after")


def entries(out):
    value = json.loads(out)
    jsonschema.validate(value, schema())
    return {(e["became"], e["name"]) for e in value["entries"]}


@pytest.mark.parametrize("kind", ["-state", ".jsonl"])
def test_what_appeared_went_and_changed(auditor, two, kind):
    code, out, _ = auditor("diff", f"before{kind}", f"after{kind}", "--format", "json")
    assert code == 0
    assert {("changed", "web"), ("appeared", "a|b`<b>\n# c"), ("went", "gone")} <= entries(out)


def test_two_reports_differ_by_their_violations(auditor, two):
    code, out, _ = auditor("diff", "before.json", "after.json", "--format", "json", "--exit-code")
    assert code == 1
    assert entries(out) == {("appeared", "web"), ("appeared", "a|b`<b>\n# c"), ("appeared", "gone")}
    assert auditor("diff", "after.json", "after.json", "--exit-code")[:2] == (
        0,
        "Two reports: nothing differs.\n",
    )


def test_a_table_of_a_difference(auditor, two):
    _, out, _ = auditor("diff", "before-state", "after-state")
    assert "AWS::EC2::SecurityGroup  123456789012 us-east-1" in out
    assert "  + a|b`<b>\\n# c" in out
    assert "  - gone" in out
    assert "      IpPermissions (SecurityGroupIngress)" in out
    assert '        + {"CidrIp": "0.0.0.0/0", "FromPort": 22' in out
    assert out.endswith("Two recorded states: 1 appeared, 1 went, 1 changed.\n")


def test_markdown_of_a_difference_cannot_be_broken_out_of(auditor, two):
    _, out, _ = auditor("diff", "before-state", "after-state", "--format", "markdown")
    assert "- appeared ``a|b`<b>\\n# c``" in out
    assert "  - `IpPermissions` (`SecurityGroupIngress`)" in out
    assert not [line for line in out.splitlines() if line.startswith("# ")]


def test_another_way_round_what_came_goes(auditor, two):
    _, out, _ = auditor("diff", "after-state", "before-state", "--format", "json")
    assert ("went", "a|b`<b>\n# c") in entries(out)
    assert ("appeared", "gone") in entries(out)
