"""Databases export their logs to CloudWatch Logs, and the exported logs are written.

A log that stays on the database's own disk is gone after days, and with the database. Which types
a version can export AWS says itself (`DescribeDBEngineVersions`); for members of a cluster the
cluster has the setting (API model, `CreateDBInstance`). MySQL and MariaDB leave the general, slow
query and audit logs empty until parameters or an option switch them on (RDS user guide,
"Publishing MySQL logs to Amazon CloudWatch Logs"). Aurora MySQL may ship its audit log by
`server_audit_logs_upload` instead of an export. PostgreSQL's `upgrade` log is written around major
upgrades only; no parameter is known to keep a log of another engine empty.

Fix: `aws rds modify-db-instance --cloudwatch-logs-export-configuration EnableLogTypes=...` or
`modify-db-cluster`, which takes effect at once; in CloudFormation `EnableCloudwatchLogsExports`.
For a log that stays empty, set the parameter in a group of your own, as AWS's cannot be changed.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, every, not_applicable, note, unknown
from probes.analysis.answers import Answer
from probes.aws import rds, rds_parameters
from probes.databases._exports import LogExports, exportable, not_exported, wanted_logs, why_none
from probes.databases._written import checks, ships_audit


class Logs(Probe[rds.Database, LogExports]):
    """Log exports of each instance that stands alone, and of each cluster."""

    subject = (rds.INSTANCES, rds.CLUSTERS)
    needs = (rds.ENGINE_VERSIONS, *rds_parameters.GROUPS)
    severity, settings, sources = Severity.MEDIUM, LogExports, ("S1.6",)
    parts = ("exported", "written")

    def judge_exported(
        self, database: rds.Database, facts: Facts, expected: LogExports
    ) -> Iterator[Remark]:
        wanted = wanted_logs(database.engine, expected.log_types)
        reason = why_none(database, expected)
        if reason or not wanted:
            yield not_applicable(reason or f"the baseline asks for no logs of {database.engine}")
            return
        name = f"{database.engine}/{database.engine_version}"
        version = facts.named(rds.ENGINE_VERSIONS, name)
        if version is None:
            yield unknown(f"AWS does not describe {name}")
            return
        wanted &= exportable(database, version)
        if not wanted:
            yield not_applicable(f"{name} exports none of the wanted logs")
        missing = wanted - rds.exported(database)
        by_role = missing & {"audit"} if isinstance(database, rds.Cluster) else frozenset()
        if missing - by_role:
            yield not_exported(database, missing - by_role)
        if by_role and isinstance(database, rds.Cluster):
            yield from self._judge_audit(database, facts)
        for log in sorted((wanted & rds.exported(database)).difference(database.exports)):
            yield note(f"the export of {log} is being switched on")

    def _judge_audit(self, cluster: rds.Cluster, facts: Facts) -> Iterator[Remark]:
        """Of clusters, Aurora MySQL's alone have an audit log, and it may go another way."""
        match ships_audit(cluster, facts):
            case Answer.YES:
                yield note("the audit log is shipped by the cluster's own role")
            case Answer.NO:
                yield not_exported(cluster, frozenset({"audit"}))
            case Answer.CANNOT_TELL:
                yield unknown("whether the cluster ships its audit log itself cannot be told")

    def judge_written(
        self, database: rds.Database, facts: Facts, expected: LogExports
    ) -> Iterator[Remark]:
        decided = rds.exported(database) & {*rds_parameters.SWITCHED, "audit"}
        reason = why_none(database, expected)
        if reason or database.engine not in rds.MYSQL or not decided:
            yield not_applicable(reason or "it exports no log that a parameter could keep empty")
            return
        yield from every(*checks(database, facts))
