"""The pipeline of the story, with the roles, images, projects and topics that it stands on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from auditor.demo import delivered, sound
from auditor.demo.application import Application, Key, Role, Rotation, Secret
from auditor.demo.documents import ACCOUNT, alarms_may_use, allow, events_may_use
from auditor.demo.handed_out import outputs
from auditor.demo.parts import (
    Action,
    Bucket,
    Connection,
    Pipeline,
    Project,
    Repository,
    Stack,
)
from auditor.demo.stories.story import FOUND_IN

# The pipeline of another account deploys in this one.
TOOLS_ROLE = "arn:aws:iam::210987654321:role/tools-pipeline"
_REGISTRY = "$AWS_ACCOUNT_ID.dkr.ecr.$AWS_DEFAULT_REGION.amazonaws.com"
_LOGIN = f"""\
  pre_build:
    commands:
      - aws ecr get-login-password | docker login --username AWS --password-stdin {_REGISTRY}
"""
_BUILDSPEC = f"""\
version: 0.2
phases:
{_LOGIN}\
  build:
    commands:
      - docker build -t {_REGISTRY}/app:$CODEBUILD_RESOLVED_SOURCE_VERSION .
  post_build:
    commands:
      - docker push {_REGISTRY}/app:$CODEBUILD_RESOLVED_SOURCE_VERSION
"""
_TESTS = """\
version: 0.2
phases:
  build:
    commands:
      - make test
reports:
  unit:
    files: ['report.xml']
    file-format: JUNITXML
