"""S3 buckets: who may read them, how they keep what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.query import JSON, Query
from auditor.recording.recordable import Fold, Recordable, the, the_object, whole
from probes.aws import s3
from probes.recorded._documents import POLICY


def _of_bucket(operation: str, *names: str, **other: Any) -> Query[Any]:
    """A question about each bucket."""
    return whole(
        Query(f"s3:{operation}", s3.Bucket, of=s3.BUCKETS, given={"Bucket": "Name"}, world=True,
              gone=s3.GONE),
        *names,
        **other,
    )  # fmt: skip


def notifications(items: list[JSON]) -> JSON:
    """Who is told; that EventBridge is S3 says by an object with nothing in it (API model)."""
    found = the_object(items)
    if not isinstance(found, Mapping) or found.get("EventBridgeConfiguration") is None:
        return found
    return {**found, "EventBridgeConfiguration": {"EventBridgeEnabled": True}}


_BLOCK = whole(s3.PUBLIC_ACCESS_BLOCK, *sorted(s3.BLOCKS))
_ENCRYPTION = whole(s3.ENCRYPTION, "Rules")
_VERSIONING = whole(s3.VERSIONING, "Status", "MFADelete")
_LIFECYCLE = whole(s3.LIFECYCLE, "Rules", "TransitionDefaultMinimumObjectSize")
_OWNERSHIP = _of_bucket(
    "GetBucketOwnershipControls",
    "Rules",
    at="OwnershipControls",
    absent={"OwnershipControlsNotFoundError"},
)
_LOGGING = _of_bucket("GetBucketLogging", "LoggingEnabled")
_CORS = _of_bucket(
    "GetBucketCors", "CORSRules", absent={"NoSuchCORSConfiguration"}, actions=("s3:GetBucketCORS",)
)
_WEBSITE = _of_bucket(
    "GetBucketWebsite",
    "RedirectAllRequestsTo", "IndexDocument", "ErrorDocument", "RoutingRules",
    absent={"NoSuchWebsiteConfiguration"},
)  # fmt: skip
_REPLICATION = _of_bucket(
    "GetBucketReplication",
    "Role", "Rules",
    at="ReplicationConfiguration",
    absent={"ReplicationConfigurationNotFoundError"},
    actions=("s3:GetReplicationConfiguration",),
)  # fmt: skip
_NOTIFICATION = _of_bucket(
    "GetBucketNotificationConfiguration",
    "TopicConfigurations", "QueueConfigurations", "LambdaFunctionConfigurations",
    "EventBridgeConfiguration",
    actions=("s3:GetBucketNotification",),
)  # fmt: skip

_FILTERS = ("Prefix", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
_EXPIRES = {
    "Expiration": "",
    "Expiration.Date": "^ExpirationDate",
    "Expiration.Days": "^ExpirationInDays",
    "Expiration.ExpiredObjectDeleteMarker": "^ExpiredObjectDeleteMarker",
    "Filter": "",
    "Filter.And": "",
    "Filter.And.Tags": "^^TagFilters",
    "Filter.Tag": "^TagFilters",
    **{f"Filter.{name}": f"^{name}" for name in _FILTERS},
    **{f"Filter.And.{name}": f"^^{name}" for name in _FILTERS},
}
"""CloudFormation has in the rule itself what the API nests in it."""

_REPLICATES = {
    "ExistingObjectReplication": "",
    "Filter.And.Tags": "TagFilters",
    "Filter.Tag": "TagFilter",
}
BUCKET = Recordable(
    s3.BUCKETS,
    keeps=("BucketRegion",),
    leaves=("Name", "CreationDate", "BucketArn"),
    folds=(
        Fold("BucketPolicy", s3.POLICY, the("Policy")),
        Fold("PublicAccessBlockConfiguration", _BLOCK, the_object),
        Fold("BucketEncryption", _ENCRYPTION, the("Rules")),
        Fold("VersioningConfiguration", _VERSIONING, the_object),
        Fold("LifecycleConfiguration", _LIFECYCLE, the_object),
        Fold("OwnershipControls", _OWNERSHIP, the("Rules")),
        Fold("LoggingConfiguration", _LOGGING, the("LoggingEnabled")),
        Fold("CorsConfiguration", _CORS, the("CORSRules")),
        Fold("WebsiteConfiguration", _WEBSITE, the_object),
        Fold("ReplicationConfiguration", _REPLICATION, the_object),
        Fold("NotificationConfiguration", _NOTIFICATION, notifications),
    ),
    rules={"BucketPolicy": POLICY},
    ordered={"CorsConfiguration", "WebsiteConfiguration.RoutingRules"},
    keyed={"LifecycleConfiguration.Rules": "ID", "ReplicationConfiguration.Rules": "ID"},
    names={
        "BucketEncryption": "BucketEncryption.ServerSideEncryptionConfiguration",
        "BucketPolicy": "AWS::S3::BucketPolicy.PolicyDocument",
        "BucketRegion": "",
        "CorsConfiguration": "CorsConfiguration.CorsRules",
        "LoggingConfiguration.TargetBucket": "DestinationBucketName",
        "LoggingConfiguration.TargetGrants": "",
        "LoggingConfiguration.TargetPrefix": "LogFilePrefix",
        "NotificationConfiguration.LambdaFunctionConfigurations": "LambdaConfigurations",
        "OwnershipControls": "OwnershipControls.Rules",
        "VersioningConfiguration.MFADelete": "",
        "WebsiteConfiguration.ErrorDocument.Key": ".",
        "WebsiteConfiguration.IndexDocument.Suffix": ".",
        **{f"LifecycleConfiguration.Rules.{path}": name for path, name in _EXPIRES.items()},
        **{f"ReplicationConfiguration.Rules.{path}": name for path, name in _REPLICATES.items()},
    },
)
