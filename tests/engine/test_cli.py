"""The program as a person meets it: words, exit codes, and nothing on stdout but the report."""

import json
import subprocess
import sys

import boto3
import pytest

from auditor.cli import main as cli
from tests.stub import Stub, denied, error

KMS_PROBE = ("--probe", "encryption.key_rotation", "--region", "us-east-1")


@pytest.fixture
def keys(aws):
    client = boto3.client("kms", "us-east-1")
    client.create_key()
    rotating = client.create_key()["KeyMetadata"]["KeyId"]
    client.enable_key_rotation(KeyId=rotating)


@pytest.fixture
def stub(credentials, monkeypatch):
    with Stub() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        yield server


def test_help_imports_no_probe_and_no_pydantic():
    program = (
        "import sys; from auditor.cli.main import main; main(['--help'], standalone_mode=False);"
        "print([m for m in sys.modules if m.split('.')[0] in ('probes', 'pydantic', 'botocore')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_every_command_is_summed_up_in_a_line(auditor):
    _, out, _ = auditor("--help")
    summaries = out.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert len(summaries) == len(cli.main.commands)
    assert all(line.endswith(".") and not line.endswith("...") for line in summaries)


def test_listing_probes_imports_no_botocore():
    program = (
        "import sys; from auditor.cli.main import main; main(['probes'], standalone_mode=False);"
        "print([m for m in sys.modules if m.split('.')[0] in ('boto3', 'botocore')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_scan_reports_and_exits_1_for_a_gap(auditor, keys):
    code, out, err = auditor("scan", *KMS_PROBE)
    assert code == 1
    assert "Customer keys rotate" in out
    assert "2 findings: 1 gap, 1 pass" in out
    assert err == ""


@pytest.mark.parametrize(
    ("fail_on", "expected"), [("informational", 1), ("medium", 1), ("high", 0), ("never", 0)]
)
def test_fail_on_decides_what_counts(auditor, keys, fail_on, expected):
    assert auditor("scan", *KMS_PROBE, "--fail-on", fail_on)[0] == expected


def test_json_on_stdout_is_one_document_and_nothing_else(auditor, keys):
    _, out, _ = auditor("scan", *KMS_PROBE, "--format", "json")
    report = json.loads(out)
    assert {f["verdict"] for f in report["findings"]} == {"gap", "pass"}
    assert report["coverage"]["complete"]
    assert report["scope"]["regions"] == ["us-east-1"]


def test_several_formats_in_one_run(auditor, keys, tmp_path):
    formats = ("--format", "json", "--output", "r.json", "--format", "jsonl", "--output", "r.jsonl")
    code, out, _ = auditor("scan", *KMS_PROBE, *formats, "--format", "table")
    document = json.loads((tmp_path / "r.json").read_text())
    lines = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert code == 1
    assert "Customer keys rotate" in out
    assert lines[0]["kind"] == "report"
    assert [n for n in lines if n["kind"] == "finding"] == [
        {"kind": "finding", **finding} for finding in document["findings"]
    ]


def test_only_narrows_what_is_shown_and_not_the_exit_code(auditor, keys):
    code, out, _ = auditor("scan", *KMS_PROBE, "--format", "json", "--only", "pass")
    assert [f["verdict"] for f in json.loads(out)["findings"]] == ["pass"]
    assert code == 1


def test_severity_narrows_what_is_shown_by_the_severity_of_findings(auditor, keys):
    """A probe's own severity says nothing of one finding: a remark may be worse than its probe."""
    _, out, _ = auditor("scan", "--probe", "encryption.*", *KMS_PROBE[2:], "--format", "json")
    whole = json.loads(out)
    least = ("--severity", "high")
    _, out, _ = auditor(
        "scan", "--probe", "encryption.*", *KMS_PROBE[2:], "--format", "json", *least
    )
    narrowed = json.loads(out)
    high = {f["id"] for f in whole["findings"] if f["severity"] in ("critical", "high")}
    assert high
    assert {f["id"] for f in narrowed["findings"]} == high
    assert narrowed["shown"] == {"verdicts": [], "severity": "high"}
    assert narrowed["scope"]["probes"] == whole["scope"]["probes"]
    assert narrowed["summary"] == whole["summary"]


@pytest.mark.parametrize(
    "command",
    [("tickets", "some.json"), ("tickets", "all.json", "--previous", "some.json"),
     ("diff", "all.json", "some.json"), ("diff", "some.json", "all.json")],
)  # fmt: skip
def test_what_holds_some_findings_only_is_never_compared(auditor, keys, tmp_path, command):
    formats = ("--format", "json", "--output")
    auditor("scan", *KMS_PROBE, *formats, "all.json")
    auditor("scan", *KMS_PROBE, *formats, "some.json", "--only", "pass", "--severity", "low")
    code, out, err = auditor(*command)
    assert (code, out) == (2, "")
    assert err.strip() == (
        "Error: some.json: holds some findings only (--only pass --severity low);"
        " take a whole report"
    )


def test_a_table_says_that_it_was_narrowed(auditor, keys):
    _, out, _ = auditor("scan", *KMS_PROBE, "--only", "pass")
    assert "Shown above: 1 of them (--only pass)." in out


def test_every_option_can_be_set_by_the_environment(auditor, keys, monkeypatch):
    monkeypatch.setenv("AUDITOR_PROBE", "encryption.key_rotation")
    monkeypatch.setenv("AUDITOR_REGION", "us-east-1 eu-west-1")
    monkeypatch.setenv("AUDITOR_FORMAT", "json")
    monkeypatch.setenv("AUDITOR_FAIL_ON", "never")
    code, out, _ = auditor("scan")
    assert code == 0
    assert json.loads(out)["scope"]["regions"] == ["us-east-1", "eu-west-1"]


def test_collect_and_judge_find_what_scan_finds(auditor, keys, tmp_path):
    _, scanned, _ = auditor("scan", *KMS_PROBE, "--format", "json")
    assert auditor("collect", *KMS_PROBE, "-o", "i.jsonl")[0] == 0
    assert (tmp_path / "i.jsonl").stat().st_mode & 0o777 == 0o600
    code, judged, _ = auditor("judge", "i.jsonl", *KMS_PROBE[:2], "--format", "json")
    assert code == 1
    assert json.loads(judged)["findings"] == json.loads(scanned)["findings"]


def test_an_inventory_is_judged_again_with_another_baseline(auditor, keys, tmp_path):
    auditor("collect", *KMS_PROBE, "-o", "i.jsonl")
    (tmp_path / "b.yaml").write_text(
        "version: 1\nsettings:\n  encryption.key_rotation: {required: false}\n"
    )
    code, out, _ = auditor("judge", "i.jsonl", *KMS_PROBE[:2], "--baseline", "b.yaml")
    assert code == 0
    assert "2 not applicable" in out


def test_the_baseline_in_the_working_folder_counts(auditor, keys, tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "baseline.yaml").write_text(
        "version: 1\nsettings:\n  encryption.key_rotation: {required: false}\n"
    )
    assert auditor("scan", *KMS_PROBE)[0] == 0


def test_a_waiver_is_applied_and_counted(auditor, keys, tmp_path):
    (tmp_path / "b.yaml").write_text(
        "version: 1\nwaivers:\n  - {probe: encryption.*, reason: being replaced, owner: team a,"
        " until: 2999-01-01}\n  - {probe: encryption.*, resource: nothing, reason: being replaced,"
        " owner: team a, until: 2999-01-01}\n"
    )
    code, out, _ = auditor("scan", *KMS_PROBE, "--baseline", "b.yaml")
    assert code == 0
    assert "1 waived" in out
    assert "The waiver on line 4" in out
    assert "matches nothing" in out


# -- what goes wrong, in one sentence -------------------------------------------------------------


def sentence(err: str) -> str:
    lines = [line for line in err.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, err
    assert "Traceback" not in err
    return lines[0]


def test_no_credentials(auditor):
    code, out, err = auditor("scan", "--region", "us-east-1")
    assert (code, out) == (2, "")
    assert "no credentials" in sentence(err)


def test_an_expired_token(auditor, stub):
    stub.answers["sts:GetCallerIdentity"] = error("ExpiredToken", "The token has expired", "query")
    code, _, err = auditor("scan", *KMS_PROBE)
    assert code == 2
    assert "ExpiredToken: The token has expired" in sentence(err)


def test_an_unknown_region(auditor, aws):
    code, _, err = auditor("scan", "--region", "mars-north-1")
    assert code == 2
    assert "mars-north-1" in sentence(err)


def test_a_region_that_is_not_enabled(auditor, aws):
    code, _, err = auditor("scan", "--region", "af-south-1")
    assert code == 2
    assert "not enabled" in sentence(err)


def test_an_endpoint_that_is_down(auditor, credentials, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    code, _, err = auditor("scan", *KMS_PROBE)
    assert code == 2
    assert "127.0.0.1:9" in sentence(err)


def test_an_account_where_everything_is_denied(auditor, stub):
    stub.otherwise = denied
    code, out, _ = auditor("scan", *KMS_PROBE, "--format", "json")
    report = json.loads(out)
    assert code == 3
    assert {f["verdict"] for f in report["findings"]} == {"unknown"}
    assert sum(use["answered"] for use in report["coverage"]["operations"]) == 0
    assert not report["coverage"]["complete"]
    assert {"kms:ListKeys"} <= {g for r in report["coverage"]["refusals"] for g in r["grant"]}


def test_a_refusal_names_what_it_made_unknown(auditor, stub, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    stub.otherwise = denied
    _, out, _ = auditor("scan", *KMS_PROBE)
    assert "verdict unknown\n    encryption.key_rotation (1)\n" in out
    _, out, _ = auditor("scan", *KMS_PROBE, "--only", "unknown")
    assert "    encryption.key_rotation  every AWS::KMS::Key (" in out
    _, out, _ = auditor("scan", *KMS_PROBE, "--only", "pass")
    assert "encryption.key_rotation" not in out


def test_a_collection_with_refusals_is_kept_and_exits_3(auditor, stub, tmp_path):
    stub.otherwise = denied
    code, out, err = auditor("collect", *KMS_PROBE, "-o", "i.jsonl")
    assert (code, out) == (3, "")
    assert "kms:ListKeys was refused once: AccessDenied" in err
    assert "kms:ListKeys would let it be seen" in err
    assert (tmp_path / "i.jsonl").is_file()


def test_the_table_names_what_was_not_seen_and_the_statement_to_see_it(auditor, stub):
    stub.otherwise = denied
    _, out, _ = auditor("scan", *KMS_PROBE)
    assert "Not seen, because AWS would not say" in out
    assert "kms:ListKeys" in out
    assert "Coverage INCOMPLETE" in out


def test_an_accepted_blind_spot_does_not_make_the_run_incomplete(auditor, stub, tmp_path):
    stub.otherwise = denied
    (tmp_path / "b.yaml").write_text(
        "version: 1\nblind_spots:\n  - {operation: '*', reason: known and accepted, until: 2999-01-01}\n"
    )
    code, out, _ = auditor("scan", *KMS_PROBE, "--baseline", "b.yaml", "--format", "json")
    report = json.loads(out)
    assert code == 0
    assert report["coverage"]["complete"]
    assert {f["verdict"] for f in report["findings"]} == {"unknown"}
    assert {r["accepted"] for r in report["coverage"]["refusals"]} == {"known and accepted"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("scan", "--probe", "nothing.*"), "no probe is named 'nothing.*'"),
        (("scan", "--format", "json", "--format", "table"), "two formats would go to stdout"),
        (("scan", "--output", "a", "--output", "b"), "more --output than --format"),
        (("scan", "--format", "json", "--output", "no/such/folder/r.json"), "cannot write"),
        (("scan", "--package", "no_such_package"), "cannot be imported"),
        (("judge", "missing.jsonl"), "missing.jsonl: No such file"),
        (("explain", "nothing"), "no probe is named 'nothing'"),
        (("explain", "key_rotation"), "; did you mean 'encryption.key_rotation'?"),
        (("probes", "--probe", "encryption.*,secrets.*"), "; name one at a time"),
        (("record", "--type", "AWS::KMS::Keys", "-o", "x"), "; did you mean 'AWS::KMS::Key'?"),
        (("scan", "--region", "us-east-1,eu-west-1"), "; repeat --region for each"),
        (("baseline", "check", "missing.yaml"), "missing.yaml: No such file"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_2(auditor, credentials, arguments, said):
    code, out, err = auditor(*arguments)
    assert (code, out) == (2, "")
    assert said in sentence(err)


def test_wrong_options_are_clicks_own_error(auditor):
    code, _, err = auditor("scan", "--nonsense")
    assert code == 2
    assert "No such option" in err


def test_a_sound_baseline_is_said_to_be_sound(auditor, tmp_path):
    (tmp_path / "b.yaml").write_text("version: 1\n")
    assert auditor("baseline", "check", "b.yaml")[:2] == (
        0,
        "b.yaml: sound (0 sections, 0 waivers)\n",
    )


def test_permissions_prints_policies_that_parse(auditor):
    code, out, _ = auditor("permissions", "--probe", "encryption.key_rotation")
    policy = json.loads(out)
    assert code == 0
    assert "kms:GetKeyRotationStatus" in policy["Statement"][0]["Action"]


def test_explain_says_where_a_value_comes_from(auditor, tmp_path):
    path = tmp_path / "b.yaml"
    path.write_text("version: 1\nsettings:\n  encryption.key_rotation:\n    longest_days: 200\n")
    code, out, _ = auditor("explain", "encryption.key_rotation", "--baseline", "b.yaml")
    assert code == 0
    assert "200 days  (b.yaml, line 4)" in out
    assert "(shipped default)" in out


def test_explain_keeps_commands_and_names_whole_on_a_narrow_terminal(auditor, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    _, out, _ = auditor("explain", "load_balancing.tls_policy")
    assert "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09" in out
    assert "\n  load_balancing.tls_policy.min_tls:" in out


class TestExplainForOneResource:
    WORKLOADS = """
version: 1
workloads:
- match: {name: "alias/*"}
  settings: {encryption.key_rotation: {longest_days: 100}}
- match: {tags: {Team: keys}}
  reason: they hold what is public
  settings:
    encryption.key_rotation:
      longest_days: 300
"""

    @pytest.fixture
    def tagged(self, aws, tmp_path):
        (tmp_path / "b.yaml").write_text(self.WORKLOADS)
        kms = boto3.client("kms", "us-east-1")
        kms.create_key()
        tags = [{"TagKey": "Team", "TagValue": "keys"}, {"TagKey": "Env", "TagValue": "qa"}]
        return kms.create_key(Tags=tags)["KeyMetadata"]["Arn"]

    ASK = ("explain", "encryption.key_rotation", "--baseline", "b.yaml", "--resource")

    def test_says_environment_workload_value_and_line(self, auditor, tagged):
        code, out, err = auditor(*self.ASK, tagged, "--region", "us-east-1")
        assert (code, err) == (0, "")
        assert "environment: staging" in out
        assert "workload: b.yaml, line 6: they hold what is public" in out
        assert "encryption.key_rotation.longest_days: 300 days  (b.yaml, line 10)" in out
        assert "encryption.key_rotation.required: true  (shipped default)" in out

    def test_takes_an_inventory_instead_of_asking(self, auditor, tagged):
        auditor("collect", *KMS_PROBE, "-o", "i.jsonl")
        _, live, _ = auditor(*self.ASK, tagged, "--region", "us-east-1")
        assert auditor(*self.ASK, tagged, "--inventory", "i.jsonl")[1] == live

    @pytest.mark.usefixtures("tagged")
    def test_says_that_there_is_none(self, auditor):
        code, _, err = auditor(*self.ASK, "arn:aws:kms:x", "--region", "us-east-1")
        assert code == 2
        assert "was not found among what encryption.key_rotation judges" in sentence(err)

    @pytest.mark.usefixtures("tagged")
    def test_says_that_it_may_be_among_what_was_not_seen(self, auditor):
        auditor("collect", "--probe", "observability.log_retention", "-o", "i.jsonl")
        code, _, err = auditor(*self.ASK, "arn:aws:kms:x", "--inventory", "i.jsonl")
        assert code == 2
        assert "of which not all was seen: not collected: kms:ListKeys" in sentence(err)

    @pytest.mark.usefixtures("tagged")
    def test_the_probe_itself_shows_what_workloads_set(self, auditor):
        _, out, _ = auditor("explain", "encryption.key_rotation", "--baseline", "b.yaml")
        assert '{"tags":{"Team":"keys"}}: 300 days  (b.yaml, line 10)' in out


def test_probes_as_json_tell_everything(auditor):
    _, out, _ = auditor("probes", "--format", "json", "--probe", "encryption.key_rotation")
    (probe,) = json.loads(out)
    assert probe["subjects"] == ["AWS::KMS::Key"]
    assert probe["settings"][1]["unit"] == "days"
    assert "kms:ListKeys" in probe["actions"]


def test_a_killed_write_leaves_nothing(auditor, keys, tmp_path, monkeypatch):
    target = tmp_path / "folder"
    target.mkdir()
    code, _, _ = auditor("scan", *KMS_PROBE, "--format", "json", "--output", target / "r.json")
    assert code == 1
    assert [path.name for path in target.iterdir()] == ["r.json"]


def test_the_version(auditor):
    assert auditor("--version")[1].startswith("auditor, version ")


def test_a_reader_that_has_had_enough_is_no_error(stub, tmp_path):
    stub.otherwise = denied
    command = f"{sys.executable} -c 'from auditor.cli.main import run; run()' scan --region us-east-1 | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


class TestHistory:
    """`--previous` and `--state`: a run continues an earlier one."""

    JSON = ("--format", "json", "--output")

    @pytest.mark.parametrize("how", ["--previous", "--state"])
    def test_a_second_run_tells_what_changed(self, auditor, keys, tmp_path, how):
        first = ("--state", "kept") if how == "--state" else ()
        auditor("scan", *KMS_PROBE, *first, *self.JSON, "one.json")
        kms = boto3.client("kms", "us-east-1")
        for key in kms.list_keys()["Keys"]:
            kms.enable_key_rotation(KeyId=key["KeyId"])
        second = ("--state", "kept") if how == "--state" else ("--previous", "one.json")
        code, out, err = auditor("scan", *KMS_PROBE, *second)
        assert (code, err) == (0, "")
        assert "Resolved since the last run\n  medium  encryption.key_rotation" in out
        assert "with 1 open: 1 resolved." in out

    def test_both_are_one_too_many(self, auditor):
        code, _, err = auditor("scan", "--previous", "a.json", "--state", "b")
        assert code == 2
        assert "not both" in err

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            (None, "r.json: No such file or directory"),
            ("{", "r.json: is no report of this tool (document: Invalid JSON"),
            (
                '{"schema_version": "1.1"}',
                "r.json: is no report of this tool (tool: Field required",
            ),
        ],
    )
    def test_what_is_no_report_is_one_sentence(self, auditor, tmp_path, text, says):
        if text is not None:
            (tmp_path / "r.json").write_text(text)
        code, _, err = auditor("scan", "--previous", "r.json")
        assert code == 2
        assert says in sentence(err)

    def test_a_report_of_a_later_version_is_refused(self, auditor, keys, tmp_path):
        auditor("scan", *KMS_PROBE, *self.JSON, "one.json")
        text = (tmp_path / "one.json").read_text().replace('"1.1"', '"2.0"', 1)
        (tmp_path / "one.json").write_text(text)
        code, _, err = auditor("scan", *KMS_PROBE, "--previous", "one.json")
        assert code == 2
        assert "is of version 2.0, this reads 1.1" in sentence(err)


def test_the_baseline_of_the_folder_is_said_to_count(auditor, keys, tmp_path):
    scan = ("scan", *KMS_PROBE)
    assert "Baseline:" not in auditor(*scan)[1]
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "baseline.yaml").write_text("version: 1\n")
    _, out, err = auditor(*scan)
    assert err == "the baseline is config/baseline.yaml, of this folder\n"
    assert "\nBaseline: config/baseline.yaml.\n" in out
    assert auditor(*scan, "--quiet")[2] == ""
    assert auditor(*scan, "--baseline", "config/baseline.yaml")[2] == ""
    assert auditor("explain", "encryption.key_rotation")[2] == ""


@pytest.mark.parametrize("how", ["--state", "--previous"])
def test_what_a_run_was_not_to_ask_stays_open_and_is_not_spoken_of(auditor, keys, tmp_path, how):
    def scan(probe, name, past):
        given = ("--state", "kept") if how == "--state" else ("--previous", past) if past else ()
        region = ("--region", "us-east-1")
        auditor("scan", "--probe", probe, *region, *given, "--format", "json", "--output", name)
        return json.loads((tmp_path / name).read_text())

    scan("encryption.*", "one.json", "")
    narrowed = scan("encryption.key_d*", "two.json", "one.json")
    assert (narrowed["changes"], narrowed["unverified"]) == ([], [])
    assert narrowed["scope"]["named_probes"] == ["encryption.key_d*"]
    again = scan("encryption.*", "three.json", "two.json")
    rotation = [f for f in again["findings"] if f["probe"] == KMS_PROBE[1] and f["state"]]
    assert (again["changes"], [f["state"] for f in rotation]) == ([], ["persisting"])


class TestWaive:
    WHY = ("--reason", "until the new key", "--owner", "keys", "--until", "2099-06-30")

    @pytest.fixture
    def finding(self, auditor, keys, tmp_path):
        auditor("scan", *KMS_PROBE, "--format", "json", "--output", "r.json", "--state", "kept")
        report = json.loads((tmp_path / "r.json").read_text())
        return next(f["id"] for f in report["findings"] if f["verdict"] == "gap")

    @pytest.mark.parametrize("where", [("--report", "r.json"), ("--state", "kept")])
    def test_accepts_a_finding_until_a_day(self, auditor, finding, where):
        waived = auditor("waive", finding[:10], *where, *self.WHY, "--baseline", "b.yaml")
        assert waived == (0, "b.yaml:5: encryption.key_rotation is accepted until 2099-06-30\n", "")
        code, out, _ = auditor("scan", *KMS_PROBE, "--baseline", "b.yaml")
        assert code == 0
        assert "1 waived" in out

    def test_another_day_can_be_tried(self, auditor, finding):
        auditor("waive", finding, "--report", "r.json", *self.WHY, "--baseline", "b.yaml")
        scan = ("scan", *KMS_PROBE, "--baseline", "b.yaml", "--as-of")
        assert "expires after 2099-06-30" in auditor(*scan, "2099-06-29")[1]
        code, out, _ = auditor(*scan, "2099-07-01")
        assert code == 1
        assert "The waiver on line 5 (encryption.key_rotation, keys) has expired." in out

    @pytest.mark.parametrize(
        ("given", "says"),
        [
            (("--owner", "y"), "owner: string should have at least 2 characters"),
            (("--reason", ""), "reason: string should have at least 3 characters"),
            (("--until", "2020-01-01"), "2020-01-01 is over: today is "),
        ],
    )
    def test_what_could_not_count_is_not_written(self, auditor, finding, tmp_path, given, says):
        where = ("--report", "r.json", "--baseline", "b.yaml")
        code, out, err = auditor("waive", finding, *where, *self.WHY, *given)
        assert (code, out) == (2, "")
        assert says in sentence(err)
        assert not (tmp_path / "b.yaml").exists()

    def test_a_folder_that_is_not_there_is_named(self, auditor, finding):
        code, _, err = auditor("waive", finding, "--report", "r.json", *self.WHY)
        assert code == 2
        assert "config is no folder that can be written to; --baseline names" in sentence(err)

    @pytest.mark.parametrize("where", [(), ("--report", "r.json", "--state", "kept")])
    def test_needs_one_place_to_look_it_up(self, auditor, finding, where):
        code, _, err = auditor("waive", finding, *where, *self.WHY)
        assert code == 2
        assert "--report FILE or --state DIR" in err


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (
            OSError(28, "No space left on device", "r.json"),
            2,
            "Error: r.json: No space left on device\n",
        ),
        (ZeroDivisionError("a bug"), 4, "ZeroDivisionError: a bug\n"),
    ],
    ids=["full disk", "a fault"],
)
def test_what_ends_the_program_never_looks_like_violations(monkeypatch, capsys, raised, code, said):
    def fail(**_):
        raise raised

    monkeypatch.setattr(cli, "main", fail)
    with pytest.raises(SystemExit) as ended:
        cli.run()
    assert ended.value.code == code
    assert capsys.readouterr().err.endswith(said)
