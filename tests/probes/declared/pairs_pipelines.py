"""Pipelines, projects and deployment groups, as AWS answers them: defaults filled in."""

from probes.recorded._documents import digest
from tests.probes.declared.pairs import case

ROLE = "arn:aws:iam::123456789012:role/service-role/deployer"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234"
SOURCE = {"Category": "Source", "Owner": "AWS", "Provider": "CodeStarSourceConnection"}
BUILD = {"Category": "Build", "Owner": "AWS", "Provider": "CodeBuild", "Version": 1}
DIGEST = digest(["make", "make push"])
TERMINATE = "blueGreenDeploymentConfiguration.terminateBlueInstancesOnDeploymentSuccess"


def filled(name, kind, **more):
    """An action with all that CodePipeline fills in, its configuration as it is kept."""
    return {
        "name": name,
        "actionTypeId": {**{k[0].lower() + k[1:]: v for k, v in kind.items()}, "version": "1"},
        "runOrder": 1,
        "configuration": {},
        "outputArtifacts": [],
        "inputArtifacts": [],
        "region": "us-east-1",
    } | more


def stage(name, *actions, **more):
    return {"name": name, "actions": [*actions], **more}


FETCH = filled(
    "Fetch",
    SOURCE,
    configuration={"ConnectionArn": "arn:c", "FullRepositoryId": "a/b", "BranchName": "main",
                   "DetectChanges": "false", "OutputArtifactFormat": "CODE_ZIP"},
    outputArtifacts=[{"name": "code"}],
)  # fmt: skip
COMPILE = filled(
    "Compile",
    BUILD,
    configuration={"ProjectName": "shop", "EnvironmentVariables": "(set)"},
    inputArtifacts=[{"name": "code"}],
)

