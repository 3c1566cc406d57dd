"""The migration: instances before a PostgreSQL database whose password lies in a secret.

As found, no listener speaks HTTPS although the group is told to be opened for it, and Session
Manager already lets operators in, so that no shell need be opened. As repaired, there is an HTTPS
listener behind the open port, the role may use the secret's key, the script keeps the password out
of files, the function that rotates runs a current runtime and is invoked for this account alone,
and nobody comes in but through the load balancer.
"""

from __future__ import annotations

from dataclasses import replace

from auditor.demo import sound
from auditor.demo.application import (
    Application,
    Database,
    Fleet,
    Group,
    Key,
    Listener,
    Network,
    Policy,
    Rotation,
    Rule,
    Secret,
)
from auditor.demo.documents import auto_scaling_may_use
from auditor.demo.handed_out import outputs
from auditor.demo.parts import Document, Stack
from auditor.demo.stories.story import FOUND_IN, REPAIRED_IN, Item, Story

_NETWORK = Network(
    cidr="10.42.0.0/16",
    groups=(
        Group(
            "balancer",
            ingress=(Rule(sound.WORLD, 80), Rule(sound.WORLD, 443)),
            egress=(Rule("app", 8080),),
        ),
        Group(
            "app",
            ingress=(Rule("balancer", 8080),),
            egress=(*sound.TO_AWS, Rule("db", 5432)),
        ),
        Group("rotation", egress=(Rule("endpoints", 443), Rule("db", 5432))),
        Group("db", ingress=(Rule("app", 5432), Rule("rotation", 5432)), egress=()),
        Group("endpoints", ingress=(Rule("app", 443), Rule("rotation", 443)), egress=()),
    ),
    nat_per_zone=True,
    database_isolated=True,
    default_group_emptied=True,
    endpoints=("ssm", "ssmmessages", "secretsmanager", "logs"),
)
_GROUP = {"Properties": {"TargetGroupARNs": [{"Ref": "WebTargetGroup"}]}}
_CPU = "AWS/EC2:CPUUtilization"
_ROTATES: Document = {
    "Type": "AWS::SecretsManager::RotationSchedule",
    "DependsOn": "RotationPermission",
    "Properties": {
        "SecretId": {"Ref": "DbSecret"},
        "RotationLambdaARN": {"Fn::GetAtt": ["RotationFunction", "Arn"]},
    },
}


_TOLD = (
    "VPCId",
    "ALBDNSName",
    "RDSEndpoint",
    "LoadBalancerURL",
    "ALBSecurityGroupId",
    "EC2SecurityGroupId",
)
_UNTOLD = (
    "RDSPort",
    "DBSecretArn",
    "BlueTargetGroupArn",
    "GreenTargetGroupArn",
    "AutoScalingGroupName",
    "RotationArn",
)


def _sound(name: str, region: str) -> Application:
    web = sound.balancer("web", "internet-facing", "balancer", "instance")
    return Application(
        name=name,
        region=region,
        tags=sound.tags("orders", Project="migration", MigrationPhase="infrastructure"),
        network=_NETWORK,
        balancers=(replace(web, further_targets=("green",)),),
        keys=(
            Key("volumes", statements=auto_scaling_may_use(), rotation_days=365),
            Key("data", statements=(), rotation_days=365),
            sound.ALERTS_KEY,
        ),
        roles=(sound.instance_role(name, region, *sound.read_secret()), sound.rotation_role()),
        fleet=Fleet(
            user_data=sound.user_data(name, secret=f"{name}/db", region=region),
            policies=(Policy("cpu", "TargetTrackingScaling"),),
            monitoring=True,
            imdsv2=True,
            tagged_types=("instance", "volume"),
            encrypted_with="volumes",
            default_encryption_key=None,
            metrics=("GroupInServiceInstances", "GroupTotalInstances"),
            propagate_tags=True,
            health_check="ELB",
        ),
        secrets=(Secret("db", key="data", days=30, rotated_days_ago=3),),
        rotation=Rotation("python3.13", 256, invoked_by_secrets_manager=True, in_vpc=True),
        databases=(
            Database(
                version="16.4",
                groups=("db",),
                exports=("postgresql",),
                key="data",
                multi_az=True,
                backup_days=7,
                deletion_protection=True,
            ),
        ),
        observability=replace(
            sound.watched(
                sound.alarm("high-cpu", _CPU, ("group",), 80.0),
                sound.alarm("rotation-errors", "AWS/Lambda:Errors", ("function:rotation",), 1.0),
                *sound.web_alarms("web", "green"),
                log_groups=(
                    f"/aws/ec2/{name}",
                    f"/aws/lambda/{name}-rotation",
                    f"/aws/rds/instance/{name}/postgresql",
                ),
            ),
            dashboards=(sound.dashboard("web", functions=("rotation",)),),
        ),
        stack=Stack(
            deletion=sound.KEPT,
            declared={
                "Group": {**_GROUP, "DependsOn": "WebHttpsListener"},
                "RotationSchedule": _ROTATES,
            },
            outputs=outputs(name, *_TOLD, *_UNTOLD),
        ),
    )


