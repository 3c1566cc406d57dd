"""Pipelines, projects and the roles they work in, in AWS's own words."""

import json

from probes.aws import codebuild, codepipeline, iam, sns

ACCOUNT = "123456789012"
HERE = f"us-east-1:{ACCOUNT}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/works"
FOREIGN_ROLE = "arn:aws:iam::999999999999:role/works"
TOPIC = f"arn:aws:sns:{HERE}:approvals"
PIPELINE = f"arn:aws:codepipeline:{HERE}:deliver"


def allow(actions, resource="*", **more):
    said = {"Effect": "Allow", "Action": actions, "Resource": resource, **more}
    return {key: value for key, value in said.items() if value is not None}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def role(*statements, arn=ROLE):
    inline = [{"PolicyName": "inline", "PolicyDocument": document(*statements)}]
    return {
        "Arn": arn,
        "RoleName": arn.rpartition("/")[2],
        "RoleId": "AROAEXAMPLEEXAMPLE12",
        "Path": "/",
        "AssumeRolePolicyDocument": document(),
        "RolePolicyList": inline if statements else [],
        "AttachedManagedPolicies": [],
    }


def allowed(*statements):
    return {iam.ROLES: [role(*statements)]}


def attached(*statements):
    """The role with the rights of a managed policy."""
    arn = f"arn:aws:iam::{ACCOUNT}:policy/works"
    version = {"Document": document(*statements), "IsDefaultVersion": True}
    held = [{"PolicyName": "works", "PolicyArn": arn}]
    return {
        iam.ROLES: [role() | {"AttachedManagedPolicies": held}],
        iam.POLICIES: [{"Arn": arn, "PolicyName": "works", "PolicyVersionList": [version]}],
    }


def action(category, provider, name="Do", owner="AWS", role_arn=None, **configuration):
    made = {
        "name": name,
        "actionTypeId": {
            "category": category,
            "owner": owner,
            "provider": provider,
            "version": "1",
        },
        "runOrder": 1,
        "configuration": configuration,
    }
    return made | ({"roleArn": role_arn} if role_arn else {})


def pipeline(*actions, kind="V2", role_arn=ROLE):
    """The answers about the one pipeline of an account."""
    structure = {
        "name": "deliver",
        "roleArn": role_arn,
        "stages": [{"name": "Stage", "actions": list(actions)}],
        "version": 1,
    }
    return {
        codepipeline.PIPELINES: [{"name": "deliver", "pipelineType": kind, "version": 1}],
        codepipeline.STRUCTURES: {"deliver": structure},
    }


def running(category, project="unit"):
    return pipeline(action(category, "CodeBuild", ProjectName=project))


def project(buildspec=None, variables=(), source="CODEPIPELINE", **environment):
    """The answers about the one project of an account."""
    made = {
        "name": "unit",
        "arn": f"arn:aws:codebuild:{HERE}:project/unit",
        "serviceRole": ROLE,
        "source": {"type": source} | ({"buildspec": buildspec} if buildspec is not None else {}),
        "environment": {
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
            "environmentVariables": list(variables),
            "privilegedMode": False,
            "imagePullCredentialsType": "CODEBUILD",
            **environment,
        },
        "tags": [{"key": "Team", "value": "shop"}],
    }
    return {codebuild.PROJECT_NAMES: ["unit"], codebuild.PROJECTS: {"unit": made}}


def variable(name, value, kind="PLAINTEXT"):
    return {"name": name, "value": value, "type": kind}


def topic(listeners=1, policy="", key="", arn=TOPIC):
    attributes = {"TopicArn": arn, "SubscriptionsConfirmed": str(listeners)}
    attributes |= {"Policy": policy} if policy else {}
    attributes |= {"KmsMasterKeyId": key} if key else {}
    return {sns.TOPICS: [{"TopicArn": arn}], sns.ATTRIBUTES: {arn: attributes}}


def live_role(iam_client, *statements, name="works"):
    """A role on moto with these rights."""
    services = [{"Service": f"{one}.amazonaws.com"} for one in ("codepipeline", "codebuild")]
    trust = document(*(allow("sts:AssumeRole", None, Principal=service) for service in services))
    made = iam_client.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    iam_client.put_role_policy(
        RoleName=name, PolicyName="inline", PolicyDocument=document(*statements)
    )
    return made["Role"]["Arn"]


def live_pipeline(client, name, role_arn, *actions):
    source = action(
        "Source", "S3", name="Source", S3Bucket="b", S3ObjectKey="k", PollForSourceChanges="false"
    )
    stages = [
        {"name": "Source", "actions": [source | {"outputArtifacts": [{"name": "source"}]}]},
        {"name": "Stage", "actions": list(actions) or [action("Approval", "Manual")]},
    ]
    client.create_pipeline(
        pipeline={
            "name": name,
            "roleArn": role_arn,
            "artifactStore": {"type": "S3", "location": "artifacts"},
            "stages": stages,
            "version": 1,
        }
    )


def live_project(client, name, role_arn, buildspec="version: 0.2", **environment):
    client.create_project(
        name=name,
        source={"type": "S3", "location": "b/k", "buildspec": buildspec},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
            **environment,
        },
        serviceRole=role_arn,
    )
