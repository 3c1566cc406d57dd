"""Names that attack whoever prints them: harmless in the table, unchanged in what machines read."""

import json
import re
import shlex
import unicodedata
from dataclasses import replace
from io import StringIO

import pytest
import yaml
from jsonschema import Draft202012Validator

from auditor import store
from auditor.baseline import load as load_baseline
from auditor.catalogue import known_queries, load, needed
from auditor.clients import Clients
from auditor.collect import collect
from auditor.judge import judge
from auditor.report_builder import Builder
from auditor.reports import Show, format_named
from auditor.reports.json_document import schema
from auditor.session import open_account

PROBES = load()
QUERIES = needed(PROBES)
REGION = "eu-west-1"
STYLE = re.compile(r"\x1b\[\d+m")
"""The only sequences that the table may write: click's colours."""

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
WIDTHS = (40, 80, 200)


@pytest.fixture(scope="module")
def texts():
    """What the text is after -> the text."""
    from auditor.demo.hostile import HOSTILE

    return HOSTILE


@pytest.fixture(scope="module")
def scanned():
    """(inventory, report) of the hostile account."""
    from moto import mock_aws

    from auditor.demo.hostile import hostile

    patch = pytest.MonkeyPatch()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        patch.setenv(name, "testing")
    with mock_aws(config={"lambda": {"use_docker": False}}):
        hostile(region=REGION)
        clients = Clients(None, frozenset(query.operation for query in QUERIES), threads=2)
        inventory = collect(open_account(clients, [REGION]), QUERIES)
        clients.close()
    patch.undo()
    return inventory, reported(inventory)


def reported(inventory):
    baseline = load_baseline(None, PROBES)
    builder = Builder(baseline, [probe.id for probe in PROBES])
    builder.add(inventory, judge(inventory, PROBES, baseline))
    return builder.build()


@pytest.fixture(scope="module")
def report(scanned):
    return scanned[1]


def written(report, name, show=None):
    stream = StringIO()
    format_named(name).write(report, stream, show or Show())
    return stream.getvalue()


def shown(text):
    """The text as the table is to show it."""
    return "".join(
        c.encode("unicode_escape").decode() if unicodedata.category(c) in HIDDEN else c
        for c in text
    )


def test_the_account_is_seen_whole_and_no_probe_stumbles(report):
    assert not report.errors
    assert not report.coverage.refusals
    assert not [f for f in report.findings if f.verdict == "unknown"]


class TestTheTable:
    @pytest.mark.parametrize("width", WIDTHS)
    def test_nothing_but_colours_and_line_ends_is_told_to_the_terminal(self, report, width):
        said = STYLE.sub("", written(report, "table", Show(width, colour=True)))
        assert {c for c in said if unicodedata.category(c) in HIDDEN} == {"\n"}

    def test_without_colours_there_is_no_sequence_at_all(self, report):
        assert "\x1b" not in written(report, "table", Show(80))

    @pytest.mark.parametrize("width", WIDTHS)
    def test_no_line_is_wider_than_the_terminal_where_words_allow(self, report, width):
        said = STYLE.sub("", written(report, "table", Show(width, colour=True)))
        wide = [line for line in said.splitlines() if len(line) > width]
        assert [line for line in wide if len(line.split()) > 1] == []

    @pytest.mark.parametrize("width", WIDTHS)
    def test_every_text_is_there_to_be_read(self, report, texts, width):
        # Of one probe, because of several the table shows the first findings of each.
        own = [f for f in report.findings if f.probe == "observability.alarm_actions"]
        said = written(replace(report, findings=own), "table", Show(width))
        # The first letters of each: what comes after them may stand on the next line.
        firsts = [shown(text).split()[0][:12] for text in texts.values()]
        assert [first for first in firsts if first not in said] == []

    def test_colours_change_no_word(self, report):
        plain, coloured = (written(report, "table", Show(80, colour)) for colour in (False, True))
        assert STYLE.sub("", coloured) == plain


class TestWhatMachinesRead:
    def test_the_document_is_ascii_valid_and_holds_the_original_texts(self, report, texts):
        text = written(report, "json")
        assert text.isascii()
        assert {c for c in text if not c.isprintable()} == {"\n"}
        document = json.loads(text)
        Draft202012Validator(schema()).validate(document)
        names = {(f["resource"]["tags"] or {}).get("Name") for f in document["findings"]}
        assert set(texts.values()) <= names

    def test_a_record_is_a_line(self, report):
        text = written(report, "jsonl")
        assert text.isascii()
        records = [json.loads(line) for line in text.splitlines()]
        found = [{k: v for k, v in r.items() if k != "kind"} for r in records]
        document = json.loads(written(report, "json"))
        kinds = [record["kind"] for record in records]
        assert kinds.count("report") == kinds.count("coverage") == 1
        assert [r for r, kind in zip(found, kinds, strict=True) if kind == "finding"] == (
            document["findings"]
        )

    def test_an_inventory_is_ascii_and_is_judged_again_to_the_same_words(self, scanned, tmp_path):
        inventory, report = scanned
        path = tmp_path / "inventory.jsonl"
        store.write([inventory], QUERIES, path)
        lines = path.read_text(encoding="ascii").splitlines()
        assert all(json.loads(line) for line in lines)
        (read,) = store.read(path, known_queries(PROBES))
        assert reported(read).findings == report.findings


class TestFixes:
    def test_a_command_comes_apart_into_the_original_words(self, report, texts):
        commands = {
            finding.resource.name: shlex.split(finding.fix.cli)
            for finding in report.findings
            if finding.probe == "observability.alarm_actions" and finding.fix
        }
        assert len(commands) == len(texts)
        for number, text in enumerate(texts.values()):
            name = f"{number} {text}"[:255]
            assert commands[name] == [
                *("aws", "cloudwatch", "enable-alarm-actions"),
                *("--alarm-names", name, "--region", REGION),
            ]

    def test_every_command_is_words_that_a_shell_leaves_alone(self, report):
        commands = [f.fix.cli for f in report.findings if f.fix and f.fix.cli]
        assert commands
        for command in commands:
            assert shlex.join(shlex.split(command)) == command

    def test_policies_in_commands_and_fragments_keep_their_other_words(self, report, texts):
        """The statement that is mended keeps its name, letter by letter, in both."""
        sids = set(), set()
        for finding in report.findings:
            if finding.probe == "encryption.key_policy" and finding.part == "public":
                (policy,) = [w for w in shlex.split(finding.fix.cli) if w.startswith("{")]
                fragment = yaml.safe_load(finding.fix.cloudformation)["Resources"]["Resource"]
                for kept, found in zip(
                    sids, (json.loads(policy), fragment["Properties"]["KeyPolicy"]), strict=True
                ):
                    kept |= {statement["Sid"] for statement in found["Statement"]}
        assert sids[0] == sids[1] == {"Administration", *texts.values()}

    def test_every_fragment_is_printable_and_loads(self, report):
        fragments = [f.fix.cloudformation for f in report.findings if f.fix]
        for fragment in filter(None, fragments):
            assert {c for c in fragment if not c.isprintable()} <= {"\n"}
            assert isinstance(yaml.safe_load(fragment)["Resources"], dict)
