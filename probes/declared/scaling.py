"""EC2 Auto Scaling and launch templates."""

from __future__ import annotations

from auditor.drift.declarable import Changer, Declarable, NotComparable, Property
from auditor.query import JSON
from probes.declared._changers import after, declares
from probes.declared._words import listed, mappings, same
from probes.recorded import scaling
from probes.recorded._documents import digest, inside


def metrics(value: JSON) -> JSON:
    """The collected metrics one by one; a collection that names none is of all that there are."""
    collections = mappings(value)
    if any("Metrics" not in one for one in collections):
        raise NotComparable("all metrics, whichever there are")
    return [
        {"Metric": name, "Granularity": one.get("Granularity", "1Minute")}
        for one in collections
        for name in listed(one["Metrics"])
    ]


_SCHEDULED = "AWS::AutoScaling::ScheduledAction"
_CHANGED = (
    *(
        Changer(
            _SCHEDULED,
            ("AutoScalingGroupName",),
            (name,),
            "a scheduled action changes it",
            when=declares(name),
        )
        for name in ("MinSize", "MaxSize", "DesiredCapacity")
    ),
    Changer(
        "AWS::AutoScalingPlans::ScalingPlan",
        ("ScalingInstructions.ResourceId",),
        ("MinSize", "MaxSize", "DesiredCapacity"),
        "a scaling plan changes it",
        called=after("autoScalingGroup/"),
    ),
    Changer(
        "AWS::ECS::CapacityProvider",
        ("AutoScalingGroupProvider.AutoScalingGroupArn",),
        ("Tags.AmazonECSManaged", "DesiredCapacity", "NewInstancesProtectedFromScaleIn"),
        "ECS changes it for a capacity provider",
    ),
)
_BUILT = Changer(
    "AWS::ImageBuilder::DistributionConfiguration",
    ("Distributions.LaunchTemplateConfigurations.LaunchTemplateId",),
    ("LaunchTemplateData.ImageId",),
    "Image Builder writes new images into it",
)
SCALING_GROUP = Declarable(
    scaling.SCALING_GROUP,
    (
        *same(
            "LaunchConfigurationName", "LaunchTemplate", "MixedInstancesPolicy", "MinSize",
            "MaxSize", "DesiredCapacity", "AvailabilityZones", "LoadBalancerNames",
            "TargetGroupARNs", "HealthCheckType", "HealthCheckGracePeriod", "PlacementGroup",
            "VPCZoneIdentifier", "TerminationPolicies", "NewInstancesProtectedFromScaleIn",
            "ServiceLinkedRoleARN", "MaxInstanceLifetime", "CapacityRebalance", "Context",
            "DesiredCapacityType", "DefaultInstanceWarmup", "InstanceMaintenancePolicy",
            "TrafficSources", "AvailabilityZoneDistribution", "AvailabilityZoneImpairmentPolicy",
            "CapacityReservationSpecification",
        ),
        Property("Cooldown", "DefaultCooldown"),
        Property("MetricsCollection", "EnabledMetrics", taken=metrics),
    ),
    only_named={"TrafficSources"},
    silent={"AutoScalingGroupName", "InstanceId"},
    changed_by=_CHANGED,
)  # fmt: skip
LAUNCH_TEMPLATE = Declarable(
    scaling.LAUNCH_TEMPLATE,
    (Property("LaunchTemplateData", taken=inside(UserData=digest)),),
    silent={"LaunchTemplateName", "VersionDescription"},
    changed_by=(_BUILT,),
)
"""What is declared is what the latest version says; older ones stay as they were."""
