"""EC2 Auto Scaling and launch templates: what is launched, and how many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from auditor.query import JSON, Query, Reduced, Shape
from auditor.recording import Fold, Recordable, Rule
from probes.aws import autoscaling, ec2_templates
from probes.recorded._documents import digest, inside


def is_not_yours(group: Mapping[str, JSON]) -> bool:
    """Whether a group is being deleted, or kept by an AWS service: nothing of it is approved."""
    operator = group.get("Operator")
    of_service = isinstance(operator, Mapping) and operator.get("Principal")
    return bool(group.get("Status") or of_service)


SCALING_GROUP = Recordable(
    autoscaling.GROUPS,
    keeps=(
        "LaunchConfigurationName", "LaunchTemplate", "MixedInstancesPolicy", "MinSize", "MaxSize",
        "DesiredCapacity", "DefaultCooldown", "AvailabilityZones", "LoadBalancerNames",
        "TargetGroupARNs", "HealthCheckType", "HealthCheckGracePeriod", "SuspendedProcesses",
        "PlacementGroup", "VPCZoneIdentifier", "EnabledMetrics", "TerminationPolicies",
        "NewInstancesProtectedFromScaleIn", "ServiceLinkedRoleARN", "MaxInstanceLifetime",
        "CapacityRebalance", "WarmPoolConfiguration", "Context", "DesiredCapacityType",
        "DefaultInstanceWarmup", "TrafficSources", "InstanceMaintenancePolicy",
        "DeletionProtection", "AvailabilityZoneDistribution", "AvailabilityZoneImpairmentPolicy",
        "CapacityReservationSpecification", "InstanceLifecyclePolicy",
    ),
    leaves=(
        "AutoScalingGroupName", "AutoScalingGroupARN", "PredictedCapacity", "AvailabilityZoneIds",
        "Instances", "CreatedTime", "Status", "WarmPoolSize", "Operator",
    ),
    rules={"VPCZoneIdentifier": Rule(lambda ids: ids.split(",") if isinstance(ids, str) else ids)},
    volatile={"SuspendedProcesses.SuspensionReason", "WarmPoolConfiguration.Status"},
    ordered={"TerminationPolicies", "MixedInstancesPolicy.LaunchTemplate.Overrides"},
    names={
        "DefaultCooldown": "Cooldown",
        "EnabledMetrics": "MetricsCollection",
        "SuspendedProcesses": "",
    },
    free={"DesiredCapacity"},
    skips=is_not_yours,
    looks=("Status", "Operator"),
)  # fmt: skip


class VersionRecorded(Shape):
    """A version of a launch template with all that it says, of user data only the digest."""

    launch_template_id: str
    version_number: int
    default_version: bool = False
    launch_template_data: Annotated[Any, Reduced(inside(UserData=digest))] = None


def template_of(version: VersionRecorded) -> str:
    """For the join: the template that a version is one of."""
    return version.launch_template_id


def latest(versions: list[JSON]) -> JSON:
    """What the latest version says."""
    newest = max(versions, key=lambda one: one["VersionNumber"], default=None)
    return newest["LaunchTemplateData"] if newest else None


def default(versions: list[JSON]) -> JSON:
    """What the default version says."""
    found = (one["LaunchTemplateData"] for one in versions if one.get("DefaultVersion"))
    return next(found, None)


_VERSIONS = Query(
    "ec2:DescribeLaunchTemplateVersions",
    VersionRecorded,
    each="LaunchTemplateVersions",
    key=ec2_templates.VERSIONS.key,
    also=ec2_templates.VERSIONS.also,
    label="whole",
)
_OF_TEMPLATE = (template_of, "LaunchTemplateId")
LAUNCH_TEMPLATE = Recordable(
    ec2_templates.LAUNCH_TEMPLATES,
    keeps=(),
    leaves=(
        "LaunchTemplateId", "LaunchTemplateName", "CreateTime", "CreatedBy", "DefaultVersionNumber",
        "LatestVersionNumber", "Operator",
    ),
    folds=(
        Fold("LaunchTemplateData", _VERSIONS, latest, _OF_TEMPLATE),
        Fold("DefaultVersionData", _VERSIONS, default, _OF_TEMPLATE),
    ),
    names={"DefaultVersionData": "LaunchTemplateData"},
)  # fmt: skip
"""What a launch template says is in its versions: the latest one and the default one count."""
