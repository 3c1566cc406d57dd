"""Every operation, parameter, path and field is held against botocore's own model."""

from string import Formatter
from typing import Annotated, Any, get_args

import botocore.session
import pytest
from botocore.model import ListShape, MapShape, StructureShape

from auditor.catalogue import known_queries, load, recordables
from auditor.query import Query, Reduced, Shape, aws_names

SESSION = botocore.session.get_session()
PROBES = load()
QUERIES = sorted(known_queries(PROBES, recordables()).values(), key=lambda query: query.id)
MODELS: dict[str, Any] = {}
GIVEN_BY_THE_ENGINE = {"partition", "account", "region", "parent"}

each_query = pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.id)


def operation(query: Query[Any]) -> Any:
    service = MODELS.setdefault(query.service, SESSION.get_service_model(query.service))
    return service.operation_model(query.call)


def item_shape(query: Query[Any]) -> Any:
    shape = operation(query).output_shape
    for part in (query.each or query.at).split("."):
        if not part:
            return shape
        shape = shape.members[part.removesuffix("[]")]
        if isinstance(shape, ListShape) and query.each:
            shape = shape.member
    return shape


def top_fields(shape: type[Shape]) -> set[str]:
    return {name for names in aws_names(shape).values() for name in names}


@each_query
def test_the_operation_exists(query):
    assert query.call in SESSION.get_service_model(query.service).operation_names


@each_query
def test_its_parameters_exist(query):
    if query.fetch is not None:
        assert query.actions, "a query that is fetched by code names its IAM actions"
    known = operation(query).input_shape.members if operation(query).input_shape else {}
    assert {*query.given, *query.also} <= set(known)


@each_query
def test_each_leads_to_a_list(query):
    if not query.each:
        return
    shape = operation(query).output_shape
    for part in query.each.split("."):
        shape = shape.members[part.removesuffix("[]")]
        if isinstance(shape, ListShape):
            last_was_list, shape = True, shape.member
        else:
            last_was_list = False
    assert last_was_list


def check_fields(shape: type[Shape], model: Any, where: str) -> None:
    """Every field that a shape declares is in AWS's model, however deep."""
    if isinstance(model, MapShape):
        return  # attribute maps: the names are values of the API, not of its model
    assert isinstance(model, StructureShape), (where, model)
    for name, spellings in aws_names(shape).items():
        present = [s for s in spellings if s in model.members]
        assert present, f"{where}: AWS has no {' or '.join(spellings)}"
        info = shape.model_fields[name]
        if not any(isinstance(mark, Reduced) for mark in info.metadata):
            check_inside(info.annotation, model.members[present[0]], f"{where}.{name}")


def check_inside(annotation: Any, model: Any, where: str) -> None:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        while isinstance(model, ListShape):
            model = model.member
        if isinstance(model, MapShape):
            model = model.value
        check_fields(annotation, model, where)
        return
    for part in get_args(annotation):
        check_inside(part, model, where)


@each_query
def test_every_field_of_its_shape_exists(query):
    model = item_shape(query)
    if isinstance(model, StructureShape | MapShape):
        check_fields(query.shape, model, query.id)
    else:
        assert set(query.shape.model_fields) == {"value"}, "a bare text is kept as Name"


@each_query
def test_what_it_names_its_items_by_is_kept(query):
    kept = top_fields(query.shape)
    keys = (query.key,) if isinstance(query.key, str) else query.key
    named = [
        *keys,
        query.lasting,
        *(query.makes or ()),
        query.tags if isinstance(query.tags, str) else "",
    ]
    for where in (query.name, query.arn):
        in_template = [field for _, field, _, _ in Formatter().parse(where) if field]
        named += in_template or [where]
    assert {name for name in named if name} - GIVEN_BY_THE_ENGINE <= kept


@each_query
def test_what_it_is_given_is_kept_by_its_parent(query):
    for path in query.given.values():
        parent = query.of
        field = path
        while field.startswith("^"):
            parent, field = parent.of, field[1:]
        assert field in top_fields(parent.shape), (path, parent)


@each_query
def test_a_batch_repeats_what_it_was_asked(query):
    if query.batch:
        assert query.key, "the answers of a batch are told apart by their key"


@each_query
def test_an_account_wide_question_hangs_on_account_wide_ones(query):
    if query.world and query.of is not None:
        assert query.of.world


def test_annotated_types_are_looked_into():
    assert get_args(Annotated[str, Reduced(str)])[0] is str
