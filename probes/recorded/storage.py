"""S3 buckets: who may read them, how they keep what is in them."""

from __future__ import annotations

from typing import Any

from auditor.query import Query
from auditor.recording import Fold, Recordable, the, the_object, whole
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
        Fold("NotificationConfiguration", _NOTIFICATION, the_object),
    ),
    rules={"BucketPolicy": POLICY},
    ordered={"CorsConfiguration", "WebsiteConfiguration.RoutingRules"},
    keyed={"LifecycleConfiguration.Rules": "ID", "ReplicationConfiguration.Rules": "ID"},
    names={"BucketPolicy": "AWS::S3::BucketPolicy", "BucketRegion": ""},
)
