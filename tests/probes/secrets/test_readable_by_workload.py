import base64
import json
from functools import partial

import boto3
import pytest

from probes.aws import autoscaling, ec2_templates, ecs, ecs_tasks, iam, lambda_, secretsmanager
from probes.secrets.readable_by_workload import ReadableByWorkload
from tests.kit import Case, Refused, audit, check_case, findings_of, inventory_of, verdicts
from tests.probes.secrets import made
from tests.probes.secrets.made import (
    ACCOUNT,
    DELEGATING,
    KEY,
    KEY_ID,
    SECRET,
    SECRETS,
    allow,
    deny,
    document,
    managed,
)

PROBE = ReadableByWorkload()
CLUSTER = f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/shop"
SERVICE = f"arn:aws:ecs:us-east-1:{ACCOUNT}:service/shop/web"
TASK = f"arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition/web:3"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:web"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/web"
TASK_ROLE = f"arn:aws:iam::{ACCOUNT}:role/task"
PROFILE = f"arn:aws:iam::{ACCOUNT}:instance-profile/web"
READ = "secretsmanager:GetSecretValue"


role = partial(made.role, name="web")
READS = role(allow(READ, SECRET))
OWN_READS = role(allow(READ, SECRET), name="task")
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
BOUNDED = role(allow(READ, SECRET), PermissionsBoundary={"PermissionsBoundaryArn": BOUNDARY})
WIDE = "arn:aws:iam::aws:policy/SecretsManagerReadWrite"
GRANT = {"GrantId": "g", "GranteePrincipal": ROLE, "Operations": ["Decrypt"]}


def base(held, policies=(), *, on_secret="", key="", key_policy=DELEGATING, grants=(), **changes):
    secret = {"ARN": SECRET, "Name": "shop/db", **({"KmsKeyId": key} if key else {}), **changes}
    answers = {
        secretsmanager.SECRETS: [secret],
        secretsmanager.POLICY: {SECRET: {"ResourcePolicy": on_secret} if on_secret else {}},
        iam.ROLES: list(held),
        iam.POLICIES: list(policies),
    }
    if key:
        manager = "AWS" if key_policy is None else "CUSTOMER"
        answers |= made.key(key_policy or "{}", grants=grants, KeyManager=manager)
    return answers


def service(held, *args, container=None, task=None, service=None, **more):
    """A service whose only container is given the secret, unless told otherwise."""
    containers = [
        {
            "name": "web",
            **(
                {"secrets": [{"name": "DB", "valueFrom": SECRET}]}
                if container is None
                else container
            ),
        }
    ]
    definition = {
        "taskDefinitionArn": TASK,
        "family": "web",
        "taskRoleArn": TASK_ROLE,
        "executionRoleArn": ROLE,
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": containers,
    }
    return base(held, *args, **more) | {
        ecs.CLUSTER_ARNS: [CLUSTER],
        ecs.SERVICE_ARNS: {CLUSTER: [SERVICE]},
        ecs.SERVICES: {
            SERVICE: {
                "serviceArn": SERVICE,
                "serviceName": "web",
                "clusterArn": CLUSTER,
                "status": "ACTIVE",
                "launchType": "FARGATE",
                "taskDefinition": TASK,
                **(service or {}),
            }
        },
        ecs_tasks.TASK_DEFINITIONS: {TASK: definition | (task or {})},
    }


def variable(value, name="DB_SECRET"):
    return {"environment": [{"name": name, "value": value}]}


def function(held, *args, variables=None, environment=None, **more):
    sent = {
        "FunctionArn": FUNCTION,
        "FunctionName": "web",
        "Role": ROLE,
        "Environment": environment or {"Variables": variables or {}},
    }
    return base(held, *args, **more) | {lambda_.FUNCTIONS: [sent], lambda_.READERS: [sent]}


def script(text):
    return base64.b64encode(f"#!/bin/bash\n{text}\n".encode()).decode()


FETCH = "aws secretsmanager get-secret-value --secret-id {} --query SecretString"


def group(held, text, *args, profile=None, **more):
    data = {"UserData": script(text), **({"IamInstanceProfile": profile} if profile else {})}
    version = {
        "LaunchTemplateId": "lt-1",
        "LaunchTemplateName": "web",
        "VersionNumber": 1,
        "DefaultVersion": True,
        "LaunchTemplateData": data,
    }
    return base(held, *args, **more) | {
        autoscaling.GROUPS: [
            {
                "AutoScalingGroupName": "web",
                "AutoScalingGroupARN": "arn:asg",
                "MinSize": 1,
                "MaxSize": 1,
                "DesiredCapacity": 1,
                "LaunchTemplate": {"LaunchTemplateId": "lt-1"},
            }
        ],
        ec2_templates.VERSIONS: [version],
    }


