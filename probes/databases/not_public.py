"""Databases have no public address.

A publicly accessible database has a name that the internet resolves to a public address; only its
security groups are left between it and everybody (API model, `DBInstance.PubliclyAccessible`).
Instances have the setting, those of Aurora too; of a Multi-AZ cluster the cluster has it, and only
a new cluster can have it otherwise: `ModifyDBCluster` does not take it.

Fix: `aws rds modify-db-instance --db-instance-identifier ID --no-publicly-accessible`, which takes
effect at once; in CloudFormation `PubliclyAccessible: false`. Restore a Multi-AZ cluster from a
snapshot without it.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, not_applicable, unknown
from auditor.settings import Settings
from probes.aws import rds
from probes.databases._protection import in_multi_az_cluster, mend, passed_over, with_its_cluster
from probes.groups import DatabaseEngines


class Public(Settings):
    """Which engines are looked at."""

    engines: DatabaseEngines = DatabaseEngines()


class NotPublic(Probe[rds.Database, Public]):
    """The address of each instance, and of each Multi-AZ cluster."""

    subject = (rds.INSTANCES, rds.CLUSTERS)
    severity, settings, sources = Severity.CRITICAL, Public, ("S2.11",)

    def judge(self, database: rds.Database, _facts: Facts, expected: Public) -> Iterator[Remark]:
        reason = passed_over(database, expected.engines) or _set_elsewhere(database)
        if reason:
            yield reason
        elif database.publicly_accessible is None:
            yield unknown("AWS does not say whether it is public", code="unknown-value")
        elif database.publicly_accessible:
            yield drift(
                "the database has a public address",
                code="public",
                expected="private",
                found="public",
                **_mend(database),
            )


def _set_elsewhere(database: rds.Database) -> Remark | None:
    if in_multi_az_cluster(database):
        return with_its_cluster(database)
    if isinstance(database, rds.Cluster) and database.is_aurora:
        return not_applicable("its instances have the setting", code="of-instances")
    return None


def _mend(database: rds.Database) -> dict[str, object]:
    put = mend(database, "--no-publicly-accessible", PubliclyAccessible=False)
    return put if isinstance(database, rds.Instance) else put | {"cli": ()}
