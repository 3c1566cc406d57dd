"""Stories told once: each state built in an account of its own, scanned, and put into rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pytest

from auditor.baseline import load as load_baseline
from auditor.catalogue import load
from auditor.finding import Finding
from auditor.report import Report
from auditor.scan import Access, scan

Row = tuple[str, str, str, str, str]
"""The probe, and its part after a space; the resource by its logical id; verdict, severity, code."""


@dataclass(frozen=True)
class Told:
    """The report of a state, and what its stacks call what AWS names."""

    report: Report
    names: dict[tuple[str, str], str]

    def rows(self) -> list[Row]:
        """Every finding that is no pass; claims that do not arise are none."""
        found = (f for f in self.report.findings if f.verdict.violates or f.verdict == "unknown")
        return sorted({self._row(finding) for finding in found})

    def _row(self, finding: Finding) -> Row:
        probe = f"{finding.probe} {finding.part}".strip()
        return (
            probe,
            self._name(finding),
            finding.verdict.value,
            finding.severity.value,
            finding.code,
        )

    def _name(self, finding: Finding) -> str:
        resource = finding.resource
        for name in (resource.id, resource.arn, resource.name):
            if known := self.names.get((resource.type, name)):
                return known
        numbered = {"AWS::EC2::Instance": "(instance)", "AWS::EC2::Volume": "(volume)"}
        return numbered.get(resource.type, resource.name)


@cache
def told(name: str, *, repaired: bool) -> Told:
    """One state of one story, in the region where it lives."""
    from moto import mock_aws

    from auditor.demo.account import build
    from auditor.demo.gaps import install_gaps
    from auditor.demo.stories import applications

    probes, built = load(), applications(name, repaired=repaired)
    install_gaps()
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(variable, "testing")
        with mock_aws(config={"lambda": {"use_docker": False}}):
            sites = build(built=built)
            regions = sorted({application.region for application in built})
            report = scan(Access(regions=tuple(regions)), probes, load_baseline(None, probes))
    names = {(made.kind, made.physical): made.logical for site in sites for made in site.made}
    return Told(report, names)


def assert_found(name: str, expected: dict[str, list[Row]]) -> None:
    """What is found in the broken account is what the table says, and nothing else."""
    found = told(name, repaired=False)
    assert not found.report.errors
    assert found.report.coverage.complete
    wanted = sorted({row for rows in expected.values() for row in rows})
    more = [row for row in found.rows() if row not in wanted]
    less = [row for row in wanted if row not in found.rows()]
    assert (more, less) == ([], []), "found and not in the table; in the table and not found"


def assert_repaired(name: str) -> None:
    """In the repaired account there is nothing to find, and that is not for want of looking."""
    mended = told(name, repaired=True)
    assert not mended.report.errors
    assert mended.report.coverage.complete
    assert mended.rows() == []
    assert sum(finding.verdict == "pass" for finding in mended.report.findings) > 50


def assert_items(name: str, expected: dict[str, list[Row]]) -> None:
    """Each item is found by the probes that it names, on the resource that it names."""
    from auditor.demo.stories import STORIES

    known = {probe.id for probe in load()}
    for key, item in STORIES[name].items.items():
        probes, rows = known & set(item.probes), expected.get(key, [])
        assert {row[0].partition(" ")[0] for row in rows} == probes, key
        assert not probes or item.resource in {row[1] for row in rows}, key
        assert item.probes or item.truth or item.reason, key
