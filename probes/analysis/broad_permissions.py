"""Statements that allow too much: everything, all of a service, or to pass any role.

An action that knows no resource (`ec2:DescribeInstances`) needs Resource `*`; so only wildcards
that stand for all actions count. Source: IAM User Guide, "Security best practices in IAM",
"IAM JSON policy elements: NotAction" and "Grant a user permissions to pass a role".
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from string import ascii_lowercase
from types import MappingProxyType
from typing import Final

from probes.analysis.answers import Answer
from probes.analysis.conditions import Condition, read_operator
from probes.analysis.policy import Policy, Statement, parse
from probes.analysis.statements import covers_action
from probes.analysis.wildcards import arn_covers, covers, has_wildcard, matches

_PASS_ROLE = "iam:passrole"  # noqa: S105 - the name of an action
_PASSED_TO = "iam:passedtoservice"
_NARROWING = frozenset(
    {"aws:calledvia", "aws:multifactorauthpresent", "aws:requestedregion", "aws:sourceip",
     "aws:sourcevpc", "aws:sourcevpce", "aws:viaawsservice", "aws:vpcsourceip", "kms:viaservice"}
)  # fmt: skip
_TAGS = ("resourcetag", "principaltag", "requesttag")

_ALL_BUT = ["iam:*", "organizations:*", "account:*"]


def _known(name: str, **actions: object) -> Policy:
    return parse({"Statement": {"Effect": "Allow", **actions, "Resource": "*"}}, name=name)


KNOWN: Final[Mapping[str, Policy]] = MappingProxyType(
    {
        "AdministratorAccess": _known("AdministratorAccess", Action="*"),
        "PowerUserAccess": _known("PowerUserAccess", NotAction=_ALL_BUT),
    }
)
"""What AWS's two broadest policies allow too much of (AWS managed policy reference), by name."""


class Kind(Enum):
    """What a statement allows too much of, the gravest first."""

    ADMINISTRATOR = "everything"
    POWER_USER = "everything but IAM"
    SERVICE = "every action of a service"
    PASS_ROLE = "passing any role to any service"  # noqa: S105 - a kind, not a password


