"""The financial application as it was found: what nobody thought of is as AWS begins."""

from __future__ import annotations

from dataclasses import replace

from auditor.demo import sound
from auditor.demo.application import Alarm, Application, Balancer, Listener, Observability, Role
from auditor.demo.parts import Bucket, Dashboard, Distribution, Function, Scaling
from auditor.demo.stories.finance_application import SERVICE, TASKS, sound_finance
from auditor.demo.stories.story import FOUND_IN


def finance_as_found() -> Application:
    """One alarm, one role, no tags, and the network's default groups."""
    app = sound_finance("finance-broken", FOUND_IN)
    assert app.network is not None
    assert app.service is not None
    (ledger,) = app.databases
    return replace(
        app,
        tags={},
        network=replace(
            app.network,
            groups=(),
            endpoints=(),
            database_isolated=False,
            default_group_emptied=False,
        ),
        balancers=(
            Balancer(
                role="web",
                scheme="internet-facing",
                groups=(),
                listeners=(Listener("HTTP", 80),),
                target_type="ip",
                attributes=sound.ATTRIBUTES,
                logs=True,
                health_check={
                    **sound.HEALTH_CHECK,
                    "HealthyThresholdCount": 5,
                    "UnhealthyThresholdCount": 2,
                },
            ),
        ),
        roles=(
            Role(
                "execution",
                "ecs-tasks.amazonaws.com",
                managed=(sound.EXECUTION,),
                statements=sound.read_secret(),
            ),
            app.roles[2],
        ),
        databases=(replace(ledger, groups=()),),
        service=replace(
            app.service,
            groups=(),
            cpu="256",
            memory="512",
            circuit_breaker=False,
            own_task_role=False,
            insights=False,
            health_check=False,
            scaling=Scaling(cooldown=None),
            grace_seconds=None,
        ),
        buckets=(Bucket("assets", closed=False, expires=False),),
        functions=(Function("validation", "validation", memory=128),),
        distributions=(
            Distribution(
                "site",
                "assets",
                compressed=False,
                http_version="http2",
                methods=("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"),
                price_class="PriceClass_All",
            ),
        ),
        observability=Observability(
            alarms=(
                Alarm(
                    "high-cpu",
                    "AWS/ECS",
                    "CPUUtilization",
                    TASKS,
                    80.0,
                    actions=("topic",),
                    periods=2,
                ),
            ),
            topic_key="@key:alerts",
            subscribers=("operations@example.com",),
            log_groups=dict.fromkeys(app.observability.log_groups),
            dashboards=(
                Dashboard(
                    "overview",
                    {
                        "Tasks": (("AWS/ECS", "CPUUtilization", TASKS),),
                        "Load balancer": ((sound.ELB, "RequestCount", ("balancer:web",)),),
                    },
                ),
            ),
        ),
        stack=replace(
            app.stack,
            deletion={
                kind: policy
                for kind, policy in sound.KEPT.items()
                if kind not in {"AWS::KMS::Key", "AWS::RDS::DBCluster"}
            },
            declared={"Service": {**SERVICE, "DependsOn": "WebHttpListener"}},
            outputs={
                key: replace(app.stack.outputs[key], exported=False)
                for key in app.stack.outputs
                if key not in {"ALBSecurityGroupId", "LambdaArn", "TableName"}
            },
        ),
    )
