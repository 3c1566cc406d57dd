import boto3
import pytest

from probes.aws import rds
from probes.databases.deletion_protection import DeletionProtection
from tests.kit import Case, audit, check_case, findings_of, verdicts
from tests.probes.databases.made import cluster, instance, live_cluster, live_instance, member

PROBE = DeletionProtection()


def alone(protected, **changes):
    return {rds.INSTANCES: [instance(DeletionProtection=protected, **changes)]}


def whole(protected, **changes):
    return {rds.CLUSTERS: [cluster(DeletionProtection=protected, **changes)]}


CASES = [
    Case("an instance that is protected", alone(True), "pass"),
    Case("an instance that is not", alone(False), "gap", "unprotected", severity="medium"),
    Case("a cluster that is protected", whole(True), "pass"),
    Case("a cluster that is not", whole(False), "gap", "unprotected"),
    Case("a read replica", alone(False, ReadReplicaSourceDBInstanceIdentifier="x"), "gap"),
    Case("staging", alone(False), "gap", environment="staging"),
    Case("a test stack", alone(False), "not_applicable", environment="ephemeral"),
    Case("not asked for", whole(False), "not_applicable", settings={"required": False}),
    Case(
        "a member of a cluster",
        {rds.INSTANCES: [member(DeletionProtection=False)]},
        "not_applicable",
        "member",
    ),
    Case("being deleted", alone(False, DBInstanceStatus="deleting"), "not_applicable", "deleting"),
    Case("Neptune", whole(False, Engine="neptune"), "not_applicable", "other-engine"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


@pytest.mark.parametrize(
    ("answers", "command"),
    [
        (alone(False), "aws rds modify-db-instance --db-instance-identifier alone"),
        (whole(False), "aws rds modify-db-cluster --db-cluster-identifier whole"),
    ],
    ids=["an instance", "a cluster"],
)
def test_the_fix_names_the_database(answers, command):
    (finding,) = findings_of(PROBE, Case("fix", answers, "gap"))
    assert finding.fix is not None
    assert finding.fix.cli == f"{command} --deletion-protection --region us-east-1"


def test_on_an_account(aws):
    client = boto3.client("rds", "us-east-1")
    live_instance(client, "kept", DeletionProtection=True)
    live_instance(client, "loose")
    live_cluster(client, "whole", DeletionProtection=True)
    assert verdicts(audit(DeletionProtection)) == {"kept": "pass", "loose": "gap", "whole": "pass"}
