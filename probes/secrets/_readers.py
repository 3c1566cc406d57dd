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
from probes.analysis.conditions import Context
from probes.analysis.kms_operations import BLOCKED_STATES
from probes.analysis.names import UnreadableName, arn
from probes.analysis.policy import MalformedPolicy, Policy, parse
from probes.analysis.principals import Principal
from probes.analysis.statements import Request
from probes.aws import iam, kms, secretsmanager
from probes.aws.secretsmanager import Secret

ROLES = (iam.ROLES, iam.POLICIES)
KEYS = (kms.KEYS, kms.ALIASES, kms.METADATA, kms.POLICY, kms.GRANTS)

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
    if found is None:
        return None

    def managed(policy: str) -> iam.ManagedPolicy | None:
        return next(iter(facts.where(iam.POLICIES, iam.policy_arn, policy)), None)

    principal = Principal.identity(found.arn, unique_id=found.role_id or None)
    return Reader(found, principal, iam.identity(found, managed))


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
    """Whether the role may read every secret of the account and Region, not only this one."""
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
    policy = facts.once(_parsed, text)
    return None if policy is None else (replace(policy, name="the secret's policy"),)


def _parsed(text: str) -> Policy | None:
    try:
        return parse(text)
    except MalformedPolicy:
        return None


def _key(facts: Facts, secret: Secret) -> kms_access.Key | Access | None:
    """The key of a secret; None for AWS's own, an answer where there is none to be asked."""
    there = facts.of(secret)
    found = _listed(there, secret.kms_key_id) if secret.kms_key_id else None
    if found is None or isinstance(found, Access):
        return found
    about = there.of(found)
    metadata = about.its(kms.METADATA)
    if metadata.key_manager == "AWS":
        return None
    if metadata.key_state in BLOCKED_STATES:
        return kms.as_key(metadata, None, ())
    policy = facts.once(_parsed, about.its(kms.POLICY).policy)
    return kms.as_key(metadata, policy, about.each(kms.GRANTS))


def _listed(facts: Facts, key: str) -> kms.Key | Access | None:
    """The key that an ARN, an id or an alias names, in this account and the secret's Region."""
    name = _name(facts, key)
    if name is None:
        reason = "the key of the secret is of another account or Region"
        return Access(Decision.CANNOT_TELL, reason=reason)
    if name.startswith("alias/"):
        if name == "alias/aws/secretsmanager":
            return None
        alias = next(iter(facts.where(kms.ALIASES, kms.alias_name_of, name)), None)
        name = alias.target_key_id if alias else ""
    found = next(iter(facts.where(kms.KEYS, kms.key_id_of, name)), None)
    return found or Access(Decision.NOT_ALLOWED, reason="the key of the secret no longer exists")


def _name(facts: Facts, key: str) -> str | None:
    """The id or alias of a key; None if it is not one of this account and Region."""
    if not key.startswith("arn:"):
        return key
    try:
        found = arn(key)
    except UnreadableName:
        return None
    if (found.account, found.region) != (facts.account, facts.region):
        return None
    return found.resource if found.resource.startswith("alias/") else found.resource_id
