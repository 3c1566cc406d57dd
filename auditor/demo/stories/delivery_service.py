"""What the pipeline of the story delivers to: containers that are replaced blue by green."""

from __future__ import annotations

from dataclasses import replace

from auditor.demo import sound
from auditor.demo.application import (
    Application,
    Group,
    Listener,
    Network,
    Role,
    Rule,
)
from auditor.demo.documents import allow
from auditor.demo.handed_out import outputs
from auditor.demo.parts import Deployment, Repository, Scaling, Service, Stack
from auditor.demo.stories.story import FOUND_IN

_NETWORK = Network(
    cidr="10.44.0.0/16",
    groups=(
        Group(
            "balancer",
            ingress=(Rule(sound.WORLD, 80), Rule(sound.WORLD, 443), Rule("vpc", 8080)),
            egress=(Rule("task", 8080),),
        ),
        Group("task", ingress=(Rule("balancer", 8080),), egress=sound.TO_AWS),
        Group("endpoints", ingress=(Rule("task", 443),), egress=()),
    ),
    nat_per_zone=True,
    database_isolated=True,
    default_group_emptied=True,
    endpoints=("ecr.api", "ecr.dkr", "logs", "ssmmessages"),
)
_TASKS = ("cluster", "service")
_EXEC = ("CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel")
_SERVICE = {
    "Properties": {"LoadBalancers": [{"TargetGroupArn": {"Ref": "WebTargetGroup"}}]},
    "DependsOn": "WebHttpsListener",
}


def sound_service(name: str, region: str) -> Application:
    """What the pipeline delivers to, with nothing to find fault with."""
    web = sound.balancer("web", "internet-facing", "balancer", "ip")
    test = Listener("HTTPS", 8080, tls_policy=sound.TLS, target="green")
    return Application(
        name=name,
        region=region,
        tags=sound.tags("delivery", "staging", Project="delivery"),
        network=_NETWORK,
        balancers=(replace(web, further_targets=("green",), listeners=(*web.listeners, test)),),
        keys=(sound.ALERTS_KEY,),
        roles=(
            Role("execution", "ecs-tasks.amazonaws.com", managed=(sound.EXECUTION,)),
            Role(
                "task",
                "ecs-tasks.amazonaws.com",
                statements=(
                    allow(tuple(f"ssmmessages:{what}" for what in _EXEC)),
                    sound.write_logs(region, f"/ecs/{name}"),
                    *sound.read_parameters(region, name),
                ),
            ),
            Role("deployment", "codedeploy.amazonaws.com", managed=("AWSCodeDeployRoleForECS",)),
        ),
        service=Service(
            groups=("task",),
            public_ip=False,
            cpu="512",
            memory="1024",
            circuit_breaker=False,
            own_task_role=True,
            insights=True,
            health_check=True,
            scaling=Scaling(),
            balancer="web",
            blue_green=True,
            executable=True,
            grace_seconds=60,
            secret=None,
            image="@repository:app:1.4.2",
        ),
        repositories=(Repository("app", ("1.4.2",)),),
        deployment=Deployment(
            "deployment",
            platform="ECS",
            targets=("web", "green"),
            listeners=("web443", "green8080"),
        ),
        observability=replace(
            sound.watched(
                sound.alarm("service-cpu", "AWS/ECS:CPUUtilization", _TASKS, 80.0),
                sound.alarm("service-memory", "AWS/ECS:MemoryUtilization", _TASKS, 80.0),
                *sound.web_alarms("web", "green"),
                log_groups=(f"/ecs/{name}",),
            ),
            dashboards=(sound.dashboard("web", service=True),),
        ),
        stack=Stack(
            deletion=sound.KEPT,
            declared={"Service": _SERVICE, "WebHttpsListener": sound.forwards("WebTargetGroup")},
            outputs=outputs(
                name,
                "ALBDNSName",
                "LoadBalancerURL",
                "ALBSecurityGroupId",
                "ClusterName",
                "BlueTargetGroupArn",
                "GreenTargetGroupArn",
            ),
        ),
    )


def service_as_found() -> Application:
    """The service with one target group, one NAT gateway, and what nobody thought of."""
    app = sound_service("delivery-broken-service", FOUND_IN)
    assert app.network is not None
    assert app.service is not None
    (web,) = app.balancers
    return replace(
        app,
        network=replace(app.network, nat_per_zone=False),
        balancers=(
            replace(
                web,
                further_targets=(),
                listeners=sound.LISTENERS,
                health_check={"HealthCheckPath": "/", "HealthCheckIntervalSeconds": 30},
            ),
        ),
        roles=app.roles[1:],
        service=replace(
            app.service,
            cpu="256",
            memory="512",
            execution_role=False,
            insights=False,
            health_check=False,
            executable=False,
            scaling=None,
            environment={"ENV": "production"},
        ),
        deployment=None,
        observability=replace(
            app.observability,
            alarms=tuple(a for a in app.observability.alarms if "target:green" not in a.dimensions),
            retention_days=None,
        ),
        stack=replace(app.stack, outputs={}),
    )
