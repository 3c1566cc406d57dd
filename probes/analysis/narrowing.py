"""How far the conditions of a statement narrow down a principal that is anyone.

Source: KMS, S3 and IAM guides on policies with a wildcard principal; IAM User Guide, "AWS global
condition context keys".
"""

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum

from probes.analysis.conditions import Condition, Operator, read_operator
from probes.analysis.policy import Policy, Statement
from probes.analysis.wildcards import has_wildcard

_ARN_PARTS = 6
_WORLD_V4 = 8
_WORLD_V6 = 3


class Narrowing(IntEnum):
    """What conditions leave of anyone, the tighter the later."""

    NONE = 0
    WEAK = 1
    CANNOT_TELL = 2
    NARROWED = 3


def names_one(value: str) -> bool:
    """A whole name: an account, an organisation, a VPC or an endpoint."""
    return not has_wildcard(value)


def names_path(value: str) -> bool:
    """A path in one organisation: `o-abc/*`."""
    return not has_wildcard(value.partition("/")[0])


def names_id(value: str) -> bool:
    """A unique id with or without its session: `AROA...:*`."""
    return not has_wildcard(value.partition(":")[0])


def names_arn(value: str) -> bool:
    """An ARN of one account, or of one resource where ARNs carry none, as those of S3 do."""
    parts = value.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS:
        return not has_wildcard(value)
    owner = parts[4] or parts[5].partition("/")[0]
    return not has_wildcard(owner)


ACCOUNT_KEYS = frozenset({"kms:calleraccount", "aws:principalaccount"})
"""The keys that say which account calls."""

_CALLER_KEYS: Mapping[str, Callable[[str], bool]] = {
    **dict.fromkeys(ACCOUNT_KEYS, names_one),
    "aws:principalorgid": names_one,
    "aws:principalorgpaths": names_path,
    "aws:principalarn": names_arn,
    "aws:sourcevpc": names_one,
    "aws:sourcevpce": names_one,
    "aws:sourcevpcarn": names_arn,
    "aws:vpceaccount": names_one,
    "aws:vpceorgid": names_one,
    "aws:vpceorgpaths": names_path,
    "aws:userid": names_id,
}

_SOURCE_KEYS: Mapping[str, Callable[[str], bool]] = {
    "aws:sourceaccount": names_one,
    "aws:sourcearn": names_arn,
    "aws:sourceorgid": names_one,
    "aws:sourceorgpaths": names_path,
    "aws:sourceowner": names_one,
}

_ANYONE_KEYS = {**_CALLER_KEYS, **_SOURCE_KEYS}
_ADDRESS_KEYS = frozenset({"aws:sourceip", "aws:vpcsourceip"})
_ENCRYPTION_CONTEXT = "kms:encryptioncontext:"


def of_anyone(policy: Policy, statement: Statement) -> Narrowing:
    """How a statement's conditions narrow down anyone; NARROWED if one of them does.

    `kms:ViaService`, tags and encryption contexts do not: any account can bring them along. Nor
    does a condition that holds for a request without its key, or one with a value that fits all.
    """
    found = (_one_of_anyone(one, policy, negated=False) for one in statement.conditions)
    return max(found, default=Narrowing.NONE)


def of_service(policy: Policy, statement: Statement) -> Narrowing:
    """How a statement's conditions hold a service to the resources of known accounts."""
    found = (_one_of_service(one, policy) for one in statement.conditions)
    return max(found, default=Narrowing.NONE)


def of_exemption(condition: Condition, policy: Policy) -> Narrowing:
    """How a Deny of everyone narrows down anyone by exempting, in this condition, known ones."""
    return _one_of_anyone(condition, policy, negated=True)


def _one_of_anyone(condition: Condition, policy: Policy, *, negated: bool) -> Narrowing:
    key = condition.key.lower()
    if key in _ADDRESS_KEYS:
        return _judged(condition, policy, negated, _are_few_addresses, Narrowing.WEAK)
    names = _ANYONE_KEYS.get(key)
    return Narrowing.NONE if names is None else _named(condition, policy, negated, names)


def _one_of_service(condition: Condition, policy: Policy) -> Narrowing:
    key = condition.key.lower()
    names = names_arn if key.startswith(_ENCRYPTION_CONTEXT) else _SOURCE_KEYS.get(key)
    return Narrowing.NONE if names is None else _named(condition, policy, False, names)


def _named(
    condition: Condition, policy: Policy, negated: bool, names: Callable[[str], bool]
) -> Narrowing:
    def are_known(values: Iterable[str]) -> bool:
        return all(names(value) for value in values)

    return _judged(condition, policy, negated, are_known, Narrowing.NARROWED)


def _judged(
    condition: Condition,
    policy: Policy,
    negated: bool,
    fits: Callable[[tuple[str, ...]], bool],
    narrowing: Narrowing,
) -> Narrowing:
    """The narrowing that a condition brings if its operator binds and all its values fit."""
    if condition.operator == "Null":
        return Narrowing.NONE
    operator = read_operator(condition.operator)
    if operator is None or not condition.values:
        return Narrowing.CANNOT_TELL
    if not (_exempts(operator) if negated else _binds(operator)):
        return Narrowing.NONE
    if policy.variables and any("${" in value for value in condition.values):
        return Narrowing.CANNOT_TELL
    return narrowing if fits(condition.values) else Narrowing.NONE


def _binds(operator: Operator) -> bool:
    """Whether it holds only for a request that carries the key with a value of the list."""
    return not (operator.negated or operator.if_exists or operator.quantifier == "ForAllValues")


def _exempts(operator: Operator) -> bool:
    """Whether, in a Deny, it spares only requests that carry the key with a value of the list."""
    return operator.negated and operator.quantifier != "ForAnyValue"


def _are_few_addresses(values: tuple[str, ...]) -> bool:
    """Whether the blocks together leave out most of the addresses of their family."""
    try:
        blocks = [ipaddress.ip_network(value, strict=False) for value in values]
    except ValueError:
        return False
    fours = [block for block in blocks if isinstance(block, ipaddress.IPv4Network)]
    sixes = [block for block in blocks if isinstance(block, ipaddress.IPv6Network)]
    wide = [one for one in ipaddress.collapse_addresses(fours) if one.prefixlen < _WORLD_V4]
    wider = [one for one in ipaddress.collapse_addresses(sixes) if one.prefixlen <= _WORLD_V6]
    return not wide and not wider
