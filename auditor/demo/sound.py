"""What sound applications share: the repaired ones have it whole, the broken ones in part."""

from __future__ import annotations

from auditor.demo.application import Alarm, Balancer, Key, Listener, Observability, Role, Rule
from auditor.demo.documents import ACCOUNT, alarms_may_use, allow
from auditor.demo.parts import Dashboard, Document

Widget = tuple[tuple[str, str, tuple[str, ...]], ...]
"""Metrics as (namespace, name, dimensions)."""

WORLD = "0.0.0.0/0"
TLS = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
TO_AWS = (Rule("endpoints", 443), Rule("s3", 443))
LISTENERS = (Listener("HTTP", 80, redirect=True), Listener("HTTPS", 443, tls_policy=TLS))

ATTRIBUTES = {
    "idle_timeout.timeout_seconds": "60",
    "deletion_protection.enabled": "true",
    "routing.http.drop_invalid_header_fields.enabled": "true",
}
DRAINING = {"deregistration_delay.timeout_seconds": "30", "slow_start.duration_seconds": "60"}
HEALTH_CHECK: dict[str, str | int] = {
    "HealthCheckPath": "/",
    "HealthCheckIntervalSeconds": 30,
    "HealthCheckTimeoutSeconds": 5,
    "HealthyThresholdCount": 2,
    "UnhealthyThresholdCount": 3,
}
ELB = "AWS/ApplicationELB"
_ANSWERS = (
    "RequestCount",
    "TargetResponseTime",
    "HTTPCode_ELB_5XX_Count",
    "HTTPCode_Target_5XX_Count",
)
ALERT = ("topic",)
ALERTS_KEY = Key("alerts", statements=(alarms_may_use(),), rotation_days=365)
LOGS = (
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "logs:DescribeLogStreams",
)
EXECUTION = "service-role/AmazonECSTaskExecutionRolePolicy"


KEPT = {
    "AWS::DynamoDB::Table": "Retain",
    "AWS::ECR::Repository": "Retain",
    "AWS::KMS::Key": "Retain",
    "AWS::Logs::LogGroup": "Retain",
    "AWS::RDS::DBCluster": "Snapshot",
    "AWS::RDS::DBInstance": "Snapshot",
    "AWS::S3::Bucket": "Retain",
    "AWS::SQS::Queue": "Retain",
    "AWS::SecretsManager::Secret": "Retain",
}
"""What becomes of what holds data, in production, when its stack is deleted."""


def tags(application: str, environment: str = "production", **more: str) -> dict[str, str]:
    """The tags that every resource must carry."""
    return {
        "Environment": environment,
        "Team": "platform-engineering",
        "CostCenter": "engineering",
        "Application": application,
        **more,
    }


def balancer(role: str, scheme: str, group: str, target_type: str) -> Balancer:
    """An application load balancer with nothing to find fault with."""
    return Balancer(
        role=role,
        scheme=scheme,
        groups=(group,),
        listeners=LISTENERS,
        target_type=target_type,
        attributes=ATTRIBUTES,
        logs=True,
        target_attributes=DRAINING,
        health_check=HEALTH_CHECK,
    )


def alarm(
    name: str,
    metric: str,
    dimensions: tuple[str, ...],
    threshold: float,
    *,
    actions: tuple[str, ...] = ALERT,
    comparison: str = "GreaterThanOrEqualToThreshold",
) -> Alarm:
    """An alarm that says everything; `metric` as `AWS/EC2:CPUUtilization`."""
    namespace, _, word = metric.partition(":")
    return Alarm(
        name,
        namespace,
        word,
        dimensions,
        threshold,
        comparison=comparison,
        actions=actions,
        missing="notBreaching",
        datapoints=2,
        statistic="Sum" if word.startswith(("HTTPCode", "Errors", "Failed")) else "Average",
    )


def web_alarms(role: str, *further_targets: str) -> tuple[Alarm, ...]:
    """That targets are unhealthy, and that the balancer or what is behind it answers errors."""
    balancer = f"balancer:{role}"
    unhealthy = tuple(
        alarm(
            f"{target}-unhealthy", f"{ELB}:UnHealthyHostCount", (balancer, f"target:{target}"), 1.0
        )
        for target in (role, *further_targets)
    )
    return (
        *unhealthy,
        alarm(f"{role}-errors", f"{ELB}:HTTPCode_ELB_5XX_Count", (balancer,), 10.0),
        alarm(f"{role}-target-errors", f"{ELB}:HTTPCode_Target_5XX_Count", (balancer,), 10.0),
    )


