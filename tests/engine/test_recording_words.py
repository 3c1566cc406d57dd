"""Differences in the words of CloudFormation, as the resource reference has them, kind by kind."""

import pytest

from auditor.catalogue import recordables
from auditor.drift.compare import compare
from auditor.recording.words import Words

ROWS = {row.type: row for row in recordables()}
TABLE = Words(
    {
        "Plain": "Simple",
        "None": "",
        "None.Kept": "^Kept",
        "None.Deeper.Out": "^^Out",
        "Wrapped.Items": ".",
        "Labels.*": "*",
        "Other": "AWS::Other::Kind.Property",
        "Deep": "One.Two",
        "Top.Beyond": "^^^Name",
    }
)


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        pytest.param("Plain", "Simple", id="another name"),
        pytest.param("camelName inner", "CamelName.Inner", id="the same in Pascal case"),
        pytest.param("None", "", id="no such property"),
        pytest.param("None Inner Most", "", id="nothing below what there is not"),
        pytest.param("None Kept", "Kept", id="beside what there is not"),
        pytest.param("None Deeper Out", "Out", id="two levels further out"),
        pytest.param("Wrapped Items Name", "Wrapped.Name", id="nested by the API only"),
        pytest.param("Labels com.example/x", "Labels.com.example/x", id="names are no properties"),
        pytest.param("Labels aws inner", "Labels.aws.Inner", id="and below them there may be some"),
        pytest.param("Other Inner", "AWS::Other::Kind.Property.Inner", id="another kind"),
        pytest.param("Deep Inner", "One.Two.Inner", id="nested by CloudFormation only"),
        pytest.param("Top Beyond", "Name", id="further out than there is"),
    ],
)
def test_a_table_leads_from_step_to_step(steps, said):
    words = TABLE
    for name in steps.split():
        words = words.field(name)
    assert words.text == said


def test_a_place_that_was_not_entered_has_no_words():
    assert TABLE.text == ""
    assert TABLE.field("None").member("web").text == ""


def at(kind, attribute, value):
    """The value and another one, each below the attribute: what is told of the difference."""
    (change,) = compare(ROWS[kind], {attribute: value("old")}, {attribute: value("new")})
    return change.template


def inside(*path):
    """Nested mappings down to a value."""

    def made(value):
        for name in reversed(path):
            value = {name: value}
        return value

    return made


