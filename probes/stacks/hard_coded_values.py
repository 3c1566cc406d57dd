"""Templates hold no secrets, and nothing that is true in one account or environment only.

A password in a template is read by everybody who may get the template. An ARN with the id of an
account of the documentation fails, or trusts a stranger; a name without the environment's suffix
makes a second deployment collide, and keeps the resource from being replaced. Looked at is the
template as it was submitted, outside of placeholders; descriptions and metadata do not count.
AWS's own accounts, its managed policies and published layers are let be, and so is what CDK writes
out at synthesis. Secrets are told by the name of their property or by their form, and named by
their place only. That a parameter has the literal for its default mends little, and counts as such.

Fix: parameters, `!Sub` with `AWS::AccountId`, `AWS::Region` and `AWS::Partition`, mappings, SSM
parameter types, `{{resolve:secretsmanager:...}}` for secrets; then change the secret that stood
there. `aws cloudformation create-change-set` and `execute-change-set`.
"""

from collections.abc import Iterator
from functools import partial

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity
from probes.aws import cloudformation
from probes.aws.cloudformation import Stack
from probes.stacks import _literals
from probes.stacks._literals import Variable
from probes.stacks._templates import when_written


class HardCodedValues(Probe[Stack, Variable]):
    """The literals in each stack's template."""

    subject, needs = cloudformation.STACKS, (cloudformation.TEMPLATES,)
    severity, settings = Severity.LOW, Variable
    sources = ("S1.8", "S3.B7", "S3.B9")
    parts = ("accounts", "secrets", "names", "places", "defaults")

    def judge_accounts(self, stack: Stack, facts: Facts, expected: Variable) -> Iterator[Remark]:
        allowed = expected.allowed_accounts
        return when_written(
            stack, facts, expected.stacks, partial(_literals.accounts, stack, allowed=allowed)
        )

    def judge_secrets(self, stack: Stack, facts: Facts, expected: Variable) -> Iterator[Remark]:
        return when_written(stack, facts, expected.stacks, partial(_literals.secrets, stack))

    def judge_names(self, stack: Stack, facts: Facts, expected: Variable) -> Iterator[Remark]:
        return when_written(
            stack, facts, expected.stacks, partial(_literals.names, stack, wanted=expected)
        )

    def judge_places(self, stack: Stack, facts: Facts, expected: Variable) -> Iterator[Remark]:
        return when_written(stack, facts, expected.stacks, partial(_literals.places, stack))

    def judge_defaults(self, stack: Stack, facts: Facts, expected: Variable) -> Iterator[Remark]:
        allowed = expected.allowed_accounts
        return when_written(
            stack, facts, expected.stacks, partial(_literals.defaults, stack, allowed=allowed)
        )
