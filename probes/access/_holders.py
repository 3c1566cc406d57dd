"""Roles as those who ask, with the policies that they hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from auditor.facts import Facts
from probes.analysis.access import Decision, Identity, identity_access, resource_access
from probes.analysis.answers import Answer, CannotTell
from probes.analysis.aws_policies import tail_of
from probes.analysis.broad_permissions import KNOWN
from probes.analysis.conditions import Context
from probes.analysis.policy import Policy, read_policy
from probes.analysis.principals import Principal
from probes.analysis.statements import Request
from probes.aws import iam

TASKS = "ecs-tasks.amazonaws.com"
_ASSUME = "sts:AssumeRole"
_NO_CONTEXT = Context()
# Of the kinds of nodes, by the managed policies that make them one (EKS user guide, "Amazon EKS
# node IAM role"; ECS developer guide, "Amazon ECS container instance IAM role").
_NODES = frozenset(
    {"AmazonEC2ContainerServiceforEC2Role", "AmazonEKSWorkerNodeMinimalPolicy",
     "AmazonEKSWorkerNodePolicy"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """A policy on a role: inline, or managed and then with an ARN."""

    name: str
    arn: str
    read: Policy | CannotTell


@dataclass(frozen=True, slots=True)
class Holder:
    """A role, and what its own policies say."""

    role: iam.Role
    principal: Principal
    identity: Identity

    def asks(self, action: str, resource: str, context: Context = _NO_CONTEXT) -> Request:
        tags = {f"aws:PrincipalTag/{key}": (value,) for key, value in self.role.tags.items()}
        return Request(self.principal, action, resource, context.over(Context(tags)))

    def is_bounded_out(self, request: Request) -> bool:
        """Whether it is the permissions boundary alone that keeps the role from something."""
        free = replace(self.identity, boundary=None)
        return identity_access(request, free).decision is Decision.ALLOWED


def holder(role: iam.Role, facts: Facts) -> Holder:
    """A role with its policies. Raises ValueError if its ARN is none of a role."""
    return Holder(role, iam.principal(role), iam.identity(role, facts))


def named(facts: Facts, role: str) -> iam.Role | None:
    """The role of an ARN or a name; None where the account has none of that name."""
    return next(iter(facts.where(iam.ROLES, iam.names_of, role)), None)


def inline(role: iam.Role, facts: Facts) -> Iterator[Held]:
    """The policies that are part of a role."""
    for one in role.role_policy_list:
        yield Held(one.policy_name, "", _read(facts, one.policy_document, one.policy_name))


def known(role: iam.Role) -> Iterator[Held]:
    """The managed policies on a role whose documents are known without asking."""
    for one in role.attached_managed_policies:
        policy = _known(one)
        if policy is not None:
            yield Held(policy.name, one.policy_arn, policy)


def attached(role: iam.Role, facts: Facts) -> Iterator[Held]:
    """The other managed policies on a role, without the one that bounds it."""
    for one in role.attached_managed_policies:
        if _known(one) is not None:
            continue
        found = facts.named(iam.POLICIES, one.policy_arn)
        name = one.policy_name or one.policy_arn.rpartition("/")[2]
        if found is None or found.document is None:
            yield Held(name, one.policy_arn, CannotTell("AWS does not show it"))
        else:
            yield Held(name, one.policy_arn, _read(facts, found.document, name))


def boundary(role: iam.Role, facts: Facts) -> Policy | CannotTell | None:
    """The policy that bounds a role; None where none does."""
    if role.permissions_boundary is None:
        return None
    found = facts.named(iam.POLICIES, role.permissions_boundary.permissions_boundary_arn)
    if found is None or found.document is None:
        return CannotTell("AWS does not show it")
    return _read(facts, found.document, "the boundary")


def trusted(role: iam.Role, facts: Facts) -> Policy | CannotTell:
    """The trust policy of a role."""
    return _read(facts, role.assume_role_policy_document, "the trust policy")


def trusting(facts: Facts) -> dict[str, Any]:
    """A trust policy for tasks of this account (ECS developer guide, "Task IAM role")."""
    own = f"arn:{facts.partition}:ecs:{facts.region}:{facts.account}:*"
    condition = {
        "StringEquals": {"aws:SourceAccount": facts.account},
        "ArnLike": {"aws:SourceArn": own},
    }
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": TASKS},
        "Action": _ASSUME,
        "Condition": condition,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def taken_by_tasks(policy: Policy, role: iam.Role, facts: Facts) -> Answer:
    """Whether a trust policy lets ECS take a role for tasks of this account and Region.

    What ECS puts into `aws:SourceArn` is documented as far as the account; where a condition on the
    rest of it stands in the way, it cannot be told.
    """
    service = Principal.of_service(TASKS)
    account = {"aws:SourceAccount": (facts.account,)}
    source = (f"arn:{facts.partition}:ecs:{facts.region}:{facts.account}:anything",)
    for known in ({**account, "aws:SourceArn": source}, account):
        request = Request(service, _ASSUME, role.arn, Context(known))
        answer = resource_access(request, (policy,)).allowed
        if answer is not Answer.NO:
            return answer
    return Answer.NO


def is_node(role: iam.Role) -> bool:
    """Whether instances use the role as nodes of a cluster, for what others run on them."""
    return any(one.policy_name in _NODES for one in role.attached_managed_policies)


def granting(role: str, name: str, *statements: Mapping[str, Any]) -> dict[str, Any]:
    """An inline policy that would allow something, as a command and for a template."""
    allows = [{"Effect": "Allow", **one} for one in statements]
    document = {"Version": "2012-10-17", "Statement": allows}
    properties = {"RoleName": role, "PolicyName": name, "PolicyDocument": document}
    return {
        "cli": (
            "aws", "iam", "put-role-policy", "--role-name", role, "--policy-name", name,
            "--policy-document", json.dumps(document),
        ),
        "cloudformation": {"Type": "AWS::IAM::RolePolicy", "Properties": properties},
    }  # fmt: skip


def _known(one: iam.AttachedPolicy) -> Policy | None:
    return KNOWN.get(tail_of(one.policy_arn)) if iam.is_aws_managed(one.policy_arn) else None


def _read(facts: Facts, document: str, name: str) -> Policy | CannotTell:
    found = facts.once(read_policy, document)
    return replace(found, name=name) if isinstance(found, Policy) else found
