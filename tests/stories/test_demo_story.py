"""The demo's account: everything that is broken is found on the right resource, and nothing else.

The expected findings of the broken application stand in `demo_findings.txt`, so that a change of
verdicts is seen in review.
"""

import json
from io import StringIO
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from auditor.baseline import load as load_baseline
from auditor.catalogue import load
from auditor.demo.run import demonstrate
from auditor.outcome import exit_code
from auditor.reports import Show, format_named
from auditor.reports.json_document import schema
from auditor.scan import Access, scan

PROBES = load()
BROKEN, REPAIRED = "us-east-1", "eu-central-1"
ASKS_NOTHING = {"load_balancing.optional_attributes"}
"""Probes that wait for a baseline of somebody who wants more than the shipped one."""

TABLE = Path(__file__).with_name("demo_findings.txt")


@pytest.fixture(scope="module")
def told():
    """(report, names) of the demo's account: AWS's name of a resource -> that in its stack."""
    from moto import mock_aws

    from auditor.demo.account import build
    from auditor.demo.gaps import install_gaps

    patch = pytest.MonkeyPatch()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        patch.setenv(name, "testing")
    install_gaps()
    with mock_aws(config={"lambda": {"use_docker": False}}):
        names = {(made.kind, made.physical): made.logical for s in build() for made in s.made}
        report = scan(Access(), PROBES, load_baseline(None, PROBES))
    patch.undo()
    return report, names


@pytest.fixture(scope="module")
def report(told):
    return told[0]


@pytest.fixture(scope="module")
def served():
    """The report of the same account over HTTP, as `auditor demo` makes it."""
    return demonstrate(PROBES, load_baseline(None, PROBES))


def violations(report):
    return [finding for finding in report.findings if finding.verdict.violates]


def row(finding, names):
    """What the table says of a finding: nothing that a rebuilt account would number otherwise."""
    resource = finding.resource
    known = (
        names.get((resource.type, name)) for name in (resource.id, resource.arn, resource.name)
    )
    name = next(filter(None, known), resource.name)
    if resource.type == "AWS::EC2::Volume":
        name = "(the worker's volume)"
    return (finding.probe, finding.part or "-", name, finding.code, finding.severity.value)


def expected_rows():
    """Probe, part, resource, code, severity; columns are two or more spaces apart."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [tuple(filter(None, map(str.strip, line.split("  ")))) for line in lines if line]


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


class TestTheBrokenApplication:
    def test_its_findings_are_those_of_the_table(self, told):
        report, names = told
        found = sorted(row(finding, names) for finding in violations(report))
        expected = sorted(expected_rows())
        more = ["  ".join(row) for row in found if row not in expected]
        less = ["  ".join(row) for row in expected if row not in found]
        assert (more, less) == ([], []), "found and not in the table; in the table and not found"
        assert len(found) == len(expected)

    def test_every_probe_that_has_findings_in_one_place_has_them_on_the_broken_one_alone(
        self, report
    ):
        for finding in violations(report):
            assert finding.region in {BROKEN, ""}, (finding.probe, finding.resource.name)

    def test_every_violation_says_what_to_do(self, report):
        for finding in violations(report):
            assert finding.message, finding.probe
            assert finding.code, finding.probe
            assert finding.fix, finding.probe


class TestTheRepairedApplication:
    def test_nothing_is_found_in_its_region(self, report):
        found = [f for f in violations(report) if f.region == REPAIRED]
        assert [(f.probe, f.part, f.resource.name, f.message) for f in found] == []

    def test_nothing_is_found_on_what_it_has_outside_of_regions(self, report):
        found = [f for f in violations(report) if not f.region]
        assert [f.resource.name for f in found if "shop-repaired" in f.resource.name] == []

    def test_every_probe_has_something_to_pass_there(self, report):
        """An empty report must not come from having looked at nothing."""
        own = [f for f in report.findings if f.region in {REPAIRED, ""}]
        passed = {f.probe for f in own if f.verdict == "pass"}
        assert {probe.id for probe in PROBES} - passed == ASKS_NOTHING

    def test_empty_regions_are_silent(self, report):
        regions = {f.region for f in violations(report)}
        assert not regions & {"eu-west-1", "us-west-2"}


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
