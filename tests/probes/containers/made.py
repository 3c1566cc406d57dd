"""Clusters, services and tasks in AWS's own words, for the tests of this concern."""

from probes.aws import ecs, ecs_running, ecs_tasks

ACCOUNT = "123456789012"
HERE = f"arn:aws:ecs:us-east-1:{ACCOUNT}"
CLUSTER = f"{HERE}:cluster/shop"
SERVICE = f"{HERE}:service/shop/web"
TASK = f"{HERE}:task-definition/web:3"
OLD_TASK = f"{HERE}:task-definition/web:2"
REGISTRY = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"
IMAGE = f"{REGISTRY}/web:1.4"
BALANCED = {"targetGroupArn": "arn:aws:elasticloadbalancing:x", "containerName": "web"}
PRODUCTION = [{"key": "Environment", "value": "production"}]


LOGS = {"logDriver": "json-file", "options": {"max-size": "1m"}}


def container(name="web", **more):
    usual = {"image": IMAGE, "essential": True, "cpu": 0, "logConfiguration": LOGS}
    return {"name": name, **usual, **more}


def definition(*containers, arn=TASK, **more):
    return {
        "taskDefinitionArn": arn,
        "family": "web",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "512",
        "memory": "1024",
        "containerDefinitions": list(containers) or [container()],
        **more,
    }


def service(**more):
    return {
        "serviceArn": SERVICE,
        "serviceName": "web",
        "clusterArn": CLUSTER,
        "status": "ACTIVE",
        "desiredCount": 2,
        "launchType": "FARGATE",
        "platformFamily": "Linux",
        "schedulingStrategy": "REPLICA",
        "taskDefinition": TASK,
        "loadBalancers": [],
        "deploymentConfiguration": {
            "strategy": "ROLLING",
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        },
        **more,
    }


def only(sent=None):
    """The answers about one cluster with one service."""
    return {
        ecs.CLUSTER_ARNS: [CLUSTER],
        ecs.SERVICE_ARNS: {CLUSTER: [SERVICE]},
        ecs.SERVICES: {SERVICE: sent or service()},
    }


def running(*definitions, **more):
    """The answers about a service and the task definitions that it uses."""
    shown = definitions or (definition(),)
    return only(service(**more)) | {
        ecs_tasks.TASK_DEFINITIONS: {one["taskDefinitionArn"]: one for one in shown}
    }


UNSHOWN = only() | {ecs_tasks.TASK_DEFINITIONS: {TASK: []}}


def tasks(query, *sent, group="service:web"):
    """The answers about tasks that run or stopped: their containers."""
    arns = {ecs_running.RUNNING: ecs_running.RUNNING_ARNS}.get(query, ecs_running.STOPPED_ARNS)
    named = {f"{HERE}:task/shop/{n}": one for n, one in enumerate(sent)}
    return {
        arns: {CLUSTER: list(named)},
        query: {
            arn: {"taskArn": arn, "clusterArn": CLUSTER, "group": group, **one}
            for arn, one in named.items()
        },
    }
