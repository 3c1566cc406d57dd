"""S3 buckets, with the policies that stand beside them."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.drift.declarable import Beside, Changer, Declarable, NotComparable, Property
from auditor.query import JSON
from probes.declared._by_aws import is_of_log_delivery, statements_of
from probes.declared._changers import more_than
from probes.declared._words import (
    formed,
    key_id,
    listed,
    mapping,
    mappings,
    renamed,
    same,
    tail,
    text,
    under,
)
from probes.recorded import storage

_DEFAULT = ("ServerSideEncryptionByDefault", "ApplyServerSideEncryptionByDefault")
_KEPT_OF_RULES = frozenset(
    {"Id", "Status", "ExpirationInDays", "AbortIncompleteMultipartUpload",
     "NoncurrentVersionExpiration", "NoncurrentVersionExpirationInDays", "Transitions",
     "ExpiredObjectDeleteMarker"}
)  # fmt: skip
_LEFT_OF_RULES = {
    **dict.fromkeys(
        ("ObjectSizeGreaterThan", "ObjectSizeLessThan", "Prefix", "TagFilters"),
        "which objects a rule is for is not compared",
    ),
    **dict.fromkeys(
        ("ExpirationDate", "NoncurrentVersionTransition", "NoncurrentVersionTransitions",
         "Transition"),
        "not compared by this version",
    ),
}  # fmt: skip


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
    return {
        **mapping(value),
        "Rules": [_rule(one) for one in mappings(mapping(value).get("Rules"))],
    }


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


# -- who may ask, and what for --------------------------------------------------------------------


def cors(value: JSON) -> JSON:
    """The rules by which other sites may ask."""
    names = {"ExposedHeaders": "ExposeHeaders", "Id": "ID", "MaxAge": "MaxAgeSeconds"}
    return [renamed(one, names) for one in mappings(mapping(value).get("CorsRules"))]


def website(value: JSON) -> JSON:
    """How a bucket is a website."""
    names = {"RedirectRule": "Redirect", "RoutingRuleCondition": "Condition"}
    return formed(
        value,
        {
            "ErrorDocument": under("Key", text),
            "IndexDocument": under("Suffix", text),
            "RoutingRules": lambda rules: [renamed(one, names) for one in mappings(rules)],
        },
    )


def replication(value: JSON) -> JSON:
    """What is copied elsewhere, by rules that have ids."""
    return formed(value, {"Rules": lambda rules: [_copied(one) for one in mappings(rules)]})


def _copied(rule: Mapping[str, JSON]) -> JSON:
    if "Id" not in rule:
        raise NotComparable("a rule without an id")
    return renamed(formed(rule, {"Filter": _selected}), {"Id": "ID"})


def _selected(value: JSON) -> JSON:
    both = formed(value, {"And": lambda one: renamed(one, {"TagFilters": "Tags"})})
    return renamed(both, {"TagFilter": "Tag"})


# -- who is told ----------------------------------------------------------------------------------

_TOLD = {
    "LambdaConfigurations": ("LambdaFunctionConfigurations", "Function", "LambdaFunctionArn"),
    "QueueConfigurations": ("QueueConfigurations", "Queue", "QueueArn"),
    "TopicConfigurations": ("TopicConfigurations", "Topic", "TopicArn"),
}
"""Property -> the API's name of it, and of who is told in it, there and here."""
_BUS = "EventBridgeConfiguration"


def notifications(value: JSON) -> JSON:
    """Who is told of which event: a template has one event where the API lists several."""
    said = mapping(value)
    found: dict[str, JSON] = {
        there: [_told(one, here_named, named) for one in mappings(said[here])]
        for here, (there, here_named, named) in _TOLD.items()
        if here in said
    }
    if _BUS in said and str(mapping(said[_BUS]).get("EventBridgeEnabled", True)).lower() == "true":
        found[_BUS] = {"EventBridgeEnabled": True}
    return found


