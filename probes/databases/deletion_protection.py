"""Databases are protected from deletion.

With deletion protection on, no call and no stack can delete a database before somebody has switched
it off on purpose. Of Aurora and Multi-AZ clusters the cluster has the setting (API model,
`CreateDBInstance`). What becomes of the data when a stack goes is another matter: without a
deletion policy CloudFormation takes a last snapshot of a cluster, and of an instance that stands
alone (CloudFormation user guide, "DeletionPolicy attribute"). The source says that the database is
left behind then, which is so for CDK's default, not for CloudFormation's.

Fix: `aws rds modify-db-instance --db-instance-identifier ID --deletion-protection`, or
`modify-db-cluster`, which takes effect at once; in CloudFormation `DeletionProtection: true`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, gap, not_applicable
from auditor.settings import Settings, setting
from probes.aws import rds
from probes.databases._protection import mend, passed_over, with_its_cluster
from probes.groups import DatabaseEngines


class Protected(Settings):
    """Where protection is wanted."""

    required: bool = setting(
        True, "Whether databases must be protected from deletion.", ephemeral=False
    )
    engines: DatabaseEngines = DatabaseEngines()


class DeletionProtection(Probe[rds.Database, Protected]):
    """The switch of each instance that stands alone, and of each cluster."""

    subject = (rds.INSTANCES, rds.CLUSTERS)
    severity, settings, sources = Severity.MEDIUM, Protected, ("S2.11",)

    def judge(self, database: rds.Database, _facts: Facts, expected: Protected) -> Iterator[Remark]:
        reason = passed_over(database, expected.engines) or with_its_cluster(database)
        if not expected.required:
            reason = not_applicable("the baseline asks for no protection")
        if reason:
            yield reason
        elif not database.deletion_protection:
            yield gap(
                "the database can be deleted by one call",
                code="unprotected",
                expected="on",
                found="off",
                **mend(database, "--deletion-protection", DeletionProtection=True),
            )
