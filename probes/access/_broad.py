"""What roles hold that allows too much, how bad it is, and who could use it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, every, not_applicable, severity_if, unknown
from auditor.settings import Settings, setting
from probes.access import _holders
from probes.access._holders import Held
from probes.analysis.answers import CannotTell
from probes.analysis.broad_permissions import (
    KNOWN,
    Broad,
    Kind,
    Where,
    broad_statements,
    lets_through,
    shuts,
)
from probes.analysis.patterns import fits
from probes.analysis.policy import Policy
from probes.analysis.trust_policies import Trust, trust
from probes.aws import iam

_CODES = {
    Kind.ADMINISTRATOR: "admin-equivalent",
    Kind.POWER_USER: "power-user",
    Kind.SERVICE: "service-wildcard",
    Kind.PASS_ROLE: "iam-passrole-any",
}
_INSTEAD = "the actions that its work takes, on the resources that it is for"


class LeastPrivilege(Settings):
    """Which roles may do much, and which services matter most."""

    admin_allowed_roles: list[str] = setting(
        [], "Roles that may do as much as they like: patterns of names or ARNs."
    )
    sensitive_services: list[str] = setting(
        ["cloudformation", "dynamodb", "ec2", "iam", "kms", "lambda", "logs", "organizations",
         "rds", "s3", "secretsmanager", "ssm", "sts"],
        "Services (as IAM names them) of which all actions are worse than of others.",
    )  # fmt: skip
    ignore_sso_roles: bool = setting(
        True, "Leave out the roles that IAM Identity Center makes from permission sets."
    )
    deployment_roles: list[str] = setting(
        ["cdk-*-cfn-exec-role-*"], "Roles that deploy stacks: patterns of names."
    )
    break_glass_roles: list[str] = setting(
        ["AWSControlTowerExecution", "OrganizationAccountAccessRole"],
        "Roles by which the organisation administers the account: patterns of names.",
    )


def why_none(role: iam.Role, expected: LeastPrivilege) -> str:
    """Why the claim does not arise for a role; nothing where it does."""
    if role.path.startswith("/aws-service-role/"):
        return "AWS keeps the policy of a service-linked role"
    if role.path.startswith("/aws-reserved/") and expected.ignore_sso_roles:
        return "IAM Identity Center makes the role from a permission set"
    allowed = fits(expected.admin_allowed_roles, role.role_name, role.arn)
    return "the baseline lets the role do as much" if allowed else ""


def remarks(
    role: iam.Role, facts: Facts, expected: LeastPrivilege, *kinds: Kind
) -> Iterator[Remark]:
    """What a role holds of these kinds; what can be told without managed policies comes first."""
    if reason := why_none(role, expected):
        yield not_applicable(reason)
        return
    case = _Case(role, facts, expected, kinds)
    yield from every(
        lambda: case.of(_holders.inline(role, facts)),
        lambda: case.of(_holders.known(role)),
        lambda: case.of(_holders.attached(role, facts)),
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """A role, and what is looked for in its policies."""

    role: iam.Role
    facts: Facts
    expected: LeastPrivilege
    kinds: tuple[Kind, ...]

    @property
    def where(self) -> Where:
        return Where(self.facts.partition, self.facts.account)

    def of(self, policies: Iterable[Held]) -> Iterator[Remark]:
        """What policies hold that allows too much."""
        for held in policies:
            if isinstance(held.read, CannotTell):
                yield unknown(f"{held.name} cannot be read: {held.read.reason}")
                continue
            asked = (held.read, self.where, tuple(self.expected.sensitive_services))
            for broad in self.facts.once(_statements, asked):
                if broad.kind in self.kinds:
                    yield from (self._remark(held, one) for one in self._by_weight(broad))

    def _by_weight(self, broad: Broad) -> Iterator[Broad]:
        """Of a statement on whole services, those that matter most apart from the others."""
        if broad.kind is not Kind.SERVICE:
            yield broad
            return
        worst = frozenset(self.expected.sensitive_services)
        for services in (worst.intersection(broad.services), {*broad.services} - worst):
            if services:
                yield replace(broad, services=tuple(sorted(services)))

    def _remark(self, held: Held, broad: Broad) -> Remark:
        trusted = self._trust()
        allows = list(broad.services) if broad.kind is Kind.SERVICE else [broad.kind.value]
        limited = ", within a permissions boundary" if self.role.permissions_boundary else ""
        return drift(
            f"{broad.label} allows {broad.kind.value}{_named(broad)}{limited}",
            code=self._code(held, broad),
            severity=self._severity(broad, trusted),
            expected=_INSTEAD,
            found={"policy": held.arn or held.name, "allows": sorted(allows)},
            evidence=self._evidence(trusted),
            cli=_mend(self.role, held),
        )

    def _code(self, held: Held, broad: Broad) -> str:
        if fits(self.expected.break_glass_roles, self.role.role_name):
            return "break-glass"
        if fits(self.expected.deployment_roles, self.role.role_name):
            return "deployment-role"
        managed = held.arn and broad.policy is KNOWN["AdministratorAccess"]
        return "admin-managed" if managed else _CODES[broad.kind]

    def _severity(self, broad: Broad, trusted: Trust | CannotTell) -> Severity:
        if fits(self.expected.break_glass_roles, self.role.role_name):
            return Severity.INFORMATIONAL
        severity = _by_kind(broad, trusted, self.expected.sensitive_services)
        if broad.restricted:
            severity = severity.lowered()
        if fits(self.expected.deployment_roles, self.role.role_name):
            severity = _at_most(Severity.MEDIUM, severity)
        bounded = _at_most(Severity.MEDIUM, severity)
        severity = severity_if(lambda: self._is_bounded(broad), bounded, severity)
        return severity_if(lambda: self._is_shut(broad), Severity.INFORMATIONAL, severity)

    def _is_bounded(self, broad: Broad) -> bool:
        """Whether a permissions boundary certainly leaves less than the statement allows."""
        boundary = _holders.boundary(self.role, self.facts)
        return isinstance(boundary, Policy) and not lets_through(boundary, broad, self.where)

    def _is_shut(self, broad: Broad) -> bool:
        """Whether another policy of the role denies all of it."""
        role, facts = self.role, self.facts
        held = (*_holders.inline(role, facts), *_holders.attached(role, facts))
        return shuts((one.read for one in held if isinstance(one.read, Policy)), broad, self.where)

    def _trust(self) -> Trust | CannotTell:
        policy = _holders.trusted(self.role, self.facts)
        return trust(policy, self.facts.account) if isinstance(policy, Policy) else policy

    def _evidence(self, trusted: Trust | CannotTell) -> dict[str, object]:
        used = self.role.role_last_used.last_used_date
        bound = self.role.permissions_boundary
        who = list(trusted.summary) if isinstance(trusted, Trust) else trusted.reason
        return {
            "who can take it": who,
            "last used": used.isoformat() if used else "not in 400 days, as far as AWS knows",
            "boundary": bound.permissions_boundary_arn if bound else "none",
        }


def _statements(asked: tuple[Policy, Where, tuple[str, ...]]) -> tuple[Broad, ...]:
    """What a policy allows too much of: many roles hold the same one."""
    return tuple(broad_statements(*asked))


def _named(broad: Broad) -> str:
    return f": {', '.join(broad.services)}" if broad.kind is Kind.SERVICE else ""


def _by_kind(broad: Broad, trusted: Trust | CannotTell, sensitive: Iterable[str]) -> Severity:
    """Where it cannot be told who takes the role, as bad as if anyone did."""
    if broad.kind is Kind.ADMINISTRATOR:
        inside = isinstance(trusted, Trust) and not (trusted.outside or trusted.compute)
        return Severity.HIGH if inside else Severity.CRITICAL
    if broad.kind is Kind.SERVICE and not {*broad.services} & {*sensitive}:
        return Severity.MEDIUM
    return Severity.HIGH


def _at_most(limit: Severity, severity: Severity) -> Severity:
    return max(limit, severity, key=lambda one: one.rank)


def _mend(role: iam.Role, held: Held) -> tuple[str, ...]:
    """To detach a managed policy; what to write instead of an inline one is worked out by AWS."""
    if held.arn:
        return (
            "aws", "iam", "detach-role-policy", "--role-name", role.role_name,
            "--policy-arn", held.arn,
        )  # fmt: skip
    return (
        "aws", "accessanalyzer", "start-policy-generation", "--policy-generation-details",
        f"principalArn={role.arn}",
    )  # fmt: skip
