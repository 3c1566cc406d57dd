import boto3
import pytest

from probes.aws import rds
from probes.databases.backups import Backups
from tests.kit import Case, audit, check_case, verdicts
from tests.probes.databases.made import cluster, instance, live_cluster, live_instance, member

PROBE = Backups()
POINT = "arn:aws:backup:us-east-1:123456789012:recovery-point:continuous:db-1"


def alone(days, **changes):
    return {rds.INSTANCES: [instance(BackupRetentionPeriod=days, **changes)]}


def whole(days, **changes):
    return {rds.CLUSTERS: [cluster(BackupRetentionPeriod=days, **changes)]}


def pending(days):
    return {"PendingModifiedValues": {"BackupRetentionPeriod": days}}


CASES = [
    Case("a week", alone(7), "pass"),
    Case("longer", alone(35), "pass"),
    Case("three days", alone(3), "drift", "retention-too-short", severity="medium", found=3),
    Case("off", alone(0), "gap", "backups-off", severity="high", expected=7, found=0),
    Case("a cluster's one day", whole(1), "drift", "retention-too-short"),
    Case("a cluster's week", whole(7), "pass"),
    Case("three days are enough", alone(3), "pass", settings={"retention_days": 3}),
    Case("a week is coming", alone(0, **pending(7)), "pass", says="being changed"),
    Case("off is coming", alone(7, **pending(0)), "gap", "backups-off", severity="high"),
    Case("a cluster's week is coming", whole(1, **pending(7)), "pass", says="being changed"),
    Case("a read replica", alone(0, ReadReplicaSourceDBInstanceIdentifier="x"), "not_applicable"),
    Case(
        "a replica of Aurora", alone(0, ReadReplicaSourceDBClusterIdentifier="x"), "not_applicable"
    ),
    Case(
        "a member of a cluster",
        {rds.INSTANCES: [member(BackupRetentionPeriod=1)]},
        "not_applicable",
        "member",
    ),
    Case(
        "AWS Backup keeps them", alone(1, AwsBackupRecoveryPointArn=POINT), "unknown", "aws-backup"
    ),
    Case(
        "AWS Backup keeps them, and so does RDS", alone(7, AwsBackupRecoveryPointArn=POINT), "pass"
    ),
    Case("AWS does not say", alone(None), "unknown", "unknown-value"),
    Case("being deleted", alone(0, DBInstanceStatus="deleting"), "not_applicable"),
    Case("DocumentDB", whole(1, Engine="docdb"), "not_applicable"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("rds", "us-east-1")
    for name, days in (("off", 0), ("short", 1), ("week", 7)):
        live_instance(client, name, BackupRetentionPeriod=days)
    live_cluster(client, "whole", BackupRetentionPeriod=1)
    found = {"off": "gap", "short": "drift", "week": "pass", "whole": "drift"}
    assert verdicts(audit(Backups)) == found
