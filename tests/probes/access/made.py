"""Roles as `GetAccountAuthorizationDetails` shows them."""

import json

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
AWS_POLICY = "arn:aws:iam::aws:policy/"


def statement(actions, resources="*", effect="Allow", **more):
    return {"Effect": effect, "Action": actions, "Resource": resources, **more}


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(*services, **more):
    principal = {"Service": list(services)} if services else {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more})


def role(name="app", *, inline=(), attached=(), path="/", trusts=None, **more):
    """A role: `inline` are documents, `attached` are ARNs of managed policies."""
    return {
        "Path": path,
        "RoleName": name,
        "RoleId": "AROAEXAMPLEEXAMPLE123",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role{path}{name}",
        "AssumeRolePolicyDocument": trusts or trust("codebuild.amazonaws.com"),
        "InstanceProfileList": [],
        "RolePolicyList": [
            {"PolicyName": f"own{n or ''}", "PolicyDocument": one} for n, one in enumerate(inline)
        ],
        "AttachedManagedPolicies": [
            {"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in attached
        ],
        **more,
    }


def managed(arn, body):
    return {
        "PolicyName": arn.rpartition("/")[2],
        "Arn": arn,
        "DefaultVersionId": "v2",
        "PolicyVersionList": [
            {"Document": document(statement("*")), "VersionId": "v1", "IsDefaultVersion": False},
            {"Document": body, "VersionId": "v2", "IsDefaultVersion": True},
        ],
    }


def bounded_by(arn):
    return {
        "PermissionsBoundary": {
            "PermissionsBoundaryType": "PermissionsBoundaryPolicy",
            "PermissionsBoundaryArn": arn,
        }
    }


def profile(name="app"):
    return {
        "InstanceProfileList": [
            {"Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/{name}", "InstanceProfileName": name}
        ]
    }


def text(body):
    """A document as IAM's own answers carry it in other clients."""
    return json.dumps(body)


def listed(*tails):
    """AWS's policies as its list has them, by path and name."""
    return [{"PolicyName": tail.rpartition("/")[2], "Arn": f"{AWS_POLICY}{tail}"} for tail in tails]


def plant_policy(tail, body):
    """One of AWS's policies in moto, and its ARN."""
    from moto.iam.models import AWSManagedPolicy, iam_backends

    path, _, name = tail.rpartition("/")
    when = "2015-02-06T18:39:46+00:00"
    data = {
        "Path": f"/{path}/" if path else "/",
        "CreateDate": when,
        "UpdateDate": when,
        "DefaultVersionId": "v1",
        "Document": body,
    }
    policy = AWSManagedPolicy.from_data(name, ACCOUNT, "aws", data)
    store = iam_backends[ACCOUNT]["aws"]
    store.managed_policies[policy.arn] = policy
    store.aws_managed_policies.append(policy)
    return policy.arn


ECS = f"arn:aws:ecs:us-east-1:{ACCOUNT}"
CLUSTER, SERVICE = f"{ECS}:cluster/shop", f"{ECS}:service/shop/web"
TASK, OTHER = f"{ECS}:task-definition/web:3", f"{ECS}:task-definition/worker:1"
REGISTRY = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"
EXECUTION, WORKING = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("execution", "task"))
GUARD = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
TASKS = trust("ecs-tasks.amazonaws.com", Condition=GUARD)


def container(name="web", image=f"{REGISTRY}/web:1", **more):
    return {"name": name, "image": image, "essential": True, **more}


def awslogs(group="/ecs/web", **options):
    return {
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": group,
                "awslogs-region": "us-east-1",
                "awslogs-stream-prefix": "web",
                **options,
            },
        }
    }


def task(*containers, arn=TASK, execution=EXECUTION, working=WORKING, **more):
    roles = {"executionRoleArn": execution, "taskRoleArn": working}
    return {
        "taskDefinitionArn": arn,
        "family": arn.rpartition("/")[2].partition(":")[0],
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": list(containers) or [container(**awslogs())],
        **{name: role for name, role in roles.items() if role},
        **more,
    }


def service(**more):
    return {
        "serviceArn": SERVICE,
        "serviceName": "web",
        "clusterArn": CLUSTER,
        "status": "ACTIVE",
        "launchType": "FARGATE",
        "taskDefinition": TASK,
        **more,
    }


def running(*definitions, roles=(), policies=None, **more):
    """The answers about one service, its task definitions and the roles of the account."""
    from probes.aws import ecs, ecs_tasks, iam

    shown = definitions or (task(),)
    return {
        ecs.CLUSTER_ARNS: [CLUSTER],
        ecs.SERVICE_ARNS: {CLUSTER: [SERVICE]},
        ecs.SERVICES: {SERVICE: service(**more)},
        ecs_tasks.TASK_DEFINITIONS: {one["taskDefinitionArn"]: one for one in shown},
        iam.ROLES: list(roles),
    } | ({} if policies is None else {iam.POLICIES: list(policies)})
