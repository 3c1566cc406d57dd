"""Databases are backed up for long enough.

Automatic backups let a database be restored to any moment of the retention period; without them
what was deleted yesterday is gone. No days means off. Aurora cannot go below one day, and its
members have the cluster's backups (API model, `CreateDBInstance`). A read replica is made anew from
its source. Where AWS Backup makes continuous backups of a database it keeps them by its own plan
(AWS Backup developer guide, "Point-in-time recovery"), so a shorter period here proves nothing.

Fix: `aws rds modify-db-instance --db-instance-identifier ID --backup-retention-period 7`, or
`modify-db-cluster`; leaving 0 restarts an instance, so do it in a quiet hour. In CloudFormation
`BackupRetentionPeriod`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, gap, not_applicable, note, unknown
from auditor.settings import Settings, setting
from probes.aws import rds
from probes.databases._protection import mend, passed_over, with_its_cluster
from probes.groups import DatabaseEngines


class Retention(Settings):
    """How long backups are kept."""

    retention_days: int = setting(
        7, "Time that automatic backups are kept, at least.", unit="days", ge=1, le=35
    )
    engines: DatabaseEngines = DatabaseEngines()


class Backups(Probe[rds.Database, Retention]):
    """The automatic backups of each instance that stands alone, and of each cluster."""

    subject = (rds.INSTANCES, rds.CLUSTERS)
    severity, settings, sources = Severity.MEDIUM, Retention, ("S2.11",)

    def judge(self, database: rds.Database, _facts: Facts, expected: Retention) -> Iterator[Remark]:
        reason = passed_over(database, expected.engines) or with_its_cluster(database)
        if not reason and rds.is_replica(database):
            reason = not_applicable("it is a read replica", code="replica")
        if reason:
            yield reason
        else:
            yield from _judge_days(database, expected.retention_days)


def _judge_days(database: rds.Database, wanted: int) -> Iterator[Remark]:
    coming = database.pending_modified_values.backup_retention_period
    days = database.backup_retention_period if coming is None else coming
    if days is None:
        yield unknown("AWS does not say how long backups are kept", code="unknown-value")
    elif days >= wanted:
        if coming is not None:
            yield note("the retention period is being changed")
    elif database.aws_backup_recovery_point_arn:
        message = (
            "AWS Backup keeps continuous backups; for how long its plan says, which is elsewhere"
        )
        yield unknown(message, code="aws-backup", found=days)
    else:
        more = mend(
            database, "--backup-retention-period", str(wanted), BackupRetentionPeriod=wanted
        )
        yield _short(days, wanted, more)


def _short(days: int, wanted: int, more: dict[str, object]) -> Remark:
    if days:
        message = "automatic backups are not kept for long enough"
        return drift(message, code="retention-too-short", expected=wanted, found=days, **more)
    return gap(
        "automatic backups are off",
        code="backups-off",
        severity=Severity.HIGH,
        expected=wanted,
        found=days,
        **more,
    )
