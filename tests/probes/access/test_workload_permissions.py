import json
from functools import cache

import boto3
import pytest

from probes.access.workload_permissions import WorkloadPermissions
from probes.aws import iam
from tests.kit import Case, Refused, audit, check_case
from tests.probes.access.made import (
    ACCOUNT,
    AWS_POLICY,
    bounded_by,
    document,
    managed,
    profile,
    role,
    statement,
    text,
    trust,
)

PROBE = WorkloadPermissions()
WRITE = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
LOGS = [*WRITE, "logs:DescribeLogStreams"]
PARAMETERS = ["ssm:DescribeParameters", "ssm:GetParametersByPath"]
GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:app"
PATH = f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/app"
OWN = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
AGENT, CORE = (
    f"{AWS_POLICY}CloudWatchAgentServerPolicy",
    f"{AWS_POLICY}AmazonSSMManagedInstanceCore",
)
ALL = document(statement(LOGS, f"{GROUP}:*"), statement(PARAMETERS))


@cache
def of_aws(name):
    """A policy of AWS with AWS's own document."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    return json.loads(aws_managed_policies_data)[name]["Document"]


def instance(*inline, **more):
    return role(inline=inline, **profile(), trusts=trust("ec2.amazonaws.com"), **more)


def answers(one, *policies):
    return {iam.ROLES: [one], iam.POLICIES: list(policies)}


def lacks(name, one, *policies, code="missing-permissions", severity="medium", **more):
    return Case(name, answers(one, *policies), "gap", code, severity=severity, **more)


def needing(**settings):
    return {"required": {}, "by_role": {"app": ["logs:PutLogEvents"]}, **settings}


ALLOWED = [
    Case("on its own groups and paths", answers(instance(ALL)), "pass"),
    Case(
        "by AWS's policy for the agent, and a part of its own",
        answers(
            instance(document(statement(PARAMETERS)), attached=[AGENT]),
            managed(AGENT, of_aws("CloudWatchAgentServerPolicy")),
        ),
        "pass",
    ),
    Case("by a wildcard", answers(instance(document(statement(["logs:*", "ssm:*"])))), "pass"),
    Case(
        "by a prefix of groups",
        answers(instance(document(statement(LOGS, f"{GROUP}*"), statement(PARAMETERS)))),
        "pass",
    ),
    Case(
        "all parameters of one Region",
        answers(
            instance(
                document(
                    statement(LOGS, f"{GROUP}:*"),
                    statement(PARAMETERS, f"arn:aws:ssm:us-east-1:{ACCOUNT}:*"),
                )
            )
        ),
        "pass",
    ),
    Case(
        "denied elsewhere only",
        answers(
            instance(
                ALL,
                document(
                    statement("logs:*", f"arn:aws:logs:*:{ACCOUNT}:log-group:audit:*", "Deny")
                ),
            )
        ),
        "pass",
    ),
    Case(
        "on the resource that the baseline names",
        answers(instance(document(statement("logs:*", f"arn:aws:logs:*:{ACCOUNT}:*")))),
        "pass",
        settings=needing(resources={"logs:*": "arn:aws:logs:*:*:log-group:app:log-stream:*"}),
    ),
    Case(
        "everything that the baseline names, without a resource",
        answers(instance(document(statement("logs:PutLogEvents")))),
        "pass",
        settings=needing(resources={"logs:*": "*"}),
    ),
]
UNTRUSTED = [
    Case(
        "a trust policy that cannot be read",
        answers(role(trusts={"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps"}]})),
        "unknown",
        says="which workloads have the role cannot be told",
    ),
    Case(
        "one beside what the baseline asks of the role by its name",
        answers(role(trusts={"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps"}]})),
        "gap",
        "missing-permissions",
        severity="medium",
        settings=needing(),
    ),
]
LACKING = [
    lacks(
        "AWS's policy for Systems Manager alone",
        instance(attached=[CORE]),
        managed(CORE, of_aws("AmazonSSMManagedInstanceCore")),
        says="ssm:GetParametersByPath",
        found=[],
    ),
    lacks(
        "AWS's policies for both",
        instance(attached=[CORE, AGENT]),
        managed(CORE, of_aws("AmazonSSMManagedInstanceCore")),
        managed(AGENT, of_aws("CloudWatchAgentServerPolicy")),
        found=sorted(LOGS),
    ),
    lacks(
        "a group without its streams",
        instance(document(statement(LOGS, GROUP), statement(PARAMETERS))),
        found=["logs:CreateLogGroup", "logs:DescribeLogStreams", *PARAMETERS],
    ),
    lacks(
        "what it can do without",
        instance(document(statement(WRITE, f"{GROUP}:*"), statement(PARAMETERS[1], PATH))),
        severity="low",
        says="may not logs:DescribeLogStreams, ssm:DescribeParameters",
    ),
    lacks(
        "denied by a statement",
        instance(ALL, document(statement("logs:PutLogEvents", effect="Deny"))),
        code="explicit-deny",
        says="own1: statement 1 denies it",
    ),
    lacks(
        "kept out by a boundary",
        instance(ALL, **bounded_by(OWN)),
        managed(OWN, document(statement(LOGS))),
        code="boundary",
        says="its permissions boundary",
    ),
    lacks(
        "a function, asked by the baseline",
        role(inline=[document(statement("s3:GetObject"))], trusts=trust("lambda.amazonaws.com")),
        settings={"required": {"lambda": ["logs:PutLogEvents"]}},
    ),
    lacks(
        "a task, asked by the baseline",
        role(trusts=trust("ecs-tasks.amazonaws.com")),
        settings={"required": {"ecs": ["s3:GetObject"]}},
    ),
    lacks("named by the baseline", role(), settings=needing()),
    lacks(
        "all resources are needed, some are allowed",
        instance(document(statement("logs:PutLogEvents", f"{GROUP}:*"))),
        settings=needing(resources={"logs:*": "*"}),
    ),
    Case(
        "only on a part",
        answers(instance(document(statement("logs:PutLogEvents", f"{GROUP}:*")))),
        "drift",
        "partial",
        severity="medium",
        settings=needing(resources={"logs:*": "arn:aws:logs:*:*:log-group:*:log-stream:*"}),
    ),
]
UNDECIDED = [
    Case(
        "a condition that only the request decides",
        answers(
            instance(
                document(
                    statement(LOGS, Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}),
                    statement(PARAMETERS),
                )
            )
        ),
        "unknown",
        says="depends on StringEquals aws:SourceVpc",
    ),
    Case(
        "what knows no resource, under a condition and on a thing",
        answers(
            role(
                inline=[
                    document(
                        statement(
                            "logs:DescribeLogGroups",
                            Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
                        ),
                        statement("logs:DescribeLogGroups", GROUP),
                    )
                ]
            )
        ),
        "unknown",
        settings={"by_role": {"app": ["logs:DescribeLogGroups"]}},
    ),
    Case(
        "a tag of the role decides",
        answers(
            instance(
                document(
                    statement("*", Condition={"StringEquals": {"aws:PrincipalTag/team": "app"}})
                ),
                Tags=[{"Key": "team", "Value": "app"}],
            )
        ),
        "pass",
    ),
    Case("a document that is none", answers(instance("[]")), "unknown"),
    Case("a policy that is not shown", answers(instance(attached=[OWN])), "unknown"),
    Case(
        "policies are refused",
        {iam.ROLES: [instance(attached=[OWN])], iam.POLICIES: Refused()},
        "unknown",
    ),
]
NOT_ASKED = [
    Case("a role of no workload", answers(role()), "not_applicable"),
    Case(
        "a task, by default",
        answers(role(trusts=trust("ecs-tasks.amazonaws.com"))),
        "not_applicable",
    ),
    Case("a trust policy that is none", answers(role(trusts="{}")), "unknown"),
    Case("exempt", answers(instance()), "not_applicable", settings={"exempt": ["a*"]}),
    Case(
        "exempt by a tag",
        answers(instance(Tags=[{"Key": "Kind", "Value": "bastion"}])),
        "not_applicable",
        settings={"exempt": ["Kind=bastion"]},
    ),
    Case(
        "a node of a cluster",
        answers(instance(attached=[f"{AWS_POLICY}AmazonEKSWorkerNodePolicy"])),
        "not_applicable",
        says="nodes of a cluster",
    ),
    Case(
        "service-linked",
        answers(role(path="/aws-service-role/x.amazonaws.com/", **profile())),
        "not_applicable",
    ),
    Case("roles are refused", {iam.ROLES: Refused()}, "unknown"),
]
CASES = [*ALLOWED, *UNTRUSTED, *LACKING, *UNDECIDED, *NOT_ASKED]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_a_real_account(aws):
    client = boto3.client("iam")
    for name, body in {"broken": document(statement(LOGS, GROUP)), "repaired": ALL}.items():
        client.create_role(RoleName=name, AssumeRolePolicyDocument=text(trust("ec2.amazonaws.com")))
        client.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=text(body))
        client.create_instance_profile(InstanceProfileName=name)
        client.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    found = {f.resource.name: (f.verdict.value, f.code) for f in audit(WorkloadPermissions)}
    assert found == {"broken": ("gap", "missing-permissions"), "repaired": ("pass", "")}


def test_the_fix_grants_what_is_lacking(aws):
    client = boto3.client("iam")
    client.create_role(RoleName="app", AssumeRolePolicyDocument=text(trust("ec2.amazonaws.com")))
    client.create_instance_profile(InstanceProfileName="app")
    client.add_role_to_instance_profile(InstanceProfileName="app", RoleName="app")
    (broken,) = audit(WorkloadPermissions)
    granted = broken.fix.cli.split("--policy-document ")[1].strip("'")
    client.put_role_policy(RoleName="app", PolicyName="workload", PolicyDocument=granted)
    (repaired,) = audit(WorkloadPermissions)
    assert (broken.verdict.value, repaired.verdict.value) == ("gap", "pass")
