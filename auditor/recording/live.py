"""What an inventory says of recordable resources: normal configurations, and what is unread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from auditor.answer import Answer, Item, Place, Refusal, Unanswered, lacks_key
from auditor.inventory import Inventory, not_collected, place_of
from auditor.judge import lasting_key
from auditor.query import JSON
from auditor.recording.normal import normal
from auditor.recording.recordable import TAGS, Fold, Recordable
from auditor.resources import Resource, describe, tags_of, vanished

OF_AWS = "aws:"
"""What the keys of tags begin with that AWS sets itself (tagging best practices)."""


@dataclass(frozen=True, slots=True)
class Live:
    """A resource as it is: its attributes, and why some of them are not known."""

    key: str
    resource: Resource
    attributes: Mapping[str, JSON]
    unread: Mapping[str, tuple[Refusal, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listed:
    """All resources of a kind in one place; `refusals` say why there may be more."""

    row: Recordable
    place: Place
    resources: Mapping[str, Live]
    refusals: tuple[Refusal, ...] = ()


def listed(inventory: Inventory, rows: Iterable[Recordable], place: Place) -> Iterator[Listed]:
    """What there is of each kind that belongs into a place (account-wide kinds: no region)."""
    for row in rows:
        if row.query.world != (not place.region):
            continue
        yield _listed(inventory, row, place)


def _listed(inventory: Inventory, row: Recordable, place: Place) -> Listed:
    refusals = [*inventory.refusals(row.query, place), *_gone(inventory, row, place)]
    found: dict[str, Item] = {}
    for item in inventory.items(row.query, place):
        if not isinstance(item.data, Mapping) or lacks_key(row.query, item.data):
            refusals.append(item.misfit("it does not say which one it is"))
        elif not (row.skips and row.skips(item.data)):
            _take(found, item, row.newest)
    live = {key: _live(inventory, row, key, item) for key, item in found.items()}
    return Listed(row, place, live, tuple(dict.fromkeys(refusals)))


def _take(found: dict[str, Item], item: Item, newest: str) -> None:
    """One item under its lasting name: the newest of several, else each under a name of its own."""
    key = lasting_key(item)
    other = found.get(key)
    if other is None:
        found[key] = item
    elif not newest:
        found[f"{key}#{item.key}"] = item
    elif _age(item, newest) > _age(other, newest):
        found[key] = item


def _age(item: Item, field_: str) -> float:
    value = item.data.get(field_)
    return value if isinstance(value, int | float) else -1


def _gone(inventory: Inventory, row: Recordable, place: Place) -> Iterator[Refusal]:
    """What vanished while it was listed: it cannot be told any more what it was."""
    for subject, answer in inventory.answers.get((row.query.id, place), {}).items():
        if answer.gone:
            yield vanished(row.query, place, subject, answer.gone)


def _live(inventory: Inventory, row: Recordable, key: str, item: Item) -> Live:
    attributes: dict[str, JSON] = {}
    unread: dict[str, tuple[Refusal, ...]] = {}
    for name in row.keeps:
        attributes[name] = normal(row, name, item.data.get(name))
    for fold in row.folds:
        try:
            value = fold.taken(_folded(inventory, fold, item))
            attributes[fold.attribute] = normal(row, fold.attribute, value)
        except Unanswered as unanswered:
            unread[fold.attribute] = unanswered.refusals
    if TAGS in row.attributes:
        try:
            attributes[TAGS] = _own_tags(tags_of(inventory, item))
        except Unanswered as unanswered:
            unread[TAGS] = unanswered.refusals
    return Live(key, describe(inventory, item), attributes, unread)


def _own_tags(tags: Mapping[str, str]) -> JSON:
    """The tags that are not AWS's: those of CloudFormation name the stack, and are kept as that."""
    return {key: tags[key] for key in sorted(tags) if not key.startswith(OF_AWS)} or None


def _folded(inventory: Inventory, fold: Fold, item: Item) -> list[JSON]:
    """The items of a further answer about an item; raises `Unanswered`."""
    query, place = fold.query, place_of(fold.query, item.place)
    if (query.id, place) in inventory.not_offered:
        return []
    if fold.joined:
        refusals = inventory.refusals(query, place)
        if refusals:
            raise Unanswered(*refusals)
        belongs, field_here = fold.joined
        index = inventory.index(query, place, belongs)
        return [one.data for one in index.get(item.data.get(field_here), ())]
    subject = item.ids[: _depth(fold)]
    answer = inventory.answer(query, place, subject)
    if answer is None:
        raise Unanswered(not_collected(query, place, subject))
    return [one.data for one in _whole(answer, fold, place, subject).items]


def _whole(answer: Answer, fold: Fold, place: Place, subject: tuple[str, ...]) -> Answer:
    if answer.refusal:
        raise Unanswered(answer.refusal)
    if answer.gone:
        raise Unanswered(vanished(fold.query, place, subject, answer.gone))
    for item in answer.items:
        item.read()
    return answer


def _depth(fold: Fold) -> int:
    """How many keys name the item that a question is asked about."""
    depth, above = 0, fold.query.of
    while above is not None:
        depth, above = depth + 1, above.of
    return depth
