"""Which key is meant by an id, an ARN or an alias."""

from dataclasses import dataclass

from auditor.facts import Facts
from probes.analysis.answers import CannotTell
from probes.analysis.names import UnreadableName, arn
from probes.aws import kms

NEEDS = (kms.KEYS, kms.ALIASES)
_AWS_ALIAS = "alias/aws/"


@dataclass(frozen=True, slots=True)
class Foreign:
    """A key of another account."""

    account: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A key that does not exist, and what says so."""

    reason: str


@dataclass(frozen=True, slots=True)
class OfAws:
    """A key that AWS manages and has not made yet."""


Meant = kms.Key | Foreign | Missing | OfAws | CannotTell


def meant(name: str, facts: Facts) -> Meant:
    """The key of this account and region that a name means, or why there is none."""
    if not name.startswith("arn:"):
        return _own(name, facts)
    try:
        named = arn(name)
    except UnreadableName:
        return CannotTell(f"{name!r} is no ARN")
    if named.account != facts.account:
        return Foreign(named.account)
    if named.region != facts.region:
        return Missing(f"it is a key of {named.region}")
    is_alias = named.resource_type == "alias"
    return _own(named.resource if is_alias else named.resource_id, facts)


def _own(name: str, facts: Facts) -> Meant:
    if name.startswith("alias/"):
        targets = [one.target_key_id for one in facts.where(kms.ALIASES, kms.alias_name_of, name)]
        if name.startswith(_AWS_ALIAS) and not any(targets):
            return OfAws()
        if not targets:
            return Missing("there is no such alias")
        name = targets[0]
    found = facts.where(kms.KEYS, kms.key_id_of, name)
    return found[0] if found else Missing("there is no such key")
