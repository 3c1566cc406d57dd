"""The release: CodeDeploy and CodePipeline with one key for artifacts and logs.

As found, two attempts at the stack came to nothing, and what was tried by hand to get past them is
still there: a role that may do everything to machines, and a key that lets in CloudWatch Logs by a
name that is nobody's, with too few actions. The managed policy that the template names was never
deprecated; it lies at another path. That the log groups name the key is order enough: nothing has
to be declared twice. As repaired, the role has AWS's own policy, and the key lets in the logs of
this region for this account's groups alone.
"""

from __future__ import annotations

from dataclasses import replace

from auditor.demo import delivered, sound
from auditor.demo.application import Application, Key, Observability, Role
from auditor.demo.documents import (
    alarms_may_use,
    allow,
    events_may_use,
    logs_by_the_global_name,
    logs_may_use,
    refused_by_logs,
)
from auditor.demo.handed_out import outputs
from auditor.demo.parts import (
    Bucket,
    Deployment,
    Document,
    Failure,
    Stack,
)
from auditor.demo.stories.story import FOUND_IN, REPAIRED_IN, Item, Story

_WRONG_PATH = "arn:aws:iam::aws:policy/AWSCodeDeployRole"
_RIGHT_PATH = "arn:aws:iam::aws:policy/service-role/AWSCodeDeployRole"
_NO_POLICY = Failure(
    "CodeDeployServiceRole",
    "AWS::IAM::Role",
    f'Resource handler returned message: "Policy {_WRONG_PATH} does not exist or is not '
    'attachable. (Service: Iam, Status Code: 404)"',
)
_SEALED: Document = {
    "Type": "AWS::Logs::LogGroup",
    "Properties": {"RetentionInDays": 7, "KmsKeyId": {"Fn::GetAtt": ["ReleaseKey", "Arn"]}},
}
_KEPT = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}


def _observed(name: str) -> Observability:
    watched = sound.watched(delivered.alarm())
    sealed = ("/aws/application/httpd-access", "/aws/application/httpd-error", "/aws/codebuild")
    ends = {"/aws/codebuild": f"{name}-package"}
    groups = {
        f"{group}/{ends[group]}" if group in ends else f"{group}-{name}": "release"
        for group in sealed
    }
    dashboard = sound.dashboard(Pipeline=delivered.RAN, Builds=delivered.BUILT)
    return replace(watched, log_groups=groups, rules=(delivered.FAILED,), dashboards=(dashboard,))


def _sound(name: str, region: str) -> Application:
    return Application(
        name=name,
        region=region,
        tags=sound.tags("release", Project="release"),
        keys=(
            Key("release", (logs_may_use(region),), rotation_days=365),
            Key("alerts", (alarms_may_use(), events_may_use()), rotation_days=365),
        ),
        roles=delivered.roles(name, region, "release"),
        buckets=(Bucket("sources", key="release"), Bucket("artifacts", key="release")),
        projects=(delivered.project(region, "release"),),
        pipelines=(delivered.pipeline(name, "release"),),
        deployment=Deployment("deployment"),
        observability=_observed(name),
        stack=Stack(
            deletion=sound.KEPT,
            declared={
                "AccessLogs": {**_SEALED, **_KEPT},
                "DeploymentRole": {"Properties": {"ManagedPolicyArns": [_RIGHT_PATH]}},
            },
            outputs=outputs(name, "PipelineName"),
        ),
    )


def _attempts(name: str) -> tuple[Stack, ...]:
    """Each was rolled back whole; what they would have made is told by their templates alone."""
    role: Document = {
        "Type": "AWS::IAM::Role",
        "Properties": {"ManagedPolicyArns": [_WRONG_PATH]},
    }
    key: Document = {"Type": "AWS::KMS::Key", **_KEPT}
    logs = {**_SEALED, **_KEPT}
    return (
        Stack(
            "ROLLBACK_COMPLETE",
            suffix="-first",
            declared={"ReleaseKey": key, "AccessLogs": logs, "CodeDeployServiceRole": role},
            failures=(_NO_POLICY,),
        ),
        Stack(
            "ROLLBACK_COMPLETE",
            suffix="-second",
            declared={"ReleaseKey": key, "AccessLogs": logs},
            failures=(refused_by_logs(FOUND_IN, f"/aws/application/httpd-error-{name}"),),
        ),
    )


def _as_found() -> Application:
    app = _sound("release-broken", FOUND_IN)
    _, *others = app.roles
    _, alerts = app.keys
    deployment = Role(
        "deployment",
        "codedeploy.amazonaws.com",
        statements=(
            allow(
                (
                    "ec2:*",
                    "autoscaling:*",
                    "elasticloadbalancing:*",
                    "iam:PassRole",
                    "s3:GetObject",
                    "s3:ListBucket",
                    "cloudwatch:PutMetricData",
                    "sns:Publish",
                )
            ),
        ),
    )
    return replace(
        app,
        keys=(Key("release", (logs_by_the_global_name(),), rotation_days=365), alerts),
        roles=(deployment, *others),
        attempts=_attempts(app.name),
    )


ITEMS = {
    "S4.1": Item(
        "The template names a managed policy that does not exist, and the stack is rolled back.",
        "release-broken-first",
        (
            "access.template_policies_exist",
            "stacks.last_operation",
            "access.least_privilege",
        ),
        truth="The policy lies below service-role/; allowing everything instead is a new fault.",
    ),
    "S4.2": Item(
        "The key lets in CloudWatch Logs by the wrong name and for too little.",
        "ReleaseKey",
        (
            "encryption.logs_access",
            "stacks.last_operation",
            "encryption.key_policy",
        ),
        truth="Name and actions are the fault; the condition is advice against confused deputies.",
    ),
    "S4.3": Item(
        "The log groups do not declare that they wait for the key.",
        "AccessLogs",
        truth="They name the key's ARN, which is an order already: live there is nothing to find.",
    ),
}

RELEASE = Story(
    "release",
    "the release: CodeDeploy and CodePipeline with one key for artifacts and logs",
    broken=(_as_found(),),
    repaired=(_sound("release-repaired", REPAIRED_IN),),
    items=ITEMS,
)
