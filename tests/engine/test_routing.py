"""Tags and names choose among the baseline's words; none of them becomes one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.baseline import check
from auditor.baseline_file import Tickets
from auditor.baseline_text import baseline_text
from auditor.catalogue import load
from auditor.probe import Severity
from auditor.resources import Stack
from auditor.tickets.routing import Assignment, assigned, due, worst
from auditor.yaml_file import FileError, parse
from tests.engine.nights import PROBE
from tests.engine.test_desk import finding
from tests.kit import ACCOUNT

BASE = finding()
TAGGED = replace(
    BASE,
    resource=replace(BASE.resource, tags={"Team": "payments-eu"}, stack=Stack("shop-prod")),
)


def routing(*rules, **default):
    return Tickets.model_validate({"routing": {"default": default, "rules": list(rules)}}).routing


@pytest.mark.parametrize(
    "match",
    [
        {"probe": "engine.*"},
        {"account": ACCOUNT},
        {"region": "us-*"},
        {"environment": "production"},
        {"resource": "arn:aws:kms:*"},
        {"resource": "a"},
        {"stack": "shop-*"},
        {"type": "AWS::KMS::*"},
        {"severity": "high"},
        {"tags": {"Team": "pay*"}},
        {"probe": "engine.*", "tags": {"Team": "pay*"}},
    ],
    ids=str,
)
def test_a_rule_that_fits_says_whose_it_is(match):
    rules = routing({"match": match, "team": "Payments"}, team="Platform")
    assert assigned([TAGGED], rules) == Assignment("Payments", "", "")


@pytest.mark.parametrize(
    "match",
    [
        {"probe": "network.*"},
        {"account": "1"},
        {"region": "eu-*"},
        {"environment": "staging"},
        {"resource": "b"},
        {"stack": "other"},
        {"type": "AWS::S3::*"},
        {"severity": "low"},
        {"tags": {"Team": "PAY*"}},
        {"tags": {"Owner": "*"}},
        {"probe": "engine.*", "tags": {"Team": "other"}},
    ],
    ids=str,
)
def test_a_rule_that_does_not_fit_says_nothing(match):
    rules = routing({"match": match, "team": "Payments"}, team="Platform")
    assert assigned([TAGGED], rules) == Assignment("Platform", "", "")


@pytest.mark.parametrize("tags", [None, {}])
def test_tags_that_are_not_there_or_could_not_be_read_fit_nothing(tags):
    rules = routing({"match": {"tags": {"Team": "*"}}, "team": "Payments"})
    one = replace(BASE, resource=replace(BASE.resource, tags=tags))
    assert assigned([one], rules).team == ""


def test_for_each_word_the_first_rule_that_says_it_counts():
    rules = routing(
        {"match": {"region": "*"}, "component": "keys"},
        {"match": {"probe": "*"}, "team": "first", "component": "other"},
        {"match": {"probe": "*"}, "team": "second", "assignee": "ann"},
        team="default",
        assignee="nobody",
    )
    assert assigned([BASE], rules) == Assignment("first", "keys", "ann")


def test_a_ticket_of_several_teams_goes_to_the_default():
    other = finding("b", region="eu-west-1")
    rules = routing({"match": {"region": "eu-*"}, "team": "Europe"}, team="Platform")
    assert assigned([other], rules).team == "Europe"
    assert assigned([BASE, other], rules).team == "Platform"


@given(st.dictionaries(st.sampled_from(["Team", "Owner"]), st.text()), st.text(), st.text())
def test_no_text_of_an_account_becomes_a_word_of_routing(tags, name, stack):
    rules = routing(
        {"match": {"tags": {"Team": "*"}}, "team": "A"},
        {"match": {"stack": "*"}, "component": "B"},
        assignee="C",
    )
    resource = replace(BASE.resource, name=name, tags=tags, stack=Stack(stack))
    words = assigned([replace(BASE, resource=resource)], rules)
    assert set(vars_of(words)) <= {"A", "B", "C", ""}


def vars_of(words):
    return words.team, words.component, words.assignee


@pytest.mark.parametrize(
    ("severity", "days", "expected"),
    [
        (Severity.CRITICAL, {}, date(2026, 11, 23)),
        (Severity.INFORMATIONAL, {}, None),
        (Severity.LOW, {"low": 1}, date(2026, 11, 22)),
        (Severity.HIGH, {"low": 1}, date(2026, 11, 28)),
        (Severity.HIGH, {"high": None}, None),
    ],
)
def test_a_ticket_is_due_by_its_severity(severity, days, expected):
    settings = Tickets.model_validate({"due_days": days})
    assert due(date(2026, 11, 21), severity, settings) == expected


def test_the_worst_counts():
    several = [replace(BASE, severity=one) for one in (Severity.LOW, Severity.CRITICAL)]
    assert worst(several) is Severity.CRITICAL


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("grouping: finger", "tickets.grouping"),
        ("groupings: probe", "tickets.groupings: there is no such key"),
        ("due_days: {high: -1}", "tickets.due_days.high"),
        ("due_days: {urgent: 1}", "tickets.due_days.urgent"),
        ("routing: {rules: [{match: {}, team: a}]}", "say which findings"),
        ("routing: {rules: [{team: a}]}", "routing.rules.0.match: this key is missing"),
        ('labels: ["a\\nb"]', "tickets.labels.0"),
    ],
)
def test_a_baseline_that_says_it_wrongly_is_refused_with_its_line(text, said):
    with pytest.raises(FileError, match=r"^b\.yaml:\d+: .*" + said.replace(".", r"\.")):
        check(parse(f"version: 1\ntickets:\n  {text}\n", "b.yaml"), (PROBE,))


def test_the_shipped_baseline_writes_its_defaults_out():
    probes = load()
    written = check(parse(baseline_text(probes), "b.yaml"), probes)
    assert written.content.tickets == Tickets()
