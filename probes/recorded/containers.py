"""ECS: clusters, services, and the task definitions that services use."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.query import JSON
from auditor.recording.recordable import Recordable, Rule
from probes.aws import ecs, ecs_tasks
from probes.recorded._documents import SET, digest, inside, names_only

INACTIVE = "INACTIVE"
"""The status of a cluster or service that was deleted and is still shown for a while (API)."""


def is_deleted(item: Mapping[str, JSON]) -> bool:
    """Whether it was deleted, or is about to go."""
    return item.get("status") in {INACTIVE, "DRAINING"}


def family_of(definition: JSON) -> JSON:
    """A task definition without its revision: what a revision says is recorded by its family."""
    if not isinstance(definition, str):
        return definition
    family, _, revision = definition.rpartition(":")
    return family if revision.isdecimal() else definition


def logged(options: object) -> JSON:
    """The options of a log driver; of drivers other than AWS's own, they may be tokens."""
    if not isinstance(options, Mapping):
        return None
    return {str(k): v if str(k).startswith("awslogs-") else SET for k, v in options.items()}


CLUSTER = Recordable(
    ecs.CLUSTERS,
    keeps=(
        "configuration", "settings", "capacityProviders", "defaultCapacityProviderStrategy",
        "serviceConnectDefaults",
    ),
    leaves=(
        "clusterArn", "clusterName", "status", "registeredContainerInstancesCount",
        "runningTasksCount", "pendingTasksCount", "activeServicesCount", "statistics",
        "attachments", "attachmentsStatus",
    ),
    keyed={"settings": "name"},
    names={"settings": "ClusterSettings"},
    skips=is_deleted,
    looks=("status",),
)  # fmt: skip
SERVICE = Recordable(
    ecs.SERVICES,
    keeps=(
        "loadBalancers", "serviceRegistries", "desiredCount", "launchType",
        "capacityProviderStrategy", "platformVersion", "platformFamily", "taskDefinition",
        "deploymentConfiguration", "roleArn", "placementConstraints", "placementStrategy",
        "networkConfiguration", "healthCheckGracePeriodSeconds", "schedulingStrategy",
        "deploymentController", "enableECSManagedTags", "propagateTags", "enableExecuteCommand",
        "availabilityZoneRebalancing", "resourceManagementType",
    ),
    leaves=(
        "serviceArn", "serviceName", "clusterArn", "status", "runningCount", "pendingCount",
        "taskSets", "deployments", "events", "createdAt", "createdBy", "currentServiceDeployment",
        "currentServiceRevisions",
    ),
    rules={"taskDefinition": Rule(family_of)},
    ordered={"placementStrategy"},
    names={
        "placementStrategy": "PlacementStrategies",
        "platformFamily": "",
        "resourceManagementType": "",
        "roleArn": "Role",
    },
    free={"desiredCount"},
    skips=is_deleted,
    looks=("status",),
)  # fmt: skip
TASK_DEFINITION = Recordable(
    ecs_tasks.TASK_DEFINITIONS,
    keeps=(
        "containerDefinitions", "taskRoleArn", "executionRoleArn", "networkMode", "volumes",
        "placementConstraints", "runtimePlatform", "requiresCompatibilities", "cpu", "memory",
        "inferenceAccelerators", "pidMode", "ipcMode", "proxyConfiguration", "ephemeralStorage",
        "enableFaultInjection", "trustedExecutionConfiguration",
    ),
    leaves=(
        "taskDefinitionArn", "family", "revision", "status", "requiresAttributes",
        "compatibilities", "registeredAt", "deregisteredAt", "deleteRequestedAt", "registeredBy",
    ),
    reduced={
        "containerDefinitions": inside(
            environment=names_only, command=digest, entryPoint=digest, options=logged
        ),
    },
    ordered={"containerDefinitions.dnsServers", "containerDefinitions.dnsSearchDomains"},
    keyed={
        "containerDefinitions": "name",
        "containerDefinitions.secrets": "name",
        "volumes": "name",
    },
    names={
        "containerDefinitions.dockerLabels.*": "*",
        "containerDefinitions.firelensConfiguration.options.*": "*",
        "containerDefinitions.logConfiguration.options.*": "*",
        "proxyConfiguration.properties": "ProxyConfigurationProperties",
        "trustedExecutionConfiguration": "",
        "volumes.dockerVolumeConfiguration.driverOpts.*": "*",
        "volumes.dockerVolumeConfiguration.labels.*": "*",
        "volumes.efsVolumeConfiguration": "EFSVolumeConfiguration",
        "volumes.efsVolumeConfiguration.authorizationConfig.iam": "IAM",
        "volumes.efsVolumeConfiguration.fileSystemId": "FilesystemId",
        "volumes.fsxWindowsFileServerVolumeConfiguration":
            "FSxWindowsFileServerVolumeConfiguration",
        "volumes.s3filesVolumeConfiguration": "S3FilesVolumeConfiguration",
    },
    newest="revision",
)  # fmt: skip
"""By family: of several revisions in use at once the highest one counts."""
