"""What others put into an account before anybody works in it: the CDK, Control Tower, Identity Center.

As `cdk bootstrap` and a landing zone make it. None of it is the account's own to change: guardrails
keep Control Tower's resources as they are, and the next bootstrap overwrites the CDK's.
"""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import boto3
from moto.core.utils import utcnow

from auditor.demo.exchange import backend
from tests.kit import ACCOUNT, REGION
from tests.stories.mixed import allow, policy, trust
from tests.stories.mixed_backing import ARCHIVE
from tests.stories.mixed_roles import offered

_TOOLKIT, _ZONE = "CDKToolkit", "StackSet-AWSControlTowerBP-BASELINE-CLOUDWATCH-1"
_MANAGEMENT = "999999999999"
_FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def bootstrap() -> None:
    """The stack CDKToolkit with its bucket, repository, roles and parameter."""
    bucket, repository = (
        f"cdk-hnb659fds-{kind}assets-{ACCOUNT}-{REGION}" for kind in ("", "container-")
    )
    _assets(bucket)
    _images(repository)
    roles = _toolkit_roles(bucket, repository)
    parameter = "/cdk-bootstrap/hnb659fds/version"
    ssm = boto3.client("ssm", REGION)
    ssm.put_parameter(Name=parameter, Value="30", Type="String", Tags=_pairs(_TOOLKIT, "Version"))
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    made = {
        "StagingBucket": ("AWS::S3::Bucket", bucket, kept),
        "ContainerAssetsRepository": ("AWS::ECR::Repository", repository, {}),
        "CdkBootstrapVersion": ("AWS::SSM::Parameter", parameter, {}),
        **{logical: ("AWS::IAM::Role", name, {}) for logical, name in roles.items()},
    }
    outputs = {"BucketName": bucket, "ImageRepositoryName": repository, "BootstrapVersion": "30"}
    _stack(_TOOLKIT, made, outputs)


def landing_zone() -> None:
    """Control Tower's baseline, the roles of Config, Identity Center and the organisation."""
    manager = {"AWS": f"arn:aws:iam::{_MANAGEMENT}:root"}
    of_manager = policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": manager})
    _role("AWSControlTowerExecution", of_manager, "AdministratorAccess")
    _role("OrganizationAccountAccessRole", of_manager, "AdministratorAccess")
    _role(
        "aws-controltower-ConfigRecorderRole",
        trust("config"),
        "service-role/AWS_ConfigRole",
        "ReadOnlyAccess",
    )
    _role("aws-controltower-ForwardSnsNotificationRole", trust("lambda"))
    _sign_in()
    linked = "/aws-service-role/config.amazonaws.com/"
    _role("AWSServiceRoleForConfig", trust("config"), path=linked)
    _forwarder()


def _sign_in() -> None:
    """A role that Identity Center makes from a permission set; only its provider can take it."""
    provider = {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/AWSSSO_1_DO_NOT_DELETE"}
    saml = {
        "Effect": "Allow",
        "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
        "Principal": provider,
        "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
    }
    path = "/aws-reserved/sso.amazonaws.com/"
    name = "AWSReservedSSO_AdministratorAccess_0123456789abcdef"
    _role(name, policy(saml), "AdministratorAccess", path=path)


def _forwarder() -> None:
    """The function that forwards notifications, its log group and its topic."""
    name, topic = "aws-controltower-NotificationForwarder", "aws-controltower-SecurityNotifications"
    boto3.client("sns", REGION).create_topic(Name=topic)
    boto3.client("lambda", REGION).create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=f"arn:aws:iam::{ACCOUNT}:role/aws-controltower-ForwardSnsNotificationRole",
        Handler="index.lambda_handler",
        Code={"ZipFile": ARCHIVE},
        MemorySize=128,
        Timeout=60,
    )
    logs = boto3.client("logs", REGION)
    logs.create_log_group(logGroupName=f"/aws/lambda/{name}")
    logs.put_retention_policy(logGroupName=f"/aws/lambda/{name}", retentionInDays=14)
    made = {
        "ForwardSnsNotification": ("AWS::Lambda::Function", name, {}),
        "ForwardSnsNotificationGroup": ("AWS::Logs::LogGroup", f"/aws/lambda/{name}", {}),
        "SNSNotificationTopic": ("AWS::SNS::Topic", topic, {}),
    }
    _stack(_ZONE, made, {})


def _tags(stack: str, logical: str) -> dict[str, str]:
    return {"aws:cloudformation:stack-name": stack, "aws:cloudformation:logical-id": logical}


def _pairs(stack: str, logical: str) -> list[dict[str, str]]:
    return [{"Key": k, "Value": v} for k, v in _tags(stack, logical).items()]


