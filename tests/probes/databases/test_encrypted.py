import boto3
import pytest

from probes.aws import kms, rds
from probes.databases.encrypted import Encrypted
from tests.kit import Case, Refused, audit, check_case, verdicts
from tests.probes.databases.made import (
    ALONE,
    KEY,
    cluster,
    instance,
    live_cluster,
    live_instance,
    member,
)

PROBE = Encrypted()
PREFIX = "arn:aws:kms:us-east-1:123456789012"
OF_AWS = {
    "AliasArn": f"{PREFIX}:alias/aws/rds",
    "AliasName": "alias/aws/rds",
    "TargetKeyId": KEY.rpartition("/")[2],
}
OTHER = OF_AWS | {"TargetKeyId": "99999999-0000-0000-0000-000000000000"}
CMK = {"encryption": "cmk"}


def alone(aliases=None, **changes):
    answers = {rds.INSTANCES: [instance(**changes)]}
    return answers if aliases is None else answers | {kms.ALIASES: aliases}


def whole(**changes):
    return {rds.CLUSTERS: [cluster(**changes)]}


PLAIN = {"StorageEncrypted": False, "KmsKeyId": ""}

CASES = [
    Case("an instance, as older answers say it", alone(), "pass"),
    Case("a cluster, as older answers say it", whole(), "pass"),
    Case("sealed by a key in KMS", alone(StorageEncryptionType="sse-kms"), "pass"),
    Case(
        "a cluster sealed by a key that AWS owns",
        whole(**PLAIN, StorageEncryptionType="sse-rds"),
        "pass",
    ),
    Case(
        "not encrypted",
        alone(**PLAIN),
        "gap",
        "unencrypted",
        severity="high",
        expected="encryption",
        found="none",
    ),
    Case(
        "not encrypted, as newer answers say it",
        whole(**PLAIN, StorageEncryptionType="none"),
        "gap",
        "unencrypted",
    ),
    Case(
        "the newer field counts",
        alone(StorageEncryptionType="none"),
        "gap",
        "unencrypted",
    ),
    Case("a new way", alone(StorageEncryptionType="sse-moon"), "unknown", "unknown-value"),
    Case(
        "a key that AWS owns, and one in KMS is wanted",
        whole(**PLAIN, StorageEncryptionType="sse-rds"),
        "drift",
        "other-key",
        severity="medium",
        expected="a key in KMS",
        found="sse-rds",
        settings={"encryption": "kms"},
    ),
    Case("one in KMS is wanted", alone(), "pass", settings={"encryption": "kms"}),
    Case("one of the customer's is wanted", alone([OTHER]), "pass", settings=CMK),
    Case(
        "AWS's, and one of the customer's is wanted",
        alone([OF_AWS]),
        "drift",
        "other-key",
        expected="a customer managed key",
        found="alias/aws/rds",
        settings=CMK,
    ),
    Case("AWS has not made a key of its own here", alone([]), "pass", settings=CMK),
    Case(
        "a key of another account",
        alone([], KmsKeyId=KEY.replace("123456789012", "210987654321")),
        "pass",
        settings=CMK,
    ),
    Case("a key that is not named", alone([], KmsKeyId=""), "unknown", "unknown-key", settings=CMK),
    Case("the aliases are refused", alone(Refused()), "unknown", settings=CMK),
    Case(
        "a key of a region that was not looked at",
        alone([], KmsKeyId=KEY.replace("us-east-1", "eu-west-1")),
        "unknown",
        settings=CMK,
    ),
    Case(
        "a member of a cluster",
        {rds.INSTANCES: [member(**PLAIN)]},
        "not_applicable",
        "member",
    ),
    Case("on its way", alone(**PLAIN, DBInstanceStatus="creating"), "not_applicable", "creating"),
    Case("on its way out", whole(**PLAIN, Status="deleting"), "not_applicable", "deleting"),
    Case("Neptune", whole(engine="neptune", **PLAIN), "not_applicable", "other-engine"),
    Case(
        "Neptune, and the baseline wants it looked at",
        whole(engine="neptune", **PLAIN),
        "gap",
        settings={"database_engines": {"documents_and_graphs": True}},
    ),
    Case(
        "the clusters are refused",
        {rds.INSTANCES: [instance(**PLAIN)], rds.CLUSTERS: Refused()},
        "gap",
        subject=ALONE,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("rds", "us-east-1")
    live_instance(client, "sealed", StorageEncrypted=True)
    live_instance(client, "open")
    live_cluster(client, "whole")
    found = {"sealed": "pass", "open": "gap", "whole": "gap"}
    assert verdicts(audit(Encrypted)) == found