def configured(held, text, profile):
    return base(held) | {
        autoscaling.GROUPS: [
            {
                "AutoScalingGroupName": "web",
                "AutoScalingGroupARN": "arn:asg",
                "MinSize": 1,
                "MaxSize": 1,
                "DesiredCapacity": 1,
                "LaunchConfigurationName": "web",
            }
        ],
        autoscaling.LAUNCH_CONFIGURATIONS: [
            {
                "LaunchConfigurationName": "web",
                "LaunchConfigurationARN": "arn:lc",
                "IamInstanceProfile": profile,
                "UserData": script(text),
            }
        ],
    }


def cases(part):
    def case(name, given, verdict, code=None, **more):
        return Case(f"{part}: {name}", given, verdict, code, part=part, **more)

    return case


injected, named = cases("injected"), cases("named")
LOGGED = {
    "logConfiguration": {
        "logDriver": "splunk",
        "secretOptions": [{"name": "token", "valueFrom": SECRET}],
    }
}
ABROAD = SECRET.replace(ACCOUNT, "999999999999")
ELSEWHERE = SECRET.replace("us-east-1", "eu-west-1")
PARAMETER = f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/shop/db"
TWO = {
    "secrets": [
        {"name": "USER", "valueFrom": f"{SECRET}:username::"},
        {"name": "PASSWORD", "valueFrom": f"{SECRET}:password::"},
    ]
}
SECRET_POLICY = secretsmanager.POLICY
INJECTED = [
    injected("allowed", service([READS]), "pass"),
    injected("a key of the secret's JSON", service([READS], container=TWO), "pass"),
    injected(
        "not allowed",
        service([role()]),
        "gap",
        "not-allowed",
        severity="high",
        expected={"role": "web", "secret": "shop/db", "may": [READ]},
        found=[],
    ),
    injected(
        "the task role's permission does not help",
        service([role(), OWN_READS]),
        "gap",
        "not-allowed",
    ),
    injected(
        "the policy of AWS for execution roles",
        service(
            [
                role(
                    attached=[
                        "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
                    ]
                )
            ],
            [
                managed(
                    "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
                    allow(["ecr:*", "logs:*"]),
                )
            ],
        ),
        "gap",
        "not-allowed",
    ),
    injected("any suffix", service([role(allow(READ, f"{SECRETS}shop/db-??????"))]), "pass"),
    injected("any name that begins so", service([role(allow(READ, f"{SECRETS}shop/*"))]), "pass"),
    injected(
        "the name without suffix",
        service([role(allow(READ, f"{SECRETS}shop/db"))]),
        "gap",
        "not-allowed",
    ),
    injected(
        "all actions of Secrets Manager", service([role(allow("secretsmanager:*", SECRET))]), "pass"
    ),
    injected(
        "everything but IAM",
        service([role({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"})]),
        "pass",
        says="every secret",
    ),
    injected(
        "BatchGetSecretValue alone",
        service([role(allow("secretsmanager:BatchGetSecretValue"))]),
        "gap",
        "not-allowed",
    ),
    injected("every secret", service([role(allow(READ))]), "pass", says="every secret"),
    injected(
        "SecretsManagerReadWrite",
        service([role(attached=[WIDE])], [managed(WIDE, allow("secretsmanager:*"))]),
        "pass",
        says="SecretsManagerReadWrite",
    ),
    injected(
        "denied",
        service([role(allow(READ), deny(READ, SECRET))]),
        "gap",
        "explicit-deny",
        survives=(SECRET_POLICY,),
    ),
    injected(
        "denied unless by TLS",
        service(
            [
                role(
                    allow(READ, SECRET),
                    deny("*", Condition={"Bool": {"aws:SecureTransport": "false"}}),
                )
            ]
        ),
        "pass",
    ),
    injected(
        "denied under a condition nobody knows",
        service(
            [role(allow(READ, SECRET), deny(READ, Condition={"StringEquals": {"aws:Mood": "bad"}}))]
        ),
        "unknown",
    ),
    injected("bounded", service([BOUNDED], [managed(BOUNDARY, allow("s3:*"))]), "gap", "boundary"),
    injected(
        "bounded, with room for it", service([BOUNDED], [managed(BOUNDARY, allow(READ))]), "pass"
    ),
    injected("a boundary that is not listed", service([BOUNDED]), "unknown"),
    injected("a managed policy that is not listed", service([role(attached=[WIDE])]), "unknown"),
    injected(
        "by the secret's policy",
        service([role()], on_secret=document(allow(READ, Principal={"AWS": ROLE}))),
        "pass",
    ),
    injected(
        "denied by the secret's policy",
        service([READS], on_secret=document(deny(READ, Principal="*"))),
        "gap",
        "explicit-deny",
    ),
    injected("a secret's policy that is none", service([READS], on_secret="{"), "unknown"),
    injected(
        "for a stage that is named",
        service(
            [
                role(
                    allow(
                        READ,
                        SECRET,
                        Condition={"StringEquals": {"secretsmanager:VersionStage": "AWSCURRENT"}},
                    )
                )
            ],
            container={"secrets": [{"name": "DB", "valueFrom": f"{SECRET}::AWSCURRENT:"}]},
        ),
        "pass",
    ),
    injected(
        "for a stage, and none is named",
        service(
            [
                role(
                    allow(
                        READ,
                        SECRET,
                        Condition={"StringEquals": {"secretsmanager:VersionStage": "AWSCURRENT"}},
                    )
                )
            ]
        ),
        "unknown",
        says="VersionStage",
    ),
    injected(
        "the log driver's secret",
        service([role()], container=LOGGED),
        "gap",
        "not-allowed",
        says="token of container web",
    ),
    injected(
        "the registry's secret, by name",
        service([role()], container={"repositoryCredentials": {"credentialsParameter": "shop/db"}}),
        "gap",
        "not-allowed",
        says="registry",
    ),
    injected(
        "the registry's secret, by ARN",
        service([READS], container={"repositoryCredentials": {"credentialsParameter": SECRET}}),
        "pass",
    ),
    injected(
        "a partial ARN",
        service([READS], container={"secrets": [{"name": "DB", "valueFrom": f"{SECRETS}shop/db"}]}),
        "pass",
    ),
    injected(
        "no such secret",
        service(
            [READS],
            container={"secrets": [{"name": "DB", "valueFrom": f"{SECRETS}shop/gone-AbCdEf"}]},
        ),
        "gap",
        "no-such-secret",
        severity="high",
    ),
    injected("no such role", service([]), "gap", "role-missing", expected=ROLE),
    injected(
        "no role",
        service([], task={"executionRoleArn": ""}),
        "gap",
        "no-role",
        expected="a role",
    ),
    injected(
        "another account's, not allowed",
        service([role()], container={"secrets": [{"name": "DB", "valueFrom": ABROAD}]}),
        "gap",
        "not-allowed",
    ),
    injected(
        "another account's, allowed here",
        service([role(allow(READ))], container={"secrets": [{"name": "DB", "valueFrom": ABROAD}]}),
        "unknown",
        says="another account",
    ),
    injected(
        "another account's by partial ARN, allowed here",
        service(
            [role(allow(READ, ABROAD[:-7] + "-??????"))],
            container={"secrets": [{"name": "DB", "valueFrom": ABROAD[:-7]}]},
        ),
        "unknown",
    ),
    injected(
        "a parameter",
        service(
            [role(allow("ssm:GetParameters", PARAMETER))],
            container={"secrets": [{"name": "DB", "valueFrom": "/shop/db"}]},
        ),
        "pass",
    ),
    injected(
        "a parameter by ARN, not allowed",
        service([role()], container={"secrets": [{"name": "DB", "valueFrom": PARAMETER}]}),
        "gap",
        "parameter-not-allowed",
    ),
    injected(
        "a secret by way of a parameter",
        service(
            [role(allow("ssm:GetParameters"), allow(READ, SECRET))],
            container={
                "secrets": [{"name": "DB", "valueFrom": "/aws/reference/secretsmanager/shop/db"}]
            },
        ),
        "pass",
    ),
    injected(
        "that way, and not the secret",
        service(
            [role(allow("ssm:GetParameters"))],
            container={
                "secrets": [{"name": "DB", "valueFrom": "/aws/reference/secretsmanager/shop/db"}]
            },
        ),
        "gap",
        "not-allowed",
    ),
    injected(
        "something that cannot be read",
        service([READS], container={"secrets": [{"name": "DB", "valueFrom": "arn:nonsense"}]}),
        "unknown",
    ),
    injected(
        "a parameter under a condition",
        service(
            [role(allow("ssm:GetParameters", Condition={"StringEquals": {"aws:Mood": "x"}}))],
            container={"secrets": [{"name": "DB", "valueFrom": "/shop/db"}]},
        ),
        "unknown",
    ),
    injected("nothing", service([READS], container={}), "not_applicable"),
    injected("a function", function([READS]), "not_applicable"),
    injected(
        "the key delegates, and the role may not",
        service([READS], key=KEY),
        "gap",
        "key-not-allowed",
        severity="high",
        survives=(SECRET_POLICY,),
    ),
    injected(
        "the key by IAM",
        service([role(allow(READ, SECRET), allow("kms:Decrypt", KEY))], key=KEY),
        "pass",
    ),
    injected(
        "the key by its policy",
        service(
            [READS], key=KEY, key_policy=document(allow("kms:Decrypt", Principal={"AWS": ROLE}))
        ),
        "pass",
    ),
    injected(
        "the key through Secrets Manager",
        service(
            [
                role(
                    allow(READ, SECRET),
                    allow(
                        "kms:Decrypt",
                        KEY,
                        Condition={
                            "StringEquals": {
                                "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"
                            }
                        },
                    ),
                )
            ],
            key=KEY,
        ),
        "pass",
    ),
    injected(
        "the key through another service",
        service(
            [
                role(
                    allow(READ, SECRET),
                    allow(
                        "kms:Decrypt",
                        KEY,
                        Condition={
                            "StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}
                        },
                    ),
                )
            ],
            key=KEY,
        ),
        "gap",
        "key-not-allowed",
        survives=(SECRET_POLICY,),
    ),
    injected(
        "the key for this secret",
        service(
            [
                role(
                    allow(READ, SECRET),
                    allow(
                        "kms:Decrypt",
                        KEY,
                        Condition={"StringEquals": {"kms:EncryptionContext:SecretARN": SECRET}},
                    ),
                )
            ],
            key=KEY,
        ),
        "pass",
    ),
    injected(
        "the key by a grant",
        service([READS], key=KEY, key_policy=document(), grants=[GRANT]),
        "pass",
    ),
    injected(
        "the key by its id",
        service([READS], key=KEY_ID),
        "gap",
        "key-not-allowed",
        survives=(SECRET_POLICY,),
    ),
    injected(
        "the key by its alias",
        service([READS], key="alias/shop"),
        "gap",
        "key-not-allowed",
        survives=(SECRET_POLICY,),
    ),
    injected("AWS's own key", service([READS], key=KEY, key_policy=None), "pass"),
    injected(
        "describing it, too, as the baseline wants",
        service([READS]),
        "gap",
        "not-allowed",
        found=[READ],
        settings={"secret_actions": [READ, "secretsmanager:DescribeSecret"]},
    ),
    injected(
        "a revision that is being taken away",
        service(
            [role()],
            service={
                "taskDefinition": "",
                "taskSets": [{"taskSetArn": "t", "status": "DRAINING", "taskDefinition": TASK}],
            },
        ),
        "not_applicable",
    ),
    injected(
        "a revision of a task set",
        service(
            [role()],
            service={
                "taskDefinition": "",
                "taskSets": [{"taskSetArn": "t", "status": "ACTIVE", "taskDefinition": TASK}],
            },
        ),
        "gap",
    ),
]
NAMED = [
    named("by ARN in a variable", service([role(), OWN_READS], container=variable(SECRET)), "pass"),
    named(
        "by ARN, and not allowed",
        service([READS, role(name="task")], container=variable(SECRET)),
        "gap",
        "not-allowed",
        severity="medium",
        says="DB_SECRET of container web",
    ),
    named(
        "inside of JSON",
        service(
            [role(name="task")],
            container=variable(json.dumps({"secret": SECRET, "password": "hunter2"})),
        ),
        "gap",
        "not-allowed",
    ),
    named(
        "by the parameter that stands for it",
        service([role(name="task")], container=variable("/aws/reference/secretsmanager/shop/db")),
        "gap",
        "not-allowed",
    ),
    named(
        "a secret that is not there",
        service([role(name="task")], container=variable(f"{SECRETS}gone-AbCdEf")),
        "pass",
        says="does not have",
    ),
    named(
        "no task role on Fargate",
        service([], container=variable(SECRET), task={"taskRoleArn": ""}),
        "gap",
        "no-role",
    ),
    named(
        "no task role on instances",
        service(
            [],
            container=variable(SECRET),
            task={"taskRoleArn": "", "requiresCompatibilities": ["EC2"]},
            service={"launchType": "EC2"},
        ),
        "unknown",
    ),
    named(
        "a task role by its name",
        service([OWN_READS], container=variable(SECRET), task={"taskRoleArn": "task"}),
        "pass",
    ),
    named("plain values", service([], container=variable("production")), "not_applicable"),
    named("by a function", function([READS], variables={"DB": SECRET}), "pass"),
    named(
        "by a function that may not",
        function([role()], variables={"DB": SECRET}),
        "gap",
        "not-allowed",
        severity="medium",
    ),
    named(
        "by a function that may not use the key",
        function([READS], variables={"DB": SECRET}, key=KEY),
        "gap",
        "key-not-allowed",
        survives=(SECRET_POLICY,),
    ),
    named(
        "variables that Lambda cannot decrypt",
        function(
            [READS], environment={"Error": {"ErrorCode": "AccessDeniedException", "Message": "no"}}
        ),
        "unknown",
    ),
    named(
        "a function without variables", function([READS], variables={"A": "b"}), "not_applicable"
    ),
    named(
        "by user data",
        group(
            [role(allow(READ, SECRET), InstanceProfileList=[{"Arn": PROFILE}])],
            FETCH.format(SECRET),
            profile={"Arn": PROFILE},
        ),
        "pass",
    ),
    named(
        "by user data, by name",
        group(
            [role(InstanceProfileList=[{"Arn": PROFILE}])],
            FETCH.format("shop/db"),
            profile={"Name": "web"},
        ),
        "gap",
        "not-allowed",
        severity="medium",
    ),
    named(
        "by user data, without a profile",
        group([role()], FETCH.format("shop/db")),
        "gap",
        "no-role",
    ),
    named("by user data that names nothing", group([role()], "yum update -y"), "not_applicable"),
    named(
        "by user data of a launch configuration",
        configured([role(InstanceProfileList=[{"Arn": PROFILE}])], FETCH.format("shop/db"), "web"),
        "gap",
        "not-allowed",
    ),
    named(
        "a version that is not there", group([role()], "") | {ec2_templates.VERSIONS: []}, "unknown"
    ),
]
OLDER = group([role()], "")
OLDER_VERSION = OLDER[ec2_templates.VERSIONS][0] | {
    "LaunchTemplateData": {"UserData": script(FETCH.format("shop/db"))}
}
OLDER[autoscaling.GROUPS][0]["LaunchTemplate"] = {"LaunchTemplateId": "lt-1", "Version": "7"}
OLDER[ec2_templates.OLDER_VERSIONS] = {
    "lt-1/['7']": OLDER_VERSION | {"VersionNumber": 7, "DefaultVersion": False}
}
NAMED += [named("by user data of an older version", OLDER, "gap", "no-role")]
UNSHOWN = service([READS]) | {ecs_tasks.TASK_DEFINITIONS: {TASK: []}}
INJECTED += [injected("a task definition that is not shown", UNSHOWN, "unknown")]
NAMED += [
    named("a task definition that is not shown", UNSHOWN, "unknown"),
    named(
        "a function whose variables are not shown",
        function([READS]) | {lambda_.READERS: []},
        "unknown",
    ),
]
CASES = [*INJECTED, *NAMED]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def finding(case):
    return next(f for f in findings_of(PROBE, case) if f.part == case.part)


def test_a_secret_of_another_region_is_looked_up_there():
    given = service(
        [role(allow(READ, ELSEWHERE))],
        container={"secrets": [{"name": "DB", "valueFrom": ELSEWHERE}]},
    )
    there = {
        secretsmanager.SECRETS: [{"ARN": ELSEWHERE, "Name": "shop/db"}],
        secretsmanager.POLICY: {ELSEWHERE: {}},
    }
    check_case(PROBE, injected("", given, "pass", elsewhere={"eu-west-1": there}))
    gone = {secretsmanager.SECRETS: []}
    check_case(PROBE, injected("", given, "unknown", elsewhere={"eu-west-1": gone}))


CHINA = SECRET.replace("arn:aws:", "arn:aws-cn:")
THROUGH = allow(
    "kms:Decrypt",
    KEY,
    Condition={"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}},
)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        pytest.param(
            {"key": KEY.replace("arn:aws:", "arn:::"), "key_policy": None},
            "unknown",
            id="a key that is no ARN",
        ),
        pytest.param(
            {"ARN": f"{SECRETS}shop/db"},
            "unknown",
            id="a secret without suffix, whose policy was not read",
        ),
    ],
)
def test_what_is_malformed_cannot_be_told(changes, verdict):
    check_case(
        PROBE,
        injected(
            "",
            service(
                [role(allow(READ))],
                container={"secrets": [{"name": "DB", "valueFrom": f"{SECRETS}shop/db"}]},
                **changes,
            ),
            verdict,
        ),
    )


def test_what_services_are_called_in_china_is_not_known():
    given = service(
        [role(allow(READ), THROUGH)],
        container={
            "secrets": [{"name": "DB", "valueFrom": "/aws/reference/secretsmanager/shop/db"}]
        },
        key=KEY,
        ARN=CHINA,
    )
    given |= {
        SECRET_POLICY: {CHINA: {}},
        iam.ROLES: [role(allow([READ, "ssm:GetParameters"]), THROUGH)],
    }
    check_case(PROBE, injected("", given, "unknown", says="kms:Decrypt"))


def test_a_secret_of_a_region_that_was_not_collected_is_not_absent():
    given = service([READS], container={"secrets": [{"name": "DB", "valueFrom": ELSEWHERE}]})
    check_case(PROBE, injected("", given, "unknown", says="not collected"))


def test_one_secret_that_is_refused_does_not_hide_another_that_is_proven():
    both = {
        "secrets": [
            {"name": "A", "valueFrom": SECRET},
            {"name": "B", "valueFrom": f"{SECRETS}gone-AbCdEf"},
        ]
    }
    given = service([READS], container=both) | {SECRET_POLICY: {SECRET: Refused()}}
    check_case(PROBE, injected("", given, "gap", "no-such-secret"))


def test_the_fix_grants_what_is_missing_on_that_secret_alone():
    fix = finding(injected("", service([role()]), "gap")).fix
    assert "aws iam put-role-policy --role-name web --policy-name secret-shop-db" in fix.cli
    assert f"Resource: {SECRET}" in fix.cloudformation
    assert finding(injected("", service([role(deny("*"))]), "gap")).fix.cli == ""


def test_no_value_of_a_variable_is_kept():
    hidden = {"password": "hunter2", "secret": SECRET}
    given = service([OWN_READS], container=variable(json.dumps(hidden))) | function(
        [OWN_READS], variables=hidden
    )
    queries = tuple(given)
    kept = inventory_of(queries, given)
    data = [
        item.data for answers in kept.answers.values() for a in answers.values() for item in a.items
    ]
    assert "hunter2" not in json.dumps(data)
    assert SECRET in json.dumps(data)


def deployed(name, *statements):
    """A service that is given the secret `db`, by an execution role of its own."""
    roles, tasks = boto3.client("iam"), boto3.client("ecs", "us-east-1")
    arn = roles.create_role(RoleName=name, AssumeRolePolicyDocument=document())["Role"]["Arn"]
    if statements:
        roles.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(*statements))
    secret = boto3.client("secretsmanager", "us-east-1").describe_secret(SecretId="db")["ARN"]
    container = {
        "name": "web",
        "image": "web",
        "memory": 128,
        "secrets": [{"name": "DB", "valueFrom": secret}],
        **variable(secret),
    }
    task = tasks.register_task_definition(
        family=name,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        executionRoleArn=arn,
        taskRoleArn=arn,
        containerDefinitions=[container],
    )["taskDefinition"]["taskDefinitionArn"]
    tasks.create_service(
        cluster="shop", serviceName=name, taskDefinition=task, desiredCount=0, launchType="FARGATE"
    )


def test_on_an_account(aws):
    boto3.client("ecs", "us-east-1").create_cluster(clusterName="shop")
    key = boto3.client("kms", "us-east-1").create_key(Policy=DELEGATING)["KeyMetadata"]["Arn"]
    boto3.client("secretsmanager", "us-east-1").create_secret(
        Name="db", SecretString="not-a-secret", KmsKeyId=key
    )
    deployed("good", allow(READ, f"{SECRETS}db-??????"), allow("kms:Decrypt", key))
    deployed("keyless", allow(READ, f"{SECRETS}db-??????"))
    deployed("poor")
    found = audit(ReadableByWorkload)
    assert verdicts(found, "injected") == {"good": "pass", "keyless": "gap", "poor": "gap"}
    assert verdicts(found, "named") == {"good": "pass", "keyless": "gap", "poor": "gap"}
    assert {f.resource.name: f.code for f in found if f.part == "injected"} == {
        "good": "",
        "keyless": "key-not-allowed",
        "poor": "not-allowed",
    }
