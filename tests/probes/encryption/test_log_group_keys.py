import boto3
import pytest

from probes.aws import kms, logs
from probes.encryption.log_group_keys import LogGroupKeys
from tests.kit import Case, audit, check_case, verdicts
from tests.probes.encryption.keys import ACCOUNT, ARN, KEYS, OTHER

PROBE = LogGroupKeys()
GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/app"
ALIAS = f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/logs"


def answers(key=None):
    group = {"logGroupName": "/app", "arn": f"{GROUP}:*"} | ({"kmsKeyId": key} if key else {})
    alias = {"AliasName": "alias/logs", "AliasArn": ALIAS, "TargetKeyId": KEYS[0]["KeyId"]}
    return {logs.LOG_GROUPS: [group], kms.KEYS: KEYS, kms.ALIASES: [alias]}


CASES = [
    Case("no key", answers(), "not_applicable"),
    Case("a key", answers(ARN), "pass"),
    Case("an alias of it", answers(ALIAS), "pass"),
    Case("a key that is gone", answers(f"{ARN}0"), "drift", "key-missing", severity="critical"),
    Case("an alias that is gone", answers(f"{ALIAS}0"), "drift", "key-missing"),
    Case(
        "another region's",
        answers(ARN.replace("us-east-1", "eu-west-1")),
        "drift",
        "key-missing",
        says="a key of eu-west-1",
    ),
    Case("another account's", answers(ARN.replace(ACCOUNT, OTHER)), "unknown", says=OTHER),
    Case("no name of a key", answers("arn:what"), "unknown", says="is no ARN"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    made = boto3.client("kms", "us-east-1").create_key()["KeyMetadata"]["Arn"]
    client = boto3.client("logs", "us-east-1")
    client.create_log_group(logGroupName="/plain")
    client.create_log_group(logGroupName="/sealed", kmsKeyId=made)
    client.create_log_group(logGroupName="/lost", kmsKeyId=ARN)
    assert verdicts(audit(LogGroupKeys)) == {
        "/plain": "not_applicable", "/sealed": "pass", "/lost": "drift",
    }  # fmt: skip
