"""Nothing uses the default security group of its VPC.

Every VPC has a group named `default`, which admits its own members and sends anything anywhere
(VPC guide, "Default security groups for your VPCs"). What has it was given no rules of its own, and
meets whatever else was given none. Instances, load balancers, services, databases and functions are
judged, and the templates that scaling groups launch from. A service, or a template that a group
launches from, that names no group has the default one (API references of ECS and EC2).

The source holds this of load balancers in the CDK too: there an ALB without a group gets one made
for it. Only the name `default` itself is meant, which AWS keeps for these groups.

Fix: make a group per tier, then `aws elbv2 set-security-groups`, `aws ecs update-service
--network-configuration`, `aws rds modify-db-instance --vpc-security-group-ids` or their like; in
CloudFormation `SecurityGroups`, `SecurityGroupIds` or `VPCSecurityGroups`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, not_applicable, unknown
from auditor.settings import Settings
from probes.aws import ec2_groups, ec2_routes
from probes.network import _defaults, _rules, _users

_EXPECTED = "a group of its own"


class DefaultGroupUnused(Probe[_users.User, Settings]):
    """The groups of everything that names groups, or fails to."""

    subject = _users.SUBJECTS
    needs = (ec2_groups.SECURITY_GROUPS, *_rules.RULES, ec2_routes.SUBNETS, *_users.NEEDS)
    severity = Severity.MEDIUM
    sources = ("S2.4",)

    def judge(self, user: _users.User, facts: Facts, _: Settings) -> Iterator[Remark]:
        told: set[str] = set()
        for uses in _users.uses_of(user, facts):
            if uses.why_not:
                yield not_applicable(uses.why_not)
            if uses.unread:
                yield unknown("AWS names none of its security groups", code="no-security-groups")
            for group_id in (one for one in uses.groups if one not in told):
                told.add(group_id)
                yield from self._named(group_id, facts)
            if "" not in told and (uses.falls_back or ec2_groups.DEFAULT in uses.names):
                told.add("")
                yield self._fallen_back(uses, facts)

    def _named(self, group_id: str, facts: Facts) -> Iterator[Remark]:
        group = facts.named(ec2_groups.SECURITY_GROUPS, group_id)
        if group is None:
            yield unknown(f"the account does not list {group_id}", code="group-not-listed")
        elif group.group_name == ec2_groups.DEFAULT:
            yield drift(
                "has the default group of its VPC",
                code="default-group",
                severity=_defaults.weight(facts, lambda: [group]),
                expected=_EXPECTED,
                found=group_id,
                related=(facts.related("default group", group),),
            )

    def _fallen_back(self, uses: _users.Uses, facts: Facts) -> Remark:
        return drift(
            "names no group of its own, so that it has the default group of its VPC",
            code="default-group-implied",
            severity=_defaults.weight(facts, lambda: _defaults.of_subnets(facts, uses.subnets)),
            expected=_EXPECTED,
            found="the default group",
            evidence={"subnets": sorted(uses.subnets)},
        )
