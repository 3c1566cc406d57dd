"""Whether AWS's managed policies are there: on roles, and in the templates of stacks."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, gap, severity_if, unknown
from probes.analysis import aws_policies
from probes.analysis.aws_policies import Successor, tail_of, written
from probes.analysis.names import UnreadableName, arn
from probes.analysis.template_context import Unresolved
from probes.analysis.template_policies import NamedPolicy
from probes.aws import iam

# What AWS writes into the description of a policy that it means to withdraw.
_ON_THE_WAY_OUT = "deprecation path"
_ALIKE = 0.8
_NO_LIST = "the list of AWS's managed policies is empty, so nothing can be said to be missing"


@dataclass(frozen=True, slots=True)
class Lookup:
    """Where AWS's policies are looked up, and what the baseline says of them."""

    facts: Facts
    extra: dict[str, str]

    def superseded(self, tail: str) -> Successor | None:
        """What replaces a policy that may still be attached."""
        name = tail.rpartition("/")[2]
        if name in self.extra:
            return Successor(self.extra[name], aws_policies.Rests.BASELINE)
        return aws_policies.SUPERSEDED.get(tail)

    def is_listed(self, policy_arn: str) -> bool:
        return self.facts.named(iam.AWS_POLICIES, policy_arn) is not None

    def is_blind(self) -> bool:
        """Whether AWS listed no policy of its own, which it always has."""
        return not self.facts.all(iam.AWS_POLICIES)


# -- on roles -------------------------------------------------------------------------------------


def on_role(role: iam.Role, policy_arn: str, look: Lookup) -> Iterator[Remark]:
    """That a policy of AWS on a role is gone, or will be."""
    tail = tail_of(policy_arn)
    gone, superseded = aws_policies.gone(tail.rpartition("/")[2]), look.superseded(tail)
    if gone:
        yield _attached(role, policy_arn, look, gone)
    elif superseded:
        yield _on_the_way_out(role, policy_arn, look, superseded)
    elif look.is_listed(policy_arn):
        yield from _described(role, policy_arn, look)
    elif look.is_blind():
        yield unknown(_NO_LIST)
    else:
        yield _attached(role, policy_arn, look, Successor("", aws_policies.Rests.NOT_LISTED))


def _described(role: iam.Role, policy_arn: str, look: Lookup) -> Iterator[Remark]:
    detail = look.facts.named(iam.POLICY_DETAILS, policy_arn)
    if detail is None:
        yield unknown(f"AWS lists {policy_arn} and says that there is none")
    elif _ON_THE_WAY_OUT in detail.description.lower():
        successor = Successor("", aws_policies.Rests.DESCRIPTION)
        yield _on_the_way_out(role, policy_arn, look, successor)


def _attached(role: iam.Role, policy_arn: str, look: Lookup, successor: Successor) -> Remark:
    name = policy_arn.rpartition("/")[2]
    return drift(
        f"{name} is deprecated: it works until it is detached, and cannot be attached again",
        code="deprecated-attached",
        severity=Severity.MEDIUM,
        **_instead(role, policy_arn, look, successor),
    )


def _on_the_way_out(role: iam.Role, policy_arn: str, look: Lookup, successor: Successor) -> Remark:
    return drift(
        f"{policy_arn.rpartition('/')[2]} is superseded, and may be withdrawn",
        code="deprecation-path",
        severity=Severity.LOW,
        **_instead(role, policy_arn, look, successor),
    )


def _instead(role: iam.Role, policy_arn: str, look: Lookup, successor: Successor) -> dict[str, Any]:
    """What to use instead; the command attaches it, before the old one may be detached."""
    more = {
        "expected": successor.use or "a policy that AWS keeps",
        "found": policy_arn,
        "evidence": {f"why {policy_arn.rpartition('/')[2]}": successor.rests.value},
    }
    bounds = policy_arn not in {one.policy_arn for one in role.attached_managed_policies}
    if not successor.policy:
        return more
    to = written(look.facts.partition, successor.policy)
    if bounds:
        return more | {"cloudformation": {"PermissionsBoundary": to}}
    cli = (
        "aws", "iam", "attach-role-policy", "--role-name", role.role_name, "--policy-arn", to,
    )  # fmt: skip
    return more | {"cli": cli, "cloudformation": {"ManagedPolicyArns": [to]}}


# -- in templates ---------------------------------------------------------------------------------


