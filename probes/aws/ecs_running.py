"""ECS: the tasks of clusters, those that run and those that stopped within the last hour."""

from __future__ import annotations

from auditor.query import Name, Query, Shape
from probes.aws.ecs import CLUSTER_ARNS, GONE, Service


class ManagedAgent(Shape):
    """An agent beside a container: `ExecuteCommandAgent` is that of ECS Exec."""

    name: str = ""
    last_status: str = ""


class Container(Shape):
    """A container of a task; `reason` is why it stopped, where ECS knows."""

    name: str = ""
    reason: str = ""
    managed_agents: tuple[ManagedAgent, ...] = ()

    def runs(self, agent: str) -> bool:
        """Whether an agent runs beside it."""
        return any(a.name == agent and a.last_status == "RUNNING" for a in self.managed_agents)


class Task(Shape):
    """A task; `group` is `service:NAME` for those of a service."""

    task_arn: str
    cluster_arn: str = ""
    group: str = ""
    last_status: str = ""
    containers: tuple[Container, ...] = ()

    @property
    def ran_out_of_memory(self) -> bool:
        """Whether the kernel killed a container (ECS guide, "Stopped tasks error messages")."""
        return any(one.reason.startswith("OutOfMemory") for one in self.containers)


def service_of(task: Task) -> str:
    """For `where`: the tasks of a service, as `group_of` names it."""
    return f"{task.cluster_arn} {task.group}"


def group_of(service: Service) -> str:
    """What `service_of` gives for the tasks of a service."""
    return f"{service.cluster_arn} service:{service.service_name}"


RUNNING_ARNS = Query(
    "ecs:ListTasks",
    Name,
    each="taskArns",
    of=CLUSTER_ARNS,
    given={"cluster": "value"},
    also={"desiredStatus": "RUNNING"},
    gone=GONE,
)
RUNNING = Query(
    "ecs:DescribeTasks",
    Task,
    each="tasks",
    key="taskArn",
    of=RUNNING_ARNS,
    given={"tasks": "value", "cluster": "^value"},
    batch=100,
    arn="taskArn",
    type="AWS::ECS::Task",
    gone=GONE,
)
STOPPED_ARNS = Query(
    "ecs:ListTasks",
    Name,
    each="taskArns",
    of=CLUSTER_ARNS,
    given={"cluster": "value"},
    also={"desiredStatus": "STOPPED"},
    gone=GONE,
    label="stopped",
)
STOPPED = Query(
    "ecs:DescribeTasks",
    Task,
    each="tasks",
    key="taskArn",
    of=STOPPED_ARNS,
    given={"tasks": "value", "cluster": "^value"},
    batch=100,
    arn="taskArn",
    type="AWS::ECS::Task",
    gone=GONE,
    label="stopped",
)
"""ECS shows a stopped task for an hour (API model, `DescribeTasks`)."""
