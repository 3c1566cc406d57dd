"""The template that a stack was deployed from, as far as it can be read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from auditor.facts import Facts
from auditor.probe import Remark, not_applicable, unknown
from probes.analysis.patterns import fits
from probes.analysis.template import Template, read_template
from probes.analysis.template_context import Context
from probes.aws import cloudformation
from probes.aws.cloudformation import Stack
from probes.groups import Stacks

NEEDS = (cloudformation.TEMPLATES, cloudformation.PROCESSED)
_HOLDS_NOTHING = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_IN_PROGRESS"})


@dataclass(frozen=True, slots=True)
class Deployed:
    """A template in the stack that was made from it."""

    template: Template
    context: Context


def why_not(stack: Stack, expected: Stacks) -> str:
    """Why the template of a stack is nothing to judge; empty where it is."""
    if not cloudformation.is_deployed(stack) or stack.stack_status in _HOLDS_NOTHING:
        return f"nothing of it is deployed: it is {stack.stack_status}"
    if fits(expected.exempt, stack.stack_name):
        return "the baseline exempts this stack"
    return ""


def deployed(stack: Stack, facts: Facts, expected: Stacks) -> Deployed | Remark:
    """The template in force, macros worked out; a remark where there is none to judge."""
    if reason := why_not(stack, expected):
        return not_applicable(reason)
    return worked_out(stack, facts)


def worked_out(stack: Stack, facts: Facts) -> Deployed | Remark:
    """The template with its macros worked out; a remark where it cannot be read."""
    found = facts.its(cloudformation.TEMPLATES)
    if cloudformation.is_transformed(found):
        found = facts.of(found).its(cloudformation.PROCESSED)
    return _in_stack(found, stack, facts)


def when_written(
    stack: Stack, facts: Facts, expected: Stacks, judgement: Callable[[Deployed], Iterable[Remark]]
) -> Iterator[Remark]:
    """What there is to say of the template as somebody wrote it, or why there is none to judge."""
    if reason := why_not(stack, expected):
        yield not_applicable(reason)
        return
    found = _in_stack(facts.its(cloudformation.TEMPLATES), stack, facts)
    if isinstance(found, Remark):
        yield found
        return
    yield from judgement(found)


def _in_stack(answer: cloudformation.Template, stack: Stack, facts: Facts) -> Deployed | Remark:
    found = facts.once(read_template, answer.template_body)
    if not isinstance(found, Template):
        return unknown(f"its template cannot be read: {found.reason}", code="template-unreadable")
    context = Context(
        template=found,
        parameters=stack.values,
        account=facts.account,
        region=facts.region,
        partition=facts.partition,
        stack_name=stack.stack_name,
        stack_id=stack.stack_id,
    )
    return Deployed(found, context)
