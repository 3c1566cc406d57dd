"""KMS: keys and their aliases, what they are, who may use them, whether they rotate."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import AwareDatetime, Field

from auditor.facts import Facts
from auditor.query import Document, Query, Shape
from probes.analysis import kms_access
from probes.analysis.key_policies import in_effect
from probes.analysis.kms_operations import BLOCKED_STATES
from probes.analysis.policy import Policy, read_policy
from probes.aws import tagging

GONE = {"NotFoundException"}


class Key(Shape):
    """A key as `ListKeys` has it."""

    key_arn: str
    key_id: str


class Primary(Shape):
    """The primary key of a multi-Region key."""

    arn: str
    region: str


class MultiRegion(Shape):
    """`PRIMARY` or `REPLICA`, and the primary key; what rotates is the primary."""

    multi_region_key_type: str
    primary_key: Primary


class Metadata(Shape):
    """What a key is (API model, `KeyMetadata`)."""

    arn: str
    aws_account_id: str = Field(alias="AWSAccountId")
    key_manager: str = "CUSTOMER"
    key_state: str
    key_spec: str = "SYMMETRIC_DEFAULT"
    key_usage: str = "ENCRYPT_DECRYPT"
    origin: str = "AWS_KMS"
    deletion_date: AwareDatetime | None = None
    multi_region: bool = False
    multi_region_configuration: MultiRegion | None = None

    @property
    def is_customers(self) -> bool:
        """Whether the customer manages it, so that its policy and rotation are theirs to set."""
        return self.key_manager == "CUSTOMER"

    @property
    def is_of_aws(self) -> bool:
        """Whether AWS manages it, so that nobody can change or share it."""
        return self.key_manager == "AWS"


class Rotation(Shape):
    """Whether and how often KMS makes new material; 365 days unless said otherwise."""

    key_rotation_enabled: bool
    rotation_period_in_days: int = 365
    on_demand_rotation_start_date: AwareDatetime | None = None


class KeyPolicy(Shape):
    """A policy of a key: the one named `default`, or the one that Resource Access Manager keeps."""

    policy: Document


class Alias(Shape):
    """Another name of a key, `alias/...`; no target where AWS has not made the key yet."""

    alias_arn: str
    alias_name: str
    target_key_id: str = ""


class Constraints(Shape):
    """What a grant is limited to."""

    encryption_context_subset: dict[str, str] = Field(default_factory=dict)
    encryption_context_equals: dict[str, str] = Field(default_factory=dict)
    source_arn: str | None = None


class Grant(Shape):
    """A grant on a key."""

    grant_id: str
    grantee_principal: str | None = None
    grantee_service_principal: str | None = None
    operations: tuple[str, ...] = ()
    constraints: Constraints = Field(default_factory=Constraints)


KEYS = Query(
    "kms:ListKeys",
    Key,
    each="Keys",
    key="KeyArn",
    arn="KeyArn",
    name="KeyId",
    tags=tagging.TAGGED,
    type="AWS::KMS::Key",
)
METADATA = Query(
    "kms:DescribeKey",
    Metadata,
    at="KeyMetadata",
    key="Arn",
    of=KEYS,
    given={"KeyId": "KeyArn"},
    gone=GONE,
    arn="Arn",
    type="AWS::KMS::Key",
)


def is_not_of_aws(metadata: Metadata) -> bool:
    """Which keys are worth asking about: of AWS's own all of it is known beforehand."""
    return not metadata.is_of_aws


ROTATION = Query(
    "kms:GetKeyRotationStatus",
    Rotation,
    of=METADATA,
    given={"KeyId": "Arn"},
    when=is_not_of_aws,
    absent={"UnsupportedOperationException"},
    gone=GONE,
)
POLICY = Query(
    "kms:GetKeyPolicy",
    KeyPolicy,
    of=METADATA,
    given={"KeyId": "Arn"},
    also={"PolicyName": "default"},
    when=is_not_of_aws,
    gone=GONE,
)
SHARED_POLICY = Query(
    "kms:GetKeyPolicy",
    KeyPolicy,
    of=METADATA,
    given={"KeyId": "Arn"},
    also={"PolicyName": "AWS_RAM"},
    when=is_not_of_aws,
    absent={"NotFoundException"},
    label="shared",
)
ALIASES = Query(
    "kms:ListAliases",
    Alias,
    each="Aliases",
    key="AliasArn",
    also={"Limit": 100},
    arn="AliasArn",
    name="AliasName",
    type="AWS::KMS::Alias",
)
GRANTS = Query(
    "kms:ListGrants",
    Grant,
    each="Grants",
    key="GrantId",
    of=METADATA,
    given={"KeyId": "Arn"},
    also={"Limit": 100},
    when=is_not_of_aws,
    gone=GONE,
)


