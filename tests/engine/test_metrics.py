"""How a run ended, for logs and for metrics: true to the report, bounded, and well formed."""

import json
import os
import re
import sys
from datetime import timedelta

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from auditor.cli import main as cli
from auditor.errors import UserError
from auditor.job.ending import Ending
from auditor.job.metrics import Gauge, _text, embedded, prometheus, tallies_of
from auditor.job.summary_line import SummaryLine, schema, summary_line, text_of
from auditor.over_time.lifecycle import follow, past_of
from auditor.report import Skipped
from tests.engine.nights import Sight, night
from tests.kit import ACCOUNT, REGION

BAD, GOOD = "Disabled", "Enabled"
NOW = 1_800_000_000.5

EMF = {
    "type": "object",
    "required": ["_aws"],
    "properties": {
        "_aws": {
            "type": "object",
            "required": ["Timestamp", "CloudWatchMetrics"],
            "properties": {
                "Timestamp": {"type": "integer"},
                "CloudWatchMetrics": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["Namespace", "Dimensions", "Metrics"],
                        "properties": {
                            "Namespace": {"type": "string", "minLength": 1, "maxLength": 255},
                            "Dimensions": {
                                "type": "array",
                                "minItems": 1,
                                "items": {
                                    "type": "array",
                                    "minItems": 0,
                                    "maxItems": 30,
                                    "items": {"type": "string", "minLength": 1, "maxLength": 250},
                                },
                            },
                            "Metrics": {
                                "type": "array",
                                "maxItems": 100,
                                "items": {
                                    "type": "object",
                                    "required": ["Name"],
                                    "properties": {
                                        "Name": {
                                            "type": "string",
                                            "minLength": 1,
                                            "maxLength": 255,
                                        },
                                        "Unit": {"enum": ["Seconds", "Count", "None"]},
                                    },
                                    "additionalProperties": False,
                                },
                            },
                        },
                        "additionalProperties": False,
                    },
                },
            },
            "additionalProperties": False,
        }
    },
}
"""As the CloudWatch user guide has it ("Specification: Embedded metric format"), with the limits
that its text names and with the units that are used here."""

SAMPLE = re.compile(
    r'^[a-z_]+(\{[a-z]+="(?:[^"\\\n]|\\[\\"n])*"(,[a-z]+="(?:[^"\\\n]|\\[\\"n])*")*\})? [0-9.e+-]+$'
)


def report(keys, **how):
    return night(0, {REGION: Sight(keys)}, **how)


def line_of(made, code=1):
    return summary_line(made, code)


def samples(text):
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return dict(line.rsplit(" ", 1) for line in lines)


def documents(text):
    return [json.loads(line) for line in text.splitlines()]


# -- the summary line -----------------------------------------------------------------------------


class TestTheSummaryLine:
    def test_says_what_the_report_says(self):
        made = report({"a": BAD, "b": GOOD, "c": BAD}, waivers=[waiver("c")])
        made.run.finished_at = made.run.started_at + timedelta(seconds=7.25)
        said = json.loads(text_of(line_of(made)))
        assert said["kind"] == "audit"
        assert (said["exit_code"], said["error"]) == (1, "")
        outcome = said["outcome"]
        assert outcome["run"] == made.run.id
        assert outcome["seconds"] == 7.25
        assert outcome["looked"]["complete"]
        assert outcome["looked"]["accounts"] == [ACCOUNT]
        assert outcome["looked"]["regions"] == [REGION]
        assert outcome["found"]["total"] == 3
        assert outcome["found"]["waived"] == 1
        assert outcome["found"]["verdicts"]["drift"] == 1
        assert outcome["found"]["severities"] == {
            "critical": 0, "high": 0, "medium": 1, "low": 0, "informational": 0,
        }  # fmt: skip
        assert outcome["changes"] is None

    def test_counts_changes_where_the_run_continues_another(self):
        before = report({"a": BAD, "b": BAD})
        after = follow(
            night(1, {REGION: Sight({"a": GOOD, "b": BAD, "c": BAD})}), past_of([before])
        )
        said = json.loads(text_of(line_of(after)))
        assert said["outcome"]["changes"] == {
            "opened": 1, "changed": 0, "reopened": 0, "resolved": 1, "unverified": 0,
            "waived": 0, "waiver_expired": 0,
        }  # fmt: skip

    def test_is_one_line_of_ascii_however_the_account_is_called(self):
        made = report({"a": BAD})
        made.scope.accounts.append("\n\x1b[31mé")
        text = text_of(line_of(made))
        assert text.isascii()
        assert text.count("\n") == 1
        assert "\x1b" not in text

    @pytest.mark.parametrize(
        "line", [line_of(report({"a": BAD})), SummaryLine(exit_code=2, error="no credentials")]
    )
    def test_keeps_to_its_schema(self, line):
        Draft202012Validator(schema()).validate(json.loads(text_of(line)))


