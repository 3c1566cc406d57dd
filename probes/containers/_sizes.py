"""How large the tasks of a service are, and how large they should be."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.query import JSON
from probes.analysis import task_sizes
from probes.analysis.task_sizes import Size
from probes.aws.ecs import Service
from probes.aws.ecs_tasks import TaskDefinition


@dataclass(frozen=True, slots=True)
class Measured:
    """The size of a task; `strange` is what of it cannot be read."""

    size: Size
    strange: tuple[str, ...] = ()


def measure(task: TaskDefinition, service: Service) -> Measured:
    """The size of a task: its own, or that of its containers taken together.

    On instances, Windows containers ignore the size of the task (API model); a container without
    CPU units may use all that is idle, so that such a task has no CPU size at all.
    """
    own_counts = on_fargate(task, service) or not on_windows(task)
    cpu = task_sizes.cpu_units(task.cpu) if task.cpu and own_counts else _cpu_inside(task)
    memory = (
        task_sizes.memory_mib(task.memory) if task.memory and own_counts else _memory_inside(task)
    )
    strange = [
        text
        for text, size in ((task.cpu, cpu), (task.memory, memory))
        if own_counts and text and size is None
    ]
    return Measured(Size(cpu, memory), tuple(strange))


def on_fargate(task: TaskDefinition, service: Service) -> bool:
    """Whether a task runs on Fargate; where the service does not say, what the task is made for."""
    if service.is_on_fargate or service.launch_type or service.capacity_provider_strategy:
        return service.is_on_fargate
    return task.requires_compatibilities == ("FARGATE",)


def on_windows(task: TaskDefinition) -> bool:
    """Whether a task runs on Windows."""
    return task.runtime_platform.operating_system_family.startswith("WINDOWS")


def below(size: Size, least: Size) -> dict[str, tuple[int, int]]:
    """What of a size is too little, with what it should be at least."""
    both = {"cpu": (size.cpu, least.cpu), "memory": (size.memory, least.memory)}
    known = {name: (f, w) for name, (f, w) in both.items() if f is not None and w is not None}
    return {name: (found, wanted) for name, (found, wanted) in known.items() if found < wanted}


def template(task: TaskDefinition, service: Service, least: Size) -> dict[str, JSON] | None:
    """A task definition that is at least as large as the baseline asks and as the task is now.

    None where Fargate offers nothing so large.
    """
    size = measure(task, service).size
    cpu, memory = max(least.cpu or 0, size.cpu or 0), max(least.memory or 0, size.memory or 0)
    better: Size | None = Size(cpu, memory)
    if on_fargate(task, service):
        better = task_sizes.offered_on_fargate(cpu, memory, windows=on_windows(task))
    if better is None:
        return None
    properties = {"Family": task.family, "Cpu": str(better.cpu), "Memory": str(better.memory)}
    return {"Type": "AWS::ECS::TaskDefinition", "Properties": properties}


def _cpu_inside(task: TaskDefinition) -> int | None:
    reserved = [container.cpu for container in task.container_definitions]
    return sum(reserved) if all(reserved) and reserved else None


def _memory_inside(task: TaskDefinition) -> int | None:
    limits = [one.memory or one.memory_reservation for one in task.container_definitions]
    known = [limit for limit in limits if limit is not None]
    return sum(known) if limits and len(known) == len(limits) else None
