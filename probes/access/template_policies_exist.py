"""Stacks name only managed policies that can be attached.

A role whose template names a policy that does not exist cannot be made: the next create fails, and
so does every copy of the stack, however long the deployed one has worked. Most such names have a
wrong path: `policy/AWSCodeDeployRole` does not exist, `policy/service-role/AWSCodeDeployRole` does,
and `policy/AWSCodeDeployRoleForECS` has no path. IAM is global, so a policy is never missing in a
Region, only in another partition (`arn:aws:` in GovCloud or China). It is no reason to write inline
policies instead: AWS's own guide for CodeDeploy attaches the managed one (CodeDeploy user guide,
"Create a service role"). Policies that were withdrawn are known from AWS's list and public archives
(IAM User Guide, "Deprecated AWS managed policies"); those for service-linked roles nobody attaches.

Fix: write the right ARN, such as `arn:aws:iam::aws:policy/service-role/AWSCodeDeployRole` (`aws iam
get-policy --policy-arn ARN` shows whether it exists), in `ManagedPolicyArns` of the role.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, every, not_applicable, unknown
from auditor.settings import Settings
from probes.access._existing import Lookup, in_template
from probes.analysis.answers import CannotTell
from probes.analysis.patterns import fits
from probes.analysis.template import read_template
from probes.analysis.template_context import Context
from probes.analysis.template_policies import makes_policies, named_policies
from probes.aws import cloudformation, iam
from probes.aws.cloudformation import Stack
from probes.groups import DeprecatedPolicies, Stacks

_TEMPLATES = (cloudformation.TEMPLATES, cloudformation.PROCESSED)


class Existing(Settings):
    """What is not to be used any more."""

    deprecated: DeprecatedPolicies = DeprecatedPolicies()
    stacks: Stacks = Stacks()


class TemplatePoliciesExist(Probe[Stack, Existing]):
    """Each stack with the policies that roles, users and groups of its template name."""

    subject = cloudformation.STACKS
    needs = (*_TEMPLATES, iam.AWS_POLICIES, iam.POLICIES)
    severity, settings, sources = Severity.HIGH, Existing, ("S4.1",)

    def judge(self, stack: Stack, facts: Facts, expected: Existing) -> Iterator[Remark]:
        if not cloudformation.is_deployed(stack) or fits(expected.stacks.exempt, stack.stack_name):
            yield not_applicable(f"the stack is exempt, or not there: {stack.stack_status}")
            return
        template = facts.once(read_template, _body(facts))
        if isinstance(template, CannotTell):
            yield unknown(f"the template cannot be read: {template.reason}")
            return
        exports = (out for one in facts.seen(cloudformation.STACKS) for out in one.outputs)
        context = Context(
            template=template, parameters=stack.values, account=facts.account,
            region=facts.region, partition=facts.partition, stack_name=stack.stack_name,
            stack_id=stack.stack_id,
            imports={out.export_name: out.output_value for out in exports if out.export_name},
        )  # fmt: skip
        named = tuple(dict.fromkeys(named_policies(template, context)))
        if not named:
            yield not_applicable("the template names no managed policy")
        look, own = Lookup(facts, expected.deprecated.extra), makes_policies(template)
        yield from every(*(lambda n=n: in_template(n, look, makes_own=own) for n in named))


def _body(facts: Facts) -> str:
    """The template as macros left it, where there are any."""
    template = facts.its(cloudformation.TEMPLATES)
    if not cloudformation.is_transformed(template):
        return template.template_body
    return facts.of(template).its(cloudformation.PROCESSED).template_body