def in_template(named: NamedPolicy, look: Lookup, *, makes_own: bool) -> Iterator[Remark]:
    """That what a template names cannot be attached; in doubt where the stack may not have it."""
    if isinstance(named.policy, Unresolved):
        yield unknown(f"what {_where(named)} names cannot be told: {named.policy.why}")
        return
    for remark in _judged(named, named.policy, look, makes_own=makes_own):
        if named.certain or not remark.verdict.violates:
            yield remark
        else:
            yield unknown(f"whether the stack has {named.logical_id} cannot be told")


def _judged(named: NamedPolicy, policy: str, look: Lookup, *, makes_own: bool) -> Iterator[Remark]:
    facts, tail = look.facts, tail_of(policy)
    try:
        found = arn(policy)
    except UnreadableName:
        found = None
    if found is None or found.service != "iam" or not tail:
        yield _wrong(named, "not-an-arn", "is no ARN of a policy", "the ARN of a policy")
    elif found.partition != facts.partition:
        right = policy.replace(f"arn:{found.partition}:", f"arn:{facts.partition}:", 1)
        said = f"is of the partition {found.partition}, and the stack is in {facts.partition}"
        yield _wrong(named, "wrong-partition", said, right)
    elif found.account == "aws":
        yield from _of_aws(named, policy, tail, look)
    elif found.account == facts.account and not makes_own:
        yield from _of_customer(named, policy, facts)


def _of_customer(named: NamedPolicy, policy: str, facts: Facts) -> Iterator[Remark]:
    if facts.named(iam.POLICIES, policy) is None:
        yield gap(
            f"{_where(named)} names {tail_of(policy)}, which the account does not have",
            code="missing-customer-policy",
            severity=Severity.HIGH,
            expected=policy,
            found="none",
        )


def _of_aws(named: NamedPolicy, policy: str, tail: str, look: Lookup) -> Iterator[Remark]:
    """What is known without AWS's list comes first: it stands if the list is refused."""
    name = tail.rpartition("/")[2]
    right, gone = aws_policies.rightly(tail), aws_policies.gone(name)
    superseded = look.superseded(tail)
    if right:
        yield _elsewhere(named, written(look.facts.partition, right))
    elif tail.startswith(aws_policies.SERVICE_LINKED):
        said = "is for a service-linked role alone, and cannot be attached"
        yield _wrong(named, "not-attachable", said, "a policy that can be attached")
    elif gone:
        used = severity_if(lambda: look.is_listed(policy), Severity.MEDIUM, Severity.HIGH)
        said = "is deprecated, and cannot be attached any more"
        yield _wrong(named, "deprecated", said, _use(gone, look), used)
    elif superseded:
        said = "is superseded, and may be withdrawn"
        yield _wrong(named, "deprecation-path", said, _use(superseded, look), Severity.LOW)
    elif not look.is_listed(policy):
        yield from _not_listed(named, name, look)


def _use(successor: Successor, look: Lookup) -> str:
    """What to use instead, as an ARN where it is a policy."""
    if successor.policy:
        return written(look.facts.partition, successor.policy)
    return successor.use or "a policy that AWS keeps"


def _not_listed(named: NamedPolicy, name: str, look: Lookup) -> Iterator[Remark]:
    same = look.facts.where(iam.AWS_POLICIES, iam.policy_name_of, name)
    if same:
        yield _elsewhere(named, same[0].arn)
    elif look.is_blind():
        yield unknown(_NO_LIST)
    else:
        known = {one.policy_name: one.arn for one in look.facts.all(iam.AWS_POLICIES)}
        alike = difflib.get_close_matches(name[:128], known, n=1, cutoff=_ALIKE)
        right = known[alike[0]] if alike else "a policy that AWS has"
        yield _wrong(named, "unknown-name", "is no policy that AWS has", right)


def _elsewhere(named: NamedPolicy, right: str) -> Remark:
    said = f"does not exist: the policy of that name is {tail_of(right)}"
    return _wrong(named, "wrong-path", said, right)


def _wrong(
    named: NamedPolicy,
    code: str,
    said: str,
    right: str,
    severity: Severity = Severity.HIGH,
) -> Remark:
    policy = str(named.policy)
    value = [right] if named.property == "ManagedPolicyArns" else right
    fix = {"Type": named.type, "Properties": {named.property: value}}
    return drift(
        f"{_where(named)} names {tail_of(policy) or policy[:80]}, which {said}",
        code=code,
        severity=severity,
        expected=right,
        found=policy,
        cloudformation=fix if right.startswith("arn:") else None,
    )


def _where(named: NamedPolicy) -> str:
    return f"{named.property} of {named.logical_id[:80]}"
