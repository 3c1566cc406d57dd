import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.answers import Answer, CannotTell
from probes.analysis.event_pattern import ABSENT, matches, read

EVENT = {
    "source": "aws.codepipeline",
    "detail-type": "CodePipeline Pipeline Execution State Change",
    "account": "123456789012",
    "detail": {"pipeline": "deliver", "state": "FAILED", "stage": ABSENT},
}
YES, NO, OPEN = Answer.YES, Answer.NO, Answer.CANNOT_TELL


def of(**detail):
    return {"source": ["aws.codepipeline"], "detail": detail}


ANSWERS = [
    pytest.param({}, YES, id="an empty pattern"),
    pytest.param({"source": ["aws.codepipeline"]}, YES, id="the source alone"),
    pytest.param({"source": ["aws.ec2", "aws.codepipeline"]}, YES, id="one of several sources"),
    pytest.param({"source": ["aws.codebuild"]}, NO, id="another source"),
    pytest.param({"source": []}, NO, id="no source at all"),
    pytest.param({"source": "aws.codepipeline"}, OPEN, id="a value that is no list"),
    pytest.param(of(state=["FAILED"]), YES, id="failures"),
    pytest.param(of(state=["failed"]), NO, id="case counts"),
    pytest.param(of(state=["SUCCEEDED"]), NO, id="successes"),
    pytest.param(of(pipeline=["deliver"], state=["FAILED"]), YES, id="of the pipeline"),
    pytest.param(of(pipeline=["other"], state=["FAILED"]), NO, id="of another pipeline"),
    pytest.param(of(version=[1]), OPEN, id="a field that is not known"),
    pytest.param(of(version=[1], pipeline=["other"]), NO, id="unknown in part, and no anyway"),
    pytest.param(of(stage=["Deploy"]), NO, id="a field that is not there"),
    pytest.param(of(stage=[{"exists": False}]), YES, id="wanted absent"),
    pytest.param(of(stage=[{"exists": True}]), NO, id="wanted present"),
    pytest.param(of(stage=[{"anything-but": "Test"}]), NO, id="an absent field is nothing else"),
    pytest.param(of(stage={"name": ["x"]}), OPEN, id="inside of a field that is not there"),
    pytest.param(of(state=[{"exists": True}]), YES, id="present"),
    pytest.param(of(state=[{"exists": "yes"}]), OPEN, id="exists of something odd"),
    pytest.param(of(state={"is": ["FAILED"]}), NO, id="inside of a text"),
    pytest.param({"detail": ["x"]}, OPEN, id="a list for an object"),
    pytest.param(of(state=[1, None, True]), NO, id="values of other kinds"),
    pytest.param(of(state=[{"prefix": "FA"}]), YES, id="prefix"),
    pytest.param(of(state=[{"prefix": "SU"}]), NO, id="another prefix"),
    pytest.param(of(state=[{"prefix": {"equals-ignore-case": "fa"}}]), YES, id="prefix in any case"),
    pytest.param(of(state=[{"prefix": {"equals-ignore-case": 1}}]), OPEN, id="an odd prefix in any case"),
    pytest.param(of(state=[{"prefix": {"tomorrow": "fa"}}]), OPEN, id="a prefix of the future"),
    pytest.param(of(state=[{"suffix": "ED"}]), YES, id="suffix"),
    pytest.param(of(state=[{"suffix": 1}]), OPEN, id="a suffix that is no text"),
    pytest.param(of(state=[{"equals-ignore-case": "failed"}]), YES, id="in any case"),
    pytest.param(of(state=[{"equals-ignore-case": ["failed"]}]), OPEN, id="in any case of a list"),
    pytest.param(of(state=[{"wildcard": "F*D"}]), YES, id="wildcard"),
    pytest.param(of(state=[{"wildcard": "F*L*D"}]), YES, id="two wildcards"),
    pytest.param(of(state=[{"wildcard": "F*X*D"}]), NO, id="a wildcard that does not fit"),
    pytest.param(of(state=[{"wildcard": "FAIL*LED"}]), NO, id="a wildcard that would overlap"),
    pytest.param(of(state=[{"wildcard": "FAILED"}]), YES, id="no wildcard in it"),
    pytest.param(of(state=[{"wildcard": "S*"}]), NO, id="another beginning"),
    pytest.param(of(state=[{"wildcard": "FAILED\\*"}]), NO, id="an escaped star"),
    pytest.param(of(state=[{"wildcard": 1}]), OPEN, id="a wildcard that is no text"),
    pytest.param(of(state=[{"anything-but": "SUCCEEDED"}]), YES, id="anything but"),
    pytest.param(of(state=[{"anything-but": ["FAILED", "STOPPED"]}]), NO, id="anything but several"),
    pytest.param(of(state=[{"anything-but": {"prefix": "S"}}]), YES, id="anything but a prefix"),
    pytest.param(of(state=[{"anything-but": {"suffix": ["ED", "x"]}}]), NO, id="anything but suffixes"),
    pytest.param(of(state=[{"anything-but": {"wildcard": "*X*"}}]), YES, id="anything but a wildcard"),
    pytest.param(of(state=[{"anything-but": {"tomorrow": "x"}}]), OPEN, id="anything but of the future"),
    pytest.param(of(state=[{"anything-but": {}}]), OPEN, id="anything but nothing"),
    pytest.param(of(state=[{"anything-but": [None]}]), OPEN, id="anything but something odd"),
    pytest.param(of(state=[{"numeric": [">", 1]}]), NO, id="a number"),
    pytest.param(of(state=[{"cidr": "10.0.0.0/8"}]), OPEN, id="an address"),
    pytest.param(of(state=[{"tomorrow": 1}]), OPEN, id="an operator of the future"),
    pytest.param(of(state=[{"tomorrow": 1}, "FAILED"]), YES, id="and a value that fits"),
    pytest.param(of(state=[{"prefix": "F", "suffix": "D"}]), OPEN, id="two operators in one"),
    pytest.param({"$or": [{"source": ["aws.ec2"]}, of(state=["FAILED"])]}, YES, id="one of two"),
    pytest.param({"$or": [{"source": ["aws.ec2"]}, of(state=["x"])]}, NO, id="neither of two"),
    pytest.param({"$or": [{"source": ["aws.ec2"]}, "x"]}, OPEN, id="an odd alternative"),
    pytest.param({"$or": "x"}, OPEN, id="odd alternatives"),
    pytest.param(of(**{"$or": [{"state": ["FAILED"]}, {"pipeline": ["x"]}]}), YES, id="one of two inside"),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "answer"), ANSWERS)
