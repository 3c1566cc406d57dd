"""EC2 Auto Scaling: groups, what they launch from, what happened to them.

How they scale: `autoscaling_policies`.
"""

from __future__ import annotations

from pydantic import AwareDatetime, Field

from auditor.query import Query, Shape
from auditor.resources import Tags
from probes.analysis.launch_templates import DEFAULT
from probes.aws.user_data import UserData

_LARGEST_PAGE = 100


class TemplateReference(Shape):
    """The launch template that a group names; `$Default` where it names no version."""

    launch_template_id: str = ""
    launch_template_name: str = ""
    version: str = DEFAULT

    @property
    def template(self) -> str:
        """The template's id, or its name where the group gives none."""
        return self.launch_template_id or self.launch_template_name


class Override(Shape):
    """An instance type of a mixed group; it may have a template or an image of its own."""

    launch_template_specification: TemplateReference | None = None
    image_id: str = ""


class MixedTemplate(Shape):
    """The template of a mixed group, and the types that may have others."""

    launch_template_specification: TemplateReference | None = None
    overrides: tuple[Override, ...] = ()


class MixedInstances(Shape):
    """What a mixed group launches from."""

    launch_template: MixedTemplate | None = None


class GroupInstance(Shape):
    """An instance as its group sees it; it weighs one unit unless the group weighs its types."""

    instance_id: str
    lifecycle_state: str
    weighted_capacity: str = "1"


class SuspendedProcess(Shape):
    """A process of a group that somebody, or AWS after many failures, stopped."""

    process_name: str


class EnabledMetric(Shape):
    """A metric of the group that CloudWatch is sent every minute."""

    metric: str


class WarmPool(Shape):
    """The pool of instances that wait, started before; only its being there is read."""


class Operator(Shape):
    """The AWS service that manages a group for the customer, who cannot change it."""

    principal: str = ""


class Group(Shape):
    """A scaling group.

    It launches from a template, a mixed policy or a launch configuration. `status` is there only
    while the group is being deleted, `desired_capacity_type` only for groups that choose types by
    attributes: units, vcpu or memory-mib.
    """

    auto_scaling_group_name: str
    auto_scaling_group_arn: str = Field(alias="AutoScalingGroupARN")
    launch_template: TemplateReference | None = None
    mixed_instances_policy: MixedInstances | None = None
    launch_configuration_name: str = ""
    min_size: int
    max_size: int
    desired_capacity: int
    desired_capacity_type: str = "units"
    instances: tuple[GroupInstance, ...] = ()
    target_group_arns: tuple[str, ...] = Field((), alias="TargetGroupARNs")
    suspended_processes: tuple[SuspendedProcess, ...] = ()
    enabled_metrics: tuple[EnabledMetric, ...] = ()
    warm_pool_configuration: WarmPool | None = None
    status: str = ""
    operator: Operator | None = None
    service_linked_role_arn: str = Field("", alias="ServiceLinkedRoleARN")
    tags: Tags = Field(default_factory=dict)


class GroupTag(Shape):
    """A tag of a group, and whether instances that the group launches get it, too."""

    resource_id: str
    key: str
    value: str = ""
    propagate_at_launch: bool


class Activity(Shape):
    """One launch or termination, of the last six weeks."""

    activity_id: str
    auto_scaling_group_name: str
    auto_scaling_group_arn: str = Field("", alias="AutoScalingGroupARN")
    description: str = ""
    cause: str = ""
    start_time: AwareDatetime
    status_code: str
    status_message: str = ""


FAILED = frozenset({"Failed", "Cancelled"})
"""The status of activities that came to nothing (API model, `ScalingActivityStatusCode`)."""


class InstanceMonitoring(Shape):
    """Detailed monitoring; a launch configuration has it unless it says otherwise."""

    enabled: bool = True


class ConfiguredVolume(Shape):
    """A volume of a launch configuration; None where encryption is left to snapshot and account."""

    snapshot_id: str = ""
    encrypted: bool | None = None


class ConfiguredDevice(Shape):
    """A device of a launch configuration."""

    device_name: str
    ebs: ConfiguredVolume | None = None
    no_device: bool = False


class LaunchConfiguration(Shape):
    """What came before launch templates: it has no versions and cannot tag."""

    launch_configuration_name: str
    launch_configuration_arn: str = Field(alias="LaunchConfigurationARN")
    image_id: str = ""
    instance_monitoring: InstanceMonitoring = Field(default_factory=InstanceMonitoring)
    block_device_mappings: tuple[ConfiguredDevice, ...] = ()
    iam_instance_profile: str = ""
    security_groups: tuple[str, ...] = ()
    user_data: UserData = None


def references_of(group: Group) -> tuple[TemplateReference, ...]:
    """Every launch template and version that a group may launch from, each once."""
    named = [group.launch_template]
    mixed = group.mixed_instances_policy and group.mixed_instances_policy.launch_template
    if mixed:
        named.append(mixed.launch_template_specification)
        named += [override.launch_template_specification for override in mixed.overrides]
    return tuple(dict.fromkeys(one for one in named if one))


def templates_named(group: Group) -> tuple[str, ...]:
    """For `where`: the groups that name a launch template, by its id or its name."""
    named = (
        name
        for r in references_of(group)
        for name in (r.launch_template_id, r.launch_template_name)
    )
    return tuple(dict.fromkeys(name for name in named if name))


def why_unmanaged(group: Group) -> str:
    """Why nothing is asked of a group: it is about to go, or AWS keeps it; nothing otherwise."""
    if group.status:
        return "the group is being deleted"
    if group.operator and group.operator.principal:
        return f"{group.operator.principal} keeps this group"
    return ""


def target_groups_of(group: Group) -> tuple[str, ...]:
    """For `where`: the groups whose instances are registered in a target group, by its ARN."""
    return group.target_group_arns


def configuration_named(group: Group) -> str:
    """For `where`: the groups that launch from a launch configuration."""
    return group.launch_configuration_name


def security_groups_of(configuration: LaunchConfiguration) -> tuple[str, ...]:
    """For `where`: the launch configurations that name a security group."""
    return configuration.security_groups


def group_of(activity: Activity) -> str:
    """For `where`: what happened to a group."""
    return activity.auto_scaling_group_name


def tagged_group(tag: GroupTag) -> str:
    """For `where`: the tags of a group."""
    return tag.resource_id


GROUPS = Query(
    "autoscaling:DescribeAutoScalingGroups",
    Group,
    each="AutoScalingGroups",
    key="AutoScalingGroupName",
    also={"MaxRecords": _LARGEST_PAGE},
    arn="AutoScalingGroupARN",
    name="AutoScalingGroupName",
    tags="Tags",
    type="AWS::AutoScaling::AutoScalingGroup",
)
GROUP_TAGS = Query(
    "autoscaling:DescribeAutoScalingGroups",
    GroupTag,
    each="AutoScalingGroups[].Tags",
    key=("ResourceId", "Key"),
    also={"MaxRecords": _LARGEST_PAGE},
    label="tags",
)
ACTIVITIES = Query(
    "autoscaling:DescribeScalingActivities",
    Activity,
    each="Activities",
    key="ActivityId",
    also={"MaxRecords": _LARGEST_PAGE},
)
LAUNCH_CONFIGURATIONS = Query(
    "autoscaling:DescribeLaunchConfigurations",
    LaunchConfiguration,
    each="LaunchConfigurations",
    key="LaunchConfigurationName",
    also={"MaxRecords": _LARGEST_PAGE},
    arn="LaunchConfigurationARN",
    name="LaunchConfigurationName",
    type="AWS::AutoScaling::LaunchConfiguration",
)