def _assets(name: str) -> None:
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket=name)
    closed = dict.fromkeys(_FLAGS, True)
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=closed)
    rule: dict[str, Any] = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    rule = {
        "ID": "CleanupOldVersions",
        "Status": "Enabled",
        "Filter": {},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
    }
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [rule]})
    store = backend("s3", ACCOUNT, REGION)
    # S3 takes tags of AWS's own from nobody; CloudFormation sets them all the same.
    store.tagger.tag_resource(store.get_bucket(name).arn, _pairs(_TOOLKIT, "StagingBucket"))


def _images(name: str) -> None:
    ecr = boto3.client("ecr", REGION)
    ecr.create_repository(
        repositoryName=name,
        imageTagMutability="IMMUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        tags=_pairs(_TOOLKIT, "ContainerAssetsRepository"),
    )
    untagged = {
        "rulePriority": 1,
        "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1},
        "action": {"type": "expire"},
    }
    ecr.put_lifecycle_policy(
        repositoryName=name, lifecyclePolicyText=json.dumps({"rules": [untagged]})
    )


def _toolkit_roles(bucket: str, repository: str) -> dict[str, str]:
    """The roles by logical id."""
    account = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    ours = policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": account})
    objects = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    files = allow("s3:GetObject*", "s3:PutObject*", "s3:List*", "s3:GetBucket*", resource=objects)
    images = allow(
        "ecr:PutImage",
        "ecr:InitiateLayerUpload",
        "ecr:UploadLayerPart",
        "ecr:CompleteLayerUpload",
        resource=f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{repository}",
    )
    stacks = allow(
        "cloudformation:CreateChangeSet",
        "cloudformation:DeleteChangeSet",
        "cloudformation:DescribeChangeSet",
        "cloudformation:DescribeStacks",
        "cloudformation:ExecuteChangeSet",
    )
    executes = f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-{REGION}"
    passes = allow("iam:PassRole", resource=executes)
    unsealed = {
        "Effect": "Deny",
        "Action": "kms:Decrypt",
        "Resource": "*",
        "Sid": "DontReadSecrets",
    }
    roles = {
        "CloudFormationExecutionRole": (
            "cfn-exec",
            trust("cloudformation"),
            (),
            "AdministratorAccess",
        ),
        "DeploymentActionRole": ("deploy", ours, (stacks, passes), ""),
        "FilePublishingRole": ("file-publishing", ours, (files,), ""),
        "ImagePublishingRole": ("image-publishing", ours, (images,), ""),
        "LookupRole": ("lookup", ours, (unsealed,), "ReadOnlyAccess"),
    }
    made = {}
    for logical, (kind, trusts, statements, managed) in roles.items():
        made[logical] = f"cdk-hnb659fds-{kind}-role-{ACCOUNT}-{REGION}"
        _role(made[logical], trusts, *filter(None, [managed]), statements=statements, of=logical)
    return made


def _role(
    name: str,
    trusts: str,
    *managed: str,
    statements: tuple[dict[str, object], ...] = (),
    path: str = "/",
    of: str = "",
) -> None:
    iam = boto3.client("iam", REGION)
    tags = _pairs(_TOOLKIT, of) if of else []
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusts, Path=path, Tags=tags)
    for one in managed:
        iam.attach_role_policy(RoleName=name, PolicyArn=offered(one))
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="default", PolicyDocument=policy(*statements))


def _stack(name: str, made: dict[str, tuple[str, str, Any]], outputs: dict[str, str]) -> None:
    arn = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/1"
    template = {
        "Resources": {logical: {"Type": kind, **more} for logical, (kind, _, more) in made.items()},
        "Outputs": {key: {"Value": value} for key, value in outputs.items()},
    }
    backend("cloudformation", ACCOUNT, REGION).stacks[arn] = SimpleNamespace(
        stack_id=arn,
        name=name,
        stack_name=name,
        template=json.dumps({key: value for key, value in template.items() if value}),
        description=name,
        template_description=name,
        status="CREATE_COMPLETE",
        stack_status="CREATE_COMPLETE",
        status_reason=None,
        stack_status_reason=None,
        creation_time=utcnow(),
        parameters=[],
        tags={},
        exports=[],
        notification_arns=[],
        role_arn=None,
        enable_termination_protection=False,
        policy="",
        disable_rollback=False,
        outputs=[{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()],
        stack_resources=[
            SimpleNamespace(
                logical_resource_id=key, physical_resource_id=physical, cf_resource_type=kind
            )
            for key, (kind, physical, _) in made.items()
        ],
        events=[],
    )
