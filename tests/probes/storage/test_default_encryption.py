import boto3
import pytest

from probes.aws import elbv2, kms, s3
from probes.storage.default_encryption import DefaultEncryption
from tests.kit import Absent, Case, Refused, audit, check_case, findings_of, verdicts
from tests.probes.storage.made import NAME, OF_CDK, bucket, live_bucket

PROBE = DefaultEncryption()
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
PREFIX = "arn:aws:kms:us-east-1:123456789012"
KEY = f"{PREFIX}:key/{KEY_ID}"
OF_AWS = {"AliasArn": f"{PREFIX}:alias/aws/s3", "AliasName": "alias/aws/s3", "TargetKeyId": KEY_ID}
BALANCER = (
    "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"
)
CMK, KMS = {"encryption": "cmk"}, {"encryption": "sse-kms"}


def encrypted(algorithm="AES256", key=None, aliases=(), bucket_key=False, **more):
    default = {"SSEAlgorithm": algorithm} | ({"KMSMasterKeyID": key} if key else {})
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": bucket_key}
    return {
        **bucket(**more),
        s3.ENCRYPTION: {NAME: {"Rules": [rule]}},
        kms.ALIASES: list(aliases),
    }


def with_logs(kind="application", to=NAME):
    logs = [
        {"Key": "access_logs.s3.enabled", "Value": "true"},
        {"Key": "access_logs.s3.bucket", "Value": to},
    ]
    balancer = {
        "LoadBalancerArn": BALANCER,
        "LoadBalancerName": "web",
        "Type": kind,
        "Scheme": "internal",
        "VpcId": "vpc-1",
    }
    return encrypted() | {
        elbv2.LOAD_BALANCERS: [balancer],
        elbv2.LOAD_BALANCER_ATTRIBUTES: {BALANCER: logs},
    }


CASES = [
    Case("S3's keys", encrypted(), "pass"),
    Case("a key in KMS", encrypted("aws:kms", KEY), "pass"),
    Case("twice", encrypted("aws:kms:dsse", KEY), "pass"),
    Case("kept by another service", encrypted("aws:fsx"), "pass"),
    Case("a new algorithm", encrypted("rot13"), "unknown", "unknown-value"),
    Case(
        "none is told",
        {
            **bucket(),
            s3.ENCRYPTION: {NAME: Absent("ServerSideEncryptionConfigurationNotFoundError")},
        },
        "unknown",
        "not-told",
    ),
    Case(
        "a rule without an algorithm",
        {**bucket(), s3.ENCRYPTION: {NAME: {"Rules": [{"BucketKeyEnabled": False}]}}},
        "unknown",
        "not-told",
    ),
    Case("S3 would not say", {**bucket(), s3.ENCRYPTION: {NAME: Refused()}}, "unknown"),
    Case(
        "KMS is wanted",
        encrypted(),
        "drift",
        "weaker-encryption",
        severity="low",
        expected="sse-kms",
        found="sse-s3",
        settings=KMS,
        survives=(elbv2.LOAD_BALANCER_ATTRIBUTES,),  # there is no load balancer to ask about
    ),
    Case("KMS is wanted, and a service keeps it", encrypted("aws:backup"), "unknown", settings=KMS),
    Case("KMS is wanted, any key", encrypted("aws:kms"), "pass", settings=KMS),
    Case("a customer's key", encrypted("aws:kms", KEY), "pass", settings=CMK),
    Case(
        "AWS's key by ARN",
        encrypted("aws:kms", KEY, [OF_AWS]),
        "drift",
        "weaker-encryption",
        severity="medium",
        settings=CMK,
    ),
    Case("AWS's key by id", encrypted("aws:kms", KEY_ID, [OF_AWS]), "drift", settings=CMK),
    Case("a customer's key by id", encrypted("aws:kms", KEY_ID), "pass", settings=CMK),
    Case("a key by id, of a bucket of unknown region", encrypted("aws:kms", KEY_ID, region=""),
         "unknown", "unknown-key", settings=CMK),
    Case(
        "a key of a region that was not looked at",
        encrypted("aws:kms", KEY.replace("us-east-1", "eu-west-1")),
        "unknown",
        settings=CMK,
    ),
    Case("AWS's key by name", encrypted("aws:kms", "alias/aws/s3"), "drift", settings=CMK),
    Case(
        "AWS's key by the ARN of its name",
        encrypted("aws:kms", f"{PREFIX}:alias/aws/s3"),
        "drift",
        settings=CMK,
    ),
    Case("AWS's key by no name", encrypted("aws:kms"), "drift", settings=CMK),
    Case("a customer's key by name", encrypted("aws:kms", "alias/mine"), "pass", settings=CMK),
    Case("a key of another account", encrypted("aws:kms", KEY.replace("123456789012", "210987654321")),
         "pass", settings=CMK),
    Case("a key of no readable name", encrypted("aws:kms", "arn:nonsense"), "unknown", settings=CMK),
    Case(
        "the logs of a load balancer", with_logs(), "not_applicable", "load-balancer-logs", settings=CMK
    ),
    Case("the logs of a network load balancer", with_logs("network"), "drift", settings=CMK),
    Case("another bucket's logs", with_logs(to="other"), "drift", settings=CMK),
    Case("the load balancers are refused", encrypted() | {elbv2.LOAD_BALANCERS: Refused()}, "unknown",
         settings=CMK),
    Case("SSE-S3 is enough here", encrypted(), "not_applicable", "exempt",
         settings=CMK | {"exempt": [NAME]}),
    Case("what is exempt from more is judged", encrypted("rot13"), "unknown",
         settings={"exempt": [NAME]}),
    Case("a bucket key is wanted", encrypted("aws:kms", KEY), "drift", "bucket-key-off",
         settings={"bucket_key": True}),
    Case("a bucket key is used", encrypted("aws:kms", KEY, bucket_key=True), "pass",
         settings={"bucket_key": True}),
    Case("a bucket key is for KMS only", encrypted(), "pass", settings={"bucket_key": True}),
    Case("CDK's own", encrypted(tags=OF_CDK), "not_applicable", "of-cdk", settings=CMK),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_fix_keeps_the_key():
    case = Case("fix", encrypted("aws:kms", KEY), "drift", settings={"bucket_key": True})
    (finding,) = findings_of(PROBE, case)
    assert finding.fix is not None
    assert f'"KMSMasterKeyID": "{KEY}"' in finding.fix.cli


def test_on_an_account(aws):
    client = boto3.client("s3", "us-east-1")
    for name, algorithm in (("plain", "AES256"), ("sealed", "aws:kms")):
        live_bucket(client, name)
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}
        client.put_bucket_encryption(
            Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]}
        )
    assert verdicts(audit(DefaultEncryption)) == {"plain": "pass", "sealed": "pass"}
    found = audit(DefaultEncryption, settings={"encryption": "sse-kms"})
    assert verdicts(found) == {"plain": "drift", "sealed": "pass"}
