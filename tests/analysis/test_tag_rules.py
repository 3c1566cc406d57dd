import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.tag_rules import certain, missing, misspelt, own, refused

KEYS = st.text("abAB:", max_size=6)
TAGS = st.dictionaries(KEYS, st.text(max_size=4), max_size=6)


@given(st.lists(KEYS, max_size=6), TAGS)
def test_a_required_key_is_there_or_misspelt_or_missing_and_never_two_of_these(required, tags):
    absent, other = missing(required, tags), misspelt(required, tags)
    there = {key for key in required if key in own(tags)}
    assert set(required) == there | set(absent) | other.keys()
    assert len(there) + len(absent) + len(other) == len(set(required))


@given(TAGS)
def test_every_value_fits_where_nothing_is_asked(tags):
    assert refused([], {}, tags) == {}


@pytest.mark.parametrize(
    ("patterns", "value"),
    [
        pytest.param(["prod"], "prod", id="one value"),
        pytest.param(["prod", "dev"], "", id="a choice"),
        pytest.param(["prod-*"], "", id="a pattern"),
        pytest.param([], "", id="none"),
    ],
)
def test_a_value_is_certain_where_there_is_one(patterns, value):
    assert certain("Environment", {"Environment": patterns}) == value
    assert certain("Team", {"Environment": patterns}) == ""
