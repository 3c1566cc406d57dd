import boto3
import pytest

from probes.aws import kms
from probes.encryption.key_rotation import KeyRotation
from tests.kit import Absent, Case, Refused, audit, check_case, verdicts

PROBE = KeyRotation()
ARN = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
KEYS = [{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "KeyArn": ARN}]


def metadata(**changes):
    return {
        ARN: {
            "AWSAccountId": "123456789012",
            "Arn": ARN,
            "KeyState": "Enabled",
            "KeyManager": "CUSTOMER",
            "KeySpec": "SYMMETRIC_DEFAULT",
            "Origin": "AWS_KMS",
            **changes,
        }
    }


def multi_region(kind):
    primary = {"Arn": ARN.replace("us-east-1", "eu-west-1"), "Region": "eu-west-1"}
    configuration = {"MultiRegionKeyType": kind, "PrimaryKey": primary, "ReplicaKeys": []}
    return {"MultiRegion": True, "MultiRegionConfiguration": configuration}


def rotation(enabled, days=365):
    return {ARN: {"KeyRotationEnabled": enabled, "RotationPeriodInDays": days, "KeyId": ARN}}


def answers(rotating, **changes):
    return {kms.KEYS: KEYS, kms.METADATA: metadata(**changes), kms.ROTATION: rotating}


CASES = [
    Case("rotates every year", answers(rotation(True)), "pass"),
    Case("never rotates", answers(rotation(False)), "gap", "rotation-off", severity="medium"),
    Case("too seldom", answers(rotation(True, 730)), "drift", "period-too-long", found=730),
    Case(
        "seldom, and the baseline lets it",
        answers(rotation(True, 730)),
        "pass",
        settings={"longest_days": 730},
    ),
    Case("AWS's own key", answers(rotation(True), KeyManager="AWS"), "not_applicable"),
    Case(
        "pending deletion", answers(rotation(False), KeyState="PendingDeletion"), "not_applicable"
    ),
    Case(
        "disabled",
        answers(rotation(False), KeyState="Disabled"),
        "not_applicable",
        says="its rotation rests",
    ),
    Case("the primary region changes", answers(rotation(False), KeyState="Updating"), "gap"),
    Case(
        "a replica",
        answers(rotation(False), **multi_region("REPLICA")),
        "not_applicable",
        says="its primary key in eu-west-1",
    ),
    Case("a primary", answers(rotation(False), **multi_region("PRIMARY")), "gap"),
    Case("asymmetric", answers({ARN: Absent()}, KeySpec="RSA_2048"), "not_applicable"),
    Case("HMAC", answers({ARN: Absent()}, KeySpec="HMAC_256"), "not_applicable"),
    Case(
        "imported",
        answers(rotation(False), Origin="EXTERNAL"),
        "not_applicable",
        says="only on demand",
    ),
    Case("custom store", answers(rotation(False), Origin="AWS_CLOUDHSM"), "not_applicable"),
    Case(
        "KMS says that it does not rotate",
        answers({ARN: Absent("UnsupportedOperationException")}, KeySpec="NEW_SPEC"),
        "not_applicable",
    ),
    Case(
        "a new kind of key that does not rotate",
        answers(rotation(False), KeySpec="NEW_SPEC"),
        "unknown",
        says="spec 'NEW_SPEC'",
    ),
    Case("a new state", answers(rotation(False), KeyState="Dreaming"), "unknown"),
    Case("a new kind of key that rotates", answers(rotation(True), KeySpec="NEW_SPEC"), "pass"),
    Case(
        "on demand, too",
        answers(
            {ARN: {**rotation(True)[ARN], "OnDemandRotationStartDate": "2026-11-20T01:02:03Z"}}
        ),
        "pass",
        says="on demand is under way",
    ),
    Case(
        "the baseline wants none",
        answers(rotation(False)),
        "not_applicable",
        settings={"required": False},
    ),
    Case("KMS is too busy", answers({ARN: Refused("ThrottlingException")}), "unknown"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("kms", "us-east-1")
    off, on = (client.create_key()["KeyMetadata"]["KeyId"] for _ in range(2))
    client.enable_key_rotation(KeyId=on)
    assert verdicts(audit(KeyRotation)) == {off: "gap", on: "pass"}
