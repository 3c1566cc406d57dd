"""What keeps ECS Exec from working where it is turned on."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, gap, unknown
from probes.analysis.access import own_actions
from probes.analysis.statements import Request
from probes.aws import ecs_running, iam
from probes.aws.ecs import Service
from probes.aws.ecs_tasks import TaskDefinition
from probes.containers import _services

_ACTIONS = tuple(
    f"ssmmessages:{name}"
    for name in (
        "CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"
    )
)  # fmt: skip
_AGENT = "ExecuteCommandAgent"


def not_allowed(service: Service, facts: Facts) -> Iterator[Remark]:
    """Tasks whose role may not use the channels. Needs the roles, their policies and the tasks."""
    shown, unshown = _services.tasks(service, facts)
    for task in shown:
        yield from _by_role(task, service, facts)
    yield from unshown


def not_writable(service: Service, facts: Facts) -> Iterator[Remark]:
    """Containers that the agent cannot write to."""
    shown, _ = _services.tasks(service, facts)
    pairs = [(task, one) for task in shown for one in task.container_definitions]
    closed = [(task, one) for task, one in pairs if one.readonly_root_filesystem]
    if closed:
        names = sorted({one.name for _, one in closed})
        yield drift(
            f"the agent cannot write to {_services.named(names)}",
            code="read-only-root",
            expected=[],
            found=names,
            severity=Severity.LOW,
            **_services.related(facts, [task for task, _ in closed]),
        )


def not_running(service: Service, facts: Facts) -> Iterator[Remark]:
    """Containers of running tasks whose agent does not run. Needs the running tasks."""
    group = ecs_running.group_of(service)
    tasks = facts.where(ecs_running.RUNNING, ecs_running.service_of, group)
    containers = [one for task in tasks if task.last_status == "RUNNING" for one in task.containers]
    bare = sorted({one.name for one in containers if not one.runs(_AGENT)})
    if bare:
        yield gap(
            f"no agent runs beside {_services.named(bare)}",
            code="agent-not-running",
            expected=[],
            found=bare,
            severity=Severity.LOW,
            cli=_services.update(service, "--force-new-deployment"),
        )


def _by_role(task: TaskDefinition, service: Service, facts: Facts) -> Iterator[Remark]:
    if not task.task_role_arn and not service.is_on_fargate:
        yield unknown("its tasks use the role of an instance, which is not known")
        return
    missing: tuple[str, ...] = _ACTIONS
    role = None
    if task.task_role_arn:
        role = next(iter(facts.where(iam.ROLES, iam.names_of, task.task_role_arn)), None)
    if role is not None:
        request = Request(iam.principal(role), "", "*")
        decisions = own_actions(request, _ACTIONS, iam.identity(role, facts))
        if decisions.undecided:
            yield unknown("; ".join(decisions.reasons))
        missing = decisions.missing
    if missing:
        yield gap(
            "its task role may not use the channels of ECS Exec",
            code="no-rights",
            expected=list(_ACTIONS),
            found=sorted(set(_ACTIONS) - set(missing)),
            severity=Severity.LOW,
            related=tuple(facts.related("the task role", one) for one in (role,) if one),
        )