def waiver(name):
    return {
        "probe": "engine.example", "resource": name, "reason": "known and accepted",
        "owner": "team", "until": "2999-01-01",
    }  # fmt: skip


# -- Prometheus -----------------------------------------------------------------------------------


class TestPrometheus:
    def test_tells_findings_by_account_severity_and_verdict(self):
        made = report({"a": BAD, "b": GOOD, "c": BAD}, waivers=[waiver("c")])
        found = samples(prometheus(line_of(made), NOW, tallies_of(made)))
        labels = f'account="{ACCOUNT}",severity="medium"'
        assert found[f'auditor_findings{{{labels},verdict="drift"}}'] == "1"
        assert found[f'auditor_findings{{{labels},verdict="pass"}}'] == "1"
        assert found[f'auditor_findings{{{labels},verdict="gap"}}'] == "0"
        assert found[f"auditor_findings_waived{{{labels}}}"] == "1"
        assert found["auditor_exit_code"] == "1"
        assert found["auditor_coverage_complete"] == "1"
        assert float(found["auditor_run_timestamp_seconds"]) == NOW

    def test_has_the_same_series_whatever_was_found(self):
        texts = []
        for keys in ({}, {"a": BAD}, {"a": GOOD, "b": "Missing"}):
            made = report(keys)
            texts.append(samples(prometheus(line_of(made), NOW, tallies_of(made))).keys())
        assert texts[0] == texts[1] == texts[2]
        assert len(texts[0]) == 9 + 25 + 5

    def test_is_well_formed(self):
        made = follow(report({"a": BAD}), past_of([report({})]))
        text = prometheus(line_of(made), NOW, tallies_of(made))
        assert text.endswith("\n")
        helped = re.findall(r"^# HELP (\S+) \S", text, re.MULTILINE)
        typed = re.findall(r"^# TYPE (\S+) gauge$", text, re.MULTILINE)
        assert helped == typed
        assert len(set(helped)) == len(helped)
        for line in text.splitlines():
            assert line.startswith("# ") or SAMPLE.match(line), line
        assert 'auditor_changes{kind="opened"} 1' in text

    @given(st.text())
    def test_a_label_can_hold_any_text_and_break_nothing(self, text):
        gauge = Gauge("auditor_x", "X.", (((("account", text),), 1),))
        *_, sample = _text(gauge).removesuffix("\n").split("\n")
        assert SAMPLE.match(sample)
        value = sample[len('auditor_x{account="') : -len('"} 1')]
        unescaped = re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), value, flags=re.DOTALL)
        assert unescaped == text

    def test_a_run_that_failed_says_so_and_claims_no_findings(self):
        text = prometheus(SummaryLine(exit_code=2, error="no credentials"), NOW)
        assert samples(text).keys() == {"auditor_exit_code", "auditor_run_timestamp_seconds"}


# -- CloudWatch -----------------------------------------------------------------------------------


