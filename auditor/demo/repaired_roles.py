"""The roles of the repaired application: each may do what its work takes, and no more."""

from __future__ import annotations

from auditor.demo.application import Role
from auditor.demo.documents import ACCOUNT, allow
from auditor.demo.parts import Document

_NAME, _REGION = "shop-repaired", "eu-central-1"
_LOG_GROUPS = f"arn:aws:logs:{_REGION}:{ACCOUNT}:log-group"


def _read_secret() -> tuple[Document, ...]:
    """Reading needs the key too, because the secret is sealed with one of the account's own."""
    return (
        allow(("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"), "@secret:db"),
        allow(("kms:Decrypt",), "@key:data"),
    )


def _write_logs(name: str) -> Document:
    return allow(
        (
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "logs:DescribeLogStreams",
        ),
        f"{_LOG_GROUPS}:{name}*",
    )


ROLES = (
    Role(
        "instance",
        "ec2.amazonaws.com",
        managed=("AmazonSSMManagedInstanceCore", "CloudWatchAgentServerPolicy"),
        statements=(
            *_read_secret(),
            _write_logs(f"/aws/ec2/{_NAME}"),
            allow(
                ("ssm:GetParametersByPath",),
                f"arn:aws:ssm:{_REGION}:{ACCOUNT}:parameter/{_NAME}/*",
            ),
            allow(("ssm:DescribeParameters",)),
        ),
        instance_profile=True,
    ),
    Role(
        "rotation",
        "lambda.amazonaws.com",
        managed=("service-role/AWSLambdaBasicExecutionRole",),
        statements=(
            allow(
                (
                    "secretsmanager:DescribeSecret",
                    "secretsmanager:GetSecretValue",
                    "secretsmanager:PutSecretValue",
                    "secretsmanager:UpdateSecretVersionStage",
                ),
                "@secret:db",
            ),
            allow(("secretsmanager:GetRandomPassword",)),
            allow(("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"), "@key:data"),
            allow(
                (
                    "ec2:CreateNetworkInterface",
                    "ec2:DeleteNetworkInterface",
                    "ec2:DescribeNetworkInterfaces",
                    "ec2:DetachNetworkInterface",
                )
            ),
        ),
    ),
    Role(
        "execution",
        "ecs-tasks.amazonaws.com",
        managed=("service-role/AmazonECSTaskExecutionRolePolicy",),
        statements=_read_secret(),
    ),
    Role("task", "ecs-tasks.amazonaws.com", statements=_read_secret()),
    Role("deployment", "codedeploy.amazonaws.com", managed=("service-role/AWSCodeDeployRole",)),
    Role("investigations", "aiops.amazonaws.com", managed=("AIOpsAssistantPolicy",)),
)
