"""Who changed it, as a person asks: scans, reports, policies, inventories."""

import json
from datetime import UTC, datetime

import pytest

from auditor.inventory import Inventory
from auditor.over_time.history import read_report
from auditor.store import StoreError
from auditor.trail.file import keep
from tests.engine.trails import ROLE, event
from tests.engine.wire import regions
from tests.kit import ACCOUNT
from tests.stub import XML, Said, Stub, error

PROBE = ("--probe", "encryption.key_rotation", "--region", "us-east-1")
JSON = ("--format", "json", "--output", "r.json")
IDS = ("k-1", "k-2")


def arn(key):
    return f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}"


def said(value):
    return Said(200, json.dumps(value), "application/x-amz-json-1.1")


def metadata(key):
    return {
        "AWSAccountId": ACCOUNT, "KeyId": key, "Arn": arn(key), "KeyState": "Enabled", "KeyManager": "CUSTOMER",
        "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT", "Origin": "AWS_KMS",
        "MultiRegion": False, "Enabled": True,
    }  # fmt: skip


class Aws(Stub):
    """An account with one key that rotates too seldom, and a history that says who made it so."""

    def __init__(self, keys=IDS[:1], **history):
        super().__init__()
        now = datetime.now(UTC)  # noqa: TID251 - the server's own clock
        self.events = {"Events": [event("EnableKeyRotation", now=now, **history)]}
        self.keys = keys
        self.answers |= {
            "ec2:DescribeRegions": Said(200, regions("us-east-1").decode(), XML),
            "kms:ListKeys": said({"Keys": [{"KeyId": k, "KeyArn": arn(k)} for k in keys]}),
            "kms:DescribeKey": said({"KeyMetadata": metadata(keys[0])}),
            "kms:GetKeyRotationStatus": said(
                {"KeyRotationEnabled": True, "RotationPeriodInDays": 2000, "KeyId": keys[0]}
            ),
            "tagging:GetResources": said({"ResourceTagMappingList": []}),
            "cloudtrail:LookupEvents": said(self.events),
        }

    @property
    def lookups(self):
        return self.calls.count("cloudtrail:LookupEvents")

    def say_of_history(self, what):
        self.answers["cloudtrail:LookupEvents"] = what


@pytest.fixture
def aws(credentials, monkeypatch):
    with Aws() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        yield server


def drift_in(path):
    (finding,) = [f for f in read_report(path).findings if f.verdict == "drift"]
    return finding


def test_a_scan_says_who_made_a_drift(auditor, aws, tmp_path):
    code, out, _ = auditor("scan", *PROBE, "--who", *JSON, "--format", "table")
    by = drift_in(tmp_path / "r.json").changed_by
    assert (code, by.answer, by.sure) == (1, "found", "likely")
    assert (by.principal, by.session) == (ROLE, "jane@example.com")
    flat = " ".join(out.split())
    assert "likely change: EnableKeyRotation on" in flat
    assert "(session jane@example.com) from 203.0.113.7" in flat
    coverage = read_report(tmp_path / "r.json").coverage
    (use,) = [one for one in coverage.operations if one.operation == "cloudtrail:LookupEvents"]
    assert (use.calls, use.answered, use.refused) == (2, 2, 0)
    assert aws.lookups == 2


def test_without_who_nothing_is_asked_and_nothing_else_differs(auditor, aws, tmp_path):
    auditor("scan", *PROBE, "--format", "json", "--output", "without.json")
    assert aws.lookups == 0
    auditor("scan", *PROBE, "--who", *JSON)
    without, with_ = (json.loads((tmp_path / n).read_text()) for n in ("without.json", "r.json"))
    for finding in with_["findings"]:
        finding["changed_by"] = None
    assert with_["findings"] == without["findings"]
    assert with_["summary"] == without["summary"]


def test_no_secret_of_a_request_gets_into_a_report(auditor, aws, tmp_path):
    _, out, err = auditor("scan", *PROBE, "--who", "--format", "json")
    assert "hunter2" not in out + err
    assert "ASIA" not in out


def test_a_denial_is_one_line_and_leaves_the_coverage_complete(auditor, aws, tmp_path):
    aws.say_of_history(error("AccessDeniedException", "not authorized", "json", 400))
    code, out, _ = auditor("scan", *PROBE, "--who", *JSON, "--format", "table")
    report = read_report(tmp_path / "r.json")
    assert (code, report.coverage.complete) == (1, True)
    (refusal,) = report.coverage.refusals
    assert refusal.grant == ("cloudtrail:LookupEvents",)
    assert drift_in(tmp_path / "r.json").changed_by.answer == "refused"
    assert "cloudtrail:LookupEvents: AccessDeniedException (denied), 1 time" in out
    assert aws.lookups == 1


