"""What is recorded is told in CloudFormation's words, and those are in its schemas.

Every path at which a difference can be told is walked, as AWS's model of the answer has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, StructureShape

from auditor.catalogue import recordables
from auditor.query import Name, aws_names
from auditor.recording.recordable import TAGS, Recordable
from auditor.recording.words import NAMES, Words
from tests.laws.cloudformation import is_kind, may_declare
from tests.laws.test_law_1_aws_knows_it import item_shape

ROWS = {row.type: row for row in recordables()}
MEMBER = "(member)"

each_row = pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)


class Model(dict[str, Any]):
    """An item that answers with AWS's model of its fields, as far as they are kept."""

    def __init__(self, shape: Any, kept: set[str]) -> None:
        members = getattr(shape, "members", {})
        super().__init__({name: members[name] for name in kept if name in members})


def models(row: Recordable) -> Iterator[tuple[str, Any]]:
    """The attributes of a row with AWS's model of each; None for what the row makes itself."""
    members = {} if row.base.shape is Name else item_shape(row.base).members
    folds = {fold.attribute: fold for fold in row.folds}
    for name in row.attributes:
        if name == TAGS or name in row.rules or row.reduced.get(name, dict)({}) is None:
            yield name, None
        elif name in folds:
            query = folds[name].query
            kept = {spelt for names in aws_names(query.shape).values() for spelt in names}
            model = folds[name].taken([Model(item_shape(query), kept)])
            yield name, None if type(model) is dict else model
        else:
            yield name, members[name]


def walk(row: Recordable, path: str, words: Words, model: Any) -> Iterator[tuple[str, Words, Any]]:
    """Every place inside an attribute at which a difference can be told."""
    yield path, words, model
    if path.count(".") > 8:
        return
    if isinstance(model, MapShape):
        yield from walk(row, f"{path}.*", words.field(MEMBER), model.value)
    if isinstance(model, ListShape):
        if path not in row.keyed:
            return
        words, model = words.member(MEMBER), model.member
    fields = model.members if isinstance(model, StructureShape) else model
    if not isinstance(fields, dict):
        return
    for name, below in fields.items():
        at = f"{path}.{name}"
        if at not in row.volatile and row.keyed.get(path) != name:
            yield from walk(row, at, words.field(name), below)


def places(row: Recordable) -> list[tuple[str, Words, Any]]:
    return [
        found
        for name, model in models(row)
        for found in walk(row, name, row.words.field(name), model)
    ]


@each_row
def test_what_is_told_in_the_words_of_cloudformation_is_in_its_schema(row):
    wrong = [(path, words.text) for path, words, _ in places(row) if not is_right(row, words.text)]
    assert not wrong


def is_right(row: Recordable, words: str) -> bool:
    kind, path = row.type, words.replace(f".{MEMBER}", "")
    if path.startswith("AWS::"):
        kind, _, path = path.partition(".")
    return not words or (is_kind(kind) and (not path or may_declare(kind, path)))


@each_row
def test_keys_of_mappings_are_names_and_not_properties(row):
    maps = {
        path for path, words, model in places(row) if isinstance(model, MapShape) and words.text
    }
    assert maps <= {path.removesuffix(".*") for path in row.names if path.endswith(".*")}


@each_row
def test_a_step_that_is_named_is_one_that_can_be_told(row):
    """A name for what is never told, or that says what is said anyway, is dead knowledge."""
    told = {words.path for _, words, _ in places(row)}
    made = {name for name, model in models(row) if model is None or isinstance(model, dict)}
    for path, name in row.names.items():
        attribute, _, below = path.partition(".")
        if below and attribute not in made and not path.endswith(".*"):
            assert path in told, path
        if name == NAMES:
            continue
        last = path.rpartition(".")[2]
        assert name != last[:1].upper() + last[1:], f"{path}: {name} is what is said anyway"
