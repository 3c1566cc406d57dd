"""The default security group of a VPC has no rules.

AWS gives every VPC a group named `default`, and it to whatever is made without a group of its own
(VPC guide, "Default security groups for your VPCs"). It cannot be deleted, but its rules can be: it
then admits nobody, and who forgot to choose a group notices at once. The rules that AWS begins with
let all members reach each other and send anything anywhere, so they count, also where nobody has
the group yet.

Fix: `aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULES` and
the same with `-egress`; CloudFormation has no property for a group that it did not make (the CDK
has the feature flag `restrictDefaultSecurityGroup`).
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, not_applicable
from auditor.settings import Settings, setting
from probes.analysis.network import Direction
from probes.aws import ec2_groups
from probes.network import _defaults, _rules


class DefaultGroup(Settings):
    """What is asked of default groups."""

    must_be_empty: bool = setting(True, "Whether default groups may have no rules.")


class DefaultGroupEmpty(Probe[ec2_groups.SecurityGroup, DefaultGroup]):
    """The rules of each default group, whether it is used or not."""

    subject, needs = ec2_groups.DEFAULT_GROUPS, _rules.RULES
    severity, settings = Severity.MEDIUM, DefaultGroup
    sources = ("S2.4",)

    def judge(
        self, group: ec2_groups.SecurityGroup, facts: Facts, expected: DefaultGroup
    ) -> Iterator[Remark]:
        if not expected.must_be_empty:
            yield not_applicable("the baseline lets default groups have rules")
            return
        for direction in Direction:
            rules = _rules.rules(facts, group.group_id, direction)
            if rules:
                yield drift(
                    f"the default group has {direction.value} rules",
                    code="default-sg-has-rules",
                    severity=_defaults.weight(facts, lambda: [group]),
                    expected=[],
                    found=sorted(map(_rules.said, rules)),
                    cli=_rules.revoked(group.group_id, rules, direction),
                )
