import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.answers import Answer
from probes.analysis.searches import LONGEST, finds, searches_in

LAMBDA = "{AWS/Lambda,FunctionName}"
FOUND = [
    pytest.param(f'{LAMBDA} MetricName="Errors"', Answer.YES, id="its name"),
    pytest.param(f"{LAMBDA} MetricName=Errors", Answer.YES, id="its name without quotes"),
    pytest.param(
        f'{LAMBDA} MetricName=("Errors" OR "Throttles")', Answer.YES, id="one of several names"
    ),
    pytest.param(f"{LAMBDA} Errors", Answer.YES, id="a term that is its name"),
    pytest.param(f'{LAMBDA} MetricName="Errors" orders', Answer.YES, id="narrowed to a resource"),
    pytest.param(LAMBDA, Answer.YES, id="everything of the schema"),
    pytest.param('{"AWS/Lambda",FunctionName} Errors', Answer.YES, id="a schema in quotes"),
    pytest.param('Namespace="AWS/Lambda" MetricName="Errors"', Answer.YES, id="no schema"),
    pytest.param(f'{LAMBDA} MetricName="Throttles"', Answer.NO, id="another name"),
    pytest.param("{AWS/SQS,QueueName} Errors", Answer.NO, id="another namespace"),
    pytest.param('Namespace="AWS/SQS" MetricName="Errors"', Answer.NO, id="another, designated"),
    pytest.param(f"{LAMBDA} MetricName=Err", Answer.CANNOT_TELL, id="a part of the name"),
    pytest.param(f"{LAMBDA} NOT Errors", Answer.CANNOT_TELL, id="not it"),
    pytest.param(f"{LAMBDA} orders", Answer.CANNOT_TELL, id="a term that may be anything"),
    pytest.param("Errors", Answer.CANNOT_TELL, id="no namespace"),
    pytest.param('MetricName="Errors"', Answer.CANNOT_TELL, id="no namespace, designated"),
    pytest.param("x" * (LONGEST + 1), Answer.CANNOT_TELL, id="far too long"),
]


@pytest.mark.parametrize(("search", "answer"), FOUND)
def test_whether_a_search_finds_a_metric(search, answer):
    assert finds(search, "AWS/Lambda", "Errors") is answer


@pytest.mark.parametrize(
    ("expression", "searches"),
    [
        pytest.param("m1+m2", (), id="plain math"),
        pytest.param(f"SEARCH('{LAMBDA} Errors', 'Sum')", (f"{LAMBDA} Errors",), id="one"),
        pytest.param("SUM(search('a', 'Sum')) + SEARCH( 'b' ,'Sum')", ("a", "b"), id="two"),
        pytest.param(
            'SEARCH("{AWS/Lambda} MetricName=\\"Errors\\"", "Sum")',
            ('{AWS/Lambda} MetricName="Errors"',),
            id="double quotes",
        ),
    ],
)
def test_the_searches_of_an_expression(expression, searches):
    assert searches_in(expression) == searches


@given(st.text(max_size=200) | st.text(alphabet="{}()'\"=SEARCH ,", max_size=80))
def test_no_text_breaks_it(text):
    for search in (text, *searches_in(text)):
        finds(search, "AWS/Lambda", "Errors")
