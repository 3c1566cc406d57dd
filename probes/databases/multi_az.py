"""Databases run in two zones at least.

A database in one zone is gone for as long as the zone is. A Multi-AZ instance has a standby in
another. For Aurora the cluster must have instances in two zones (Aurora user guide, "High
availability for Aurora"). Not asked are read replicas, Serverless v1, whose one machine AWS places,
RDS Custom, to which the API says that it does not apply, and SQL Server Express, which the user
guide does not list among the editions with Multi-AZ.

Fix: `aws rds modify-db-instance --db-instance-identifier ID --multi-az`; for Aurora `aws rds
create-db-instance --db-cluster-identifier CLUSTER --availability-zone ZONE`. In CloudFormation
`MultiAZ: true`, or another `AWS::RDS::DBInstance` in the cluster.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, gap, not_applicable, note, unknown
from auditor.settings import Settings, setting
from probes.aws import rds
from probes.databases._protection import mend, passed_over, with_its_cluster
from probes.groups import DatabaseEngines


class Zones(Settings):
    """Where a second zone is wanted."""

    required: bool = setting(True, "Whether two zones are wanted.", staging=False, ephemeral=False)
    engines: DatabaseEngines = DatabaseEngines()


class MultiAz(Probe[rds.Database, Zones]):
    """The zones of each instance that stands alone, and of each cluster."""

    subject = (rds.INSTANCES, rds.CLUSTERS)
    severity, settings, sources = Severity.MEDIUM, Zones, ("S2.11",)

    def judge(self, database: rds.Database, facts: Facts, expected: Zones) -> Iterator[Remark]:
        reason = passed_over(database, expected.engines) or with_its_cluster(database)
        if not expected.required:
            reason = not_applicable("the baseline asks for no second zone")
        elif not reason and (why := _why_none(database)):
            reason = not_applicable(why)
        if reason:
            yield reason
        elif isinstance(database, rds.Instance):
            yield from _judge_instance(database)
        elif isinstance(database, rds.Cluster) and not database.multi_az:
            yield from _judge_members(database, facts)


def _why_none(database: rds.Database) -> str:
    if rds.is_replica(database):
        return "it is a read replica"
    if isinstance(database, rds.Cluster) and database.engine_mode == "serverless":
        return "Aurora Serverless v1 runs in one zone at a time"
    never = database.engine == "sqlserver-ex" or database.engine.startswith("custom-")
    return f"{database.engine} has no such setting" if never and not database.multi_az else ""


def _judge_instance(instance: rds.Instance) -> Iterator[Remark]:
    pending = instance.pending_modified_values.multi_az
    if pending is True:
        yield note("a standby in another zone is being made")
    elif pending is False or not instance.multi_az:
        said = "the standby is being taken away" if instance.multi_az else "it has no standby"
        more = mend(instance, "--multi-az", MultiAZ=True)
        yield gap(said, code="single-zone", expected="a standby", found="none", **more)


def _judge_members(cluster: rds.Cluster, facts: Facts) -> Iterator[Remark]:
    members = facts.where(rds.INSTANCES, rds.cluster_of, cluster.identifier)
    zones = {member.availability_zone for member in members}
    if not members:
        yield not_applicable("the cluster has no instances")
    elif "" in zones:
        yield unknown("AWS does not say in which zones all instances are", code="unknown-zone")
    elif len(zones) == 1:
        said = f"all instances are in {zones.pop()}"
        related = tuple(facts.related("instance of the cluster", one) for one in members)
        yield gap(said, code="single-zone", expected="two zones", found="one zone", related=related)
