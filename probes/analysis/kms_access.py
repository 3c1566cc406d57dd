"""Whether a principal can use a KMS key: by its policies, by delegation to IAM, or by a grant.

Sources: KMS Developer Guide, "Key policies", "Grants", "Key states" and "Condition keys for KMS";
KMS API model (CreateGrant, GrantConstraints, KeyMetadata, UpdatePrimaryRegion).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from probes.analysis.access import (
    Access,
    Decision,
    Decisions,
    Identity,
    identity_sides,
    resource_routes,
    settle,
    with_boundary,
)
from probes.analysis.answers import Answer, all_of
from probes.analysis.conditions import Context
from probes.analysis.kms_operations import (
    BLOCKED_STATES,
    CONTEXT_FREE,
    ON_GRANTS,
    SYMMETRIC_ONLY,
    USABLE_STATES,
    USAGES,
    expanded,
    needed_usage,
)
from probes.analysis.policy import Policy
from probes.analysis.principals import Match, Named, Principal, match
from probes.analysis.statements import Request, Side, Tally, either, tally, together
from probes.analysis.wildcards import covers

_CONTEXT_FAMILY = "kms:EncryptionContext:"
_CONTEXT_KEYS = "kms:EncryptionContextKeys"


@dataclass(frozen=True, slots=True)
class Grant:
    """One grant on a key, as ListGrants tells it.

    `grantee` and `grantee_service` are GranteePrincipal and GranteeServicePrincipal; `subset`,
    `equals` and `source_arn` are the constraints on the encryption context and the resource.
    """

    id: str
    grantee: str | None
    operations: frozenset[str]
    grantee_service: str | None = None
    subset: tuple[tuple[str, str], ...] = ()
    equals: tuple[tuple[str, str], ...] = ()
    source_arn: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """What DescribeKey, GetKeyPolicy and ListGrants say of a key.

    `policies` of None could not be read, as is usual for a key of another account; so could
    `grants` of None.
    """

    arn: str
    account: str
    manager: str
    state: str
    spec: str
    usage: str
    policies: tuple[Policy, ...] | None
    grants: tuple[Grant, ...] | None = ()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How the key is called: what is known of the condition keys, and the encryption context.

    The encryption context is known as a whole or not at all (None). It is held against every
    operation, also DescribeKey, which carries none: AWS's own statement for CloudWatch Logs lists
    `kms:Describe*` under such a condition.
    """

    context: Context = field(default_factory=Context)
    encryption_context: Mapping[str, str] | None = None


_UNKNOWN_CIRCUMSTANCES = Circumstances()


def can_use(
    key: Key,
    principal: Principal,
    operations: Iterable[str],
    *,
    identity: Identity | None = None,
    circumstances: Circumstances = _UNKNOWN_CIRCUMSTANCES,
) -> Decisions:
    """The decision on each operation: `kms:Decrypt`, `Decrypt`, or a pattern (`kms:ReEncrypt*`).

    Patterns are taken as all the operations on a key that they stand for. An identity of None
    could not be read; a service-linked role that AWS gave no KMS actions is SERVICE_LINKED. That
    the account's root is named in a key policy helps neither it nor a service principal.
    """
    known = circumstances.context.over(_encryption_keys(circumstances.encryption_context))
    answers = []
    for operation in expanded(operations):
        context = _context(known, principal, operation)
        request = Request(principal, f"kms:{operation}", key.arn, context)
        blocked = _blocked(key, principal, operation)
        answers.append((f"kms:{operation}", blocked or _judged(key, request, operation, identity)))
    return Decisions(tuple(answers))


def _judged(key: Key, request: Request, operation: str, identity: Identity | None) -> Access:
    request = with_boundary(request, identity)
    denied, granted, boundary = identity_sides(request, identity)
    by_grant = _by_grants(key, request, operation)
    if identity is not None and identity.boundary is not None:
        # AWS does not say whether a boundary that is silent on an operation limits a grant of it.
        limit = boundary if boundary.answer is Answer.YES else _beyond(boundary)
        by_grant = together(by_grant, limit)
    if key.policies is None:
        unread = Side(Answer.CANNOT_TELL, doubt="the key policy was not read")
        return settle(request, denied, by_grant, unread)
    heard = tally(key.policies, request, attached=True)
    routes = resource_routes(heard, granted, boundary, request.principal, key.account)
    access = settle(request, either(denied, heard.denied), *routes, by_grant)
    if access.decision is not Decision.NOT_ALLOWED:
        return access
    return replace(access, reason=_refusal(heard, granted, request, key))


def _refusal(heard: Tally, granted: Side, request: Request, key: Key) -> str:
    """Why nothing allows an operation, in the words of KMS."""
    nothing = f"no key policy statement and no grant allows it to {request.principal}"
    if request.principal.account not in (None, key.account) and granted.answer is Answer.NO:
        return f"{nothing}, whose own account's IAM policies would have to allow it as well"
    if heard.delegated.answer is Answer.NO:
        return nothing
    root = ", ".join(heard.delegated.by)
    return f"{nothing}; {root} only delegates to IAM policies, and they do not allow it"


