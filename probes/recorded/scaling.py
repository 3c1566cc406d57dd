"""EC2 Auto Scaling and launch templates: what is launched, and how many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from auditor.query import JSON, Query, Reduced, Shape
from auditor.recording.recordable import Fold, Recordable, Rule
from probes.aws import (
    application_autoscaling,
    autoscaling,
    autoscaling_policies,
    ec2_templates,
)
from probes.recorded._documents import digest, inside


def is_not_yours(group: Mapping[str, JSON]) -> bool:
    """Whether a group is being deleted, or kept by an AWS service: nothing of it is approved."""
    operator = group.get("Operator")
    of_service = isinstance(operator, Mapping) and operator.get("Principal")
    return bool(group.get("Status") or of_service)


def propagated(tags: list[JSON]) -> JSON:
    """The keys of the tags that instances get, too; those of AWS itself are nobody's to set."""
    keys = (str(tag.get("Key", "")) for tag in tags if tag.get("PropagateAtLaunch"))
    return [key for key in keys if not key.startswith("aws:")]


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
    folds=(
        Fold(
            "PropagateAtLaunch",
            autoscaling.GROUP_TAGS,
            propagated,
            (autoscaling.tagged_group, "AutoScalingGroupName"),
        ),
    ),
    names={
        "DefaultCooldown": "Cooldown",
        "PropagateAtLaunch": "Tags.PropagateAtLaunch",
        "EnabledMetrics": "MetricsCollection",
        "SuspendedProcesses": "",
        "WarmPoolConfiguration": "AWS::AutoScaling::WarmPool",
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


def by_number(versions: list[JSON]) -> JSON:
    """What each version says."""
    return {str(one["VersionNumber"]): one["LaunchTemplateData"] for one in versions}


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
_IN_USE = Query(
    "ec2:DescribeLaunchTemplateVersions",
    VersionRecorded,
    each="LaunchTemplateVersions",
    key=ec2_templates.VERSIONS.key,
    asks=ec2_templates.in_use_by_number,
    reads=ec2_templates.TO_NUMBER,
    absent=ec2_templates.NO_SUCH_VERSION,
    label="in use whole",
)
_DATA = ("LaunchTemplateData", "DefaultVersionData")
_NOT_OF_TEMPLATES = (
    "ElasticGpuSpecifications", "ElasticInferenceAccelerators",
    "InstanceRequirements.RequireEncryptionInTransit", "MetadataOptions.State",
    "Monitoring.MetricCategoryIds", "Operator", "Placement.AvailabilityZoneId",
    "SecondaryInterfaces",
)  # fmt: skip
"""What no template of CloudFormation can say of what is launched (its resource reference)."""

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
        Fold("VersionsInUse", _IN_USE, by_number, _OF_TEMPLATE),
    ),
    names={
        "DefaultVersionData": "LaunchTemplateData",
        "Tags": "TagSpecifications.Tags",
        "VersionsInUse": "",
        **{f"{data}.{path}": "" for data in _DATA for path in _NOT_OF_TEMPLATES},
    },
)  # fmt: skip
"""What a launch template says is in its versions: the latest one and the default one count.

So does each that a scaling group names by its number, under that number: nobody can change what it
says, but which ones are in use.
"""
SCALING_POLICY = Recordable(
    replace(autoscaling_policies.POLICIES, key=("AutoScalingGroupName", "PolicyName")),
    keeps=(
        "AutoScalingGroupName", "PolicyType", "AdjustmentType", "MinAdjustmentStep",
        "MinAdjustmentMagnitude", "ScalingAdjustment", "Cooldown", "StepAdjustments",
        "MetricAggregationType", "EstimatedInstanceWarmup", "TargetTrackingConfiguration",
        "Enabled", "PredictiveScalingConfiguration",
    ),
    leaves=("PolicyName", "PolicyARN", "Alarms"),
    names={"Enabled": "", "MinAdjustmentStep": ""},
)  # fmt: skip
"""The alarms that call a policy are recorded themselves, with what they call."""
SCHEDULED_ACTION = Recordable(
    replace(
        autoscaling_policies.SCHEDULED_ACTIONS,
        key=("AutoScalingGroupName", "ScheduledActionName"),
    ),
    keeps=(
        "AutoScalingGroupName", "StartTime", "EndTime", "Recurrence", "MinSize", "MaxSize",
        "DesiredCapacity", "TimeZone",
    ),
    leaves=("ScheduledActionName", "ScheduledActionARN", "Time"),
    free={"StartTime"},
)  # fmt: skip
"""Of what recurs, the start may be the next one: it moves by itself."""
SCALABLE_TARGET = Recordable(
    application_autoscaling.TARGETS,
    keeps=(
        "ServiceNamespace", "ResourceId", "ScalableDimension", "MinCapacity", "MaxCapacity",
        "RoleARN", "SuspendedState",
    ),
    leaves=("PredictedCapacity", "CreationTime", "ScalableTargetARN"),
)  # fmt: skip
TARGET_POLICY = Recordable(
    application_autoscaling.POLICIES,
    keeps=(
        "ServiceNamespace", "ResourceId", "ScalableDimension", "PolicyType",
        "StepScalingPolicyConfiguration", "TargetTrackingScalingPolicyConfiguration",
        "PredictiveScalingPolicyConfiguration",
    ),
    leaves=("PolicyARN", "PolicyName", "Alarms", "CreationTime"),
)  # fmt: skip
