"""A pipeline from a bucket to machines, sealed with one key: the release has it, and the shop."""

from __future__ import annotations

from auditor.demo import sound
from auditor.demo.application import Alarm, Role
from auditor.demo.documents import ACCOUNT, allow
from auditor.demo.parts import Action, EventRule, Pipeline, Project

_BUILDSPEC = """\
version: 0.2
phases:
  build:
    commands:
      - make package
artifacts:
  files: ['**/*']
reports:
  unit:
    files: ['report.xml']
    file-format: JUNITXML
"""
_ARTIFACTS = ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:GetBucketVersioning")
RAN = tuple(
    ("AWS/CodePipeline", metric, ("pipeline:pipeline",))
    for metric in ("FailedPipelineExecutions", "PipelineDuration")
)
BUILT = tuple(
    ("AWS/CodeBuild", metric, ("project:package",))
    for metric in ("Duration", "SucceededBuilds", "FailedBuilds")
)
FAILED = EventRule(
    "failed",
    {
        "source": ["aws.codepipeline"],
        "detail-type": ["CodePipeline Pipeline Execution State Change"],
        "detail": {"state": ["FAILED"]},
    },
)


def roles(name: str, region: str, key: str) -> tuple[Role, ...]:
    """The roles of the pipeline, of its builds, and of CodeDeploy; `key` is that of the buckets."""
    artifacts = allow(_ARTIFACTS, "arn:aws:s3:::@bucket:artifacts/*")
    sealing = allow(("kms:Decrypt", "kms:GenerateDataKey"), f"@key:{key}")
    return (
        Role("deployment", "codedeploy.amazonaws.com", managed=("service-role/AWSCodeDeployRole",)),
        Role(
            "build",
            "codebuild.amazonaws.com",
            statements=(artifacts, sealing, sound.write_logs(region, f"/aws/codebuild/{name}")),
        ),
        Role(
            "pipeline",
            "codepipeline.amazonaws.com",
            statements=(
                artifacts,
                sealing,
                allow(("codebuild:BatchGetBuilds", "codebuild:StartBuild")),
                allow(
                    (
                        "codedeploy:CreateDeployment",
                        "codedeploy:GetApplication",
                        "codedeploy:GetApplicationRevision",
                        "codedeploy:GetDeployment",
                        "codedeploy:GetDeploymentConfig",
                        "codedeploy:RegisterApplicationRevision",
                    )
                ),
            ),
        ),
    )


def pipeline(name: str, key: str) -> Pipeline:
    """Source, build and deployment; an application of CodeDeploy has the name."""
    source = {
        "S3Bucket": "@bucket:sources",
        "S3ObjectKey": "app.zip",
        "PollForSourceChanges": "false",
    }
    deployed = {"ApplicationName": name, "DeploymentGroupName": name}
    stages = {
        "Source": (Action("Source", "Source", "S3", source),),
        "Build": (Action("Build", "Build", "CodeBuild", {"ProjectName": "@project:package"}),),
        "Deploy": (Action("Deploy", "Deploy", "CodeDeploy", deployed),),
    }
    return Pipeline("pipeline", "pipeline", "artifacts", stages, key=key)


def project(region: str, key: str) -> Project:
    """The build."""
    variables = {"AWS_ACCOUNT_ID": ACCOUNT, "AWS_DEFAULT_REGION": region}
    return Project("package", "build", _BUILDSPEC, variables=variables, key=key)


def alarm() -> Alarm:
    """That the pipeline failed."""
    metric = "AWS/CodePipeline:FailedPipelineExecutions"
    return sound.alarm("pipeline-failed", metric, ("pipeline:pipeline",), 1.0)
