import boto3
import pytest

from probes.aws import sqs
from probes.storage.queue_encryption import QueueEncryption
from tests.kit import Case, audit, check_case, verdicts
from tests.probes.storage import keys

PROBE = QueueEncryption()
URL = "https://sqs.us-east-1.amazonaws.com/123456789012/orders"
ARN = "arn:aws:sqs:us-east-1:123456789012:orders"
CMK = {"encryption": "cmk"}


def queue(**attributes):
    kept = {"QueueArn": ARN, **attributes}
    return {sqs.QUEUE_URLS: [URL], sqs.QUEUES: {URL: kept}, **keys.answers()}


def by_key(key):
    return queue(KmsMasterKeyId=key, SqsManagedSseEnabled="false")


OWNED = queue(SqsManagedSseEnabled="true")
CASES = [
    Case("by SQS", OWNED, "pass"),
    Case("by AWS's key", by_key("alias/aws/sqs"), "pass"),
    Case("by a customer's key", by_key("alias/own"), "pass"),
    Case("by nothing", queue(SqsManagedSseEnabled="false"), "gap", "unencrypted",
         severity="medium", expected="encryption", found="none"),
    Case("says nothing", queue(), "gap", "unencrypted"),
    Case("by nothing, which may be", queue(), "not_applicable", settings={"encryption": "none"}),
    Case("neither true nor false", queue(SqsManagedSseEnabled="perhaps"), "unknown"),
    Case("by a customer's key, as is asked", by_key("alias/own"), "pass", settings=CMK),
    Case("by a customer's key, by its id", by_key(keys.OWN), "pass", settings=CMK),
    Case("by SQS, and a customer's key is asked", OWNED, "drift", "owned-key", settings=CMK),
    Case("by AWS's key, and a customer's is asked", by_key("alias/aws/sqs"), "drift", "aws-key",
         settings=CMK, expected="a customer managed key", found="alias/aws/sqs"),
    Case("by the id of AWS's key, and a customer's is asked", by_key(keys.OF_AWS), "drift",
         "aws-key", settings=CMK),
    Case("by a key that is not there", by_key("alias/gone"), "unknown", settings=CMK),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("sqs", "us-east-1")
    client.create_queue(QueueName="plain", Attributes={"SqsManagedSseEnabled": "false"})
    client.create_queue(QueueName="sealed", Attributes={"SqsManagedSseEnabled": "true"})
    found = audit(QueueEncryption)
    arn = "arn:aws:sqs:us-east-1:123456789012:"
    assert verdicts(found) == {f"{arn}plain": "gap", f"{arn}sealed": "pass"}
    [fix] = [finding.fix for finding in found if finding.fix]
    assert "SqsManagedSseEnabled=true" in fix.cli
