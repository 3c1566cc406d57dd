"""Settings for resources chosen by name, tag, stack, kind or account; the most specific counts."""

import textwrap
from dataclasses import replace

import pytest

from auditor.baseline import Origin, load
from auditor.judge import judge
from auditor.probe import note
from auditor.query import Query
from auditor.settings import Group, Settings, setting
from auditor.yaml_file import FileError
from tests.engine.wire import SECRETS, Metadata, probe_of
from tests.kit import ACCOUNT, Refused, inventory_of


class Hours(Group):
    name = "hours"
    open: int = setting(8, "Hours.")


class Expected(Settings):
    days: int = setting(7, "Days.", ge=1)
    other: int = setting(1, "Another.")
    hours: Hours = Hours()


class Differing(Expected):
    days: int = setting(7, "Days.", ge=1, ephemeral=2)


def say(_, facts, expected):
    yield note(f"{facts.environment}: {expected.days} {expected.other} {expected.hours.open}")


PROBE = probe_of(say, subject=SECRETS, settings=Expected)
DIFFERING = probe_of(say, subject=SECRETS, settings=Differing)
STACK = {
    "aws:cloudformation:stack-name": "batch-night",
    "aws:cloudformation:stack-id": "arn:stack",
    "aws:cloudformation:logical-id": "Secret",
}


def baseline(tmp_path, text, probe=PROBE):
    path = tmp_path / "b.yaml"
    path.write_text("version: 1\n" + textwrap.dedent(text))
    return load(path, [probe])


def judged(baseline, tags=(), probe=PROBE, query=SECRETS, extra=None):
    sent = [{"Key": key, "Value": value} for key, value in dict(tags).items()]
    answers = {SECRETS: [{"Name": "report-job", "Tags": sent}], **(extra or {})}
    queries = tuple(answers)
    (finding,) = judge(inventory_of(queries, answers), [probe], baseline).findings
    return finding


WORKLOAD = """
workloads:
- match: {%s}
  settings: {%s: {days: 30}}
"""


@pytest.mark.parametrize(
    ("match", "holds"),
    [
        ("name: report-*", True),
        ("name: report", False),
        ("tags: {Team: data*}", True),
        ("tags: {Team: web}", False),
        ("tags: {Missing: '*'}", False),
        ("tags: {Team: data, Job: night}", True),
        ("stack: batch-*", True),
        ("stack: web-*", False),
        (f"account: '{ACCOUNT}'", True),
        ("account: '000000000000'", False),
        ("environment: production", True),
        ("environment: staging", False),
        ("type: AWS::SecretsManager::Secret", True),
        ("type: AWS::EC2::*", False),
        ("name: report-*, tags: {Team: web}", False),
    ],
)
def test_a_workload_holds_what_fits_every_key(tmp_path, match, holds):
    expected = baseline(tmp_path, WORKLOAD % (match, PROBE.id))
    finding = judged(expected, {"Team": "data", "Job": "night", **STACK})
    assert finding.note == f"production: {30 if holds else 7} 1 8"


def test_the_most_specific_counts_setting_by_setting(tmp_path):
    text = f"""
    settings: {{{PROBE.id}: {{days: 8, other: 2}}}}
    overrides: {{production: {{{PROBE.id}: {{days: 9}}}}}}
    workloads:
    - match: {{name: "report-*"}}
      settings: {{{PROBE.id}: {{days: 50}}}}
    - match: {{tags: {{Team: data}}}}
      settings: {{{PROBE.id}: {{days: 40, other: 4}}, hours: {{open: 24}}}}
    - match: {{account: "{ACCOUNT}"}}
      settings: {{{PROBE.id}: {{days: 20, other: 3}}}}
    """
    assert judged(baseline(tmp_path, text), {"Team": "data"}).note == "production: 50 4 24"
    assert judged(baseline(tmp_path, text), {}).note == "production: 50 3 8"


def test_more_keys_go_before_fewer_and_then_the_later_entry(tmp_path):
    text = f"""
    workloads:
    - match: {{tags: {{Team: data, Job: night}}}}
      settings: {{{PROBE.id}: {{days: 40}}}}
    - match: {{tags: {{Team: data}}}}
      settings: {{{PROBE.id}: {{days: 50, other: 5}}}}
    - match: {{tags: {{Job: night}}}}
      settings: {{{PROBE.id}: {{days: 60, other: 6}}}}
    """
    finding = judged(baseline(tmp_path, text), {"Team": "data", "Job": "night"})
    assert finding.note == "production: 40 6 8"


