"""S3: the buckets of an account, and their policies."""

from __future__ import annotations

from auditor.query import Document, Query, Shape

GONE = {"NoSuchBucket"}


class Bucket(Shape):
    """A bucket; its name is unique in the partition."""

    name: str


class BucketPolicy(Shape):
    """The policy of a bucket that has one."""

    policy: Document


BUCKETS = Query(
    "s3:ListBuckets",
    Bucket,
    each="Buckets",
    key="Name",
    world=True,
    arn="arn:{partition}:s3:::{Name}",
    name="Name",
    type="AWS::S3::Bucket",
    actions=("s3:ListAllMyBuckets",),
)
POLICY = Query(
    "s3:GetBucketPolicy",
    BucketPolicy,
    of=BUCKETS,
    given={"Bucket": "Name"},
    world=True,
    absent={"NoSuchBucketPolicy"},
    gone=GONE,
)
