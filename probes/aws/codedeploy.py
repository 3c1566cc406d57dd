"""CodeDeploy: applications and their deployment groups."""

from __future__ import annotations

from pydantic import Field

from auditor.query import Name, Query, Shape

GONE = {"ApplicationDoesNotExistException"}


class WatchedAlarm(Shape):
    """An alarm, by name."""

    name: str = ""


class AlarmConfiguration(Shape):
    """The alarms that stop a deployment; none are looked at unless it is enabled."""

    enabled: bool = False
    alarms: tuple[WatchedAlarm, ...] = ()


class AutoRollback(Shape):
    """What makes CodeDeploy return to the last revision; nothing unless it is enabled."""

    enabled: bool = False
    events: tuple[str, ...] = ()


class EcsService(Shape):
    """A service of ECS that a group deploys, by name."""

    service_name: str = ""
    cluster_name: str = ""


class Style(Shape):
    """How a deployment replaces what runs: in place or blue/green, by a load balancer or not."""

    deployment_type: str = "IN_PLACE"
    deployment_option: str = "WITHOUT_TRAFFIC_CONTROL"


class Route(Shape):
    """The listener by which traffic comes, by ARN; one at most (API model, `TrafficRoute`)."""

    listener_arns: tuple[str, ...] = ()


class NamedTargetGroup(Shape):
    """A target group, by name."""

    name: str = ""


class TargetGroupPair(Shape):
    """The two target groups between which traffic shifts, and its listeners.

    The route of test traffic is optional (API model, `TargetGroupPairInfo`).
    """

    target_groups: tuple[NamedTargetGroup, ...] = ()
    prod_traffic_route: Route | None = None
    test_traffic_route: Route | None = None


class LoadBalancerInfo(Shape):
    """What balances the load of what is deployed: one pair at most, and only for ECS."""

    target_group_pair_info_list: tuple[TargetGroupPair, ...] = ()


class DeploymentGroup(Shape):
    """What is deployed where, and how."""

    deployment_group_id: str
    deployment_group_name: str
    application_name: str
    deployment_config_name: str = ""
    service_role_arn: str = ""
    deployment_style: Style = Field(default_factory=Style)
    load_balancer_info: LoadBalancerInfo = Field(default_factory=LoadBalancerInfo)
    auto_rollback_configuration: AutoRollback = Field(default_factory=AutoRollback)
    ecs_services: tuple[EcsService, ...] = ()
    alarm_configuration: AlarmConfiguration = Field(default_factory=AlarmConfiguration)


APPLICATIONS = Query("codedeploy:ListApplications", Name, each="applications")
GROUP_NAMES = Query(
    "codedeploy:ListDeploymentGroups",
    Name,
    each="deploymentGroups",
    of=APPLICATIONS,
    given={"applicationName": "value"},
    gone=GONE,
)
GROUPS = Query(
    "codedeploy:BatchGetDeploymentGroups",
    DeploymentGroup,
    each="deploymentGroupsInfo",
    key="deploymentGroupName",
    of=GROUP_NAMES,
    given={"deploymentGroupNames": "value", "applicationName": "^value"},
    batch=100,
    arn=(
        "arn:{partition}:codedeploy:{region}:{account}:deploymentgroup:"
        "{applicationName}/{deploymentGroupName}"
    ),
    name="deploymentGroupName",
    type="AWS::CodeDeploy::DeploymentGroup",
    gone=GONE,
)


def alarms_watched(group: DeploymentGroup) -> tuple[str, ...]:
    """For `where`: the groups whose deployments an alarm stops, by its name."""
    if not group.alarm_configuration.enabled:
        return ()
    return tuple(alarm.name for alarm in group.alarm_configuration.alarms)


def services_deployed(group: DeploymentGroup) -> tuple[str, ...]:
    """For `where`: the groups that deploy a service of ECS, as `CLUSTER/SERVICE`."""
    return tuple(f"{one.cluster_name}/{one.service_name}" for one in group.ecs_services)
