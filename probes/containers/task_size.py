"""Tasks of services are large enough.

A task that is too small is throttled, and killed when its memory runs out. Sidecars live on the
same memory. What counts is the revision that the service runs, not the newest of its family. On
Fargate a task has a size of its own, and only certain pairs exist (ECS guide, "Task size"); on
instances it may have none, and its containers are added up; there Windows ignores a task's size.
Two sources disagree: one calls 256 CPU units and 512 MiB too small for production, another keeps
them in its corrected code; the baseline decides. No benchmark covers it. It weighs more where ECS
shows that a container was killed for memory; ECS shows stopped tasks for an hour.

Fix: `aws ecs register-task-definition --cpu 512 --memory 1024 ...` with all else as it is, then
`aws ecs update-service --task-definition FAMILY`; in CloudFormation `Cpu` and `Memory`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, note, severity_if, unknown
from auditor.settings import Settings, setting
from probes.analysis.task_sizes import Size
from probes.aws import ecs, ecs_running, ecs_tasks
from probes.aws.ecs_tasks import TaskDefinition
from probes.containers import _services, _sizes


class LargeEnough(Settings):
    """The smallest task."""

    min_cpu_units: int = setting(512, "CPU of a task, at least.", unit="CPU units", ge=0)
    min_memory_mib: int = setting(1024, "Memory of a task, at least.", unit="MiB", ge=0)
    exempt: list[str] = setting(
        [], "Services that may be smaller: patterns of name, ARN or `Key=Value` of a tag."
    )


class TaskSize(Probe[ecs.Service, LargeEnough]):
    """The tasks that each service runs."""

    subject, needs = ecs.SERVICES, (ecs_tasks.TASK_DEFINITIONS, ecs_running.STOPPED)
    severity, settings = Severity.LOW, LargeEnough
    sources = ("S2.7",)

    def judge(self, service: ecs.Service, facts: Facts, expected: LargeEnough) -> Iterator[Remark]:
        reason = _services.left_alone(service, expected.exempt)
        if reason is not None:
            yield reason
            return
        shown, unshown = _services.tasks(service, facts)
        for task in shown:
            yield from _judge_task(task, service, facts, expected)
        yield from unshown


def _judge_task(
    task: TaskDefinition, service: ecs.Service, facts: Facts, expected: LargeEnough
) -> Iterator[Remark]:
    least = Size(expected.min_cpu_units, expected.min_memory_mib)
    measured = _sizes.measure(task, service)
    small = _sizes.below(measured.size, least)
    if small:
        yield drift(
            f"a task of {task.family} has too little {' and '.join(small)}",
            code="too-small",
            expected={name: wanted for name, (_, wanted) in small.items()},
            found={name: found for name, (found, _) in small.items()},
            severity=severity_if(lambda: _killed(service, facts), Severity.MEDIUM, Severity.LOW),
            cloudformation=_sizes.template(task, service, least),
            **_services.related(facts, (task,)),
        )
    if measured.strange:
        yield unknown(f"a size of {task.family} cannot be read", found=list(measured.strange))
    elif measured.size.cpu is None:
        yield note("its containers may use all CPU that is idle on their instance")


def _killed(service: ecs.Service, facts: Facts) -> bool:
    group = ecs_running.group_of(service)
    stopped = facts.where(ecs_running.STOPPED, ecs_running.service_of, group)
    return any(task.ran_out_of_memory for task in stopped)
