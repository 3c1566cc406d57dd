"""Log groups, alarms, dashboards, builds, pipelines and stacks of the mixed account."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from moto.cloudformation.models import Event
from moto.core.utils import utcnow

from auditor.demo.exchange import backend
from tests.kit import ACCOUNT
from tests.stories.mixed import Estate, allow, number
from tests.stories.mixed_roles import role


def build(estate: Estate) -> None:
    """Make what watches and delivers the rest."""
    for application in estate.applications:
        _logs(estate, application)
        _alarms(estate, application)
        if number(application) % 3 == 0:
            _delivery(estate, application)
        _stack(estate, application, "UPDATE_COMPLETE")
    _dashboard(estate)
    _stack(estate, f"{estate.environment}-try", "ROLLBACK_COMPLETE", "Bucket already exists")
    _stack(estate, f"{estate.environment}-gone", "DELETE_COMPLETE")


def _logs(estate: Estate, application: str) -> None:
    logs = estate.client("logs")
    names = [f"/aws/lambda/{application}-{part}" for part in ("worker", "webhook", "cron")]
    if f"service:{application}" in estate.refs:
        names.append(f"/ecs/{application}")
    if estate.environment == "prod":
        kind = "cluster" if number(application) % 3 == 0 else "instance"
        names.append(f"/aws/rds/{kind}/{application}/postgresql")
    for name in names:
        sealed = {"kmsKeyId": estate.refs["key:logs"]} if name.startswith("/ecs/") else {}
        logs.create_log_group(logGroupName=name, tags=estate.labels(application), **sealed)
        if not name.endswith("-cron"):
            logs.put_retention_policy(logGroupName=name, retentionInDays=30)
        estate.keep(f"logs:{name}", name)


def alarm(estate: Estate, name: str, metric: str, dimensions: dict[str, str], **more: Any) -> None:
    namespace, _, word = metric.partition(":")
    settings: dict[str, Any] = {
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "Threshold": 5.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": [estate.refs["topic:alerts"]],
    }
    estate.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace=namespace,
        MetricName=word,
        Dimensions=[{"Name": k, "Value": v} for k, v in dimensions.items()],
        Tags=estate.tags(name),
        **{**settings, **more},
    )
    estate.keep(f"alarm:{name}", name)


def _alarms(estate: Estate, application: str) -> None:
    """Production is watched; elsewhere somebody began and stopped."""
    if estate.environment == "dev":
        return
    balancer = estate.refs[f"balancer:{application}"].partition(":loadbalancer/")[2]
    target = estate.refs[f"target:{application}"].rpartition(":")[2]
    both = {"LoadBalancer": balancer, "TargetGroup": target}
    alarm(
        estate,
        f"{application}-unhealthy",
        "AWS/ApplicationELB:UnHealthyHostCount",
        both,
        Statistic="Maximum",
        Threshold=1.0,
    )
    if estate.environment != "prod":
        return
    alarm(
        estate,
        f"{application}-5xx",
        "AWS/ApplicationELB:HTTPCode_Target_5XX_Count",
        {"LoadBalancer": balancer},
    )
    alarm(
        estate,
        f"{application}-elb-5xx",
        "AWS/ApplicationELB:HTTPCode_ELB_5XX_Count",
        {"LoadBalancer": balancer},
    )
    alarm(
        estate,
        f"{application}-worker",
        "AWS/Lambda:Errors",
        {"FunctionName": f"{application}-worker"},
    )
    if f"service:{application}" in estate.refs:
        own = {"ClusterName": estate.refs["cluster:core"], "ServiceName": application}
        for word in ("CPU", "Memory"):
            alarm(
                estate,
                f"{application}-{word.lower()}",
                f"AWS/ECS:{word}Utilization",
                own,
                Statistic="Average",
                Threshold=85.0,
            )
    if number(application) == 2:
        alarm(
            estate,
            "forgotten",
            "AWS/EC2:CPUUtilization",
            {"InstanceId": "i-0123456789abcdef0"},
            AlarmActions=[],
        )


def _dashboard(estate: Estate) -> None:
    balancers = [arn.partition(":loadbalancer/")[2] for arn in estate.all("balancer:")]
    metrics = [["AWS/ApplicationELB", "RequestCount", "LoadBalancer", name] for name in balancers]
    widget = {"type": "metric", "properties": {"region": estate.region, "metrics": metrics}}
    name = f"{estate.environment}-overview"
    estate.client("cloudwatch").put_dashboard(
        DashboardName=name, DashboardBody=json.dumps({"widgets": [widget]})
    )
    estate.keep("dashboard", name)


_BUILDSPEC = """version: 0.2
phases:
  pre_build:
    commands:
      - aws ecr get-login-password | docker login --username AWS --password-stdin $REGISTRY
  build:
    commands:
      - docker build -t $REGISTRY/app:$CODEBUILD_RESOLVED_SOURCE_VERSION .
      - docker push $REGISTRY/app:$CODEBUILD_RESOLVED_SOURCE_VERSION
