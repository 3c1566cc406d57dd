import boto3
import pytest

from probes.access.execution_role import ExecutionRole
from probes.aws import ecr, ecr_builds, ecs, ecs_tasks, iam
from tests.kit import Absent, Case, Refused, audit, check_case
from tests.probes.access.made import (
    ACCOUNT,
    AWS_POLICY,
    OTHER,
    REGISTRY,
    TASK,
    TASKS,
    awslogs,
    container,
    document,
    managed,
    role,
    running,
    statement,
    task,
    text,
    trust,
)

PROBE = ExecutionRole()
MANAGED = f"{AWS_POLICY}service-role/AmazonECSTaskExecutionRolePolicy"
TOKEN = "ecr:GetAuthorizationToken"
PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
WRITE = ["logs:CreateLogStream", "logs:PutLogEvents"]
GRANTS = document(statement([TOKEN, *PULL, *WRITE]))
BY_AWS = managed(MANAGED, GRANTS)
REPOSITORY = f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/web"
GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/ecs/web"
PUBLIC = container(image="public.ecr.aws/nginx/nginx:1.27")
HUB = container(image="nginx:1.27")
SECRET = {"secrets": [{"name": "PASSWORD", "valueFrom": "arn:aws:secretsmanager:x"}]}
NO_POLICY = {"web": Absent("RepositoryPolicyNotFoundException")}
LISTED = (ecr.REPOSITORIES, ecr_builds.POLICY)


def execution(*inline, **more):
    return role("execution", inline=inline, trusts=more.pop("trusts", TASKS), **more)


def case(name, part, verdict, *definitions, holder=None, code=None, survives=(), **more):
    keys = ("severity", "says", "found", "expected", "settings")
    shown = {key: more.pop(key) for key in keys if key in more}
    extra = more.pop("answers", {})
    repositories = more.pop("repositories", NO_POLICY)
    roles = [holder] if holder else []
    answers = running(*definitions, roles=roles, **more) | extra
    prefix = f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/"
    answers[ecr.REPOSITORIES] = [
        {"repositoryArn": f"{prefix}{one}", "repositoryName": one} for one in repositories
    ]
    answers[ecr_builds.POLICY] = {f"{prefix}{one}": told for one, told in repositories.items()}
    stands = {ecr.CACHE_RULES, *survives} if part == "pull" else survives
    return Case(name, answers, verdict, code, part=part, survives=tuple(stands), **shown)


def bare(*containers, **more):
    return task(*containers, execution="", **more)


