"""The same application with everything mended."""

from __future__ import annotations

from dataclasses import replace

from auditor.demo import delivered, sound
from auditor.demo.application import (
    Application,
    Database,
    Fleet,
    Group,
    Key,
    Network,
    Observability,
    Policy,
    Rotation,
    Rule,
    Secret,
)
from auditor.demo.documents import (
    alarms_may_use,
    auto_scaling_may_use,
    events_may_use,
    logs_may_use,
)
from auditor.demo.handed_out import outputs
from auditor.demo.parts import (
    Bucket,
    Deployment,
    Distribution,
    Queue,
    Repository,
    Scaling,
    Service,
    Stack,
    Table,
)
from auditor.demo.repaired_roles import ROLES

_NAME, _REGION = "shop-repaired", "eu-central-1"

_PORTS = (5432, 3306)
_TO_DATA = tuple(Rule("db", port) for port in _PORTS)

_NETWORK = Network(
    cidr="10.30.0.0/16",
    groups=(
        Group(
            "balancer",
            ingress=(Rule(sound.WORLD, 80), Rule(sound.WORLD, 443)),
            egress=(Rule("app", 8080),),
        ),
        Group(
            "admin",
            ingress=tuple(Rule(peer, port) for peer in ("vpc", "offices") for port in (80, 443)),
            egress=(Rule("task", 8080),),
        ),
        Group("app", ingress=(Rule("balancer", 8080),), egress=(*sound.TO_AWS, *_TO_DATA)),
        Group("task", ingress=(Rule("admin", 8080),), egress=(*sound.TO_AWS, *_TO_DATA)),
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

_FLEET = Fleet(
    user_data=sound.user_data(_NAME, secret=f"{_NAME}/db", region=_REGION),
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

_ALARMS = (
    replace(sound.web_alarms("web")[0], actions=("topic", "plan", "investigation")),
    *sound.web_alarms("web")[1:],
    # Nobody is called for it: it stops instance refreshes.
    sound.alarm(
        "web-latency", f"{sound.ELB}:TargetResponseTime", ("balancer:web",), 2.0, actions=()
    ),
    *sound.web_alarms("admin"),
    sound.alarm("service-cpu", "AWS/ECS:CPUUtilization", ("cluster", "service"), 80.0),
    sound.alarm("service-memory", "AWS/ECS:MemoryUtilization", ("cluster", "service"), 80.0),
    delivered.alarm(),
    sound.alarm("rotation-errors", "AWS/Lambda:Errors", ("function:rotation",), 1.0),
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
        sound.balancer("web", "internet-facing", "balancer", "instance"),
        sound.balancer("admin", "internal", "admin", "ip"),
    ),
    keys=(
        Key("ebs", statements=auto_scaling_may_use(), rotation_days=365),
        Key("logs", statements=(logs_may_use(_REGION),), rotation_days=365),
        Key("data", statements=(), rotation_days=180),
        Key("alerts", statements=(alarms_may_use(), events_may_use()), rotation_days=365),
    ),
    roles=(*ROLES, *delivered.roles(_NAME, _REGION, "data")[1:]),
    fleet=_FLEET,
    secrets=(Secret("db", key="data", days=30, rotated_days_ago=3),),
    rotation=Rotation(
        "python3.13", 256, invoked_by_secrets_manager=True, in_vpc=True, alias="live"
    ),
    databases=(_DATABASE, _REPORTS, _CATALOGUE),
    observability=Observability(
        alarms=_ALARMS,
        composite_actions=sound.ALERT,
        topic_key="@key:alerts",
        subscribers=("operations@example.com",),
        log_groups={
            f"/aws/ec2/{_NAME}": "logs",
            f"/aws/codebuild/{_NAME}-package": "logs",
            f"/aws/lambda/{_NAME}-rotation": "logs",
            f"/aws/rds/instance/{_NAME}/postgresql": "logs",
            **{f"/aws/rds/instance/{_NAME}-reports/{log}": "logs" for log in _MYSQL_LOGS},
            **{f"/aws/rds/cluster/{_NAME}-catalogue/{log}": "logs" for log in _MYSQL_LOGS},
            f"/ecs/{_NAME}": "logs",
        },
        retention_days=30,
        dashboards=(
            sound.dashboard(
                "web",
                "admin",
                service=True,
                functions=("rotation",),
                Pipeline=delivered.RAN,
                Builds=delivered.BUILT,
            ),
        ),
        rules=(delivered.FAILED,),
    ),
    service=Service(
        groups=("task",),
        public_ip=False,
        cpu="512",
        memory="1024",
        circuit_breaker=True,
        own_task_role=True,
        insights=True,
        scaling=Scaling(),
        health_check=True,
        grace_seconds=60,
        image="@repository:app:1.4.2",
    ),
    buckets=(
        Bucket("assets"),
        *(Bucket(role, key="data") for role in ("sources", "artifacts")),
    ),
    tables=(Table("orders"),),
    queues=(Queue("orders"),),
    distributions=(Distribution("site", "assets", vpc_origin="admin"),),
    repositories=(Repository("app", ("1.4.2",)),),
    projects=(delivered.project(_REGION, "data"),),
    pipelines=(replace(delivered.pipeline(_NAME, "data"), notifies=True),),
    deployment=Deployment("deployment", targets=("web",)),
    stack=Stack(
        deletion=sound.KEPT,
        declared={
            "AwsEc2ShopRepairedLogs": {"Properties": {"KmsKeyId": {"Ref": "EncryptionKeyArn"}}},
        },
        outputs=outputs(
            _NAME,
            "ALBDNSName",
            "AdminDNSName",
            "LoadBalancerURL",
            "ALBSecurityGroupId",
            "EC2SecurityGroupId",
            "BlueTargetGroupArn",
            "AdminTargetGroupArn",
            "AutoScalingGroupName",
            "ClusterName",
            "RDSPort",
            "DBSecretArn",
            "RotationArn",
            "PipelineName",
            "OrdersTableName",
        ),
    ),
)
