"""The financial web application: containers before Aurora, a site, a function and a table."""

from tests.stories.telling import Row, assert_found, assert_items, assert_repaired

FOUND: dict[str, list[Row]] = {
    "S2.2": [
        ("tags.required_tags missing", "AlertsKey", "gap", "low", "missing-key"),
        (
            "tags.required_tags missing",
            "AwsLambdaFinanceBrokenValidationLogs",
            "gap",
            "low",
            "missing-key",
        ),
        (
            "tags.required_tags missing",
            "AwsRdsClusterFinanceBrokenLedgerPostgresqlLogs",
            "gap",
            "low",
            "missing-key",
        ),
        ("tags.required_tags missing", "AssetsBucket", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "Cluster", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "DataKey", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "DatabaseSubnetA", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "DatabaseSubnetB", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "EcsFinanceBrokenLogs", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "ExecutionRole", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "HighCpuAlarm", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "LedgerCluster", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "LedgerMemberA", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "LedgerMemberB", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "LogsBucket", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "NatA", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "NatB", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "PrivateARouteTable", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "PrivateBRouteTable", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "PrivateSubnetA", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "PrivateSubnetB", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "PublicRouteTable", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "TransactionsTable", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "SiteDistribution", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "PublicSubnetA", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "PublicSubnetB", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "Service", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "Topic", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "ValidationFunction", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "ValidationRole", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "Vpc", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "WebLoadBalancer", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "WebTargetGroup", "gap", "low", "missing-key"),
        ("tags.required_tags missing", "finance-broken", "gap", "low", "missing-key"),
    ],
    "S2.3": [
        ("load_balancing.https_listener", "WebLoadBalancer", "gap", "high", "no-https"),
        ("load_balancing.http_redirect", "WebHttpListener", "drift", "high", "forwards-http"),
    ],
    "S2.4": [
        ("network.default_group_unused", "LedgerCluster", "drift", "medium", "default-group"),
        ("network.default_group_unused", "Service", "drift", "medium", "default-group-implied"),
        ("network.default_group_unused", "WebLoadBalancer", "drift", "medium", "default-group"),
        ("network.default_group_empty", "default", "drift", "medium", "default-sg-has-rules"),
    ],
    "S2.5": [
        ("network.database_subnets", "LedgerCluster", "drift", "medium", "egress"),
    ],
    "S2.6": [
        ("storage.public_access", "AssetsBucket", "gap", "high", "not-blocked"),
        ("storage.lifecycle", "AssetsBucket", "gap", "low", "no-lifecycle"),
    ],
    "S2.7": [
        ("containers.task_size", "Service", "drift", "low", "too-small"),
    ],
    "S2.8": [
        ("access.task_role separate", "Service", "drift", "medium", "same-role"),
    ],
    "S2.9": [
        ("observability.load_balancer_alarms", "WebLoadBalancer", "gap", "medium", "no-alarm"),
        ("observability.function_alarms", "ValidationFunction", "gap", "medium", "no-alarm"),
        ("observability.service_alarms memory", "Service", "gap", "medium", "alarm-idle"),
        ("observability.alarm_datapoints", "HighCpuAlarm", "gap", "low", "datapoints-not-set"),
        ("observability.alarm_missing_data", "HighCpuAlarm", "gap", "low", "missing-data-not-set"),
        (
            "observability.dashboard_coverage functions",
            "us-east-1",
            "gap",
            "low",
            "metrics-not-shown",
        ),
        (
            "observability.dashboard_coverage load_balancers",
            "us-east-1",
            "gap",
            "low",
            "metrics-not-shown",
        ),
        (
            "observability.dashboard_coverage services",
            "us-east-1",
            "gap",
            "low",
            "metrics-not-shown",
        ),
    ],
    "S2.10": [
        ("containers.deployment_rollback", "Service", "gap", "medium", "circuit-breaker-off"),
        ("containers.grace_period", "Service", "gap", "low", "no-grace-period"),
        ("containers.container_health_check", "Service", "gap", "low", "no-health-check"),
    ],
    "S2.11": [
        ("stacks.deletion_policies deletion", "finance-broken", "gap", "medium", "missing"),
        (
            "stacks.deletion_policies replacement",
            "finance-broken",
            "gap",
            "medium",
            "no-update-replace",
        ),
    ],
    "S2.12": [
        ("edge.compression", "SiteDistribution", "gap", "low", "not-compressed"),
        ("edge.http_version", "SiteDistribution", "gap", "low", "http-version"),
        ("edge.methods allowed", "SiteDistribution", "drift", "low", "extra-methods"),
        ("edge.price_class", "SiteDistribution", "drift", "low", "too-dear"),
    ],
    "S2.13": [
        ("containers.service_scaling cooldown", "Service", "drift", "low", "cooldown"),
    ],
    "S2.14": [
        ("stacks.outputs exported", "finance-broken", "gap", "informational", "no-export"),
        ("stacks.outputs missing", "finance-broken", "gap", "low", "missing-output"),
    ],
    "S2.15": [
        ("containers.container_insights", "Cluster", "gap", "medium", "off"),
    ],
    "S2.16": [
        (
            "load_balancing.target_group_attributes deregistration_delay",
            "WebTargetGroup",
            "drift",
            "low",
            "deregistration-delay",
        ),
        (
            "load_balancing.target_group_attributes slow_start",
            "WebTargetGroup",
            "drift",
            "low",
            "slow-start",
        ),
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
    "S2.17": [
        ("serverless.memory", "ValidationFunction", "drift", "low", "little-memory"),
        (
            "observability.log_retention",
            "AwsLambdaFinanceBrokenValidationLogs",
            "gap",
            "low",
            "never-expire",
        ),
        (
            "observability.log_retention",
            "AwsRdsClusterFinanceBrokenLedgerPostgresqlLogs",
            "gap",
            "low",
            "never-expire",
        ),
        ("observability.log_retention", "EcsFinanceBrokenLogs", "gap", "low", "never-expire"),
    ],
    "": [
        ("observability.unhealthy_host_alarm", "WebTargetGroup", "gap", "medium", "no-alarm"),
    ],
}
"""What is found for each item; below no item, what is found besides."""


def test_what_is_found_as_the_document_found_it():
    assert_found("finance", FOUND)


def test_each_item_is_found_where_it_is():
    assert_items("finance", FOUND)


def test_nothing_is_found_once_it_is_repaired():
    assert_repaired("finance")