def test_a_pattern_matches_as_eventbridge_says(pattern, answer):
    assert matches(read(json.dumps(pattern)), EVENT) is answer


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("[]", id="a list"),
        pytest.param("[" * 20_000, id="brackets without end"),
        pytest.param('{"a": ' * 5_000 + "1" + "}" * 5_000, id="deeper than Python goes"),
        pytest.param(" " * 40_000 + "{}", id="more than AWS takes"),
    ],
)
def test_what_cannot_be_read_leaves_the_answer_open(text):
    assert isinstance(read(text), CannotTell)
    assert matches(read(text), EVENT) is OPEN


def test_alternatives_inside_alternatives_end():
    pattern = {"source": ["aws.codepipeline"]}
    for _ in range(300):
        pattern = {"$or": [pattern]}
    assert matches(read(json.dumps(pattern)), EVENT) is OPEN


def test_wildcards_are_matched_soon():
    started = time.process_time()
    hostile = {"detail": {"state": [{"wildcard": "*A" * 8_000}]}}
    assert matches(read(json.dumps(hostile)), {"detail": {"state": "A" * 5_000}}) is NO
    assert time.process_time() - started < 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["source", "detail", "state", "stage", "$or", "prefix", "anything-but"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_document_has_an_answer(document):
    assert isinstance(matches(read(json.dumps(document)), EVENT), Answer)


@given(JSON)
def test_knowing_more_never_turns_a_yes_into_a_no(document):
    pattern = read(json.dumps(document))
    little = matches(pattern, {"source": "aws.codepipeline"})
    assert little in {OPEN, matches(pattern, EVENT)}
