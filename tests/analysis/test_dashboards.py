import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.dashboards import (
    LONGEST,
    LONGEST_FORMULA,
    MOST_METRICS,
    Board,
    Explored,
    Formula,
    MalformedDashboard,
    Place,
    Shown,
    read,
    reduce_body,
)

HERE = Place("us-east-1")


def widget(*rows, kind="metric", **properties):
    return {
        "type": kind,
        "properties": {"metrics": list(rows), "region": "us-east-1", **properties},
    }


def body(*widgets, **more):
    return json.dumps({"widgets": list(widgets), **more})


def rows(*given):
    return [(one.namespace, one.name, one.dimensions) for one in read(body(widget(*given))).metrics]


FIRST = ["AWS/Lambda", "Errors", "FunctionName", "orders"]
OF_ORDERS = (("FunctionName", "orders"),)
ROWS = [
    pytest.param([["A", "m"]], [("A", "m", ())], id="no dimensions"),
    pytest.param([FIRST], [("AWS/Lambda", "Errors", OF_ORDERS)], id="a dimension"),
    pytest.param(
        [[*FIRST, {"stat": "Sum"}]], [("AWS/Lambda", "Errors", OF_ORDERS)], id="options at the end"
    ),
    pytest.param(
        [FIRST, [".", "Duration", ".", "."]],
        [("AWS/Lambda", "Errors", OF_ORDERS), ("AWS/Lambda", "Duration", OF_ORDERS)],
        id="what stands above, element by element",
    ),
    pytest.param(
        [FIRST, ["...", "stock"]],
        [
            ("AWS/Lambda", "Errors", OF_ORDERS),
            ("AWS/Lambda", "Errors", (("FunctionName", "stock"),)),
        ],
        id="all that stands above but the last",
    ),
    pytest.param(
        [FIRST, ["...", {"stat": "p90"}]],
        [("AWS/Lambda", "Errors", OF_ORDERS)],
        id="all that stands above",
    ),
    pytest.param(
        [FIRST, ["...", "stock"], [".", "Duration", ".", "."]],
        [
            ("AWS/Lambda", "Errors", OF_ORDERS),
            ("AWS/Lambda", "Errors", (("FunctionName", "stock"),)),
            ("AWS/Lambda", "Duration", (("FunctionName", "stock"),)),
        ],
        id="what stands above was written short itself",
    ),
    pytest.param(
        [FIRST, [{"expression": "m1*2"}], [".", "Duration", ".", "."]],
        [("AWS/Lambda", "Errors", OF_ORDERS), ("AWS/Lambda", "Duration", OF_ORDERS)],
        id="an expression in between",
    ),
]
DOUBTFUL = [
    pytest.param([], id="an empty row"),
    pytest.param(["A"], id="a namespace alone"),
    pytest.param(["A", "m", "d"], id="a dimension without a value"),
    pytest.param([".", "m"], id="nothing above"),
    pytest.param(["..."], id="nothing above at all"),
    pytest.param(["...", "x", "y", "z"], id="more than there is above"),
    pytest.param(["A", 1], id="a number for a name"),
    pytest.param(["A", "m", "...", "x"], id="dots in the middle"),
    pytest.param(["A", "m", *("d", "v") * 31], id="more dimensions than there can be"),
    pytest.param("A m", id="no list"),
    pytest.param([{"expression": "x" * (LONGEST_FORMULA + 1)}], id="a formula without end"),
    pytest.param([{"expression": 1}], id="a formula that is none"),
]
MALFORMED = [
    pytest.param("", id="nothing"),
    pytest.param("{", id="half of it"),
    pytest.param("[]", id="a list"),
    pytest.param("{}", id="no widgets"),
    pytest.param('{"widgets": {}}', id="widgets that are no list"),
    pytest.param(json.dumps({"widgets": [{}] * 501}), id="too many widgets"),
    pytest.param("[" * 100_000, id="nested without end"),
    pytest.param(" " * (LONGEST + 1), id="longer than it can be"),
    pytest.param(
        body(widget(*(["A", str(n)] for n in range(MOST_METRICS + 1)))), id="too many metrics"
    ),
]


