"""Every kind: what a template declares, in its words, against what AWS says, in its own."""

import pytest

from tests.engine.declaring import ROWS, compared, paths
from tests.laws.cloudformation import may_declare
from tests.probes.declared import pairs_edge, pairs_pipelines, pairs_storage
from tests.probes.declared.pairs import case

ARN = "arn:aws:{}:us-east-1:123456789012:{}"
KEY = ARN.format("kms", "key/1234")
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:Get*", "Resource": "*"}],
}
OTHER = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": ["s3:Put*"], "Resource": ["*"]}],
}
INVOKED = {
    "Version": "2012-10-17",
    "Id": "default",
    "Statement": [
        {
            "Sid": "shop-Permission-1ABC",
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "lambda:InvokeFunction",
            "Resource": "arn:aws:lambda:us-east-1:123456789012:function:it",
            "Condition": {
                "StringEquals": {"AWS:SourceAccount": "123456789012"},
                "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::orders"},
            },
        },
        {
            "Sid": "shop-Url-2DEF",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "lambda:InvokeFunctionUrl",
            "Resource": "arn:aws:lambda:us-east-1:123456789012:function:it",
            "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
        },
    ],
}
"""A function's policy as `GetPolicy` answers it."""

OPENED = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "lambda:*", "Resource": "*"}],
}


def of(*beside):
    """Resources that stand beside."""
    return {f"Beside{n}": {"Type": t, "Properties": p} for n, (t, p) in enumerate(beside)}


def peer(port, **kind):
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **kind}


