"""What stands inside one property, what AWS's answers do not tell, and members of members."""

import pytest

from auditor.drift.speaks import as_declared
from tests.engine.declaring import ROWS, compared, paths

DISTRIBUTION, BUCKET, GROUP = (
    "AWS::CloudFront::Distribution", "AWS::S3::Bucket", "AWS::CodeDeploy::DeploymentGroup",
)  # fmt: skip
PROJECT, PIPELINE, TOPIC = (
    "AWS::CodeBuild::Project", "AWS::CodePipeline::Pipeline", "AWS::SNS::Topic",
)  # fmt: skip
UNKNOWN = {"Fn::GetAtt": ["Custom", "Value"]}
SECTIONS = {
    "Parameters": {"Asked": {"Type": "Number", "Default": 7}},
    "Conditions": {"Who": {"Fn::Equals": [{"Ref": "Asked"}, 7]}},
}


def config(**properties):
    return {"DistributionConfig": properties}


def pattern(path):
    return {"PathPattern": path, "TargetOriginId": "web"}


@pytest.mark.parametrize(
    ("kind", "declared", "live", "left"),
    [
        (DISTRIBUTION, {"DistributionConfig": UNKNOWN}, {"Enabled": True}, "DistributionConfig"),
        (DISTRIBUTION, config(Enabled=UNKNOWN), {}, "DistributionConfig.Enabled"),
        (DISTRIBUTION, config(Logging={"Bucket": "b"}), {}, "DistributionConfig.Logging"),
        (DISTRIBUTION, {"DistributionConfig": "text"}, {}, "DistributionConfig"),
        (DISTRIBUTION, config(Origins="text"), {}, "DistributionConfig.Origins"),
        (DISTRIBUTION, config(OriginGroups={"Quantity": 0}), {}, "DistributionConfig.OriginGroups"),
        (
            DISTRIBUTION,
            config(DefaultCacheBehavior={"TrustedSigners": ["123456789012"]}),
            {"DefaultCacheBehavior": {"TrustedSigners": {"Quantity": 1, "Items": ["self"]}}},
            "DistributionConfig.DefaultCacheBehavior.TrustedSigners",
        ),
        (
            DISTRIBUTION,
            config(Origins=[{"Id": UNKNOWN, "DomainName": "a.example.com"}]),
            {"Origins": {"Items": [{"Id": "a", "DomainName": "a.example.com"}]}},
            "DistributionConfig.Origins.Id",
        ),
        (PROJECT, {"Source": {"Type": "S3", "BuildSpec": "make"}}, {"source": {"type": "S3"}},
         "Source.BuildSpec"),
        (PROJECT, {"Triggers": {"Webhook": True}}, {}, "Triggers"),
        (PROJECT, {"Triggers": {"Webhook": "false", "BuildType": "BUILD"}}, {}, "Triggers"),
        (PROJECT, {"EncryptionKey": "alias/aws/s3"}, {"encryptionKey": "arn:x"}, "EncryptionKey"),
        (PROJECT, {"BadgeEnabled": True}, {}, "BadgeEnabled"),
        (
            PROJECT,
            {"Environment": {"EnvironmentVariables": [{"Name": "A"}, {"Name": UNKNOWN, "Value": 1}]}},
            {"environment": {"environmentVariables": [{"name": "A"}, {"name": "B"}]}},
            "Environment.EnvironmentVariables.Name",
        ),
        (PIPELINE, {"Stages": [{"Actions": [{"Configuration": "{}"}]}]}, {}, "Stages"),
        (
            PIPELINE,
            {"Stages": [{"Name": "A", "Actions": [{"Name": "B", "Configuration": {
                "OAuthToken": "0123456789abcdef0123456789abcdef01234567"}}]}]},
            {"stages": [{"name": "A", "actions": [
                {"name": "B", "configuration": {"OAuthToken": "(set)"}}]}]},
            "Stages.Actions.Configuration.OAuthToken",
        ),
        (
            GROUP,
            {"DeploymentStyle": {"DeploymentType": "BLUE_GREEN"}, "AutoScalingGroups": ["web"]},
            {
                "deploymentStyle": {"deploymentType": "BLUE_GREEN"},
                "autoScalingGroups": [{"name": "CodeDeploy_web_1"}],
            },
            "autoScalingGroups",
        ),
        (BUCKET, {"ReplicationConfiguration": {"Rules": [{"Status": "Enabled"}]}}, {},
         "ReplicationConfiguration"),
        (
            BUCKET,
            {"LifecycleConfiguration": {"Rules": [{"Id": "a", "Prefix": "logs/"}]}},
            {"LifecycleConfiguration": {"Rules": [{"ID": "a", "Filter": {"Prefix": "x"}}]}},
            "LifecycleConfiguration.Rules.Prefix",
        ),
        (TOPIC, {"ArchivePolicy": "no JSON"}, {}, "ArchivePolicy"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_be_told_is_left_out_and_named(kind, declared, live, left):
    found = compared(ROWS[kind], declared, live, sections=SECTIONS)
    assert paths(found) == {}
    assert left in found.left


@pytest.mark.parametrize(
    ("style", "option", "differs"),
    [
        ({}, {}, True),
        ({"DeploymentType": "IN_PLACE"}, {}, True),
        ({"DeploymentType": "BLUE_GREEN"}, {"Action": "DISCOVER_EXISTING"}, True),
        ({"DeploymentType": "BLUE_GREEN"}, {"Action": "COPY_AUTO_SCALING_GROUP"}, False),
        ({"DeploymentType": UNKNOWN}, {}, False),
    ],
    ids=["nothing said", "in place", "those that are there", "copies", "not known"],
)
def test_scaling_groups_that_a_deployment_copies_are_nobodys_drift(style, option, differs):
    declared = {
        "AutoScalingGroups": ["web"],
        "DeploymentStyle": style,
        "BlueGreenDeploymentConfiguration": {"GreenFleetProvisioningOption": option},
    }
    said = {"deploymentType": style.get("DeploymentType")}
    live = {"autoScalingGroups": [{"name": "other"}], "deploymentStyle": said}
    if option:
        live["blueGreenDeploymentConfiguration"] = {
            "greenFleetProvisioningOption": {"action": option["Action"]}
        }
    assert ("autoScalingGroups" in paths(compared(ROWS[GROUP], declared, live))) is differs


def test_what_a_template_leaves_to_aws_inside_a_property_is_not_declared():
    declared = config(Comment={"Ref": "AWS::NoValue"}, Enabled=True)
    found = compared(ROWS[DISTRIBUTION], declared, {"Comment": "by hand", "Enabled": True})
    assert paths(found) == {}
    assert not found.left


def test_of_a_list_in_order_with_a_member_that_is_not_known_nothing_can_be_said():
    either = {"Fn::If": ["Unknown", pattern("/b"), pattern("/c")]}
    declared = config(CacheBehaviors=[pattern("/a"), either])
    live = {"CacheBehaviors": {"Quantity": 2, "Items": [pattern("/a"), pattern("/b")]}}
    assert paths(compared(ROWS[DISTRIBUTION], declared, live)) == {}
    known = config(CacheBehaviors=[pattern("/a")])
    assert set(paths(compared(ROWS[DISTRIBUTION], known, live))) == {"CacheBehaviors.Items"}


def test_a_set_inside_of_a_set_is_the_same_in_any_order():
    """What AWS fills in may put the members of a set in another order than they were declared."""
    row = ROWS[PROJECT].row
    declared = [[{"excluded": True, "pattern": "a"}, {"pattern": "b"}]]
    found = [[{"excluded": False, "pattern": "b"}, {"excluded": True, "pattern": "a"}]]
    assert as_declared(row, "webhook", declared, found, more=False) == declared


def test_a_member_of_which_only_the_name_is_known_is_there_or_not():
    declared = {"Variables": [{"Name": "GREETING", "DefaultValue": "hello"}]}
    live = {"variables": [{"name": "GREETING", "defaultValue": "(set)", "description": "x"}]}
    found = compared(ROWS[PIPELINE], declared, live)
    assert paths(found) == {}
    assert set(found.left) == {"Variables.DefaultValue"}
    assert set(paths(compared(ROWS[PIPELINE], declared, {}))) == {"variables.GREETING"}


@pytest.mark.parametrize(
    ("kind", "declared"),
    [
        (PROJECT, {"Artifacts": {"Type": {"a": "b"}}, "Cache": {"Type": ["x"]}}),
        (PROJECT, {"Source": {"Auth": ["x"], "GitCloneDepth": {}}, "Environment": 7}),
        (PROJECT, {"Triggers": [[]], "Environment": {"EnvironmentVariables": "x"}}),
        (PROJECT, {"LogsConfig": {"S3Logs": {"Location": 7}}, "ServiceRole": {"a": 1}}),
        (GROUP, {"DeploymentStyle": {"DeploymentType": {"a": "b"}}, "ECSServices": "x"}),
        (GROUP, {"Ec2TagSet": {"Ec2TagSetList": [{"Ec2TagGroup": 7}, 8]}}),
        (PIPELINE, {"Stages": {"Name": [1]}, "ArtifactStores": [1, {}], "Variables": 7}),
        (PIPELINE, {"ArtifactStores": [{"Region": {"a": "b"}, "ArtifactStore": 1}]}),
        (DISTRIBUTION, config(Aliases=[7], ViewerCertificate=[1], Restrictions="x")),
        (DISTRIBUTION, config(DefaultCacheBehavior={"AllowedMethods": {"a": 1}, "Cookies": 1})),
        (DISTRIBUTION, config(CacheBehaviors=[[1]], HttpVersion={"a": 1}, OriginGroups=7)),
        (BUCKET, {"NotificationConfiguration": {"LambdaConfigurations": [7]}}),
        (BUCKET, {"NotificationConfiguration": {"QueueConfigurations": [{"Filter": 7}]}}),
        (BUCKET, {"CorsConfiguration": [], "WebsiteConfiguration": {"IndexDocument": 7}}),
        (BUCKET, {"ReplicationConfiguration": {"Rules": [{"Id": "a", "Filter": 7}]}}),
        (TOPIC, {"ArchivePolicy": [[]]}),
    ],
    ids=str,
)
def test_whatever_stands_in_a_template_it_can_be_compared(kind, declared):
    compared(ROWS[kind], declared, {})
    row = ROWS[kind]
    odd = {name: [7, {"Items": 7}] for name in row.row.attributes if name != "Tags"}
    compared(row, declared, odd)
