"""The delivery pipeline: from a repository to containers that are replaced blue by green.

Two stacks: the pipeline, which belongs to a test and must go without a trace, and the service that
it delivers to, which is the rehearsal of production. As found, a rule of EventBridge already tells
of failures, which is as good as an alarm; what the dashboard shows does not exist. CloudFormation
deletes topics by itself. As repaired, the deployment group rolls back, because ECS's own circuit
breaker is not to be had together with CodeDeploy; the connection is one that exists; the image of
the build is not only named but there.
"""

from __future__ import annotations

from auditor.demo.stories.delivery_pipeline import pipeline_as_found, sound_pipeline
from auditor.demo.stories.delivery_service import service_as_found, sound_service
from auditor.demo.stories.story import REPAIRED_IN, Item, Story

ITEMS = {
    "S3.A1": Item(
        "The role by which another account deploys may do almost everything.",
        "DeploymentRole",
        ("access.least_privilege",),
    ),
    "S3.A2": Item(
        "One NAT gateway serves two zones.",
        "Vpc",
        ("network.nat_per_zone",),
    ),
    "S3.A3": Item(
        "CodeDeploy is to replace the tasks, and there is only one target group.",
        "Service",
        ("pipelines.blue_green",),
        truth="It takes a deployment group, too; a listener for tests may be left out.",
    ),
    "S3.A4": Item(
        "The image that builds run in comes from a repository that does not exist.",
        "BuildProject",
        ("pipelines.build_image",),
        truth="A new repository alone is empty: the image must be pushed.",
    ),
    "S3.B1": Item(
        "The bucket of artifacts outlives the test that it belongs to.",
        "delivery-broken",
        ("stacks.deletion_policies",),
    ),
    "S3.B2": Item(
        "The bucket of the build cache is not encrypted.",
        "CacheBucket",
        truth="S3 encrypts every bucket with its own keys; live there is nothing to find.",
    ),
    "S3.B3": Item(
        "The topic for approvals may be left behind.",
        "Topic",
        reason="CloudFormation deletes topics unless it is told otherwise, and they hold nothing",
    ),
    "S3.B4": Item(
        "The secret with the registry's password outlives the test.",
        "delivery-broken",
        ("stacks.deletion_policies",),
        truth="CloudFormation deletes secrets at once, without the days in which to think again.",
    ),
    "S3.B5": Item(
        "Tests run on a larger machine than they are meant to.",
        "TestProject",
        ("pipelines.compute_type",),
    ),
    "S3.B6": Item(
        "Whoever is asked to approve is not told what.",
        "PipelinePipeline",
        ("pipelines.manual_approvals",),
    ),
    "S3.B7": Item(
        "The connection to the sources is written down, and does not exist.",
        "PipelinePipeline",
        ("pipelines.source_connection",),
    ),
    "S3.B8": Item(
        "The health check of the targets is half set.",
        "WebTargetGroup",
        ("load_balancing.health_check",),
    ),
    "S3.B9": Item(
        "Containers of a rehearsal are told that they are in production.",
        "Service",
        ("containers.environment_values",),
    ),
    "S3.B10": Item(
        "The dashboard shows successes only.",
        "OverviewDashboard",
        (
            "observability.dashboard_metrics",
            "observability.dashboard_coverage",
        ),
        truth="The metric that it shows does not exist, nor one that counts successes.",
    ),
    "S3.B11": Item(
        "The service does not scale.",
        "Service",
        ("containers.service_scaling",),
    ),
    "S3.B12": Item(
        "Container Insights is off.",
        "Cluster",
        ("containers.container_insights",),
    ),
    "S3.B13": Item(
        "The tasks have no role to start with.",
        "Service",
        ("access.execution_role",),
        truth="The sizes are below the others' wish as well.",
    ),
    "S3.B14": Item(
        "No alarm tells of failed pipelines.",
        "PipelinePipeline",
        truth="A rule of EventBridge tells of them, which is as good.",
    ),
    "S3.I1": Item(
        "The stacks tell neither pipeline nor cluster nor address.",
        "delivery-broken",
        ("stacks.outputs",),
    ),
    "S3.I2": Item(
        "Logs are kept for ever.",
        "AwsCodebuildDeliveryBrokenBuildLogs",
        ("observability.log_retention",),
    ),
    "S3.I3": Item(
        "A deployment that fails is not rolled back.",
        "Service",
        truth="With CodeDeploy it is the deployment group that rolls back, not the service.",
    ),
    "S3.I4": Item(
        "Nobody can look into a running container.",
        "Service",
        truth="It is asked for where nothing of worth runs; elsewhere the baseline leaves it open.",
    ),
    "S3.I5": Item(
        "Containers do not check their own health.",
        "Service",
        ("containers.container_health_check",),
    ),
    "S3.I6": Item(
        "Builds do not log in to the registry, are told no account, and report no tests.",
        "BuildProject",
        ("pipelines.build_commands",),
    ),
}

DELIVERY = Story(
    "delivery",
    "the delivery pipeline: from a repository to containers that are replaced blue by green",
    broken=(service_as_found(), pipeline_as_found()),
    repaired=(
        sound_service("delivery-repaired-service", REPAIRED_IN),
        sound_pipeline("delivery-repaired", REPAIRED_IN),
    ),
    items=ITEMS,
)
