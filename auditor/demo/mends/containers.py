"""ECS services with the fields that moto drops, and CodeDeploy's deployment groups."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from auditor.demo.exchange import Answer, Exchange, Mend

_SERVICE_FIELDS = (
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "deploymentConfiguration",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "propagateTags",
)
# What a service has if its maker says nothing: API CreateService.
_SERVICE_DEFAULTS: Mapping[str, Any] = {
    "deploymentConfiguration": {
        "deploymentCircuitBreaker": {"enable": False, "rollback": False},
        "maximumPercent": 200,
        "minimumHealthyPercent": 100,
    },
    "enableECSManagedTags": False,
    "enableExecuteCommand": False,
}


def _keep_service(exchange: Exchange, answer: dict[str, Any]) -> None:
    given = {name: exchange.params[name] for name in _SERVICE_FIELDS if name in exchange.params}
    service = answer["service"]
    exchange.memory("ecs", "services").setdefault(service["serviceArn"], {}).update(given)
    _mend_service(exchange, service)


def _services(exchange: Exchange, answer: dict[str, Any]) -> None:
    for service in answer.get("services", ()):
        _mend_service(exchange, service)


def _mend_service(exchange: Exchange, service: dict[str, Any]) -> None:
    kept = exchange.memory("ecs", "services").get(service["serviceArn"], {})
    service.update({**_SERVICE_DEFAULTS, **kept})
    running = _running(exchange, service)
    pending = max(service["desiredCount"] - running, 0)
    service.update({"runningCount": running, "pendingCount": pending})
    for deployment in service.get("deployments", ()):
        deployment.update({"runningCount": running, "pendingCount": pending})
        if pending == 0:
            deployment["rolloutState"] = "COMPLETED"
            deployment["rolloutStateReason"] = f"ECS deployment {deployment['id']} completed."


def _running(exchange: Exchange, service: dict[str, Any]) -> int:
    """Moto does not start a service's tasks; those that were run in its name count."""
    cluster = service["clusterArn"].rpartition("/")[2]
    tasks = exchange.backend("ecs").tasks.get(cluster, {}).values()
    return sum(task.group == f"service:{service['serviceName']}" for task in tasks)


def _keep_running(exchange: Exchange, answer: dict[str, Any]) -> None:
    """Moto's tasks stop by themselves when they are looked at; these go on."""
    for task in answer.get("tasks", ()):
        cluster = task["taskArn"].rpartition(":task/")[2].partition("/")[0]
        stored = exchange.backend("ecs").tasks[cluster][task["taskArn"]]
        stored._transitions = [("RUNNING", "RUNNING")]
        stored.status = "RUNNING"
        task["lastStatus"] = "RUNNING"
    _tasks(exchange, answer)


def _tasks(_: Exchange, answer: dict[str, Any]) -> None:
    for task in answer.get("tasks", ()):
        for container in task.get("containers", ()):
            container["taskArn"], container["lastStatus"] = task["taskArn"], "RUNNING"
            container.pop("exitCode", None)


def _keep_deployment_group(exchange: Exchange, _: dict[str, Any]) -> None:
    name = (exchange.params["applicationName"], exchange.params["deploymentGroupName"])
    alarms = exchange.params.get("alarmConfiguration", {"enabled": False, "alarms": []})
    exchange.memory("codedeploy", "alarms")["/".join(name)] = alarms


def _deployment_groups(exchange: Exchange) -> dict[str, Any]:
    """Moto answers for one group at a time, without its alarms and the names of its fleets."""
    codedeploy, application = exchange.backend("codedeploy"), exchange.params["applicationName"]
    alarms = exchange.memory("codedeploy", "alarms")
    known = codedeploy.deployment_groups.get(application, {})
    return {
        "deploymentGroupsInfo": [
            _deployment_group(known[name], alarms.get(f"{application}/{name}", {}))
            for name in exchange.params["deploymentGroupNames"]
            if name in known
        ]
    }


def _deployment_group(group: Any, alarms: dict[str, Any]) -> SimpleNamespace:
    told = {
        "application_name": group.application.application_name,
        "compute_platform": group.application.compute_platform,
        "auto_scaling_groups": [{"name": name} for name in group.auto_scaling_groups],
        "alarm_configuration": alarms,
    }
    return SimpleNamespace(**(vars(group) | told))


ANSWERS: Mapping[str, Answer] = {"codedeploy:BatchGetDeploymentGroups": _deployment_groups}
MENDS: Mapping[str, Mend] = {
    "codedeploy:CreateDeploymentGroup": _keep_deployment_group,
    "ecs:CreateService": _keep_service,
    "ecs:DescribeServices": _services,
    "ecs:DescribeTasks": _tasks,
    "ecs:RunTask": _keep_running,
    "ecs:UpdateService": _keep_service,
}
