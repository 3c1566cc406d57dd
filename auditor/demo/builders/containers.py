"""The Fargate service behind the internal balancer, and CodeDeploy's group for the fleet."""

from __future__ import annotations

from typing import Any

from auditor.demo.application import Service
from auditor.demo.builders.site import Site
from auditor.demo.documents import ACCOUNT


def build(site: Site) -> None:
    """Make cluster, task definition and service, and the deployment group."""
    service, name, ecs = site.app.service, site.app.name, site.client("ecs")
    insights = "enabled" if service.insights else "disabled"
    ecs.create_cluster(
        clusterName=name,
        settings=[{"name": "containerInsights", "value": insights}],
        tags=site.small_pairs("Cluster", name),
    )
    site.make("AWS::ECS::Cluster", "Cluster", name)
    task = _task_definition(site, service)
    _service(site, service, task)
    if service.scaled:
        _scaling(site)
    _deployment_group(site)


def _task_definition(site: Site, service: Service) -> str:
    name, role = site.app.name, "task" if service.own_task_role else "execution"
    arn = site.client("ecs").register_task_definition(
        family=name,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu=service.cpu,
        memory=service.memory,
        executionRoleArn=site.refs["role:execution"],
        taskRoleArn=site.refs[f"role:{role}"],
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
        "name": "admin",
        "image": f"{ACCOUNT}.dkr.ecr.{site.region}.amazonaws.com/{name}:1.4.2",
        "essential": True,
        "cpu": int(service.cpu),
        "memory": int(service.memory),
        "portMappings": [{"containerPort": 8080}],
        "environment": [
            {"name": "ENV", "value": site.app.tags.get("Environment", "prod")},
            {"name": "ENVIRONMENT_SUFFIX", "value": name},
        ],
        "secrets": [{"name": "DATABASE", "valueFrom": site.refs["secret:db"]}],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": f"/ecs/{name}",
                "awslogs-region": site.region,
                "awslogs-stream-prefix": "admin",
            },
        },
        **(checked if service.health_check else {}),
    }


def _service(site: Site, service: Service, task: str) -> None:
    name = site.app.name
    said = site.groups(service.groups) if service.groups else []
    balanced = {
        "targetGroupArn": site.refs["target:admin"],
        "containerName": "admin",
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
    if not service.circuit_breaker:
        return {}
    return {
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "maximumPercent": 200,
            "minimumHealthyPercent": 100,
        },
        "healthCheckGracePeriodSeconds": 60,
        "propagateTags": "SERVICE",
    }


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
        TargetGroupArn=site.refs["target:admin"],
        Targets=[{"Id": d["value"]} for d in details if d["name"] == "privateIPv4Address"],
    )


def _scaling(site: Site) -> None:
    scaling, resource = site.client("application-autoscaling"), f"service/{site.app.name}"
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"{resource}/{site.app.name}",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(**target, MinCapacity=2, MaxCapacity=10)
    site.make("AWS::ApplicationAutoScaling::ScalableTarget", "ServiceScaling", resource)
    for word, value in (("CPU", 70.0), ("Memory", 80.0)):
        metric = {"PredefinedMetricType": f"ECSServiceAverage{word}Utilization"}
        scaling.put_scaling_policy(
            PolicyName=site.name(word.lower()),
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": value,
                "PredefinedMetricSpecification": metric,
                "ScaleInCooldown": 60,
                "ScaleOutCooldown": 60,
            },
            **target,
        )
        kind = "AWS::ApplicationAutoScaling::ScalingPolicy"
        site.make(kind, f"Service{word}Policy", site.name(word.lower()))


def _deployment_group(site: Site) -> None:
    name, codedeploy = site.app.name, site.client("codedeploy")
    codedeploy.create_application(
        applicationName=name,
        computePlatform="Server",
        tags=site.pairs("DeploymentApplication", name),
    )
    site.make("AWS::CodeDeploy::Application", "DeploymentApplication", name)
    target = site.refs["target:web"].rpartition("targetgroup/")[2].partition("/")[0]
    codedeploy.create_deployment_group(
        applicationName=name,
        deploymentGroupName=name,
        serviceRoleArn=site.refs["role:deployment"],
        autoScalingGroups=[name],
        deploymentConfigName="CodeDeployDefault.OneAtATime",
        deploymentStyle={
            "deploymentType": "IN_PLACE",
            "deploymentOption": "WITH_TRAFFIC_CONTROL",
        },
        loadBalancerInfo={"targetGroupInfoList": [{"name": target}]},
    )
    site.make("AWS::CodeDeploy::DeploymentGroup", "DeploymentGroup", name)
