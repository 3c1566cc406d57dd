"""Public access to buckets is blocked.

One careless policy or ACL makes a bucket public; the four blocks keep both from taking effect. S3
applies what is blocked by the bucket, by its account or by its organization, whichever is stricter
(S3 user guide, "Blocking public access to your Amazon S3 storage"). Buckets made since April 2023
have all four, so that what has none is old, or somebody took them away. A bucket is public now
where S3 takes its policy for public (`GetBucketPolicyStatus`), or its ACL lets everybody in and its
ownership setting has not switched ACLs off.

Fix: `aws s3api put-public-access-block --bucket BUCKET --public-access-block-configuration
BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`; in
CloudFormation `PublicAccessBlockConfiguration`. Serve websites by CloudFront with an origin access
control, or exempt their buckets in the baseline.
"""

from collections.abc import Iterator
from functools import partial

from auditor.facts import Facts
from auditor.probe import (
    Probe,
    Remark,
    Severity,
    every,
    not_applicable,
)
from auditor.settings import Settings, setting
from probes.aws import s3, s3control
from probes.storage import _public
from probes.storage._buckets import passed_over


class Blocked(Settings):
    """Which buckets may be public."""

    block_public: bool = setting(True, "Whether public access to buckets must be blocked.")
    public_allowed: list[str] = setting(
        [], "Buckets that may be public: patterns of name, or `Key=Value` of a tag."
    )


class PublicAccess(Probe[s3.Bucket, Blocked]):
    """The four blocks of each bucket, with those of the account."""

    subject = s3.BUCKETS
    needs = (
        s3.PUBLIC_ACCESS_BLOCK,
        s3control.ACCOUNT_PUBLIC_ACCESS_BLOCK,
        s3.POLICY_STATUS,
        s3.ACL,
        s3.OWNERSHIP,
    )
    severity, settings, sources = Severity.HIGH, Blocked, ("S2.6", "S3.B2")

    def judge(self, bucket: s3.Bucket, facts: Facts, expected: Blocked) -> Iterator[Remark]:
        if not expected.block_public:
            yield not_applicable("the baseline asks for no block")
        elif reason := passed_over(bucket, facts, expected.public_allowed):
            yield reason
        elif not _public.all_blocked(bucket, facts):
            blocks = _public.blocks(bucket, facts)
            yield from every(
                partial(_public.openings, bucket, facts, blocks),
                partial(_public.unblocked, bucket, facts, blocks),
            )
