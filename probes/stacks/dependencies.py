"""Resources of a stack wait for what they need.

CloudFormation makes side by side what does not refer to each other; a template that leaves order to
chance works until the day that the other one is faster. `Ref`, `Fn::GetAtt` and `Fn::Sub` order as
well as `DependsOn` does (Template Reference, "DependsOn attribute"), so a log group with
`!GetAtt Key.Arn` needs no more, and a `DependsOn` beside it is only noted. What has to be said:
ECS services wait for a listener that forwards to their target group (scaling groups had better),
whatever needs the internet for the attachment of the gateway, whoever acts by a role for the
policies attached apart from it, triggers for the permission to invoke. Only where an operation
failed for the lack of it is this grave. A policy that takes a moment to work everywhere is no
matter of order, and no template can help it.

Fix: refer to the resource, or add `DependsOn: [NAME]` to the one that has to wait, then
`aws cloudformation create-change-set` and `execute-change-set`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, not_applicable
from auditor.settings import Settings, setting
from probes.analysis.patterns import fits
from probes.analysis.template_needs import CHECKS
from probes.analysis.template_order import Check
from probes.aws import cloudformation
from probes.aws.cloudformation import Stack
from probes.groups import Stacks
from probes.stacks import _order
from probes.stacks._templates import NEEDS, worked_out


class Ordered(Settings):
    """Which needs of order are looked at."""

    depends_checks: list[Check] = setting(
        [*CHECKS], "The needs that are looked at; the documentation of the probe names them."
    )
    stacks: Stacks = Stacks()


class Dependencies(Probe[Stack, Ordered]):
    """The order in which each stack makes its resources."""

    subject = cloudformation.STACKS
    needs = (*NEEDS, cloudformation.RESOURCES, cloudformation.EVENTS)
    severity, settings = Severity.LOW, Ordered
    sources = ("S0.12", "S4.3")

    def judge(self, stack: Stack, facts: Facts, expected: Ordered) -> Iterator[Remark]:
        if not cloudformation.is_deployed(stack):
            yield not_applicable(f"nothing of it is deployed: it is {stack.stack_status}")
            return
        if fits(expected.stacks.exempt, stack.stack_name):
            yield not_applicable("the baseline exempts this stack")
            return
        found = worked_out(stack, facts)
        if isinstance(found, Remark):
            yield found
            return
        yield from _order.judged(stack, found, expected.depends_checks, facts)