def test_tags_and_stack_are_also_those_of_what_it_is_part_of(tmp_path):
    inner = Query(
        "x:ListVersions", Metadata, each="V", key="KeyState", of=SECRETS, given={"a": "Name"}
    )
    probe = probe_of(say, subject=inner, settings=Expected)
    text = f"""
    workloads:
    - match: {{tags: {{Team: data}}, stack: batch-night}}
      settings: {{{probe.id}: {{days: 30}}}}
    """
    extra = {inner: {"report-job": [{"KeyState": "v"}]}}
    expected = baseline(tmp_path, text, probe)
    assert judged(expected, {"Team": "data", **STACK}, probe, extra=extra).note.endswith("30 1 8")


class TestUnreadTags:
    """A workload that only unread tags could rule in or out makes the verdict unknown."""

    def finding(self, tmp_path, match, probe_settings=Expected):
        by_item = Query("x:ListTags", Metadata, tags="Tags", of=SECRETS)
        tagged = replace(SECRETS, tags=lambda: by_item_of_tagged)
        by_item_of_tagged = replace(by_item, of=tagged)
        probe = probe_of(say, subject=tagged, settings=probe_settings)
        text = WORKLOAD % (match, probe.id)
        expected = baseline(tmp_path, text, probe)
        answers = {tagged: [{"Name": "report-job"}], by_item_of_tagged: {"report-job": Refused()}}
        (found,) = judge(inventory_of(tuple(answers), answers), [probe], expected).findings
        return found

    @pytest.mark.parametrize(
        "match", ["tags: {Team: data}", "stack: batch", "name: r*, tags: {a: b}"]
    )
    def test_matter_where_they_decide(self, tmp_path, match):
        assert self.finding(tmp_path, match).verdict == "unknown"

    @pytest.mark.parametrize("match", ["name: web-*, tags: {Team: data}", "name: report-job"])
    def test_do_no_harm_where_they_do_not(self, tmp_path, match):
        assert self.finding(tmp_path, match).verdict == "pass"

    def test_matter_for_a_workload_of_one_environment(self, tmp_path):
        assert self.finding(tmp_path, "environment: staging").verdict == "unknown"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- match: {}\n  settings: {}", ":3: workloads.0.match: say which resources"),
        ("- match: {nam: x}\n  settings: {}", ":3: workloads.0.match.nam: there is no such key"),
        ("- match: {name: x}", ":3: workloads.0.settings: this key is missing"),
        ("- match: {name: x}\n  settings: {x.y: {}}", ":4: there is no probe or group named 'x.y'"),
        ("- match: {name: x}\n  settings: {hours: {opn: 1}}", ":4: there is no setting of hours"),
        ("- match: {name: x}\n  settings: {hours: {open: x}}", ":4: hours.open: input should be a"),
    ],
)
def test_mistakes_are_said_with_their_line(tmp_path, text, says):
    with pytest.raises(FileError) as error:
        baseline(tmp_path, f"workloads:\n{text}")
    assert says in str(error.value)


def test_the_origin_of_a_value_is_the_workload_that_set_it(tmp_path):
    expected = baseline(tmp_path, WORKLOAD % ("name: x", PROBE.id))
    file = str(tmp_path / "b.yaml")
    assert expected.origin(PROBE.id, "days", "production", (0,)) == Origin(file, 5)
    assert expected.origin(PROBE.id, "other", "production", (0,)) == Origin("shipped default")
    assert expected.origin(PROBE.id, "days", "production") == Origin("shipped default")


def test_environments_and_workloads_differ_together(tmp_path):
    text = f"""
    workloads:
    - match: {{environment: ephemeral, name: "report-*"}}
      settings: {{{DIFFERING.id}: {{other: 5}}}}
    """
    expected = baseline(tmp_path, text, DIFFERING)
    assert judged(expected, {"Env": "dev"}, DIFFERING).note == "ephemeral: 2 5 8"
    assert judged(expected, {"Env": "prod"}, DIFFERING).note == "production: 7 1 8"
