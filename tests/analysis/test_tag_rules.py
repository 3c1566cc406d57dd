from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.tag_rules import absent, certain, missing, misspelt, own, refused, to_choose

KEYS = st.text("abAB:", max_size=6)


@dataclass(frozen=True)
class Wanted:
    required: Sequence[str] = ()
    allowed_values: Mapping[str, Sequence[str]] = field(default_factory=dict)


TAGS = st.dictionaries(KEYS, st.text(max_size=4), max_size=6)


@given(st.lists(KEYS, max_size=6), TAGS)
def test_a_required_key_is_there_or_misspelt_or_missing_and_never_two_of_these(required, tags):
    gone, other = missing(Wanted(required), tags), misspelt(Wanted(required), tags)
    there = {key for key in required if key in own(tags)}
    assert set(required) == there | set(gone) | other.keys()
    assert set(absent(Wanted(required), tags)) == set(required) - set(tags)
    assert len(there) + len(gone) + len(other) == len(set(required))


@given(TAGS)
def test_every_value_fits_where_nothing_is_asked(tags):
    assert refused(Wanted(), tags) == {}


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
    rules = Wanted(["Environment"], {"Environment": patterns})
    assert certain(rules, "Environment") == value
    assert certain(rules, "Team") == ""
    assert to_choose(rules, ["Environment"]) == {"Environment": value or "VALUE"}
