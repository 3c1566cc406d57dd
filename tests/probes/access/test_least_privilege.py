from urllib.parse import quote

import boto3
import pytest

from probes.access.least_privilege import Least
from probes.aws import iam
from tests.kit import Case, Refused, audit, check_case
from tests.probes.access.made import (
    ACCOUNT,
    AWS_POLICY,
    bounded_by,
    document,
    managed,
    role,
    statement,
    text,
    trust,
)

PROBE = Least()
ADMIN = f"{AWS_POLICY}AdministratorAccess"
POWER = f"{AWS_POLICY}PowerUserAccess"
OWN = f"arn:aws:iam::{ACCOUNT}:policy/own-managed"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
SEVERAL = document(
    statement(["ec2:*", "autoscaling:*", "elasticloadbalancing:*", "sns:Publish", "iam:PassRole"])
)
DENY_ALL = document(statement("*", effect="Deny"))
OUTSIDE = document(
    {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
        "Action": "sts:AssumeRole",
    }
)
SURVIVES = (iam.POLICIES,)


def github(**condition):
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    more = {"Condition": condition} if condition else {}
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": provider},
            "Action": "sts:AssumeRoleWithWebIdentity",
            **more,
        }
    )


def answers(one, *policies):
    return {iam.ROLES: [one], iam.POLICIES: list(policies)}


def case(name, part, one, verdict, code=None, *policies, **more):
    return Case(name, answers(one, *policies), verdict, code, part=part, **more)


def inline(body, **more):
    return role(inline=[body], **more)


def when(**condition):
    return document(statement("*", Condition=condition))


def administrator(name, one, code, severity, *policies, survives=SURVIVES, **more):
    return case(
        name, "administrator", one, "drift", code, *policies,
        severity=severity, survives=survives, **more,
    )  # fmt: skip


