"""Whether ECS can take a role for a task, and nobody else through ECS."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress

from auditor.answer import Unanswered
from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, gap, not_applicable, unknown
from probes.access import _holders
from probes.access._holders import TASKS
from probes.access._separate import role_name_of
from probes.access._tasks import Task, role_name
from probes.analysis.answers import Answer, CannotTell
from probes.analysis.narrowing import Narrowing
from probes.analysis.policy import Policy
from probes.analysis.policy_exposure import unguarded_services
from probes.aws import iam
from probes.aws.ecs_tasks import TASK_DEFINITIONS, TaskDefinition

_UNGUARDED = "trust-unguarded"


def executing(task: Task, facts: Facts) -> Iterator[Remark]:
    """What is wrong with the trust policy of a task's execution role."""
    given = task.definition.execution_role_arn
    yield from _of(task, given, "the execution role", _executes, facts)


def working(task: Task, facts: Facts) -> Iterator[Remark]:
    """What is wrong with the trust policy of a task's own role."""
    given = task.definition.task_role_arn
    yield from _of(task, given, "the task role", role_name_of, facts)


def _executes(task: TaskDefinition) -> str:
    """For `where`: the task definitions that have an execution role, by its name."""
    return role_name(task.execution_role_arn)


def _of(
    task: Task, given: str, kind: str, name_of: Callable[[TaskDefinition], str], facts: Facts
) -> Iterator[Remark]:
    """What is wrong with the trust policy of one of a task's roles; `kind` says which.

    Roles are shared: what ECS can take too freely is told of the first family that has it, alone.
    """
    role = _holders.named(facts, given) if given else None
    if role is None:
        yield not_applicable(f"{task.name} has no role that could be {kind}")
        return
    told = task.definition.family
    with suppress(Unanswered):  # told twice is better than not at all
        sharing = facts.where(TASK_DEFINITIONS, name_of, role.role_name)
        told = min((one.family for one in sharing), default=told)
    for remark in _trusted(role, kind, facts):
        if remark.code == _UNGUARDED and told != task.definition.family:
            yield not_applicable(f"{role.role_name} is judged with {told}", code="shared-role")
        else:
            yield remark


def _trusted(role: iam.Role, kind: str, facts: Facts) -> Iterator[Remark]:
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
            code=_UNGUARDED,
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