"""
_PUSH = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:GetDownloadUrlForLayer",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
_DEPLOY = (
    "codedeploy:CreateDeployment",
    "codedeploy:GetApplication",
    "codedeploy:GetApplicationRevision",
    "codedeploy:GetDeployment",
    "codedeploy:GetDeploymentConfig",
    "codedeploy:RegisterApplicationRevision",
    "ecs:DescribeServices",
    "ecs:RegisterTaskDefinition",
    "ecs:UpdateService",
)
_ARTIFACTS = ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:GetBucketVersioning")
_PASSED = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


def _roles(name: str, region: str) -> tuple[Role, ...]:
    artifacts = allow(_ARTIFACTS, "arn:aws:s3:::@bucket:artifacts/*")
    return (
        Role(
            "build",
            "codebuild.amazonaws.com",
            statements=(
                artifacts,
                sound.write_logs(region, f"/aws/codebuild/{name}"),
                allow(("ecr:GetAuthorizationToken",)),
                allow(_PUSH, f"arn:aws:ecr:{region}:{ACCOUNT}:repository/{name}*"),
            ),
        ),
        Role(
            "pipeline",
            "codepipeline.amazonaws.com",
            statements=(
                artifacts,
                allow(("codebuild:BatchGetBuilds", "codebuild:StartBuild")),
                allow(
                    ("codeconnections:UseConnection", "codestar-connections:UseConnection"),
                    f"arn:aws:codeconnections:{region}:{ACCOUNT}:connection/*",
                ),
                allow(("sns:Publish",), f"arn:aws:sns:{region}:{ACCOUNT}:{name}-alerts"),
                allow(("kms:GenerateDataKey", "kms:Decrypt"), "@key:alerts"),
                allow(("sts:AssumeRole",), f"arn:aws:iam::{ACCOUNT}:role/{name}-deployment"),
            ),
        ),
        Role(
            "deployment",
            TOOLS_ROLE,
            statements=(
                allow(_DEPLOY),
                allow(
                    ("iam:PassRole",),
                    f"arn:aws:iam::{ACCOUNT}:role/{name}-service-*",
                    Condition=_PASSED,
                ),
            ),
        ),
        sound.rotation_role("docker"),
    )


_APPROVAL = {
    "CustomData": "Deploy to staging what the tests have passed?",
    "NotificationArn": "@topic:alerts",
}


def _stages(name: str, connection: str, approval: dict[str, str]) -> dict[str, tuple[Action, ...]]:
    source = {
        "ConnectionArn": connection,
        "FullRepositoryId": "example/app",
        "BranchName": "main",
    }
    deployed = {
        "ApplicationName": f"{name}-service",
        "DeploymentGroupName": f"{name}-service",
        "TaskDefinitionTemplateArtifact": "source",
        "AppSpecTemplateArtifact": "source",
    }
    return {
        "Source": (Action("Source", "Source", "CodeStarSourceConnection", source),),
        "Build": (Action("Build", "Build", "CodeBuild", {"ProjectName": "@project:build"}),),
        "Test": (Action("Test", "Test", "CodeBuild", {"ProjectName": "@project:test"}),),
        "Approval": (Action("ApproveStaging", "Approval", "Manual", approval),),
        "Staging": (Action("Deploy", "Deploy", "CodeDeployToECS", deployed, takes="deployment"),),
    }


_PIPELINE = ("pipeline:pipeline",)
_BUILT = tuple(
    ("AWS/CodeBuild", metric, (f"project:{role}",))
    for role in ("build", "test")
    for metric in ("Duration", "SucceededBuilds", "FailedBuilds")
)
_RAN = tuple(
    ("AWS/CodePipeline", metric, _PIPELINE)
    for metric in ("FailedPipelineExecutions", "PipelineDuration")
)


def sound_pipeline(name: str, region: str) -> Application:
    """The pipeline with all that it stands on, with nothing to find fault with."""
    variables = {"AWS_ACCOUNT_ID": ACCOUNT, "AWS_DEFAULT_REGION": region}
    return Application(
        name=name,
        region=region,
        tags=sound.tags("delivery", "test", Project="delivery"),
        keys=(
            Key("alerts", (alarms_may_use(), events_may_use()), rotation_days=365),
            Key("data", (), rotation_days=365),
        ),
        roles=_roles(name, region),
        secrets=(Secret("docker", key="data", days=30, rotated_days_ago=3),),
        rotation=Rotation("python3.13", 256, invoked_by_secrets_manager=True, in_vpc=False),
        buckets=(Bucket("artifacts"), Bucket("cache")),
        repositories=(Repository("builder", ("1.0",)),),
        projects=(
            Project(
                "build",
                "build",
                _BUILDSPEC,
                image="@repository:builder:1.0",
                variables=variables,
            ),
            Project("test", "build", _TESTS, variables=variables),
        ),
        connections=(Connection("sources"),),
        pipelines=(
            Pipeline(
                "pipeline",
                "pipeline",
                "artifacts",
                _stages(name, "@connection:sources", _APPROVAL),
            ),
        ),
        observability=replace(
            sound.watched(
                sound.alarm(
                    "pipeline-failed",
                    "AWS/CodePipeline:FailedPipelineExecutions",
                    _PIPELINE,
                    1.0,
                ),
                sound.alarm("rotation-errors", "AWS/Lambda:Errors", ("function:rotation",), 1.0),
                log_groups=(
                    f"/aws/codebuild/{name}-build",
                    f"/aws/codebuild/{name}-test",
                    f"/aws/lambda/{name}-rotation",
                ),
            ),
            dashboards=(sound.dashboard(functions=("rotation",), Pipeline=_RAN, Builds=_BUILT),),
            rules=(delivered.FAILED,),
        ),
        stack=Stack(
            outputs=outputs(name, "PipelineName", "RotationArn"),
        ),
    )


def _declared(stages: dict[str, tuple[Action, ...]]) -> list[dict[str, Any]]:
    """The stages as a template has them, with the literal ARN of the connection."""
    literal = {"Configuration": {"ConnectionArn": _NO_CONNECTION}}
    return [
        {
            "Name": stage,
            "Actions": [
                {"Name": one.name, **(literal if one.category == "Source" else {})}
                for one in actions
            ],
        }
        for stage, actions in stages.items()
    ]


_NO_CONNECTION = f"arn:aws:codestar-connections:{FOUND_IN}:{ACCOUNT}:connection/abc123"


def pipeline_as_found() -> Application:
    """The pipeline with a role that may do everything and an image that nobody made."""
    app = sound_pipeline("delivery-broken", FOUND_IN)
    build, pipe, _, rotation = app.roles
    made, test = app.projects
    missing = f"{ACCOUNT}.dkr.ecr.{FOUND_IN}.amazonaws.com/{app.name}-builder:latest"
    plain = "\n".join(line for line in _TESTS.splitlines()[:5])
    stages = _stages(app.name, _NO_CONNECTION, {"NotificationArn": _APPROVAL["NotificationArn"]})
    return replace(
        app,
        roles=(build, pipe, Role("deployment", TOOLS_ROLE, managed=("PowerUserAccess",)), rotation),
        repositories=(),
        projects=(
            replace(
                made,
                image=missing,
                variables={},
                buildspec=_BUILDSPEC.replace(_LOGIN, ""),
            ),
            replace(test, compute="BUILD_GENERAL1_MEDIUM", variables={}, buildspec=plain),
        ),
        connections=(),
        pipelines=(replace(app.pipelines[0], stages=stages),),
        observability=replace(
            app.observability,
            alarms=app.observability.alarms[1:],
            retention_days=None,
            dashboards=(
                sound.dashboard(
                    functions=("rotation",),
                    Pipeline=(("AWS/CodePipeline", "PipelineExecutionSuccess", ()),),
                ),
            ),
        ),
        stack=Stack(
            deletion={"AWS::S3::Bucket": "Retain", "AWS::SecretsManager::Secret": "Retain"},
            declared={"PipelinePipeline": {"Properties": {"Stages": _declared(stages)}}},
        ),
    )
