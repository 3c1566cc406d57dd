"""Every item of the source documents has a probe that names it, or a reason why none can."""

import re

import pytest

from auditor.catalogue import load
from auditor.demo.stories import STORIES

PROBES = load()
ITEMS = {key: item for story in STORIES.values() for key, item in story.items.items()}


def numbered(document: str, *counts: tuple[str, int]) -> set[str]:
    return {f"{document}.{letter}{n}" for letter, count in counts for n in range(1, count + 1)}


DOCUMENTS = (
    {"S0.critical"}
    | numbered("S0", ("", 15))
    | numbered("S1", ("", 10))
    | numbered("S2", ("", 17))
    | numbered("S3", ("A", 4), ("B", 14), ("I", 6))
    | numbered("S4", ("", 3))
)


def test_the_stories_hold_every_item_and_no_other():
    assert set(ITEMS) == DOCUMENTS
    assert sum(len(story.items) for story in STORIES.values()) == len(ITEMS)


@pytest.mark.parametrize("key", sorted(DOCUMENTS))
def test_an_item_is_answered(key):
    item = ITEMS[key]
    naming = {probe.id for probe in PROBES if key in probe.sources}
    assert naming or item.reason
    assert not item.probes or naming & set(item.probes), "what finds it does not name it"


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.id)
def test_a_probe_names_items_that_there_are(probe):
    named = {source for source in probe.sources if re.match(r"S\d\.", source)}
    assert named <= DOCUMENTS


@pytest.mark.parametrize("key", sorted(DOCUMENTS))
def test_an_item_is_told_in_one_sentence(key):
    says = ITEMS[key].says
    assert says[0].isupper()
    assert says.endswith(".")
    assert says.count(". ") == 0
