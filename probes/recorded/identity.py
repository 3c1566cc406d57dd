"""IAM: roles with who may take them and what they may do, and policies of the account."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.query import JSON
from auditor.recording.recordable import Recordable, Rule
from probes.aws import iam
from probes.recorded._documents import INLINE, POLICY, meaning, statements

_ARNS = {"AttachedManagedPolicies": "PolicyArn", "InstanceProfileList": "Arn"}


def is_kept_by_aws(role: Mapping[str, JSON]) -> bool:
    """Whether AWS keeps a role: a service-linked one, or one of IAM Identity Center."""
    return str(role.get("Path")).startswith(("/aws-service-role/", "/aws-reserved/"))


def is_of_aws(policy: Mapping[str, JSON]) -> bool:
    """Whether AWS manages a policy."""
    return iam.is_aws_managed(str(policy.get("Arn")))


def arns(name: str) -> Rule:
    """Of a list of what is attached the ARNs: all else follows from them."""
    return Rule(lambda sent: [one.get(name) for one in sent if isinstance(one, Mapping)])


def in_force(versions: JSON) -> JSON:
    """The document of the version of a policy that is in force."""
    listed = versions if isinstance(versions, list) else []
    found = (one for one in listed if isinstance(one, Mapping) and one.get("IsDefaultVersion"))
    return next((statements(one.get("Document")) for one in found), None)


ROLE = Recordable(
    iam.ROLES,
    keeps=(
        "Path", "AssumeRolePolicyDocument", "InstanceProfileList", "RolePolicyList",
        "AttachedManagedPolicies", "PermissionsBoundary",
    ),
    leaves=("RoleName", "RoleId", "Arn", "CreateDate", "RoleLastUsed"),
    rules={
        "AssumeRolePolicyDocument": POLICY,
        "RolePolicyList": INLINE,
        **{attribute: arns(name) for attribute, name in _ARNS.items()},
    },
    keyed={"RolePolicyList": "PolicyName"},
    names={
        "RolePolicyList": "Policies",
        "AttachedManagedPolicies": "ManagedPolicyArns",
        "InstanceProfileList": "AWS::IAM::InstanceProfile",
        "PermissionsBoundary.PermissionsBoundaryArn": ".",
        "PermissionsBoundary.PermissionsBoundaryType": "",
    },
    skips=is_kept_by_aws,
)  # fmt: skip
MANAGED_POLICY = Recordable(
    iam.POLICIES,
    keeps=("Path", "PolicyVersionList"),
    leaves=(
        "PolicyName", "PolicyId", "Arn", "DefaultVersionId", "AttachmentCount",
        "PermissionsBoundaryUsageCount", "IsAttachable", "Description", "CreateDate", "UpdateDate",
    ),
    rules={"PolicyVersionList": Rule(in_force, {"Statement": meaning})},
    names={"PolicyVersionList": "PolicyDocument"},
    skips=is_of_aws,
)  # fmt: skip
