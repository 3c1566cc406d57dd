"""The delivery pipeline: from a repository to containers that are replaced blue by green."""

from tests.stories.telling import Row, assert_found, assert_items, assert_repaired

FOUND: dict[str, list[Row]] = {
    "S3.A1": [
        ("access.least_privilege administrator", "DeploymentRole", "drift", "high", "power-user"),
    ],
    "S3.A2": [
        ("network.nat_per_zone", "Vpc", "drift", "informational", "cross-az"),
    ],
    "S3.A3": [
        ("pipelines.blue_green deployable", "Service", "gap", "high", "no-deployment-group"),
    ],
    "S3.A4": [
        ("pipelines.build_image", "BuildProject", "gap", "high", "repository-missing"),
    ],
    "S3.B1": [
        (
            "stacks.deletion_policies deletion",
            "delivery-broken",
            "drift",
            "low",
            "retain-in-ephemeral",
        ),
        (
            "stacks.deletion_policies replacement",
            "delivery-broken",
            "drift",
            "low",
            "retain-in-ephemeral",
        ),
    ],
    "S3.B4": [
        (
            "stacks.deletion_policies deletion",
            "delivery-broken",
            "drift",
            "low",
            "retain-in-ephemeral",
        ),
        (
            "stacks.deletion_policies replacement",
            "delivery-broken",
            "drift",
            "low",
            "retain-in-ephemeral",
        ),
    ],
    "S3.B5": [
        ("pipelines.compute_type", "TestProject", "drift", "low", "compute-too-large"),
    ],
    "S3.B6": [
        ("pipelines.manual_approvals context", "PipelinePipeline", "gap", "low", "no-custom-data"),
    ],
    "S3.B7": [
        (
            "pipelines.source_connection connection",
            "PipelinePipeline",
            "gap",
            "high",
            "placeholder-connection",
        ),
    ],
    "S3.B8": [
        (
            "load_balancing.health_check healthy_threshold",
            "WebTargetGroup",
            "drift",
            "low",
            "health-check-healthy-threshold",
        ),
        (
            "load_balancing.health_check unhealthy_threshold",
            "WebTargetGroup",
            "drift",
            "low",
            "health-check-unhealthy-threshold",
        ),
    ],
    "S3.B9": [
        ("containers.environment_values environment", "Service", "drift", "medium", "env-mismatch"),
        ("containers.environment_values required", "Service", "gap", "low", "missing-key"),
    ],
    "S3.B10": [
        ("observability.dashboard_metrics", "OverviewDashboard", "drift", "low", "dead-metric"),
        ("observability.dashboard_coverage builds", "us-east-1", "gap", "low", "metrics-not-shown"),
        (
            "observability.dashboard_coverage pipelines",
            "us-east-1",
            "gap",
            "low",
            "metrics-not-shown",
        ),
    ],
    "S3.B11": [
        ("containers.service_scaling target", "Service", "gap", "medium", "no-target"),
    ],
    "S3.B12": [
        ("containers.container_insights", "Cluster", "gap", "medium", "off"),
    ],
    "S3.B13": [
        ("access.execution_role given", "Service", "gap", "high", "no-execution-role"),
    ],
    "S3.I1": [
        ("stacks.outputs missing", "delivery-broken", "gap", "low", "missing-output"),
        ("stacks.outputs missing", "delivery-broken-service", "gap", "low", "missing-output"),
    ],
    "S3.I2": [
        (
            "observability.log_retention",
            "AwsCodebuildDeliveryBrokenBuildLogs",
            "gap",
            "low",
            "never-expire",
        ),
        (
            "observability.log_retention",
            "AwsCodebuildDeliveryBrokenTestLogs",
            "gap",
            "low",
            "never-expire",
        ),
        (
            "observability.log_retention",
            "AwsLambdaDeliveryBrokenRotationLogs",
            "gap",
            "low",
            "never-expire",
        ),
        (
            "observability.log_retention",
            "EcsDeliveryBrokenServiceLogs",
            "gap",
            "low",
            "never-expire",
        ),
    ],
    "S3.I5": [
        ("containers.container_health_check", "Service", "gap", "low", "no-health-check"),
    ],
    "S3.I6": [
        ("pipelines.build_commands login", "BuildProject", "gap", "medium", "no-login"),
        ("pipelines.build_commands reports", "TestProject", "gap", "low", "no-reports"),
        ("pipelines.build_commands variables", "BuildProject", "gap", "low", "missing-variable"),
    ],
    "": [
        ("containers.task_size", "Service", "drift", "low", "too-small"),
        ("stacks.hard_coded_values accounts", "delivery-broken", "drift", "low", "own-account"),
        ("stacks.hard_coded_values places", "delivery-broken", "drift", "low", "region-literal"),
    ],
}
"""What is found for each item; below no item, what is found besides."""


def test_what_is_found_as_the_document_found_it():
    assert_found("delivery", FOUND)


def test_each_item_is_found_where_it_is():
    assert_items("delivery", FOUND)


def test_nothing_is_found_once_it_is_repaired():
    assert_repaired("delivery")