def _told(declared: Mapping[str, JSON], here: str, there: str) -> JSON:
    found = renamed(declared, {here: there, "Event": "Events"})
    key = found.pop("Filter", None)
    rules = mapping(mapping(key).get("S3Key", {})).get("Rules", []) if key else []
    if rules:
        found["Filter"] = {"Key": {"FilterRules": [_lowered(one) for one in mappings(rules)]}}
    return found


def _lowered(rule: Mapping[str, JSON]) -> JSON:
    return formed(rule, {"Name": lambda name: str(name).lower()})


def notifications_seen(value: JSON) -> JSON:
    """The same of what AWS says: each event on its own, as S3 may be told of several at once."""
    if not isinstance(value, Mapping):
        return value
    names = {there for there, _, _ in _TOLD.values()}
    return {
        name: [one for member in listed(told) for one in _single(member)] if name in names else told
        for name, told in value.items()
    }


def _single(member: JSON) -> list[JSON]:
    if not isinstance(member, Mapping):
        return [member]
    rules = _said_below(member, "Filter", "Key", "FilterRules")
    lowered = [_lowered(one) for one in rules if isinstance(one, Mapping)]
    one = {**member, "Filter": {"Key": {"FilterRules": lowered}}} if lowered else member
    return [{**one, "Events": event} for event in listed(member.get("Events"))]


def _said_below(value: JSON, *names: str) -> list[JSON]:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, list) else []


_CUSTOM = tuple(
    Changer(
        kind,
        (name,),
        ("NotificationConfiguration",),
        "a custom resource may say who is told",
        when=more_than("ServiceToken", "ServiceTimeout", name),
    )
    for kind in ("Custom::*", "AWS::CloudFormation::CustomResource")
    for name in ("BucketName", "Bucket")
)
"""What a bucket tells a function is often declared by a custom resource, as the two would wait for
each other: CDK's `Custom::S3BucketNotifications`, the Serverless Framework's `Custom::S3`, and
those of AWS's examples. One that is told nothing but the bucket empties it, or the like."""
_LISTENS = Changer(
    "AWS::GuardDuty::MalwareProtectionPlan",
    ("ProtectedResource.S3Bucket.BucketName",),
    (f"NotificationConfiguration.{_BUS}",),
    "GuardDuty listens to the bucket by EventBridge",
)
"""User guide of GuardDuty, "Malware Protection for S3"."""
_NONE = frozenset(
    {"BucketPolicy", "NotificationConfiguration", "ReplicationConfiguration",
     "WebsiteConfiguration", "CorsConfiguration"}
)  # fmt: skip
"""Who gets in, who is told and where data goes: S3 sets none of that by itself. Lifecycles and logs
are not among them: companies' automations set them on every bucket, whoever declares it."""
BUCKET = Declarable(
    storage.BUCKET,
    (
        *same("PublicAccessBlockConfiguration", "VersioningConfiguration"),
        Property("BucketEncryption", taken=encryption, seen=encryption_seen),
        Property("OwnershipControls", taken=ownership),
        Property("LoggingConfiguration", taken=logging),
        Property("LifecycleConfiguration", taken=lifecycle),
        Property("CorsConfiguration", taken=cors),
        Property("WebsiteConfiguration", taken=website),
        Property("ReplicationConfiguration", taken=replication),
        Property("NotificationConfiguration", taken=notifications, seen=notifications_seen),
    ),
    beside=(Beside("AWS::S3::BucketPolicy", "Bucket", "BucketPolicy", bucket_policy, strict=True),),
    silent={"BucketName"},
    changed_by=(*_CUSTOM, _LISTENS),
    none=_NONE,
    by_aws={"BucketPolicy": statements_of(is_of_log_delivery)},
    unseen={f"LifecycleConfiguration.Rules.{name}": why for name, why in _LEFT_OF_RULES.items()},
)
