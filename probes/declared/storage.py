"""S3 buckets, with the policies that stand beside them."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.declaring import Beside, Declarable, NotComparable, Property
from auditor.query import JSON
from probes.declared._words import key_id, listed, mapping, mappings, renamed, same, tail
from probes.recorded import storage

_DEFAULT = ("ServerSideEncryptionByDefault", "ApplyServerSideEncryptionByDefault")
_KEPT_OF_RULES = frozenset(
    {"Id", "Status", "ExpirationInDays", "AbortIncompleteMultipartUpload",
     "NoncurrentVersionExpiration", "NoncurrentVersionExpirationInDays", "Transitions",
     "ExpiredObjectDeleteMarker"}
)  # fmt: skip


def bucket_policy(properties: Mapping[str, JSON]) -> JSON:
    """The policy on a bucket."""
    return properties.get("PolicyDocument")


def encryption(value: JSON) -> JSON:
    """The rules of the default encryption, the key by its id."""
    rules = mapping(value).get("ServerSideEncryptionConfiguration")
    return [_with_key_id(renamed(one, dict([_DEFAULT])), key_id) for one in mappings(rules)]


def encryption_seen(value: JSON) -> JSON:
    """The same of what AWS says."""
    return [
        _with_key_id(one, tail) if isinstance(one, Mapping) else one for one in listed(value or [])
    ]


def _with_key_id(rule: Mapping[str, JSON], named: object) -> JSON:
    default = rule.get(_DEFAULT[1])
    if not callable(named) or not isinstance(default, Mapping) or "KMSMasterKeyID" not in default:
        return dict(rule)
    return {**rule, _DEFAULT[1]: {**default, "KMSMasterKeyID": named(default["KMSMasterKeyID"])}}


def ownership(value: JSON) -> JSON:
    """The rules of ownership."""
    return mapping(value).get("Rules")


def logging(value: JSON) -> JSON:
    """Where accesses are logged."""
    return renamed(
        value, {"DestinationBucketName": "TargetBucket", "LogFilePrefix": "TargetPrefix"}
    )


def lifecycle(value: JSON) -> JSON:
    """The rules by their ids; which objects they are for is not compared."""
    return {"Rules": [_rule(one) for one in mappings(mapping(value).get("Rules"))]}


def _rule(declared: Mapping[str, JSON]) -> JSON:
    if "Id" not in declared:
        raise NotComparable("a rule without an id")
    kept = {name: one for name, one in declared.items() if name in _KEPT_OF_RULES}
    rule = renamed(kept, {"Id": "ID"})
    expiration = {
        there: rule.pop(here)
        for here, there in (
            ("ExpirationInDays", "Days"),
            ("ExpiredObjectDeleteMarker", "ExpiredObjectDeleteMarker"),
        )
        if here in rule
    }
    if expiration:
        rule["Expiration"] = expiration
    if "NoncurrentVersionExpirationInDays" in rule:
        days = rule.pop("NoncurrentVersionExpirationInDays")
        rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": days}
    if "Transitions" in rule:
        names = {"TransitionInDays": "Days", "TransitionDate": "Date"}
        rule["Transitions"] = [renamed(one, names) for one in mappings(rule["Transitions"])]
    return rule


BUCKET = Declarable(
    storage.BUCKET,
    (
        *same("PublicAccessBlockConfiguration", "VersioningConfiguration"),
        Property("BucketEncryption", taken=encryption, seen=encryption_seen),
        Property("OwnershipControls", taken=ownership),
        Property("LoggingConfiguration", taken=logging),
        Property("LifecycleConfiguration", taken=lifecycle),
    ),
    beside=(Beside("AWS::S3::BucketPolicy", "Bucket", "BucketPolicy", bucket_policy, strict=True),),
    silent={"BucketName"},
)
