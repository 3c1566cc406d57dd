"""Which calls change what a probe looks at: probe id -> names of events in CloudTrail.

What differs from a recorded state or a template goes by kind and attribute: `changes_of_kinds`.

They tell, of all that was done to a resource, what made a finding. A probe that is not here looks
at so much of its subject that no call can be told from another. CloudTrail names an event after the
API's operation, but for S3, whose names are older (S3 user guide, "Amazon S3 CloudTrail events").
"""

from collections.abc import Mapping

from probes.changes_of_kinds import OF_KINDS

CREATED_DB = ("CreateDBInstance", "CreateDBCluster")
MODIFIED_DB = (
    *CREATED_DB,
    "ModifyDBInstance",
    "ModifyDBCluster",
    "RestoreDBInstanceFromDBSnapshot",
)
DISTRIBUTION = ("CreateDistribution", "CreateDistributionWithTags", "UpdateDistribution")
GROUP_RULES = ("ModifySecurityGroupRules",)
INGRESS = (*GROUP_RULES, "AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress")
EGRESS = (
    *GROUP_RULES, "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupEgress", "CreateSecurityGroup"
)  # fmt: skip
LISTENER = ("CreateListener", "ModifyListener")
QUEUE = ("CreateQueue", "SetQueueAttributes")
ROLE_POLICIES = (
    "AttachRolePolicy", "DetachRolePolicy", "PutRolePolicy", "DeleteRolePolicy",
    "CreatePolicyVersion", "SetDefaultPolicyVersion", "PutRolePermissionsBoundary",
)  # fmt: skip
SCALING_GROUP = ("CreateAutoScalingGroup", "UpdateAutoScalingGroup")
SERVICE = ("CreateService", "UpdateService")
TABLE = ("CreateTable", "UpdateTable")
TOPIC = ("CreateTopic", "SetTopicAttributes")

OF_PROBES: Mapping[str, tuple[str, ...]] = {
    "access.least_privilege": ROLE_POLICIES,
    "access.managed_policies_current": ("AttachRolePolicy",),
    "access.workload_permissions": ROLE_POLICIES,
    "auto_scaling.suspended_processes": ("SuspendProcesses",),
    "auto_scaling.tags_propagate": ("CreateOrUpdateTags", "DeleteTags", *SCALING_GROUP),
    "containers.command_execution": SERVICE,
    "containers.container_insights": ("CreateCluster", "UpdateCluster", "UpdateClusterSettings"),
    "containers.private_services": SERVICE,
    "containers.task_size": SERVICE,
    "databases.backups": MODIFIED_DB,
    "databases.deletion_protection": MODIFIED_DB,
    "databases.encrypted": (*CREATED_DB, "RestoreDBInstanceFromDBSnapshot"),
    "databases.multi_az": MODIFIED_DB,
    "databases.not_public": MODIFIED_DB,
    "edge.compression": DISTRIBUTION,
    "edge.http_version": DISTRIBUTION,
    "edge.methods": DISTRIBUTION,
    "edge.origin_encryption": DISTRIBUTION,
    "edge.price_class": DISTRIBUTION,
    "edge.tls_policy": DISTRIBUTION,
    "edge.viewer_protocol": DISTRIBUTION,
    "encryption.key_deletion": ("ScheduleKeyDeletion", "DisableKey"),
    "encryption.key_policy": ("PutKeyPolicy", "CreateKey"),
    "encryption.key_rotation": ("DisableKeyRotation", "EnableKeyRotation", "CreateKey"),
    "load_balancing.attributes": ("ModifyLoadBalancerAttributes", "CreateLoadBalancer"),
    "load_balancing.certificate": LISTENER,
    "load_balancing.health_check": ("CreateTargetGroup", "ModifyTargetGroup"),
    "load_balancing.http_redirect": LISTENER,
    "load_balancing.optional_attributes": ("ModifyLoadBalancerAttributes", "CreateLoadBalancer"),
    "load_balancing.target_group_attributes": ("ModifyTargetGroupAttributes", "CreateTargetGroup"),
    "load_balancing.tls_ciphers": LISTENER,
    "load_balancing.tls_policy": LISTENER,
    "network.admin_ports_closed": INGRESS,
    "network.default_group_empty": (*INGRESS, *EGRESS),
    "network.egress": EGRESS,
    "network.load_balancer_only": INGRESS,
    "observability.alarm_datapoints": ("PutMetricAlarm",),
    "observability.dashboard_metrics": ("PutDashboard",),
    "observability.log_retention": (
        "PutRetentionPolicy", "DeleteRetentionPolicy", "CreateLogGroup"
    ),
    "pipelines.compute_type": ("CreateProject", "UpdateProject"),
    "pipelines.source_connection": ("CreatePipeline", "UpdatePipeline"),
    "secrets.rotation": ("RotateSecret", "CancelRotateSecret", "CreateSecret"),
    "serverless.memory": ("CreateFunction", "UpdateFunctionConfiguration"),
    "serverless.runtime": ("CreateFunction", "UpdateFunctionConfiguration"),
    "storage.default_encryption": (
        "PutBucketEncryption", "DeleteBucketEncryption", "CreateBucket"
    ),
    "storage.lifecycle": ("PutBucketLifecycle", "DeleteBucketLifecycle", "CreateBucket"),
    "storage.public_access": (
        "PutBucketPublicAccessBlock", "DeleteBucketPublicAccessBlock", "PutBucketPolicy",
        "PutBucketAcl", "CreateBucket",
    ),
    "storage.queue_encryption": QUEUE,
    "storage.table_encryption": TABLE,
    "storage.topic_encryption": TOPIC,
    "storage.versioning": ("PutBucketVersioning", "CreateBucket"),
}  # fmt: skip
CHANGES: Mapping[str, tuple[str, ...]] = {**OF_PROBES, **OF_KINDS}
