"""A stack hands out what others need of it, exported and without secrets.

Whoever builds on a stack needs the address of its load balancer, the ids of its groups, the names
of its tables. Without outputs they look them up by hand and write them down as literals. An output
counts by what its value refers to, in the second place by its name. Only an exported output can be
imported (`Fn::ImportValue`); export names are unique in an account and region. Outputs are shown
to everybody who may describe stacks, and `NoEcho` does not mask them (User Guide, "Outputs",
"Parameters"). What a stack does not have it need not hand out; functions that CDK adds for itself
do not count.

Fix: add to `Outputs` what the finding shows, with `Export: {Name: !Sub '${AWS::StackName}-NAME'}`,
or take the secret out, then `aws cloudformation create-change-set` and `execute-change-set`.
"""

from collections.abc import Iterator
from functools import partial

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, every, not_applicable
from auditor.settings import Settings, setting
from probes.analysis.template_outputs import MEANINGS, Wanted
from probes.aws import cloudformation
from probes.aws.cloudformation import Stack
from probes.groups import Stacks
from probes.stacks import _handing
from probes.stacks._templates import NEEDS, deployed


class HandedOut(Settings):
    """What stacks hand out."""

    wanted: list[Wanted] = setting(
        [*MEANINGS], "What a stack hands out, if it has the resource in question."
    )
    wanted_names: list[str] = setting(
        [], "Names that outputs of every stack must have, as patterns."
    )
    require_export: bool = setting(True, "What is wanted must be exported, too.")
    nested: bool = setting(False, "Nested stacks must hand it out as well.")
    stacks: Stacks = Stacks()


class Outputs(Probe[Stack, HandedOut]):
    """The outputs of each stack."""

    subject, needs = cloudformation.STACKS, NEEDS
    severity, settings = Severity.LOW, HandedOut
    sources = ("S0.13", "S1.7", "S2.14", "S3.I1")
    parts = ("missing", "exported", "secrets")

    def judge_missing(self, stack: Stack, facts: Facts, expected: HandedOut) -> Iterator[Remark]:
        reason = _handing.why_none(stack, nested=expected.nested)
        found = not_applicable(reason) if reason else deployed(stack, facts, expected.stacks)
        if isinstance(found, Remark):
            yield found
            return
        results = _handing.handed(stack, found, expected.wanted)
        yield from _handing.missing(stack, found, results, expected.wanted_names)

    def judge_exported(self, stack: Stack, facts: Facts, expected: HandedOut) -> Iterator[Remark]:
        reason = _handing.why_none(stack, nested=expected.nested)
        if not expected.require_export:
            reason = "the baseline asks for no exports"
        found = not_applicable(reason) if reason else deployed(stack, facts, expected.stacks)
        if isinstance(found, Remark):
            yield found
            return
        yield from _handing.not_exported(stack, _handing.handed(stack, found, expected.wanted))

    def judge_secrets(self, stack: Stack, facts: Facts, expected: HandedOut) -> Iterator[Remark]:
        if not stack.outputs:
            yield not_applicable("it has no outputs")
            return
        masked = partial(_handing.secret_parameters, stack, facts, expected.stacks)
        yield from every(partial(_handing.secret_in_sight, stack), masked)
