import boto3
import pytest

from probes.aws import rds
from probes.databases.not_public import NotPublic
from tests.kit import Case, audit, check_case, findings_of, verdicts
from tests.probes.databases.made import cluster, instance, live_instance, member

PROBE = NotPublic()


def alone(public, **changes):
    return {rds.INSTANCES: [instance(PubliclyAccessible=public, **changes)]}


def whole(engine, **changes):
    return {rds.CLUSTERS: [cluster(engine, **changes)]}


CASES = [
    Case("an instance inside", alone(False), "pass"),
    Case(
        "a public instance",
        alone(True),
        "drift",
        "public",
        severity="critical",
        expected="private",
        found="public",
    ),
    Case("AWS does not say", alone(None), "unknown", "unknown-value"),
    Case(
        "a public instance of Aurora",
        {rds.INSTANCES: [member(PubliclyAccessible=True)]},
        "drift",
        "public",
    ),
    Case(
        "an instance of a Multi-AZ cluster",
        {rds.INSTANCES: [member(engine="mysql", PubliclyAccessible=True)]},
        "not_applicable",
        "member",
    ),
    Case("a Multi-AZ cluster inside", whole("mysql", PubliclyAccessible=False), "pass"),
    Case("a public Multi-AZ cluster", whole("mysql", PubliclyAccessible=True), "drift", "public"),
    Case("a Multi-AZ cluster that does not say", whole("postgres"), "unknown"),
    Case("a cluster of Aurora", whole("aurora-mysql"), "not_applicable", "of-instances"),
    Case("being made", alone(True, DBInstanceStatus="creating"), "not_applicable", "creating"),
    Case("DocumentDB", alone(True, Engine="docdb"), "not_applicable", "other-engine"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_there_is_no_command_that_makes_a_cluster_private():
    answers = whole("mysql", PubliclyAccessible=True)
    (finding,) = findings_of(PROBE, Case("fix", answers, "drift"))
    assert finding.fix is not None
    assert finding.fix.cli == ""


def test_on_an_account(aws):
    client = boto3.client("rds", "us-east-1")
    live_instance(client, "outside", PubliclyAccessible=True)
    live_instance(client, "inside", PubliclyAccessible=False)
    assert verdicts(audit(NotPublic)) == {"outside": "drift", "inside": "pass"}
