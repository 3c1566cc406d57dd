"""ECS: the task definitions that services use; of environment variables the names alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from auditor.query import JSON, Query, Reduced, Shape
from probes.analysis.secret_references import of_variables
from probes.aws.ecs import SERVICES, Service
from probes.aws.variables import Variable

if TYPE_CHECKING:
    from auditor.facts import Facts


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


class ContainerDefinition(Shape):
    """A container of a task."""

    name: str
    environment: Annotated[tuple[Variable, ...], Reduced(of_variables)] = ()
    secrets: tuple[InjectedSecret, ...] = ()
    log_configuration: LogConfiguration | None = None
    repository_credentials: RepositoryCredentials | None = None


class TaskDefinition(Shape):
    """A revision of a task definition; a role is empty where it names none."""

    task_definition_arn: str
    family: str = ""
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