@pytest.mark.parametrize(("given", "written"), ROWS)
def test_rows_are_written_out(given, written):
    assert rows(*given) == written


@pytest.mark.parametrize("row", DOUBTFUL)
def test_a_row_that_makes_no_sense_is_said_to_be_unread(row):
    board = read(body(widget(row)))
    assert board.doubtful == ("a row that cannot be read",)
    assert not board.metrics


@pytest.mark.parametrize("text", MALFORMED)
def test_what_is_no_dashboard_is_refused(text):
    with pytest.raises(MalformedDashboard):
        read(text)
    assert reduce_body(text)["malformed"]


def test_what_is_no_text_is_malformed():
    assert reduce_body(None)["malformed"]


def test_a_body_is_kept_as_what_it_shows():
    kept = json.loads(json.dumps(reduce_body(body(widget(FIRST)))))
    assert kept["metrics"][0]["name"] == "Errors"
    assert not kept["malformed"]


def test_where_a_row_looks_is_said_by_the_row_before_the_widget():
    plain, other = ["A", "m"], ["A", "n", {"region": "eu-west-1", "accountId": "999999999999"}]
    board = read(body(widget(plain, other, accountId="111111111111")))
    assert [one.place for one in board.metrics] == [
        Place("us-east-1", "111111111111"),
        Place("eu-west-1", "999999999999"),
    ]


@pytest.mark.parametrize(
    ("variable", "region"),
    [
        pytest.param({"type": "property", "property": "region"}, "", id="a property"),
        pytest.param({"type": "pattern", "pattern": "us-east-1"}, "", id="the text of a region"),
        pytest.param({"type": "pattern", "pattern": "orders"}, "us-east-1", id="another text"),
        pytest.param({"type": "property", "property": "FunctionName"}, "us-east-1", id="another"),
        pytest.param("region", "us-east-1", id="what is no variable"),
    ],
)
def test_a_variable_may_let_people_choose_the_region(variable, region):
    board = read(body(widget(FIRST), variables=[variable]))
    assert board.metrics[0].place.region == region


def test_other_widgets():
    board = read(
        body(
            {"type": "text", "properties": {"markdown": "AWS/Lambda Errors"}},
            {"type": "alarm", "properties": {"alarms": ["arn:1"]}},
            {"type": "log"},
            {"type": "custom"},
            widget(
                {"metricName": "Errors", "resourceType": "AWS::Lambda::Function"}, kind="explorer"
            ),
            widget(annotations={"alarms": ["arn:2", 3]}),
            widget([{"expression": "SELECT 1", "region": "eu-west-1"}]),
        )
    )
    assert board == Board(
        explored=(Explored("AWS::Lambda::Function", "Errors", HERE),),
        alarms=("arn:2",),
        formulas=(Formula("SELECT 1", Place("eu-west-1")),),
    )


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({"type": "hologram"}, id="a type of the future"),
        pytest.param({"type": ["metric"]}, id="a type that is no text"),
        pytest.param({}, id="no type"),
        pytest.param("metric", id="no object"),
        pytest.param({"type": "metric"}, id="no properties"),
        pytest.param({"type": "explorer", "properties": []}, id="properties that are none"),
    ],
)
def test_a_widget_that_cannot_be_read_leaves_a_doubt(odd):
    board = read(body(odd, widget(FIRST)))
    assert len(board.doubtful) == 1
    assert board.metrics == (Shown("AWS/Lambda", "Errors", OF_ORDERS, HERE),)


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([".", "..."]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["type", "properties", "metrics", "expression", "annotations", "alarms"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSONS)
def test_no_json_breaks_it(value):
    for document in (value, {"widgets": value}, {"widgets": [value]}):
        reduce_body(json.dumps(document))
    reduce_body(body({"type": "metric", "properties": value}, widget(value, [value])))
    reduce_body(body(variables=value))
