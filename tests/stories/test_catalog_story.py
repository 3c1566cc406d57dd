"""The catalogue of products: a load balancer before a scaling group."""

from tests.stories.telling import Row, assert_found, assert_items, assert_repaired

FOUND: dict[str, list[Row]] = {
    "S0.critical": [
        ("encryption.scaling_group_keys", "Group", "gap", "critical", "role-not-allowed"),
        ("auto_scaling.failed_activities", "Group", "drift", "high", "failed-kms"),
    ],
    "S0.1": [
        ("network.egress", "BalancerSecurityGroup", "drift", "low", "all-protocols-world"),
    ],
    "S0.2": [
        (
            "load_balancing.http_listener",
            "WebLoadBalancer",
            "gap",
            "informational",
            "no-http-listener",
        ),
    ],
    "S0.3": [
        ("load_balancing.tls_policy", "WebHttpsListener", "drift", "high", "old-tls"),
    ],
    "S0.4": [
        ("load_balancing.attributes access_logs", "WebLoadBalancer", "gap", "medium", "off"),
        (
            "load_balancing.attributes deletion_protection",
            "WebLoadBalancer",
            "gap",
            "medium",
            "off",
        ),
    ],
    "S0.5": [
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
    ],
    "S0.6": [
        ("observability.alarm_actions", "LowCpuAlarm", "gap", "medium", "no-alarm-action"),
    ],
    "S0.7": [
        ("observability.alarm_missing_data", "HighCpuAlarm", "gap", "low", "missing-data-not-set"),
        ("observability.alarm_missing_data", "LowCpuAlarm", "gap", "low", "missing-data-not-set"),
    ],
    "S0.8": [
        ("observability.unhealthy_host_alarm", "WebTargetGroup", "gap", "medium", "no-alarm"),
    ],
    "S0.9": [
        ("auto_scaling.detailed_monitoring", "Template", "gap", "low", "basic-monitoring"),
    ],
    "S0.10": [
        ("auto_scaling.group_metrics", "Group", "gap", "low", "metrics-off"),
    ],
    "S0.11": [
        ("access.workload_permissions", "InstanceRole", "gap", "medium", "missing-permissions"),
    ],
    "S0.12": [
        ("stacks.dependencies", "catalog-broken", "gap", "low", "missing-dependency"),
    ],
    "S0.13": [
        ("stacks.outputs missing", "catalog-broken", "gap", "low", "missing-output"),
    ],
    "S0.14": [
        ("auto_scaling.bootstrap_errors", "Template", "gap", "low", "no-error-exit"),
        ("auto_scaling.bootstrap_agent", "Template", "gap", "low", "agent-not-installed"),
    ],
    "S0.15": [
        ("auto_scaling.tag_specifications", "Template", "gap", "low", "no-volume-spec"),
    ],
    "": [
        ("observability.load_balancer_alarms", "WebLoadBalancer", "gap", "medium", "no-alarm"),
    ],
}
"""What is found for each item; below no item, what is found besides."""


def test_what_is_found_as_the_document_found_it():
    assert_found("catalog", FOUND)


def test_each_item_is_found_where_it_is():
    assert_items("catalog", FOUND)


def test_nothing_is_found_once_it_is_repaired():
    assert_repaired("catalog")
