"""Databases have the optional settings that the baseline asks for.

With minor upgrades on, AWS brings the patches of an engine in the maintenance window; in a Multi-AZ
cluster the cluster has the setting, in Aurora each instance. IAM authentication replaces passwords
by tokens of fifteen minutes; RDS has it for MariaDB, MySQL and PostgreSQL, and for Aurora, where
the cluster has the setting (RDS user guide, "IAM database authentication"). None is asked for
unless the baseline says so.

Fix: `aws rds modify-db-instance --db-instance-identifier ID --auto-minor-version-upgrade
--enable-iam-database-authentication`, or `modify-db-cluster`; in CloudFormation
`AutoMinorVersionUpgrade` and `EnableIAMDatabaseAuthentication`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, gap, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.aws import rds
from probes.databases._protection import in_multi_az_cluster, mend, passed_over, with_its_cluster
from probes.groups import DatabaseEngines

_WITH_IAM = {"mariadb", "mysql", "postgres", "aurora", "aurora-mysql", "aurora-postgresql"}


class Optional(Settings):
    """What databases may have, too."""

    minor_upgrades: bool = setting(False, "Whether minor upgrades must come by themselves.")
    iam_authentication: bool = setting(False, "Whether users must be able to come by IAM.")
    engines: DatabaseEngines = DatabaseEngines()


class OptionalSettings(Probe[rds.Database, Optional]):
    """One part for each setting."""

    subject = (rds.INSTANCES, rds.CLUSTERS)
    severity, settings, sources = Severity.LOW, Optional, ("S2.11",)
    parts = ("minor_upgrades", "iam_authentication")

    def judge_minor_upgrades(
        self, database: rds.Database, _facts: Facts, expected: Optional
    ) -> Iterator[Remark]:
        reason = _passed_over(database, expected, asked=expected.minor_upgrades)
        if not reason and in_multi_az_cluster(database):
            reason = with_its_cluster(database)
        elif not reason and isinstance(database, rds.Cluster) and database.is_aurora:
            reason = not_applicable("its instances have the setting", code="of-instances")
        if reason:
            yield reason
        elif database.auto_minor_version_upgrade is None:
            yield unknown("AWS does not say whether upgrades come", code="unknown-value")
        elif not database.auto_minor_version_upgrade:
            more = mend(database, "--auto-minor-version-upgrade", AutoMinorVersionUpgrade=True)
            yield gap("minor upgrades are off", code="off", expected="on", found="off", **more)

    def judge_iam_authentication(
        self, database: rds.Database, _facts: Facts, expected: Optional
    ) -> Iterator[Remark]:
        reason = _passed_over(database, expected, asked=expected.iam_authentication)
        reason = reason or with_its_cluster(database)
        if not reason and database.engine not in _WITH_IAM:
            reason = not_applicable(f"{database.engine} has no IAM authentication")
        if reason:
            yield reason
        elif not database.iam_authentication:
            option, name = "--enable-iam-database-authentication", "EnableIAMDatabaseAuthentication"
            more = mend(database, option, **{name: True})
            yield gap("IAM authentication is off", code="off", expected="on", found="off", **more)


def _passed_over(database: rds.Database, expected: Optional, *, asked: bool) -> Remark | None:
    if not asked:
        return not_applicable("the baseline does not ask for it", code="not-asked")
    return passed_over(database, expected.engines)
