from contextlib import suppress
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.alarm_logic import UnreadableRule
from probes.analysis.alarm_rule import LONGEST, children
from probes.analysis.answers import Answer

ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:cpu"
READABLE = [
    pytest.param("TRUE", set(), id="no alarm at all"),
    pytest.param("ALARM(cpu)", {"cpu"}, id="a bare name"),
    pytest.param('ALARM("cpu too high")', {"cpu too high"}, id="a quoted name"),
    pytest.param("ALARM(cpu too high)", {"cpu too high"}, id="a bare name of several words"),
    pytest.param(f"OK({ARN})", {ARN}, id="an ARN"),
    pytest.param('ALARM("odd (name), AND more")', {"odd (name), AND more"}, id="marks in quotes"),
    pytest.param(r'ALARM("say \"no\"")', {'say "no"'}, id="quotes in quotes"),
    pytest.param(
        "(ALARM(a) OR not alarm(b)) AND INSUFFICIENT_DATA( c )", {"a", "b", "c"}, id="all operators"
    ),
    pytest.param('AT_LEAST(2, ALARM, ("a", b, c))', {"a", "b", "c"}, id="a count of alarms"),
    pytest.param(
        "AT_LEAST(60%, NOT OK, (a, b)) OR ALARM(c)", {"a", "b", "c"}, id="a share of alarms"
    ),
    pytest.param(f"ALARM(cpu) OR OK({ARN})", {"cpu", ARN}, id="a name and an ARN"),
]
YES, NO, PERHAPS = Answer.YES, Answer.NO, Answer.CANNOT_TELL
MAINTAINED = " OR ".join(f"(ALARM(a{n}) AND NOT ALARM(work))" for n in range(20))
CAUSES = [
    pytest.param("ALARM(cpu)", {"cpu": YES}, id="the only one"),
    pytest.param("alarm(cpu) or not Alarm(b)", {"cpu": YES, "b": NO}, id="words in any case"),
    pytest.param("ALARM(cpu) AND ALARM(disk)", {"cpu": YES, "disk": YES}, id="both"),
    pytest.param("ALARM(disk) AND NOT ALARM(cpu)", {"cpu": NO, "disk": YES}, id="held back"),
    pytest.param("NOT NOT ALARM(cpu)", {"cpu": YES}, id="held back from holding back"),
    pytest.param("OK(cpu)", {"cpu": NO}, id="in good times"),
    pytest.param("NOT OK(cpu)", {"cpu": YES}, id="not in good times"),
    pytest.param("INSUFFICIENT_DATA(cpu)", {"cpu": NO}, id="without data"),
    pytest.param("NOT INSUFFICIENT_DATA(cpu)", {"cpu": NO}, id="with data of any kind"),
    pytest.param("FALSE AND ALARM(cpu)", {"cpu": NO}, id="never"),
    pytest.param("TRUE OR ALARM(cpu)", {"cpu": NO}, id="always"),
    pytest.param("TRUE AND ALARM(cpu)", {"cpu": YES}, id="with a constant that changes nothing"),
    pytest.param("ALARM(cpu) OR NOT ALARM(cpu)", {"cpu": NO}, id="always, by two states"),
    pytest.param(f"ALARM(cpu) AND OK({ARN})", {"cpu": NO, ARN: NO}, id="never, by name and ARN"),
    pytest.param(
        "ALARM(arn:a) AND NOT ALARM(arn:b)", {"arn:a": YES, "arn:b": NO}, id="ARNs of no alarm"
    ),
    pytest.param(
        "ALARM(x:alarm:a) AND OK(a)", {"x:alarm:a": YES, "a": NO}, id="a name much like an ARN"
    ),
    pytest.param("ALARM(cpu) AND INSUFFICIENT_DATA(cpu)", {"cpu": NO}, id="two states at once"),
    pytest.param(
        "ALARM(a) OR ALARM(a) AND ALARM(cpu)", {"a": YES, "cpu": NO}, id="said already by another"
    ),
    pytest.param(
        "(ALARM(a) OR ALARM(b)) AND (OK(a) OR OK(b))", {"a": YES, "b": YES}, id="one of two alone"
    ),
    pytest.param(
        "OK(a) AND INSUFFICIENT_DATA(a) OR ALARM(b)", {"a": NO, "b": YES}, id="a part never true"
    ),
    pytest.param(
        "NOT ALARM(a) AND ALARM(b) OR ALARM(c)", {"a": NO, "b": YES, "c": YES}, id="NOT binds first"
    ),
    pytest.param("ALARM(a) OR FALSE AND ALARM(b)", {"a": YES, "b": NO}, id="AND binds before OR"),
    pytest.param("(TRUE OR ALARM(a)) AND ALARM(b)", {"a": NO, "b": YES}, id="in parentheses"),
    pytest.param(
        "NOT (ALARM(a) AND OK(b))", {"a": NO, "b": YES}, id="what NOT turns round, all of it"
    ),
    pytest.param("AT_LEAST(2, ALARM, (a, b))", {"a": YES, "b": YES}, id="so many of them"),
    pytest.param("AT_LEAST(3, ALARM, (a, b))", {"a": NO, "b": NO}, id="more than there are"),
    pytest.param("AT_LEAST(0, ALARM, (a, b))", {"a": NO, "b": NO}, id="none at least"),
    pytest.param("AT_LEAST(2, ALARM, (a, a))", {"a": YES}, id="one that stands there twice"),
    pytest.param("AT_LEAST(1, OK, (a, b))", {"a": NO, "b": NO}, id="so many well"),
    pytest.param("AT_LEAST(50%, NOT OK, (a, b, c))", dict.fromkeys("abc", YES), id="half of them"),
    pytest.param("NOT AT_LEAST(1, NOT OK, (a, b))", {"a": NO, "b": NO}, id="not one unwell"),
    pytest.param(
        " OR ".join(f"ALARM(a{n})" for n in range(100)),
        {f"a{n}": YES for n in range(100)},
        id="many, each once",
    ),
    pytest.param(
        MAINTAINED,
        {f"a{n}": PERHAPS for n in range(20)} | {"work": NO},
        id="too many to try, but one that only holds back",
    ),
]
UNREADABLE = [
    pytest.param('ALARM("cpu)', id="an open quote"),
    pytest.param("ALARM(cpu", id="an open parenthesis"),
    pytest.param("ALARM()", id="no name"),
    pytest.param("ALARM cpu", id="no parenthesis"),
    pytest.param("ALARM(a, b)", id="two names"),
    pytest.param("AT_LEAST(2, ALARM", id="no list"),
    pytest.param("AT_LEAST(2, ALARM, (a, ))", id="an empty place in the list"),
    pytest.param("AT_LEAST(2, ALARM, (a, b) OR", id="a list that goes on"),
    pytest.param("MOSTLY(a)", id="a function of the future"),
    pytest.param("AT_LEAST(2, ALARM)", id="a count of nothing"),
    pytest.param("AT_LEAST(few, ALARM, (a, b))", id="a count that is no number"),
    pytest.param("AT_LEAST(2, UNWELL, (a, b))", id="a state of the future"),
    pytest.param('AT_LEAST("2", ALARM, (a, b))', id="a count in quotes"),
    pytest.param("", id="nothing"),
    pytest.param("NOT", id="an operator alone"),
    pytest.param("ALARM(a) AND", id="an operator without its right side"),
    pytest.param("OR ALARM(a)", id="an operator without its left side"),
    pytest.param("ALARM(a) ALARM(b)", id="no operator"),
    pytest.param("ALARM(a) NOT ALARM(b)", id="NOT between two"),
    pytest.param("(ALARM(a)", id="a group never closed"),
    pytest.param("ALARM(a))", id="a group never opened"),
    pytest.param("()", id="an empty group"),
    pytest.param('"a" AND TRUE', id="a name without a function"),
    pytest.param("TRUE, FALSE", id="a comma without a list"),
    pytest.param("TRUE AND " * LONGEST, id="more than AWS takes"),
]


