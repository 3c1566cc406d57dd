"""ECS: clusters and services with their deployments' task sets."""

from __future__ import annotations

from pydantic import Field

from auditor.query import Name, Query, Shape
from auditor.resources import Tags

GONE = {"ClusterNotFoundException", "ServiceNotFoundException"}


class Setting(Shape):
    """A setting of a cluster, such as `containerInsights`."""

    name: str
    value: str = ""


class Cluster(Shape):
    """A cluster; an `INACTIVE` one was deleted and is still shown for a while."""

    cluster_arn: str
    cluster_name: str
    status: str = ""
    settings: tuple[Setting, ...] = ()
    tags: Tags = Field(default_factory=dict)


class AwsVpc(Shape):
    """Where the interfaces of tasks are; no groups means the default group of the VPC (API)."""

    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    assign_public_ip: str = "DISABLED"


class NetworkConfiguration(Shape):
    """The network of tasks that have an interface of their own."""

    awsvpc_configuration: AwsVpc | None = None


class LoadBalancing(Shape):
    """Where tasks are registered: a target group, or a Classic Load Balancer by name."""

    target_group_arn: str = ""
    load_balancer_name: str = ""
    container_name: str = ""
    container_port: int | None = None


class TaskSet(Shape):
    """One of the sets of tasks of a service that CodeDeploy or another tool deploys."""

    task_set_arn: str
    status: str = ""
    task_definition: str = ""
    launch_type: str = ""
    network_configuration: NetworkConfiguration | None = None
    load_balancers: tuple[LoadBalancing, ...] = ()


class Controller(Shape):
    """Who deploys: `ECS`, `CODE_DEPLOY` or `EXTERNAL`."""

    type: str = "ECS"


class DeploymentAlarms(Shape):
    """The alarms, by name, that fail a deployment of a service while they are enabled."""

    alarm_names: tuple[str, ...] = ()
    enable: bool = False


class DeploymentConfiguration(Shape):
    """How a service is deployed."""

    alarms: DeploymentAlarms = Field(default_factory=DeploymentAlarms)


class Service(Shape):
    """A service; tasks without a network configuration share the network of their instance."""

    service_arn: str
    service_name: str
    cluster_arn: str
    status: str = ""
    task_definition: str = ""
    launch_type: str = ""
    network_configuration: NetworkConfiguration | None = None
    load_balancers: tuple[LoadBalancing, ...] = ()
    task_sets: tuple[TaskSet, ...] = ()
    deployment_controller: Controller = Field(default_factory=Controller)
    deployment_configuration: DeploymentConfiguration = Field(
        default_factory=DeploymentConfiguration
    )
    tags: Tags = Field(default_factory=dict)

    @property
    def networks(self) -> tuple[AwsVpc, ...]:
        """Where its tasks run; with task sets these say so, the service only how it began."""
        live = [one.network_configuration for one in self.task_sets if one.status != "DRAINING"]
        found = live or [self.network_configuration]
        return tuple(n.awsvpc_configuration for n in found if n and n.awsvpc_configuration)

    @property
    def target_groups(self) -> tuple[str, ...]:
        """The ARNs of the target groups that its tasks are registered in."""
        bound = (self.load_balancers, *(one.load_balancers for one in self.task_sets))
        return tuple(dict.fromkeys(b.target_group_arn for one in bound for b in one))


def security_groups_of(service: Service) -> tuple[str, ...]:
    """For `where`: the services whose tasks have a group."""
    return tuple(dict.fromkeys(g for net in service.networks for g in net.security_groups))


def alarms_watched(service: Service) -> tuple[str, ...]:
    """For `where`: the services whose deployments an alarm fails, by its name."""
    alarms = service.deployment_configuration.alarms
    return alarms.alarm_names if alarms.enable else ()


CLUSTER_ARNS = Query("ecs:ListClusters", Name, each="clusterArns", also={"maxResults": 100})
CLUSTERS = Query(
    "ecs:DescribeClusters",
    Cluster,
    each="clusters",
    key="clusterArn",
    of=CLUSTER_ARNS,
    given={"clusters": "value"},
    batch=100,
    also={"include": ["SETTINGS", "TAGS"]},
    arn="clusterArn",
    name="clusterName",
    tags="tags",
    type="AWS::ECS::Cluster",
    gone=GONE,
)
SERVICE_ARNS = Query(
    "ecs:ListServices",
    Name,
    each="serviceArns",
    of=CLUSTER_ARNS,
    given={"cluster": "value"},
    also={"maxResults": 100},
    gone=GONE,
)
SERVICES = Query(
    "ecs:DescribeServices",
    Service,
    each="services",
    key="serviceArn",
    of=SERVICE_ARNS,
    given={"services": "value", "cluster": "^value"},
    batch=10,
    also={"include": ["TAGS"]},
    arn="serviceArn",
    name="serviceName",
    tags="tags",
    type="AWS::ECS::Service",
    gone=GONE,
)
