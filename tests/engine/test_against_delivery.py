"""What moto's CloudFormation does not make, made by hand beside a stack that declares it."""

import json

import pytest
from moto.codedeploy.models import codedeploy_backends

from auditor.inventory import place_of
from auditor.recording.live import listed
from probes.recorded.storage import BUCKET
from tests.engine.test_against_templates import REGION, by_name, client, judged, looked, plant
from tests.kit import HERE, inventory_of

ROLE = "arn:aws:iam::123456789012:role/deployer"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "codepipeline.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
DECLARED = {
    "Files": {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "CorsConfiguration": {
                "CorsRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "MaxAge": "60"}]
            },
            "WebsiteConfiguration": {"IndexDocument": "index.html"},
            "NotificationConfiguration": {
                "QueueConfigurations": [
                    {
                        "Event": "s3:ObjectCreated:*",
                        "Queue": {"Fn::GetAtt": ["Queue", "Arn"]},
                        "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "in/"}]}},
                    }
                ],
            },
        },
    },
    "Queue": {"Type": "AWS::SQS::Queue"},
    "Site": {
        "Type": "AWS::CloudFront::Distribution",
        "Properties": {
            "DistributionConfig": {
                "Enabled": True,
                "Comment": "shop",
                "Origins": [
                    {
                        "Id": "files",
                        "DomainName": {"Fn::GetAtt": ["Files", "RegionalDomainName"]},
                        "S3OriginConfig": {"OriginAccessIdentity": ""},
                    }
                ],
                "DefaultCacheBehavior": {
                    "TargetOriginId": "files",
                    "ViewerProtocolPolicy": "redirect-to-https",
                    "AllowedMethods": ["GET", "HEAD"],
                },
                "DefaultRootObject": "index.html",
            }
        },
    },
    "Project": {
        "Type": "AWS::CodeBuild::Project",
        "Properties": {
            "ServiceRole": ROLE,
            "Source": {
                "Type": "S3",
                "Location": {"Fn::Sub": "${Files}/code.zip"},
                "BuildSpec": "buildspec.yml",
            },
            "Artifacts": {"Type": "NO_ARTIFACTS"},
            "Environment": {
                "Type": "LINUX_CONTAINER",
                "ComputeType": "BUILD_GENERAL1_SMALL",
                "Image": "aws/codebuild/standard:7.0",
                "EnvironmentVariables": [
                    {"Name": "SITE", "Value": {"Fn::GetAtt": ["Site", "DomainName"]}}
                ],
            },
        },
    },
    "Pipeline": {
        "Type": "AWS::CodePipeline::Pipeline",
        "Properties": {
            "RoleArn": ROLE,
            "ArtifactStore": {"Type": "S3", "Location": {"Ref": "Files"}},
            "Stages": [
                {
                    "Name": "Source",
                    "Actions": [
                        {
                            "Name": "Fetch",
                            "ActionTypeId": {
                                "Category": "Source",
                                "Owner": "AWS",
                                "Provider": "S3",
                                "Version": "1",
                            },
                            "Configuration": {
                                "S3Bucket": {"Ref": "Files"},
                                "S3ObjectKey": "code.zip",
                                "PollForSourceChanges": False,
                            },
                            "OutputArtifacts": [{"Name": "code"}],
                        }
                    ],
                },
                {
                    "Name": "Build",
                    "Actions": [
                        {
                            "Name": "Build",
                            "ActionTypeId": {
                                "Category": "Build",
                                "Owner": "AWS",
                                "Provider": "CodeBuild",
                                "Version": "1",
                            },
                            "Configuration": {"ProjectName": {"Ref": "Project"}},
                            "InputArtifacts": [{"Name": "code"}],
                        }
                    ],
                },
            ],
        },
    },
    "Group": {
        "Type": "AWS::CodeDeploy::DeploymentGroup",
        "Properties": {
            "ApplicationName": "shop",
            "ServiceRoleArn": ROLE,
            "DeploymentConfigName": "CodeDeployDefault.OneAtATime",
            "AutoRollbackConfiguration": {"Enabled": True, "Events": ["DEPLOYMENT_FAILURE"]},
            "Ec2TagFilters": [{"Key": "App", "Value": "shop", "Type": "KEY_AND_VALUE"}],
        },
    },
}
FILES, QUEUE = "shop-files", "https://sqs.us-east-1.amazonaws.com/123456789012/inbox"


def stages(branch_key="code.zip"):
    def action(category, provider, configuration, **more):
        kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
        return {
            "name": {"Source": "Fetch", "Build": "Build"}[category],
            "actionTypeId": kind,
            "runOrder": 1,
            "configuration": configuration,
            **more,
        }

    fetch = {"S3Bucket": FILES, "S3ObjectKey": branch_key, "PollForSourceChanges": "false"}
    code = [{"name": "code"}]
    return [
        {"name": "Source", "actions": [action("Source", "S3", fetch, outputArtifacts=code)]},
        {
            "name": "Build",
            "actions": [action("Build", "CodeBuild", {"ProjectName": "shop"}, inputArtifacts=code)],
        },
    ]


def pipeline(**more):
    return {
        "name": "shop",
        "roleArn": ROLE,
        "artifactStore": {"type": "S3", "location": FILES},
        "stages": stages(**more),
    }


def cors(*methods):
    return {
        "CORSRules": [{"AllowedMethods": [*methods], "AllowedOrigins": ["*"], "MaxAgeSeconds": 60}]
    }


def told(prefix):
    rule = {"Name": "prefix", "Value": prefix}
    return {
        "QueueConfigurations": [
            {
                "QueueArn": "arn:aws:sqs:us-east-1:123456789012:inbox",
                "Events": ["s3:ObjectCreated:*"],
                "Filter": {"Key": {"FilterRules": [rule]}},
            }
        ]
    }


