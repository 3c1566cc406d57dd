"""Which key is meant by an id, an ARN or an alias, and by what names a key goes."""

from dataclasses import dataclass, replace

from auditor.facts import Facts
from probes.analysis.answers import Answer, CannotTell
from probes.analysis.names import UnreadableName, arn
from probes.aws import kms

NEEDS = (kms.KEYS, kms.ALIASES)
_OF_AWS = "alias/aws/"  # nobody else can make such aliases (KMS API reference, `CreateAlias`)


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
    """A key that AWS manages, whether it has been made yet or not."""


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
    if name.startswith(_OF_AWS):
        return OfAws()
    if name.startswith("alias/"):
        alias = next(iter(facts.where(kms.ALIASES, kms.alias_name_of, name)), None)
        if alias is None:
            return Missing("there is no such alias")
        name = alias.target_key_id
    found = facts.where(kms.KEYS, kms.key_id_of, name)
    return found[0] if found else Missing("there is no such key")


def is_of_aws(name: str) -> bool:
    """Whether a name alone says that AWS manages the key: an alias, or the ARN of one."""
    return name.rpartition(":")[2].startswith(_OF_AWS)


def is_of_service(name: str, service: str, facts: Facts) -> Answer:
    """Whether a key, named by ARN, is the one that AWS manages for a service: its alias says so.

    Such a key seals nothing in other accounts. Needs `kms.ALIASES`.
    """
    try:
        named = arn(name)
    except UnreadableName:
        return Answer.CANNOT_TELL
    if named.account != facts.account or named.resource_type == "alias":
        return Answer.of(is_of_aws(name))
    alias = facts.named(kms.ALIASES, str(replace(named, resource=f"{_OF_AWS}{service}")))
    return Answer.of(alias is not None and alias.target_key_id == named.resource_id)


def names_of(key: kms.Key, facts: Facts) -> tuple[str, ...]:
    """All that a key can be called."""
    aliases = facts.where(kms.ALIASES, kms.target_of, key.key_id)
    called = (name for one in aliases for name in (one.alias_name, one.alias_arn))
    return (key.key_arn, key.key_id, *called)