ALLOWED = [
    case("no policies at all", "administrator", role(), "pass"),
    case(
        "explicit actions on every resource",
        "services",
        inline(document(statement(["ec2:DescribeInstances", "ecr:GetAuthorizationToken"]))),
        "pass",
    ),
    case("reading alone", "services", inline(document(statement("s3:Get*"))), "pass"),
    case(
        "everything of a service, on one thing",
        "services",
        inline(document(statement("s3:*", ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]))),
        "pass",
    ),
    case(
        "all of IAM on roles of its own path",
        "services",
        inline(document(statement("iam:*", f"arn:aws:iam::{ACCOUNT}:role/app/*"))),
        "pass",
    ),
    case(
        "a statement that only denies",
        "administrator",
        inline(document(statement("*", effect="Deny"))),
        "pass",
    ),
    case(
        "the default version counts, not an older one",
        "administrator",
        role(attached=[OWN]),
        "pass",
        None,
        managed(OWN, document(statement("s3:GetObject"))),
    ),
    case(
        "passing one role",
        "pass_role",
        inline(document(statement("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/task"))),
        "pass",
    ),
    case(
        "passing any role to one service",
        "pass_role",
        inline(
            document(
                statement(
                    "iam:PassRole",
                    Condition={
                        "StringEqualsIfExists": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
                    },
                )
            )
        ),
        "pass",
    ),
]
ADMINISTRATORS = [
    administrator("AWS's own", role(attached=[ADMIN]), "admin-managed", "high"),
    administrator(
        "AWS's own, another partition",
        role(attached=["arn:aws-us-gov:iam::aws:policy/AdministratorAccess"]),
        "admin-managed",
        "high",
    ),
    administrator(
        "AWS's own, from another account",
        role(attached=[ADMIN], trusts=OUTSIDE),
        "admin-managed",
        "critical",
    ),
    administrator(
        "AWS's own, for functions",
        role(attached=[ADMIN], trusts=trust("lambda.amazonaws.com")),
        "admin-managed",
        "critical",
    ),
    administrator(
        "AWS's own, for every repository of GitHub",
        role(attached=[ADMIN], trusts=github()),
        "admin-managed",
        "critical",
    ),
    administrator(
        "AWS's own, for one repository",
        role(
            attached=[ADMIN],
            trusts=github(StringLike={"token.actions.githubusercontent.com:sub": "repo:o/r:*"}),
        ),
        "admin-managed",
        "high",
    ),
    administrator(
        "AWS's own, and nobody can tell who takes it",
        role(attached=[ADMIN], trusts="no policy"),
        "admin-managed",
        "critical",
    ),
    administrator("power user", role(attached=[POWER]), "power-user", "high"),
    administrator("inline", inline(document(statement("*"))), "admin-equivalent", "high"),
    administrator(
        "inline, as other clients get it",
        inline(quote(text(document(statement("*:*", "arn:*"))))),
        "admin-equivalent",
        "high",
    ),
    administrator(
        "one statement that is no list",
        inline({"Statement": {"Effect": "Allow", "Action": ["?*"], "Resource": ["arn:aws:*"]}}),
        "admin-equivalent",
        "high",
    ),
    administrator(
        "everything but one action of IAM",
        inline(document({"Effect": "Allow", "NotAction": "iam:CreateUser", "Resource": "*"})),
        "admin-equivalent",
        "high",
    ),
    administrator(
        "everything but IAM",
        inline(document({"Effect": "Allow", "NotAction": ["IAM:*"], "Resource": "*"})),
        "power-user",
        "high",
    ),
    administrator(
        "everything but one resource",
        inline(document({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::vault"})),
        "admin-equivalent",
        "high",
    ),
    administrator(
        "a managed policy of the account's",
        role(attached=[OWN]),
        "admin-equivalent",
        "high",
        managed(OWN, document(statement("*"))),
        survives=(),
    ),
    administrator(
        "of AWS's, found by its document",
        role(attached=[f"{AWS_POLICY}AWSMcpServiceActionsFullAccess"]),
        "admin-equivalent",
        "high",
        managed(
            f"{AWS_POLICY}AWSMcpServiceActionsFullAccess",
            document(statement("*", Condition={"Bool": {"aws:IsMcpServiceAction": "true"}})),
        ),
        survives=(),
    ),
    administrator(
        "in one Region only",
        inline(when(StringEquals={"aws:RequestedRegion": "eu-west-1"})),
        "admin-equivalent",
        "medium",
    ),
    administrator(
        "on what carries a tag",
        inline(when(StringEquals={"ec2:ResourceTag/team": "app"})),
        "admin-equivalent",
        "medium",
    ),
    administrator(
        "where a tag is, if there is one",
        inline(when(StringEqualsIfExists={"aws:ResourceTag/team": "app"})),
        "admin-equivalent",
        "high",
    ),
    administrator(
        "in any Region, spelt out",
        inline(when(StringLike={"aws:RequestedRegion": "*"})),
        "admin-equivalent",
        "high",
    ),
    administrator(
        "outside one Region",
        inline(when(StringNotEquals={"aws:RequestedRegion": "eu-west-1"})),
        "admin-equivalent",
        "high",
    ),
    administrator(
        "with an operator that is not known",
        inline(when(StringResembles={"aws:RequestedRegion": "eu-west-1"})),
        "admin-equivalent",
        "high",
    ),
    administrator(
        "within a boundary",
        role(attached=[ADMIN], **bounded_by(BOUNDARY)),
        "admin-managed",
        "medium",
        managed(BOUNDARY, document(statement(["s3:*", "logs:*"]))),
        says="within a permissions boundary",
    ),
    administrator(
        "within a boundary that lets all through",
        role(attached=[ADMIN], **bounded_by(BOUNDARY)),
        "admin-managed",
        "high",
        managed(BOUNDARY, document(statement("*"))),
    ),
    administrator(
        "within a boundary that AWS does not show",
        role(attached=[ADMIN], **bounded_by(BOUNDARY)),
        "admin-managed",
        "high",
    ),
    administrator(
        "power user within the same boundary",
        role(attached=[POWER], **bounded_by(BOUNDARY)),
        "power-user",
        "high",
        managed(
            BOUNDARY,
            document(
                {
                    "Effect": "Allow",
                    "NotAction": ["iam:*", "organizations:*", "account:*"],
                    "Resource": "*",
                }
            ),
        ),
    ),
    administrator(
        "everything is denied, too",
        role(attached=[ADMIN, OWN]),
        "admin-managed",
        "informational",
        managed(OWN, DENY_ALL),
    ),
    administrator(
        "a part is denied",
        role(attached=[ADMIN], inline=[document(statement("iam:*", effect="Deny"))]),
        "admin-managed",
        "high",
    ),
    administrator(
        "what deploys stacks",
        role("cdk-hnb659fds-cfn-exec-role-123456789012-us-east-1", attached=[ADMIN]),
        "deployment-role",
        "medium",
    ),
    administrator(
        "the organisation's own way in",
        role("OrganizationAccountAccessRole", attached=[ADMIN], trusts=OUTSIDE),
        "break-glass",
        "informational",
    ),
    administrator(
        "by AWS's policy although others cannot be read",
        role(attached=[ADMIN, OWN]),
        "admin-managed",
        "high",
    ),
]
SERVICES = [
    case(
        "three services, of which one matters more",
        "services",
        inline(SEVERAL),
        "drift",
        "service-wildcard",
        severity="high",
        says="every action of a service: autoscaling, elasticloadbalancing",
        survives=SURVIVES,
    ),
    case(
        "a service that matters less",
        "services",
        inline(document(statement("autoscaling:*"))),
        "drift",
        "service-wildcard",
        severity="medium",
        survives=SURVIVES,
        found={"policy": "own", "allows": ["autoscaling"]},
    ),
    case(
        "every resource, written as ARNs of the service",
        "services",
        inline(document(statement("EC2:?*", ["arn:aws:ec2:*:*:*"]))),
        "drift",
        "service-wildcard",
        severity="high",
        survives=SURVIVES,
    ),
    case(
        "every bucket",
        "services",
        inline(document(statement("s3:*", "arn:aws:s3:::*"))),
        "drift",
        survives=SURVIVES,
    ),
    case(
        "everything, on all of one service",
        "services",
        inline(document(statement("*", "arn:aws:kms:*:*:*"))),
        "drift",
        "service-wildcard",
        survives=SURVIVES,
        found={"policy": "own", "allows": ["kms"]},
    ),
    case(
        "all of a service, letter by letter",
        "services",
        inline(document(statement([f"sqs:{letter}*" for letter in "abcdefghijklmnopqrstuvwxyz"]))),
        "drift",
        "service-wildcard",
        survives=SURVIVES,
        found={"policy": "own", "allows": ["sqs"]},
    ),
    case(
        "everything but a few, on one service",
        "services",
        inline(
            document({"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:lambda:*:*:*"})
        ),
        "drift",
        survives=SURVIVES,
        found={"policy": "own", "allows": ["lambda"]},
    ),
    case(
        "a service of a managed policy",
        "services",
        role(attached=[OWN]),
        "drift",
        "service-wildcard",
        managed(OWN, document(statement("dynamodb:*"))),
    ),
    case(
        "the baseline names what matters",
        "services",
        inline(document(statement("autoscaling:*"))),
        "drift",
        severity="high",
        settings={"sensitive_services": ["autoscaling"]},
        survives=SURVIVES,
    ),
]
PASSING = [
    case(
        "any role",
        "pass_role",
        inline(SEVERAL),
        "drift",
        "iam-passrole-any",
        severity="high",
        survives=SURVIVES,
    ),
    case(
        "any role of the account, for any service",
        "pass_role",
        inline(
            document(
                statement(
                    "iam:Pass*",
                    "arn:aws:iam::*:role/*",
                    Condition={"StringLike": {"iam:PassedToService": "*"}},
                )
            )
        ),
        "drift",
        "iam-passrole-any",
        survives=SURVIVES,
    ),
    case(
        "all of IAM is told of as such", "pass_role", inline(document(statement("iam:*"))), "pass"
    ),
]
ELSEWHERE = [
    case(
        "service-linked",
        "administrator",
        role("AWSServiceRoleForX", path="/aws-service-role/x.amazonaws.com/", attached=[ADMIN]),
        "not_applicable",
    ),
    case(
        "of IAM Identity Center",
        "administrator",
        role(
            "AWSReservedSSO_Admin_0123456789abcdef",
            path="/aws-reserved/sso.amazonaws.com/eu-west-1/",
            attached=[ADMIN],
        ),
        "not_applicable",
    ),
    administrator(
        "of IAM Identity Center, and the baseline looks",
        role("AWSReservedSSO_Admin_01", path="/aws-reserved/sso.amazonaws.com/", attached=[ADMIN]),
        "admin-managed",
        "high",
        settings={"ignore_sso_roles": False},
    ),
    case(
        "allowed by the baseline",
        "administrator",
        role(attached=[ADMIN]),
        "not_applicable",
        settings={"admin_allowed_roles": ["ap?"]},
    ),
    case(
        "a document that is none",
        "administrator",
        inline("{"),
        "unknown",
        says="own cannot be read",
    ),
    case(
        "an element that is not known",
        "services",
        inline({"Statement": [{**statement("*"), "Ressource": "*"}]}),
        "unknown",
    ),
    case(
        "a managed policy that AWS does not show",
        "administrator",
        role(attached=[OWN]),
        "unknown",
        says="own-managed cannot be read: AWS does not show it",
    ),
    case(
        "a managed policy that AWS does not show, by the name that the role gives",
        "administrator",
        role(AttachedManagedPolicies=[{"PolicyName": "theirs", "PolicyArn": OWN}]),
        "unknown",
        says="theirs cannot be read",
    ),
    case(
        "a managed policy that AWS does not show, and the role gives no name",
        "administrator",
        role(AttachedManagedPolicies=[{"PolicyArn": OWN}]),
        "unknown",
        says="own-managed cannot be read",
    ),
    Case(
        "managed policies are refused",
        {iam.ROLES: [role(attached=[OWN])], iam.POLICIES: Refused()},
        "unknown",
        part="services",
    ),
    Case("roles are refused", {iam.ROLES: Refused()}, "unknown", part="administrator"),
]
CASES = [*ALLOWED, *ADMINISTRATORS, *SERVICES, *PASSING, *ELSEWHERE]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_a_real_account(aws):
    client = boto3.client("iam")
    for name, body in {"broad": SEVERAL, "narrow": document(statement("s3:GetObject"))}.items():
        client.create_role(
            RoleName=name, AssumeRolePolicyDocument=text(trust("codebuild.amazonaws.com"))
        )
        client.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=text(body))
    found = {(f.resource.name, f.part): (f.verdict.value, f.code) for f in audit(Least)}
    assert found == {
        ("broad", "administrator"): ("pass", ""),
        ("broad", "services"): ("drift", "service-wildcard"),
        ("broad", "pass_role"): ("drift", "iam-passrole-any"),
        ("narrow", "administrator"): ("pass", ""),
        ("narrow", "services"): ("pass", ""),
        ("narrow", "pass_role"): ("pass", ""),
    }
