"""The tasks of a service, where they run, and what ECS itself does for them before they start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial

from auditor.facts import Facts
from auditor.probe import Remark, every, not_applicable, unknown
from probes.analysis import container_images
from probes.analysis.container_images import Image
from probes.aws import ecs_tasks
from probes.aws.ecs import Service
from probes.aws.ecs_tasks import ContainerDefinition, TaskDefinition

_GOING = {"DRAINING", "INACTIVE"}


class Host(Enum):
    """What runs a task; `UNKNOWN` where AWS's answers leave it open."""

    FARGATE = "FARGATE"
    MANAGED = "MANAGED_INSTANCES"
    EC2 = "EC2"
    EXTERNAL = "EXTERNAL"
    UNKNOWN = ""

    @property
    def pulls_by_role(self) -> bool:
        """Whether images are pulled and logs sent in the execution role, and no other.

        On EC2 the role of the instance may do so (ECS developer guide, "Amazon ECS task execution
        IAM role").
        """
        return self in (Host.FARGATE, Host.MANAGED)


_HOSTS = {host.value: host for host in Host}


@dataclass(frozen=True, slots=True)
class Task:
    """A task definition that a service uses, and what runs it."""

    definition: TaskDefinition
    host: Host

    @property
    def containers(self) -> tuple[ContainerDefinition, ...]:
        return self.definition.container_definitions

    @property
    def name(self) -> str:
        """Its family and revision."""
        return self.definition.task_definition_arn.rpartition("/")[2]

    @property
    def images(self) -> tuple[Image | None, ...]:
        """The images in private registries of ECR, each once; None for one that is not readable."""
        found = (container_images.image(one.image) for one in self.containers)
        return tuple(dict.fromkeys(one for one in found if one is None or isinstance(one, Image)))

    @property
    def logs(self) -> tuple[dict[str, str], ...]:
        """The options of the containers whose logs ECS sends to CloudWatch."""
        found = (one.log_configuration for one in self.containers)
        return tuple(one.options for one in found if one and one.log_driver == "awslogs")

    @property
    def fetches(self) -> tuple[str, ...]:
        """What ECS fetches in the execution role, wherever the task runs."""
        found = []
        if any(one.secrets for one in self.containers):
            found.append("secrets")
        if any(one.log_configuration and one.log_configuration.secret_options
               for one in self.containers):  # fmt: skip
            found.append("secrets of a log driver")
        if any(one.repository_credentials for one in self.containers):
            found.append("credentials of a registry")
        if any(one.environment_files for one in self.containers):
            found.append("environment files")
        return tuple(found)

    @property
    def needs(self) -> tuple[str, ...]:
        """What ECS does in the execution role where nothing else does it."""
        images = ("an image in ECR",) if any(self.images) else ()
        return images + (("logs to CloudWatch",) if self.logs else ())


def each(
    service: Service, facts: Facts, judge: Callable[[Task], Iterator[Remark]]
) -> Iterator[Remark]:
    """What there is to say of each task definition that a service uses, its task sets included.

    One that is refused does not keep the others from being judged.
    """
    if service.status in _GOING:
        yield not_applicable("the service is being deleted")
        return
    names = ecs_tasks.in_use(service)
    if not names:
        yield unknown("ECS names no task definition of the service")
    yield from every(*(partial(_one, name, service, facts, judge) for name in names))


def _one(
    name: str, service: Service, facts: Facts, judge: Callable[[Task], Iterator[Remark]]
) -> Iterator[Remark]:
    found = facts.named(ecs_tasks.TASK_DEFINITIONS, name)
    if found is None:
        yield unknown("ECS does not show a task definition that the service uses")
        return
    yield from judge(Task(found, _host(service, found)))


def role_name(role: str) -> str:
    """The name of a role, which is unique in its account, out of its ARN or as it stands."""
    return role.rpartition("/")[2]


def _host(service: Service, task: TaskDefinition) -> Host:
    """By what AWS says of the service, else by the one thing that the task is made for."""
    if service.is_on_fargate:
        return Host.FARGATE
    live = (one.launch_type for one in service.task_sets if one.status != "DRAINING")
    types = {service.launch_type, *live} - {""} or {*task.requires_compatibilities}
    return _HOSTS.get(next(iter(types)), Host.UNKNOWN) if len(types) == 1 else Host.UNKNOWN