GIVEN = [
    case("there is one", "given", "pass", holder=execution()),
    case(
        "there is one by its name",
        "given",
        "pass",
        task(execution="execution"),
        holder=execution(),
    ),
    case(
        "it does not exist",
        "given",
        "gap",
        code="role-missing",
        severity="high",
    ),
    case(
        "none, and an image of ECR",
        "given",
        "gap",
        bare(container()),
        code="no-execution-role",
        severity="high",
        says="for an image in ECR",
        survives=(iam.ROLES,),
    ),
    case(
        "none, and logs",
        "given",
        "gap",
        bare(container(image="nginx", **awslogs())),
        code="no-execution-role",
        says="for logs to CloudWatch",
    ),
    case("none, and secrets", "given", "gap", bare({**HUB, **SECRET}), code="no-execution-role"),
    case(
        "none, and secrets on EC2",
        "given",
        "gap",
        bare({**HUB, **SECRET}),
        code="no-execution-role",
        launchType="EC2",
    ),
    case(
        "none, and a registry of another on EC2",
        "given",
        "gap",
        bare({**HUB, "repositoryCredentials": {"credentialsParameter": "arn:aws:x"}}),
        code="no-execution-role",
        launchType="EC2",
        says="credentials of a registry",
    ),
    case(
        "none, and the log driver has secrets",
        "given",
        "gap",
        bare(
            {
                **HUB,
                "logConfiguration": {
                    "logDriver": "splunk",
                    "secretOptions": [{"name": "token", "valueFrom": "arn:aws:x"}],
                },
            }
        ),
        code="no-execution-role",
        launchType="EC2",
        says="secrets of a log driver",
    ),
    case(
        "none, and a file with variables",
        "given",
        "gap",
        bare({**HUB, "environmentFiles": [{"value": "arn:aws:s3:::b/f.env", "type": "s3"}]}),
        code="no-execution-role",
        says="environment files",
    ),
    case(
        "none on managed instances",
        "given",
        "gap",
        bare(container()),
        code="no-execution-role",
        launchType="MANAGED_INSTANCES",
    ),
    case(
        "none on Fargate Spot",
        "given",
        "gap",
        bare(container()),
        code="no-execution-role",
        launchType="",
        capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT"}],
    ),
    case(
        "none on EC2, where the instance pulls and logs",
        "given",
        "not_applicable",
        bare(container(**awslogs())),
        launchType="EC2",
    ),
    case(
        "none on a provider of one's own, of tasks made for EC2",
        "given",
        "not_applicable",
        bare(container(), requiresCompatibilities=["EC2"]),
        launchType="",
        capacityProviderStrategy=[{"capacityProvider": "own"}],
    ),
    case(
        "none on a provider of one's own, of tasks made for both",
        "given",
        "unknown",
        bare(container(), requiresCompatibilities=["EC2", "FARGATE"]),
        launchType="",
        capacityProviderStrategy=[{"capacityProvider": "own"}],
    ),
    case(
        "none on a launch type that is new",
        "given",
        "unknown",
        bare(container()),
        launchType="MOON",
    ),
    case("none outside AWS", "given", "not_applicable", bare(container()), launchType="EXTERNAL"),
    case("none, and public images", "given", "not_applicable", bare(PUBLIC, HUB)),
    case(
        "none, and an image that cannot be read",
        "given",
        "unknown",
        bare(container(image=f"{REGISTRY}/WEB:1")),
    ),
    case(
        "a task set has none",
        "given",
        "gap",
        task(),
        bare(container(), arn=OTHER),
        holder=execution(),
        code="no-execution-role",
        taskSets=[
            {
                "taskSetArn": "arn:aws:ecs:x:task-set/1",
                "status": "ACTIVE",
                "launchType": "FARGATE",
                "taskDefinition": OTHER,
            }
        ],
        survives=(iam.ROLES,),
    ),
    case("being deleted", "given", "not_applicable", bare(container()), status="DRAINING"),
    case("no task definition", "given", "unknown", taskDefinition=""),
    case(
        "a task definition that is not shown",
        "given",
        "unknown",
        answers={ecs_tasks.TASK_DEFINITIONS: {TASK: []}},
    ),
    case(
        "a task definition that is refused",
        "given",
        "unknown",
        answers={ecs_tasks.TASK_DEFINITIONS: {TASK: Refused()}},
    ),
    Case("services are refused", {ecs.CLUSTER_ARNS: Refused()}, "unknown", part="given"),
]
PULLING = [
    case("allowed", "pull", "pass", holder=execution(GRANTS)),
    case(
        "allowed by AWS's policy",
        "pull",
        "pass",
        holder=execution(attached=[MANAGED]),
        policies=[BY_AWS],
    ),
    case(
        "nothing is allowed",
        "pull",
        "gap",
        holder=execution(document(statement(WRITE))),
        code="missing-permissions",
        severity="high",
        says="ecr:GetAuthorizationToken",
        survives=LISTED,
    ),
    case(
        "it may not sign in",
        "pull",
        "gap",
        holder=execution(document(statement(PULL))),
        code="missing-permissions",
        found=[],
        survives=LISTED,
    ),
    case(
        "to sign in it takes every resource",
        "pull",
        "gap",
        holder=execution(document(statement([TOKEN, *PULL], REPOSITORY))),
        found=[],
        survives=LISTED,
    ),
    case(
        "it may not pull from this repository",
        "pull",
        "gap",
        holder=execution(document(statement(TOKEN), statement(PULL, f"{REPOSITORY}-other"))),
        code="missing-permissions",
    ),
    case(
        "the repository lets it",
        "pull",
        "pass",
        holder=execution(document(statement(TOKEN))),
        repositories={
            "web": {
                "policyText": text(
                    document(
                        {
                            "Effect": "Allow",
                            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/execution"},
                            "Action": PULL,
                        }
                    )
                )
            }
        },
    ),
    case(
        "the repository denies it",
        "pull",
        "gap",
        holder=execution(GRANTS),
        code="explicit-deny",
        repositories={
            "web": {
                "policyText": text(
                    document({"Effect": "Deny", "Principal": "*", "Action": "ecr:BatchGetImage"})
                )
            }
        },
    ),
    case(
        "the repository's policy cannot be read, the role may",
        "pull",
        "pass",
        holder=execution(GRANTS),
        repositories={"web": {"policyText": "{"}},
    ),
    case(
        "the repository's policy cannot be read, the role may not",
        "pull",
        "unknown",
        holder=execution(document(statement(TOKEN))),
        repositories={"web": {"policyText": "{"}},
    ),
    case(
        "another account's, and the role may not",
        "pull",
        "gap",
        task(container(image="999999999999.dkr.ecr.us-east-1.amazonaws.com/web:1")),
        holder=execution(document(statement([TOKEN, *PULL], REPOSITORY), statement(TOKEN))),
        code="missing-permissions",
    ),
    case(
        "another account's, and the role may",
        "pull",
        "unknown",
        task(container(image="999999999999.dkr.ecr.us-east-1.amazonaws.com/web:1")),
        holder=execution(GRANTS),
    ),
    case(
        "another Region's",
        "pull",
        "pass",
        task(container(image=REGISTRY.replace("us-east-1", "eu-west-1") + "/web:1")),
        holder=execution(GRANTS),
    ),
    case(
        "denied by a statement",
        "pull",
        "gap",
        holder=execution(GRANTS, document(statement("ecr:*", effect="Deny"))),
        code="explicit-deny",
        survives=LISTED,
    ),
    case(
        "a condition that cannot be told",
        "pull",
        "unknown",
        holder=execution(
            document(statement("ecr:*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}))
        ),
    ),
    case(
        "a repository that is not there",
        "pull",
        "pass",
        holder=execution(GRANTS),
        repositories={},
    ),
    case(
        "behind a cache, and it may not import",
        "pull",
        "pass",
        task(container(image=f"{REGISTRY}/hub/nginx:1")),
        holder=execution(GRANTS),
        repositories={"hub/nginx": Absent()},
        says="ecr:BatchImportUpstreamImage",
        answers={
            ecr.CACHE_RULES: [
                {"ecrRepositoryPrefix": "ROOT"},
                {"ecrRepositoryPrefix": "hub"},
            ]
        },
    ),
    case("public images", "pull", "not_applicable", task(PUBLIC, HUB), holder=execution()),
    case(
        "an image that cannot be read",
        "pull",
        "unknown",
        task(container(image=f"{REGISTRY}/WEB:1")),
        holder=execution(),
    ),
    case("on EC2", "pull", "not_applicable", holder=execution(), launchType="EC2"),
    case("outside AWS", "pull", "not_applicable", holder=execution(), launchType="EXTERNAL"),
    case("on what is new", "pull", "unknown", holder=execution(), launchType="MOON"),
    case("the role does not exist", "pull", "not_applicable"),
    case(
        "policies are refused",
        "pull",
        "unknown",
        holder=execution(attached=[MANAGED]),
        answers={iam.POLICIES: Refused()},
    ),
]
LOGGING = [
    case("allowed", "logs", "pass", holder=execution(GRANTS)),
    case(
        "allowed on the group",
        "logs",
        "pass",
        holder=execution(document(statement(WRITE, f"{GROUP}:*"))),
    ),
    case(
        "allowed on the group without its streams",
        "logs",
        "gap",
        holder=execution(document(statement(WRITE, GROUP))),
        code="missing-permissions",
        severity="high",
        found=[],
    ),
    case(
        "allowed on another group",
        "logs",
        "gap",
        holder=execution(document(statement(WRITE, f"{GROUP}-2:*"))),
        code="missing-permissions",
    ),
    case(
        "another Region's group",
        "logs",
        "gap",
        task(container(**awslogs(**{"awslogs-region": "eu-west-1"}))),
        holder=execution(document(statement(WRITE, f"{GROUP}:*"))),
        code="missing-permissions",
    ),
    case(
        "it must make the group, and AWS's policy does not let it",
        "logs",
        "gap",
        task(container(**awslogs(**{"awslogs-create-group": "true"}))),
        holder=execution(attached=[MANAGED]),
        policies=[BY_AWS],
        says="logs:CreateLogGroup",
    ),
    case(
        "it must make the group, and may",
        "logs",
        "pass",
        task(container(**awslogs(**{"awslogs-create-group": "true"}))),
        holder=execution(document(statement([*WRITE, "logs:CreateLogGroup"], f"{GROUP}:*"))),
    ),
    case(
        "the group is there already",
        "logs",
        "pass",
        task(container(**awslogs(**{"awslogs-create-group": "false"}))),
        holder=execution(GRANTS),
    ),
    case(
        "FireLens, which is the task role's",
        "logs",
        "not_applicable",
        task(container(logConfiguration={"logDriver": "awsfirelens", "options": {}})),
        holder=execution(),
    ),
    case("no logs", "logs", "not_applicable", task(HUB), holder=execution()),
]
TRUST = [
    case("guarded", "trust", "pass", holder=execution()),
    case(
        "guarded by the source alone",
        "trust",
        "pass",
        holder=execution(
            trusts=trust(
                "ecs-tasks.amazonaws.com",
                Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:*"}},
            )
        ),
    ),
    case(
        "unguarded",
        "trust",
        "drift",
        holder=execution(trusts=trust("ecs-tasks.amazonaws.com")),
        code="trust-unguarded",
        severity="low",
    ),
    case(
        "of another service",
        "trust",
        "gap",
        holder=execution(trusts=trust("ec2.amazonaws.com")),
        code="trust",
        severity="high",
    ),
    case(
        "for another account",
        "trust",
        "gap",
        holder=execution(
            trusts=trust(
                "ecs-tasks.amazonaws.com",
                Condition={"StringEquals": {"aws:SourceAccount": "999999999999"}},
            )
        ),
        code="trust",
    ),
    case(
        "for one cluster, which AWS does not document",
        "trust",
        "unknown",
        holder=execution(
            trusts=trust(
                "ecs-tasks.amazonaws.com",
                Condition={
                    "ArnEquals": {"aws:SourceArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/shop"}
                },
            )
        ),
    ),
    case("a document that is none", "trust", "unknown", holder=execution(trusts="[]")),
    case("no role", "trust", "not_applicable", bare(HUB)),
]
OVERREACHING = [
    case("for ECS alone", "overreach", "pass", holder=execution(GRANTS)),
    case(
        "files with variables",
        "overreach",
        "pass",
        holder=execution(document(statement(["s3:GetObject", "s3:GetBucketLocation"]))),
    ),
    case(
        "for the application, too",
        "overreach",
        "drift",
        holder=execution(document(statement(["s3:PutObject", "dynamodb:*", "logs:*"]))),
        code="execution-overreach",
        severity="low",
        found=["dynamodb:*", "s3:putobject"],
        survives=(),
    ),
    case(
        "everything",
        "overreach",
        "drift",
        holder=execution(
            document({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
            attached=[f"{AWS_POLICY}AdministratorAccess"],
        ),
        code="execution-overreach",
        found=["*"],
    ),
    case(
        "what is denied is not held",
        "overreach",
        "pass",
        holder=execution(document(statement("s3:*", effect="Deny"))),
    ),
    case(
        "the baseline lets it",
        "overreach",
        "pass",
        holder=execution(document(statement("dynamodb:GetItem"))),
        settings={"services": ["dynamodb"]},
    ),
    case(
        "one role for both",
        "overreach",
        "not_applicable",
        task(working="execution"),
        holder=execution(document(statement("s3:*"))),
    ),
    case("a document that is none", "overreach", "unknown", holder=execution("{")),
]
CASES = [*GIVEN, *PULLING, *LOGGING, *TRUST, *OVERREACHING]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_a_real_account(aws):
    client, tasks = boto3.client("iam"), boto3.client("ecs")
    tasks.create_cluster(clusterName="shop")
    boto3.client("ecr").create_repository(repositoryName="web")
    bodies = {"broken": document(statement("s3:*")), "repaired": GRANTS}
    trusts = {"broken": trust("ecs-tasks.amazonaws.com"), "repaired": TASKS}
    for name, body in bodies.items():
        arn = client.create_role(RoleName=name, AssumeRolePolicyDocument=text(trusts[name]))[
            "Role"
        ]["Arn"]
        client.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=text(body))
        tasks.register_task_definition(
            family=name,
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="512",
            memory="1024",
            executionRoleArn=arn,
            containerDefinitions=[container(**awslogs())],
        )
        tasks.create_service(
            cluster="shop", serviceName=name, taskDefinition=name, launchType="FARGATE",
            desiredCount=1,
        )  # fmt: skip
    found = {(f.resource.name, f.part): f.code or f.verdict.value for f in audit(ExecutionRole)}
    assert found == {
        ("broken", "given"): "pass",
        ("broken", "pull"): "missing-permissions",
        ("broken", "logs"): "missing-permissions",
        ("broken", "trust"): "trust-unguarded",
        ("broken", "overreach"): "execution-overreach",
        ("repaired", "given"): "pass",
        ("repaired", "pull"): "pass",
        ("repaired", "logs"): "pass",
        ("repaired", "trust"): "pass",
        ("repaired", "overreach"): "pass",
    }
