"""RDS instances and clusters, and DynamoDB tables."""

from __future__ import annotations

from auditor.recording.recordable import Fold, Recordable, the, whole
from probes.aws import dynamodb, rds

_OF_SUBNETS = ("DBSubnetGroupArn", "DBSubnetGroupDescription", "SupportedNetworkTypes", "VpcId")
"""What follows from a group of subnets by its name."""

_STREAMS = ("ActivityStreamKinesisStreamName", "ActivityStreamKmsKeyId", "ActivityStreamMode")
_NOT_OF_INSTANCES = (
    *_STREAMS, "ActivityStreamEngineNativeAuditFieldsIncluded", "AutomationMode",
    "CustomerOwnedIpEnabled", "DBCapacityReservationIdentifier", "MasterUserSecret.SecretArn",
    "MultiTenant", "ReadReplicaDBClusterIdentifiers", "ReadReplicaDBInstanceIdentifiers",
    "StorageEncryptionType", "UpgradeRolloutOrder",
)  # fmt: skip
_NOT_OF_CLUSTERS = (
    *_STREAMS, "CharacterSetName", "CustomEndpoints", "DBClusterOptionGroupMemberships",
    "InternetAccessGatewayEnabled", "LimitlessDatabase", "MasterUserSecret.SecretArn", "MultiAZ",
    "RdsCustomClusterConfiguration", "ReadReplicaIdentifiers", "ServerlessV2PlatformVersion",
    "StorageEncryptionType", "StorageThroughput", "UpgradeRolloutOrder", "VPCNetworkingEnabled",
)  # fmt: skip
"""What no template can say (resource reference of CloudFormation)."""

