from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.alarm_rule import LONGEST, UnreadableRule, children

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
    pytest.param('"a" AND TRUE', id="a name without a function"),
    pytest.param("TRUE, FALSE", id="a comma without a list"),
    pytest.param("TRUE AND " * LONGEST, id="more than AWS takes"),
]


@pytest.mark.parametrize(("rule", "names"), READABLE)
def test_children_are_the_alarms_that_the_rule_names(rule, names):
    assert children(rule) == names


@pytest.mark.parametrize("rule", UNREADABLE)
def test_what_is_not_wholly_understood_is_refused(rule):
    with pytest.raises(UnreadableRule):
        children(rule)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    with suppress(UnreadableRule):
        assert isinstance(children(text), frozenset)


@given(
    st.lists(st.text('abc ()",\\', min_size=1).map(lambda s: s.strip()).filter(bool), min_size=1)
)
def test_quoted_names_come_back_as_they_were(names):
    quoted = [name.replace("\\", "\\\\").replace('"', '\\"') for name in names]
    rule = " OR ".join(f'ALARM("{name}")' for name in quoted)
    assert children(rule) == set(names)
