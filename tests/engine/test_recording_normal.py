"""What is the same is written the same, and a second time as well."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.query import Query, Shape
from auditor.recording.normal import DEEPEST, canonical, is_empty, normal
from auditor.recording.recordable import Recordable, Rule

THINGS = Query("ec2:DescribeThings", Shape, each="Things", key="Id", type="AWS::EC2::Thing")
ROW = Recordable(
    THINGS,
    keeps=("Plain", "Steps", "Named", "Ruled", "Deep"),
    rules={"Ruled": Rule(lambda said: said.split(",") if isinstance(said, str) else said)},
    volatile={"Plain.Status", "Named.Inner.LastUsed"},
    ordered={"Steps", "Plain.Path"},
    keyed={"Named": "Name"},
)


@pytest.mark.parametrize(
    ("attribute", "sent", "expected"),
    [
        pytest.param("Plain", ["b", "a", "b"], ["a", "b"], id="a list is a set"),
        pytest.param("Plain", [{"x": 2}, {"x": 1}], [{"x": 1}, {"x": 2}], id="a set of objects"),
        pytest.param("Steps", ["b", "a", "b"], ["b", "a", "b"], id="an ordered list stays"),
        pytest.param("Plain", {"Path": ["b", "a"]}, {"Path": ["b", "a"]}, id="ordered inside"),
        pytest.param("Plain", {"Status": "on", "x": 1}, {"x": 1}, id="volatile is left out"),
        pytest.param("Plain", [{"Status": "on", "x": 1}], [{"x": 1}], id="volatile in a list"),
        pytest.param("Plain", {"b": 1, "a": 2}, {"a": 2, "b": 1}, id="keys are sorted"),
        pytest.param("Plain", {"x": None, "y": [], "z": {}, "w": ""}, None, id="empty is nothing"),
        pytest.param("Plain", {"x": False, "y": 0}, {"x": False, "y": 0}, id="false is something"),
        pytest.param("Plain", 5.0, 5, id="whole numbers have no fraction"),
        pytest.param("Plain", 0.5, 0.5, id="fractions stay"),
        pytest.param("Plain", float("inf"), "inf", id="no number"),
        pytest.param("Plain", float("nan"), "nan", id="no number either"),
        pytest.param("Plain", None, None, id="nothing"),
        pytest.param("Ruled", "b,a", ["a", "b"], id="a rule goes first"),
        pytest.param("Ruled", "", None, id="no rule for nothing"),
        pytest.param(
            "Named",
            [{"Name": "b", "x": 1}, {"Name": "a", "Inner": {"LastUsed": 5, "y": 2}}],
            {"a": {"Inner": {"y": 2}}, "b": {"x": 1}},
            id="named members become a mapping",
        ),
        pytest.param("Named", [{"Name": "a"}], {"a": {"Name": "a"}}, id="a name and no more"),
        pytest.param(
            "Named",
            [{"Name": "a", "x": 2}, {"Name": "a", "x": 1}],
            [{"Name": "a", "x": 1}, {"Name": "a", "x": 2}],
            id="names that are not unique",
        ),
        pytest.param("Named", [{"x": 1}], [{"x": 1}], id="members without a name"),
    ],
)
def test_the_normal_form(attribute, sent, expected):
    found = normal(ROW, attribute, sent)
    assert found == expected
    assert json.dumps(found) == json.dumps(expected), "in this order"


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["Path", "Status", "x", "y"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JSONS)
def test_what_is_normal_is_left_as_it_is(value):
    once = normal(ROW, "Plain", value)
    assert canonical(normal(ROW, "Plain", once)) == canonical(once)


@given(st.lists(JSONS, max_size=6), st.randoms(use_true_random=False))
def test_a_set_in_any_order_is_the_same_set(members, chance):
    shuffled = [*members, *members[:1]]
    chance.shuffle(shuffled)
    assert canonical(normal(ROW, "Plain", shuffled)) == canonical(normal(ROW, "Plain", members))


def test_what_is_nested_beyond_reason_becomes_one_text():
    deep = "x"
    for _ in range(DEEPEST + 5):
        deep = [deep]
    found = normal(ROW, "Deep", deep)
    for _ in range(DEEPEST):
        found = found[0]
    assert isinstance(found, str)


@pytest.mark.parametrize("value", [None, "", [], {}])
def test_empty_is_empty(value):
    assert is_empty(value)


@pytest.mark.parametrize("value", [False, 0, 0.0, " ", [None], {"x": None}])
def test_not_empty_is_not_empty(value):
    assert not is_empty(value)