@pytest.mark.parametrize(("rule", "names"), READABLE)
def test_children_are_the_alarms_that_the_rule_names(rule, names):
    assert children(rule).keys() == names


@pytest.mark.parametrize(("rule", "answers"), CAUSES)
def test_whether_a_rule_becomes_true_because_an_alarm_goes_off(rule, answers):
    assert children(rule) == answers


def operators(parts):
    return st.one_of(
        parts.map("(NOT {})".format),
        st.tuples(parts, parts).map(lambda two: "({} AND {})".format(*two)),
        st.tuples(parts, parts).map(lambda two: "({} OR {})".format(*two)),
    )


STATES = ["ALARM", "OK", "INSUFFICIENT_DATA"]
LEAVES = st.one_of(
    st.sampled_from(["TRUE", "FALSE"]),
    st.builds("{}({})".format, st.sampled_from(STATES), st.sampled_from("abc")),
)


def holds(rule, states):
    """The rule as Python reads it."""
    text = rule.replace("AND", "and").replace("OR", "or").replace("NOT", "not")
    text = text.replace("TRUE", "True").replace("FALSE", "False")
    asks = {state: lambda one, state=state: states[one] == state for state in STATES}
    return eval(text, asks | {one: one for one in "abc"})


@given(st.recursive(LEAVES, operators, max_leaves=8))
def test_an_answer_is_what_trying_all_states_shows(rule):
    for alarm, answer in children(rule).items():
        others = [one for one in "abc" if one != alarm]
        tried = [dict(zip(others, some, strict=True)) for some in product(STATES, repeat=2)]
        moved = any(
            holds(rule, some | {alarm: "ALARM"}) and not holds(rule, some | {alarm: "OK"})
            for some in tried
        )
        assert answer is Answer.of(moved)


@pytest.mark.parametrize("rule", UNREADABLE)
def test_what_is_not_wholly_understood_is_refused(rule):
    with pytest.raises(UnreadableRule):
        children(rule)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    with suppress(UnreadableRule):
        assert isinstance(children(text), dict)


@given(
    st.lists(st.text('abc ()",\\', min_size=1).map(lambda s: s.strip()).filter(bool), min_size=1)
)
def test_quoted_names_come_back_as_they_were(names):
    quoted = [name.replace("\\", "\\\\").replace('"', '\\"') for name in names]
    rule = " OR ".join(f'ALARM("{name}")' for name in quoted)
    assert children(rule).keys() == set(names)