class TestTheEmbeddedMetricFormat:
    @pytest.mark.parametrize("keys", [{}, {"a": BAD, "b": GOOD, "c": "Missing"}])
    def test_keeps_to_its_specification(self, keys):
        made = follow(report(keys), past_of([report({})]))
        made.coverage.accounts_skipped.append(Skipped("1", "", "", "denied"))
        for document in documents(embedded(line_of(made), NOW, tallies_of(made))):
            Draft202012Validator(EMF).validate(document)
            assert document["_aws"]["Timestamp"] == 1_800_000_000_500
            for directive in document["_aws"]["CloudWatchMetrics"]:
                for metric in directive["Metrics"]:
                    assert type(document[metric["Name"]]) in {int, float}
                for dimensions in directive["Dimensions"]:
                    assert all(isinstance(document[name], str) for name in dimensions)
            assert len(json.dumps(document)) < 256 * 1024

    def test_the_first_line_is_the_whole_run_and_has_no_dimensions(self):
        made = report({"a": BAD, "b": GOOD})
        first, *_ = documents(embedded(line_of(made), NOW, tallies_of(made)))
        (directive,) = first["_aws"]["CloudWatchMetrics"]
        assert directive["Dimensions"] == [[]]
        said = (first["ExitCode"], first["CoverageComplete"], first["Medium"], first["Critical"])
        assert said == (1, 1, 1, 0)

    def test_the_others_are_an_account_and_a_severity_each(self):
        made = report({"a": BAD, "b": GOOD})
        _, *others = documents(embedded(line_of(made), NOW, tallies_of(made)))
        assert [one["Severity"] for one in others] == [
            "critical", "high", "medium", "low", "informational",
        ]  # fmt: skip
        medium = next(one for one in others if one["Severity"] == "medium")
        assert (medium["Account"], medium["Drift"], medium["Gap"]) == (ACCOUNT, 1, 0)

    def test_a_run_that_failed_is_an_exit_code_and_nothing_else(self):
        (only,) = documents(embedded(SummaryLine(exit_code=2, error="no way in"), NOW))
        Draft202012Validator(EMF).validate(only)
        assert only["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [
            {"Name": "ExitCode", "Unit": "None"}
        ]


# -- the program ----------------------------------------------------------------------------------

SCAN = ("scan", "--probe", "encryption.key_rotation", "--region", "us-east-1")