def _as_found() -> Application:
    app = _sound("migration-broken", FOUND_IN)
    assert app.network is not None
    assert app.fleet is not None
    _, *others = app.network.groups
    (database,) = app.databases
    return replace(
        app,
        network=replace(
            app.network,
            groups=(
                Group("balancer", ingress=(Rule(sound.WORLD, 80),), egress=(Rule("app", 8080),)),
                *others,
            ),
        ),
        balancers=(replace(app.balancers[0], listeners=(Listener("HTTP", 80),)),),
        roles=(sound.instance_role(app.name, app.region),),
        fleet=replace(app.fleet, user_data=sound.user_data(app.name)),
        secrets=(Secret("db", key="data"),),
        rotation=None,
        databases=(replace(database, exports=()),),
        observability=replace(
            sound.watched(
                sound.alarm("high-cpu", _CPU, ("group",), 80.0),
                *sound.web_alarms("web", "green"),
                log_groups=(f"/aws/ec2/{app.name}",),
            ),
            dashboards=(sound.dashboard("web"),),
        ),
        stack=replace(
            app.stack,
            declared={"Group": {**_GROUP, "DependsOn": "WebHttpListener"}},
            outputs=outputs(app.name, *_TOLD),
        ),
        untagged=dict.fromkeys(
            (
                "Gateway",
                "PublicSubnetA",
                "PublicSubnetB",
                "Launched instance",
                "Launched volume",
                "Group",
            ),
            ("Environment",),
        ),
    )


ITEMS = {
    "S1.1": Item(
        "The instances' role may not read the database's secret.",
        "InstanceRole",
        truth="Until the script asks for the secret, nothing says that the role needs it.",
    ),
    "S1.2": Item(
        "The start script never fetches the password.",
        "Template",
        ("auto_scaling.bootstrap_database_secret",),
        truth="Fetching it into a file in /tmp would leak it.",
    ),
    "S1.3": Item(
        "Nothing rotates the secret: no schedule, no function, no permission to call one.",
        "DbSecret",
        ("secrets.rotation",),
    ),
    "S1.4": Item(
        "The load balancer's group does not admit HTTPS.",
        "WebLoadBalancer",
        ("load_balancing.https_listener", "load_balancing.http_redirect", "network.https_admitted"),
        truth="Opening the port alone would help nobody: there is no listener behind it.",
    ),
    "S1.5": Item(
        "Nobody can log in to the instances to look for faults.",
        "AppSecurityGroup",
        truth="Session Manager already lets operators in, as the role shows; no port need open.",
    ),
    "S1.6": Item(
        "The database does not export its logs.",
        "Database",
        ("databases.log_exports",),
    ),
    "S1.7": Item(
        "The stack does not tell what deployments need: port, secret, target groups, group.",
        "migration-broken",
        ("stacks.outputs",),
    ),
    "S1.8": Item(
        "Gateway and public subnets lack the environment's tag, and names its suffix.",
        "PublicSubnetA",
        ("tags.required_tags",),
        truth="A migration's phase is no environment: it has a tag of its own.",
    ),
    "S1.9": Item(
        "Instances are launched without the environment's tag.",
        "Template",
        ("auto_scaling.tag_specifications",),
    ),
    "S1.10": Item(
        "The scaling group lacks the environment's tag.",
        "Group",
        ("auto_scaling.tags_propagate",),
    ),
}

MIGRATION = Story(
    "migration",
    "the migration: instances before a database whose password lies in a secret",
    broken=(_as_found(),),
    repaired=(_sound("migration-repaired", REPAIRED_IN),),
    items=ITEMS,
)
