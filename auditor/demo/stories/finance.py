"""The financial web application: containers before Aurora, a site, a function and a table.

As found, what nobody thought of is as AWS begins: one listener without TLS, the network's default
groups, a database that reaches the internet, the smallest tasks. Buckets are encrypted,
because S3 encrypts all of them; what is missing is that they are closed. As repaired, the redirect
leads to a listener that exists, the balancer's group lets out what its targets need, and the
database and its key outlive the stack, because they hold what cannot be had again.
"""

from __future__ import annotations

from auditor.demo.stories.finance_application import sound_finance
from auditor.demo.stories.finance_found import finance_as_found
from auditor.demo.stories.story import REPAIRED_IN, Item, Story

ITEMS = {
    "S2.1": Item(
        "The program that writes the template forgets an import and ends with an error.",
        reason="it fails before anything reaches AWS, so no account holds a trace of it",
    ),
    "S2.2": Item(
        "Nothing carries the tags for environment, team, cost centre and application.",
        "WebLoadBalancer",
        ("tags.required_tags",),
    ),
    "S2.3": Item(
        "The load balancer takes financial data over HTTP only.",
        "WebLoadBalancer",
        (
            "load_balancing.https_listener",
            "load_balancing.http_redirect",
        ),
        truth="A redirect alone would lead nowhere: it needs a listener that encrypts.",
    ),
    "S2.4": Item(
        "Load balancer and tasks use the network's default group.",
        "Service",
        (
            "network.default_group_unused",
            "network.default_group_empty",
        ),
    ),
    "S2.5": Item(
        "The database lies in subnets that lead to the internet.",
        "LedgerCluster",
        ("network.database_subnets",),
    ),
    "S2.6": Item(
        "The bucket of the site is neither encrypted nor closed to the public.",
        "AssetsBucket",
        (
            "storage.public_access",
            "storage.lifecycle",
        ),
        truth="S3 encrypts every bucket; only the block of public access is missing.",
    ),
    "S2.7": Item(
        "Tasks have a quarter of a processor and half a gibibyte.",
        "Service",
        ("containers.task_size",),
    ),
    "S2.8": Item(
        "One role serves to start the tasks and to run them.",
        "Service",
        ("access.task_role",),
    ),
    "S2.9": Item(
        "One alarm only, which says neither datapoints nor missing data, and half a dashboard.",
        "HighCpuAlarm",
        (
            "observability.load_balancer_alarms",
            "observability.function_alarms",
            "observability.service_alarms",
            "observability.alarm_datapoints",
            "observability.alarm_missing_data",
            "observability.dashboard_coverage",
        ),
        truth="Two of two periods change nothing; two of three do.",
    ),
    "S2.10": Item(
        "The service neither rolls back nor waits for its tasks nor checks their health.",
        "Service",
        (
            "containers.deployment_rollback",
            "containers.grace_period",
            "containers.container_health_check",
        ),
    ),
    "S2.11": Item(
        "Key and database say nothing of what becomes of them when the stack is deleted.",
        "finance-broken",
        ("stacks.deletion_policies",),
        truth="In production both must be kept; deleting is for accounts that hold no data.",
    ),
    "S2.12": Item(
        "The distribution compresses nothing, speaks no HTTP/3, takes all methods everywhere.",
        "SiteDistribution",
        (
            "edge.compression",
            "edge.http_version",
            "edge.methods",
            "edge.price_class",
        ),
    ),
    "S2.13": Item(
        "Scaling has no cooldowns.",
        "Service",
        ("containers.service_scaling",),
    ),
    "S2.14": Item(
        "Outputs are not exported, and function and table are not among them.",
        "finance-broken",
        ("stacks.outputs",),
    ),
    "S2.15": Item(
        "Container Insights is off.",
        "Cluster",
        ("containers.container_insights",),
    ),
    "S2.16": Item(
        "Targets drain for five minutes, and health is decided by other counts.",
        "WebTargetGroup",
        ("load_balancing.target_group_attributes", "load_balancing.health_check"),
    ),
    "S2.17": Item(
        "The function has little memory, and its log grows for ever.",
        "ValidationFunction",
        (
            "serverless.memory",
            "observability.log_retention",
        ),
    ),
}

FINANCE = Story(
    "finance",
    "the financial web application: containers before Aurora, a site, a function and a table",
    broken=(finance_as_found(),),
    repaired=(sound_finance("finance-repaired", REPAIRED_IN),),
    items=ITEMS,
)
