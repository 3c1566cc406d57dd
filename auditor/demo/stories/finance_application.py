"""The applications of the financial story."""

from __future__ import annotations

from dataclasses import replace

from auditor.demo import sound
from auditor.demo.application import (
    Application,
    Database,
    Group,
    Key,
    Network,
    Role,
    Rule,
    Secret,
)
from auditor.demo.documents import ACCOUNT, allow
from auditor.demo.handed_out import outputs
from auditor.demo.parts import (
    Bucket,
    Distribution,
    Function,
    Repository,
    Scaling,
    Service,
    Stack,
    Table,
)

_NETWORK = Network(
    cidr="10.43.0.0/16",
    groups=(
        Group(
            "balancer",
            ingress=(Rule(sound.WORLD, 80), Rule(sound.WORLD, 443)),
            egress=(Rule("task", 8080),),
        ),
        Group(
            "task",
            ingress=(Rule("balancer", 8080),),
            egress=(*sound.TO_AWS, Rule("db", 5432)),
        ),
        Group("db", ingress=(Rule("task", 5432),), egress=()),
        Group("endpoints", ingress=(Rule("task", 443),), egress=()),
    ),
    nat_per_zone=True,
    database_isolated=True,
    default_group_emptied=True,
    endpoints=("ecr.api", "ecr.dkr", "secretsmanager", "kms", "logs"),
)
_CPU, _MEMORY = "AWS/ECS:CPUUtilization", "AWS/ECS:MemoryUtilization"
TASKS = ("cluster", "service")
SERVICE = {
    "Properties": {"LoadBalancers": [{"TargetGroupArn": {"Ref": "WebTargetGroup"}}]},
    "DependsOn": "WebHttpsListener",
}
_LOG_TABLE = ("dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:Query")


def _roles(name: str, region: str) -> tuple[Role, ...]:
    return (
        Role(
            "execution",
            "ecs-tasks.amazonaws.com",
            managed=(sound.EXECUTION,),
            statements=sound.read_secret(),
        ),
        Role(
            "task",
            "ecs-tasks.amazonaws.com",
            statements=(
                allow(("s3:GetObject",), "arn:aws:s3:::@bucket:assets/*"),
                sound.write_logs(region, f"/ecs/{name}"),
                *sound.read_parameters(region, name),
            ),
        ),
        Role(
            "validation",
            "lambda.amazonaws.com",
            managed=("service-role/AWSLambdaBasicExecutionRole",),
            statements=(
                allow(
                    _LOG_TABLE,
                    f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/{name}-transactions",
                ),
            ),
        ),
    )


def sound_finance(name: str, region: str) -> Application:
    """The application with nothing to find fault with."""
    return Application(
        name=name,
        region=region,
        tags=sound.tags("transaction-processing", Project="payments"),
        network=_NETWORK,
        balancers=(sound.balancer("web", "internet-facing", "balancer", "ip"),),
        keys=(Key("data", statements=(), rotation_days=365), sound.ALERTS_KEY),
        roles=_roles(name, region),
        secrets=(Secret("db", key="data", days=7, rotated_days_ago=3, owner="rds"),),
        databases=(
            Database(
                version="16.4",
                groups=("db",),
                exports=("postgresql",),
                key="data",
                multi_az=True,
                backup_days=7,
                deletion_protection=True,
                engine="aurora-postgresql",
                role="ledger",
                members=2,
            ),
        ),
        service=Service(
            groups=("task",),
            public_ip=False,
            cpu="512",
            memory="1024",
            circuit_breaker=True,
            own_task_role=True,
            insights=True,
            health_check=True,
            scaling=Scaling(),
            balancer="web",
            grace_seconds=60,
            image="@repository:app:1.4.2",
        ),
        buckets=(Bucket("assets"),),
        functions=(Function("validation", "validation"),),
        tables=(Table("transactions"),),
        distributions=(Distribution("site", "assets"),),
        repositories=(Repository("app", ("1.4.2",)),),
        observability=replace(
            sound.watched(
                sound.alarm("service-cpu", _CPU, TASKS, 80.0),
                sound.alarm("service-memory", _MEMORY, TASKS, 80.0),
                sound.alarm(
                    "validation-errors", "AWS/Lambda:Errors", ("function:validation",), 1.0
                ),
                *sound.web_alarms("web"),
                log_groups=(
                    f"/ecs/{name}",
                    f"/aws/lambda/{name}-validation",
                    f"/aws/rds/cluster/{name}-ledger/postgresql",
                ),
            ),
            dashboards=(sound.dashboard("web", service=True, functions=("validation",)),),
        ),
        stack=Stack(
            deletion=sound.KEPT,
            declared={"Service": SERVICE, "WebHttpsListener": sound.forwards("WebTargetGroup")},
            outputs=outputs(
                name,
                "ALBDNSName",
                "LoadBalancerURL",
                "ALBSecurityGroupId",
                "BlueTargetGroupArn",
                "ClusterName",
                "LedgerPort",
                "DBSecretArn",
                "LambdaArn",
                "TableName",
            ),
        ),
    )
