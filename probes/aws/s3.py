"""S3: the buckets of an account, who may read them, how they keep what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import Field

from auditor.facts import Facts
from auditor.query import JSON, Document, Query, Shape
from auditor.resources import Tags
from probes.aws.s3control import ACCOUNT_PUBLIC_ACCESS_BLOCK, PublicAccessBlock

GONE = {"NoSuchBucket"}
BLOCKS = frozenset(
    {"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"}
)
"""All that can be blocked of public access (API model, `PublicAccessBlockConfiguration`)."""

_GROUPS = "http://acs.amazonaws.com/groups/global/"
EVERYBODY = frozenset({f"{_GROUPS}AllUsers", f"{_GROUPS}AuthenticatedUsers"})
"""The groups of the public: all people, and all who have an account at AWS, any account."""


class Bucket(Shape):
    """A bucket; its name is unique in the partition."""

    name: str
    bucket_region: str = ""


class BucketTags(Shape):
    """The tags of a bucket that has any."""

    tags: Tags = Field(default_factory=dict, alias="TagSet")


class BucketPolicy(Shape):
    """The policy of a bucket that has one."""

    policy: Document


class PolicyStatus(Shape):
    """Whether S3 takes a bucket's policy for public."""

    is_public: bool


class Grantee(Shape):
    """Whom an ACL lets in: a group has a URI, all others have not."""

    uri: str = Field("", alias="URI")


class AclGrant(Shape):
    """What an ACL grants to one grantee."""

    grantee: Grantee = Field(default_factory=Grantee)
    permission: str = ""


class Acl(Shape):
    """The access control list of a bucket."""

    grants: tuple[AclGrant, ...] = ()

    @property
    def is_public(self) -> bool:
        """Whether it grants anything to everybody."""
        return any(grant.grantee.uri in EVERYBODY for grant in self.grants)


class OwnershipRule(Shape):
    """Who owns objects; where `BucketOwnerEnforced`, ACLs have no effect."""

    object_ownership: str


class Ownership(Shape):
    """The ownership rules of a bucket, of which there is one."""

    rules: tuple[OwnershipRule, ...] = ()

    @property
    def acls_are_off(self) -> bool:
        """Whether ACLs of the bucket and its objects have no effect."""
        return any(rule.object_ownership == "BucketOwnerEnforced" for rule in self.rules)


class DefaultEncryption(Shape):
    """How new objects are encrypted; no key means SSE-S3's, or the one that AWS manages."""

    algorithm: str = Field(alias="SSEAlgorithm")
    key: str = Field("", alias="KMSMasterKeyID")


class EncryptionRule(Shape):
    """A rule of the default encryption."""

    default: DefaultEncryption | None = Field(None, alias="ApplyServerSideEncryptionByDefault")
    bucket_key_enabled: bool = False


class Encryption(Shape):
    """The default encryption of a bucket, one rule."""

    rules: tuple[EncryptionRule, ...] = ()


class Versioning(Shape):
    """Whether old versions are kept; no status means that they never were."""

    status: str = ""


class Nothing(Shape):
    """An action of a lifecycle rule, of which only its being there is read."""


class LifecycleRule(Shape):
    """What becomes of objects in time."""

    status: str
    noncurrent_version_expiration: Nothing | None = None
    noncurrent_version_transitions: tuple[Nothing, ...] = ()
    abort_incomplete_multipart_upload: Nothing | None = None

    @property
    def is_on(self) -> bool:
        """Whether the rule is applied."""
        return self.status == "Enabled"

    @property
    def moves_old_versions(self) -> bool:
        """Whether versions that are no longer current expire, or move to cheaper storage."""
        return bool(self.noncurrent_version_expiration or self.noncurrent_version_transitions)


class Lifecycle(Shape):
    """The lifecycle rules of a bucket that has some."""

    rules: tuple[LifecycleRule, ...] = ()


def _tags() -> Query[BucketTags]:
    return TAGS


BUCKETS = Query(
    "s3:ListBuckets",
    Bucket,
    each="Buckets",
    key="Name",
    also={"MaxBuckets": 1000},  # more than 10,000 buckets are listed by pages only (API)
    world=True,
    arn="arn:{partition}:s3:::{Name}",
    name="Name",
    tags=_tags,
    type="AWS::S3::Bucket",
    actions=("s3:ListAllMyBuckets",),
)
TAGS = Query(
    "s3:GetBucketTagging",
    BucketTags,
    of=BUCKETS,
    given={"Bucket": "Name"},
    world=True,
    tags="TagSet",
    absent={"NoSuchTagSet"},
    gone=GONE,
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
PUBLIC_ACCESS_BLOCK = Query(
    "s3:GetPublicAccessBlock",
    PublicAccessBlock,
    at="PublicAccessBlockConfiguration",
    of=BUCKETS,
    given={"Bucket": "Name"},
    world=True,
    absent={"NoSuchPublicAccessBlockConfiguration"},
    gone=GONE,
    actions=("s3:GetBucketPublicAccessBlock",),
)
ENCRYPTION = Query(
    "s3:GetBucketEncryption",
    Encryption,
    at="ServerSideEncryptionConfiguration",
    of=BUCKETS,
    given={"Bucket": "Name"},
    world=True,
    absent={"ServerSideEncryptionConfigurationNotFoundError"},
    gone=GONE,
    actions=("s3:GetEncryptionConfiguration",),
)
VERSIONING = Query(
    "s3:GetBucketVersioning",
    Versioning,
    of=BUCKETS,
    given={"Bucket": "Name"},
    world=True,
    gone=GONE,
)
LIFECYCLE = Query(
    "s3:GetBucketLifecycleConfiguration",
    Lifecycle,
    of=BUCKETS,
    given={"Bucket": "Name"},
    world=True,
    absent={"NoSuchLifecycleConfiguration"},
    gone=GONE,
    actions=("s3:GetLifecycleConfiguration",),
)


def _not_blocked(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    """The buckets of which it is not known that all public access is blocked."""
    account = {name for one in facts.seen(ACCOUNT_PUBLIC_ACCESS_BLOCK) for name in one.on}
    for bucket in facts.seen(BUCKETS):
        own = {name for one in facts.of(bucket).extra(PUBLIC_ACCESS_BLOCK) for name in one.on}
        if account | own < BLOCKS:
            yield {"Bucket": bucket.name}


_BLOCKING = (BUCKETS, PUBLIC_ACCESS_BLOCK, ACCOUNT_PUBLIC_ACCESS_BLOCK)
POLICY_STATUS = Query(
    "s3:GetBucketPolicyStatus",
    PolicyStatus,
    at="PolicyStatus",
    asks=_not_blocked,
    reads=_BLOCKING,
    world=True,
    absent={"NoSuchBucketPolicy"},
)
ACL = Query("s3:GetBucketAcl", Acl, asks=_not_blocked, reads=_BLOCKING, world=True)
OWNERSHIP = Query(
    "s3:GetBucketOwnershipControls",
    Ownership,
    at="OwnershipControls",
    asks=_not_blocked,
    reads=_BLOCKING,
    world=True,
    absent={"OwnershipControlsNotFoundError"},
)
"""These three are asked by name, `named(ACL, bucket.name)`, of buckets that may be public."""
