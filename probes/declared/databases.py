"""RDS instances and clusters, and DynamoDB tables."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.drift.declarable import Changer, Declarable, Property
from auditor.query import JSON
from probes.declared._changers import SCALABLE_TARGET, SCALES, beginning
from probes.declared._words import each_as, key, key_id, lower, mapping, same, tail, under
from probes.recorded import databases

_OF_BOTH = (
    "Engine", "EngineVersion", "AllocatedStorage", "AutoMinorVersionUpgrade",
    "BackupRetentionPeriod", "MasterUsername", "StorageType", "StorageEncrypted", "Iops",
    "PubliclyAccessible", "MonitoringInterval", "MonitoringRoleArn", "CopyTagsToSnapshot",
    "DeletionProtection", "PerformanceInsightsRetentionPeriod", "NetworkType",
)  # fmt: skip
_RENAMED = (
    Property("PreferredBackupWindow", taken=lower, seen=lower),
    Property("PreferredMaintenanceWindow", taken=lower, seen=lower),
    Property("EnableIAMDatabaseAuthentication", "IAMDatabaseAuthenticationEnabled"),
    Property("EnableCloudwatchLogsExports", "EnabledCloudwatchLogsExports"),
    key("KmsKeyId"),
)
_OF_CLUSTER = frozenset(
    {"AllocatedStorage", "BackupRetentionPeriod", "CopyTagsToSnapshot", "DBName",
     "DBSubnetGroup", "DeletionProtection", "EnabledCloudwatchLogsExports",
     "IAMDatabaseAuthenticationEnabled", "Iops", "KmsKeyId", "MasterUsername",
     "MaxAllocatedStorage", "MultiAZ", "NetworkType", "PreferredBackupWindow",
     "StorageEncrypted", "StorageThroughput", "StorageType", "VpcSecurityGroups"}
)  # fmt: skip
"""What a cluster says for its instances, and what is declared of one is not heard (template
reference of `AWS::RDS::DBInstance`: "Not applicable. The setting is managed by the DB cluster")."""


def lent(properties: Mapping[str, JSON]) -> Mapping[str, str]:
    """What of an instance is said elsewhere: by its cluster, or by storage that grows by itself."""
    if properties.get("DBClusterIdentifier"):
        return dict.fromkeys(_OF_CLUSTER, "its cluster says it")
    if properties.get("MaxAllocatedStorage"):
        return {"AllocatedStorage": "storage autoscaling changes it"}
    return {}


_SECRET = frozenset({"MasterUserPassword"})
INSTANCE = Declarable(
    databases.INSTANCE,
    (
        *same(
            *_OF_BOTH, "DBInstanceClass", "DBName", "MultiAZ", "LicenseModel",
            "StorageThroughput", "MaxAllocatedStorage", "CACertificateIdentifier",
            "PromotionTier", "DBClusterIdentifier",
        ),
        *_RENAMED,
        Property("EnablePerformanceInsights", "PerformanceInsightsEnabled"),
        key("PerformanceInsightsKMSKeyId"),
        Property("VPCSecurityGroups", "VpcSecurityGroups", taken=each_as("VpcSecurityGroupId")),
        Property("DBSubnetGroupName", "DBSubnetGroup", taken=under("DBSubnetGroupName", lower)),
        Property(
            "DBParameterGroupName",
            "DBParameterGroups",
            taken=lambda value: [{"DBParameterGroupName": lower(value)}],
        ),
        Property(
            "OptionGroupName",
            "OptionGroupMemberships",
            taken=lambda value: [{"OptionGroupName": lower(value)}],
        ),
    ),
    silent={"DBInstanceIdentifier", *_SECRET},
    free={"EngineVersion"},
    lent=lent,
)  # fmt: skip
"""Of the version of an engine AWS takes care, and a template may name it in part."""
CLUSTER = Declarable(
    databases.CLUSTER,
    (
        *same(
            *_OF_BOTH, "DatabaseName", "EngineMode", "BacktrackWindow", "DBClusterInstanceClass",
            "AvailabilityZones", "GlobalClusterIdentifier", "Port",
        ),
        *_RENAMED,
        Property("EnableHttpEndpoint", "HttpEndpointEnabled"),
        Property("ServerlessV2ScalingConfiguration"),
        Property("PerformanceInsightsEnabled"),
        key("PerformanceInsightsKmsKeyId", "PerformanceInsightsKMSKeyId"),
        Property("VpcSecurityGroupIds", "VpcSecurityGroups", taken=each_as("VpcSecurityGroupId")),
        Property("DBSubnetGroupName", "DBSubnetGroup", taken=lower, seen=lower),
        Property(
            "DBClusterParameterGroupName", "DBClusterParameterGroup", taken=lower, seen=lower
        ),
    ),
    only_named={"AvailabilityZones"},
    silent={"DBClusterIdentifier", *_SECRET},
    free={"EngineVersion"},
)  # fmt: skip
"""Aurora's storage is in three zones, whichever of them a template names."""


def sealed(value: JSON) -> JSON:
    """Under which key a table is encrypted; without one of its own DynamoDB describes nothing."""
    said = mapping(value)
    kept: dict[str, JSON] = {}
    if str(said.get("SSEEnabled", "")).lower() == "true":
        kept["SSEType"] = said.get("SSEType", "KMS")
        if "KMSMasterKeyId" in said:
            kept["KMSMasterKeyArn"] = key_id(said["KMSMasterKeyId"])
    return kept


def sealed_seen(value: JSON) -> JSON:
    """The same of what AWS says, the key by its id."""
    if not isinstance(value, Mapping) or "KMSMasterKeyArn" not in value:
        return value
    return {**value, "KMSMasterKeyArn": tail(value["KMSMasterKeyArn"])}


def recoverable(value: JSON) -> JSON:
    """Whether a table can be brought back to a point in time."""
    said = mapping(value)
    if "PointInTimeRecoveryEnabled" not in said:
        return None
    enabled = str(said["PointInTimeRecoveryEnabled"]).lower() == "true"
    return {"PointInTimeRecoveryStatus": "ENABLED" if enabled else "DISABLED"}


TABLE = Declarable(
    databases.TABLE,
    (
        *same(
            "AttributeDefinitions", "KeySchema", "ProvisionedThroughput",
            "GlobalSecondaryIndexes", "LocalSecondaryIndexes", "DeletionProtectionEnabled",
            "OnDemandThroughput", "StreamSpecification",
        ),
        Property("BillingMode", "BillingModeSummary", taken=under("BillingMode")),
        Property("TableClass", "TableClassSummary", taken=under("TableClass")),
        Property("SSESpecification", "SSEDescription", taken=sealed, seen=sealed_seen),
        Property(
            "PointInTimeRecoverySpecification", "PointInTimeRecovery", taken=recoverable
        ),
    ),
    silent={"TableName"},
    absent={
        "BillingModeSummary": {"BillingMode": "PROVISIONED"},
        "TableClassSummary": {"TableClass": "STANDARD"},
    },
    free={"ProvisionedThroughput", "GlobalSecondaryIndexes.*.ProvisionedThroughput"},
    changed_by=(
        Changer(
            SCALABLE_TARGET,
            ("ResourceId",),
            ("ProvisionedThroughput", "GlobalSecondaryIndexes.*.ProvisionedThroughput"),
            SCALES,
            called=beginning("table/", 2),
        ),
    ),
)  # fmt: skip
"""Provisioned throughput scales by itself where it is set to."""
