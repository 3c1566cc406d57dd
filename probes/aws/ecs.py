"""ECS: clusters and services with their deployments' task sets."""

from __future__ import annotations

from pydantic import Field

from auditor.query import Name, Query, Shape
from auditor.resources import Tags

GONE = {"ClusterNotFoundException", "ServiceNotFoundException"}
FARGATE = frozenset({"FARGATE", "FARGATE_SPOT"})


class Setting(Shape):
    """A setting of a cluster, such as `containerInsights`."""

    name: str
    value: str = ""


class Cluster(Shape):
    """A cluster; an `INACTIVE` one was deleted and is still shown for a while."""

    cluster_arn: str
    cluster_name: str
    status: str = ""
    active_services_count: int | None = None
    running_tasks_count: int | None = None
    pending_tasks_count: int | None = None
    settings: tuple[Setting, ...] = ()
    tags: Tags = Field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether AWS says that nothing runs in it, nor is about to."""
        held = (self.active_services_count, self.running_tasks_count, self.pending_tasks_count)
        return held == (0, 0, 0)


class AwsVpc(Shape):
    """Where the interfaces of tasks are; no groups means the default group of the VPC (API)."""

    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    assign_public_ip: str = "DISABLED"


class NetworkConfiguration(Shape):
    """The network of tasks that have an interface of their own."""

    awsvpc_configuration: AwsVpc | None = None


class TrafficShift(Shape):
    """What ECS itself shifts traffic with: the other target group, listeners or rules, its role."""

    alternate_target_group_arn: str = ""
    production_listener_rule: str = ""
    test_listener_rule: str = ""
    role_arn: str = ""


class LoadBalancing(Shape):
    """Where tasks are registered: a target group, or a Classic Load Balancer by name."""

    target_group_arn: str = ""
    load_balancer_name: str = ""
    container_name: str = ""
    container_port: int | None = None
    advanced_configuration: TrafficShift | None = None


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


class CircuitBreaker(Shape):
    """What fails a rolling deployment whose tasks do not start; off unless it is enabled (API)."""

    enable: bool = False
    rollback: bool = False


class DeploymentConfiguration(Shape):
    """How a service is deployed; rolling where AWS names no strategy, as it did before others."""

    strategy: str = "ROLLING"
    deployment_circuit_breaker: CircuitBreaker = Field(default_factory=CircuitBreaker)
    alarms: DeploymentAlarms = Field(default_factory=DeploymentAlarms)


class CapacityProvider(Shape):
    """A source of capacity in a strategy; `FARGATE` and `FARGATE_SPOT` are AWS's own."""

    capacity_provider: str


class LatticeTarget(Shape):
    """A target group of VPC Lattice that tasks are registered in."""

    target_group_arn: str = ""


class Deployment(Shape):
    """A deployment of a service: alone it says which target groups of VPC Lattice there are."""

    status: str = ""
    vpc_lattice_configurations: tuple[LatticeTarget, ...] = ()


class Service(Shape):
    """A service; tasks without a network configuration share the network of their instance.

    `health_check_grace_period_seconds` is 0 where AWS leaves it out (API model). A service has
    either a launch type or capacity providers; `platform_family` is stated on Fargate alone.
    """

    service_arn: str
    service_name: str
    cluster_arn: str
    status: str = ""
    task_definition: str = ""
    desired_count: int | None = None
    scheduling_strategy: str = "REPLICA"
    launch_type: str = ""
    capacity_provider_strategy: tuple[CapacityProvider, ...] = ()
    platform_family: str = ""
    health_check_grace_period_seconds: int = 0
    enable_execute_command: bool = False
    deployments: tuple[Deployment, ...] = ()
    network_configuration: NetworkConfiguration | None = None
    load_balancers: tuple[LoadBalancing, ...] = ()
    task_sets: tuple[TaskSet, ...] = ()
    deployment_controller: Controller = Field(default_factory=Controller)
    deployment_configuration: DeploymentConfiguration = Field(
        default_factory=DeploymentConfiguration
    )
    tags: Tags = Field(default_factory=dict)

    @property
    def cluster(self) -> str:
        """The name of its cluster."""
        return self.cluster_arn.rpartition("/")[2]

    @property
    def is_balanced(self) -> bool:
        """Whether its tasks are registered with a load balancer or with VPC Lattice."""
        sets = (self.load_balancers, *(one.load_balancers for one in self.task_sets))
        lattice = (one.vpc_lattice_configurations for one in self.deployments)
        return any(sets) or any(lattice)

    @property
    def is_on_fargate(self) -> bool:
        """Whether its tasks run on Fargate, by all that AWS says of it."""
        providers = {one.capacity_provider for one in self.capacity_provider_strategy}
        types = {self.launch_type, *(one.launch_type for one in self.task_sets)}
        return bool(self.platform_family or "FARGATE" in types or providers & FARGATE)

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


def target_groups_of(service: Service) -> tuple[str, ...]:
    """For `where`: the services whose tasks are registered in a target group, by its ARN."""
    return service.target_groups


def alarms_watched(service: Service) -> tuple[str, ...]:
    """For `where`: the services whose deployments an alarm fails, by its name."""
    alarms = service.deployment_configuration.alarms
    return alarms.alarm_names if alarms.enable else ()


class AccountSetting(Shape):
    """A setting of the account that new resources take on."""

    name: str
    value: str = ""


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
INSIGHTS_DEFAULT = Query(
    "ecs:ListAccountSettings",
    AccountSetting,
    each="settings",
    key="name",
    also={"name": "containerInsights", "effectiveSettings": True},
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