CASES = [
    case(
        "a pipeline, its stages in their order and actions by their names",
        "AWS::CodePipeline::Pipeline",
        {
            "Name": "shop",
            "RoleArn": ROLE,
            "PipelineType": "V2",
            "RestartExecutionOnUpdate": True,
            "ArtifactStore": {
                "Type": "S3",
                "Location": "artifacts",
                "EncryptionKey": {"Id": KEY, "Type": "KMS"},
            },
            "Variables": [{"Name": "GREETING", "DefaultValue": "hello"}],
            "Triggers": [
                {
                    "ProviderType": "CodeStarSourceConnection",
                    "GitConfiguration": {
                        "SourceActionName": "Fetch",
                        "Push": [{"Branches": {"Includes": ["main"]}}],
                    },
                }
            ],
            "Stages": [
                {
                    "Name": "Source",
                    "Actions": [
                        {
                            "Name": "Fetch",
                            "ActionTypeId": {**SOURCE, "Version": "1"},
                            "Configuration": {
                                "ConnectionArn": "arn:c",
                                "FullRepositoryId": "a/b",
                                "BranchName": "main",
                                "DetectChanges": False,
                                "Unsaid": "",
                            },
                            "OutputArtifacts": [{"Name": "code"}],
                        }
                    ],
                },
                {
                    "Name": "Build",
                    "Actions": [
                        {
                            "Name": "Compile",
                            "ActionTypeId": BUILD,
                            "Configuration": {
                                "ProjectName": "shop",
                                "EnvironmentVariables": "[]",
                            },
                            "InputArtifacts": [{"Name": "code"}],
                        }
                    ],
                },
            ],
        },
        {
            "roleArn": ROLE,
            "pipelineType": "V2",
            "executionMode": "SUPERSEDED",
            "artifactStore": {
                "type": "S3",
                "location": "artifacts",
                "encryptionKey": {"id": KEY, "type": "KMS"},
            },
            "variables": [{"name": "GREETING", "defaultValue": "(set)"}],
            "triggers": [
                {
                    "providerType": "CodeStarSourceConnection",
                    "gitConfiguration": {
                        "sourceActionName": "Fetch",
                        "push": [{"branches": {"includes": ["main"]}}],
                    },
                }
            ],
            "stages": [stage("Source", FETCH), stage("Build", COMPILE)],
        },
        (
            {
                "roleArn": ROLE.replace("deployer", "admin"),
                "pipelineType": "V2",
                "artifactStore": {"type": "S3", "location": "elsewhere"},
                "variables": [{"name": "OTHER"}],
                "triggers": [],
                "stages": [
                    stage("Source", {**FETCH, "configuration": {"BranchName": "evil"}}),
                    stage("Build", COMPILE, filled("Mine", BUILD)),
                ],
            },
            {
                "roleArn",
                "artifactStore.location",
                "artifactStore.encryptionKey",
                "variables.GREETING",
                "variables.OTHER",
                "triggers",
                "stages",
            },
        ),
    ),
    case(
        "stores of artifacts by region, and commands by a digest",
        "AWS::CodePipeline::Pipeline",
        {
            "ArtifactStores": [
                {"Region": "us-east-1", "ArtifactStore": {"Type": "S3", "Location": "here"}},
                {"Region": "eu-west-1", "ArtifactStore": {"Type": "S3", "Location": "there"}},
            ],
            "Stages": [
                {"Name": "Run", "Actions": [{"Name": "Run", "Commands": ["make", "make push"]}]}
            ],
        },
        {
            "artifactStores": {
                "eu-west-1": {"type": "S3", "location": "there"},
                "us-east-1": {"type": "S3", "location": "here"},
            },
            "stages": [stage("Run", {"name": "Run", "runOrder": 1, "commands": DIGEST})],
        },
        (
            {
                "artifactStores": {
                    "eu-west-1": {"type": "S3", "location": "elsewhere"},
                    "us-east-1": {"type": "S3", "location": "here"},
                },
                "stages": [stage("Run", {"name": "Run", "commands": "sha256:0"})],
            },
            {"artifactStores.eu-west-1.location", "stages"},
        ),
    ),
    case(
        "a project, of variables the names",
        "AWS::CodeBuild::Project",
        {
            "ServiceRole": "deployer",
            "EncryptionKey": KEY,
            "TimeoutInMinutes": "30",
            "Visibility": "PRIVATE",
            "Source": {
                "Type": "GITHUB",
                "Location": "https://github.com/a/b.git",
                "GitCloneDepth": 0,
                "Auth": {"Type": "OAUTH"},
                "ReportBuildStatus": False,
                "BuildSpec": {"Ref": "Spec"},
            },
            "Artifacts": {"Type": "CODEPIPELINE", "Name": "ignored", "Packaging": "ZIP"},
            "Cache": {"Type": "S3", "Location": "arn:aws:s3:::cache/shop"},
            "Environment": {
                "Type": "LINUX_CONTAINER",
                "Image": "aws/codebuild/standard:7.0",
                "ComputeType": "BUILD_GENERAL1_SMALL",
                "PrivilegedMode": True,
                "EnvironmentVariables": [
                    {"Name": "B", "Value": "1"},
                    {"Name": "A", "Type": "SECRETS_MANAGER", "Value": "db:password"},
                ],
            },
            "VpcConfig": {"VpcId": "vpc-1", "Subnets": ["b", "a"], "SecurityGroupIds": ["sg-1"]},
            "LogsConfig": {
                "CloudWatchLogs": {"Status": "ENABLED", "GroupName": "builds"},
                "S3Logs": {"Status": "ENABLED", "Location": "arn:aws:s3:::logs/builds"},
            },
            "Triggers": {
                "Webhook": True,
                "FilterGroups": [
                    [
                        {"Type": "EVENT", "Pattern": "PUSH"},
                        {"Type": "HEAD_REF", "Pattern": "main", "ExcludeMatchedPattern": True},
                    ]
                ],
            },
        },
        {
            "serviceRole": ROLE,
            "encryptionKey": KEY,
            "timeoutInMinutes": 30,
            "queuedTimeoutInMinutes": 480,
            "source": {
                "type": "GITHUB",
                "location": "https://github.com/a/b.git",
                "insecureSsl": False,
                "buildspec": "version: 0.2",
            },
            "artifacts": {"type": "CODEPIPELINE", "name": "shop", "packaging": "NONE"},
            "cache": {"type": "S3", "location": "cache/shop"},
            "environment": {
                "type": "LINUX_CONTAINER",
                "image": "aws/codebuild/standard:7.0",
                "computeType": "BUILD_GENERAL1_SMALL",
                "privilegedMode": True,
                "imagePullCredentialsType": "CODEBUILD",
                "environmentVariables": [
                    {"name": "A", "value": "db:password", "type": "SECRETS_MANAGER"},
                    {"name": "B", "value": "2", "type": "PLAINTEXT"},
                ],
            },
            "vpcConfig": {"vpcId": "vpc-1", "subnets": ["a", "b"], "securityGroupIds": ["sg-1"]},
            "logsConfig": {
                "cloudWatchLogs": {"status": "ENABLED", "groupName": "builds"},
                "s3Logs": {"status": "ENABLED", "location": "logs/builds"},
            },
            "webhook": {
                "url": "https://api.github.com/1",
                "buildType": "BUILD",
                "filterGroups": [
                    [
                        {"type": "HEAD_REF", "pattern": "main", "excludeMatchedPattern": True},
                        {"type": "EVENT", "pattern": "PUSH", "excludeMatchedPattern": False},
                    ]
                ],
            },
        },
        (
            {
                "serviceRole": ROLE.replace("deployer", "admin"),
                "encryptionKey": KEY.replace("1234", "99"),
                "timeoutInMinutes": 30,
                "projectVisibility": "PUBLIC_READ",
                "source": {
                    "type": "GITHUB",
                    "location": "https://github.com/evil/b.git",
                    "buildspec": "version: 0.2\nphases: {}",
                },
                "artifacts": {"type": "S3"},
                "cache": {"type": "NO_CACHE"},
                "environment": {
                    "type": "LINUX_CONTAINER",
                    "image": "evil/image",
                    "computeType": "BUILD_GENERAL1_SMALL",
                    "privilegedMode": True,
                    "environmentVariables": [{"name": "A"}],
                },
                "vpcConfig": None,
                "logsConfig": {"cloudWatchLogs": {"status": "DISABLED"}},
                "webhook": {"url": "https://api.github.com/1", "filterGroups": []},
            },
            {
                "serviceRole",
                "encryptionKey",
                "projectVisibility",
                "source.location",
                "source.buildspec",
                "artifacts.type",
                "cache.location",
                "cache.type",
                "environment.image",
                "environment.environmentVariables",
                "vpcConfig",
                "logsConfig.cloudWatchLogs.groupName",
                "logsConfig.cloudWatchLogs.status",
                "logsConfig.s3Logs",
                "webhook",
            },
        ),
        sections={"Parameters": {"Spec": {"Type": "String"}}},
        parameters={"Spec": "version: 0.2"},
    ),
    case(
        "further sources and artifacts of a project",
        "AWS::CodeBuild::Project",
        {
            "SecondarySources": [
                {
                    "Type": "S3",
                    "Location": "lib/lib.zip",
                    "SourceIdentifier": "lib",
                    "Auth": {"Type": "CODECONNECTIONS", "Resource": "arn:c"},
                }
            ],
            "SecondarySourceVersions": [{"SourceIdentifier": "lib", "SourceVersion": "1"}],
            "SecondaryArtifacts": [
                {"Type": "S3", "Location": "out", "ArtifactIdentifier": "zip", "Packaging": "ZIP"}
            ],
            "BuildBatchConfig": {"ServiceRole": "deployer", "TimeoutInMins": 60},
        },
        {
            "secondarySources": [
                {
                    "type": "S3",
                    "location": "lib/lib.zip",
                    "sourceIdentifier": "lib",
                    "auth": {"type": "CODECONNECTIONS", "resource": "arn:c"},
                    "insecureSsl": False,
                }
            ],
            "secondarySourceVersions": [{"sourceIdentifier": "lib", "sourceVersion": "1"}],
            "secondaryArtifacts": [
                {
                    "type": "S3",
                    "location": "out",
                    "artifactIdentifier": "zip",
                    "packaging": "ZIP",
                    "encryptionDisabled": False,
                }
            ],
            "buildBatchConfig": {"serviceRole": ROLE, "timeoutInMins": 60},
        },
        (
            {
                "secondarySources": [],
                "secondarySourceVersions": [{"sourceIdentifier": "lib", "sourceVersion": "2"}],
                "secondaryArtifacts": [
                    {"type": "S3", "location": "elsewhere", "artifactIdentifier": "zip"}
                ],
                "buildBatchConfig": {"serviceRole": ROLE, "timeoutInMins": 90},
            },
            {
                "secondarySources",
                "secondarySourceVersions",
                "secondaryArtifacts",
                "buildBatchConfig.timeoutInMins",
            },
        ),
    ),
    case(
        "a deployment group of ECS",
        "AWS::CodeDeploy::DeploymentGroup",
        {
            "ApplicationName": "shop",
            "ServiceRoleArn": ROLE,
            "DeploymentConfigName": "CodeDeployDefault.ECSAllAtOnce",
            "DeploymentStyle": {
                "DeploymentType": "BLUE_GREEN",
                "DeploymentOption": "WITH_TRAFFIC_CONTROL",
            },
            "AutoRollbackConfiguration": {
                "Enabled": True,
                "Events": ["DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_FAILURE"],
            },
            "AlarmConfiguration": {"Enabled": "true", "Alarms": [{"Name": "errors"}]},
            "BlueGreenDeploymentConfiguration": {
                "TerminateBlueInstancesOnDeploymentSuccess": {
                    "Action": "TERMINATE",
                    "TerminationWaitTimeInMinutes": 5,
                }
            },
            "ECSServices": [{"ClusterName": "main", "ServiceName": "web"}],
            "LoadBalancerInfo": {
                "TargetGroupPairInfoList": [
                    {
                        "TargetGroups": [{"Name": "blue"}, {"Name": "green"}],
                        "ProdTrafficRoute": {"ListenerArns": ["arn:l"]},
                    }
                ]
            },
            "TriggerConfigurations": [
                {"TriggerName": "t", "TriggerTargetArn": "arn:t", "TriggerEvents": ["X", "Y"]}
            ],
        },
        {
            "serviceRoleArn": ROLE,
            "deploymentConfigName": "CodeDeployDefault.ECSAllAtOnce",
            "computePlatform": "ECS",
            "deploymentStyle": {
                "deploymentType": "BLUE_GREEN",
                "deploymentOption": "WITH_TRAFFIC_CONTROL",
            },
            "autoRollbackConfiguration": {
                "enabled": True,
                "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"],
            },
            "alarmConfiguration": {
                "enabled": True,
                "ignorePollAlarmFailure": False,
                "alarms": [{"name": "errors"}],
            },
            "blueGreenDeploymentConfiguration": {
                "terminateBlueInstancesOnDeploymentSuccess": {
                    "action": "TERMINATE",
                    "terminationWaitTimeInMinutes": 5,
                },
                "deploymentReadyOption": {
                    "actionOnTimeout": "CONTINUE_DEPLOYMENT",
                    "waitTimeInMinutes": 0,
                },
            },
            "ecsServices": [{"serviceName": "web", "clusterName": "main"}],
            "loadBalancerInfo": {
                "targetGroupPairInfoList": [
                    {
                        "targetGroups": [{"name": "green"}, {"name": "blue"}],
                        "prodTrafficRoute": {"listenerArns": ["arn:l"]},
                    }
                ]
            },
            "triggerConfigurations": [
                {"triggerName": "t", "triggerTargetArn": "arn:t", "triggerEvents": ["Y", "X"]}
            ],
        },
        (
            {
                "serviceRoleArn": ROLE,
                "deploymentConfigName": "CodeDeployDefault.ECSCanary10Percent5Minutes",
                "deploymentStyle": {"deploymentType": "BLUE_GREEN"},
                "autoRollbackConfiguration": {"enabled": False},
                "alarmConfiguration": {"enabled": True, "alarms": []},
                "blueGreenDeploymentConfiguration": {
                    "terminateBlueInstancesOnDeploymentSuccess": {"action": "KEEP_ALIVE"}
                },
                "ecsServices": [{"serviceName": "other", "clusterName": "main"}],
                "loadBalancerInfo": {"targetGroupPairInfoList": []},
                "triggerConfigurations": [],
            },
            {
                "deploymentConfigName",
                "deploymentStyle.deploymentOption",
                "autoRollbackConfiguration.enabled",
                "autoRollbackConfiguration.events",
                "alarmConfiguration.alarms",
                f"{TERMINATE}.action",
                f"{TERMINATE}.terminationWaitTimeInMinutes",
                "ecsServices",
                "loadBalancerInfo",
                "triggerConfigurations",
            },
        ),
    ),
    case(
        "a deployment group of instances, by their tags",
        "AWS::CodeDeploy::DeploymentGroup",
        {
            "AutoScalingGroups": ["web"],
            "Ec2TagFilters": [{"Key": "App", "Value": "shop", "Type": "KEY_AND_VALUE"}],
            "OnPremisesTagSet": {
                "OnPremisesTagSetList": [
                    {"OnPremisesTagGroup": [{"Key": "a", "Type": "KEY_ONLY"}, {"Key": "b"}]},
                    {"OnPremisesTagGroup": [{"Key": "c"}]},
                ]
            },
            "OutdatedInstancesStrategy": "UPDATE",
        },
        {
            "autoScalingGroups": [{"name": "web", "hook": "CodeDeploy-1"}],
            "ec2TagFilters": [{"Key": "App", "Value": "shop", "Type": "KEY_AND_VALUE"}],
            "onPremisesTagSet": {
                "onPremisesTagSetList": [
                    [{"Key": "c", "Type": "KEY_ONLY"}],
                    [{"Key": "b", "Type": "KEY_AND_VALUE"}, {"Key": "a", "Type": "KEY_ONLY"}],
                ]
            },
            "outdatedInstancesStrategy": "UPDATE",
        },
        (
            {
                "autoScalingGroups": [{"name": "other"}],
                "ec2TagFilters": [],
                "onPremisesTagSet": {"onPremisesTagSetList": [[{"Key": "c"}]]},
                "outdatedInstancesStrategy": "IGNORE",
            },
            {
                "autoScalingGroups",
                "ec2TagFilters",
                "onPremisesTagSet.onPremisesTagSetList",
                "outdatedInstancesStrategy",
            },
        ),
    ),
]
