import boto3
import pytest

from probes.aws import kms
from probes.storage.table_encryption import TableEncryption
from tests.kit import Case, audit, check_case, reads_of, verdicts
from tests.probes.storage import keys
from tests.probes.storage.tables import described, live

PROBE = TableEncryption()
KMS, CMK = ({"encryption": kind} for kind in ("kms", "cmk"))


def sealed(key=keys.OWN, status="ENABLED", kind="KMS", **more):
    arn = key if key.startswith("arn:") else f"{keys.ARN}{key}"
    sealing = {"Status": status, "SSEType": kind, "KMSMasterKeyArn": arn, **more}
    return {**described(SSEDescription=sealing), **keys.answers()}


SINCE = {"InaccessibleEncryptionDateTime": "2026-11-20T01:02:03Z"}
CASES = [
    Case("by DynamoDB's own key", described(), "pass"),
    Case("by DynamoDB's own key, and one of KMS is asked", described(), "drift", "owned-key",
         severity="low", expected="a key in KMS", found="owned by DynamoDB", settings=KMS),
    Case("by DynamoDB's own key, and a customer's is asked", described(), "drift", "owned-key",
         expected="a customer managed key", settings=CMK),
    Case("taken away", sealed(status="DISABLED"), "drift", "owned-key", settings=KMS),
    Case("by a customer's key", sealed(), "pass", settings=CMK),
    Case("by a customer's key that is being put on", sealed(status="UPDATING"), "pass", settings=KMS),
    Case("by AWS's key", sealed(keys.OF_AWS), "pass", settings=KMS),
    Case("by AWS's key, and a customer's is asked", sealed(keys.OF_AWS), "drift", "aws-key",
         settings=CMK, found=f"{keys.ARN}{keys.OF_AWS}"),
    Case("by a key of another account", sealed(keys.FOREIGN), "pass", settings=CMK),
    Case("by an alias of a customer's key", sealed(keys.ARN.replace("key/", "alias/own")), "pass",
         settings=CMK),
    Case("by a key that is not there", sealed("gone"), "unknown", "unknown-key", settings=CMK),
    Case("by a key of a new manager", {**sealed(), **keys.answers("PARTNER")}, "unknown",
         settings=CMK),
    Case("in a new state", sealed(status="MELTING"), "unknown", settings=KMS, says="MELTING"),
    Case("in a new way", sealed(kind="QUANTUM"), "unknown", settings=KMS, says="QUANTUM"),
    Case("by a key that cannot be used", sealed(**SINCE), "drift", "key-inaccessible",
         severity="high", found=f"{keys.ARN}{keys.OWN}"),
    Case("by a key that cannot be used, says the table",
         described(TableStatus="INACCESSIBLE_ENCRYPTION_CREDENTIALS"), "drift", "key-inaccessible"),
    Case("being deleted", described(TableStatus="DELETING"), "not_applicable", "not-in-use"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("dynamodb", "us-east-1")
    key = boto3.client("kms", "us-east-1").create_key()["KeyMetadata"]["Arn"]
    live(client, "plain")
    sealing = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    live(client, "sealed", SSESpecification=sealing)
    assert verdicts(audit(TableEncryption)) == {"plain": "pass", "sealed": "pass"}
    wanted = {"plain": "drift", "sealed": "pass"}
    assert verdicts(audit(TableEncryption, settings=CMK)) == wanted


def test_keys_are_read_only_where_whose_they_are_matters():
    assert kms.KEYS not in reads_of(PROBE, Case("", sealed(), "pass"))
