import boto3
import pytest

from probes.aws import rds
from probes.databases.multi_az import MultiAz
from tests.kit import Case, Refused, audit, check_case, verdicts
from tests.probes.databases.made import (
    ALONE,
    WHOLE,
    cluster,
    instance,
    live_cluster,
    live_instance,
    member,
)

PROBE = MultiAz()


def alone(engine="postgres", **changes):
    return {rds.INSTANCES: [instance(engine=engine, **{"MultiAZ": False} | changes)]}


def whole(*members, engine="aurora-postgresql", **changes):
    made = cluster(engine, **{"MultiAZ": False} | changes)
    return {rds.CLUSTERS: [made], rds.INSTANCES: list(members)}


def of_whole(name, answers, verdict, code=None, **more):
    return Case(name, answers, verdict, code, subject=WHOLE, **more)


CASES = [
    Case("a standby", alone(MultiAZ=True), "pass"),
    Case("no standby", alone(), "gap", "single-zone", severity="medium"),
    Case(
        "a standby is being made",
        alone(PendingModifiedValues={"MultiAZ": True}),
        "pass",
        says="being made",
    ),
    Case(
        "the standby is being taken away",
        alone(MultiAZ=True, PendingModifiedValues={"MultiAZ": False}),
        "gap",
        "single-zone",
        says="taken away",
    ),
    Case("staging", alone(), "not_applicable", environment="staging"),
    Case("a test stack", alone(), "not_applicable", environment="ephemeral"),
    Case(
        "a read replica",
        alone(ReadReplicaSourceDBInstanceIdentifier="other"),
        "not_applicable",
        says="replica",
    ),
    Case("SQL Server Express", alone("sqlserver-ex"), "not_applicable"),
    Case("SQL Server", alone("sqlserver-se"), "gap"),
    Case("RDS Custom", alone("custom-oracle-ee"), "not_applicable"),
    Case("RDS Custom with a standby", alone("custom-sqlserver-ee", MultiAZ=True), "pass"),
    Case("a member of a cluster", {rds.INSTANCES: [member()]}, "not_applicable", "member"),
    of_whole("a cluster in several zones, as AWS says", whole(MultiAZ=True), "pass"),
    of_whole(
        "instances in two zones",
        whole(member(), member("second", "us-east-1b")),
        "pass",
    ),
    of_whole(
        "instances in one zone",
        whole(member(), member("second")),
        "gap",
        "single-zone",
        found="one zone",
    ),
    of_whole("one instance", whole(member()), "gap", says="us-east-1a"),
    of_whole("no instances", whole(), "not_applicable"),
    of_whole("an instance that has no zone yet", whole(member(), member("new", "")), "unknown"),
    of_whole(
        "another cluster's instances do not count",
        whole(member(), member("second", "us-east-1b") | {"DBClusterIdentifier": "other"}),
        "gap",
    ),
    of_whole("Serverless v1", whole(member(), EngineMode="serverless"), "not_applicable"),
    of_whole("a Multi-AZ cluster", whole(engine="mysql", MultiAZ=True), "pass"),
    of_whole(
        "a replica of another cluster",
        whole(member(), ReplicationSourceIdentifier="arn:aws:rds:eu-west-1:1:cluster:x"),
        "not_applicable",
    ),
    of_whole("DocumentDB", whole(member(), engine="docdb"), "not_applicable", "other-engine"),
    of_whole(
        "the instances are refused",
        {rds.CLUSTERS: [cluster(MultiAZ=False)], rds.INSTANCES: Refused()},
        "unknown",
    ),
    Case("being made", alone(DBInstanceStatus="creating"), "not_applicable", subject=ALONE),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("rds", "us-east-1")
    live_instance(client, "pair", MultiAZ=True)
    live_instance(client, "single", MultiAZ=False)
    for name, zones in (("spread", "ab"), ("heap", "aa")):
        live_cluster(client, name)
        for number, zone in enumerate(zones):
            client.create_db_instance(
                DBInstanceIdentifier=f"{name}-{number}",
                DBClusterIdentifier=name,
                Engine="aurora-postgresql",
                EngineVersion="16.4",
                DBInstanceClass="db.r6g.large",
                AvailabilityZone=f"us-east-1{zone}",
            )
    found = verdicts(audit(MultiAz))
    assert (found["pair"], found["single"]) == ("pass", "gap")
    assert (found["spread"], found["heap"], found["heap-0"]) == ("pass", "gap", "not_applicable")
