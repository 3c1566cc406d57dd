"""Templates and what AWS says of what they made, compared without an account."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from auditor.drift.comparison import Against
from auditor.drift.declarable import Declarable, StackRead
from auditor.drift.declared import against
from auditor.recording.live import Listed, Live
from auditor.recording.normal import normal
from auditor.recording.recordable import TAGS
from auditor.resources import Resource, Stack
from probes.analysis import template
from probes.analysis.template_context import Context
from probes.analysis.template_reduction import reduced
from probes.declared._parts import hidden_in
from probes.declared._resources import Reading
from probes.declared.stacks import TEMPLATES
from tests.kit import HERE, refusal

ID = "physical"
ROWS = {row.type: row for row in TEMPLATES.rows}


def live(row: Declarable, sent: Mapping[str, Any], unread: tuple[str, ...] = ()) -> Live:
    """A resource as AWS tells of it: attributes by their recorded names, as the API has them."""
    kept: dict[str, Any] = {}
    for name, value in sent.items():
        reduce = row.row.reduced.get(name)
        plain = value if name == TAGS else normal(row.row, name, reduce(value) if reduce else value)
        kept[name] = plain
    refused = {name: (refusal(row.row.query, HERE),) for name in unread}
    resource = Resource(row.type, ID, name="it", tags=sent.get(TAGS))
    return Live(ID, resource, kept, refused)


class Found:
    """Stands for the lookup of live resources."""

    def __init__(self, *listed: tuple[Declarable, Live | None], refused: bool = False) -> None:
        self.rows = ROWS
        self.live = {(row.type, ID): one for row, one in listed if one}
        self.refused = refused

    def __call__(self, type_: str, _place: Any, physical_id: str) -> Live | None:
        return self.live.get((type_, physical_id))

    def listed(self, row: Declarable, place: Any) -> Listed:
        refusals = (refusal(row.row.query, place),) if self.refused else ()
        return Listed(row.row, place, {}, refusals)


def stack_of(
    resources: Mapping[str, Any], *, tags: Mapping[str, str] | None = None, **more: Any
) -> StackRead:
    """A stack whose template declares resources; each is `physical` unless `ids` says otherwise."""
    ids = more.pop("ids", dict.fromkeys(resources, ID))
    body = reduced(json.dumps({"Resources": resources, **more.pop("sections", {})}))
    found = hidden_in(template.read(body))
    context = Context(template=found, physical_ids=ids, account=HERE.account, **more)
    reading = Reading(context, TEMPLATES.rows, tags or {})
    declared = [d for name, one in found.resources.items() for d in reading.of(one, ids[name])]
    made = tuple((one.type, ids[name], name) for name, one in found.resources.items())
    of = Resource("AWS::CloudFormation::Stack", "s", tags=tags or {})
    aimless = frozenset(reading.aimless)
    lent = tuple(reading.lent)
    return StackRead(HERE, Stack("app"), of, made, tuple(declared), aimless, lent=lent)


def compared(
    row: Declarable,
    properties: Mapping[str, Any],
    sent: Mapping[str, Any] | None,
    *,
    beside: Mapping[str, Any] | None = None,
    **more: Any,
) -> Against:
    """One declared resource against what AWS says of it; `beside` are further resources."""
    unread, refused = more.pop("unread", ()), more.pop("refused", False)
    resources = {"It": {"Type": row.type, "Properties": properties}, **(beside or {})}
    one = None if sent is None else live(row, sent, unread)
    lookup: Any = Found((row, one), refused=refused)
    free = more.pop("free", ())
    stacks = (stack_of(resources, **more),)
    all_ = against(stacks, lookup, lambda _row, _resource, path: path in free)
    (found,) = (one for one in all_ if one.drift.type == row.type)
    return found


def paths(found: Against) -> dict[str, tuple[Any, Any]]:
    """Each change: expected and found."""
    return {c.path: (c.expected, c.found) for c in found.drift.changes}
