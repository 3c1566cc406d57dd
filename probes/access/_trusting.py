"""Whether ECS can take a role for a task, and nobody else through ECS."""

from __future__ import annotations

import json
from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, gap, not_applicable, unknown
from probes.access import _holders
from probes.access._holders import TASKS
from probes.access._tasks import Task
from probes.analysis.answers import Answer, CannotTell
from probes.analysis.narrowing import Narrowing
from probes.analysis.policy import Policy
from probes.analysis.policy_exposure import unguarded_services
from probes.aws import iam


def executing(task: Task, facts: Facts) -> Iterator[Remark]:
    """What is wrong with the trust policy of a task's execution role."""
    yield from _of(task.definition.execution_role_arn, "the execution role", task, facts)


def working(task: Task, facts: Facts) -> Iterator[Remark]:
    """What is wrong with the trust policy of a task's own role."""
    yield from _of(task.definition.task_role_arn, "the task role", task, facts)


def _of(name: str, kind: str, task: Task, facts: Facts) -> Iterator[Remark]:
    role = _holders.named(facts, name) if name else None
    if role is None:
        yield not_applicable(f"{task.name} has no role that could be {kind}")
        return
    yield from _trusted(role, kind, facts)


def _trusted(role: iam.Role, kind: str, facts: Facts) -> Iterator[Remark]:
    """What is wrong with the trust policy of a role of a task; `kind` says which of its roles."""
    policy = _holders.trusted(role, facts)
    if isinstance(policy, CannotTell):
        yield unknown(f"the trust policy of {role.role_name} cannot be read: {policy.reason}")
        return
    taken = _holders.taken_by_tasks(policy, role, facts)
    if taken is Answer.NO:
        yield _untaken(role, kind, facts)
    elif taken is Answer.CANNOT_TELL:
        yield unknown(f"whether ECS can take {role.role_name} cannot be told from its conditions")
    else:
        yield from _unguarded(role, kind, policy, facts)


def _untaken(role: iam.Role, kind: str, facts: Facts) -> Remark:
    return gap(
        f"ECS cannot take {kind} {role.role_name}: its trust policy does not name {TASKS}",
        code="trust",
        severity=Severity.HIGH,
        expected=TASKS,
        found="not trusted",
        related=(facts.related(kind, role),),
        cli=_mend(role, facts),
        cloudformation=_template(facts),
    )


def _unguarded(role: iam.Role, kind: str, policy: Policy, facts: Facts) -> Iterator[Remark]:
    """That tasks of any account may be meant; by what is not understood nothing is proven."""
    for one in unguarded_services(policy):
        if TASKS not in one.services:
            continue
        if one.narrowing is Narrowing.CANNOT_TELL:
            yield unknown(
                f"{one.statement.label} of {role.role_name} has conditions not known here"
            )
            continue
        yield drift(
            f"{kind} {role.role_name} does not say for which account ECS may take it",
            code="trust-unguarded",
            severity=Severity.LOW,
            expected=["aws:SourceAccount", "aws:SourceArn"],
            found=[],
            related=(facts.related(kind, role),),
            cli=_mend(role, facts),
            cloudformation=_template(facts),
        )


def _mend(role: iam.Role, facts: Facts) -> tuple[str, ...]:
    return (
        "aws", "iam", "update-assume-role-policy", "--role-name", role.role_name,
        "--policy-document", json.dumps(_holders.trusting(facts)),
    )  # fmt: skip


def _template(facts: Facts) -> dict[str, object]:
    document = _holders.trusting(facts)
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": document}}