def key_id_of(key: Key) -> str:
    """For `where`: the key with an id."""
    return key.key_id


def alias_name_of(alias: Alias) -> str:
    """For `where`: the alias of a name, `alias/...`."""
    return alias.alias_name


def target_of(alias: Alias) -> str:
    """For `where`: the aliases of a key, by its id."""
    return alias.target_key_id


def as_key(metadata: Metadata, policy: Policy | None, grants: Iterable[Grant]) -> kms_access.Key:
    """A key as `kms_access.can_use` takes it; the policy is None where it cannot be read.

    Of the policy, what has no effect on the key is left out.
    """
    effective = policy and in_effect(policy, metadata.arn).policy
    return kms_access.Key(
        metadata.arn,
        metadata.aws_account_id,
        metadata.key_manager,
        metadata.key_state,
        metadata.key_spec,
        metadata.key_usage,
        None if effective is None else (effective,),
        tuple(_as_grant(grant) for grant in grants),
    )


def with_access(metadata: Metadata, facts: Facts) -> kms_access.Key:
    """A key that is not AWS's own, with its policy and grants, as `kms_access.can_use` takes it.

    In a state in which nobody can use the key, neither is read.
    """
    if metadata.key_state in BLOCKED_STATES:
        return as_key(metadata, None, ())
    about = facts.of(metadata)
    policy = facts.once(read_policy, about.its(POLICY).policy)
    return as_key(metadata, policy if isinstance(policy, Policy) else None, about.each(GRANTS))


def _as_grant(grant: Grant) -> kms_access.Grant:
    limits = grant.constraints
    return kms_access.Grant(
        grant.grant_id,
        grant.grantee_principal,
        frozenset(grant.operations),
        grant.grantee_service_principal,
        tuple(sorted(limits.encryption_context_subset.items())),
        tuple(sorted(limits.encryption_context_equals.items())),
        limits.source_arn,
    )


def why_unusable(metadata: Metadata) -> str:
    """What a key is that seals nothing, whatever its policy says; nothing for one that can."""
    if metadata.key_state in BLOCKED_STATES:
        return metadata.key_state
    if (metadata.key_spec, metadata.key_usage) == ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"):
        return ""
    return f"a {metadata.key_spec} key for {metadata.key_usage}"


_NOT_SYMMETRIC = ("RSA_", "ECC_", "HMAC_", "SM2", "ML_")
_ORIGINS = {
    "EXTERNAL": "imported material rotates only on demand",
    "AWS_CLOUDHSM": "keys of custom key stores do not rotate",
    "EXTERNAL_KEY_STORE": "keys of custom key stores do not rotate",
}


def why_no_rotation(metadata: Metadata) -> str:
    """Why automatic rotation certainly does not arise for a key; nothing where it may."""
    replica = metadata.multi_region_configuration
    if metadata.is_of_aws:
        return "AWS rotates the keys that it manages"
    if metadata.key_state in BLOCKED_STATES:
        return f"the key is {metadata.key_state}, and its rotation rests"
    if metadata.key_spec.startswith(_NOT_SYMMETRIC):
        return "only symmetric encryption keys rotate"
    if replica and replica.multi_region_key_type == "REPLICA":
        return f"it rotates with its primary key in {replica.primary_key.region}"
    return _ORIGINS.get(metadata.origin, "")


def what_is_new(metadata: Metadata) -> str:
    """What is not known here about a key of which `why_no_rotation` says nothing."""
    known = {
        "manager": (metadata.key_manager, {"CUSTOMER"}),
        "state": (metadata.key_state, {"Enabled", "Updating"}),
        "spec": (metadata.key_spec, {"SYMMETRIC_DEFAULT"}),
        "origin": (metadata.origin, {"AWS_KMS"}),
    }
    new = (f"{name} {value!r}" for name, (value, values) in known.items() if value not in values)
    return ", ".join(new)