CASES = [
    case(
        "a group's rules are single ones, in any order, of any spelling",
        "AWS::EC2::SecurityGroup",
        {
            "GroupDescription": "web",
            "SecurityGroupIngress": [
                {"IpProtocol": "6", "FromPort": "443", "ToPort": 443, "CidrIp": "10.0.0.7/8"},
                {
                    "IpProtocol": "tcp",
                    "FromPort": 80,
                    "ToPort": 80,
                    "SourceSecurityGroupId": "sg-1",
                },
            ],
            "SecurityGroupEgress": [
                {"IpProtocol": -1, "FromPort": 0, "ToPort": 65535, "CidrIp": "0.0.0.0/0"}
            ],
        },
        {
            "Description": "web",
            "IpPermissions": [
                peer(80, UserIdGroupPairs=[{"GroupId": "sg-1", "UserId": "123456789012"}]),
                peer(443, IpRanges=[{"CidrIp": "10.0.0.0/8", "Description": "office"}]),
            ],
            "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
        },
        (
            {
                "Description": "web",
                "IpPermissions": [
                    peer(22, IpRanges=[{"CidrIp": "0.0.0.0/0"}]),
                    peer(443, IpRanges=[{"CidrIp": "10.0.0.0/8"}]),
                ],
                "IpPermissionsEgress": [],
            },
            {"IpPermissions", "IpPermissionsEgress"},
        ),
    ),
    case(
        "rules beside a group are its rules",
        "AWS::EC2::SecurityGroup",
        {"GroupDescription": "app"},
        {"IpPermissions": [peer(80, PrefixListIds=[{"PrefixListId": "pl-1"}])]},
        (
            {
                "IpPermissions": [
                    peer(80, PrefixListIds=[{"PrefixListId": "pl-1"}]),
                    peer(22, IpRanges=[{"CidrIp": "0.0.0.0/0"}]),
                ]
            },
            {"Description", "IpPermissions"},
        ),
        fixed={"Description": "app"},
        beside=of(
            (
                "AWS::EC2::SecurityGroupIngress",
                {"GroupId": {"Ref": "It"}, **peer(80, SourcePrefixListId="pl-1")},
            )
        ),
    ),
    case(
        "subnets and attributes of a load balancer",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        {
            "Subnets": ["subnet-1", "subnet-2"],
            "LoadBalancerAttributes": [
                {"Key": "idle_timeout.timeout_seconds", "Value": 60},
                {"Key": "deletion_protection.enabled", "Value": True},
            ],
        },
        {
            "AvailabilityZones": [
                {"ZoneName": "a", "SubnetId": "subnet-2", "LoadBalancerAddresses": []},
                {"ZoneName": "b", "SubnetId": "subnet-1"},
            ],
            "LoadBalancerAttributes": {
                "idle_timeout.timeout_seconds": "60",
                "deletion_protection.enabled": "true",
                "routing.http2.enabled": "true",
            },
        },
        (
            {
                "AvailabilityZones": [{"ZoneName": "b", "SubnetId": "subnet-1"}],
                "LoadBalancerAttributes": {
                    "idle_timeout.timeout_seconds": "60",
                    "deletion_protection.enabled": "false",
                },
            },
            {"AvailabilityZones", "LoadBalancerAttributes.deletion_protection.enabled"},
        ),
    ),
    case(
        "actions of a listener as far as they are declared, and the rules beside it",
        "AWS::ElasticLoadBalancingV2::Listener",
        {"Port": 443, "DefaultActions": [{"Type": "forward", "TargetGroupArn": "tg-1"}]},
        {
            "Port": 443,
            "DefaultActions": [
                {"Type": "forward", "TargetGroupArn": "tg-1", "Order": 1, "ForwardConfig": {}}
            ],
            "Rules": [
                {
                    "Priority": "10",
                    "Conditions": [{"Field": "path-pattern", "Values": ["/a"], "X": {"Y": "z"}}],
                    "Actions": [{"Type": "forward", "TargetGroupArn": "tg-2", "Order": 1}],
                },
                {"Priority": "default", "IsDefault": True, "Actions": [{"Type": "forward"}]},
            ],
        },
        (
            {
                "Port": 443,
                "DefaultActions": [{"Type": "forward", "TargetGroupArn": "tg-3"}],
                "Rules": [
                    {"Priority": "20", "Conditions": [], "Actions": [{"Type": "fixed-response"}]}
                ],
            },
            {"DefaultActions", "Rules.10", "Rules.20"},
        ),
        beside=of(
            (
                "AWS::ElasticLoadBalancingV2::ListenerRule",
                {
                    "ListenerArn": {"Ref": "It"},
                    "Priority": 10,
                    "Conditions": [{"Field": "path-pattern", "Values": ["/a"]}],
                    "Actions": [{"Type": "forward", "TargetGroupArn": "tg-2"}],
                },
            )
        ),
    ),
    case(
        "a target group",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        {
            "Matcher": {"HttpCode": "200"},
            "HealthCheckIntervalSeconds": "15",
            "TargetGroupAttributes": [{"Key": "stickiness.enabled", "Value": "false"}],
        },
        {
            "Matcher": {"HttpCode": "200"},
            "HealthCheckIntervalSeconds": 15,
            "TargetGroupAttributes": {"stickiness.enabled": "false", "other": "1"},
        },
        (
            {
                "Matcher": {"HttpCode": "200-499"},
                "HealthCheckIntervalSeconds": 15,
                "TargetGroupAttributes": {"stickiness.enabled": "false"},
            },
            {"Matcher.HttpCode"},
        ),
    ),
    case(
        "a scaling group",
        "AWS::AutoScaling::AutoScalingGroup",
        {
            "MinSize": "1",
            "MaxSize": "4",
            "Cooldown": "300",
            "VPCZoneIdentifier": ["subnet-1", "subnet-2"],
            "MetricsCollection": [{"Granularity": "1Minute", "Metrics": ["GroupMinSize"]}],
            "Tags": [{"Key": "Team", "Value": "a", "PropagateAtLaunch": True}],
        },
        {
            "MinSize": 1,
            "MaxSize": 4,
            "DefaultCooldown": 300,
            "VPCZoneIdentifier": "subnet-2,subnet-1",
            "EnabledMetrics": [{"Metric": "GroupMinSize", "Granularity": "1Minute"}],
            "Tags": {"Team": "a", "Cost": "7"},
        },
        (
            {
                "MinSize": 1,
                "MaxSize": 40,
                "DefaultCooldown": 300,
                "VPCZoneIdentifier": "subnet-1,subnet-2",
                "EnabledMetrics": [],
                "Tags": {"Team": "b", "Mine": "x"},
            },
            {"MaxSize", "EnabledMetrics", "Tags.Team", "Tags.Mine"},
        ),
        tags={"Cost": "7"},
    ),
    case(
        "what the latest version of a launch template says",
        "AWS::EC2::LaunchTemplate",
        {"LaunchTemplateData": {"ImageId": "ami-1", "MetadataOptions": {"HttpTokens": "required"}}},
        {
            "LaunchTemplateData": {
                "ImageId": "ami-1",
                "UserData": "sha256:1",
                "MetadataOptions": {"HttpTokens": "required", "HttpEndpoint": "enabled"},
            }
        },
        (
            {"LaunchTemplateData": {"ImageId": "ami-1", "MetadataOptions": {}}},
            {"LaunchTemplateData.MetadataOptions"},
        ),
    ),
    case(
        "a key, its policy as a set of statements, its aliases at least",
        "AWS::KMS::Key",
        {"EnableKeyRotation": "true", "KeyPolicy": POLICY},
        {
            "KeyRotationEnabled": True,
            "KeyPolicy": {
                "Statement": {**dict(POLICY["Statement"][0]), "Sid": "x", "Action": ["s3:Get*"]},
                "Version": "2012-10-17",
            },
            "Aliases": ["alias/app", "alias/other"],
        },
        (
            {"KeyRotationEnabled": False, "KeyPolicy": OTHER, "Aliases": ["alias/other"]},
            {"KeyRotationEnabled", "KeyPolicy.Statement", "Aliases"},
        ),
        beside=of(("AWS::KMS::Alias", {"AliasName": "alias/app", "TargetKeyId": {"Ref": "It"}})),
    ),
    case(
        "a secret and the policy beside it",
        "AWS::SecretsManager::Secret",
        {"Description": "db", "KmsKeyId": "1234"},
        {"Description": "db", "KmsKeyId": KEY, "ResourcePolicy": POLICY},
        (
            {"Description": "db", "KmsKeyId": None, "ResourcePolicy": OTHER},
            {"KmsKeyId", "ResourcePolicy.Statement"},
        ),
        beside=of(
            (
                "AWS::SecretsManager::ResourcePolicy",
                {"SecretId": {"Ref": "It"}, "ResourcePolicy": POLICY},
            )
        ),
    ),
    case(
        "a role with policies in it and beside it",
        "AWS::IAM::Role",
        {
            "AssumeRolePolicyDocument": POLICY,
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
            "Policies": [{"PolicyName": "own", "PolicyDocument": POLICY}],
        },
        {
            "AssumeRolePolicyDocument": POLICY,
            "AttachedManagedPolicies": [
                {"PolicyName": "x", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
            ],
            "RolePolicyList": [
                {"PolicyName": "beside", "PolicyDocument": OTHER},
                {"PolicyName": "own", "PolicyDocument": POLICY},
            ],
        },
        (
            {
                "AssumeRolePolicyDocument": OTHER,
                "AttachedManagedPolicies": [
                    {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}
                ],
                "RolePolicyList": [
                    {"PolicyName": "own", "PolicyDocument": POLICY},
                    {"PolicyName": "by-hand", "PolicyDocument": POLICY},
                    {"PolicyName": "beside", "PolicyDocument": POLICY},
                ],
            },
            {
                "AssumeRolePolicyDocument.Statement",
                "AttachedManagedPolicies",
                "RolePolicyList.beside.PolicyDocument.Statement",
                "RolePolicyList.by-hand",
            },
        ),
        beside=of(
            (
                "AWS::IAM::Policy",
                {"PolicyName": "beside", "Roles": [{"Ref": "It"}], "PolicyDocument": OTHER},
            )
        ),
    ),
    case(
        "a managed policy by its version in force",
        "AWS::IAM::ManagedPolicy",
        {"PolicyDocument": POLICY},
        {"PolicyVersionList": [{"IsDefaultVersion": True, "Document": POLICY}]},
        (
            {
                "PolicyVersionList": [
                    {"IsDefaultVersion": False, "Document": POLICY},
                    {"IsDefaultVersion": True, "Document": OTHER},
                ]
            },
            {"PolicyVersionList.Statement"},
        ),
    ),
    case(
        "a log group",
        "AWS::Logs::LogGroup",
        {"RetentionInDays": 90, "KmsKeyId": KEY},
        {"retentionInDays": 90, "kmsKeyId": KEY},
        ({"retentionInDays": 3, "kmsKeyId": KEY}, {"retentionInDays"}),
    ),
    case(
        "an alarm; missing data are missing where nothing else is said",
        "AWS::CloudWatch::Alarm",
        {
            "Threshold": "80",
            "Period": "60",
            "TreatMissingData": "missing",
            "Dimensions": [{"Name": "A", "Value": "1"}],
            "ActionsEnabled": True,
        },
        {
            "Threshold": 80.0,
            "Period": 60,
            "Dimensions": [{"Name": "A", "Value": "1"}],
            "ActionsEnabled": True,
        },
        (
            {
                "Threshold": 99.5,
                "Period": 60,
                "TreatMissingData": "notBreaching",
                "Dimensions": [{"Name": "A", "Value": "1"}],
                "ActionsEnabled": False,
            },
            {"Threshold", "TreatMissingData", "ActionsEnabled"},
        ),
    ),
    case(
        "a composite alarm",
        "AWS::CloudWatch::CompositeAlarm",
        {"AlarmRule": "ALARM(a)", "AlarmActions": ["arn:1"]},
        {"AlarmRule": "ALARM(a)", "AlarmActions": ["arn:1"]},
        ({"AlarmRule": "ALARM(a)", "AlarmActions": []}, {"AlarmActions"}),
    ),
    case(
        "a database instance",
        "AWS::RDS::DBInstance",
        {
            "AllocatedStorage": "20",
            "MultiAZ": True,
            "DeletionProtection": "false",
            "VPCSecurityGroups": ["sg-1"],
            "DBSubnetGroupName": "Mine",
            "DBParameterGroupName": "Params",
            "OptionGroupName": "opts",
            "KmsKeyId": "1234",
            "PreferredMaintenanceWindow": "Sun:03:00-Sun:04:00",
            "EngineVersion": "15",
            "MasterUserPassword": "not to be told",
        },
        {
            "AllocatedStorage": 20,
            "MultiAZ": True,
            "DeletionProtection": False,
            "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1", "Status": "active"}],
            "DBSubnetGroup": {"DBSubnetGroupName": "mine", "VpcId": "vpc-1"},
            "DBParameterGroups": [{"DBParameterGroupName": "params"}],
            "OptionGroupMemberships": [{"OptionGroupName": "opts", "Status": "in-sync"}],
            "KmsKeyId": KEY,
            "PreferredMaintenanceWindow": "sun:03:00-sun:04:00",
            "EngineVersion": "15",
        },
        (
            {
                "AllocatedStorage": 20,
                "MultiAZ": False,
                "DeletionProtection": False,
                "VpcSecurityGroups": [
                    {"VpcSecurityGroupId": "sg-1"},
                    {"VpcSecurityGroupId": "sg-2"},
                ],
                "DBSubnetGroup": {"DBSubnetGroupName": "other"},
                "DBParameterGroups": [{"DBParameterGroupName": "default"}],
                "OptionGroupMemberships": [{"OptionGroupName": "opts"}],
                "KmsKeyId": KEY,
                "PreferredMaintenanceWindow": "sun:03:00-sun:04:00",
                "EngineVersion": "15",
            },
            {
                "MultiAZ",
                "VpcSecurityGroups",
                "DBSubnetGroup.DBSubnetGroupName",
                "DBParameterGroups",
            },
        ),
    ),
    case(
        "a database cluster",
        "AWS::RDS::DBCluster",
        {
            "DBSubnetGroupName": "Mine",
            "VpcSecurityGroupIds": ["sg-1"],
            "EnableCloudwatchLogsExports": ["audit"],
            "BackupRetentionPeriod": 7,
        },
        {
            "DBSubnetGroup": "mine",
            "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1", "Status": "active"}],
            "EnabledCloudwatchLogsExports": ["audit"],
            "BackupRetentionPeriod": 7,
        },
        (
            {
                "DBSubnetGroup": "mine",
                "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
                "EnabledCloudwatchLogsExports": [],
                "BackupRetentionPeriod": 1,
            },
            {"EnabledCloudwatchLogsExports", "BackupRetentionPeriod"},
        ),
    ),
    case(
        "a table; provisioned and standard where nothing is said",
        "AWS::DynamoDB::Table",
        {
            "BillingMode": "PROVISIONED",
            "TableClass": "STANDARD",
            "SSESpecification": {"SSEEnabled": True, "KMSMasterKeyId": KEY},
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
        },
        {
            "SSEDescription": {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": KEY},
            "PointInTimeRecovery": {"PointInTimeRecoveryStatus": "ENABLED"},
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        },
        (
            {
                "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
                "SSEDescription": {"SSEType": "KMS", "KMSMasterKeyArn": KEY.replace("12", "99")},
                "PointInTimeRecovery": {"PointInTimeRecoveryStatus": "DISABLED"},
                "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
            },
            {
                "BillingModeSummary.BillingMode",
                "SSEDescription.KMSMasterKeyArn",
                "PointInTimeRecovery.PointInTimeRecoveryStatus",
            },
        ),
    ),
    case(
        "a bucket and the policy beside it",
        "AWS::S3::Bucket",
        {
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {
                        "ServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": "1234",
                        },
                        "BucketKeyEnabled": True,
                    }
                ]
            },
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "LoggingConfiguration": {"DestinationBucketName": "logs", "LogFilePrefix": "a/"},
            "PublicAccessBlockConfiguration": {"BlockPublicAcls": "true"},
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "Id": "old",
                        "Status": "Enabled",
                        "ExpirationInDays": 30,
                        "NoncurrentVersionExpirationInDays": 5,
                        "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 7}],
                    }
                ]
            },
        },
        {
            "BucketEncryption": [
                {
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": KEY,
                    },
                    "BucketKeyEnabled": True,
                }
            ],
            "OwnershipControls": [{"ObjectOwnership": "BucketOwnerEnforced"}],
            "LoggingConfiguration": {"TargetBucket": "logs", "TargetPrefix": "a/"},
            "PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": True},
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "ID": "old",
                        "Status": "Enabled",
                        "Filter": {"Prefix": ""},
                        "Expiration": {"Days": 30},
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 5},
                        "Transitions": [{"StorageClass": "GLACIER", "Days": 7}],
                    }
                ]
            },
            "BucketPolicy": POLICY,
        },
        (
            {
                "BucketEncryption": [
                    {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                ],
                "OwnershipControls": [{"ObjectOwnership": "ObjectWriter"}],
                "LoggingConfiguration": None,
                "PublicAccessBlockConfiguration": {"BlockPublicAcls": False},
                "LifecycleConfiguration": {"Rules": [{"ID": "old", "Status": "Disabled"}]},
                "BucketPolicy": None,
            },
            {
                "BucketEncryption",
                "OwnershipControls",
                "LoggingConfiguration",
                "PublicAccessBlockConfiguration.BlockPublicAcls",
                "LifecycleConfiguration.Rules.old.Status",
                "LifecycleConfiguration.Rules.old.Expiration",
                "LifecycleConfiguration.Rules.old.NoncurrentVersionExpiration",
                "LifecycleConfiguration.Rules.old.Transitions",
                "BucketPolicy",
            },
        ),
        beside=of(("AWS::S3::BucketPolicy", {"Bucket": {"Ref": "It"}, "PolicyDocument": POLICY})),
    ),
    case(
        "a cluster of containers",
        "AWS::ECS::Cluster",
        {"ClusterSettings": [{"Name": "containerInsights", "Value": "enabled"}]},
        {"settings": [{"name": "containerInsights", "value": "enabled"}]},
        (
            {"settings": [{"name": "containerInsights", "value": "disabled"}]},
            {"settings.containerInsights.value"},
        ),
    ),
    case(
        "a service, its task definition by the family",
        "AWS::ECS::Service",
        {
            "TaskDefinition": ARN.format("ecs", "task-definition/web:3"),
            "DesiredCount": 2,
            "DeploymentConfiguration": {
                "DeploymentCircuitBreaker": {"Enable": True, "Rollback": True}
            },
            "NetworkConfiguration": {
                "AwsvpcConfiguration": {"Subnets": ["subnet-1"], "AssignPublicIp": "DISABLED"}
            },
        },
        {
            "taskDefinition": ARN.format("ecs", "task-definition/web:9"),
            "desiredCount": 2,
            "deploymentConfiguration": {
                "deploymentCircuitBreaker": {"enable": True, "rollback": True},
                "maximumPercent": 200,
            },
            "networkConfiguration": {
                "awsvpcConfiguration": {
                    "subnets": ["subnet-1"],
                    "assignPublicIp": "DISABLED",
                    "securityGroups": [],
                }
            },
        },
        (
            {
                "taskDefinition": ARN.format("ecs", "task-definition/other:1"),
                "desiredCount": 7,
                "deploymentConfiguration": {},
                "networkConfiguration": {
                    "awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "ENABLED"}
                },
            },
            {
                "taskDefinition",
                "desiredCount",
                "deploymentConfiguration",
                "networkConfiguration.awsvpcConfiguration.assignPublicIp",
            },
        ),
    ),
    case(
        "a task definition, of variables the names",
        "AWS::ECS::TaskDefinition",
        {
            "Cpu": 256,
            "ContainerDefinitions": [
                {
                    "Name": "web",
                    "Image": "web:1",
                    "Environment": [{"Name": "MODE", "Value": "x"}, {"Name": "A", "Value": "y"}],
                    "LogConfiguration": {
                        "LogDriver": "awslogs",
                        "Options": {"awslogs-group": "/web", "Own": "1"},
                    },
                }
            ],
        },
        {
            "cpu": "256",
            "containerDefinitions": [
                {
                    "name": "web",
                    "image": "web:1",
                    "essential": True,
                    "environment": [{"name": "A", "value": "1"}, {"name": "MODE", "value": "2"}],
                    "logConfiguration": {
                        "logDriver": "awslogs",
                        "options": {"awslogs-group": "/web", "Own": "2"},
                    },
                }
            ],
        },
        (
            {
                "cpu": "256",
                "containerDefinitions": [
                    {
                        "name": "web",
                        "image": "web:2",
                        "environment": [{"name": "MODE", "value": "2"}],
                        "logConfiguration": {
                            "logDriver": "awslogs",
                            "options": {"awslogs-group": "/other", "Own": "2"},
                        },
                    },
                    {"name": "sidecar"},
                ],
            },
            {
                "containerDefinitions.web.image",
                "containerDefinitions.web.environment",
                "containerDefinitions.web.logConfiguration.options.awslogs-group",
                "containerDefinitions.sidecar",
            },
        ),
    ),
    case(
        "a function, of variables the names",
        "AWS::Lambda::Function",
        {
            "Runtime": "python3.12",
            "Environment": {"Variables": {"MODE": "a", "PASSWORD": "b"}},
            "Layers": ["arn:layer:1"],
            "KmsKeyArn": KEY,
        },
        {
            "Runtime": "python3.12",
            "Environment": {"Variables": {"PASSWORD": "x", "MODE": "y"}},
            "Layers": [{"Arn": "arn:layer:1", "CodeSize": 3}],
            "KMSKeyArn": KEY,
        },
        (
            {
                "Runtime": "python3.8",
                "Environment": {"Variables": {"MODE": "y"}},
                "Layers": [{"Arn": "arn:layer:2"}],
                "KMSKeyArn": KEY,
            },
            {"Runtime", "Environment", "Layers"},
        ),
    ),
    case(
        "a function and the permissions beside it, which Lambda writes as one policy",
        "AWS::Lambda::Function",
        {"MemorySize": 128},
        {"MemorySize": 128, "Policy": INVOKED},
        (
            {"MemorySize": 128, "Policy": OPENED},
            {"Policy.Statement"},
        ),
        beside=of(
            (
                "AWS::Lambda::Permission",
                {
                    "FunctionName": {"Ref": "It"},
                    "Action": "lambda:InvokeFunction",
                    "Principal": "s3.amazonaws.com",
                    "SourceArn": "arn:aws:s3:::orders",
                    "SourceAccount": {"Ref": "AWS::AccountId"},
                },
            ),
            (
                "AWS::Lambda::Permission",
                {
                    "FunctionName": {"Ref": "It"},
                    "Action": "lambda:InvokeFunctionUrl",
                    "Principal": "*",
                    "FunctionUrlAuthType": "AWS_IAM",
                },
            ),
        ),
    ),
    case(
        "a topic and the policy beside it",
        "AWS::SNS::Topic",
        {"KmsMasterKeyId": KEY, "FifoTopic": True},
        {"KmsMasterKeyId": "1234", "FifoTopic": "true", "Policy": POLICY},
        (
            {"KmsMasterKeyId": None, "FifoTopic": "true", "Policy": OTHER},
            {"KmsMasterKeyId", "Policy.Statement"},
        ),
        beside=of(("AWS::SNS::TopicPolicy", {"Topics": [{"Ref": "It"}], "PolicyDocument": POLICY})),
    ),
]
CASES += [*pairs_edge.CASES, *pairs_pipelines.CASES, *pairs_storage.CASES]
WANTED = {one.values[0] for one in CASES}


