"""Whom the policy of a resource lets in: anyone, other accounts, ghosts, services, or nobody.

Source: KMS Developer Guide, "Key policies"; Security Hub control KMS.5; IAM User Guide, "The
confused deputy problem".
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from probes.analysis.answers import Answer, all_of, any_of
from probes.analysis.conditions import Context, holds, opposite, read_operator
from probes.analysis.narrowing import (
    ACCOUNT_KEYS,
    Narrowing,
    of_anyone,
    of_exemption,
    of_service,
)
from probes.analysis.policy import Policy, Statement
from probes.analysis.principals import Named
from probes.analysis.statements import covers_action
from probes.analysis.wildcards import arn_covers

_ACCOUNT = re.compile(r"[0-9]{12}")
_ACCOUNT_PART = 4
_ARN_COLONS = 5


@dataclass(frozen=True, slots=True)
class OpenStatement:
    """An Allow for anyone, or for services, that its conditions do not narrow to known ones."""

    statement: Statement
    narrowing: Narrowing
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Foreign:
    """Another account that an Allow lets in, and the words that name it."""

    statement: Statement
    account: str
    named: str


def public_statements(policy: Policy) -> tuple[OpenStatement, ...]:
    """The Allows for anyone (`*`, or NotPrincipal) that nothing narrows down for certain.

    A Deny of everyone but known ones narrows as a condition does. WEAK are those for which only
    addresses are known, CANNOT_TELL those with operators or values that are not understood.
    """
    found = []
    for statement in policy.statements:
        if statement.allows and is_for_anyone(statement):
            narrowing = max(of_anyone(policy, statement), _by_denies(policy, statement))
            if narrowing is not Narrowing.NARROWED:
                found.append(OpenStatement(statement, narrowing))
    return tuple(found)


def unguarded_services(policy: Policy) -> tuple[OpenStatement, ...]:
    """The Allows for services that do not say on whose behalf the service may come."""
    found = []
    for statement in policy.statements:
        services = tuple(one.value for one in _named(statement) if one.kind == "Service")
        if not statement.allows or not services:
            continue
        narrowing = of_service(policy, statement)
        if narrowing is not Narrowing.NARROWED:
            found.append(OpenStatement(statement, narrowing, services))
    return tuple(found)


def foreign_accounts(
    policy: Policy, account: str, trusted: Collection[str] = ()
) -> tuple[Foreign, ...]:
    """The accounts, neither this one nor trusted, that Allows let in by name or by condition."""
    at_home = {account, *trusted}
    found = (
        Foreign(statement, owner, named)
        for statement in policy.statements
        if statement.allows
        for owner, named in _owners(statement)
        if owner not in at_home
    )
    return tuple(dict.fromkeys(found))


def dangling_principals(policy: Policy) -> tuple[tuple[Statement, Named], ...]:
    """The unique ids of deleted users and roles that statements still name, in vain."""
    return tuple(
        (statement, one)
        for statement in policy.statements
        for one in (*_named(statement), *(statement.not_principals or ()))
        if one.is_dangling
    )


def wide_principals(policy: Policy, service: str) -> tuple[tuple[Statement, Named], ...]:
    """The users and roles that an Allow gives every action of a service (`kms`) by name."""
    everything = f"{service.lower()}:*"
    return tuple(
        (statement, one)
        for statement in policy.statements
        if statement.allows and covers_action(statement, everything) is Answer.YES
        for one in _named(statement)
        if one.kind == "AWS" and not (one.is_account or one.is_anyone or one.is_dangling)
    )


def is_administered(policies: Sequence[Policy], account: str, action: str) -> Answer:
    """Whether somebody in the account may do this, such as `kms:PutKeyPolicy`; NO is a lock-out.

    Every name that a policy shows exists: AWS turns those of deleted ones into unique ids.
    """
    facts = Context({"kms:CallerAccount": (account,), "aws:PrincipalAccount": (account,)})
    found = [
        (statement, _applies(policy, statement, action, facts))
        for policy in policies
        for statement in policy.statements
    ]
    relevant = [(one, applies) for one, applies in found if applies is not Answer.NO]
    denied = any_of(
        applies if one.not_principals is None else Answer.CANNOT_TELL
        for one, applies in relevant
        if not one.allows and _reaches_all(one, account)
    )
    singles_out = any(not one.allows and not _reaches_all(one, account) for one, _ in relevant)
    allowed = any_of(
        applies if _reaches_all(one, account) or not singles_out else Answer.CANNOT_TELL
        for one, applies in relevant
        if one.allows and _lets_in(one, account)
    )
    return all_of((allowed, opposite(denied)))


def is_for_anyone(statement: Statement) -> bool:
    """Whether its principal is everyone, or everyone but a few."""
    return statement.not_principals is not None or any(one.is_anyone for one in _named(statement))


def _applies(policy: Policy, statement: Statement, action: str, facts: Context) -> Answer:
    """Whether a statement is about an action under the conditions that hold for all callers."""
    return all_of(
        (
            covers_action(statement, action.lower()),
            *(holds(one, facts, variables=policy.variables) for one in statement.conditions),
        )
    )


def _lets_in(statement: Statement, account: str) -> bool:
    by_name = any(one.account == account for one in _named(statement))
    return by_name or is_for_anyone(statement)


def _reaches_all(statement: Statement, account: str) -> bool:
    """Whether it is about everyone in the account, as far as the principal goes."""
    whole = any(one.is_account and one.account == account for one in _named(statement))
    return whole or is_for_anyone(statement)


def _named(statement: Statement) -> tuple[Named, ...]:
    return statement.principals or ()


def _owners(statement: Statement) -> Iterator[tuple[str, str]]:
    """The accounts that a statement is for, each with the words that say so."""
    for one in _named(statement):
        if one.account is not None:
            yield one.account, one.value
    if not is_for_anyone(statement):
        return
    for condition in statement.conditions:
        operator = read_operator(condition.operator)
        if operator is not None and not operator.negated:
            for value in condition.values:
                owner = _owner(condition.key.lower(), value)
                if _ACCOUNT.fullmatch(owner):
                    yield owner, f"{condition.key} {value}"


def _owner(key: str, value: str) -> str:
    """The account that the value of a condition key names, or something else."""
    if key in ACCOUNT_KEYS:
        return value
    parts = value.split(":", _ARN_COLONS)
    return parts[_ACCOUNT_PART] if key == "aws:principalarn" and parts[_ACCOUNT_PART:] else ""


def _by_denies(policy: Policy, allowed: Statement) -> Narrowing:
    """How the Denies of a policy narrow down an Allow for anyone."""
    denies = (one for one in policy.statements if not one.allows and is_for_anyone(one))
    return max(
        (_by_deny(policy, one) for one in denies if _encloses(one, allowed)),
        default=Narrowing.NONE,
    )


def _by_deny(policy: Policy, denied: Statement) -> Narrowing:
    """How one Deny of everyone narrows: fully only if nothing but its exemption limits it."""
    if any(one.is_anyone for one in denied.not_principals or ()):
        return Narrowing.NONE
    exemptions = [of_exemption(one, policy) for one in denied.conditions]
    if denied.not_principals is not None:
        exemptions.append(Narrowing.NARROWED)
    if len(exemptions) <= 1:
        return exemptions[0] if exemptions else Narrowing.NARROWED
    known = max(exemptions) >= Narrowing.CANNOT_TELL
    return Narrowing.CANNOT_TELL if known else Narrowing.NONE


def _encloses(outer: Statement, inner: Statement) -> bool:
    """Whether all that the inner statement is about, the outer one is about as well."""
    actions = inner.actions or ("*",)
    resources = inner.resources or ("*",)
    if not all(covers_action(outer, action) is Answer.YES for action in actions):
        return False
    if outer.resources is None and outer.not_resources is None:
        return True
    return all(
        any(arn_covers(pattern, one) is Answer.YES for pattern in outer.resources or ())
        for one in resources
    )
