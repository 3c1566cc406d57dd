"""A kind that can be recorded is recorded whole: each member of AWS's answer is kept or left out."""

import pytest
from botocore.model import ListShape, MapShape, StructureShape

from auditor.catalogue import recordables
from auditor.query import Name, aws_names
from auditor.recording.recordable import TAGS, Recordable
from tests.laws.test_law_1_aws_knows_it import item_shape

ROWS = recordables()
OF_TAGS = {"Tags", "tags", "TagList"}

each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.type)


@each_row
def test_every_member_is_recorded_or_said_to_be_left_out(row):
    if row.base.shape is Name:
        return
    members = set(item_shape(row.base).members)
    assert not set(row.keeps) & set(row.leaves)
    assert members - OF_TAGS == ({*row.keeps, *row.leaves} - OF_TAGS) & members
    assert {*row.keeps, *row.leaves} <= members, "AWS has no such member"


@each_row
def test_what_a_row_says_of_attributes_is_said_of_its_own(row):
    for names in (row.reduced, row.rules, row.free):
        assert set(names) <= set(row.attributes), (names, row.attributes)
    for paths in (row.volatile, row.ordered, row.keyed, row.names):
        assert {path.partition(".")[0] for path in paths} <= set(row.attributes)


def members_at(row: Recordable, path: str):
    """AWS's model at a path below an attribute that is kept; None where a row made it."""
    attribute, *below = path.split(".")
    if attribute not in row.keeps or attribute in row.rules:
        return None
    model = item_shape(row.base).members[attribute]
    for name in below:
        while isinstance(model, ListShape):
            model = model.member
        if isinstance(model, MapShape):
            return None
        assert isinstance(model, StructureShape), path
        model = model.members[name]
    return model


@each_row
def test_every_path_of_a_row_is_one_of_aws(row):
    for path in (*row.volatile, *row.ordered, *row.keyed):
        model = members_at(row, path)
        if model is None:
            continue
        if path in row.keyed:
            assert row.keyed[path] in model.member.members
        elif path in row.ordered:
            assert isinstance(model, ListShape)


@each_row
def test_a_kind_has_a_lasting_name_and_tags_have_one_name(row):
    assert row.type
    assert row.base.key
    assert (TAGS in row.attributes) == bool(row.base.tags)


class Watched(dict):
    """An item that remembers which of its fields were read."""

    def __init__(self):
        self.read = set()

    def get(self, name, default=None):
        self.read.add(name)
        return default


@each_row
def test_what_decides_whether_an_item_is_skipped_is_kept(row):
    item = Watched()
    if row.skips:
        assert row.skips(item) is False, "an item of which nothing is known is not skipped"
    kept = {name for names in aws_names(row.query.shape).values() for name in names}
    assert item.read | set(row.looks) <= kept
