"""Buckets encrypt new objects as the baseline asks.

Since January 2023 S3 encrypts every new object, with keys of its own where a bucket says nothing
else, and the API says so (S3 user guide, "Default encryption FAQ"): no live bucket is unencrypted,
whatever the source says of missing encryption, and an answer without encryption proves nothing. A
baseline may ask for more: SSE-KMS, or a key of the customer's own, which can be shut. Which key is
AWS's own shows its alias, `alias/aws/s3`. Application load balancers write their logs to buckets
with SSE-S3 only (Elastic Load Balancing user guide, "Access logs").

Fix: `aws s3api put-bucket-encryption --bucket BUCKET --server-side-encryption-configuration
RULES`, for new objects; in CloudFormation `BucketEncryption`.
"""

from collections.abc import Iterator
from typing import Literal

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, unknown
from auditor.settings import Settings, setting
from probes.aws import elbv2, kms, s3
from probes.storage import _encryption
from probes.storage._buckets import of_cdk, passed_over


class Encrypted(Settings):
    """How new objects must be encrypted."""

    encryption: Literal["sse-s3", "sse-kms", "cmk"] = setting(
        "sse-s3", "At least SSE-S3, a key in KMS (`sse-kms`) or the customer's own (`cmk`)."
    )
    bucket_key: bool = setting(False, "Whether buckets with SSE-KMS must use a bucket key.")
    exempt: list[str] = setting(
        [], "Buckets for which SSE-S3 is enough: patterns of name, or `Key=Value` of a tag."
    )


class DefaultEncryption(Probe[s3.Bucket, Encrypted]):
    """The default encryption of each bucket."""

    subject = s3.BUCKETS
    needs = (s3.ENCRYPTION, kms.ALIASES, elbv2.LOAD_BALANCER_ATTRIBUTES)
    severity, settings, sources = Severity.LOW, Encrypted, ("S2.6", "S3.B2")

    def judge(self, bucket: s3.Bucket, facts: Facts, expected: Encrypted) -> Iterator[Remark]:
        exempt = () if expected.encryption == "sse-s3" else expected.exempt
        reason = passed_over(bucket, facts, exempt) or of_cdk(bucket, facts)
        if reason:
            yield reason
            return
        found = facts.found(s3.ENCRYPTION)
        rule = found.rules[0] if found and len(found.rules) == 1 else None
        if rule is None or rule.default is None:
            yield unknown("S3 does not say how new objects are encrypted", code="not-told")
            return
        yield from _encryption.judged(bucket, rule.default, facts, expected.encryption)
        if expected.bucket_key and rule.default.algorithm == "aws:kms":
            yield from _encryption.bucket_key(bucket, rule)