@pytest.mark.parametrize("how", ["state", "previous"])
def test_a_later_night_does_not_ask_again(auditor, aws, tmp_path, how):
    first = [*JSON] if how == "previous" else ["--state", "kept", *JSON]
    again = ["--previous", "r.json"] if how == "previous" else ["--state", "kept"]
    auditor("scan", *PROBE, "--who", *first)
    named = drift_in(tmp_path / "r.json").changed_by
    auditor("scan", *PROBE, "--who", *again, "--format", "json", "--output", "s.json")
    assert aws.lookups == 2
    finding = drift_in(tmp_path / "s.json")
    assert (finding.state, finding.changed_by) == ("persisting", named)
    assert read_report(tmp_path / "s.json").changes == []


def test_a_report_gains_it_afterwards(auditor, aws, tmp_path):
    auditor("scan", *PROBE, *JSON)
    code, out, _ = auditor("who", "r.json", "--region", "us-east-1")
    (finding,) = [f for f in json.loads(out)["findings"] if f["verdict"] == "drift"]
    assert (code, finding["changed_by"]["event_name"]) == (0, "EnableKeyRotation")
    assert auditor("who", "r.json", "-o", "r.json", "--region", "us-east-1")[0] == 0
    assert auditor("who", "r.json", "-o", "r.json", "--region", "us-east-1")[0] == 0
    assert aws.lookups == 4


def test_what_was_answered_is_kept_with_the_inventory(auditor, aws, tmp_path):
    auditor("collect", *PROBE, "-o", "i.jsonl")
    auditor("judge", "i.jsonl", *PROBE[:2], *JSON)
    assert drift_in(tmp_path / "r.json").changed_by is None
    auditor("who", "r.json", "--inventory", "i.jsonl", "-o", "w.json", "--region", "us-east-1")
    kept = (tmp_path / "i.jsonl").read_text()
    assert "hunter2" not in kept
    auditor("who", "r.json", "--inventory", "i.jsonl", "-o", "w.json", "--region", "us-east-1")
    assert len((tmp_path / "i.jsonl").read_text().splitlines()) == len(kept.splitlines())
    asked = aws.lookups
    code, _, _ = auditor("judge", "i.jsonl", *PROBE[:2], *JSON)
    assert (code, aws.lookups) == (1, asked)
    by = drift_in(tmp_path / "r.json").changed_by
    assert by == drift_in(tmp_path / "w.json").changed_by
    assert (by.answer, (tmp_path / "i.jsonl").stat().st_mode & 0o777) == ("found", 0o600)


def test_calls_beyond_the_bound_are_said_to_be_left_out(auditor, aws, tmp_path):
    auditor("scan", *PROBE, "--who", "--who-calls", "1", *JSON)
    report = read_report(tmp_path / "r.json")
    assert aws.lookups == 1
    (told,) = report.coverage.notes
    assert told == (
        "who changed 1 of 1 drifted resources was not asked:"
        " 1 calls were made, about the most severe"
    )
    by = drift_in(tmp_path / "r.json").changed_by
    assert (by.answer, by.sure, by.note) == ("found", "possible", "not every name was asked for")


def test_credentials_of_another_account_are_said_to_lead_nowhere(auditor, aws, tmp_path):
    auditor("scan", *PROBE, *JSON)
    other = aws.answers["sts:GetCallerIdentity"].body.replace(ACCOUNT, "210987654321")
    aws.answers["sts:GetCallerIdentity"] = Said(200, other, XML)
    _, out, _ = auditor("who", "r.json", "--region", "us-east-1")
    report = json.loads(out)
    assert report["coverage"]["notes"] == [
        f"who changed account {ACCOUNT} was not asked: no way leads into it"
    ]
    assert report["findings"][0]["changed_by"]["answer"] == "not_asked"


def test_who_without_credentials_is_one_sentence(auditor, aws, monkeypatch):
    auditor("scan", *PROBE, *JSON)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    code, _, err = auditor("who", "r.json", "--region", "us-east-1")
    assert (code, err.startswith("Error: no credentials")) == (2, True)


def test_names_that_somebody_chose_do_not_move_the_cursor(auditor, credentials, monkeypatch):
    hostile = {"type": "IAMUser", "arn": "arn:aws:iam::1:user/\x1b[2J\u202eevil"}
    with Aws(identity=hostile, sourceIPAddress="a\r\nb") as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        _, out, _ = auditor("scan", *PROBE, "--who")
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "\\x1b[2J\\u202eevil" in "".join(out.split())


def test_the_policy_names_it_only_when_asked_for(auditor):
    lookup = "cloudtrail:LookupEvents"
    assert lookup in auditor("permissions", "--who", *PROBE[:2])[1]
    assert lookup not in auditor("permissions", *PROBE[:2])[1]


@pytest.mark.parametrize(
    "text", ["", "x\n", "[]\n", '{"kind": 1}\n', '{"queries": {}}\nx\n'],
    ids=["empty", "text", "list", "other", "damaged"],
)  # fmt: skip
def test_a_file_that_is_no_inventory_is_refused_and_stays(tmp_path, text):
    path = tmp_path / "i.jsonl"
    path.write_text(text)
    with pytest.raises(StoreError):
        keep(path, [Inventory()])
    assert path.read_text() == text


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path):
    with pytest.raises(StoreError, match="cannot be read"):
        keep(tmp_path / "none.jsonl", [])