"""


def _delivery(estate: Estate, application: str) -> None:
    registry = f"{ACCOUNT}.dkr.ecr.{estate.region}.amazonaws.com"
    logs = allow(
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        resource=estate.arn("logs", f"log-group:/aws/codebuild/{application}:*"),
    )
    taken = role(
        estate, f"{application}-build", "codebuild", logs, allow("ecr:GetAuthorizationToken")
    )
    estate.client("codebuild").create_project(
        name=application,
        source={"type": "CODEPIPELINE", "location": "-", "buildspec": _BUILDSPEC},
        artifacts={"type": "CODEPIPELINE", "location": "-"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
            "computeType": "BUILD_GENERAL1_SMALL",
            "privilegedMode": True,
            "environmentVariables": [{"name": "REGISTRY", "value": registry, "type": "PLAINTEXT"}],
        },
        serviceRole=taken,
        tags=estate.small_tags(application),
    )
    estate.keep(f"project:{application}", application)
    pipeline = role(
        estate,
        f"{application}-pipeline",
        "codepipeline",
        allow(
            "codebuild:StartBuild",
            "codebuild:BatchGetBuilds",
            resource=estate.arn("codebuild", f"project/{application}"),
        ),
    )
    bucket = f"{application}-uploads"
    source = _action(
        "Source", "S3", {"S3Bucket": bucket, "S3ObjectKey": "source.zip"}, outputs=["source"]
    )
    built = _action("Build", "CodeBuild", {"ProjectName": application}, inputs=["source"])
    estate.client("codepipeline").create_pipeline(
        pipeline={
            "name": application,
            "roleArn": pipeline,
            "artifactStore": {"type": "S3", "location": bucket},
            "stages": [
                {"name": "Source", "actions": [source]},
                {"name": "Build", "actions": [built]},
            ],
        },
        tags=estate.small_tags(application),
    )
    estate.keep(f"pipeline:{application}", application)


def _action(
    category: str, provider: str, configuration: dict[str, str], **files: list[str]
) -> dict[str, Any]:
    return {
        "name": category,
        "actionTypeId": {
            "category": category,
            "owner": "AWS",
            "provider": provider,
            "version": "1",
        },
        "configuration": configuration,
        "inputArtifacts": [{"name": name} for name in files.get("inputs", ())],
        "outputArtifacts": [{"name": name} for name in files.get("outputs", ())],
    }


def _happened(name: str, arn: str, status: str, reason: str | None) -> list[tuple[Any, ...]]:
    """How a stack came to its status, oldest first."""
    stack = (name, arn, "AWS::CloudFormation::Stack")
    began = (*stack, "CREATE_IN_PROGRESS", "User Initiated")
    if not reason:
        return [began, (*stack, status, None)]
    failed = ("Uploads", "", "AWS::S3::Bucket", "CREATE_FAILED", reason)
    return [began, failed, (*stack, "ROLLBACK_IN_PROGRESS", None), (*stack, status, None)]


def _stack(estate: Estate, name: str, status: str, reason: str | None = None) -> None:
    """Planted: moto's CloudFormation makes too little of a template."""
    arn = estate.arn("cloudformation", f"stack/{name}/{uuid5(NAMESPACE_URL, name)}")
    kept = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    service = {"Type": "AWS::SQS::Queue", "Properties": {"SqsManagedSseEnabled": True}}
    template: dict[str, Any] = {
        "Resources": {"Uploads": kept, "Jobs": service},
        "Outputs": {"Jobs": {"Value": {"Ref": "Jobs"}, "Export": {"Name": f"{name}-jobs"}}},
    }
    output = {"OutputKey": "Jobs", "OutputValue": f"{name}-jobs", "ExportName": f"{name}-jobs"}
    physical = {"Uploads": f"{name}-uploads", "Jobs": f"{name}-jobs"}
    when = utcnow() - timedelta(days=100)
    events = [
        Event(arn, name, logical, of, kind, happened, why, None)
        for logical, of, kind, happened, why in _happened(name, arn, status, reason)
    ]
    backend("cloudformation", ACCOUNT, estate.region).stacks[arn] = SimpleNamespace(
        stack_id=arn,
        name=name,
        stack_name=name,
        template=json.dumps(template),
        description=name,
        template_description=name,
        status=status,
        stack_status=status,
        status_reason=None,
        stack_status_reason=None,
        creation_time=when,
        parameters=[],
        tags=estate.labels(name),
        exports=[],
        notification_arns=[],
        role_arn=None,
        enable_termination_protection=estate.environment == "prod",
        policy="",
        disable_rollback=False,
        outputs=[] if reason else [output],
        stack_resources=[
            SimpleNamespace(
                logical_resource_id=key,
                physical_resource_id=value,
                cf_resource_type=template["Resources"][key]["Type"],
            )
            for key, value in physical.items()
        ],
        events=events,
    )
    estate.keep(f"stack:{name}", arn)
