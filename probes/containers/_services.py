"""Which services are judged, the tasks that they run, and the command that changes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from auditor.facts import Facts
from auditor.probe import Remark, not_applicable, unknown
from probes.analysis.patterns import as_texts, fits
from probes.aws import ecs_tasks
from probes.aws.ecs import Service
from probes.aws.ecs_tasks import ContainerDefinition, TaskDefinition

UNSHOWN = unknown("ECS does not show a task definition that the service uses", code="unshown")
_GOING = {"DRAINING", "INACTIVE"}
_ENOUGH = 64  # names of containers in one message


def left_alone(service: Service, exempt: Iterable[str] = ()) -> Remark | None:
    """Why a service is not judged; None where it is."""
    if service.status in _GOING:
        return not_applicable("the service is being deleted", code="inactive")
    texts = (service.service_name, service.service_arn, *as_texts(service.tags))
    if fits(exempt, *texts):
        return not_applicable("the baseline leaves this service alone", code="exempt")
    return None


def tasks(service: Service, facts: Facts) -> tuple[tuple[TaskDefinition, ...], tuple[Remark, ...]]:
    """The task definitions that a service uses, and what there is to say of those not shown.

    Needs `TASK_DEFINITIONS`.
    """
    found = [facts.named(ecs_tasks.TASK_DEFINITIONS, arn) for arn in ecs_tasks.in_use(service)]
    shown = tuple(task for task in found if task is not None)
    return shown, () if shown and len(shown) == len(found) else (UNSHOWN,)


def containers(
    service: Service, facts: Facts, sidecars: Iterable[str]
) -> Iterator[tuple[TaskDefinition, ContainerDefinition]]:
    """The essential containers of a service's tasks, without those that only help the others."""
    sidecars = tuple(sidecars)
    for task in tasks(service, facts)[0]:
        for container in task.container_definitions:
            if container.essential and not fits(sidecars, container.name):
                yield task, container


def related(facts: Facts, found: Iterable[TaskDefinition]) -> dict[str, Any]:
    """Task definitions in their role in a finding, each once."""
    each = {task.task_definition_arn: task for task in found}
    return {"related": tuple(facts.related("the task definition", t) for t in each.values())}


def named(names: Iterable[str]) -> str:
    """Names of containers or variables for a message, each once."""
    return ", ".join(sorted(set(names))[:_ENOUGH])


def update(service: Service, *changes: str) -> tuple[str, ...]:
    """The command that changes a service."""
    target = ("--cluster", service.cluster, "--service", service.service_name)
    return ("aws", "ecs", "update-service", *target, *changes)
