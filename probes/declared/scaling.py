"""EC2 Auto Scaling and launch templates."""

from __future__ import annotations

from auditor.declaring import Declarable, NotComparable, Property
from auditor.query import JSON
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
    silent={"AutoScalingGroupName", "InstanceId"},
)  # fmt: skip
LAUNCH_TEMPLATE = Declarable(
    scaling.LAUNCH_TEMPLATE,
    (Property("LaunchTemplateData", taken=inside(UserData=digest)),),
    silent={"LaunchTemplateName", "VersionDescription"},
)
"""What is declared is what the latest version says; older ones stay as they were."""
