"""What is kept of an answer, and in which order queries hang together."""

from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from auditor.query import Document, Name, Query, Reduced, Shape, aws_names, closure, prune
from auditor.resources import Tags
from tests.engine.wire import KEY, KEYS, ROTATION


class Part(Shape):
    part_name: str = ""


class Whole(Shape):
    db_name: str = Field("", alias="DBName")
    part: Part | None = None
    parts: tuple[Part, ...] = ()
    named: dict[str, Part] = Field(default_factory=dict)
    texts: tuple[str, ...] = ()
    secret: Annotated[int, Reduced(len)] = 0
    secrets: list[Annotated[int, Reduced(len)]] = Field(default_factory=list)
    document: Document = ""
    tags: Tags = Field(default_factory=dict)
    anything: Any = None


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param({"DBName": "d", "Other": 1}, {"DBName": "d"}, id="what is not declared goes"),
        pytest.param(
            {"Part": {"PartName": "p", "Price": 1}, "parts": [{"partName": "q", "x": 1}]},
            {"Part": {"PartName": "p"}, "parts": [{"partName": "q"}]},
            id="inside other shapes too, in either spelling",
        ),
        pytest.param(
            {"Named": {"a": {"PartName": "p", "x": 1}}},
            {"Named": {"a": {"PartName": "p"}}},
            id="inside mappings too",
        ),
        pytest.param({"Secret": "hidden"}, {"Secret": 6}, id="what is reduced is not kept"),
        pytest.param({"Secrets": ["a", "bc"]}, {"Secrets": [1, 2]}, id="nor in a list"),
        pytest.param({"Document": {"a": 1}}, {"Document": '{"a": 1}'}, id="a decoded document"),
        pytest.param({"Document": "{}"}, {"Document": "{}"}, id="a document left as text"),
        pytest.param(
            {"Tags": [{"Key": "k", "Value": "v"}, {"TagKey": "l", "TagValue": None}]},
            {"Tags": {"k": "v", "l": ""}},
            id="tags in AWS's spellings",
        ),
        pytest.param({"Tags": {"k": 1}}, {"Tags": {"k": "1"}}, id="tags as a mapping"),
        pytest.param({"Tags": ["k"]}, {"Tags": ["k"]}, id="tags that are none stay as they are"),
        pytest.param(
            {"Part": "odd", "Parts": {"odd": 1}, "Named": [1]},
            {"Part": "odd", "Parts": {"odd": 1}, "Named": [1]},
            id="another kind of value is left for the shape to refuse",
        ),
        pytest.param("odd", "odd", id="even instead of the whole item"),
    ],
)
def test_only_what_a_shape_declares_is_kept(sent, kept):
    assert prune(Whole, sent) == kept


def test_a_bare_text_is_kept_as_a_name():
    assert prune(Name, "c1") == {"value": "c1"}
    assert Name.model_validate(prune(Name, "c1")).value == "c1"


def test_a_time_becomes_text_and_a_set_a_list():
    from datetime import UTC, datetime

    sent = {"Anything": {1: datetime(2026, 1, 2, tzinfo=UTC), "s": {1}, "o": 1j}}
    assert prune(Whole, sent) == {
        "Anything": {"1": "2026-01-02T00:00:00+00:00", "s": [1], "o": "1j"}
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["DBName", "Part", "parts", "Named", "Texts", "Document", "Tags", "Anything"]
)


def utf8(value):
    """Whether a value can be written to a UTF-8 file as it stands."""
    if isinstance(value, str):
        value.encode()
    for inner in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        utf8(inner)
    for key in value if isinstance(value, dict) else ():
        utf8(key)


@settings(deadline=None)
@given(st.dictionaries(FIELDS, JSON) | JSON)
def test_whatever_is_sent_can_be_kept_and_written_down(sent):
    import json

    kept = prune(Whole, sent)
    assert json.loads(json.dumps(kept)) == kept
    utf8(kept)
    assert prune(Whole, sent) == kept


@settings(deadline=None)
@given(st.text(st.characters(categories=["Cs", "L"]), min_size=1))
def test_half_of_a_surrogate_pair_does_not_get_in(text):
    utf8(
        [
            prune(Name, text),
            prune(Whole, {"Tags": [{"Key": text, "Value": text}], "Document": text}),
        ]
    )


def test_a_shape_reads_both_spellings_and_only_an_alias_where_there_is_one():
    assert aws_names(Part) == {"part_name": ("PartName", "partName")}
    assert aws_names(Whole)["db_name"] == ("DBName",)
    assert Part.model_validate({"partName": "p"}) == Part.model_validate({"PartName": "p"})


def test_a_closure_holds_every_query_once_and_parents_first():
    tagged = Query("tag:GetResources", Part)
    child = Query("kms:DescribeKey", Part, of=KEYS, tags=tagged)
    told = Query("kms:ListAliases", Part, reads=(child, ROTATION))
    order = closure([told, KEY, child])
    assert len(order) == len(set(order)) == 6
    assert tagged in order
    for query in order:
        assert all(order.index(parent) < order.index(query) for parent in query.parents)


def test_a_label_tells_queries_of_one_operation_apart():
    query = Query("iam:GetAccountAuthorizationDetails", Part, label="roles")
    assert query.id == "iam:GetAccountAuthorizationDetails#roles"
    assert (query.service, query.call) == ("iam", "GetAccountAuthorizationDetails")
    assert repr(query) == "<Query iam:GetAccountAuthorizationDetails#roles>"
