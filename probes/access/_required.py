"""What the baseline asks of the roles of workloads, and what they lack of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, gap, unknown
from auditor.settings import Settings, setting
from probes.access import _holders
from probes.access._holders import Holder
from probes.analysis.access import Access, Decision, identity_access
from probes.analysis.answers import CannotTell
from probes.analysis.anywhere import anywhere, kind_of
from probes.analysis.patterns import as_texts, first, fits
from probes.analysis.policy import Policy
from probes.analysis.trust_policies import trust
from probes.aws import iam

Workload = Literal["ec2", "ecs", "lambda"]

_PARTS = 6
_ACCOUNT = 4
_TAKERS: Mapping[str, Workload] = {"ecs-tasks.": "ecs", "lambda.": "lambda"}


class Required(Settings):
    """Which actions which roles need."""

    required: dict[Workload, list[str]] = setting(
        {
            "ec2": [
                "logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams",
                "logs:PutLogEvents", "ssm:DescribeParameters", "ssm:GetParametersByPath",
            ]
        },
        "By workload the actions that its roles need: `ec2` for roles in instance profiles, `ecs` "
        "and `lambda` for roles that tasks and functions can take.",
    )  # fmt: skip
    by_role: dict[str, list[str]] = setting(
        {}, "By pattern of a role's name the actions that it needs besides."
    )
    resources: dict[str, str] = setting(
        {},
        "By pattern of an action the resource, as a pattern of ARNs, that it must be allowed on; "
        "of an action that is left out any one will do. An account `*` is the role's own.",
    )
    convenience: list[str] = setting(
        ["*:Describe*", "*:List*"], "Patterns of actions that a workload can do without."
    )
    exempt: list[str] = setting(
        [], "Roles of which nothing is asked: patterns of names, ARNs or tags as `Key=Value`."
    )

    def resource(self, action: str, facts: Facts) -> str:
        """What an action must be allowed on; nothing where any one will do."""
        parts = (first(self.resources, action) or "").split(":", _PARTS - 1)
        if len(parts) == _PARTS and parts[_ACCOUNT] == "*":
            parts[_ACCOUNT] = facts.account
        return ":".join(parts)


@dataclass(frozen=True, slots=True)
class Lack:
    """An action that is not allowed, or only on a part of what it is needed for."""

    action: str
    resource: str
    access: Access
    code: str


# The worst first: what names a finding of several.
_CODES = ("explicit-deny", "boundary", "missing-permissions", "partial")


def why_none(role: iam.Role, expected: Required) -> str:
    """Why nothing is asked of a role; nothing where something may be."""
    if iam.is_out_of_reach(role):
        return "AWS keeps the policies of this role"
    if fits(expected.exempt, role.role_name, role.arn, *as_texts(role.tags)):
        return "the baseline exempts it"
    return "instances use it as nodes of a cluster" if _holders.is_node(role) else ""


def wanted_of(role: iam.Role, facts: Facts, expected: Required) -> tuple[str, ...]:
    """The actions that the baseline asks of a role, each once."""
    found = {one for kind in _workloads(role, facts) for one in expected.required.get(kind, ())}
    for pattern, more in expected.by_role.items():
        found |= {*more} if fits([pattern], role.role_name) else set()
    return tuple(sorted(found))


def untold(role: iam.Role, facts: Facts) -> str:
    """Why it cannot be told which workloads run with a role; nothing where it can."""
    policy = _holders.trusted(role, facts)
    return policy.reason if isinstance(policy, CannotTell) else ""


def judged(
    who: Holder, wanted: tuple[str, ...], facts: Facts, expected: Required
) -> Iterator[Lack | Remark]:
    """Each action that a role lacks, or the remark that this cannot be told."""
    for action in wanted:
        found = _one(who, action, facts, expected)
        if found is not None:
            yield found


def remark(
    who: Holder, lacking: Sequence[Lack], wanted: tuple[str, ...], severity: Severity
) -> Remark:
    """What a role lacks, all in one."""
    worst = min(lacking, key=lambda one: _CODES.index(one.code))
    names = [one.action for one in lacking]
    say, only = (drift, "only on a part of what it needs") if worst.code == "partial" else (gap, "")
    return say(
        f"the role may {only or 'not'} {', '.join(names)}{_why(lacking)}",
        code=worst.code,
        severity=severity,
        expected=list(wanted),
        found=[one for one in wanted if one not in names],
        evidence={
            one.action: f"{one.access.decision.value}: {one.access.reason}" for one in lacking
        },
        **_fix(who, lacking, worst),
    )


def severity_of(lacking: Sequence[Lack], expected: Required) -> Severity:
    """Low where a workload can do without all of it."""
    can_do_without = all(fits(expected.convenience, one.action) for one in lacking)
    return Severity.LOW if can_do_without else Severity.MEDIUM


def _one(who: Holder, action: str, facts: Facts, expected: Required) -> Lack | Remark | None:
    given = expected.resource(action, facts)
    resource = given or kind_of(action, facts.partition, facts.account)
    request = who.asks(action, resource)
    there = anywhere(request, who.identity)
    whole = identity_access(request, who.identity) if given else there
    if whole.decision is Decision.ALLOWED:
        return None
    if there.decision is Decision.ALLOWED:
        return Lack(action, resource, whole, "partial")
    if there.decision is Decision.CANNOT_TELL:
        return unknown(f"whether the role may {action} cannot be told: {there.reason}")
    if there.decision is Decision.DENIED:
        return Lack(action, resource, there, "explicit-deny")
    bounded = who.is_bounded_out(request)
    return Lack(action, resource, there, "boundary" if bounded else "missing-permissions")


def _workloads(role: iam.Role, facts: Facts) -> Iterator[Workload]:
    """The workloads that run with a role; one whose trust policy cannot be read has none."""
    if role.instance_profile_list:
        yield "ec2"
    policy = _holders.trusted(role, facts)
    services = trust(policy, facts.account).services if isinstance(policy, Policy) else ()
    for start, workload in _TAKERS.items():
        if any(one.startswith(start) for one in services):
            yield workload


def _why(lacking: Sequence[Lack]) -> str:
    """The statements that deny it, or the boundary that is in the way."""
    reasons = [one.access.reason for one in lacking if one.code == "explicit-deny"]
    if any(one.code == "boundary" for one in lacking):
        reasons.append("its permissions boundary does not let it")
    return f": {'; '.join(dict.fromkeys(reasons))}" if reasons else ""


def _fix(who: Holder, lacking: Sequence[Lack], worst: Lack) -> dict[str, Any]:
    """A policy that would help; none where a statement or a boundary is in the way."""
    if worst.code in ("explicit-deny", "boundary"):
        return {}
    by_resource: dict[str, list[str]] = {}
    for one in lacking:
        resource = "*" if one.resource.endswith(":?") else one.resource
        by_resource.setdefault(resource, []).append(one.action)
    statements = [
        {"Action": sorted(actions), "Resource": resource}
        for resource, actions in sorted(by_resource.items())
    ]
    return _holders.granting(who.role.role_name, "workload", *statements)
