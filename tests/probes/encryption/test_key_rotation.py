import boto3
import pytest

from probes.aws import kms
from probes.encryption.key_rotation import KeyRotation
from tests.kit import Absent, Case, audit, check_case, verdicts

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
    Case("asymmetric", answers({ARN: Absent()}, KeySpec="RSA_2048"), "not_applicable"),
    Case("imported", answers(rotation(False), Origin="EXTERNAL"), "not_applicable"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("kms", "us-east-1")
    off, on = (client.create_key()["KeyMetadata"]["KeyId"] for _ in range(2))
    client.enable_key_rotation(KeyId=on)
    assert verdicts(audit(KeyRotation)) == {off: "gap", on: "pass"}
