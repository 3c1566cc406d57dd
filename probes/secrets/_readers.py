"""What a role may do with a secret and its key, and who the role is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from auditor.facts import Facts
from probes.analysis import kms_access
from probes.analysis.access import (
    Access,
    Decision,
    Decisions,
    Identity,
    effective_access,
    identity_access,
    missing_actions,
)
from probes.analysis.answers import CannotTell
from probes.analysis.conditions import Context
from probes.analysis.names import arn
from probes.analysis.policy import Policy, read_policy
from probes.analysis.principals import Principal
from probes.analysis.statements import Request
from probes.aws import iam, kms, kms_names, secretsmanager
from probes.aws.secretsmanager import Secret

ROLES = (iam.ROLES, iam.POLICIES)
KEYS = (*kms_names.NEEDS, kms.METADATA, kms.POLICY, kms.GRANTS)

_ANYTHING = "secret:*"
# What the name of an inline policy may hold, and how much (IAM API model, `policyNameType`).
_UNFIT = re.compile(r"[^\w+=,.@-]", re.ASCII)
_LONGEST_NAME = 120
_NO_CONTEXT = Context()


@dataclass(frozen=True, slots=True)
class Reader:
    """A role, and what its own policies say."""

    role: iam.Role
    principal: Principal
    identity: Identity

    def asks(self, action: str, resource: str, context: Context = _NO_CONTEXT) -> Request:
        tags = {f"aws:PrincipalTag/{key}": (value,) for key, value in self.role.tags.items()}
        return Request(self.principal, action, resource, context.over(Context(tags)))


def reader(facts: Facts, role: str) -> Reader | None:
    """The role of an ARN or a name; None where the account has none of that name."""
    found = next(iter(facts.where(iam.ROLES, iam.names_of, role)), None)
    return Reader(found, iam.principal(found), iam.identity(found, facts)) if found else None


def on_secret(
    facts: Facts, who: Reader, secret: Secret, actions: Iterable[str], more: Context = _NO_CONTEXT
) -> Decisions:
    """The decision on each action on a secret, by the role's policies and the secret's."""
    request = who.asks("", secret.arn, more.over(_context(facts, secret)))

    def decide(one: Request) -> Access:
        own = identity_access(one, who.identity)
        if own.decision is Decision.DENIED:
            return own
        policies = _policies(facts, secret)
        if policies is None:
            return Access(Decision.CANNOT_TELL, reason="the policy of the secret is not readable")
        return effective_access(one, who.identity, policies, owner=arn(secret.arn).account)

    return missing_actions(request, actions, decide)


def on_key(facts: Facts, who: Reader, secret: Secret, operations: Iterable[str]) -> Decisions:
    """The decision on each operation on the secret's key; none where AWS's own key seals it."""
    key = _key(facts, secret)
    if key is None:
        return Decisions(())
    if isinstance(key, Access):
        return Decisions(tuple((f"kms:{operation}", key) for operation in operations))
    around = kms_access.Circumstances(_sealed(secret))
    return kms_access.can_use(
        key, who.principal, operations, identity=who.identity, circumstances=around
    )


def reads_all(who: Reader, secret: Secret, action: str) -> bool:
    """Whether the role may read every secret of the account and region, not only this one."""
    every = secret.arn.partition("secret:")[0] + _ANYTHING
    return identity_access(who.asks(action, every), who.identity).decision is Decision.ALLOWED


def is_bounded_out(who: Reader, action: str, resource: str) -> bool:
    """Whether it is the permissions boundary alone that keeps the role from something."""
    free = replace(who.identity, boundary=None)
    return identity_access(who.asks(action, resource), free).decision is Decision.ALLOWED


def granting(who: Reader, secret: Secret, actions: Iterable[str]) -> dict[str, Any]:
    """A policy on the role that would let it do so, as a command and for a template."""
    name = "secret-" + _UNFIT.sub("-", secret.name)[:_LONGEST_NAME]
    statement = {"Effect": "Allow", "Action": sorted(actions), "Resource": secret.arn}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    role = who.role.role_name
    properties = {"RoleName": role, "PolicyName": name, "PolicyDocument": document}
    return {
        "cli": (
            "aws", "iam", "put-role-policy", "--role-name", role, "--policy-name", name,
            "--policy-document", json.dumps(document),
        ),
        "cloudformation": {"Type": "AWS::IAM::RolePolicy", "Properties": properties},
    }  # fmt: skip


def _sealed(secret: Secret) -> Context:
    """What is known of a request that Secrets Manager makes of a key for a reader.

    Source: Secrets Manager user guide, "Secret encryption and decryption". What the service is
    called in China is not documented.
    """
    found = arn(secret.arn)
    known = {
        "kms:EncryptionContext:SecretARN": (secret.arn,),
        "kms:EncryptionContextKeys": ("SecretARN", "SecretVersionId"),
    }
    if found.partition in ("aws", "aws-us-gov"):
        known["kms:ViaService"] = (f"secretsmanager.{found.region}.amazonaws.com",)
    return Context(known)


def _context(facts: Facts, secret: Secret) -> Context:
    """What is known of every request for a secret; Secrets Manager listens to TLS alone."""
    found = arn(secret.arn)
    known = {
        "aws:RequestedRegion": (found.region,),
        "aws:ResourceAccount": (found.account,),
        "aws:SecureTransport": ("true",),
        "secretsmanager:resource/AllowRotationLambdaArn": (secret.rotation_lambda_arn,),
    }
    families = ("aws:ResourceTag/", "secretsmanager:ResourceTag/")
    for key, value in facts.tags(secret).items():
        known |= {f"{family}{key}": (value,) for family in families}
    return Context({k: v for k, v in known.items() if v != ("",)}, absent_families=families)


def _policies(facts: Facts, secret: Secret) -> tuple[Policy, ...] | None:
    """The policies on a secret; None where there is one that cannot be read."""
    text = facts.of(secret).its(secretsmanager.POLICY).resource_policy
    if not text:
        return ()
    policy = facts.once(read_policy, text)
    return (replace(policy, name="the secret's policy"),) if isinstance(policy, Policy) else None


def _key(facts: Facts, secret: Secret) -> kms_access.Key | Access | None:
    """The key of a secret; None for AWS's own, an answer where there is none to be asked."""
    there = facts.of(secret)
    if not secret.kms_key_id:
        return None
    match kms_names.meant(secret.kms_key_id, there):
        case kms.Key() as key:
            metadata = there.of(key).its(kms.METADATA)
            return None if metadata.is_of_aws else kms.with_access(metadata, there)
        case kms_names.OfAws():
            return None
        case kms_names.Missing(reason):
            return Access(Decision.NOT_ALLOWED, reason=f"the key of the secret is gone: {reason}")
        case kms_names.Foreign(account):
            reason = f"the key of the secret belongs to account {account}"
            return Access(Decision.CANNOT_TELL, reason=reason)
        case CannotTell(reason):
            return Access(Decision.CANNOT_TELL, reason=f"the key of the secret: {reason}")
