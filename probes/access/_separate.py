"""Whether a task's own role is its own: remarks of `task_role`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from auditor.answer import Unanswered
from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, gap, not_applicable, note
from auditor.settings import Settings, setting
from probes.access import _holders
from probes.access._tasks import Task, role_name
from probes.aws import ecs_tasks
from probes.aws.ecs_tasks import TaskDefinition

_MANY = 20


class Separate(Settings):
    """Which roles tasks must have."""

    forbid_same_role: bool = setting(
        True, "Whether the task role must be another than the execution role."
    )
    require_task_role: bool = setting(False, "Whether each task must have a role of its own.")


def separate(task: Task, facts: Facts, expected: Separate) -> Iterator[Remark]:
    """That one role is both the task's and ECS's."""
    own, ecs = task.definition.task_role_arn, task.definition.execution_role_arn
    if not expected.forbid_same_role or not own or not ecs:
        asked = "it has not both roles" if expected.forbid_same_role else "the baseline allows one"
        yield not_applicable(asked)
    elif role_name(own) == role_name(ecs):
        yield drift(
            f"{task.name} has {role_name(own)} as task role and as execution role",
            code="same-role",
            severity=Severity.MEDIUM,
            expected="two roles",
            found=role_name(own),
            related=(facts.related("the task definition", task.definition),),
        )


def present(task: Task, facts: Facts, expected: Separate) -> Iterator[Remark]:
    """That a task has no role, or one that does not exist; and who else has the same."""
    name = task.definition.task_role_arn
    definition = facts.related("the task definition", task.definition)
    if not name and expected.require_task_role:
        yield gap(
            f"{task.name} has no role of its own",
            code="no-task-role",
            severity=Severity.INFORMATIONAL,
            expected="a task role",
            found="none",
            related=(definition,),
        )
    elif not name:
        yield not_applicable(f"{task.name} has no task role, and need not have one")
    elif _holders.named(facts, name) is None:
        yield gap(
            f"{task.name}: its task role {name} does not exist",
            code="role-missing",
            severity=Severity.HIGH,
            expected="a role that exists",
            found=name,
            related=(definition,),
        )
    else:
        yield from _shared(task, facts)


def role_name_of(task: TaskDefinition) -> str:
    """For `where`: the task definitions that have a task role, by its name."""
    return role_name(task.task_role_arn)


def _shared(task: Task, facts: Facts) -> Iterator[Remark]:
    """That tasks of other families have the role, too: each may do what the others need."""
    name = role_name(task.definition.task_role_arn)
    with suppress(Unanswered):  # it is but a note
        others = facts.where(ecs_tasks.TASK_DEFINITIONS, role_name_of, name)
        families = sorted({one.family for one in others} - {task.definition.family})
        if families:
            yield note(f"{name} is the task role of {', '.join(families[:_MANY])}, too")
