"""IAM: roles and managed policies with their documents, all in one call per account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from pydantic import AwareDatetime, Field

from auditor.facts import Facts
from auditor.query import JSON, Document, Query, Shape
from auditor.resources import Tags
from probes.analysis.access import Identity
from probes.analysis.policy import Policy, read_policy
from probes.analysis.principals import Principal
from probes.aws.arns import RoleArn


class InlinePolicy(Shape):
    """A policy that is part of a role."""

    policy_name: str
    policy_document: Document


class AttachedPolicy(Shape):
    """A managed policy on a role, by name and ARN."""

    policy_name: str = ""
    policy_arn: str


class Boundary(Shape):
    """The managed policy that bounds what a role may do."""

    permissions_boundary_arn: str


class InstanceProfile(Shape):
    """An instance profile that holds the role."""

    arn: str


class LastUse(Shape):
    """When and where a role was last used; AWS keeps this for 400 days (API model)."""

    last_used_date: AwareDatetime | None = None
    region: str = ""


class Role(Shape):
    """A role with all that it may do, and who may take it."""

    arn: RoleArn
    role_name: str
    role_id: str = ""
    path: str = "/"
    assume_role_policy_document: Document = ""
    role_policy_list: tuple[InlinePolicy, ...] = ()
    attached_managed_policies: tuple[AttachedPolicy, ...] = ()
    permissions_boundary: Boundary | None = None
    instance_profile_list: tuple[InstanceProfile, ...] = ()
    role_last_used: LastUse = Field(default_factory=LastUse)
    tags: Tags = Field(default_factory=dict)


class PolicyVersion(Shape):
    """One version of a managed policy; only the default one is in force."""

    document: Document
    is_default_version: bool = False


class ManagedPolicy(Shape):
    """A managed policy of the account, or one of AWS's that the account uses."""

    arn: str
    policy_name: str = ""
    policy_version_list: tuple[PolicyVersion, ...] = ()

    @property
    def document(self) -> str | None:
        """The version in force, or None where AWS named none."""
        return next((v.document for v in self.policy_version_list if v.is_default_version), None)


class AwsPolicy(Shape):
    """A policy that AWS manages, as its list has it."""

    arn: str
    policy_name: str


class PolicyDetail(Shape):
    """What AWS says of one of its policies; lists leave the description out (API model)."""

    arn: str
    description: str = ""


def profiles_of(role: Role) -> tuple[str, ...]:
    """For `where`: the role in an instance profile, by the profile's ARN."""
    return tuple(profile.arn for profile in role.instance_profile_list)


def profile_names_of(role: Role) -> tuple[str, ...]:
    """For `where`: the role in an instance profile, by the profile's ARN or its name."""
    arns = profiles_of(role)
    return tuple(dict.fromkeys(name for arn in arns for name in (arn, arn.rpartition("/")[2])))


def names_of(role: Role) -> tuple[str, str]:
    """For `where`: a role by its ARN or its name."""
    return role.arn, role.role_name


_FILTER = {"Filter": ["Role", "LocalManagedPolicy", "AWSManagedPolicy"], "MaxItems": 1000}
ROLES = Query(
    "iam:GetAccountAuthorizationDetails",
    Role,
    each="RoleDetailList",
    key="Arn",
    also=_FILTER,
    world=True,
    arn="Arn",
    name="RoleName",
    tags="Tags",
    type="AWS::IAM::Role",
    label="roles",
)
POLICIES = Query(
    "iam:GetAccountAuthorizationDetails",
    ManagedPolicy,
    each="Policies",
    key="Arn",
    also=_FILTER,
    world=True,
    arn="Arn",
    name="PolicyName",
    type="AWS::IAM::ManagedPolicy",
    label="policies",
)

AWS_POLICIES = Query(
    "iam:ListPolicies",
    AwsPolicy,
    each="Policies",
    key="Arn",
    also={"Scope": "AWS", "MaxItems": 1000},
    world=True,
    arn="Arn",
    name="PolicyName",
    type="AWS::IAM::ManagedPolicy",
)


def policy_name_of(policy: AwsPolicy) -> str:
    """For `where`: AWS's policy of a name, at whatever path."""
    return policy.policy_name


def held_by(role: Role) -> tuple[str, ...]:
    """The ARNs of the managed policies on a role, the one that bounds it included."""
    attached = (one.policy_arn for one in role.attached_managed_policies)
    bound = role.permissions_boundary
    return (*attached, bound.permissions_boundary_arn) if bound else tuple(attached)


def is_aws_managed(policy_arn: str) -> bool:
    """Whether AWS manages a policy: its ARN says `aws` where others name an account."""
    return policy_arn.split(":")[4:5] == ["aws"]


def is_out_of_reach(role: Role) -> bool:
    """Whether AWS keeps the role: a service-linked one, or one of IAM Identity Center."""
    return role.path.startswith(("/aws-service-role/", "/aws-reserved/"))


def _held(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    for role in facts.seen(ROLES):
        if not is_out_of_reach(role):
            yield from ({"PolicyArn": arn} for arn in held_by(role) if is_aws_managed(arn))


POLICY_DETAILS = Query(
    "iam:GetPolicy",
    PolicyDetail,
    at="Policy",
    key="Arn",
    asks=_held,
    reads=(ROLES,),
    absent={"NoSuchEntity"},
    world=True,
    arn="Arn",
    type="AWS::IAM::ManagedPolicy",
)
"""Asked for each of AWS's policies that a role holds: `named(POLICY_DETAILS, arn)`."""

_read = lru_cache(maxsize=2048)(read_policy)  # most roles carry the same few policies of AWS


def principal(role: Role) -> Principal:
    """A role as one who asks. Raises ValueError if its ARN is none of a role."""
    return Principal.identity(role.arn, unique_id=role.role_id or None)


def identity(role: Role, facts: Facts) -> Identity:
    """What a role's own policies say.

    A policy that is not found or cannot be read makes the identity incomplete.
    """
    attached = [facts.named(POLICIES, one.policy_arn) for one in role.attached_managed_policies]
    read = [_read(one.policy_document, one.policy_name) for one in role.role_policy_list]
    read += [_read(one.document or "", one.policy_name) for one in attached if one]
    policies = tuple(one for one in read if isinstance(one, Policy))
    complete = None not in attached and len(policies) == len(read)
    if role.permissions_boundary is None:
        return Identity(policies, None, complete)
    bound = facts.named(POLICIES, role.permissions_boundary.permissions_boundary_arn)
    boundary = _read(bound.document or "", "boundary") if bound else None
    if isinstance(boundary, Policy):
        return Identity(policies, boundary, complete)
    # Without statements it lets nothing through, and incomplete means that this is no proof.
    return Identity(policies, Policy(()), complete=False)
