"""The same application with everything mended."""

from __future__ import annotations

from dataclasses import replace

from auditor.demo.application import (
    Alarm,
    Application,
    Balancer,
    Database,
    Fleet,
    Group,
    Key,
    Listener,
    Network,
    Observability,
    Policy,
    Rotation,
    Rule,
    Secret,
    Service,
)
from auditor.demo.documents import alarms_may_use, auto_scaling_may_use, logs_may_use
from auditor.demo.repaired_roles import ROLES

_NAME, _REGION = "shop-repaired", "eu-central-1"
_WORLD = "0.0.0.0/0"
_TLS = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"

_TO_AWS = (Rule("endpoints", 443), Rule("s3", 443))
_PORTS = (5432, 3306)
_TO_DATA = tuple(Rule("db", port) for port in _PORTS)

_NETWORK = Network(
    cidr="10.30.0.0/16",
    groups=(
        Group(
            "balancer",
            ingress=(Rule(_WORLD, 80), Rule(_WORLD, 443)),
            egress=(Rule("app", 8080),),
        ),
        Group(
            "admin",
            ingress=tuple(Rule(peer, port) for peer in ("vpc", "offices") for port in (80, 443)),
            egress=(Rule("task", 8080),),
        ),
        Group("app", ingress=(Rule("balancer", 8080),), egress=(*_TO_AWS, *_TO_DATA)),
        Group("task", ingress=(Rule("admin", 8080),), egress=(*_TO_AWS, *_TO_DATA)),
        Group("rotation", egress=(Rule("endpoints", 443), Rule("db", 5432))),
        Group(
            "db",
            ingress=(
                *(Rule(peer, port) for peer in ("app", "task") for port in _PORTS),
                Rule("rotation", 5432),
            ),
            egress=(),
        ),
        Group(
            "endpoints",
            ingress=(Rule("app", 443), Rule("task", 443), Rule("rotation", 443)),
            egress=(),
        ),
    ),
    nat_per_zone=True,
    database_isolated=True,
    default_group_emptied=True,
    endpoints=("ssm", "ssmmessages", "secretsmanager", "kms", "logs"),
    # Reached through the company's own lines, never from the internet.
    offices=("192.168.10.0/24", "192.168.20.0/24"),
)

_ATTRIBUTES = {
    "idle_timeout.timeout_seconds": "60",
    "deletion_protection.enabled": "true",
    "routing.http.drop_invalid_header_fields.enabled": "true",
}
_DRAINING = {"deregistration_delay.timeout_seconds": "30", "slow_start.duration_seconds": "60"}
_HEALTH_CHECK: dict[str, str | int] = {
    "HealthCheckPath": "/",
    "HealthCheckIntervalSeconds": 30,
    "HealthCheckTimeoutSeconds": 5,
    "HealthyThresholdCount": 2,
    "UnhealthyThresholdCount": 3,
}


def _balancer(role: str, scheme: str, group: str, target_type: str) -> Balancer:
    return Balancer(
        role=role,
        scheme=scheme,
        groups=(group,),
        listeners=(Listener("HTTP", 80, redirect=True), Listener("HTTPS", 443, tls_policy=_TLS)),
        target_type=target_type,
        attributes=_ATTRIBUTES,
        logs=True,
        target_attributes=_DRAINING,
        health_check=_HEALTH_CHECK,
    )


_USER_DATA = f"""#!/bin/bash
set -euo pipefail
dnf install -y amazon-cloudwatch-agent httpd
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl \\
  -a fetch-config -m ec2 -s -c ssm:AmazonCloudWatch-{_NAME}
DATABASE=$(aws secretsmanager get-secret-value --secret-id {_NAME}/db \\
  --region {_REGION} --query SecretString --output text)
export DATABASE
systemctl enable --now httpd
"""

_FLEET = Fleet(
    user_data=_USER_DATA,
    policies=(Policy("cpu", "TargetTrackingScaling"),),
    monitoring=True,
    imdsv2=True,
    tagged_types=("instance", "volume"),
    encrypted_with="ebs",
    default_encryption_key=None,
    metrics=("GroupInServiceInstances", "GroupTotalInstances", "GroupDesiredCapacity"),
    propagate_tags=True,
    health_check="ELB",
    refreshed_under="web-latency",
)

_ALERT = ("topic",)


