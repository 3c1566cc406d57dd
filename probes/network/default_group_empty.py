"""The default security group of a VPC has no rules.

AWS gives every VPC a group named `default`, and it to whatever is made without a group of its own
(VPC guide, "Default security groups for your VPCs"). It cannot be deleted, but its rules can be: it
then admits nobody, and who forgot to choose a group notices at once. The rules that AWS begins with
let all members reach each other and send anything anywhere, so they count, also where nobody has
the group yet. Where nothing lies in a VPC that AWS made by itself, in every region of an account
("Default VPCs"), there is nothing that could get the group: a baseline may still want it empty.

Fix: `aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULES` and
the same with `-egress`; CloudFormation has no property for a group that it did not make (the CDK
has the feature flag `restrictDefaultSecurityGroup`).
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, any_of, drift, not_applicable
from auditor.settings import Settings, setting
from probes.analysis.network import Direction
from probes.aws import ec2, ec2_groups
from probes.network import _defaults, _rules


class DefaultGroup(Settings):
    """What is asked of default groups."""

    must_be_empty: bool = setting(True, "Whether default groups may have no rules.")
    unused_default_vpcs: bool = setting(
        False, "Whether that goes for default VPCs, too, in which nothing lies."
    )


class DefaultGroupEmpty(Probe[ec2_groups.SecurityGroup, DefaultGroup]):
    """The rules of each default group, whether it is used or not."""

    subject = ec2_groups.DEFAULT_GROUPS
    needs = (*_rules.RULES, ec2.VPCS, ec2.NETWORK_INTERFACES)
    severity, settings = Severity.MEDIUM, DefaultGroup
    sources = ("S2.4",)

    def judge(
        self, group: ec2_groups.SecurityGroup, facts: Facts, expected: DefaultGroup
    ) -> Iterator[Remark]:
        if not expected.must_be_empty:
            yield not_applicable("the baseline lets default groups have rules")
            return
        found = {one: _rules.rules(facts, group.group_id, one) for one in Direction}
        if any(found.values()) and not (expected.unused_default_vpcs or _matters(group, facts)):
            yield not_applicable("nothing lies in this default VPC", code="unused-default-vpc")
            return
        for direction, rules in found.items():
            if rules:
                yield drift(
                    f"the default group has {direction.value} rules",
                    code="default-sg-has-rules",
                    severity=_defaults.weight(facts, lambda: [group]),
                    expected=[],
                    found=sorted(map(_rules.said, rules)),
                    cli=_rules.revoked(group.group_id, rules, direction),
                )


def _matters(group: ec2_groups.SecurityGroup, facts: Facts) -> bool:
    """Whether something lies in the VPC of a group, or somebody made that VPC."""

    def used() -> bool:
        return bool(facts.where(ec2.NETWORK_INTERFACES, ec2.vpc_of, group.vpc_id))

    def made() -> bool:
        vpc = facts.named(ec2.VPCS, group.vpc_id)
        return vpc is None or not vpc.is_default

    return any_of(used, made)
