from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.answers import Answer
from probes.analysis.insights import (
    LONGEST,
    Condition,
    Selection,
    UnreadableQuery,
    is_query,
    read,
)

READABLE = [
    pytest.param(
        'SELECT MAX(UnHealthyHostCount) FROM "AWS/ApplicationELB"',
        Selection("MAX", "UnHealthyHostCount", "AWS/ApplicationELB"),
        id="a namespace",
    ),
    pytest.param(
        'select sum("Errors") from schema("AWS/Lambda", FunctionName)'
        " group by FunctionName order by SUM() desc limit 10",
        Selection(
            "SUM",
            "Errors",
            "AWS/Lambda",
            frozenset({"FunctionName"}),
            (),
            frozenset({"FunctionName"}),
        ),
        id="a schema, in any case",
    ),
    pytest.param(
        "SELECT AVG(Errors) FROM SCHEMA(\"AWS/Lambda\") WHERE a = 'x' AND b != 'y' ORDER BY MAX()",
        Selection(
            "AVG",
            "Errors",
            "AWS/Lambda",
            frozenset(),
            (Condition("a", "x"), Condition("b", "y", equal=False)),
        ),
        id="conditions and metrics without dimensions",
    ),
    pytest.param(
        "SELECT COUNT(Errors) FROM Mine GROUP BY a, b ORDER BY MIN() ASC",
        Selection("COUNT", "Errors", "Mine", None, (), frozenset({"a", "b"})),
        id="several groups",
    ),
]
UNREADABLE = [
    pytest.param("", id="nothing"),
    pytest.param("SELECT", id="one word"),
    pytest.param("SELECT P99(Errors) FROM Mine", id="a function of the future"),
    pytest.param("SELECT MAX(Errors FROM Mine", id="an open parenthesis"),
    pytest.param("SELECT MAX('Errors') FROM Mine", id="a text for a name"),
    pytest.param("SELECT 'MAX'(Errors) FROM Mine", id="a text for a function"),
    pytest.param("SELECT MAX(Errors) WHERE a = 'b'", id="no source"),
    pytest.param("SELECT MAX(Errors) FROM Mine WHERE a < 'b'", id="an operator of the future"),
    pytest.param("SELECT MAX(Errors) FROM Mine WHERE a (", id="no operator"),
    pytest.param("SELECT MAX(Errors) FROM Mine WHERE a = )", id="no value"),
    pytest.param("SELECT MAX(Errors) FROM Mine WHERE a = 'b' OR c = 'd'", id="an alternative"),
    pytest.param("SELECT MAX(Errors) FROM 'Mine", id="an open quote"),
    pytest.param("SELECT MAX(Errors) FROM Mine GROUP a", id="half a keyword"),
    pytest.param("SELECT MAX(Errors) FROM Mine " + " " * LONGEST + "x", id="far too long"),
]


@pytest.mark.parametrize(("text", "selection"), READABLE)
def test_a_query_says_what_it_selects(text, selection):
    assert is_query(text)
    assert read(text) == selection


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_not_wholly_understood_is_refused(text):
    with pytest.raises(UnreadableQuery):
        read(text)


@pytest.mark.parametrize(
    ("selection", "dimensions", "answer"),
    [
        pytest.param(Selection("MAX", "m", "n"), {"a": "x"}, Answer.YES, id="any dimensions"),
        pytest.param(
            Selection("MAX", "m", "n", frozenset({"a"})), {"a": "x"}, Answer.YES, id="the schema"
        ),
        pytest.param(
            Selection("MAX", "m", "n", frozenset({"a", "b"})),
            {"a": "x"},
            Answer.NO,
            id="another schema",
        ),
        pytest.param(
            Selection("MAX", "m", "n", None, (Condition("a", "y"),)),
            {"a": "x"},
            Answer.NO,
            id="another value",
        ),
        pytest.param(
            Selection("MAX", "m", "n", None, (Condition("a", "x", equal=False),)),
            {"a": "x"},
            Answer.NO,
            id="a value left out",
        ),
        pytest.param(
            Selection("MAX", "m", "n", None, (Condition("a", "y", equal=False),)),
            {"a": "x"},
            Answer.YES,
            id="another value left out",
        ),
        pytest.param(
            Selection("MAX", "m", "n", None, (Condition("tag.team", "web"),)),
            {"a": "x"},
            Answer.CANNOT_TELL,
            id="a condition on what is no dimension",
        ),
    ],
)
def test_whether_a_metric_is_selected(selection, dimensions, answer):
    assert selection.takes(dimensions) is answer


@given(st.text(max_size=200) | st.text(alphabet="SELECTMAX(a)FROM\"' =,", max_size=80))
def test_no_text_breaks_it(text):
    with suppress(UnreadableQuery):
        read(text)
    is_query(text)