def _blocked(key: Key, principal: Principal, operation: str) -> Access | None:
    """Why the key itself cannot serve the operation, or may not, whoever asks."""
    if key.state in BLOCKED_STATES:
        return Access(Decision.NOT_ALLOWED, reason=f"the key's state is {key.state}")
    if key.state not in USABLE_STATES:
        return _unknown(f"the key's state {key.state!r} is not known")
    if key.manager not in ("AWS", "CUSTOMER"):
        return _unknown(f"the key's manager {key.manager!r} is not known")
    if key.manager == "AWS" and principal.account not in (None, key.account):
        reason = "a key that AWS manages cannot be used from another account"
        return Access(Decision.NOT_ALLOWED, reason=reason)
    return _unfit(key, operation)


def _unfit(key: Key, operation: str) -> Access | None:
    """Why a key of this kind cannot serve the operation, or may not."""
    needed = needed_usage(operation)
    if needed is None:
        return None
    if key.usage not in USAGES:
        return _unknown(f"the key's usage {key.usage!r} is not known")
    if key.usage != needed or (operation in SYMMETRIC_ONLY and key.spec != "SYMMETRIC_DEFAULT"):
        reason = f"a {key.spec} key for {key.usage} does not serve kms:{operation}"
        return Access(Decision.NOT_ALLOWED, reason=reason)
    return None


def _unknown(reason: str) -> Access:
    return Access(Decision.CANNOT_TELL, reason=reason)


def _beyond(boundary: Side) -> Side:
    doubt = boundary.doubt or "whether the permissions boundary limits the grant cannot be told"
    return Side(Answer.CANNOT_TELL, boundary.by, doubt)


def _encryption_keys(encryption_context: Mapping[str, str] | None) -> Context:
    if encryption_context is None:
        return Context()
    values = {f"{_CONTEXT_FAMILY}{name}": (text,) for name, text in encryption_context.items()}
    known = {**values, _CONTEXT_KEYS: tuple(encryption_context)}
    return Context(known, absent_families=(_CONTEXT_FAMILY,))


def _context(known: Context, principal: Principal, operation: str) -> Context:
    """The condition keys of one call.

    `kms:GrantIsForAWSResource` goes with the operations on grants only, and a service that calls
    as itself is not "via" a service.
    """
    gone = set() if operation in ON_GRANTS else {"kms:GrantIsForAWSResource"}
    if principal.service:
        gone.add("kms:ViaService")
    context = known.without(gone)
    if principal.account is None:
        return context
    return context.over(Context({"kms:CallerAccount": (principal.account,)}))


def _by_grants(key: Key, request: Request, operation: str) -> Side:
    if key.grants is None:
        return Side(Answer.CANNOT_TELL, doubt="the grants were not read")
    return either(*(_by_grant(grant, request, operation) for grant in key.grants))


def _by_grant(grant: Grant, request: Request, operation: str) -> Side:
    if operation not in grant.operations:
        return Side(Answer.NO)
    answer = all_of(
        (
            _is_grantee(grant, request.principal),
            _source_fits(grant, request.facts, operation),
            _encryption_fits(grant, request.facts, operation),
        )
    )
    label = f"grant {grant.id}"
    return Side(answer, (label,), f"whether {label} is for this principal and use cannot be told")


def _is_grantee(grant: Grant, principal: Principal) -> Answer:
    if principal.service:
        return Answer.of(principal.service in (grant.grantee, grant.grantee_service))
    if grant.grantee is None:
        return Answer.NO
    met = match(Named("AWS", grant.grantee), principal)
    if met in (Match.NAMED, Match.SESSION):
        return Answer.YES
    return Answer.CANNOT_TELL if _may_be_grantee(grant.grantee, met, principal) else Answer.NO


def _may_be_grantee(grantee: str, met: Match, principal: Principal) -> bool:
    """Whether a grantee that is not plainly this principal could still be it.

    KMS may show a service where the grant is for that service's role, and a role's unique id where
    its name is meant; what a grant to a whole account needs besides is not documented.
    """
    if grantee.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        return f"/{grantee}/" in str(principal)
    if Named("AWS", grantee).is_dangling:
        return principal.unique_id is None
    return met in (Match.DELEGATED, Match.CANNOT_TELL)


def _source_fits(grant: Grant, facts: Context, operation: str) -> Answer:
    if grant.source_arn is None or operation == "RetireGrant":
        return Answer.YES
    values = facts.values("aws:SourceArn")
    if values is None:
        return Answer.CANNOT_TELL
    if not values:
        return Answer.NO
    return all_of(covers(grant.source_arn, value) for value in values)


def _encryption_fits(grant: Grant, facts: Context, operation: str) -> Answer:
    """Whether the call's encryption context satisfies the grant's; its keys ignore case.

    A grant that is made under such a constraint needs one that is as strict, which is not known.
    """
    wanted = grant.subset + grant.equals
    if not wanted or operation in CONTEXT_FREE:
        return Answer.YES
    if operation == "CreateGrant":
        return Answer.CANNOT_TELL
    pairs = [_pair_fits(name, text, facts) for name, text in wanted]
    if grant.equals:
        pairs.append(_no_other_key(grant.equals, facts))
    return all_of(pairs)


def _pair_fits(name: str, text: str, facts: Context) -> Answer:
    values = facts.values(f"{_CONTEXT_FAMILY}{name}")
    return Answer.CANNOT_TELL if values is None else Answer.of(values == (text,))


def _no_other_key(equals: tuple[tuple[str, str], ...], facts: Context) -> Answer:
    keys = facts.values(_CONTEXT_KEYS)
    if keys is None:
        return Answer.CANNOT_TELL
    return Answer.of({key.lower() for key in keys} == {name.lower() for name, _ in equals})
