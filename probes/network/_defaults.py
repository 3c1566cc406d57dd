"""The default security groups of VPCs, and how much using them weighs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from auditor.facts import Facts
from auditor.probe import Severity, severity_if
from probes.analysis.network import Cidr, Direction
from probes.aws import ec2_groups, ec2_routes
from probes.network import _rules

Groups = Iterable[ec2_groups.SecurityGroup]


def weight(facts: Facts, which: Callable[[], Groups]) -> Severity:
    """High where one of the groups admits addresses; medium where it admits groups alone."""

    def admits_addresses() -> bool:
        return any(
            isinstance(rule.peer, Cidr)
            for group in which()
            for rule in _rules.rules(facts, group.group_id, Direction.INGRESS)
        )

    return severity_if(admits_addresses, Severity.HIGH, Severity.MEDIUM)


def of_subnets(facts: Facts, subnets: Iterable[str]) -> Groups:
    """The default groups of the VPCs of subnets; all of the region where no VPC is known."""
    found = [facts.named(ec2_routes.SUBNETS, one) for one in subnets]
    vpcs = {one.vpc_id for one in found if one}
    groups = facts.where(ec2_groups.SECURITY_GROUPS, ec2_groups.name_of, ec2_groups.DEFAULT)
    return [group for group in groups if not vpcs or group.vpc_id in vpcs]
