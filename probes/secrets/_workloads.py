"""Which secrets a workload names, in what AWS says of it, and the role that has to read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from auditor.facts import Facts
from auditor.probe import Remark, unknown
from probes.analysis.secret_references import Reference, credentials, value_from
from probes.aws import autoscaling, ec2_templates, ecs, ecs_tasks, iam, lambda_
from probes.aws.ecs_tasks import ContainerDefinition, TaskDefinition
from probes.aws.user_data import UserData

Workload: TypeAlias = ecs.Service | lambda_.Function | autoscaling.Group

WORKLOADS = (ecs.SERVICES, lambda_.FUNCTIONS, autoscaling.GROUPS)
NAMED_IN = (
    ecs_tasks.TASK_DEFINITIONS,
    lambda_.READERS,
    autoscaling.LAUNCH_CONFIGURATIONS,
    *ec2_templates.EVERY_VERSION,
)


_UNSHOWN = unknown("ECS does not show a task definition that it uses")


@dataclass(frozen=True, slots=True)
class Want:
    """A secret that a workload names, and where; `role` is empty where it certainly has none."""

    role: str
    reference: Reference
    where: str


def injected(service: ecs.Service, facts: Facts) -> Iterator[Want | Remark]:
    """What ECS itself fetches before the containers start, in the execution role."""
    for task in _tasks(service, facts):
        if task is None:
            yield _UNSHOWN
            continue
        for container in task.container_definitions:
            for where, reference in _injected(container):
                if reference is None:
                    yield unknown(f"what {where} names cannot be read")
                else:
                    yield Want(task.execution_role_arn, reference, where)


def named(workload: Workload, facts: Facts) -> Iterator[Want | Remark]:
    """What the workload's own code is told to read, in the workload's own role."""
    if isinstance(workload, ecs.Service):
        yield from _by_containers(workload, facts)
    elif isinstance(workload, lambda_.Function):
        yield from _by_function(workload, facts)
    else:
        yield from _by_group(workload, facts)


def _tasks(service: ecs.Service, facts: Facts) -> Iterator[TaskDefinition | None]:
    for arn in ecs_tasks.in_use(service):
        yield facts.named(ecs_tasks.TASK_DEFINITIONS, arn)


def _injected(container: ContainerDefinition) -> Iterator[tuple[str, Reference | None]]:
    logs = container.log_configuration
    for one in (*container.secrets, *(logs.secret_options if logs else ())):
        yield f"{one.name} of container {container.name}", value_from(one.value_from)
    registry = container.repository_credentials
    if registry and registry.credentials_parameter:
        where = f"the registry of container {container.name}"
        yield where, credentials(registry.credentials_parameter)


def _by_containers(service: ecs.Service, facts: Facts) -> Iterator[Want | Remark]:
    for task in _tasks(service, facts):
        if task is None:
            yield _UNSHOWN
            continue
        on_fargate = "FARGATE" in (service.launch_type, *task.requires_compatibilities)
        for container in task.container_definitions:
            for variable in container.environment:
                where = f"{variable.name} of container {container.name}"
                if variable.secrets and not (task.task_role_arn or on_fargate):
                    yield unknown(f"what {where} names is read in the role of an instance")
                    continue
                for secret in variable.secrets:
                    yield Want(task.task_role_arn, Reference(secret), where)


def _by_function(function: lambda_.Function, facts: Facts) -> Iterator[Want | Remark]:
    reader = facts.named(lambda_.READERS, function.function_arn)
    if reader is None or reader.environment is None:
        yield unknown("Lambda could not decrypt the variables of the function")
        return
    for variable in reader.environment:
        for secret in variable.secrets:
            yield Want(reader.role, Reference(secret), variable.name)


def _by_group(group: autoscaling.Group, facts: Facts) -> Iterator[Want | Remark]:
    for version in ec2_templates.versions_used(group, facts):
        if version is None:
            yield unknown("a version of its launch template is not there")
            continue
        data = version.launch_template_data
        profile = data.iam_instance_profile
        yield from _by_script(data.user_data, profile.arn or profile.name if profile else "", facts)
    name = group.launch_configuration_name
    found = facts.named(autoscaling.LAUNCH_CONFIGURATIONS, name) if name else None
    if found is not None:
        yield from _by_script(found.user_data, found.iam_instance_profile, facts)


def _by_script(script: UserData, profile: str, facts: Facts) -> Iterator[Want]:
    named = (
        [one.name for one in script.secrets if one.service == "secretsmanager"] if script else []
    )
    if not named:
        return
    held = facts.where(iam.ROLES, iam.profile_names_of, profile) if profile else ()
    role = held[0].arn if held else ""
    for name in named:
        yield Want(role, Reference(name), "the user data")
