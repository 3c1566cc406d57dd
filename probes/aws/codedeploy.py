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


class DeploymentGroup(Shape):
    """What is deployed where, and how."""

    deployment_group_id: str
    deployment_group_name: str
    application_name: str
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
