"""Roles of the mixed account."""

from __future__ import annotations

import json

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy

from auditor.demo.exchange import backend
from tests.kit import ACCOUNT
from tests.stories.mixed import Estate, allow, number, policy, trust

_AWS_POLICIES = json.loads(aws_managed_policies_data)


def build(estate: Estate) -> None:
    """Make the roles of every application."""
    for application in estate.applications:
        _roles(estate, application)


def role(
    estate: Estate,
    name: str,
    service: str,
    *statements: dict[str, object],
    managed: tuple[str, ...] = (),
) -> str:
    iam = estate.client("iam")
    arn = iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=trust(service), Tags=estate.tags(name)
    )["Role"]["Arn"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy(*statements))
    for one in managed:
        iam.attach_role_policy(RoleName=name, PolicyArn=offered(one))
    return estate.keep(f"role:{name}", arn)


def offered(path: str) -> str:
    """One of AWS's policies; moto offers those that are planted."""
    name = path.rpartition("/")[2]
    planted = AWSManagedPolicy.from_data(name, ACCOUNT, "aws", _AWS_POLICIES[name])
    iam = backend("iam", ACCOUNT, "us-east-1")
    if planted.arn not in iam.managed_policies:
        iam.managed_policies[planted.arn] = planted
        iam.aws_managed_policies.append(planted)
    return str(planted.arn)


def _roles(estate: Estate, application: str) -> None:
    uploads = f"arn:aws:s3:::{application}-uploads"
    objects = allow("s3:GetObject", "s3:PutObject", resource=f"{uploads}/*")
    jobs = allow(
        "sqs:SendMessage",
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        resource=estate.arn("sqs", f"{application}-*"),
    )
    secret = allow(
        "secretsmanager:GetSecretValue",
        resource=estate.arn("secretsmanager", f"secret:{application}/*"),
    )
    unseal = allow("kms:Decrypt", resource=estate.refs["key:data"])
    n = number(application)
    broad = (allow("s3:*"),) if n == 2 else ()
    if n % 4 == 3:
        role(
            estate,
            f"{application}-instance",
            "ec2",
            objects,
            secret,
            unseal,
            managed=("AmazonSSMManagedInstanceCore", "CloudWatchAgentServerPolicy"),
        )
        profile = f"{application}-instance"
        iam = estate.client("iam")
        iam.create_instance_profile(InstanceProfileName=profile)
        iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=profile)
    else:
        role(estate, f"{application}-task", "ecs-tasks", objects, jobs, *broad)
        role(
            estate,
            f"{application}-execution",
            "ecs-tasks",
            secret,
            unseal,
            managed=("service-role/AmazonECSTaskExecutionRolePolicy",),
        )
    managed = ("service-role/AWSLambdaBasicExecutionRole",)
    if n == 4:
        managed = (*managed, "AmazonDynamoDBFullAccess")
    role(estate, f"{application}-function", "lambda", jobs, managed=managed)
    role(
        estate,
        f"{application}-cron",
        "lambda",
        managed=("service-role/AWSLambdaVPCAccessExecutionRole",),
    )
