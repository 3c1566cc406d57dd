"""Asked to its end, permitted, documented, declared."""

import json
from functools import cache
from pathlib import Path

import botocore.session
import cfnlint
import pytest
from botocore import xform_name

from auditor.actions import actions_of
from auditor.catalogue import known_queries, load, recordables
from auditor.permissions import LONGEST, actions_for, policies
from auditor.probe import Probe
from auditor.settings import groups_of
from tests.kit import reads_of
from tests.laws.cases import modules

PROBES = load()
QUERIES = tuple(known_queries(PROBES, recordables()).values())
TOKENS = {"NextToken", "nextToken", "Marker", "NextMarker", "PaginationToken", "ContinuationToken"}

each_query = pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.id)
each_probe = pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.id)


@cache
def iam_actions():
    """Service prefix -> actions, of the list that cfn-lint keeps."""
    path = Path(cfnlint.__file__).parent / "data" / "AdditionalSpecs" / "Policies.json"
    return json.loads(path.read_text())


@each_query
def test_law_3_a_list_is_asked_to_its_end(query):
    session = botocore.session.get_session()
    operation = session.get_service_model(query.service).operation_model(query.call)
    tokens = TOKENS & set(operation.output_shape.members)
    if not tokens or query.fetch is not None:
        return
    pages = session.get_paginator_model(query.service)._paginator_config
    assert query.call in pages, f"{query.id} has {tokens} and no paginator"
    assert xform_name(query.call)


@each_query
def test_law_4_its_action_exists(query):
    known = iam_actions()
    for action in actions_of(query):
        prefix, _, name = action.partition(":")
        found = known[prefix]
        names = found if isinstance(found, list) else found.get("Actions", found.get("actions"))
        assert name.lower() in {str(n).lower() for n in names}, action


def test_law_4_a_policy_that_would_be_too_long_is_split():
    actions = [f"service{n}:DescribeSomethingWithALongName{n}" for n in range(400)]
    split = policies(actions)
    assert len(split) > 1
    assert all(len(json.dumps(p, separators=(",", ":"))) <= LONGEST for p in split)
    assert [a for p in split for a in p["Statement"][0]["Action"]] == actions


def test_law_4_a_policy_names_every_query_once():
    actions = actions_for(QUERIES)
    assert len(actions) == len(set(actions))
    assert not any("*" in action for action in actions)


@each_probe
def test_law_5_a_probe_is_documented(probe):
    assert probe.title, "the first line of the docstring is the claim"
    assert "\n" not in probe.title
    assert len(probe.title) < 90
    assert len(probe.why) > 80, "why it matters"
    assert probe.fix, "a paragraph that starts with Fix:"
    assert probe.sources


@each_probe
def test_law_5_each_setting_is_documented(probe):
    models = [probe.settings, *groups_of(probe.settings).values()]
    for model in models:
        for name, info in model.model_fields.items():
            if name not in groups_of(model):
                assert info.description, f"{model.__name__}.{name}"
                assert info.description.endswith("."), f"{model.__name__}.{name}"


@each_probe
def test_law_6_each_part_has_its_judgement(probe):
    for part in probe.parts:
        assert part.isidentifier()
        assert callable(getattr(probe, f"judge_{part}", None))
    assert bool(probe.parts) != (type(probe).judge is not Probe.judge)


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.PROBE.id)
def test_law_6_a_probe_reads_what_it_declares(module):
    """What it declares and never reads is asked of AWS for nothing."""
    probe = module.PROBE
    read = {query for case in module.CASES for query in reads_of(probe, case)}
    hung_on = {parent for query in (*probe.needs, *probe.subjects) for parent in query.parents}
    assert set(probe.needs) <= read | hung_on


def test_every_probe_has_its_cases():
    with_cases = {module.PROBE.id for module in modules()}
    assert with_cases == {probe.id for probe in PROBES}
