"""What logs, and to which log groups."""

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.facts import Facts
from auditor.query import Query, Shape
from probes.aws import codebuild, ec2_flow_logs, ecs, ecs_tasks, lambda_, rds

Producer = (
    lambda_.Function
    | ecs.Service
    | rds.Instance
    | rds.Cluster
    | codebuild.Project
    | ec2_flow_logs.FlowLog
)
PRODUCERS: tuple[Query[Shape], ...] = (
    lambda_.FUNCTIONS,
    ecs.SERVICES,
    rds.INSTANCES,
    rds.CLUSTERS,
    codebuild.PROJECTS,
    ec2_flow_logs.FLOW_LOGS,
)


@dataclass(frozen=True, slots=True)
class Destination:
    """A log group that something logs to.

    What is `certain` has tried to log or cannot start without it; other groups are made when
    something is logged for the first time. `region` is empty for the producer's own.
    """

    name: str
    certain: bool = False
    region: str = ""


def destinations(producer: Producer, facts: Facts) -> Iterator[Destination]:
    """The log groups that a producer logs to; none where it logs elsewhere or not at all."""
    match producer:
        case lambda_.Function():
            if not producer.master_arn:
                yield Destination(lambda_.log_group_of(producer))
        case ecs.Service():
            yield from _of_service(producer, facts)
        case rds.Instance():
            yield from _of_database(producer, "instance")
        case rds.Cluster():
            yield from _of_database(producer, "cluster")
        case codebuild.Project():
            yield from _of_project(producer)
        case ec2_flow_logs.FlowLog():
            yield from _of_flow_log(producer)


def _of_service(service: ecs.Service, facts: Facts) -> Iterator[Destination]:
    """The groups of all containers: the driver makes them only where it is told to (ECS API)."""
    if service.status in {"INACTIVE", "DRAINING"}:
        return
    for arn in ecs_tasks.in_use(service):
        definition = facts.named(ecs_tasks.TASK_DEFINITIONS, arn)
        for container in definition.container_definitions if definition else ():
            logs = container.log_configuration
            if logs is None or logs.log_driver != "awslogs":
                continue
            made = logs.options.get("awslogs-create-group", "").lower() == "true"
            region = logs.options.get("awslogs-region", "")
            name = logs.options.get("awslogs-group", "")
            if name:
                yield Destination(name, certain=not made, region=region)


def _of_database(database: rds.Database, kind: str) -> Iterator[Destination]:
    """A group for each exported log, made with its first line (RDS user guide)."""
    for log in sorted(rds.exported(database)):
        yield Destination(f"/aws/rds/{kind}/{database.identifier}/{log}")


def _of_project(project: codebuild.Project) -> Iterator[Destination]:
    logs = project.logs_config.cloud_watch_logs
    if logs.status == "ENABLED":
        yield Destination(logs.group_name or f"/aws/codebuild/{project.name}")


def _of_flow_log(log: ec2_flow_logs.FlowLog) -> Iterator[Destination]:
    """Flow logs make their group if they may; a failed delivery has tried."""
    if log.log_destination_type == "cloud-watch-logs" and not log.deliver_cross_account_role:
        yield Destination(log.log_group_name, certain=log.deliver_logs_status == "FAILED")