def dashboard(
    *roles: str, service: bool = False, functions: tuple[str, ...] = (), **more: Widget
) -> Dashboard:
    """A dashboard of balancers by role, of the service, of functions, and of what else is given."""
    widgets: dict[str, Widget] = {
        f"Load balancer {role}": tuple((ELB, metric, (f"balancer:{role}",)) for metric in _ANSWERS)
        for role in roles
    }
    if service:
        both = ("CPUUtilization", "MemoryUtilization")
        widgets["Tasks"] = tuple(("AWS/ECS", metric, ("cluster", "service")) for metric in both)
    for role in functions:
        said = ("Duration", "Errors")
        widgets[f"Function {role}"] = tuple(
            ("AWS/Lambda", metric, (f"function:{role}",)) for metric in said
        )
    return Dashboard("overview", {**widgets, **more})


def watched(*alarms: Alarm, log_groups: tuple[str, ...] = ()) -> Observability:
    """Alarms with a topic that somebody reads, and log groups that do not grow for ever."""
    return Observability(
        alarms=alarms,
        topic_key="@key:alerts",
        subscribers=("operations@example.com",),
        log_groups=dict.fromkeys(log_groups),
        retention_days=30,
    )


def read_secret() -> tuple[Document, ...]:
    """Reading needs the key too, because the secret is sealed with one of the account's own."""
    return (
        allow(("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"), "@secret:db"),
        allow(("kms:Decrypt",), "@key:data"),
    )


def write_logs(region: str, name: str) -> Document:
    """Writing to the log groups whose names begin with `name`."""
    return allow(LOGS, f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{name}*")


def read_parameters(region: str, name: str) -> tuple[Document, ...]:
    """Reading the application's own part of Parameter Store."""
    own = f"arn:aws:ssm:{region}:{ACCOUNT}:parameter/{name}"
    return (
        allow(("ssm:GetParametersByPath",), own),
        allow(("ssm:GetParametersByPath",), f"{own}/*"),
        allow(("ssm:DescribeParameters",)),
    )


def instance_role(name: str, region: str, *more: Document) -> Role:
    """The role of a fleet: reached by Session Manager, it writes its logs and reads parameters."""
    return Role(
        "instance",
        "ec2.amazonaws.com",
        managed=("AmazonSSMManagedInstanceCore", "CloudWatchAgentServerPolicy"),
        statements=(
            write_logs(region, f"/aws/ec2/{name}"),
            *read_parameters(region, name),
            *more,
        ),
        instance_profile=True,
    )


def user_data(name: str, *, secret: str = "", region: str = "") -> str:
    """A script that stops at errors, starts CloudWatch's agent, and fetches a secret if told."""
    fetched = f"""\
DATABASE=$(aws secretsmanager get-secret-value --secret-id {secret} \\
  --region {region} --query SecretString --output text)
export DATABASE
"""
    return f"""#!/bin/bash
set -euo pipefail
dnf install -y amazon-cloudwatch-agent httpd
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl \\
  -a fetch-config -m ec2 -s -c ssm:AmazonCloudWatch-{name}
{fetched if secret else ""}systemctl enable --now httpd
"""


def rotation_role(secret: str = "db") -> Role:
    """What rotating a secret takes, in a VPC or outside of one."""
    interfaces = ("Create", "Delete", "Detach")
    return Role(
        "rotation",
        "lambda.amazonaws.com",
        managed=("service-role/AWSLambdaBasicExecutionRole",),
        statements=(
            allow(
                (
                    "secretsmanager:DescribeSecret",
                    "secretsmanager:GetSecretValue",
                    "secretsmanager:PutSecretValue",
                    "secretsmanager:UpdateSecretVersionStage",
                ),
                f"@secret:{secret}",
            ),
            allow(("secretsmanager:GetRandomPassword",)),
            allow(("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"), "@key:data"),
            allow(
                (
                    *(f"ec2:{what}NetworkInterface" for what in interfaces),
                    "ec2:DescribeNetworkInterfaces",
                )
            ),
        ),
    )


def forwards(target: str) -> dict[str, object]:
    """What a template says of a listener: to which target group it forwards."""
    return {"Properties": {"DefaultActions": [{"TargetGroupArn": {"Ref": target}}]}}
