"""The catalogue of products: a load balancer before a scaling group.

As found, launches fail because Auto Scaling may not use the account's key for volumes. The group's
policy tracks a target and so scales in by itself; what hangs loose is the alarm beside it. The role
may already write logs, by AWS's policy for the agent, and lacks Parameter Store alone. As repaired,
the key's policy has the condition on grants, the policy of TLS is a current one, protection and
logs are on, the agent is not only installed but started, and the alarm for unhealthy hosts has the
dimensions without which it would see nothing.
"""

from __future__ import annotations

from auditor.demo.stories.catalog_application import catalog_as_found, sound_catalog
from auditor.demo.stories.story import REPAIRED_IN, Item, Story

ITEMS = {
    "S0.critical": Item(
        "Launches fail because the key of the account's volumes does not let Auto Scaling use it.",
        "Group",
        (
            "encryption.scaling_group_keys",
            "auto_scaling.failed_activities",
        ),
        truth="With AWS's own key nothing would be missing; a customer key needs two statements.",
    ),
    "S0.1": Item(
        "Neither security group restricts where traffic may go.",
        "BalancerSecurityGroup",
        ("network.egress",),
        truth="Open egress is AWS's default and a weakness, not an emergency.",
    ),
    "S0.2": Item(
        "Nothing listens on port 80 to send people on to HTTPS.",
        "WebLoadBalancer",
        ("load_balancing.http_listener",),
        truth="A closed port 80 harms nobody; a port that forwards unencrypted traffic would.",
    ),
    "S0.3": Item(
        "The encrypted listener names no security policy and so admits TLS 1.0.",
        "WebHttpsListener",
        ("load_balancing.tls_policy",),
    ),
    "S0.4": Item(
        "The load balancer's attributes are left at what AWS begins with.",
        "WebLoadBalancer",
        ("load_balancing.attributes",),
        truth="The defaults are what production should not have: no protection, no access logs.",
    ),
    "S0.5": Item(
        "Targets drain for five minutes and start at full load.",
        "WebTargetGroup",
        ("load_balancing.target_group_attributes",),
    ),
    "S0.6": Item(
        "There is only a policy for growing, and the alarm for low load does nothing.",
        "LowCpuAlarm",
        ("observability.alarm_actions",),
        truth="A policy that tracks a target shrinks the group as well; the alarm is the fault.",
    ),
    "S0.7": Item(
        "The alarms do not say what missing data means.",
        "HighCpuAlarm",
        ("observability.alarm_missing_data",),
    ),
    "S0.8": Item(
        "No alarm tells of unhealthy targets.",
        "WebTargetGroup",
        ("observability.unhealthy_host_alarm",),
    ),
    "S0.9": Item(
        "Instances are measured every five minutes only.",
        "Template",
        ("auto_scaling.detailed_monitoring",),
    ),
    "S0.10": Item(
        "The scaling group does not report its own metrics.",
        "Group",
        ("auto_scaling.group_metrics",),
    ),
    "S0.11": Item(
        "The instances' role lacks rights on logs and on Parameter Store.",
        "InstanceRole",
        ("access.workload_permissions",),
        truth="AWS's policy for the agent grants the logs; only Parameter Store is missing.",
    ),
    "S0.12": Item(
        "The scaling group does not wait for the listener.",
        "catalog-broken",
        ("stacks.dependencies",),
        truth="ECS needs such an order; for a scaling group it is advice.",
    ),
    "S0.13": Item(
        "The stack tells neither its URL nor its security groups.",
        "catalog-broken",
        ("stacks.outputs",),
    ),
    "S0.14": Item(
        "The start script goes on after errors and has no agent.",
        "Template",
        (
            "auto_scaling.bootstrap_errors",
            "auto_scaling.bootstrap_agent",
        ),
    ),
    "S0.15": Item(
        "Volumes are launched without tags.",
        "Template",
        ("auto_scaling.tag_specifications",),
    ),
}

CATALOG = Story(
    "catalog",
    "the catalogue of products: a load balancer before a scaling group",
    broken=(catalog_as_found(),),
    repaired=(sound_catalog("catalog-repaired", REPAIRED_IN),),
    items=ITEMS,
)
