"""Data outlives its stack where it should, and goes with it where it should.

Production wants what keeps state to be retained or saved as a snapshot, by both attributes:
`DeletionPolicy` says nothing of replacement. Ephemeral stacks must leave nothing behind: there RDS
leaves a snapshot unless told to delete. A secret is deleted with no recovery window, a key after
its waiting period, a bucket only when it is empty (Template Reference, "DeletionPolicy attribute"
and `AWS::SecretsManager::Secret`). None of this keeps anybody from deleting the resource itself.
Topics of SNS are always deleted; CDK's `Topic` takes no `removal_policy`. Retaining the key of data
that is retained matters most: without the key the data cannot be read.

Fix: set `DeletionPolicy` and `UpdateReplacePolicy` on the resources that the finding names (CDK:
`removal_policy`, with `auto_delete_objects` for buckets), then `aws cloudformation
create-change-set` and `execute-change-set`.
"""

from collections.abc import Iterable, Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity
from auditor.settings import Settings, setting
from probes.analysis.deletion_policies import NESTED, Fate, on_deletion, on_replacement
from probes.analysis.patterns import fits
from probes.aws import cloudformation
from probes.aws.cloudformation import Stack
from probes.groups import Stacks
from probes.stacks import _fates
from probes.stacks._templates import NEEDS, deployed


class Keeping(Settings):
    """What may become of data."""

    policies: list[_fates.Policy] = setting(
        ["Retain", "RetainExceptOnCreate", "Snapshot"],
        "The policies that are right for what keeps state.",
        ephemeral=["Delete"],
    )
    exempt_types: list[str] = setting(
        [NESTED],
        "Kinds that need no policy, as patterns; a nested stack's own template says what is kept.",
    )
    stacks: Stacks = Stacks()


class DeletionPolicies(Probe[Stack, Keeping]):
    """The policies of each stack's stateful resources."""

    subject, needs = cloudformation.STACKS, NEEDS
    severity, settings = Severity.MEDIUM, Keeping
    sources = ("S2.11", "S3.B1", "S3.B3", "S3.B4")
    parts = ("deletion", "replacement")

    def judge_deletion(self, stack: Stack, facts: Facts, expected: Keeping) -> Iterator[Remark]:
        found = deployed(stack, facts, expected.stacks)
        if isinstance(found, Remark):
            yield found
            return
        fates = [*_wanted(on_deletion(found.template, found.context), expected)]
        yield from _fates.judged(fates, expected.policies, "DeletionPolicy", stack)
        yield from _fates.notes(fates, expected.policies, found.template)
        yield from _fates.none_seen(fates, found.template)

    def judge_replacement(self, stack: Stack, facts: Facts, expected: Keeping) -> Iterator[Remark]:
        found = deployed(stack, facts, expected.stacks)
        if isinstance(found, Remark):
            yield found
            return
        fates = [*_wanted(on_replacement(found.template, found.context), expected)]
        yield from _fates.judged(fates, expected.policies, "UpdateReplacePolicy", stack)
        yield from _fates.none_seen(fates, found.template)


def _wanted(fates: Iterable[Fate], expected: Keeping) -> Iterator[Fate]:
    return (fate for fate in fates if not fits(expected.exempt_types, fate.type))
