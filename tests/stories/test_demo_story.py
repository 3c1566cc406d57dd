"""The demo's account: all stories at once, and the shop, in which everything meets.

The expected findings of the broken shop stand in `shop_findings.txt`, so that a change of verdicts
is seen in review; those of the other stories stand beside their items.
"""

import json
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from auditor.baseline import load as load_baseline
from auditor.catalogue import load
from auditor.cli.main import main
from auditor.demo.run import demonstrate
from auditor.demo.stories import SHOP, STORIES, NoSuchStory, applications
from auditor.outcome import exit_code
from auditor.reports import Show, format_named
from auditor.reports.json_document import schema
from auditor.scan import Access, scan
from tests.engine.test_html_page import Page
from tests.stories.telling import assert_repaired, told

PROBES = load()
BROKEN, REPAIRED = "us-east-1", "eu-central-1"
ASKS_NOTHING = {
    # These wait for a baseline of somebody who wants more than the shipped one,
    "containers.command_execution",
    "databases.optional_settings",
    "load_balancing.optional_attributes",
    # and this for a server that CloudFront reaches by its public address.
    "edge.origin_encryption",
}
TABLE = Path(__file__).with_name("shop_findings.txt")


@pytest.fixture(scope="module")
def report():
    """The report of the account that holds all stories, in both states."""
    from moto import mock_aws

    from auditor.demo.account import build
    from auditor.demo.gaps import install_gaps

    install_gaps()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        with mock_aws(config={"lambda": {"use_docker": False}}):
            build()
            return scan(Access(), PROBES, load_baseline(None, PROBES))


@pytest.fixture(scope="module")
def served():
    """The report of the same account over HTTP, as `auditor demo` makes it."""
    return demonstrate(PROBES, load_baseline(None, PROBES))


def violations(report):
    return [finding for finding in report.findings if finding.verdict.violates]


class TestTheScan:
    def test_everything_was_looked_at(self, report):
        assert report.coverage.complete
        assert not report.errors
        assert [(r.operation, r.region, r.code) for r in report.coverage.refusals] == []
        assert set(report.scope.regions) == {BROKEN, REPAIRED, "eu-west-1", "us-west-2"}

    def test_no_verdict_is_unknown(self, report):
        unknown = [f for f in report.findings if f.verdict == "unknown"]
        assert [(f.probe, f.region, f.resource.name, f.message) for f in unknown] == []

    def test_findings_make_the_exit_code_one(self, report):
        assert exit_code(report, "low") == 1

    def test_every_violation_says_what_to_do(self, report):
        for finding in violations(report):
            assert finding.message, finding.probe
            assert finding.code, finding.probe
            assert finding.fix, finding.probe

    def test_empty_regions_are_silent(self, report):
        assert {f.region for f in violations(report)} <= {BROKEN, ""}

    def test_every_probe_has_something_to_pass_among_what_is_repaired(self, report):
        """An empty report must not come from having looked at nothing."""
        own = [f for f in report.findings if f.region in {REPAIRED, ""}]
        passed = {f.probe for f in own if f.verdict == "pass"}
        assert {probe.id for probe in PROBES} - passed == ASKS_NOTHING


class TestThePage:
    def test_every_violation_is_in_it(self, report):
        stream = StringIO()
        format_named("html").write(report, stream, Show())
        page = Page(stream.getvalue())
        found = violations(report)
        assert [f.resource.name for f in found if f.resource.name not in page.text] == []
        in_full = [f.id for f in found if f"Finding {f.id}" in page.text]
        assert page.headings.count(4) == len(in_full)
        assert page.headings.count(3) == len({f.probe for f in found})
        assert len(in_full) + page.rows("in brief") == len(found)


@pytest.mark.parametrize("name", STORIES)
def test_what_a_story_shows_alone_is_shown_among_the_others(report, name):
    alone = violations(told(name, repaired=False).report)
    at_all = {(f.probe, f.part) for f in violations(report)}
    # The dashboards of a region are judged together.
    own = [f for f in alone if f.probe != "observability.dashboard_coverage"]
    assert {(f.probe, f.part) for f in own} <= at_all


class TestTheShop:
    def test_its_findings_are_those_of_the_table(self):
        lines = TABLE.read_text(encoding="utf-8").splitlines()
        expected = [tuple(filter(None, map(str.strip, line.split("  ")))) for line in lines]
        found = told("shop", repaired=False).rows()
        more = ["  ".join(row) for row in found if row not in expected]
        less = ["  ".join(row) for row in expected if row not in found]
        assert (more, less) == ([], []), "found and not in the table; in the table and not found"

    def test_nothing_is_found_once_it_is_repaired(self):
        assert_repaired("shop")


class TestOverHttp:
    def test_ids_and_verdicts_are_the_same(self, report, served):
        verdicts = [{f.id: (f.verdict, f.severity) for f in r.findings} for r in (report, served)]
        assert verdicts[0] == verdicts[1]
        assert len(report.findings) == len(verdicts[0])

    def test_everything_was_looked_at(self, served):
        assert served.coverage.complete
        assert not served.errors

    def test_its_document_is_as_the_schema_says(self, served):
        stream = StringIO()
        format_named("json").write(served, stream, Show())
        Draft202012Validator(schema()).validate(json.loads(stream.getvalue()))


class TestTheChoice:
    def test_without_a_name_it_is_every_story_in_both_states(self):
        names = {application.name for application in applications()}
        assert len(names) == len(applications()) > len(STORIES)
        assert {a.name for a in SHOP.both} <= names

    @pytest.mark.parametrize("name", STORIES)
    def test_a_story_is_as_it_was_found_or_as_it_should_be(self, name):
        assert {a.region for a in applications(name)} == {BROKEN}
        assert {a.region for a in applications(name, repaired=True)} == {REPAIRED}

    def test_all_that_is_repaired_can_be_had_by_itself(self):
        assert {a.region for a in applications(repaired=True)} == {REPAIRED}

    def test_an_unknown_name_is_told_the_names_that_there_are(self):
        with pytest.raises(NoSuchStory, match=", ".join(STORIES)):
            applications("nonsense")

    def test_one_story_is_shown_by_the_command(self):
        shown = CliRunner().invoke(
            main, ["demo", "--story", "release", "--repaired", "--format", "json", "--quiet"]
        )
        assert shown.exit_code == 0
        findings = json.loads(shown.stdout)["findings"]
        assert {f["region"] for f in findings} <= {REPAIRED, BROKEN, "eu-west-1", "us-west-2", ""}
        assert not [f for f in findings if f["verdict"] in {"gap", "drift"}]