@pytest.fixture
def auditor(monkeypatch, capsys, tmp_path, aws):
    """Runs the program in an empty folder: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    boto3.client("kms", "us-east-1").create_key()

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["auditor", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.run()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return run


class TestTheProgram:
    def test_the_summary_is_the_last_line_on_stderr(self, auditor):
        code, out, err = auditor(*SCAN, "--summary")
        assert code == 1
        assert "Customer keys rotate" in out
        said = json.loads(err)
        assert said["exit_code"] == 1
        assert said["outcome"]["looked"]["calls"] > 0
        assert said["outcome"]["found"]["verdicts"]["gap"] == 1

    def test_the_summary_goes_to_a_file_that_is_named(self, auditor, tmp_path):
        _, _, err = auditor(*SCAN, "--summary", "s.json")
        assert err == ""
        assert json.loads((tmp_path / "s.json").read_text())["exit_code"] == 1

    def test_metrics_are_files_that_a_collector_may_read(self, auditor, tmp_path):
        before = os.umask(0o077)
        try:
            auditor(*SCAN, "--metrics", "auditor.prom", "--metrics-emf", "auditor.emf")
        finally:
            os.umask(before)
        assert (tmp_path / "auditor.prom").stat().st_mode & 0o777 == 0o644
        assert (tmp_path / "auditor.emf").stat().st_mode & 0o777 == 0o600
        assert "auditor_exit_code 1\n" in (tmp_path / "auditor.prom").read_text()
        assert documents((tmp_path / "auditor.emf").read_text())[0]["ExitCode"] == 1
        assert {path.name for path in tmp_path.iterdir()} >= {"auditor.prom", "auditor.emf"}
        assert not list(tmp_path.glob(".auditor*"))

    def test_embedded_metrics_may_have_stdout_to_themselves(self, auditor):
        report_file = ("--format", "json", "--output", "r.json")
        _, out, _ = auditor(*SCAN, *report_file, "--metrics-emf", "-")
        assert documents(out)[0]["ExitCode"] == 1

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            pytest.param(("--metrics-emf", "-"), "would go to stdout", id="two on stdout"),
            pytest.param(("--metrics", "-"), "--metrics needs a file", id="no file"),
            pytest.param(("--metrics", "no/such/m.prom"), "no folder", id="no folder"),
            pytest.param(("--summary", "no/such/s"), "no folder", id="no folder for the summary"),
        ],
    )
    def test_what_cannot_be_written_is_refused_before_anything_is_asked(
        self, auditor, arguments, says
    ):
        code, out, err = auditor(*SCAN, *arguments)
        assert (code, out) == (2, "")
        assert says in err

    def test_a_run_that_comes_to_no_report_is_told_as_well(self, auditor, tmp_path):
        watched = ("--summary", "--metrics", "m.prom")
        code, _, err = auditor(*SCAN, "--baseline", "missing.yaml", *watched)
        line, error = err.splitlines()
        said = json.loads(line)
        assert (code, said["exit_code"], said["outcome"]) == (2, 2, None)
        assert said["error"] in error
        assert "auditor_exit_code 2\n" in (tmp_path / "m.prom").read_text()

    def test_a_run_that_another_one_keeps_out_ends_with_2_and_says_so(self, auditor, tmp_path):
        from auditor.job.lock import locked

        with locked(tmp_path / "lock"):
            code, out, err = auditor(*SCAN, "--lock", tmp_path / "lock", "--summary")
        line, error = err.splitlines()
        assert (code, out, json.loads(line)["exit_code"]) == (2, "", 2)
        assert "another run is at work (pid " in error

    def test_collect_takes_turns_with_scan(self, auditor, tmp_path):
        from auditor.job.lock import locked

        with locked(tmp_path / "lock"):
            code, _, err = auditor("collect", *SCAN[1:], "--lock", "lock", "-o", "i.jsonl")
        assert code == 2
        assert err.count("\n") == 1
        assert auditor("collect", *SCAN[1:], "--lock", "lock", "-o", "i.jsonl")[0] == 0

    def test_judging_is_told_like_scanning(self, auditor):
        auditor("collect", *SCAN[1:], "-o", "i.jsonl")
        code, _, err = auditor("judge", "i.jsonl", *SCAN[1:3], "--summary=-")
        assert (code, json.loads(err)["exit_code"]) == (1, 1)

    @pytest.mark.parametrize("text", ["0", "-5", "1d", "soon", "1.5h", "", "9999999", "200h", "٣"])
    def test_a_timeout_that_is_none_is_refused(self, auditor, text):
        code, _, err = auditor(*SCAN, "--timeout", text)
        assert code == 2
        assert "is no duration such as 90, 90s, 15m or 1h" in err

    @pytest.mark.parametrize("text", ["90", "90s", "15m", "1h"])
    def test_a_run_that_has_time_enough_is_like_any_other(self, auditor, text):
        assert auditor(*SCAN, "--timeout", text)[0] == 1


def test_a_file_that_cannot_be_written_is_said_in_one_sentence(tmp_path):
    gone = tmp_path / "gone" / "m.prom"
    with pytest.raises(UserError, match=r"m\.prom: No such file or directory"):
        Ending(metrics=str(gone)).tell(report({"a": BAD}), 1)


def test_an_error_is_told_in_one_line_and_still_raised(capsys):
    with pytest.raises(UserError), Ending(summary="-").watched():
        raise UserError("the file\nis no file")
    assert json.loads(capsys.readouterr().err)["error"] == "the file is no file"