@dataclass(frozen=True, slots=True)
class Where:
    """The partition and account whose resources are meant."""

    partition: str
    account: str

    def everything_of(self, service: str) -> tuple[str, ...]:
        """All resources of a service in the account, in the ways in which ARNs are written.

        Some have no region (IAM), some no account either (S3).
        """
        start = f"arn:{self.partition}:{service}"
        return f"{start}:*:{self.account}:*", f"{start}::{self.account}:*", f"{start}:::*"

    @property
    def everything(self) -> str:
        return f"arn:{self.partition}:*:*:*:*"

    @property
    def roles(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:role/*"


@dataclass(frozen=True, slots=True)
class Broad:
    """A statement that allows too much, and the services of which it allows all.

    Of one that allows everything, or all but IAM, they are those that were looked for.
    `restricted` says that a condition truly limits when it applies.
    """

    kind: Kind
    policy: Policy
    statement: Statement
    services: tuple[str, ...] = ()

    @property
    def restricted(self) -> bool:
        return any(_restricts(one) for one in self.statement.conditions)

    @property
    def label(self) -> str:
        return self.policy.label(self.statement)


def broad_statements(policy: Policy, where: Where, services: Collection[str]) -> Iterator[Broad]:
    """What the Allows of a policy allow too much of, each once, the gravest that fits it.

    `services` are those to look for where a statement does not name any: in `NotAction`, and
    behind wildcards in a service's name.
    """
    for statement in policy.statements:
        if statement.allows:
            yield from _broad(policy, statement, where, services)


def shuts(policies: Iterable[Policy], broad: Broad, where: Where) -> bool:
    """Whether unconditional Denies take away all that a statement allows too much of."""
    denies = [
        one for policy in policies for one in policy.statements
        if not one.allows and not one.conditions
    ]  # fmt: skip
    return all(
        any(_is_for_all(one, scope) and _on(one, resources) for one in denies)
        for scope, resources in _scopes(broad, where)
    )


def lets_through(boundary: Policy, broad: Broad, where: Where) -> bool:
    """Whether a permissions boundary leaves all that a statement allows too much of."""
    allows = [one for one in boundary.statements if one.allows and not one.conditions]
    return all(
        any(_is_for_all(one, scope) and _on(one, resources) for one in allows)
        for scope, resources in _scopes(broad, where)
    )


def _broad(
    policy: Policy, statement: Statement, where: Where, services: Collection[str]
) -> Iterator[Broad]:
    if _on(statement, (where.everything,)):
        kind = _of_everything(statement, services)
        if kind is not None:
            yield Broad(kind, policy, statement, _left(statement, services))
            return
    found = tuple(
        one for one in sorted(_candidates(statement, services))
        if _is_for_all(statement, one) and _on(statement, where.everything_of(one))
    )  # fmt: skip
    if found:
        yield Broad(Kind.SERVICE, policy, statement, found)
    if "iam" not in found and _passes_any_role(statement, where):
        yield Broad(Kind.PASS_ROLE, policy, statement)


def _of_everything(statement: Statement, services: Collection[str]) -> Kind | None:
    """What a statement on every resource is that allows everything, or everything but a few."""
    if statement.actions is not None:
        return Kind.ADMINISTRATOR if _is_for_all(statement, "*") else None
    if not _left(statement, services):
        return None
    spares_iam = covers_action(statement, "iam:*") is Answer.NO
    return Kind.POWER_USER if spares_iam else Kind.ADMINISTRATOR


def _left(statement: Statement, services: Collection[str]) -> tuple[str, ...]:
    """The services, of those looked for, that a statement allows all of."""
    return tuple(one for one in sorted(services) if _is_for_all(statement, one))


def _candidates(statement: Statement, services: Collection[str]) -> set[str]:
    """The services that a statement may allow all of."""
    named = {action.partition(":")[0] for action in statement.actions or () if has_wildcard(action)}
    return {one for one in named if one and not has_wildcard(one)} | {*services}


def _is_for_all(statement: Statement, service: str) -> bool:
    """Whether a statement is about every action of a service; `*` is all services."""
    if statement.actions is None:
        return covers_action(statement, f"{service}:*") is Answer.YES
    if any(_means_all(pattern, service) for pattern in _sweeping(statement.actions)):
        return True
    of_service = [one for one in statement.actions if one.startswith(f"{service}:")]
    return len(of_service) >= len(ascii_lowercase) and all(
        any(covers(pattern, f"{service}:{letter}*") is Answer.YES for pattern in of_service)
        for letter in ascii_lowercase
    )


@lru_cache(maxsize=256)
def _sweeping(actions: tuple[str, ...]) -> tuple[str, ...]:
    """The patterns that name every action of some service: few of them, whatever the policy."""
    return tuple(one for one in actions if _is_any(one) or _is_any(one.partition(":")[2]))


def _means_all(pattern: str, service: str) -> bool:
    """Whether one pattern of actions stands for every action of a service."""
    if _is_any(pattern):
        return True
    prefix, _, action = pattern.partition(":")
    names = _is_any(prefix) or (service != "*" and matches(prefix, service))
    return names and _is_any(action)


def _is_any(pattern: str) -> bool:
    """Whether a pattern fits every name: no name of a service or an action is empty."""
    return "*" in pattern and not pattern.strip("*?") and pattern.count("?") <= 1


def _on(statement: Statement, wanted: Iterable[str]) -> bool:
    """Whether a statement is about every resource, in one of the ways to write them."""
    if statement.resources is not None:
        patterns = statement.resources
        return any(arn_covers(one, all_of) is Answer.YES for one in patterns for all_of in wanted)
    spared = statement.not_resources
    if spared is None:
        return False
    return not any(arn_covers(one, all_of) is Answer.YES for one in spared for all_of in wanted)


def _passes_any_role(statement: Statement, where: Where) -> bool:
    if any(one.key.lower() == _PASSED_TO and _names(one) for one in statement.conditions):
        return False
    passes = covers_action(statement, _PASS_ROLE) is Answer.YES
    return passes and _on(statement, (where.roles,))


def _scopes(broad: Broad, where: Where) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The services that a statement allows too much of, each with all of its resources."""
    if broad.kind is Kind.PASS_ROLE:
        yield "iam", (where.roles,)
    elif broad.kind is not Kind.ADMINISTRATOR:
        yield from ((one, where.everything_of(one)) for one in broad.services)
    else:
        yield "*", (where.everything,)


def _restricts(condition: Condition) -> bool:
    """Whether a condition limits where, on what, or from where a statement applies."""
    key = condition.key.lower()
    is_tag = key.partition("/")[0].partition(":")[2] in _TAGS
    return (is_tag or key in _NARROWING) and _names(condition, if_exists=False)


def _names(condition: Condition, *, if_exists: bool = True) -> bool:
    """Whether a condition holds only for values that it names.

    `iam:PassedToService` is in every request to pass a role, so `IfExists` takes nothing away.
    """
    operator = read_operator(condition.operator)
    if operator is None or operator.negated or operator.quantifier == "ForAllValues":
        return False
    loose = operator.if_exists and not if_exists
    return not loose and not any(_is_any(value) for value in condition.values)
