"""Buckets in AWS's own words, and on moto."""

from probes.aws import s3
from tests.kit import Absent

NAME = "example-assets"
UNTAGGED = {s3.TAGS: {NAME: Absent("NoSuchTagSet")}}
OF_CDK = {"aws:cloudformation:stack-name": "CDKToolkit", "aws:cloudformation:stack-id": "arn"}


def bucket(name=NAME, region="us-east-1", tags=None):
    """A bucket with its tags."""
    sent = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
    return {
        s3.BUCKETS: [
            {"Name": name, "CreationDate": "2026-01-01T00:00:00Z", "BucketRegion": region}
        ],
        s3.TAGS: {name: {"TagSet": sent} if sent else Absent("NoSuchTagSet")},
    }


def live_bucket(client, name, **more):
    client.create_bucket(Bucket=name, **more)
    return name