BEHAVIOR = "DistributionConfig.DefaultCacheBehavior"
CASES = [
    ("AWS::CloudFront::Distribution", "IsIPV6Enabled", (), "DistributionConfig.IPV6Enabled"),
    ("AWS::CloudFront::Distribution", "Origins", ("Items", "my.bucket.s3", "DomainName"),
     "DistributionConfig.Origins.my.bucket.s3.DomainName"),
    ("AWS::CloudFront::Distribution", "DefaultCacheBehavior",
     ("AllowedMethods", "CachedMethods", "Items"), f"{BEHAVIOR}.CachedMethods"),
    ("AWS::CloudFront::Distribution", "ViewerCertificate", ("SSLSupportMethod",),
     "DistributionConfig.ViewerCertificate.SslSupportMethod"),
    ("AWS::ECS::TaskDefinition", "containerDefinitions", ("web", "logConfiguration", "options", "awslogs-group"),
     "ContainerDefinitions.web.LogConfiguration.Options.awslogs-group"),
    ("AWS::ECS::TaskDefinition", "volumes", ("data", "efsVolumeConfiguration", "fileSystemId"),
     "Volumes.data.EFSVolumeConfiguration.FilesystemId"),
    ("AWS::ECS::Cluster", "settings", ("containerInsights", "value"),
     "ClusterSettings.containerInsights.Value"),
    ("AWS::ECS::Service", "networkConfiguration", ("awsvpcConfiguration", "assignPublicIp"),
     "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp"),
    ("AWS::EC2::SecurityGroup", "IpPermissions", (), "SecurityGroupIngress"),
    ("AWS::EC2::LaunchTemplate", "DefaultVersionData", ("ImageId",), "LaunchTemplateData.ImageId"),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateData", ("Operator", "Principal"), ""),
    ("AWS::EC2::LaunchTemplate", "Tags", ("team",), "TagSpecifications.Tags.team"),
    ("AWS::EC2::LaunchTemplate", "VersionsInUse", ("3", "ImageId"), ""),
    ("AWS::RDS::DBInstance", "DBSubnetGroup", ("DBSubnetGroupName",), "DBSubnetGroupName"),
    ("AWS::RDS::DBInstance", "DBSubnetGroup", ("VpcId",), ""),
    ("AWS::RDS::DBInstance", "DbInstancePort", (), "Port"),
    ("AWS::RDS::DBCluster", "ScalingConfigurationInfo", ("AutoPause",),
     "ScalingConfiguration.AutoPause"),
    ("AWS::S3::Bucket", "LifecycleConfiguration", ("Rules", "old.1", "Expiration", "Days"),
     "LifecycleConfiguration.Rules.old.1.ExpirationInDays"),
    ("AWS::S3::Bucket", "LifecycleConfiguration", ("Rules", "old", "Filter", "And", "Prefix"),
     "LifecycleConfiguration.Rules.old.Prefix"),
    ("AWS::S3::Bucket", "LoggingConfiguration", ("TargetBucket",),
     "LoggingConfiguration.DestinationBucketName"),
    ("AWS::S3::Bucket", "VersioningConfiguration", ("MFADelete",), ""),
    ("AWS::S3::Bucket", "BucketEncryption", (),
     "BucketEncryption.ServerSideEncryptionConfiguration"),
    ("AWS::S3::Bucket", "BucketPolicy", ("Statement",),
     "AWS::S3::BucketPolicy.PolicyDocument.Statement"),
    ("AWS::DynamoDB::Table", "SSEDescription", ("KMSMasterKeyArn",),
     "SSESpecification.KMSMasterKeyId"),
    ("AWS::DynamoDB::Table", "BillingModeSummary", ("BillingMode",), "BillingMode"),
    ("AWS::DynamoDB::Table", "PointInTimeRecovery", ("PointInTimeRecoveryStatus",),
     "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"),
    ("AWS::SecretsManager::Secret", "RotationRules", ("Duration",),
     "AWS::SecretsManager::RotationSchedule.RotationRules.Duration"),
    ("AWS::ElasticLoadBalancingV2::Listener", "Rules", ("10", "Actions"),
     "AWS::ElasticLoadBalancingV2::ListenerRule.10.Actions"),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "Matcher", ("HttpCode",), ""),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupAttributes",
     ("deregistration_delay.timeout_seconds",), ""),
    ("AWS::AutoScaling::AutoScalingGroup", "WarmPoolConfiguration", ("MinSize",),
     "AWS::AutoScaling::WarmPool.MinSize"),
    ("AWS::AutoScaling::AutoScalingGroup", "PropagateAtLaunch", (), "Tags.PropagateAtLaunch"),
    ("AWS::CodePipeline::Pipeline", "artifactStores", ("eu-west-1", "location"),
     "ArtifactStores.eu-west-1.ArtifactStore.Location"),
    ("AWS::CodePipeline::Pipeline", "roleArn", (), "RoleArn"),
    ("AWS::CodeBuild::Project", "source", ("buildspec",), "Source.BuildSpec"),
    ("AWS::CodeBuild::Project", "webhook", ("filterGroups",), "Triggers.FilterGroups"),
    ("AWS::CodeDeploy::DeploymentGroup", "ecsServices", (), "ECSServices"),
    ("AWS::IAM::Role", "RolePolicyList", ("own", "PolicyDocument", "Statement"),
     "Policies.own.PolicyDocument.Statement"),
    ("AWS::IAM::Role", "PermissionsBoundary", ("PermissionsBoundaryArn",), "PermissionsBoundary"),
    ("AWS::IAM::ManagedPolicy", "PolicyVersionList", ("Statement",), "PolicyDocument.Statement"),
    ("AWS::Lambda::Function", "Policy", ("Statement",), "AWS::Lambda::Permission"),
    ("AWS::Lambda::Function", "ImageConfigResponse", ("ImageConfig", "WorkingDirectory"),
     "ImageConfig.WorkingDirectory"),
    ("AWS::KMS::Key", "KeyRotationEnabled", (), "EnableKeyRotation"),
    ("AWS::KMS::Key", "Grants", (), ""),
    ("AWS::SNS::Topic", "Policy", ("Statement",), "AWS::SNS::TopicPolicy.PolicyDocument.Statement"),
    ("AWS::Logs::LogGroup", "retentionInDays", (), "RetentionInDays"),
    ("AWS::ApplicationAutoScaling::ScalableTarget", "MinCapacity", (), ""),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "attribute", "path", "said"), CASES, ids=str)
def test_a_difference_is_told_in_the_words_of_a_template_where_they_are_others(
    kind, attribute, path, said
):
    assert at(kind, attribute, inside(*path)) == said
