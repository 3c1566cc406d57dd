"""Which calls change what of a recorded kind: attribute -> names of events in CloudTrail.

They tell, of all that was done to a resource, what made a drift. CloudTrail names an event after
the API's operation, but for S3, whose names are older (S3 user guide, "Amazon S3 CloudTrail
events"). An attribute that stands here neither by its name nor among the rest is one that no call
can be told to change: kept by AWS, fixed for life, or changed by calls that never name it.
"""

from collections.abc import Mapping

ADDED, REMOVED, REST, TAGS = "added", "removed", "*", "Tags"
_BY_TAGGING = "TagResources UntagResources"
"""The tagging API writes the tags of most kinds, and says so in events of its own."""

Names = tuple[str, ...]


def _calls(
    *, made: str, gone: str, rest: str = "", tags: str = "", **attributes: str
) -> dict[str, Names]:
    """The calls that make, remove and change resources of a kind; `rest` all other attributes."""
    tagged = f"{tags} {_BY_TAGGING}" if tags else ""
    named = {ADDED: made, REMOVED: gone, REST: rest, TAGS: tagged, **attributes}
    return {what: tuple(calls.split()) for what, calls in named.items() if calls}


KINDS: Mapping[str, Mapping[str, Names]] = {
    "AWS::EC2::SecurityGroup": _calls(
        made="CreateSecurityGroup",
        gone="DeleteSecurityGroup",
        tags="CreateTags DeleteTags",
        IpPermissions=(
            "AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress ModifySecurityGroupRules "
            "UpdateSecurityGroupRuleDescriptionsIngress"
        ),
        IpPermissionsEgress=(
            "AuthorizeSecurityGroupEgress RevokeSecurityGroupEgress ModifySecurityGroupRules "
            "UpdateSecurityGroupRuleDescriptionsEgress"
        ),
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _calls(
        made="CreateLoadBalancer",
        gone="DeleteLoadBalancer",
        tags="AddTags RemoveTags",
        LoadBalancerAttributes="ModifyLoadBalancerAttributes",
        AvailabilityZones="SetSubnets",
        IpAddressType="SetIpAddressType SetSubnets",
        IpamPools="ModifyIpPools",
        SecurityGroups="SetSecurityGroups",
        EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic="SetSecurityGroups",
    ),
    "AWS::ElasticLoadBalancingV2::Listener": _calls(
        made="CreateListener",
        gone="DeleteListener",
        rest="ModifyListener",
        Rules="CreateRule DeleteRule ModifyRule SetRulePriorities",
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": _calls(
        made="CreateTargetGroup",
        gone="DeleteTargetGroup",
        rest="ModifyTargetGroup",
        tags="AddTags RemoveTags",
        TargetGroupAttributes="ModifyTargetGroupAttributes",
    ),
    "AWS::CloudFront::Distribution": _calls(
        made="CreateDistribution CreateDistributionWithTags CopyDistribution",
        gone="DeleteDistribution",
        rest="UpdateDistribution",
        tags="TagResource UntagResource",
        Aliases="UpdateDistribution AssociateAlias",
        WebACLId="UpdateDistribution AssociateDistributionWebACL DisassociateDistributionWebACL",
    ),
    "AWS::AutoScaling::AutoScalingGroup": _calls(
        made="CreateAutoScalingGroup",
        gone="DeleteAutoScalingGroup",
        rest="UpdateAutoScalingGroup",
        tags="CreateOrUpdateTags DeleteTags",
        DesiredCapacity=(
            "SetDesiredCapacity UpdateAutoScalingGroup AttachInstances DetachInstances "
            "EnterStandby ExitStandby TerminateInstanceInAutoScalingGroup"
        ),
        EnabledMetrics="EnableMetricsCollection DisableMetricsCollection",
        LoadBalancerNames="AttachLoadBalancers DetachLoadBalancers",
        PropagateAtLaunch="CreateOrUpdateTags DeleteTags",
        SuspendedProcesses="SuspendProcesses ResumeProcesses",
        TargetGroupARNs=(
            "AttachLoadBalancerTargetGroups DetachLoadBalancerTargetGroups AttachTrafficSources "
            "DetachTrafficSources"
        ),
        TrafficSources=(
            "AttachTrafficSources DetachTrafficSources AttachLoadBalancerTargetGroups "
            "DetachLoadBalancerTargetGroups AttachLoadBalancers DetachLoadBalancers"
        ),
        WarmPoolConfiguration="PutWarmPool DeleteWarmPool",
        LaunchTemplate="UpdateAutoScalingGroup StartInstanceRefresh RollbackInstanceRefresh",
        MixedInstancesPolicy="UpdateAutoScalingGroup StartInstanceRefresh RollbackInstanceRefresh",
    ),
    "AWS::AutoScaling::ScalingPolicy": _calls(
        made="PutScalingPolicy", gone="DeletePolicy", rest="PutScalingPolicy"
    ),
    "AWS::AutoScaling::ScheduledAction": _calls(
        made="PutScheduledUpdateGroupAction BatchPutScheduledUpdateGroupAction",
        gone="DeleteScheduledAction BatchDeleteScheduledAction",
        rest="PutScheduledUpdateGroupAction BatchPutScheduledUpdateGroupAction",
    ),
    "AWS::ApplicationAutoScaling::ScalableTarget": _calls(
        made="RegisterScalableTarget",
        gone="DeregisterScalableTarget",
        rest="RegisterScalableTarget",
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": _calls(
        made="PutScalingPolicy", gone="DeleteScalingPolicy", rest="PutScalingPolicy"
    ),
    "AWS::EC2::LaunchTemplate": _calls(
        made="CreateLaunchTemplate",
        gone="DeleteLaunchTemplate",
        tags="CreateTags DeleteTags",
        LaunchTemplateData="CreateLaunchTemplateVersion DeleteLaunchTemplateVersions",
        DefaultVersionData="ModifyLaunchTemplate",
    ),
    "AWS::KMS::Key": _calls(
        made="CreateKey ReplicateKey",
        gone="ScheduleKeyDeletion",
        Aliases="CreateAlias DeleteAlias UpdateAlias",
        Description="UpdateKeyDescription",
        Enabled="EnableKey DisableKey ScheduleKeyDeletion CancelKeyDeletion",
        Grants="CreateGrant RevokeGrant RetireGrant",
        KeyPolicy="PutKeyPolicy",
        KeyRotationEnabled="EnableKeyRotation DisableKeyRotation",
        MultiRegionConfiguration="ReplicateKey UpdatePrimaryRegion",
        RotationPeriodInDays="EnableKeyRotation",
    ),
    "AWS::SecretsManager::Secret": _calls(
        made="CreateSecret",
        gone="DeleteSecret",
        tags="TagResource UntagResource",
        ResourcePolicy="PutResourcePolicy DeleteResourcePolicy",
        Description="UpdateSecret",
        KmsKeyId="UpdateSecret",
        RotationEnabled="RotateSecret CancelRotateSecret",
        RotationLambdaARN="RotateSecret CancelRotateSecret",
        RotationRules="RotateSecret CancelRotateSecret",
    ),
    "AWS::IAM::Role": _calls(
        made="CreateRole",
        gone="DeleteRole",
        tags="TagRole UntagRole",
        AssumeRolePolicyDocument="UpdateAssumeRolePolicy",
        AttachedManagedPolicies="AttachRolePolicy DetachRolePolicy",
        InstanceProfileList="AddRoleToInstanceProfile RemoveRoleFromInstanceProfile",
        PermissionsBoundary="PutRolePermissionsBoundary DeleteRolePermissionsBoundary",
        RolePolicyList="PutRolePolicy DeleteRolePolicy",
    ),
    "AWS::IAM::ManagedPolicy": _calls(
        made="CreatePolicy",
        gone="DeletePolicy",
        PolicyVersionList="CreatePolicyVersion SetDefaultPolicyVersion",
    ),
    "AWS::Logs::LogGroup": _calls(
        made="CreateLogGroup",
        gone="DeleteLogGroup",
        tags="TagLogGroup UntagLogGroup TagResource UntagResource",
        dataProtectionStatus="PutDataProtectionPolicy DeleteDataProtectionPolicy",
        deletionProtectionEnabled="PutLogGroupDeletionProtection",
        kmsKeyId="AssociateKmsKey DisassociateKmsKey",
        retentionInDays="PutRetentionPolicy DeleteRetentionPolicy",
    ),
    "AWS::CloudWatch::Alarm": _calls(
        made="PutMetricAlarm",
        gone="DeleteAlarms",
        rest="PutMetricAlarm",
        tags="TagResource UntagResource",
        ActionsEnabled="PutMetricAlarm EnableAlarmActions DisableAlarmActions",
    ),
    "AWS::CloudWatch::CompositeAlarm": _calls(
        made="PutCompositeAlarm",
        gone="DeleteAlarms",
        rest="PutCompositeAlarm",
        tags="TagResource UntagResource",
        ActionsEnabled="PutCompositeAlarm EnableAlarmActions DisableAlarmActions",
    ),
    "AWS::RDS::DBInstance": _calls(
        made=(
            "CreateDBInstance CreateDBInstanceReadReplica RestoreDBInstanceFromDBSnapshot "
            "RestoreDBInstanceFromS3 RestoreDBInstanceToPointInTime"
        ),
        gone="DeleteDBInstance",
        rest="ModifyDBInstance",
        tags="AddTagsToResource RemoveTagsFromResource",
        AssociatedRoles="AddRoleToDBInstance RemoveRoleFromDBInstance",
        ReadReplicaDBInstanceIdentifiers="CreateDBInstanceReadReplica PromoteReadReplica",
        ReadReplicaSourceDBInstanceIdentifier="CreateDBInstanceReadReplica PromoteReadReplica",
        ActivityStreamKinesisStreamName="StartActivityStream StopActivityStream",
        ActivityStreamKmsKeyId="StartActivityStream StopActivityStream",
        ActivityStreamMode="StartActivityStream StopActivityStream",
    ),
    "AWS::RDS::DBCluster": _calls(
        made=(
            "CreateDBCluster RestoreDBClusterFromS3 RestoreDBClusterFromSnapshot "
            "RestoreDBClusterToPointInTime"
        ),
        gone="DeleteDBCluster",
        rest="ModifyDBCluster",
        tags="AddTagsToResource RemoveTagsFromResource",
        AssociatedRoles="AddRoleToDBCluster RemoveRoleFromDBCluster",
        GlobalClusterIdentifier="CreateGlobalCluster RemoveFromGlobalCluster",
        HttpEndpointEnabled="ModifyDBCluster EnableHttpEndpoint DisableHttpEndpoint",
        ActivityStreamKinesisStreamName="StartActivityStream StopActivityStream",
        ActivityStreamKmsKeyId="StartActivityStream StopActivityStream",
        ActivityStreamMode="StartActivityStream StopActivityStream",
    ),
    "AWS::DynamoDB::Table": _calls(
        made="CreateTable ImportTable RestoreTableFromBackup RestoreTableToPointInTime",
        gone="DeleteTable",
        rest="UpdateTable",
        tags="TagResource UntagResource",
        PointInTimeRecovery="UpdateContinuousBackups",
    ),
    "AWS::S3::Bucket": _calls(
        made="CreateBucket",
        gone="DeleteBucket",
        tags="PutBucketTagging DeleteBucketTagging",
        BucketEncryption="PutBucketEncryption DeleteBucketEncryption",
        BucketPolicy="PutBucketPolicy DeleteBucketPolicy",
        CorsConfiguration="PutBucketCors DeleteBucketCors",
        LifecycleConfiguration="PutBucketLifecycle DeleteBucketLifecycle",
        LoggingConfiguration="PutBucketLogging",
        NotificationConfiguration="PutBucketNotification",
        OwnershipControls="PutBucketOwnershipControls DeleteBucketOwnershipControls",
        PublicAccessBlockConfiguration="PutBucketPublicAccessBlock DeleteBucketPublicAccessBlock",
        ReplicationConfiguration="PutBucketReplication DeleteBucketReplication",
        VersioningConfiguration="PutBucketVersioning",
        WebsiteConfiguration="PutBucketWebsite DeleteBucketWebsite",
    ),
    "AWS::ECS::Cluster": _calls(
        made="CreateCluster",
        gone="DeleteCluster",
        tags="TagResource UntagResource",
        settings="UpdateCluster UpdateClusterSettings",
        configuration="UpdateCluster",
        serviceConnectDefaults="UpdateCluster",
        capacityProviders="PutClusterCapacityProviders",
        defaultCapacityProviderStrategy="PutClusterCapacityProviders",
    ),
    "AWS::ECS::Service": _calls(
        made="CreateService",
        gone="DeleteService",
        rest="UpdateService",
        tags="TagResource UntagResource",
        taskDefinition="UpdateService UpdateServicePrimaryTaskSet",
        loadBalancers="UpdateService UpdateServicePrimaryTaskSet",
    ),
    "AWS::ECS::TaskDefinition": _calls(
        made="RegisterTaskDefinition",
        gone="DeregisterTaskDefinition",
        rest="RegisterTaskDefinition",
    ),
    "AWS::Lambda::Function": _calls(
        made="CreateFunction",
        gone="DeleteFunction",
        rest="UpdateFunctionConfiguration",
        tags="TagResource UntagResource",
        Policy="AddPermission RemovePermission",
        Architectures="UpdateFunctionCode",
        CodeSha256="UpdateFunctionCode",
    ),
    "AWS::SNS::Topic": _calls(
        made="CreateTopic",
        gone="DeleteTopic",
        rest="SetTopicAttributes",
        tags="TagResource UntagResource",
        Policy="SetTopicAttributes AddPermission RemovePermission",
    ),
    "AWS::CodeBuild::Project": _calls(
        made="CreateProject",
        gone="DeleteProject",
        rest="UpdateProject",
        tags="UpdateProject",
        projectVisibility="UpdateProjectVisibility",
        resourceAccessRole="UpdateProjectVisibility",
        webhook="CreateWebhook UpdateWebhook DeleteWebhook",
    ),
    "AWS::CodeDeploy::DeploymentGroup": _calls(
        made="CreateDeploymentGroup", gone="DeleteDeploymentGroup", rest="UpdateDeploymentGroup"
    ),
    "AWS::CodePipeline::Pipeline": _calls(
        made="CreatePipeline",
        gone="DeletePipeline",
        rest="UpdatePipeline",
        tags="TagResource UntagResource",
    ),
}
"""By CloudFormation's name of the kind."""

OF_KINDS: Mapping[str, Names] = {
    f"{kind}/{what}": names for kind, calls in KINDS.items() for what, names in calls.items()
}
"""As for probes, under kind and attribute, or kind and what became of the resource."""
