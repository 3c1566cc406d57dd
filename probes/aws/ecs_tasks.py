"""ECS: the task definitions that services use; of environment variables no value is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from auditor.query import JSON, Query, Reduced, Shape
from probes.analysis.variable_values import of_environment
from probes.aws.ecs import SERVICES, Service
from probes.aws.variables import JudgedVariable

if TYPE_CHECKING:
    from auditor.facts import Facts

_FORMS = {"CMD", "CMD-SHELL", "NONE"}


class InjectedSecret(Shape):
    """A secret or parameter that the execution role fetches before the container starts."""

    name: str = ""
    value_from: str


class LogConfiguration(Shape):
    """Where a container logs, and the secrets that its log driver is given."""

    log_driver: str = ""
    options: dict[str, str] = Field(default_factory=dict)
    secret_options: tuple[InjectedSecret, ...] = ()


class RepositoryCredentials(Shape):
    """The secret that opens a private registry, by ARN or by name."""

    credentials_parameter: str = ""


def _form_of(command: object) -> JSON:
    """How a command is run: `CMD`, `CMD-SHELL` or `NONE`, or `other`; the rest is not kept.

    What is no list of words is False, which no shape accepts.
    """
    if not isinstance(command, list | tuple) or not all(isinstance(one, str) for one in command):
        return False
    return [word if word in _FORMS else "other" for word in command[:1]]


class HealthCheck(Shape):
    """How ECS itself checks a container; the defaults are those of the API, times in seconds."""

    command: Annotated[tuple[str, ...], Reduced(_form_of)] = ()
    interval: int = 30
    timeout: int = 5
    retries: int = 3
    start_period: int = 0

    @property
    def is_on(self) -> bool:
        """Whether there is a command; `NONE` is Docker's word for none."""
        return bool(self.command) and self.command[0] != "NONE"


class EnvironmentFile(Shape):
    """A file in S3 with further variables, by its ARN."""

    value: str = ""


class ContainerDefinition(Shape):
    """A container of a task; it is essential unless it says otherwise (API model).

    `cpu` is 0 where it reserves none, and memory is in MiB: a limit and a reservation.
    """

    name: str
    image: str = ""
    essential: bool = True
    cpu: int = 0
    memory: int | None = None
    memory_reservation: int | None = None
    health_check: HealthCheck | None = None
    readonly_root_filesystem: bool = False
    environment: Annotated[tuple[JudgedVariable, ...], Reduced(of_environment)] = ()
    environment_files: tuple[EnvironmentFile, ...] = ()
    secrets: tuple[InjectedSecret, ...] = ()
    log_configuration: LogConfiguration | None = None
    repository_credentials: RepositoryCredentials | None = None


class RuntimePlatform(Shape):
    """What a task runs on; Linux unless it says otherwise."""

    operating_system_family: str = "LINUX"


class TaskDefinition(Shape):
    """A revision of a task definition; a role is empty where it names none.

    `cpu` in CPU units and `memory` in MiB are empty where the task itself has no size.
    """

    task_definition_arn: str
    family: str = ""
    cpu: str = ""
    memory: str = ""
    runtime_platform: RuntimePlatform = Field(default_factory=RuntimePlatform)
    task_role_arn: str = ""
    execution_role_arn: str = ""
    requires_compatibilities: tuple[str, ...] = ()
    container_definitions: tuple[ContainerDefinition, ...] = ()


def in_use(service: Service) -> tuple[str, ...]:
    """The task definitions of a service: its own, and those of what is being deployed."""
    live = (one.task_definition for one in service.task_sets if one.status != "DRAINING")
    return tuple(dict.fromkeys(arn for arn in (service.task_definition, *live) if arn))


def _in_use(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    for service in facts.seen(SERVICES):
        for arn in in_use(service):
            yield {"taskDefinition": arn}


TASK_DEFINITIONS = Query(
    "ecs:DescribeTaskDefinition",
    TaskDefinition,
    at="taskDefinition",
    key="taskDefinitionArn",
    asks=_in_use,
    reads=(SERVICES,),
    arn="taskDefinitionArn",
    name="family",
    lasting="family",
    type="AWS::ECS::TaskDefinition",
)
"""Asked for each revision that a service uses: `named(TASK_DEFINITIONS, arn)`."""