INSTANCE = Recordable(
    rds.INSTANCES,
    keeps=(
        "DBInstanceClass", "Engine", "MasterUsername", "DBName", "AllocatedStorage",
        "PreferredBackupWindow", "BackupRetentionPeriod", "DBSecurityGroups", "VpcSecurityGroups",
        "DBParameterGroups", "DBSubnetGroup", "PreferredMaintenanceWindow", "MultiAZ",
        "EngineVersion", "AutoMinorVersionUpgrade", "ReadReplicaSourceDBInstanceIdentifier",
        "ReadReplicaDBInstanceIdentifiers", "ReadReplicaDBClusterIdentifiers", "ReplicaMode",
        "LicenseModel", "Iops", "StorageThroughput", "OptionGroupMemberships", "CharacterSetName",
        "NcharCharacterSetName", "PubliclyAccessible", "StorageType", "StorageEncryptionType",
        "TdeCredentialArn", "DbInstancePort", "DBClusterIdentifier", "StorageEncrypted", "KmsKeyId",
        "CACertificateIdentifier", "DomainMemberships", "CopyTagsToSnapshot", "MonitoringInterval",
        "MonitoringRoleArn", "PromotionTier", "Timezone", "IAMDatabaseAuthenticationEnabled",
        "DatabaseInsightsMode", "PerformanceInsightsEnabled", "PerformanceInsightsKMSKeyId",
        "PerformanceInsightsRetentionPeriod", "EnabledCloudwatchLogsExports", "ProcessorFeatures",
        "DeletionProtection", "AssociatedRoles", "MaxAllocatedStorage", "AutomationMode",
        "CustomerOwnedIpEnabled", "NetworkType", "ActivityStreamKmsKeyId",
        "ActivityStreamKinesisStreamName", "ActivityStreamMode",
        "ActivityStreamEngineNativeAuditFieldsIncluded", "BackupTarget", "CustomIamInstanceProfile",
        "MasterUserSecret", "ReadReplicaSourceDBClusterIdentifier", "MultiTenant",
        "DedicatedLogVolume", "EngineLifecycleSupport", "AdditionalStorageVolumes",
        "DBCapacityReservationIdentifier", "UpgradeRolloutOrder",
    ),
    leaves=(
        "DBInstanceIdentifier", "DBInstanceArn", "DBInstanceStatus", "Endpoint",
        "InstanceCreateTime", "AvailabilityZone", "PendingModifiedValues", "LatestRestorableTime",
        "SecondaryAvailabilityZone", "StatusInfos", "DbiResourceId",
        "EnhancedMonitoringResourceArn", "ListenerEndpoint", "ResumeFullAutomationModeTime",
        "ActivityStreamStatus", "AwsBackupRecoveryPointArn",
        "DBInstanceAutomatedBackupsReplications", "AutomaticRestartTime",
        "ActivityStreamPolicyStatus", "CertificateDetails", "DBSystemId", "PercentProgress",
        "IsStorageConfigUpgradeAvailable", "StorageVolumeStatus", "StorageOperationStatus",
        "StorageOperationPercentProgress",
    ),
    volatile={
        "DBSecurityGroups.Status", "VpcSecurityGroups.Status",
        "DBParameterGroups.ParameterApplyStatus", "OptionGroupMemberships.Status",
        "DBSubnetGroup.SubnetGroupStatus", "DBSubnetGroup.Subnets", "DomainMemberships.Status",
        "AssociatedRoles.Status", "MasterUserSecret.SecretStatus",
        "AdditionalStorageVolumes.StorageVolumeStatus",
        "AdditionalStorageVolumes.StorageOperationStatus",
        "AdditionalStorageVolumes.StorageOperationPercentProgress",
    },
    names={
        **dict.fromkeys(_NOT_OF_INSTANCES, ""),
        "CustomIamInstanceProfile": "CustomIAMInstanceProfile",
        "DomainMemberships": "Domain",
        "VpcSecurityGroups": "VPCSecurityGroups",
        "DBSubnetGroup": "DBSubnetGroupName",
        "DBSubnetGroup.DBSubnetGroupName": ".",
        **dict.fromkeys((f"DBSubnetGroup.{name}" for name in _OF_SUBNETS), ""),
        "DBParameterGroups": "DBParameterGroupName",
        "OptionGroupMemberships": "OptionGroupName",
        "DbInstancePort": "Port",
        "ReadReplicaSourceDBInstanceIdentifier": "SourceDBInstanceIdentifier",
        "ReadReplicaSourceDBClusterIdentifier": "SourceDBClusterIdentifier",
        "IAMDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
        "PerformanceInsightsEnabled": "EnablePerformanceInsights",
        "EnabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    },
)  # fmt: skip
CLUSTER = Recordable(
    rds.CLUSTERS,
    keeps=(
        "AllocatedStorage", "AvailabilityZones", "BackupRetentionPeriod", "CharacterSetName",
        "DatabaseName", "DBClusterParameterGroup", "DBSubnetGroup", "CustomEndpoints", "MultiAZ",
        "Engine", "EngineVersion", "Port", "MasterUsername", "DBClusterOptionGroupMemberships",
        "PreferredBackupWindow", "PreferredMaintenanceWindow", "ReplicationSourceIdentifier",
        "ReadReplicaIdentifiers", "VpcSecurityGroups", "StorageEncrypted", "StorageEncryptionType",
        "KmsKeyId", "AssociatedRoles", "IAMDatabaseAuthenticationEnabled", "BacktrackWindow",
        "EnabledCloudwatchLogsExports", "EngineMode", "ScalingConfigurationInfo",
        "RdsCustomClusterConfiguration", "DBClusterInstanceClass", "StorageType", "Iops",
        "StorageThroughput", "PubliclyAccessible", "AutoMinorVersionUpgrade", "DeletionProtection",
        "HttpEndpointEnabled", "ActivityStreamMode", "ActivityStreamKmsKeyId",
        "ActivityStreamKinesisStreamName", "CopyTagsToSnapshot", "DomainMemberships",
        "GlobalClusterIdentifier", "GlobalWriteForwardingRequested", "NetworkType",
        "ServerlessV2ScalingConfiguration", "MonitoringInterval", "MonitoringRoleArn",
        "DatabaseInsightsMode", "PerformanceInsightsEnabled", "PerformanceInsightsKMSKeyId",
        "PerformanceInsightsRetentionPeriod", "MasterUserSecret", "LimitlessDatabase",
        "ClusterScalabilityType", "EngineLifecycleSupport", "UpgradeRolloutOrder",
        "ServerlessV2PlatformVersion", "VPCNetworkingEnabled", "InternetAccessGatewayEnabled",
    ),
    leaves=(
        "DBClusterIdentifier", "DBClusterArn", "Status", "PercentProgress",
        "EarliestRestorableTime", "Endpoint", "ReaderEndpoint", "LatestRestorableTime",
        "StatusInfos", "DBClusterMembers", "HostedZoneId", "DbClusterResourceId", "CloneGroupId",
        "ClusterCreateTime", "EarliestBacktrackTime", "BacktrackConsumedChangeRecords", "Capacity",
        "PendingModifiedValues", "IOOptimizedNextAllowedModificationTime", "ActivityStreamStatus",
        "CrossAccountClone", "GlobalWriteForwardingStatus", "AutomaticRestartTime", "DBSystemId",
        "LocalWriteForwardingStatus", "AwsBackupRecoveryPointArn", "CertificateDetails",
    ),
    volatile={
        "DBClusterOptionGroupMemberships.Status", "VpcSecurityGroups.Status",
        "AssociatedRoles.Status", "DomainMemberships.Status", "MasterUserSecret.SecretStatus",
        "LimitlessDatabase.Status",
    },
    names={
        **dict.fromkeys(_NOT_OF_CLUSTERS, ""),
        "DomainMemberships": "Domain",
        "GlobalWriteForwardingRequested": "EnableGlobalWriteForwarding",
        "DBClusterParameterGroup": "DBClusterParameterGroupName",
        "DBSubnetGroup": "DBSubnetGroupName",
        "VpcSecurityGroups": "VpcSecurityGroupIds",
        "IAMDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
        "EnabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
        "HttpEndpointEnabled": "EnableHttpEndpoint",
        "ScalingConfigurationInfo": "ScalingConfiguration",
        "PerformanceInsightsKMSKeyId": "PerformanceInsightsKmsKeyId",
    },
)  # fmt: skip
_THROUGHPUT = ("LastIncreaseDateTime", "LastDecreaseDateTime", "NumberOfDecreasesToday")
_INDEX = ("IndexStatus", "Backfilling", "IndexSizeBytes", "ItemCount", "IndexArn")
_DETAILS = (
    "AttributeDefinitions", "KeySchema", "ProvisionedThroughput", "BillingModeSummary",
    "LocalSecondaryIndexes", "GlobalSecondaryIndexes", "StreamSpecification", "GlobalTableVersion",
    "Replicas", "SSEDescription", "TableClassSummary", "DeletionProtectionEnabled",
    "OnDemandThroughput", "MultiRegionConsistency", "VectorIndexes",
    "DisassociationProtectionEnabled", "GlobalTableSettingsReplicationMode", "GlobalTableWitnesses",
)  # fmt: skip
_NOT_OF_TABLES = (
    "DisassociationProtectionEnabled", "GlobalTableSettingsReplicationMode", "GlobalTableVersion",
    "GlobalTableWitnesses", "MultiRegionConsistency", "Replicas",
)  # fmt: skip
"""What templates say of global tables only."""

_DETAILS_QUERY = whole(dynamodb.DETAILS, *_DETAILS)
_BACKUPS = whole(dynamodb.BACKUPS, "PointInTimeRecoveryDescription")
TABLE = Recordable(
    dynamodb.TABLES,
    keeps=(),
    folds=(
        *(Fold(name, _DETAILS_QUERY, the(name)) for name in _DETAILS),
        Fold("PointInTimeRecovery", _BACKUPS, the("PointInTimeRecoveryDescription")),
    ),
    volatile={
        *(f"ProvisionedThroughput.{name}" for name in _THROUGHPUT),
        *(f"GlobalSecondaryIndexes.ProvisionedThroughput.{name}" for name in _THROUGHPUT),
        *(f"GlobalSecondaryIndexes.{name}" for name in _INDEX),
        *(f"LocalSecondaryIndexes.{name}" for name in _INDEX),
        *(f"VectorIndexes.{name}" for name in _INDEX),
        "BillingModeSummary.LastUpdateToPayPerRequestDateTime",
        "Replicas.ReplicaStatus", "Replicas.ReplicaStatusDescription", "Replicas.WarmThroughput",
        "Replicas.ReplicaStatusPercentProgress", "Replicas.ReplicaInaccessibleDateTime",
        "GlobalSecondaryIndexes.WarmThroughput", "GlobalTableWitnesses.WitnessStatus",
        "SSEDescription.Status", "SSEDescription.InaccessibleEncryptionDateTime",
        "TableClassSummary.LastUpdateDateTime",
        "PointInTimeRecovery.EarliestRestorableDateTime",
        "PointInTimeRecovery.LatestRestorableDateTime",
    },
    keyed={"GlobalSecondaryIndexes": "IndexName", "LocalSecondaryIndexes": "IndexName"},
    names={
        **dict.fromkeys(_NOT_OF_TABLES, ""),
        "BillingModeSummary": "BillingMode",
        "BillingModeSummary.BillingMode": ".",
        "SSEDescription": "SSESpecification",
        "SSEDescription.KMSMasterKeyArn": "KMSMasterKeyId",
        "StreamSpecification.StreamEnabled": "",
        "TableClassSummary": "TableClass",
        "TableClassSummary.TableClass": ".",
        "PointInTimeRecovery": "PointInTimeRecoverySpecification",
        "PointInTimeRecovery.PointInTimeRecoveryStatus": "PointInTimeRecoveryEnabled",
    },
)  # fmt: skip
