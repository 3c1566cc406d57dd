"""How an application is delivered: connections, build projects, pipelines, CodeDeploy."""

from __future__ import annotations

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from auditor.demo.builders.site import Site, logical
from auditor.demo.documents import ACCOUNT
from auditor.demo.exchange import memory
from auditor.demo.parts import Action, Connection, Deployment, Pipeline, Project


def build_projects(site: Site) -> None:
    """Make the build projects; repositories and roles must exist."""
    for project in site.app.projects:
        _project(site, project)


def build(site: Site) -> None:
    """Make the rest; what the actions of pipelines name must exist."""
    if site.app.deployment is not None:
        _deployment(site, site.app.deployment)
    for connection in site.app.connections:
        _connection(site, connection)
    for pipeline in site.app.pipelines:
        _pipeline(site, pipeline)


def _connection(site: Site, connection: Connection) -> None:
    """Plant a connection; moto does not have the service."""
    name = site.name(connection.role)
    arn = site.arn("codeconnections", f"connection/{uuid5(NAMESPACE_URL, name)}")
    memory(site.store("codeconnections"), "connections")[arn] = {
        "ConnectionName": name,
        "ConnectionArn": arn,
        "ProviderType": connection.provider,
        "OwnerAccountId": ACCOUNT,
        "ConnectionStatus": connection.status,
    }
    logical_id = logical(connection.role, "connection")
    ref = f"connection:{connection.role}"
    site.make("AWS::CodeConnections::Connection", logical_id, arn, ref)


def _project(site: Site, project: Project) -> None:
    name, logical_id = site.name(project.role), logical(project.role, "project")
    sealed = {"encryptionKey": site.refs[f"key:{project.key}"]} if project.key else {}
    from_registry = project.image.startswith("@repository:")
    site.client("codebuild").create_project(
        name=name,
        # Moto wants a place for what pipelines bring and take.
        source={"type": "CODEPIPELINE", "location": "-", "buildspec": project.buildspec},
        artifacts={"type": "CODEPIPELINE", "location": "-"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": site.told(project.image),
            "computeType": project.compute,
            "imagePullCredentialsType": "SERVICE_ROLE" if from_registry else "CODEBUILD",
            "environmentVariables": [
                {"name": key, "value": value, "type": "PLAINTEXT"}
                for key, value in project.variables.items()
            ],
        },
        serviceRole=site.refs[f"role:{project.takes}"],
        tags=site.small_pairs(logical_id, name),
        **sealed,
    )
    site.make("AWS::CodeBuild::Project", logical_id, name, f"project:{project.role}")


def _pipeline(site: Site, pipeline: Pipeline) -> None:
    name, logical_id = site.name(pipeline.role), logical(pipeline.role, "pipeline")
    store: dict[str, Any] = {"type": "S3", "location": site.refs[f"bucket:{pipeline.bucket}"]}
    if pipeline.key is not None:
        store["encryptionKey"] = {"id": site.refs[f"key:{pipeline.key}"], "type": "KMS"}
    stages = [
        {"name": stage, "actions": [_action(site, action) for action in actions]}
        for stage, actions in pipeline.stages.items()
    ]
    site.client("codepipeline").create_pipeline(
        pipeline={
            "name": name,
            "roleArn": site.refs[f"role:{pipeline.takes}"],
            "artifactStore": store,
            "pipelineType": "V2",
            "stages": stages,
        },
        tags=[{"key": p["Key"], "value": p["Value"]} for p in site.own_pairs(logical_id, name)],
    )
    site.make("AWS::CodePipeline::Pipeline", logical_id, name)
    if pipeline.notifies:
        _notification(site, name)


def _notification(site: Site, pipeline: str) -> None:
    made = site.client("codestar-notifications").create_notification_rule(
        Name=pipeline,
        EventTypeIds=["codepipeline-pipeline-pipeline-execution-failed"],
        Resource=site.arn("codepipeline", pipeline),
        Targets=[{"TargetType": "SNS", "TargetAddress": site.refs["topic"]}],
        DetailType="FULL",
        Status="ENABLED",
    )["Arn"]
    site.make("AWS::CodeStarNotifications::NotificationRule", "Notification", made)