@pytest.mark.parametrize(("kind", "declared", "same", "drifted", "more"), CASES)
def test_what_is_declared_is_compared_in_the_words_of_the_api(kind, declared, same, drifted, more):
    more = dict(more)
    fixed = more.pop("fixed", {})
    assert paths(compared(ROWS[kind], declared, {**same, **fixed}, **more)) == {}
    sent, expected = drifted
    assert set(paths(compared(ROWS[kind], declared, sent, **more))) == expected


def test_every_kind_has_a_case():
    assert set(ROWS) == WANTED


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.type)
def test_a_table_leads_only_to_attributes_that_are_recorded(row):
    known = set(row.row.attributes)
    named = {one.kept_as for one in row.properties}
    named |= {one.attribute for one in row.beside} | set(row.only_named) | set(row.absent)
    named |= {*row.none, *row.given, *row.by_aws}
    assert named <= known, named - known


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.type)
def test_a_property_stands_once_in_a_table(row):
    names = [one.name for one in row.properties]
    assert len(names) == len(set(names))
    assert not set(names) & set(row.silent)


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.type)
def test_a_template_may_declare_what_a_table_names(row):
    named = {one.name for one in row.properties} | set(row.silent) | set(row.unseen)
    if row.opened:
        named.add(row.opened)
    assert not [name for name in named if not may_declare(row.type, name)]
