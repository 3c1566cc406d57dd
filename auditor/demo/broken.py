"""The application in which everything is as it should not be."""

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
    Role,
    Rotation,
    Rule,
    Secret,
)
from auditor.demo.documents import (
    allow,
    anybody_may_use,
    logs_by_the_global_name,
    refused_by_logs,
)
from auditor.demo.parts import Bucket, Deployment, Service, Stack

_NAME, _REGION = "shop-broken", "us-east-1"
_WORLD = "0.0.0.0/0"

_NETWORK = Network(
    cidr="10.20.0.0/16",
    groups=(
        # 443 is shut although a listener waits there; everything may go out, as AWS begins.
        Group("balancer", ingress=(Rule(_WORLD, 80),)),
        # Shells from everywhere, and the whole network beside the balancer.
        Group("app", ingress=(Rule(_WORLD, 22), Rule("vpc", 8080), Rule("balancer", 8080))),
        Group("db", ingress=(Rule("vpc", 5432),)),
        Group("rotation"),
        # On the worker, besides: one of the "offices" is the whole world.
        Group("support", ingress=(Rule("offices", 22),)),
    ),
    nat_per_zone=False,
    database_isolated=False,
    default_group_emptied=False,
    offices=("192.168.10.0/24", _WORLD),
)

_BALANCERS = (
    Balancer(
        role="web",
        scheme="internet-facing",
        groups=("balancer",),
        listeners=(
            Listener("HTTP", 80),
            # What AWS takes if a template names no policy: TLS 1.0 and upwards.
            Listener("HTTPS", 443, tls_policy="ELBSecurityPolicy-2016-08"),
        ),
        target_type="instance",
        health_check={
            "HealthCheckPath": "/api/v1/health",
            "HealthCheckIntervalSeconds": 60,
            "HealthCheckTimeoutSeconds": 30,
            "HealthyThresholdCount": 10,
            "UnhealthyThresholdCount": 10,
        },
    ),
    Balancer(
        role="admin",
        scheme="internal",
        groups=(),
        listeners=(Listener("HTTP", 80),),
        target_type="ip",
    ),
)

_ROLES = (
    # May be reached by Session Manager, and may not read the secret that its script needs.
    Role(
        "instance",
        "ec2.amazonaws.com",
        managed=("AmazonSSMManagedInstanceCore",),
        instance_profile=True,
    ),
    Role("rotation", "lambda.amazonaws.com", managed=("service-role/AWSLambdaBasicExecutionRole",)),
    Role(
        "execution",
        "ecs-tasks.amazonaws.com",
        managed=("service-role/AmazonECSTaskExecutionRolePolicy",),
    ),
    Role(
        "deployment",
        "codedeploy.amazonaws.com",
        statements=(
            allow(("ec2:*", "autoscaling:*", "elasticloadbalancing:*", "iam:PassRole")),
            allow(("s3:GetObject", "s3:ListBucket", "sns:Publish")),
        ),
    ),
)

_FLEET = Fleet(
    user_data="#!/bin/bash\nyum update -y\nyum install -y httpd\nsystemctl start httpd\n",
    policies=(Policy("scale-out", "StepScaling", adjustment=1),),
    monitoring=False,
    imdsv2=False,
    tagged_types=("instance",),
    encrypted_with=None,
    default_encryption_key="ebs",
    metrics=(),
    propagate_tags=False,
    health_check="EC2",
    failed=(
        "Instance became unhealthy while waiting for instance to be in InService state. "
        "Termination Reason: "
        "Client.InvalidKMSKey.InvalidState: The KMS key provided is in an incorrect state"
    ),
    image="amzn2-ami-kernel-5.10-hvm-2.0.20251110.1-x86_64-gp2",
    worker_groups=("app", "support"),
    stays_at_first_version=True,
)

_ALARMS = (
    Alarm("high-cpu", "AWS/EC2", "CPUUtilization", ("group",), 80.0, actions=("policy:scale-out",)),
    Alarm("low-cpu", "AWS/EC2", "CPUUtilization", ("group",), 20.0, comparison="LessThanThreshold"),
    Alarm(
        "errors",
        "AWS/ApplicationELB",
        "HTTPCode_ELB_5XX_Count",
        ("balancer:web",),
        10.0,
        # A topic that nobody hears, and a function that nobody made.
        actions=("topic", "missing:restart"),
        statistic="Sum",
    ),
    # Without dimensions it looks at a metric that nobody writes.
    Alarm("unhealthy-hosts", "AWS/ApplicationELB", "UnHealthyHostCount", (), 1.0),
)

_DATABASE = Database(
    version="14.7",
    groups=(),
    exports=(),
    key=None,
    multi_az=False,
    backup_days=0,
    deletion_protection=False,
)
# Both export logs that AWS's own parameter and option groups leave empty.
_REPORTS = replace(
    _DATABASE, role="reports", engine="mysql", version="8.0.39", exports=("audit", "slowquery")
)
_CATALOGUE = replace(
    _DATABASE,
    role="catalogue",
    engine="aurora-mysql",
    version="8.0.mysql_aurora.3.08.0",
    exports=("audit", "slowquery"),
    backup_days=1,
    members=1,
)

BROKEN = Application(
    name=_NAME,
    region=_REGION,
    tags={"environment": "prod"},
    network=_NETWORK,
    balancers=_BALANCERS,
    keys=(
        # The account's default for volumes; the scaling group's own role is not let in.
        Key("ebs", statements=()),
        Key("logs", statements=(logs_by_the_global_name(),)),
        Key("data", statements=(anybody_may_use(),)),
    ),
    roles=_ROLES,
    fleet=_FLEET,
    secrets=(Secret("db", key="data"), Secret("api", days=90, rotated_days_ago=200)),
    rotation=Rotation("python3.9", 128, invoked_by_secrets_manager=False, in_vpc=False),
    databases=(_DATABASE, _REPORTS, _CATALOGUE),
    observability=Observability(
        alarms=_ALARMS,
        composite_actions=(),
        # AWS's own key, which alarms may not use.
        topic_key="alias/aws/sns",
        subscribers=(),
        log_groups={f"/aws/ec2/{_NAME}": "logs", f"/ecs/{_NAME}": None},
        retention_days=None,
    ),
    service=Service(
        groups=(),
        public_ip=True,
        cpu="256",
        memory="512",
        circuit_breaker=False,
        own_task_role=False,
        insights=False,
        scaling=None,
        health_check=False,
    ),
    buckets=(Bucket("assets", closed=False, versioned=False, expires=False),),
    deployment=Deployment("deployment", targets=("web",), rolls_back=False),
    stack=Stack(
        status="UPDATE_ROLLBACK_COMPLETE",
        failures=(refused_by_logs(_REGION, f"/aws/application/{_NAME}"),),
    ),
)
