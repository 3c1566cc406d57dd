import boto3
import pytest

from probes.auto_scaling.bootstrap_database_secret import BootstrapDatabaseSecret
from probes.aws import rds, secretsmanager
from tests.kit import Case, Refused, audit, check_case, findings_of, verdicts
from tests.probes.auto_scaling.fleet import group
from tests.probes.auto_scaling.scripts import (
    LOOSE,
    OF_EKS,
    STRICT,
    STUB,
    by_configuration,
    by_instance,
    by_template,
    everywhere,
    live_template,
)

PROBE = BootstrapDatabaseSecret()
STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack/app/1"
IN_STACK = [{"Key": "aws:cloudformation:stack-id", "Value": STACK}]
IN_OTHER = [{"Key": "aws:cloudformation:stack-id", "Value": f"{STACK}2"}]
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf"
FETCHES = f"{STRICT}S=$(aws secretsmanager get-secret-value --secret-id db)\n"


def database(tags, **more):
    return {
        "DBInstanceIdentifier": "db",
        "DBInstanceArn": "arn:aws:rds:us-east-1:123456789012:db:db",
        "Engine": "postgres",
        "EngineVersion": "16.4",
        "TagList": tags,
        **more,
    }


def secret(tags, **more):
    return {"ARN": SECRET, "Name": "db", "Tags": tags, **more}


def made(databases=(), secrets=(), clusters=()):
    return {
        rds.INSTANCES: list(databases),
        rds.CLUSTERS: list(clusters),
        secretsmanager.SECRETS: list(secrets),
    }


PAIR = made([database(IN_STACK)], [secret(IN_STACK)])


def scaled(script, more=PAIR, tags=IN_STACK):
    return by_template(script, groups=[group(Tags=tags)], more=more)


CASES = [
    *everywhere(LOOSE),
    Case("fetched", scaled(FETCHES), "pass"),
    Case("fetched, and nobody knows why", by_template(FETCHES), "pass"),
    Case("not fetched", scaled(LOOSE), "gap", "no-secret-fetch", severity="low"),
    Case("not fetched by an instance", by_instance(LOOSE, tags=IN_STACK, more=PAIR), "gap"),
    Case("a cluster", scaled(LOOSE, made(clusters=[{
        "DBClusterIdentifier": "db", "DBClusterArn": "arn:aws:rds:us-east-1:123456789012:cluster:db",
        "Engine": "aurora-mysql", "EngineVersion": "8.0", "TagList": IN_STACK}],
        secrets=[secret(IN_STACK)])), "gap"),
    Case("a secret that RDS keeps", scaled(LOOSE, made(
        [database(IN_STACK, MasterUserSecret={"SecretArn": SECRET})], [secret([])])), "gap"),
    Case("no stack", scaled(LOOSE, tags=[]), "not_applicable", "no-database"),
    Case("another stack's", scaled(LOOSE, tags=IN_OTHER), "not_applicable", "no-database"),
    Case("a database without a secret", scaled(LOOSE, made([database(IN_STACK)])), "not_applicable"),
    Case("a secret without a database", scaled(LOOSE, made(secrets=[secret(IN_STACK)])),
         "not_applicable"),
    Case("a secret that is being deleted", scaled(LOOSE, made([database(IN_STACK)], [
        secret(IN_STACK, DeletedDate="2026-11-20T00:00:00Z")])), "not_applicable"),
    Case("a stub", scaled(STUB), "unknown", "elsewhere"),
    Case("cannot be decoded", scaled("\0"), "unknown", "undecodable"),
    Case("no user data", scaled(None), "not_applicable", "no-user-data"),
    Case("databases are refused", scaled(LOOSE, {**PAIR, rds.INSTANCES: Refused()}), "unknown"),
    Case("secrets are refused", scaled(LOOSE, {**PAIR, secretsmanager.SECRETS: Refused()}),
         "unknown"),
    Case("EKS writes it", scaled(LOOSE, tags=[OF_EKS, *IN_STACK]), "not_applicable", "of-service"),
    Case("a launch configuration without a stack", by_configuration(LOOSE), "not_applicable"),
    Case("nobody asks", scaled(LOOSE), "not_applicable", settings={"require_secret_fetch": False}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_finding_names_the_database_and_its_secret():
    (finding,) = findings_of(PROBE, Case("related", scaled(LOOSE), "gap"))
    assert [(one.role, one.resource.name) for one in finding.related] == [
        ("database of the stack", "db"),
        ("secret of the stack", "db"),
        ("scaling group", "web"),
    ]


def test_on_an_account(aws):
    client, scaling = boto3.client("ec2", "us-east-1"), boto3.client("autoscaling", "us-east-1")
    boto3.client("secretsmanager", "us-east-1").create_secret(
        Name="db", SecretString="{}", Tags=IN_STACK
    )
    boto3.client("rds", "us-east-1").create_db_instance(
        DBInstanceIdentifier="db",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        EngineVersion="16.4",
        AllocatedStorage=20,
        MasterUsername="root",
        MasterUserPassword="not-a-secret",
        Tags=IN_STACK,
    )
    mine = [("aws:cloudformation:stack-id", STACK)]
    live_template(client, scaling, "fetching", FETCHES, tags=mine)
    live_template(client, scaling, "not-fetching", LOOSE, tags=mine)
    live_template(client, scaling, "unrelated", LOOSE)
    assert verdicts(audit(BootstrapDatabaseSecret)) == {
        "fetching": "pass",
        "not-fetching": "gap",
        "unrelated": "not_applicable",
    }
