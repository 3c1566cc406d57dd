"""Whether a bucket's default encryption is what is wanted of it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, not_applicable, unknown
from auditor.query import JSON
from probes.analysis.answers import Answer
from probes.aws import elbv2, kms_names, s3
from probes.storage._buckets import put

_IN_KMS = {"aws:kms", "aws:kms:dsse"}
_OF_SERVICES = {"aws:fsx", "aws:backup"}  # kept by other services, with keys of their own (API)
_LOGS = frozenset(
    {"access_logs.s3.bucket", "connection_logs.s3.bucket", "health_check_logs.s3.bucket"}
)


def judged(
    bucket: s3.Bucket, default: s3.DefaultEncryption, facts: Facts, wanted: str
) -> Iterator[Remark]:
    """What there is to say of the algorithm and the key."""
    if default.algorithm in _IN_KMS:
        yield from _judge_key(bucket, default, facts) if wanted == "cmk" else ()
    elif default.algorithm == "AES256":
        yield from _judge_own_keys(bucket, facts, wanted) if wanted != "sse-s3" else ()
    elif default.algorithm not in _OF_SERVICES or wanted != "sse-s3":
        message = f"whether {default.algorithm!r} is enough is not known here"
        yield unknown(message, code="unknown-value")


def bucket_key(bucket: s3.Bucket, rule: s3.EncryptionRule) -> Iterator[Remark]:
    """What there is to say where a key of the bucket must save calls to KMS."""
    if not rule.bucket_key_enabled and rule.default:
        more = _mend(bucket, rule.default.algorithm, rule.default.key)
        yield drift(
            "the bucket does not use a bucket key",
            code="bucket-key-off",
            severity=Severity.LOW,
            expected="on",
            found="off",
            **more,
        )


def _judge_own_keys(bucket: s3.Bucket, facts: Facts, wanted: str) -> Iterator[Remark]:
    if _takes_logs(bucket, facts):
        message = "a load balancer writes its logs to it, which takes SSE-S3 only"
        yield not_applicable(message, code="load-balancer-logs")
        return
    yield _weaker(bucket, wanted, "sse-s3", "new objects are encrypted with keys of S3")


def _judge_key(bucket: s3.Bucket, default: s3.DefaultEncryption, facts: Facts) -> Iterator[Remark]:
    match _is_of_aws(bucket, default.key, facts):
        case Answer.YES:
            said = "new objects are encrypted with the key that AWS manages"
            yield _weaker(bucket, "cmk", "sse-kms", said)
        case Answer.CANNOT_TELL:
            yield unknown("whose key it is cannot be told", code="unknown-key")


def _is_of_aws(bucket: s3.Bucket, key: str, facts: Facts) -> Answer:
    """Whether AWS manages the key; only AWS can make aliases that begin with `alias/aws/`."""
    if not key or key.startswith("alias/"):
        return Answer.of(not key or kms_names.is_of_aws(key))
    if key.startswith("arn:"):
        return kms_names.is_of_service(key, "s3", facts)
    if not bucket.bucket_region:
        return Answer.CANNOT_TELL
    place = f"arn:{facts.partition}:kms:{bucket.bucket_region}:{facts.account}"
    return kms_names.is_of_service(f"{place}:key/{key}", "s3", facts)


def _takes_logs(bucket: s3.Bucket, facts: Facts) -> bool:
    return any(
        facts.of(one).parent(elbv2.LOAD_BALANCERS).type == elbv2.APPLICATION
        for one in facts.everywhere(elbv2.LOAD_BALANCER_ATTRIBUTES)
        if one.key in _LOGS and one.value == bucket.name
    )


def _weaker(bucket: s3.Bucket, wanted: str, found: str, said: str) -> Remark:
    """A key of the customer's own must be chosen by name: no command can say which."""
    return drift(
        said,
        code="weaker-encryption",
        severity=Severity.MEDIUM if wanted == "cmk" else Severity.LOW,
        expected=wanted,
        found=found,
        **({} if wanted == "cmk" else _mend(bucket, "aws:kms", "")),
    )


def _mend(bucket: s3.Bucket, algorithm: str, key: str) -> Mapping[str, Any]:
    default: dict[str, JSON] = {"SSEAlgorithm": algorithm} | (
        {"KMSMasterKeyID": key} if key else {}
    )
    rule = {"ServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    asked = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    option = ("--server-side-encryption-configuration", json.dumps({"Rules": [asked]}))
    wanted = {"ServerSideEncryptionConfiguration": [rule]}
    return put(bucket, "put-bucket-encryption", *option, BucketEncryption=wanted)
