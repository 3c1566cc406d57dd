"""CodePipeline, CodeBuild and CodeDeploy: what is built and deployed, how, and in which role."""

from __future__ import annotations

from auditor.recording.recordable import Fold, Recordable, the, whole
from probes.aws import codebuild, codedeploy, codepipeline
from probes.recorded._documents import SET, digest, inside, known_values, names_only

_ACTION_KEYS = (
    "ActionMode", "AppSpecTemplateArtifact", "AppSpecTemplatePath", "ApplicationName", "Branch",
    "BranchName", "BucketName", "Capabilities", "ClusterName", "ConnectionArn",
    "DeploymentGroupName", "DetectChanges", "Extract", "FileName", "FullRepositoryId",
    "FunctionName", "ImageTag", "NotificationArn", "ObjectKey", "OutputArtifactFormat", "Owner",
    "PollForSourceChanges", "PrimarySource", "ProjectName", "Repo", "RepositoryName", "RoleArn",
    "S3Bucket", "S3ObjectKey", "ServiceName", "StackName", "TaskDefinitionTemplateArtifact",
    "TaskDefinitionTemplatePath", "TemplatePath",
)  # fmt: skip
"""The keys of an action's configuration that are recorded (user guide, "Action structure").

Others may hold variables, parameters and tokens: of them it is recorded that they are set.
"""

STAGES = inside(
    configuration=known_values(*_ACTION_KEYS), commands=digest, environmentVariables=names_only
)
VARIABLES = inside(defaultValue=lambda value: SET if value else None)
"""What is kept of the stages and of the variables of a pipeline, live or declared."""

_STRUCTURE = (
    "roleArn", "artifactStore", "artifactStores", "stages", "executionMode", "pipelineType",
    "variables", "triggers",
)  # fmt: skip
_STRUCTURES = whole(
    codepipeline.STRUCTURES, *_STRUCTURE, reduced={"stages": STAGES, "variables": VARIABLES}
)
PIPELINE = Recordable(
    codepipeline.PIPELINES,
    keeps=(),
    leaves=("name", "version", "pipelineType", "executionMode", "created", "updated"),
    folds=tuple(Fold(name, _STRUCTURES, the(name)) for name in _STRUCTURE),
    ordered={"stages"},
    keyed={"stages.actions": "name", "variables": "name"},
    names={
        "artifactStores.*": "*",
        **{
            f"artifactStores.*.{name}": f"ArtifactStore.{name[0].upper()}{name[1:]}"
            for name in ("type", "location", "encryptionKey")
        },
    },
)
_NOT_OF_TRIGGERS = ("branchFilter", "manualCreation", "payloadUrl", "secret")
PROJECT = Recordable(
    codebuild.PROJECTS,
    keeps=(
        "description", "source", "secondarySources", "sourceVersion", "secondarySourceVersions",
        "artifacts", "secondaryArtifacts", "cache", "environment", "serviceRole",
        "timeoutInMinutes", "queuedTimeoutInMinutes", "encryptionKey", "webhook", "vpcConfig",
        "logsConfig", "fileSystemLocations", "buildBatchConfig", "concurrentBuildLimit",
        "projectVisibility", "resourceAccessRole", "autoRetryLimit",
    ),
    leaves=("name", "arn", "created", "lastModified", "badge", "publicProjectAlias"),
    reduced={
        "source": inside(buildspec=digest),
        "secondarySources": inside(buildspec=digest),
        "environment": inside(environmentVariables=names_only),
        "webhook": inside(secret=lambda _: None, payloadUrl=lambda _: None),
    },
    volatile={
        "webhook.lastModifiedSecret", "webhook.status", "webhook.statusMessage", "webhook.url",
    },
    names={
        "artifacts.bucketOwnerAccess": "",
        "buildBatchConfig.restrictions.fleetsAllowed": "",
        "environment.computeConfiguration": "",
        "environment.dockerServer.status": "",
        "logsConfig.s3Logs.bucketOwnerAccess": "",
        "projectVisibility": "Visibility",
        "source.buildspec": "BuildSpec",
        "webhook": "Triggers",
        **dict.fromkeys((f"webhook.{name}" for name in _NOT_OF_TRIGGERS), ""),
    },
)  # fmt: skip
DEPLOYMENT_GROUP = Recordable(
    codedeploy.GROUPS,
    keeps=(
        "deploymentConfigName", "ec2TagFilters", "onPremisesInstanceTagFilters",
        "autoScalingGroups", "serviceRoleArn", "triggerConfigurations", "alarmConfiguration",
        "autoRollbackConfiguration", "deploymentStyle", "outdatedInstancesStrategy",
        "blueGreenDeploymentConfiguration", "loadBalancerInfo", "ec2TagSet", "onPremisesTagSet",
        "computePlatform", "ecsServices", "terminationHookEnabled", "ec2DeploymentOptions",
    ),
    leaves=(
        "applicationName", "deploymentGroupId", "deploymentGroupName", "targetRevision",
        "lastSuccessfulDeployment", "lastAttemptedDeployment",
    ),
    volatile={"autoScalingGroups.hook", "autoScalingGroups.terminationHook"},
    names={"ecsServices": "ECSServices", "computePlatform": "", "ec2DeploymentOptions": ""},
)  # fmt: skip
