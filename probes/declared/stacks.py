"""Deployed stacks and what their templates declare, as far as the account resolves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from auditor.answer import Item, Place, Refusal, Unanswered, Vanished
from auditor.drift.declarable import Declared, Expected, Known, StackRead, Templates
from auditor.facts import Facts
from auditor.inventory import Inventory
from auditor.resources import Stack as StackOf
from auditor.resources import describe
from probes.analysis.answers import CannotTell
from probes.analysis.patterns import fits
from probes.analysis.template import Resource, Template, read_template
from probes.analysis.template_context import Context
from probes.analysis.template_values import exists
from probes.aws import cloudformation
from probes.aws.cloudformation import Made, Stack
from probes.declared import (
    containers,
    databases,
    edge,
    identity,
    keys,
    load_balancing,
    network,
    observability,
    pipelines,
    scaling,
    serverless,
    storage,
)
from probes.declared._names import attributes_of, exported
from probes.declared._parts import hidden_in
from probes.declared._resources import Reading
from probes.groups import Stacks

SETTLED = frozenset(
    {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE",
     "IMPORT_ROLLBACK_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}
)  # fmt: skip
"""Statuses in which a stack is as its template says (API reference, `StackStatus`)."""


def read(
    templates: Templates, inventory: Inventory, place: Place, known: Known, expected: Expected
) -> Iterator[StackRead]:
    """Every stack of a place that has something deployed, those that cannot be read as well."""
    items: dict[str, tuple[Item, Stack]] = {}
    unread: list[StackRead] = []
    for item in inventory.items(templates.stacks, place):
        try:
            items[item.key] = (item, inventory.read(item))
        except Unanswered as refused:
            of, why = StackOf(item.key), "what AWS says of it cannot be read"
            resource, why_not = describe(inventory, item), refused.refusals
            unread.append(StackRead(place, of, resource, None, why=why, refusals=why_not))
    account = _Account(
        templates, inventory, place, known, {k: one for k, (_, one) in items.items()}
    )
    for item, stack in items.values():
        if cloudformation.is_deployed(stack):
            yield _OneStack(account, item, stack, expected).read()
    yield from unread


@dataclass(frozen=True, slots=True)
class _Account:
    """The stacks of a place, and what is known of the resources."""

    templates: Templates
    inventory: Inventory
    place: Place
    known: Known
    stacks: Mapping[str, Stack]
    exports: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.exports.update(exported(self.stacks))


@dataclass(slots=True)
class _OneStack:
    """One stack: what it made, and what its template says of it."""

    account: _Account
    item: Item
    stack: Stack
    expected: Expected
    made: tuple[Made, ...] | None = None

    def read(self) -> StackRead:
        """The stack, as far as it can be read."""
        inventory, place = self.account.inventory, self.account.place
        facts = Facts(inventory, place, self.item)
        try:
            self.made = facts.each(cloudformation.RESOURCES)
            settings: Stacks = self.expected(describe(inventory, self.item))
            exempt = fits(settings.exempt, self.stack.stack_name)
            if exempt or self.stack.stack_status not in SETTLED:
                said = "the baseline exempts its stack"
                changing = f"its stack is {self.stack.stack_status}"
                return self._said(why=said if exempt else changing, exempt=exempt)
            found = self._template(facts)
        except Vanished:
            self.made = None
            return self._said(why="it vanished since it was listed")
        except Unanswered as unanswered:
            why = "what its stack declares was not answered"
            return self._said(why=why, refusals=unanswered.refusals)
        if isinstance(found, str):
            return self._said(why=found)
        return self._declared(found)

    def _template(self, facts: Facts) -> Template | str:
        """The template in force; why it is none to compare with, where it is not."""
        answer = facts.its(cloudformation.TEMPLATES)
        if cloudformation.is_transformed(answer):
            answer = facts.of(answer).its(cloudformation.PROCESSED)
        found = self.account.inventory.once(read_template, answer.template_body)
        if isinstance(found, CannotTell):
            return f"its template cannot be read: {found.reason}"
        if found.has_macros:
            return "its template leaves to macros what it declares"
        return hidden_in(found)

    def _declared(self, found: Template) -> StackRead:
        made = {one.logical_resource_id: one for one in self.made or ()}
        context = self._context(found, made)
        reading = Reading(context, self.account.templates.rows, self.stack.tags)
        declared: list[Declared] = []
        for logical, one in made.items():
            resource: Resource | None = found.resources.get(logical)
            if resource is not None and exists(resource, context) is not False:
                declared += reading.of(resource, one.physical_resource_id)
        lent = tuple(dict.fromkeys(reading.lent))
        read = self._said(declared=tuple(declared), aimless=frozenset(reading.aimless))
        return replace(read, lent=lent)

    def _context(self, found: Template, made: Mapping[str, Made]) -> Context:
        account, stack = self.account, self.stack
        return Context(
            template=found,
            parameters=stack.values,
            account=account.place.account,
            region=account.place.region,
            partition=account.place.partition,
            stack_name=stack.stack_name,
            stack_id=stack.stack_id,
            imports=account.exports,
            physical_ids={
                name: one.physical_resource_id
                for name, one in made.items()
                if one.physical_resource_id
            },
            attributes=attributes_of(
                tuple(made.values()), account.place, account.stacks, account.known
            ),
        )

    def _said(
        self,
        *,
        why: str = "",
        refusals: tuple[Refusal, ...] = (),
        exempt: bool = False,
        declared: tuple[Declared, ...] = (),
        aimless: frozenset[tuple[str, str]] = frozenset(),
    ) -> StackRead:
        return StackRead(
            self.account.place,
            StackOf(self.stack.stack_name, self.stack.stack_id),
            describe(self.account.inventory, self.item),
            None if self.made is None else tuple(_plain(one) for one in self.made),
            declared,
            aimless,
            why,
            refusals,
            exempt,
        )


def _plain(made: Made) -> tuple[str, str, str]:
    return made.resource_type, made.physical_resource_id, made.logical_resource_id


TEMPLATES = Templates(
    rows=(
        network.SECURITY_GROUP,
        load_balancing.LOAD_BALANCER,
        load_balancing.LISTENER,
        load_balancing.TARGET_GROUP,
        scaling.SCALING_GROUP,
        scaling.LAUNCH_TEMPLATE,
        keys.KEY,
        keys.SECRET,
        identity.ROLE,
        identity.MANAGED_POLICY,
        observability.LOG_GROUP,
        observability.ALARM,
        observability.COMPOSITE_ALARM,
        databases.INSTANCE,
        databases.CLUSTER,
        databases.TABLE,
        storage.BUCKET,
        containers.CLUSTER,
        containers.SERVICE,
        containers.TASK_DEFINITION,
        serverless.FUNCTION,
        serverless.TOPIC,
        edge.DISTRIBUTION,
        pipelines.PIPELINE,
        pipelines.PROJECT,
        pipelines.DEPLOYMENT_GROUP,
    ),
    stacks=cloudformation.STACKS,
    reads=(cloudformation.TEMPLATES, cloudformation.PROCESSED, cloudformation.RESOURCES),
    settings=Stacks,
    read=read,
)
"""Every kind that is compared with templates."""