def distribution(policy):
    return {
        "CallerReference": "1",
        "Enabled": True,
        "Comment": "shop",
        "Origins": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": "files",
                    "DomainName": f"{FILES}.s3.us-east-1.amazonaws.com",
                    "S3OriginConfig": {"OriginAccessIdentity": ""},
                }
            ],
        },
        "DefaultCacheBehavior": {
            "TargetOriginId": "files",
            "ViewerProtocolPolicy": policy,
            "AllowedMethods": {
                "Quantity": 2,
                "Items": ["HEAD", "GET"],
                "CachedMethods": {"Quantity": 2, "Items": ["HEAD", "GET"]},
            },
            "MinTTL": 0,
            "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        },
    }


@pytest.fixture
def delivery(aws):
    """What the stack declares, as it was made; the id of the distribution."""
    client("iam").create_role(RoleName="deployer", AssumeRolePolicyDocument=TRUST)
    client("sqs").create_queue(QueueName="inbox")
    s3 = client("s3")
    s3.create_bucket(Bucket=FILES)
    s3.put_bucket_cors(Bucket=FILES, CORSConfiguration=cors("GET"))
    s3.put_bucket_website(
        Bucket=FILES, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}}
    )
    s3.put_bucket_notification_configuration(Bucket=FILES, NotificationConfiguration=told("in/"))
    site = client("cloudfront").create_distribution(
        DistributionConfig=distribution("redirect-to-https")
    )["Distribution"]["Id"]
    client("codebuild").create_project(
        name="shop",
        serviceRole=ROLE,
        source={"type": "S3", "location": f"{FILES}/code.zip", "buildspec": "buildspec.yml"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "computeType": "BUILD_GENERAL1_SMALL",
            "image": "aws/codebuild/standard:7.0",
            "environmentVariables": [{"name": "SITE", "value": "x"}],
        },
    )
    client("codepipeline").create_pipeline(pipeline=pipeline())
    deploy = client("codedeploy")
    deploy.create_application(applicationName="shop", computePlatform="Server")
    deploy.create_deployment_group(
        applicationName="shop",
        deploymentGroupName="web",
        serviceRoleArn=ROLE,
        deploymentConfigName="CodeDeployDefault.OneAtATime",
        ec2TagFilters=[{"Key": "App", "Value": "shop", "Type": "KEY_AND_VALUE"}],
        autoRollbackConfiguration={"enabled": True, "events": ["DEPLOYMENT_FAILURE"]},
    )
    ids = {"Files": FILES, "Queue": QUEUE, "Site": site, "Project": "shop", "Pipeline": "shop",
           "Group": "web"}  # fmt: skip
    made = [(name, DECLARED[name]["Type"], physical) for name, physical in ids.items()]
    plant("delivery", {"Resources": DECLARED}, made)
    return site


def test_what_is_as_it_was_declared_has_no_drift(delivery):
    found = by_name(judged(looked()))
    assert {name: one.verdict.value for name, one in found.items()} == dict.fromkeys(
        {"Files", "Site", "Project", "Pipeline", "Group"}, "pass"
    )
    assert found["Site"].note == "not compared: DistributionConfig.DefaultRootObject"
    assert found["Project"].note == "not compared: Source.BuildSpec"
    assert not found["Pipeline"].note
    assert not found["Files"].note


def test_exactly_what_was_changed_by_hand_is_found(delivery):
    s3, edge = client("s3"), client("cloudfront")
    s3.put_bucket_cors(Bucket=FILES, CORSConfiguration=cors("GET", "PUT"))
    s3.put_bucket_notification_configuration(
        Bucket=FILES, NotificationConfiguration=told("everything/")
    )
    changed = distribution("allow-all")
    etag = edge.get_distribution(Id=delivery)["ETag"]
    edge.update_distribution(Id=delivery, IfMatch=etag, DistributionConfig=changed)
    client("codepipeline").update_pipeline(pipeline=pipeline(branch_key="evil.zip"))
    (group,) = codedeploy_backends["123456789012"][REGION].deployment_groups["shop"].values()
    group.auto_rollback_configuration = {"enabled": False, "events": []}
    client("codebuild").delete_project(name="shop")
    found = by_name(judged(looked()))
    drifts = {
        name: sorted(one.expected) if isinstance(one.expected, dict) else one.code
        for name, one in found.items()
        if one.verdict != "pass"
    }
    assert drifts == {
        "Files": [
            "CorsConfiguration",
            "NotificationConfiguration.QueueConfigurations",
        ],
        "Site": ["DefaultCacheBehavior.ViewerProtocolPolicy"],
        "Pipeline": ["stages"],
        "Group": ["autoRollbackConfiguration.enabled", "autoRollbackConfiguration.events"],
        "Project": "removed",
    }


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({}, None),
        (
            {"EventBridgeConfiguration": {}},
            {"EventBridgeConfiguration": {"EventBridgeEnabled": True}},
        ),
    ],
    ids=["nobody", "EventBridge"],
)
def test_that_events_go_to_eventbridge_is_recorded_though_nothing_is_said_of_it(said, kept):
    bucket = [{"Name": FILES, "BucketRegion": REGION}]
    none = {fold.query: {FILES: {}} for fold in BUCKET.folds}
    notified = BUCKET.folds[-1].query
    answers = {BUCKET.base: bucket, **none, notified: {FILES: said}, BUCKET.query: bucket}
    inventory = inventory_of(tuple(answers), answers)
    (found,) = listed(inventory, [BUCKET], place_of(BUCKET.query, HERE))
    (live,) = found.resources.values()
    assert live.attributes.get("NotificationConfiguration") == kept
