import json

import boto3
import pytest

from probes.aws import ecs_running, ecs_tasks, iam
from probes.containers.command_execution import CommandExecution
from tests.kit import Case, audit, check_case, findings_of, verdicts
from tests.probes.containers import made
from tests.probes.containers.made import ACCOUNT, container, definition, running

PROBE = CommandExecution()
ROLE = f"arn:aws:iam::{ACCOUNT}:role/task"
ON, OFF = {"mode": "on"}, {"mode": "off"}
TASKS, RUNNING = ecs_tasks.TASK_DEFINITIONS, ecs_running.RUNNING
CHANNELS = [
    f"ssmmessages:{name}"
    for name in (
        "CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"
    )
]  # fmt: skip


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions):
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*"}


def role(*statements, **more):
    policies = [{"PolicyName": "own", "PolicyDocument": document(*statements)}]
    return {
        "Arn": ROLE,
        "RoleName": "task",
        "RoleId": "AROAEXAMPLEEXAMPLE12",
        "AssumeRolePolicyDocument": document(),
        "RolePolicyList": policies if statements else [],
        **more,
    }


def agent(status):
    agents = [{"name": "ExecuteCommandAgent", "lastStatus": status}] if status else []
    container = {"name": "web", "managedAgents": agents}
    return made.tasks(RUNNING, {"lastStatus": "RUNNING", "containers": [container]})


def enabled(*roles, status="RUNNING", task=None, **more):
    task = definition(taskRoleArn=ROLE) if task is None else task
    answers = running(task, enableExecuteCommand=True, **more)
    return answers | {iam.ROLES: list(roles)} | agent(status)


ABLE = role(allow(*CHANNELS))
READ_ONLY = definition(container(readonlyRootFilesystem=True), taskRoleArn=ROLE)
EC2 = {"launchType": "EC2", "platformFamily": ""}
ATTACHED = [{"PolicyName": "p", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/gone"}]

CASES = [
    Case("left open in production", running(), "not_applicable", "not-asked"),
    Case("on in ephemeral", enabled(ABLE), "pass", environment="ephemeral"),
    Case("off in ephemeral", running(), "gap", "exec-off", environment="ephemeral",
         severity="informational", expected=True, found=False),
    Case("off where on is asked", running(), "gap", "exec-off", settings=ON),
    Case("off where off is asked", running(), "pass", settings=OFF),
    Case("on where off is asked", enabled(), "drift", "exec-on", settings=OFF),
    Case("it works", enabled(ABLE), "pass", settings=ON),
    Case("by a wildcard", enabled(role(allow("ssmmessages:*"))), "pass", settings=ON),
    Case("no rights", enabled(role()), "gap", "no-rights", settings=ON, severity="low",
         found=[], expected=CHANNELS, survives=(RUNNING,)),
    Case("half the rights", enabled(role(allow(*CHANNELS[:2]))), "gap", "no-rights", settings=ON,
         found=CHANNELS[:2], survives=(RUNNING,)),
    Case("denied", enabled(role(allow("*"), {**allow("ssmmessages:*"), "Effect": "Deny"})), "gap",
         "no-rights", settings=ON, survives=(RUNNING,)),
    Case("a policy is not shown", enabled(role(AttachedManagedPolicies=ATTACHED)), "unknown",
         settings=ON),
    Case("the role is gone", enabled(), "gap", "no-rights", settings=ON, survives=(RUNNING,)),
    Case("no role on Fargate", enabled(task=definition()), "gap", "no-rights", settings=ON,
         survives=(RUNNING,)),
    Case("no role on instances", enabled(task=definition(), **EC2), "unknown", settings=ON,
         says="role of an instance"),
    Case("read-only", enabled(ABLE, task=READ_ONLY), "drift", "read-only-root", settings=ON,
         found=["web"], survives=(RUNNING, iam.ROLES)),
    Case("the agent stopped", enabled(ABLE, status="STOPPED"), "gap", "agent-not-running",
         settings=ON, survives=(TASKS, iam.ROLES)),
    Case("started before it was on", enabled(ABLE, status=""), "gap", "agent-not-running",
         settings=ON, survives=(TASKS, iam.ROLES)),
    Case("not shown", enabled(ABLE) | {TASKS: {made.TASK: []}}, "unknown", settings=ON),
    Case("being deleted", running(status="DRAINING"), "not_applicable", "inactive", settings=ON),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_a_task_that_does_not_run_yet_needs_no_agent():
    pending = made.tasks(RUNNING, {"lastStatus": "PENDING", "containers": [{"name": "web"}]})
    check_case(PROBE, Case("x", enabled(ABLE) | pending, "pass", settings=ON))


def test_the_fix_starts_new_tasks():
    (finding,) = findings_of(PROBE, Case("x", running(), "gap", settings=ON))
    assert "--enable-execute-command --force-new-deployment" in finding.fix.cli


def test_on_an_account(aws):
    roles, client = boto3.client("iam"), boto3.client("ecs", "us-east-1")
    arn = roles.create_role(RoleName="task", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    client.create_cluster(clusterName="shop")
    task = {"name": "web", "image": "redis", "memory": 512}
    client.register_task_definition(family="web", taskRoleArn=arn, containerDefinitions=[task])
    for name, more in (("off", {}), ("on", {"enableExecuteCommand": True})):
        client.create_service(
            cluster="shop", serviceName=name, taskDefinition="web", desiredCount=0, **more
        )
    assert verdicts(audit(CommandExecution, settings=ON)) == {"off": "gap", "on": "gap"}
    roles.put_role_policy(
        RoleName="task", PolicyName="exec", PolicyDocument=document(allow(*CHANNELS))
    )
    assert verdicts(audit(CommandExecution, settings=ON)) == {"off": "gap", "on": "pass"}