def _action(site: Site, action: Action) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": action.name,
        "actionTypeId": {
            "category": action.category,
            "owner": "AWS",
            "provider": action.provider,
            "version": "1",
        },
        "configuration": json.loads(site.resolve(action.configuration)),
        "runOrder": 1,
    }
    if action.category == "Source":
        said["outputArtifacts"] = [{"name": "source"}]
    elif action.category != "Approval":
        said["inputArtifacts"] = [{"name": "source"}]
    return said | ({"roleArn": site.refs[f"role:{action.takes}"]} if action.takes else {})


def _deployment(site: Site, deployment: Deployment) -> None:
    name, codedeploy = site.app.name, site.client("codedeploy")
    codedeploy.create_application(
        applicationName=name,
        computePlatform=deployment.platform,
        tags=site.pairs("DeploymentApplication", name),
    )
    site.make("AWS::CodeDeploy::Application", "DeploymentApplication", name)
    how = _on_ecs if deployment.platform == "ECS" else _on_servers
    codedeploy.create_deployment_group(
        applicationName=name,
        deploymentGroupName=name,
        serviceRoleArn=site.refs[f"role:{deployment.takes}"],
        autoRollbackConfiguration={
            "enabled": deployment.rolls_back,
            "events": ["DEPLOYMENT_FAILURE"] if deployment.rolls_back else [],
        },
        **how(site, deployment),
    )
    site.make("AWS::CodeDeploy::DeploymentGroup", "DeploymentGroup", name)


def _names(site: Site, deployment: Deployment) -> list[dict[str, str]]:
    arns = [site.refs[f"target:{role}"] for role in deployment.targets]
    return [{"name": arn.rpartition("targetgroup/")[2].partition("/")[0]} for arn in arns]


def _on_servers(site: Site, deployment: Deployment) -> dict[str, Any]:
    said: dict[str, Any] = {"deploymentConfigName": "CodeDeployDefault.OneAtATime"}
    if site.app.fleet is not None:
        said["autoScalingGroups"] = [site.app.name]
    else:
        named = {"Key": "Application", "Value": site.app.name, "Type": "KEY_AND_VALUE"}
        said["ec2TagFilters"] = [named]
    balanced = "WITH" if deployment.targets else "WITHOUT"
    said["deploymentStyle"] = {
        "deploymentType": "IN_PLACE",
        "deploymentOption": f"{balanced}_TRAFFIC_CONTROL",
    }
    if deployment.targets:
        said["loadBalancerInfo"] = {"targetGroupInfoList": _names(site, deployment)}
    return said


def _on_ecs(site: Site, deployment: Deployment) -> dict[str, Any]:
    routes = [{"listenerArns": [site.refs[f"listener:{role}"]]} for role in deployment.listeners]
    pair: dict[str, Any] = {"targetGroups": _names(site, deployment)}
    pair |= dict(zip(("prodTrafficRoute", "testTrafficRoute"), routes, strict=False))
    return {
        "deploymentConfigName": "CodeDeployDefault.ECSAllAtOnce",
        "deploymentStyle": {
            "deploymentType": "BLUE_GREEN",
            "deploymentOption": "WITH_TRAFFIC_CONTROL",
        },
        "blueGreenDeploymentConfiguration": {
            "terminateBlueInstancesOnDeploymentSuccess": {
                "action": "TERMINATE",
                "terminationWaitTimeInMinutes": 5,
            },
            "deploymentReadyOption": {"actionOnTimeout": "CONTINUE_DEPLOYMENT"},
        },
        "ecsServices": [{"serviceName": site.app.name, "clusterName": site.app.name}],
        "loadBalancerInfo": {"targetGroupPairInfoList": [pair]},
    }
