import boto3
import pytest

from probes.aws import rds
from probes.databases.optional_settings import OptionalSettings
from tests.kit import Case, audit, check_case, verdicts
from tests.probes.databases.made import cluster, instance, live_instance, member

PROBE = OptionalSettings()


def upgrades(name, answers, verdict, code=None, asked=True):
    settings = {"minor_upgrades": asked}
    return Case(name, answers, verdict, code, part="minor_upgrades", settings=settings)


def by_iam(name, answers, verdict, code=None, asked=True):
    settings = {"iam_authentication": asked}
    return Case(name, answers, verdict, code, part="iam_authentication", settings=settings)


def alone(**changes):
    return {rds.INSTANCES: [instance(**changes)]}


def whole(engine="aurora-mysql", **changes):
    return {rds.CLUSTERS: [cluster(engine, **changes)]}


NO_UPGRADES = {"AutoMinorVersionUpgrade": False}
NO_IAM = {"IAMDatabaseAuthenticationEnabled": False}

CASES = [
    upgrades("upgrades come", alone(), "pass"),
    upgrades("upgrades do not come", alone(**NO_UPGRADES), "gap", "off"),
    upgrades("nobody asks", alone(**NO_UPGRADES), "not_applicable", "not-asked", asked=False),
    upgrades("AWS does not say", alone(AutoMinorVersionUpgrade=None), "unknown"),
    upgrades("Aurora's cluster", whole(), "not_applicable", "of-instances"),
    upgrades("Aurora's instance", {rds.INSTANCES: [member(**NO_UPGRADES)]}, "gap"),
    upgrades("a Multi-AZ cluster", whole("mysql", **NO_UPGRADES), "gap"),
    upgrades(
        "an instance of a Multi-AZ cluster",
        {rds.INSTANCES: [member(engine="mysql", **NO_UPGRADES)]},
        "not_applicable",
        "member",
    ),
    upgrades("DocumentDB", alone(Engine="docdb", **NO_UPGRADES), "not_applicable", "other-engine"),
    by_iam("users come by IAM", alone(), "pass"),
    by_iam("they cannot", alone(**NO_IAM), "gap", "off"),
    by_iam("nobody asks for tokens", alone(**NO_IAM), "not_applicable", "not-asked", asked=False),
    by_iam("a cluster", whole(**NO_IAM), "gap"),
    by_iam("a member", {rds.INSTANCES: [member(**NO_IAM)]}, "not_applicable", "member"),
    by_iam("Oracle", alone(Engine="oracle-ee", **NO_IAM), "not_applicable"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("rds", "us-east-1")
    live_instance(client, "with", EnableIAMDatabaseAuthentication=True)
    live_instance(client, "without")
    findings = audit(OptionalSettings, settings={"iam_authentication": True})
    assert verdicts(findings, "iam_authentication") == {"with": "pass", "without": "gap"}
