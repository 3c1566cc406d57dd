"""ECS: clusters, services, task definitions."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.drift.declarable import Beside, Changer, Declarable, NotComparable, Property
from auditor.query import JSON
from probes.declared._changers import SCALABLE_TARGET, SCALES, beginning
from probes.declared._words import below, lowered, small_names, text
from probes.recorded import containers

_OF_CODE_DEPLOY = "CodeDeploy changes it with each deployment"


def family(value: JSON) -> JSON:
    """The family of a task definition, by ARN or by name."""
    return text(containers.family_of(value)).rpartition("/")[2]


def known_version(value: JSON) -> JSON:
    """A version of the platform; what the latest one is changes without anybody's doing."""
    if value == "LATEST":
        raise NotComparable("the latest version, whichever it is")
    return value


def lent(properties: Mapping[str, JSON]) -> Mapping[str, str]:
    """What a service that CodeDeploy deploys does not keep (user guide, "blue/green")."""
    controller = properties.get("DeploymentController")
    kind = controller.get("Type") if isinstance(controller, Mapping) else None
    if kind is None or kind == "ECS":
        return {}
    changed = ("loadBalancers", "taskDefinition", "networkConfiguration", "platformVersion")
    return dict.fromkeys(changed, _OF_CODE_DEPLOY)


def providers(properties: Mapping[str, JSON]) -> JSON:
    """The capacity providers of a cluster, where they stand beside it."""
    return properties.get("CapacityProviders")


def strategy(properties: Mapping[str, JSON]) -> JSON:
    """The default strategy of a cluster, where it stands beside it."""
    return small_names(properties.get("DefaultCapacityProviderStrategy"))


_ASSOCIATIONS = "AWS::ECS::ClusterCapacityProviderAssociations"
CLUSTER = Declarable(
    containers.CLUSTER,
    (
        *below("Configuration", "DefaultCapacityProviderStrategy"),
        *lowered("CapacityProviders"),
        Property("ClusterSettings", "settings", taken=small_names),
    ),
    beside=(
        Beside(_ASSOCIATIONS, "Cluster", "capacityProviders", providers),
        Beside(_ASSOCIATIONS, "Cluster", "defaultCapacityProviderStrategy", strategy),
    ),
    silent={"ClusterName"},
)
SERVICE = Declarable(
    containers.SERVICE,
    (
        *below(
            "LoadBalancers", "ServiceRegistries", "CapacityProviderStrategy",
            "DeploymentConfiguration", "PlacementConstraints", "NetworkConfiguration",
            "DeploymentController",
        ),
        *lowered(
            "DesiredCount", "LaunchType", "HealthCheckGracePeriodSeconds", "SchedulingStrategy",
            "EnableECSManagedTags", "PropagateTags", "EnableExecuteCommand",
            "AvailabilityZoneRebalancing",
        ),
        Property("PlatformVersion", "platformVersion", taken=known_version),
        Property("PlacementStrategies", "placementStrategy", taken=small_names),
        Property("TaskDefinition", "taskDefinition", taken=family, seen=family),
    ),
    silent={"ServiceName", "Cluster"},
    lent=lent,
    changed_by=(
        Changer(
            SCALABLE_TARGET,
            ("ResourceId",),
            ("desiredCount",),
            SCALES,
            called=beginning("service/", 3),
        ),
    ),
)  # fmt: skip
TASK_DEFINITION = Declarable(
    containers.TASK_DEFINITION,
    (
        *below(
            "ContainerDefinitions", "Volumes", "PlacementConstraints", "RuntimePlatform",
            "EphemeralStorage",
        ),
        *lowered(
            "TaskRoleArn", "ExecutionRoleArn", "NetworkMode", "RequiresCompatibilities", "Cpu",
            "Memory", "PidMode", "IpcMode",
        ),
    ),
    silent={"Family"},
    called=lambda physical: family(physical) if physical else "",
    listed=False,
)  # fmt: skip
"""Only those in use are asked for: that one is not among them says nothing."""
