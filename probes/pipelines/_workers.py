"""The roles that pipelines, builds and deployments work in, and what they may do."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from auditor.facts import Facts
from auditor.query import JSON
from probes.analysis.access import Decisions, Identity, own_actions
from probes.analysis.answers import CannotTell
from probes.analysis.conditions import Context
from probes.analysis.names import UnreadableName, arn
from probes.analysis.principals import Principal
from probes.analysis.statements import Request
from probes.aws import iam

ROLES = (iam.ROLES, iam.POLICIES)
_NO_CONTEXT = Context()


@dataclass(frozen=True, slots=True)
class Worker:
    """A role, and what its own policies say."""

    role: iam.Role
    principal: Principal
    identity: Identity

    def asks(self, action: str, resource: str, context: Context = _NO_CONTEXT) -> Request:
        """Its request to do something."""
        return Request(self.principal, action, resource, context)

    def may(
        self, actions: Iterable[str], resource: str, context: Context = _NO_CONTEXT
    ) -> Decisions:
        """What its own policies say of each action."""
        return own_actions(self.asks("", resource, context), actions, self.identity)


def worker(role: str, facts: Facts) -> Worker | CannotTell | None:
    """The role of an ARN; None where the account has none, or none is named."""
    try:
        named = arn(role)
    except UnreadableName:
        return CannotTell(f"{role!r} is no role's ARN") if role else None
    if named.account != facts.account:
        return CannotTell(f"the role belongs to account {named.account}")
    found = facts.named(iam.ROLES, role)
    if found is None:
        return None
    return Worker(found, iam.principal(found), iam.identity(found, facts))


def granting(who: Worker, name: str, actions: Iterable[str], resource: str) -> dict[str, Any]:
    """A policy on the role that would let it do so, as a command and for a template."""
    statement = {"Effect": "Allow", "Action": sorted(actions), "Resource": resource}
    document: JSON = {"Version": "2012-10-17", "Statement": [statement]}
    role = who.role.role_name
    properties = {"RoleName": role, "PolicyName": name, "PolicyDocument": document}
    return {
        "cli": (
            "aws", "iam", "put-role-policy", "--role-name", role, "--policy-name", name,
            "--policy-document", json.dumps(document),
        ),
        "cloudformation": {"Type": "AWS::IAM::RolePolicy", "Properties": properties},
    }  # fmt: skip
