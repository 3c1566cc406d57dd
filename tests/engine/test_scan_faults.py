"""A bug in a comparison is loud and resolves nothing; what the probes say stands."""

from dataclasses import replace

from auditor.catalogue import templates
from auditor.scan import judge_file
from auditor.store import write
from tests.engine.wire import KEY, KEYS, arn, keys, probe_of
from tests.kit import HERE, baseline_of, inventory_of


def quiet(_, facts, expected):
    facts.its(KEY)
    return iter(())


def broken(*_):
    raise ZeroDivisionError("a bug")


def test_a_bug_in_a_comparison_leaves_the_probes_their_findings(tmp_path):
    probe = probe_of(quiet, needs=(KEY,))
    answers = {KEYS: keys("a")["Keys"], KEY: {arn("a"): {"KeyState": "Enabled"}}}
    write([inventory_of((KEYS, KEY), answers)], (KEYS, KEY), tmp_path / "i.jsonl")
    baseline = baseline_of(probe)
    baseline.templates = replace(templates(), rows=(), read=broken)
    report = judge_file(tmp_path / "i.jsonl", (probe,), baseline)
    assert [finding.probe for finding in report.findings] == [probe.id]
    assert {error.where.split()[0] for error in report.errors} == {"drift.template"}
    assert all("ZeroDivisionError: a bug (broken, line" in e.message for e in report.errors)
    looked = {(one.account, one.region): one.incomplete for one in report.coverage.places}
    assert "drift.template" in looked[HERE.account, HERE.region]
    assert "drift.template" in looked[HERE.account, ""]
