"""The Fargate service behind a balancer, and the repositories of images."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from auditor.demo.builders.site import Site, logical
from auditor.demo.documents import ACCOUNT
from auditor.demo.parts import Repository, Scaling, Service


def build(site: Site) -> None:
    """Make repositories, cluster, task definition and service."""
    for repository in site.app.repositories:
        _repository(site, repository)
    if site.app.service is not None:
        _workload(site, site.app.service)


def _repository(site: Site, repository: Repository) -> None:
    ecr, name = site.client("ecr"), site.name(repository.role)
    logical_id = logical(repository.role, "repository")
    arn = ecr.create_repository(
        repositoryName=name,
        imageScanningConfiguration={"scanOnPush": repository.scanned},
        imageTagMutability="IMMUTABLE",
        tags=site.pairs(logical_id, name),
    )["repository"]["repositoryArn"]
    if repository.expires:
        policy = {"rules": [_EXPIRY]}
        ecr.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=json.dumps(policy))
    for tag in repository.images:
        manifest = {**_MANIFEST, "annotations": {"tag": tag}}
        ecr.put_image(repositoryName=name, imageManifest=json.dumps(manifest), imageTag=tag)
    site.make("AWS::ECR::Repository", logical_id, name)
    site.refs[f"repository:{repository.role}"] = (
        f"{ACCOUNT}.dkr.ecr.{site.region}.amazonaws.com/{name}"
    )
    site.refs[f"repositoryarn:{repository.role}"] = arn


_EXPIRY = {
    "rulePriority": 1,
    "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 20},
    "action": {"type": "expire"},
}
_MANIFEST = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "config": {
        "mediaType": "application/vnd.docker.container.image.v1+json",
        "size": 1,
        "digest": "sha256:4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865",
    },
    "layers": [],
}


def _workload(site: Site, service: Service) -> None:
    name, ecs = site.app.name, site.client("ecs")
    insights = "enabled" if service.insights else "disabled"
    ecs.create_cluster(
        clusterName=name,
        settings=[{"name": "containerInsights", "value": insights}],
        tags=site.small_pairs("Cluster", name),
    )
    site.make("AWS::ECS::Cluster", "Cluster", name)
    task = _task_definition(site, service)
    _service(site, service, task)
    if service.scaling is not None:
        _scaling(site, service.scaling)


def _task_definition(site: Site, service: Service) -> str:
    name, roles = site.app.name, dict[str, str]()
    if service.execution_role:
        roles["executionRoleArn"] = site.refs["role:execution"]
    task_role = "task" if service.own_task_role else "execution"
    if f"role:{task_role}" in site.refs:
        roles["taskRoleArn"] = site.refs[f"role:{task_role}"]
    arn = site.client("ecs").register_task_definition(
        family=name,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu=service.cpu,
        memory=service.memory,
        **roles,
        containerDefinitions=[_container(site, service)],
        tags=site.small_pairs("TaskDefinition", name),
    )["taskDefinition"]["taskDefinitionArn"]
    return site.make("AWS::ECS::TaskDefinition", "TaskDefinition", str(arn))


def _container(site: Site, service: Service) -> dict[str, Any]:
    name = site.app.name
    checked = {
        "healthCheck": {
            "command": ["CMD-SHELL", "curl -f http://localhost:8080/health || exit 1"],
            "interval": 30,
            "timeout": 5,
            "retries": 3,
            "startPeriod": 60,
        }
    }
    return {
        "name": service.balancer,
        "image": site.told(service.image)
        or f"{ACCOUNT}.dkr.ecr.{site.region}.amazonaws.com/{name}:1.4.2",
        "essential": True,
        "cpu": int(service.cpu),
        "memory": int(service.memory),
        "portMappings": [{"containerPort": 8080}],
        "environment": [
            {"name": key, "value": site.told(value)}
            for key, value in _environment(site, service).items()
        ],
        "secrets": [{"name": "DATABASE", "valueFrom": site.refs[f"secret:{service.secret}"]}]
        if service.secret
        else [],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": f"/ecs/{name}",
                "awslogs-region": site.region,
                "awslogs-stream-prefix": service.balancer,
            },
        },
        **(checked if service.health_check else {}),
    }


def _environment(site: Site, service: Service) -> Mapping[str, str]:
    if service.environment is not None:
        return service.environment
    own = site.app.tags.get("Environment", "prod")
    return {"ENV": own, "ENVIRONMENT_SUFFIX": site.app.name}


def _service(site: Site, service: Service, task: str) -> None:
    name = site.app.name
    said = site.groups(service.groups) if service.groups else []
    balanced = {
        "targetGroupArn": site.refs[f"target:{service.balancer}"],
        "containerName": service.balancer,
        "containerPort": 8080,
    }
    arn = site.client("ecs").create_service(
        cluster=name,
        serviceName=name,
        taskDefinition=task,
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration=_network(site, service, said),
        loadBalancers=[balanced],
        tags=site.small_pairs("Service", name),
        **_deployment(service),
    )["service"]["serviceArn"]
    site.make("AWS::ECS::Service", "Service", arn)
    _run(site, service, task)


def _network(site: Site, service: Service, groups: list[str]) -> dict[str, Any]:
    return {
        "awsvpcConfiguration": {
            "subnets": site.subnets("public" if service.public_ip else "private"),
            "securityGroups": groups,
            "assignPublicIp": "ENABLED" if service.public_ip else "DISABLED",
        }
    }


def _deployment(service: Service) -> dict[str, Any]:
    said: dict[str, Any] = {"propagateTags": "SERVICE"}
    if service.blue_green:
        said["deploymentController"] = {"type": "CODE_DEPLOY"}
    if service.executable:
        said["enableExecuteCommand"] = True
    if service.grace_seconds is not None:
        said["healthCheckGracePeriodSeconds"] = service.grace_seconds
    if service.circuit_breaker:
        said["deploymentConfiguration"] = {
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "maximumPercent": 200,
            "minimumHealthyPercent": 100,
        }
    return said


def _run(site: Site, service: Service, task: str) -> None:
    """Start the service's tasks, which moto leaves undone, and have them behind the balancer.

    A running task has groups in any case: those of its service, or the default of its VPC.
    """
    name = site.app.name
    tasks = site.client("ecs").run_task(
        cluster=name,
        taskDefinition=task,
        launchType="FARGATE",
        count=2,
        group=f"service:{name}",
        networkConfiguration=_network(site, service, site.groups(service.groups)),
        tags=site.small_pairs("Service", name),
    )["tasks"]
    details = [detail for task in tasks for detail in task["attachments"][0]["details"]]
    site.client("elbv2").register_targets(
        TargetGroupArn=site.refs[f"target:{service.balancer}"],
        Targets=[{"Id": d["value"]} for d in details if d["name"] == "privateIPv4Address"],
    )


def _scaling(site: Site, scaling: Scaling) -> None:
    client, resource = site.client("application-autoscaling"), f"service/{site.app.name}"
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"{resource}/{site.app.name}",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    client.register_scalable_target(
        **target, MinCapacity=scaling.minimum, MaxCapacity=scaling.maximum
    )
    site.make("AWS::ApplicationAutoScaling::ScalableTarget", "ServiceScaling", resource)
    names = ("ScaleInCooldown", "ScaleOutCooldown")
    cooldowns = {} if scaling.cooldown is None else dict.fromkeys(names, scaling.cooldown)
    for word, value in scaling.targets.items():
        metric = {"PredefinedMetricType": f"ECSServiceAverage{word}Utilization"}
        client.put_scaling_policy(
            PolicyName=site.name(word.lower()),
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": value,
                "PredefinedMetricSpecification": metric,
                **cooldowns,
            },
            **target,
        )
        kind = "AWS::ApplicationAutoScaling::ScalingPolicy"
        site.make(kind, f"Service{word}Policy", site.name(word.lower()))
