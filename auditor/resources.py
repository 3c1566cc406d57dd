"""What an item is called: its ARN, name, tags and stack, as its query says where they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from auditor.answer import (
    Item,
    Place,
    Refusal,
    Subject,
    Unanswered,
    Why,
)
from auditor.inventory import Inventory, not_collected, place_of
from auditor.query import JSON, Query, Reduced

STACK_TAGS = {
    "name": "aws:cloudformation:stack-name",
    "id": "aws:cloudformation:stack-id",
    "logical_id": "aws:cloudformation:logical-id",
}
"""CloudFormation puts these tags on what it makes (user guide, "Resource tags")."""


@dataclass(frozen=True, slots=True)
class Stack:
    """The stack that made a resource."""

    name: str
    id: str = ""
    logical_id: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """What a finding says of a resource; `type` is CloudFormation's name for its kind.

    `tags` is None where they could not be read.
    """

    type: str
    id: str
    arn: str = ""
    name: str = ""
    tags: Mapping[str, str] | None = None
    stack: Stack | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """Another resource and its role in a finding ("the key of /dev/xvda")."""

    role: str
    resource: Resource


def tags_from(sent: Any) -> JSON:
    """Tags as one mapping, out of the spellings that AWS's services send; else as they were sent.

    A tag that has no key, or a list for a value, makes all unreadable: it might be any tag.
    """
    if isinstance(sent, Mapping):
        pairs = list(sent.items())
    elif isinstance(sent, list | tuple) and all(isinstance(tag, Mapping) for tag in sent):
        pairs = [_pair(tag) for tag in sent]
    else:
        return sent
    if not all(isinstance(k, str) and isinstance(v, str | int | float | None) for k, v in pairs):
        return list(sent)
    return {key: "" if value is None else str(value) for key, value in pairs}


def _pair(tag: Mapping[Any, Any]) -> tuple[Any, Any]:
    """The key and the value of a tag: `Key`, `key`, `TagKey`, ..."""
    lowered = {str(name).lower().removeprefix("tag"): value for name, value in tag.items()}
    return lowered.get("key"), lowered.get("value")


Tags = Annotated[dict[str, str], Reduced(tags_from)]
"""A shape's field for tags: one mapping, whatever the service sends."""


def arn_of(item: Item) -> str:
    """The ARN of an item, or nothing where its kind has none."""
    where = item.query.arn
    if "{" not in where:
        return str(item.data.get(where, "")) if where and isinstance(item.data, Mapping) else ""
    place = item.place
    fields = {"partition": place.partition, "account": place.account, "region": place.region}
    try:
        return where.format_map({**_texts(item.data), **fields})
    except KeyError:  # the item lacks what it is named by: reading it says so
        return ""


def name_of(item: Item) -> str:
    """The name that people know an item by; its key where it has no other."""
    where = item.query.name
    if "{" in where:
        return _written(where, item)
    name = item.data.get(where) if isinstance(item.data, Mapping) else None
    return str(name) if name else item.key


def _written(template: str, item: Item) -> str:
    """A name that is put together: `{parent}` is the parent's name, all else a field."""
    data = item.data if isinstance(item.data, Mapping) else {}
    parent = name_of(item.parent) if item.parent else ""
    try:
        return template.format_map({**data, "parent": parent})
    except KeyError:  # the item lacks what it is named by: reading it says so
        return item.key


def tags_of(inventory: Inventory, item: Item) -> dict[str, str]:
    """The tags of an item; raises `Unanswered` where they could not be read."""
    source = item.query.tag_query
    if source is None:
        return _tags_in(str(item.query.tags), item)
    place = place_of(source, item.place)
    if source.of is not None:
        answer = inventory.answer(source, place, item.ids)
        if answer is None:
            raise Unanswered(not_collected(source, place, item.ids))
        if answer.refusal:
            raise Unanswered(answer.refusal)
        if answer.gone:
            raise Unanswered(vanished(source, place, item.ids, answer.gone))
        return _tags_in(str(source.tags), answer.items[0]) if answer.items else {}
    listed = inventory.find(source, place, arn_of(item))
    return _tags_in(str(source.tags), listed) if listed else {}


def vanished(query: Query[Any], place: Place, subject: Subject, code: str) -> Refusal:
    """A refusal for what vanished beside the subject: it cannot be told what was so of it."""
    said = "it vanished since it was listed"
    return Refusal(query.id, query.operation, place, Why.OTHER, code, said, subject)


def describe(inventory: Inventory, item: Item) -> Resource:
    """What findings say of an item; worked out once."""
    if item.described is None:
        item.described = _described(inventory, item)
    resource: Resource = item.described
    return resource


def _described(inventory: Inventory, item: Item) -> Resource:
    try:
        tags = tags_of(inventory, item)
    except Unanswered:
        tags = None
    arn, name = arn_of(item), name_of(item)
    stack = _stack_in(tags or {}) or _maker(inventory, item, (item.key, arn, name))
    return Resource(item.query.type, item.key, arn, name, tags, stack)


def _stack_in(tags: Mapping[str, str]) -> Stack | None:
    found = {part: tags[tag] for part, tag in STACK_TAGS.items() if tag in tags}
    return Stack(**found) if "name" in found else None


def _maker(inventory: Inventory, item: Item, names: tuple[str, ...]) -> Stack | None:
    """The stack among whose resources an item is, by type and physical id."""
    made, place = inventory.once(_made, inventory), item.place
    where = (place.account, place.region, item.query.type)
    return next((made[*where, name] for name in names if (*where, name) in made), None)


def _made(inventory: Inventory) -> dict[tuple[str, str, str, str], Stack]:
    """What the stacks of an inventory made: by account, region, type and physical id.

    What an account has only once stands there without a region, too.
    """
    found: dict[tuple[str, str, str, str], Stack] = {}
    for answers in inventory.answers.values():
        for item in (one for answer in answers.values() for one in answer.items):
            if item.query.makes is None:
                break
            data = item.data if isinstance(item.data, Mapping) else {}
            kind, physical, logical = (str(data.get(f, "")) for f in item.query.makes)
            if item.parent and physical:
                stack = Stack(name_of(item.parent), item.parent.key, logical)
                found[item.place.account, item.place.region, kind, physical] = stack
                found.setdefault((item.place.account, "", kind, physical), stack)
    return found


def _tags_in(field: str, item: Item) -> dict[str, str]:
    """The tags in an item; a field that AWS left out holds none."""
    found = item.data.get(field) if isinstance(item.data, Mapping) else field
    if found is not None and not isinstance(found, Mapping):
        raise Unanswered(item.misfit(f"{field}: these are no tags"))
    return {str(key): str(value) for key, value in (found or {}).items()}


def _texts(data: JSON) -> dict[str, str]:
    return (
        {k: v for k, v in data.items() if isinstance(v, str)} if isinstance(data, Mapping) else {}
    )
