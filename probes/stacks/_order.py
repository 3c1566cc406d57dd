"""What a template's resources have to wait for, judged."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from auditor.facts import Facts
from auditor.probe import Remark, Severity, gap, not_applicable, note, unknown
from probes.analysis.answers import Answer
from probes.analysis.template_needs import names_keys_by_value, needs
from probes.analysis.template_order import MOST_RESOURCES, Check, Need, Order
from probes.aws import cloudformation
from probes.aws.cloudformation import Stack
from probes.stacks._failing import own_failure_of
from probes.stacks._templates import Deployed

_MOST_NAMED = 5
_MOST_SHOWN = 100


def judged(
    stack: Stack, found: Deployed, checks: Sequence[Check], facts: Facts
) -> Iterator[Remark]:
    """What a template leaves to chance, and what it says twice."""
    if len(found.template.resources) > MOST_RESOURCES:
        yield unknown("its template has more resources than CloudFormation takes")
        return
    order = _order_of(found, checks, facts)
    wanted = needs(order, checks)
    met = {need: order.is_met(need) for need in wanted}
    if unmet := [need for need, answer in met.items() if answer is Answer.NO]:
        yield _unordered(stack, unmet, order, facts)
    if doubtful := [need for need, answer in met.items() if answer is Answer.CANNOT_TELL]:
        yield unknown(f"conditions decide whether this is in order: {_written(doubtful)}")
    if found.template.opaque:
        yield unknown("macros or loops make resources that cannot be seen")
    elif not wanted:
        yield not_applicable("nothing in it has to wait for what it does not refer to")
    yield from _said_twice(order)


def _order_of(found: Deployed, checks: Sequence[Check], facts: Facts) -> Order:
    """The order of a template; names of what it made only where a log group may go by them."""
    if "key" not in checks or not names_keys_by_value(found.template):
        return Order(found.template, found.context)
    listed = facts.each(cloudformation.RESOURCES)
    made = {one.logical_resource_id: one.physical_resource_id for one in listed}
    return Order(found.template, replace(found.context, physical_ids=made))


def _unordered(stack: Stack, unmet: Sequence[Need], order: Order, facts: Facts) -> Remark:
    """The remark on needs that are not met; grave where an operation failed for one of them."""
    failure = own_failure_of(stack, facts)
    first, sources = failure.story.chain[:1], {need.source for need in unmet}
    proven = failure.cause.order and any(event.logical_resource_id in sources for event in first)
    need = min(unmet)
    kind = order.template.resources[need.source].type
    return gap(
        f"nothing makes these wait: {_written(unmet)}",
        code="missing-dependency",
        expected=sorted(_pair(need) for need in unmet)[:_MOST_SHOWN],
        found=[],
        severity=Severity.HIGH if proven else Severity.LOW,
        evidence={"checks": sorted({need.check for need in unmet}), **failure.shown},
        cli=(
            "aws", "cloudformation", "create-change-set", "--stack-name", stack.stack_name,
            "--change-set-name", "dependencies", "--template-body", "file://template.yaml",
        ),
        cloudformation={"Type": kind, "DependsOn": [need.targets[0]]},
    )  # fmt: skip


def _said_twice(order: Order) -> Iterator[Remark]:
    """A note on `DependsOn` where a reference says the same."""
    if pairs := [f"{source} on {target}" for source, target in order.redundant]:
        yield note(f"DependsOn repeats what a reference says: {_listed(pairs)}")


def _written(needs: Sequence[Need]) -> str:
    return _listed(sorted(_pair(need) for need in needs))


def _pair(need: Need) -> str:
    return f"{need.source} for {' or '.join(need.targets[:_MOST_NAMED])}"


def _listed(texts: Sequence[str]) -> str:
    more = ", and others" if len(texts) > _MOST_NAMED else ""
    return ", ".join(texts[:_MOST_NAMED]) + more