def _alarm(
    name: str,
    namespace: str,
    metric: str,
    dimensions: tuple[str, ...],
    threshold: float,
    *,
    actions: tuple[str, ...] = _ALERT,
) -> Alarm:
    return Alarm(
        name,
        namespace,
        metric,
        dimensions,
        threshold,
        actions=actions,
        missing="notBreaching",
        datapoints=2,
        statistic="Sum" if metric.startswith(("HTTPCode", "Errors")) else "Average",
    )


_ELB = "AWS/ApplicationELB"
_ALARMS = (
    _alarm(
        "web-unhealthy",
        _ELB,
        "UnHealthyHostCount",
        ("balancer:web", "target:web"),
        1.0,
        actions=("topic", "plan", "investigation"),
    ),
    # Nobody is called for it: it stops instance refreshes.
    _alarm("web-latency", _ELB, "TargetResponseTime", ("balancer:web",), 2.0, actions=()),
    _alarm("admin-unhealthy", _ELB, "UnHealthyHostCount", ("balancer:admin", "target:admin"), 1.0),
    _alarm("web-errors", _ELB, "HTTPCode_ELB_5XX_Count", ("balancer:web",), 10.0),
    _alarm("admin-errors", _ELB, "HTTPCode_ELB_5XX_Count", ("balancer:admin",), 10.0),
    _alarm("service-cpu", "AWS/ECS", "CPUUtilization", ("cluster", "service"), 80.0),
    _alarm("service-memory", "AWS/ECS", "MemoryUtilization", ("cluster", "service"), 80.0),
    _alarm("rotation-errors", "AWS/Lambda", "Errors", ("function",), 1.0),
)

_DATABASE = Database(
    version="16.4",
    groups=("db",),
    exports=("postgresql",),
    key="data",
    multi_az=True,
    backup_days=7,
    deletion_protection=True,
)
_MYSQL_LOGS = ("audit", "error", "slowquery")
_SLOW_QUERIES = {"log_output": "FILE", "slow_query_log": "1"}
_REPORTS = replace(
    _DATABASE,
    role="reports",
    engine="mysql",
    version="8.0.39",
    exports=_MYSQL_LOGS,
    parameters=_SLOW_QUERIES,
    options=("MARIADB_AUDIT_PLUGIN",),
)
_CATALOGUE = replace(
    _DATABASE,
    role="catalogue",
    engine="aurora-mysql",
    version="8.0.mysql_aurora.3.08.0",
    exports=_MYSQL_LOGS,
    parameters={
        **_SLOW_QUERIES,
        "server_audit_events": "CONNECT,QUERY_DCL,QUERY_DDL",
        "server_audit_logging": "1",
    },
    members=2,
)

REPAIRED = Application(
    name=_NAME,
    region=_REGION,
    tags={
        "Environment": "production",
        "Team": "platform-engineering",
        "CostCenter": "engineering",
        "Application": "shop",
        "Project": "shop",
    },
    network=_NETWORK,
    balancers=(
        _balancer("web", "internet-facing", "balancer", "instance"),
        _balancer("admin", "internal", "admin", "ip"),
    ),
    keys=(
        Key("ebs", statements=auto_scaling_may_use(), rotation_days=365),
        Key("logs", statements=(logs_may_use(_REGION),), rotation_days=365),
        Key("data", statements=(), rotation_days=180),
        Key("alerts", statements=(alarms_may_use(),), rotation_days=365),
    ),
    roles=ROLES,
    fleet=_FLEET,
    secrets=(Secret("db", key="data", days=30, rotated_days_ago=3),),
    rotation=Rotation("python3.13", 256, invoked_by_secrets_manager=True, in_vpc=True),
    database=_DATABASE,
    further_databases=(_REPORTS, _CATALOGUE),
    observability=Observability(
        alarms=_ALARMS,
        composite_actions=_ALERT,
        topic_key="@key:alerts",
        subscribers=("operations@example.com",),
        log_groups={
            f"/aws/ec2/{_NAME}": "logs",
            f"/aws/lambda/{_NAME}-rotation": "logs",
            f"/aws/rds/instance/{_NAME}/postgresql": "logs",
            **{f"/aws/rds/instance/{_NAME}-reports/{log}": "logs" for log in _MYSQL_LOGS},
            **{f"/aws/rds/cluster/{_NAME}-catalogue/{log}": "logs" for log in _MYSQL_LOGS},
            f"/ecs/{_NAME}": "logs",
        },
        retention_days=30,
    ),
    service=Service(
        groups=("task",),
        public_ip=False,
        cpu="512",
        memory="1024",
        circuit_breaker=True,
        own_task_role=True,
        insights=True,
        scaled=True,
        health_check=True,
    ),
    stack_status="CREATE_COMPLETE",
)
