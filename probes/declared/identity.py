"""IAM: roles with the policies in them and beside them, and managed policies."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.drift.declarable import REF, Beside, Declarable, NotComparable, Property
from auditor.query import JSON
from probes.declared._by_aws import permitted_by_others
from probes.declared._words import each_as, same, under
from probes.recorded import identity

_INLINE = ("PolicyName", "PolicyDocument")


def inline(properties: Mapping[str, JSON]) -> JSON:
    """A policy that is written into roles."""
    return [{name: properties[name] for name in _INLINE if name in properties}]


def in_force(document: JSON) -> JSON:
    """The document of a managed policy as its version that is in force."""
    return [{"IsDefaultVersion": True, "Document": document}]


def attached(properties: Mapping[str, JSON]) -> JSON:
    """A managed policy that attaches itself; its physical id is its ARN (template reference)."""
    if not str(properties.get(REF)).startswith("arn:"):
        message = "the ARN of the policy is not known"
        raise NotComparable(message)
    return [{"PolicyArn": properties[REF]}]


ROLE = Declarable(
    identity.ROLE,
    (
        Property("AssumeRolePolicyDocument", strict=True),
        Property("Policies", "RolePolicyList", strict=True),
        Property("ManagedPolicyArns", "AttachedManagedPolicies", taken=each_as("PolicyArn")),
        Property("PermissionsBoundary", taken=under("PermissionsBoundaryArn")),
        Property("Path"),
    ),
    beside=(
        Beside("AWS::IAM::Policy", "Roles", "RolePolicyList", inline, strict=True),
        Beside("AWS::IAM::RolePolicy", "RoleName", "RolePolicyList", inline, strict=True),
        Beside("AWS::IAM::ManagedPolicy", "Roles", "AttachedManagedPolicies", attached),
    ),
    silent={"RoleName"},
    # A new role may do nothing; what consoles give to roles, somebody has clicked.
    none={"RolePolicyList", "AttachedManagedPolicies"},
    doubted=permitted_by_others,
)
MANAGED_POLICY = Declarable(
    identity.MANAGED_POLICY,
    (*same("Path"), Property("PolicyDocument", "PolicyVersionList", taken=in_force, strict=True)),
    silent={"ManagedPolicyName", "Description", "Roles"},
)
"""The roles that it attaches itself to are compared with what is attached to each of them."""
