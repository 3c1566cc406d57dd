"""Recorded answers, damaged one place at a time: judged and shown without a crash, and honestly."""

import importlib
import json
import re
from copy import deepcopy
from functools import cache
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.answer import Unanswered
from auditor.judge import judge
from auditor.probe import gap
from auditor.query import closure, prune
from auditor.report_builder import Builder
from auditor.reports import FORMATS, Show, format_named
from auditor.resources import tags_from
from probes.aws import codepipeline, ecs_tasks, iam, lambda_
from probes.aws.user_data import UserData
from tests.engine.wire import KEYS, keys, probe_of
from tests.kit import HERE, baseline_of, inventory_of

SCHEMA = Path(__file__).parent.parent.parent / "auditor/reports/report.schema.json"
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
DEEP: list[object] = []
for _ in range(90):
    DEEP = [DEEP]
DAMAGE = [
    None, 5, -1, 1.5, True, "", "x" * 100_000, [], {}, "UnknownEnumValue", "\x1b[2J\x1b]0;o\x07",
    "a\r\nb", "\x00", "\u202e", "\ud800", "=cmd|x", "<script>", "{region}{0.__class__}", "%s", DEEP,
    [None], [5], [[["x"]]], {"a": None}, "arn:aws:", "arn:aws:iam::123456789012:root", "*",
    "9" * 400, 10**30, "NaN", "2026-13-45", "2026-01-01T00:00:00", '{"Statement": [5, null]}', "[",
    "---\n&a [*a]", "0.0.0.0/0", "999.1.1.1/99",
]  # fmt: skip
FEW = ("encryption", "storage", "network", "containers", "secrets", "observability")


@cache
def known():
    """Probes with the answers that their own tests judge."""
    tests = Path(__file__).parent.parent / "probes"
    names = sorted(path.stem for path in tests.glob("*/test_*.py") if path.parent.name in FEW)
    folders = {path.stem: path.parent.name for path in tests.glob("*/test_*.py")}
    made = [importlib.import_module(f"tests.probes.{folders[name]}.{name}") for name in names]
    return [m for m in made if hasattr(m, "PROBE") and hasattr(m, "CASES")]


def thawed(value):
    if isinstance(value, dict):
        return {key: thawed(inner) for key, inner in value.items()}
    return [thawed(inner) for inner in value] if isinstance(value, list | tuple) else value


def places_in(value, path=()):
    """Every place in a value, from the outermost inwards."""
    inside = enumerate(value) if isinstance(value, list) else ()
    for key, inner in value.items() if isinstance(value, dict) else inside:
        yield value, key
        yield from places_in(inner, (*path, key))


def shown(judgement, inventory, baseline, probe):
    builder = Builder(baseline, [probe.id], None)
    builder.add(inventory, judgement)
    report = builder.build()
    for name in FORMATS:
        stream = StringIO()
        format_named(name).write(report, stream, Show())
        yield name, stream.getvalue()


@settings(deadline=None, max_examples=250, derandomize=True)
@given(st.data())
def test_damaged_answers_are_judged_and_shown(data):
    module = data.draw(st.sampled_from(known()))
    case = data.draw(st.sampled_from(list(module.CASES)))
    answers = {query: thawed(given) for query, given in case.answers.items()}
    spots = [
        (holder, key)
        for query, given in answers.items()
        for holder, key in places_in(given)
        if not (holder is given and (query.of or query.asks))
    ]
    if not spots:
        return
    holder, key = data.draw(st.sampled_from(spots))
    holder[key] = deepcopy(data.draw(st.sampled_from(DAMAGE)))
    probe = module.PROBE
    try:
        queries = closure((*probe.subjects, *probe.needs))
        inventory = inventory_of(queries, answers, now=case.now, elsewhere=case.elsewhere)
    except Unanswered:  # the kit asks whether an item is worth asking about; it cannot be told
        return
    baseline = baseline_of(probe, case.settings)
    judgement = judge(inventory, [probe], baseline)
    assert not judgement.errors
    for name, text in shown(judgement, inventory, baseline, probe):
        assert not RAW.search(text.replace("\r\n", "\n") if name == "csv" else text), name
        text.encode()


def test_a_damaged_inventory_makes_a_report_of_the_published_format():
    validator = pytest.importorskip("jsonschema").Draft202012Validator(
        json.loads(SCHEMA.read_text())
    )
    probe = probe_of(lambda key, *_: iter([gap(key.key_id)]))
    damaged = [{"KeyArn": "k", "KeyId": one} for one in DAMAGE]
    inventory = inventory_of((KEYS,), {KEYS: [*damaged, *DAMAGE]})
    judgement = judge(inventory, [probe], baseline_of(probe))
    for name, text in shown(judgement, inventory, baseline_of(probe), probe):
        if name == "json":
            assert not list(validator.iter_errors(json.loads(text)))


@pytest.mark.parametrize("key", [None, [], {"a": 1}], ids=json.dumps)
def test_where_an_item_lost_its_name_nothing_is_resolved(key):
    listed = [*keys("a")["Keys"], {"KeyArn": key, "KeyId": "b"}]
    probe = probe_of(lambda *_: iter(()))
    judgement = judge(inventory_of((KEYS,), {KEYS: listed}), [probe], baseline_of(probe))
    assert judgement.incomplete == {HERE: {probe.id}}


@pytest.mark.parametrize(
    "tags",
    [[{}], [{"Key": None, "Value": "v"}], [{"Key": "k", "Value": ["v"]}], [5], {"k": ["v"]}, "k=v"],
    ids=json.dumps,
)
def test_tags_that_cannot_be_read_are_none_that_were_sent(tags):
    assert not isinstance(tags_from(tags), dict)


@pytest.mark.parametrize(
    ("shape", "sent", "kept"),
    [
        (ecs_tasks.HealthCheck, {"command": [["CMD"]]}, {"command": False}),
        (ecs_tasks.HealthCheck, {"command": "hunter2"}, {"command": False}),
        (lambda_.Function, {"Environment": "hunter2"}, {"Environment": False}),
        (lambda_.Function, {"Environment": {"Variables": 5}}, {"Environment": False}),
        (lambda_.Reader, {"Environment": {"Variables": {"a": ["hunter2"]}}}, {"Environment": None}),
        (
            codepipeline.Action,
            {"configuration": {"BranchName": ["hunter2"]}},
            {"configuration": {"BranchName": False, "CustomData": False}},
        ),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_is_reduced_keeps_nothing_of_what_it_does_not_know(shape, sent, kept):
    assert prune(shape, sent) == kept


def test_user_data_that_is_no_text_is_not_taken_for_none():
    (reduced,) = UserData.__metadata__
    assert [reduced.by(sent) for sent in (None, "", ["x"])] == [None, None, False]


def test_a_role_whose_arn_is_none_cannot_be_read():
    inventory = inventory_of((iam.ROLES,), {iam.ROLES: [{"Arn": "*", "RoleName": "r"}]})
    (item,) = inventory.items(iam.ROLES, HERE.world)
    with pytest.raises(Unanswered, match="UnknownShape"):
        item.read()
