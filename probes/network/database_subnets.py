"""Databases lie in subnets without a way to the internet.

A database needs no way out, and nobody outside needs a way in. RDS may move it to any subnet of its
group at a failover, so each counts. A subnet without an association of its own has the main table
of its VPC (VPC user guide, "Configure route tables"). Gateway endpoints lead nowhere; a
default route to a transit gateway or a peer may, beyond what this account shows. RDS Custom calls
AWS from inside, so its way out weighs less. An isolated database cannot call Lambda, nor import
from S3 without a gateway endpoint. VPC Block Public Access is shown, and changes no verdict.

Fix: associate the subnets with a table that holds only local routes, `aws ec2
replace-route-table-association`; or make a group of isolated subnets and restore into it, as few
engines let an instance change groups within a VPC. In CloudFormation `DBSubnetGroupName`.
"""

from collections.abc import Iterator
from functools import partial
from typing import Literal

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, every, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.aws import rds
from probes.groups import DatabaseEngines
from probes.network import _isolation


class Tier(Settings):
    """How far away from the internet databases must be."""

    subnet_tier: Literal["isolated", "private", "any"] = setting(
        "isolated", "No way in or out (`isolated`), ways out only (`private`), or any subnet."
    )
    transit_is_egress: bool = setting(
        False, "Whether a default route into another network counts as a way out."
    )
    engines: DatabaseEngines = DatabaseEngines()


class DatabaseSubnets(Probe[rds.Database, Tier]):
    """The subnets of the group of each instance that stands alone, and of each cluster."""

    subject = (rds.INSTANCES, rds.CLUSTERS)
    needs = (rds.SUBNET_GROUPS, *_isolation.NEEDS)
    severity, settings, sources = Severity.MEDIUM, Tier, ("S2.5",)

    def judge(self, database: rds.Database, facts: Facts, expected: Tier) -> Iterator[Remark]:
        if reason := _passed_over(database, expected):
            yield not_applicable(reason)
            return
        name = rds.subnet_group_of(database)
        group = facts.named(rds.SUBNET_GROUPS, name) if name else None
        if group is None or not group.subnets:
            yield unknown("AWS does not say in which subnets it may be", code="no-subnet-group")
            return
        custom = database.engine.startswith("custom-")
        weight = Severity.INFORMATIONAL if custom else Severity.MEDIUM
        private, transit = expected.subnet_tier == "private", not expected.transit_is_egress
        wanted = _isolation.Wanted(egress=private, transit=transit, weight=weight)
        leaks = partial(_isolation.leaks, facts.related("subnet group", group), facts, wanted)
        subnets = sorted(subnet.subnet_id for subnet in group.subnets)
        yield from every(*(partial(leaks, one) for one in subnets))


def _passed_over(database: rds.Database, expected: Tier) -> str:
    if expected.subnet_tier == "any":
        return "the baseline lets databases lie in any subnet"
    if expected.engines.leaves_out(database.engine):
        return f"the baseline leaves {database.engine} out"
    if isinstance(database, rds.Instance) and database.cluster:
        return f"it lies where its cluster {database.cluster} does"
    return "" if database.is_there else f"the database is {database.status}"
