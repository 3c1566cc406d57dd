import boto3
import pytest

from probes.access.task_role import TaskRole
from probes.aws import ecs, ecs_tasks
from tests.kit import Case, Refused, audit, check_case
from tests.probes.access.made import (
    ACCOUNT,
    EXECUTION,
    OTHER,
    TASK,
    TASKS,
    container,
    document,
    role,
    running,
    task,
    text,
    trust,
)

PROBE = TaskRole()
OWN = role("task", trusts=TASKS)
UNGUARDED = role("task", trusts=trust("ecs-tasks.amazonaws.com"))
FIRST = TASK.replace("/web:", "/admin:")


def case(name, part, verdict, *definitions, code=None, roles=(OWN,), **more):
    keys = ("severity", "says", "found", "settings", "survives")
    told = {key: more.pop(key) for key in keys if key in more}
    answers = running(*definitions, roles=roles, **more)
    return Case(name, answers, verdict, code, part=part, **told)


SEPARATE = [
    case("two roles", "separate", "pass"),
    case(
        "one for both",
        "separate",
        "drift",
        task(working=EXECUTION),
        code="same-role",
        severity="medium",
        found="execution",
    ),
    case(
        "one for both, once by its name",
        "separate",
        "drift",
        task(working="execution"),
        code="same-role",
    ),
    case(
        "one for both, at a path",
        "separate",
        "drift",
        task(
            working=f"arn:aws:iam::{ACCOUNT}:role/service/both",
            execution=f"arn:aws:iam::{ACCOUNT}:role/service/both",
        ),
        code="same-role",
    ),
    case(
        "the baseline lets it",
        "separate",
        "not_applicable",
        task(working=EXECUTION),
        settings={"forbid_same_role": False},
    ),
    case("no task role", "separate", "not_applicable", task(working="")),
    case("no execution role", "separate", "not_applicable", task(execution="")),
    case("being deleted", "separate", "not_applicable", task(working=EXECUTION), status="INACTIVE"),
    Case("services are refused", {ecs.CLUSTER_ARNS: Refused()}, "unknown", part="separate"),
]
PRESENT = [
    case("its own", "present", "pass"),
    case("none, and none is asked", "present", "not_applicable", task(working="")),
    case(
        "none, and the baseline asks",
        "present",
        "gap",
        task(working=""),
        code="no-task-role",
        severity="informational",
        settings={"require_task_role": True},
    ),
    case("it does not exist", "present", "gap", roles=(), code="role-missing", severity="high"),
    case(
        "others have it, too",
        "present",
        "pass",
        task(),
        task(arn=OTHER),
        says="task is the task role of worker, too",
    ),
    Case(
        "of others nothing is known",
        running(roles=[OWN]) | {ecs_tasks.TASK_DEFINITIONS: {TASK: task(), OTHER: Refused()}},
        "pass",
        part="present",
    ),
]
GUARDED_AND_ANOTHER = document(
    *trust("lambda.amazonaws.com")["Statement"],
    *trust("ecs-tasks.amazonaws.com", Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}})[
        "Statement"
    ],
)
TRUSTED = [
    case("guarded", "trust", "pass"),
    case(
        "unguarded",
        "trust",
        "drift",
        roles=(role("task", trusts=trust("ecs-tasks.amazonaws.com")),),
        code="trust-unguarded",
        severity="low",
    ),
    Case(
        "unguarded, and told of the first family that has it",
        running(roles=[UNGUARDED])
        | {ecs_tasks.TASK_DEFINITIONS: {TASK: task(), OTHER: task(arn=FIRST)}},
        "not_applicable",
        "shared-role",
        part="trust",
        says="admin",
    ),
    Case(
        "unguarded, and of others nothing is known",
        running(roles=[UNGUARDED]) | {ecs_tasks.TASK_DEFINITIONS: {TASK: task(), OTHER: Refused()}},
        "drift",
        "trust-unguarded",
        part="trust",
    ),
    case(
        "of another service",
        "trust",
        "gap",
        roles=(role("task", trusts=trust("lambda.amazonaws.com")),),
        code="trust",
    ),
    Case(
        "of another service, and told of every family that has it",
        running(roles=[role("task", trusts=trust("lambda.amazonaws.com"))])
        | {ecs_tasks.TASK_DEFINITIONS: {TASK: task(), OTHER: task(arn=FIRST)}},
        "gap",
        "trust",
        part="trust",
    ),
    case(
        "guarded, and another service is not",
        "trust",
        "pass",
        roles=(role("task", trusts=GUARDED_AND_ANOTHER),),
    ),
    case(
        "with an operator that is not known",
        "trust",
        "unknown",
        roles=(
            role(
                "task",
                trusts=trust(
                    "ecs-tasks.amazonaws.com",
                    Condition={"StringResembles": {"aws:SourceAccount": ACCOUNT}},
                ),
            ),
        ),
    ),
    case("no task role", "trust", "not_applicable", task(working="")),
]
CASES = [*SEPARATE, *PRESENT, *TRUSTED]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_a_real_account(aws):
    client, tasks = boto3.client("iam"), boto3.client("ecs")
    tasks.create_cluster(clusterName="shop")
    arns = {
        name: client.create_role(RoleName=name, AssumeRolePolicyDocument=text(TASKS))["Role"]["Arn"]
        for name in ("execution", "task")
    }
    for name, own in {"broken": "execution", "repaired": "task"}.items():
        tasks.register_task_definition(
            family=name,
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="512",
            memory="1024",
            executionRoleArn=arns["execution"],
            taskRoleArn=arns[own],
            containerDefinitions=[container()],
        )
        tasks.create_service(
            cluster="shop", serviceName=name, taskDefinition=name, launchType="FARGATE",
            desiredCount=1,
        )  # fmt: skip
    found = {(f.resource.name, f.part): f.code or f.verdict.value for f in audit(TaskRole)}
    assert found == {
        ("broken", "separate"): "same-role",
        ("broken", "present"): "pass",
        ("broken", "trust"): "pass",
        ("repaired", "separate"): "pass",
        ("repaired", "present"): "pass",
        ("repaired", "trust"): "pass",
    }
