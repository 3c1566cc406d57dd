import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from probes.access.template_policies_exist import TemplatePoliciesExist
from probes.aws import cloudformation, iam
from tests.kit import ACCOUNT, REGION, Case, Refused, audit, check_case, findings_of, the_finding
from tests.probes.access.made import AWS_POLICY, document, listed, managed, statement

PROBE = TemplatePoliciesExist()
STACK = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/app/1"
TEMPLATES = cloudformation.TEMPLATES
LIST = listed(
    "service-role/AWSCodeDeployRole",
    "AWSCodeDeployRoleForECS",
    "service-role/AmazonNewServiceRole",
    "aws-service-role/AutoScalingServiceRolePolicy",
    "CloudWatchFullAccess",
    "AWSLambdaFullAccess",
    "ReadOnlyAccess",
)
OWN = f"arn:aws:iam::{ACCOUNT}:policy/shared"
STANDS = (iam.AWS_POLICIES, iam.POLICIES)


def stack(**more):
    return {
        "StackId": STACK,
        "StackName": "app",
        "StackStatus": "CREATE_COMPLETE",
        "CreationTime": datetime(2026, 1, 1, tzinfo=UTC),
        **more,
    }


def role(*policies, kind="AWS::IAM::Role", condition=None, **properties):
    found = {"ManagedPolicyArns": list(policies), **properties} if policies else properties
    return {"Type": kind, "Properties": found, **({"Condition": condition} if condition else {})}


def answers(*roles, policies=LIST, own=(), sections=None, other=None, **more):
    resources = {f"Role{n}": one for n, one in enumerate(roles)} | (other or {})
    body = json.dumps({"Resources": resources, **(sections or {})})
    return {
        cloudformation.STACKS: [stack(**more)],
        TEMPLATES: {STACK: {"TemplateBody": body}},
        iam.AWS_POLICIES: policies,
        iam.POLICIES: list(own),
    }


def wrong(name, code, *roles, severity="high", survives=(), **more):
    expected = more.pop("expected", None)
    settings = more.pop("settings", {})
    return Case(
        name, answers(*roles, **more), "drift", code,
        severity=severity, survives=survives, expected=expected, settings=settings,
    )  # fmt: skip


def aws(tail):
    return f"{AWS_POLICY}{tail}"


PARTITIONED = {
    "Fn::Join": [
        "", ["arn:", {"Ref": "AWS::Partition"}, ":iam::aws:policy/AWSCodeDeployRole"]
    ]
}  # fmt: skip
PARAMETER = {"Parameters": {"Policy": {"Type": "String"}}}
SOMETIMES = {
    "Parameters": {"Stage": {"Type": "String"}},
    "Conditions": {"Live": {"Fn::Equals": [{"Ref": "Stage"}, "live"]}},
}
POLICY = {"Policy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"ManagedPolicyName": "p"}}}

RIGHT = [
    Case("the right path", answers(role(aws("service-role/AWSCodeDeployRole"))), "pass"),
    Case("no path, where there is none", answers(role(aws("AWSCodeDeployRoleForECS"))), "pass"),
    Case(
        "put together",
        answers(role({"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess"})),
        "pass",
    ),
    Case("roles without policies", answers(role()), "not_applicable"),
    Case(
        "of the template itself", answers(role({"Ref": "Policy"}), other=POLICY), "not_applicable"
    ),
    Case(
        "of the account",
        answers(role(OWN), own=[managed(OWN, document(statement("s3:GetObject")))]),
        "pass",
    ),
    Case("of another account", answers(role("arn:aws:iam::999999999999:policy/x")), "pass"),
    Case(
        "exported by another stack",
        answers(
            role({"Fn::ImportValue": "policy"}),
            Outputs=[
                {"OutputKey": "P", "OutputValue": aws("ReadOnlyAccess"), "ExportName": "policy"}
            ],
        ),
        "pass",
    ),
    Case(
        "a role that the stack does not have",
        answers(
            role(aws("AWSCodeDeployRole"), condition="Live"),
            sections=SOMETIMES,
            Parameters=[{"ParameterKey": "Stage", "ParameterValue": "test"}],
        ),
        "not_applicable",
    ),
]
WRONG = [
    wrong(
        "a path is missing",
        "wrong-path",
        role(aws("AWSCodeDeployRole")),
        survives=STANDS,
        expected=aws("service-role/AWSCodeDeployRole"),
    ),
    wrong(
        "a path too many",
        "wrong-path",
        role(aws("service-role/AWSCodeDeployRoleForECS")),
        survives=STANDS,
        expected=aws("AWSCodeDeployRoleForECS"),
    ),
    wrong(
        "a path is missing, by the live list",
        "wrong-path",
        role(aws("AmazonNewServiceRole")),
        expected=aws("service-role/AmazonNewServiceRole"),
    ),
    wrong("put together", "wrong-path", role(PARTITIONED), survives=STANDS),
    wrong(
        "of a user",
        "wrong-path",
        role(aws("AWSLambdaRole"), kind="AWS::IAM::User"),
        survives=STANDS,
    ),
    wrong(
        "a boundary",
        "wrong-path",
        role(PermissionsBoundary=aws("service-role/PowerUserAccess")),
        survives=STANDS,
    ),
    wrong(
        "in a stack that failed",
        "wrong-path",
        role(aws("AWSCodeDeployRole")),
        survives=STANDS,
        StackStatus="ROLLBACK_COMPLETE",
    ),
    wrong(
        "gone",
        "deprecated",
        role(aws("AWSCodePipelineFullAccess")),
        survives=STANDS,
        expected=aws("AWSCodePipeline_FullAccess"),
    ),
    wrong(
        "gone for good",
        "deprecated",
        role(aws("service-role/AWSOpsWorksRole")),
        survives=STANDS,
        expected="a policy that AWS keeps",
    ),
    wrong(
        "gone, and somebody still holds it",
        "deprecated",
        role(aws("AWSLambdaFullAccess")),
        severity="medium",
        survives=STANDS,
    ),
    wrong(
        "superseded",
        "deprecation-path",
        role(aws("CloudWatchFullAccess")),
        severity="low",
        survives=STANDS,
        expected=aws("CloudWatchFullAccessV2"),
    ),
    wrong(
        "unwanted by the baseline",
        "deprecation-path",
        role(aws("ReadOnlyAccess")),
        severity="low",
        survives=STANDS,
        settings={"deprecated_policies": {"extra": {"ReadOnlyAccess": ""}}},
        expected="a policy that AWS keeps",
    ),
    wrong(
        "for service-linked roles",
        "not-attachable",
        role(aws("aws-service-role/AutoScalingServiceRolePolicy")),
        survives=STANDS,
    ),
    wrong(
        "misspelt",
        "unknown-name",
        role(aws("ReadOnlyAcces")),
        expected=aws("ReadOnlyAccess"),
    ),
    wrong(
        "never heard of", "unknown-name", role(aws("Nonsense")), expected="a policy that AWS has"
    ),
    wrong(
        "another partition",
        "wrong-partition",
        role("arn:aws-cn:iam::aws:policy/ReadOnlyAccess"),
        survives=STANDS,
        expected=aws("ReadOnlyAccess"),
    ),
    wrong("a name alone", "not-an-arn", role("ReadOnlyAccess"), survives=STANDS),
    wrong(
        "a role instead of a policy",
        "not-an-arn",
        role(f"arn:aws:iam::{ACCOUNT}:role/x"),
        survives=STANDS,
    ),
    wrong(
        "one is wrong, of another nothing can be told",
        "wrong-path",
        role({"Ref": "Policy"}, aws("AWSCodeDeployRole")),
        sections=PARAMETER,
        survives=STANDS,
    ),
    Case(
        "the account has no such policy",
        answers(role(OWN)),
        "gap",
        "missing-customer-policy",
        severity="high",
        survives=(iam.AWS_POLICIES,),
    ),
]
UNKNOWN = [
    Case(
        "a parameter without a value",
        answers(role({"Ref": "Policy"}), sections=PARAMETER),
        "unknown",
        says="the parameter's value is not known",
    ),
    Case(
        "it cannot be told whether the stack has the role",
        answers(role(aws("AWSCodeDeployRole"), condition="Live"), sections=SOMETIMES),
        "unknown",
    ),
    Case("no text", answers(role({"a": "b"})), "unknown"),
    Case("the list is refused", answers(role(aws("X")), policies=Refused()), "unknown"),
    Case("the list is empty", answers(role(aws("X")), policies=[]), "unknown"),
    Case(
        "no template",
        {
            cloudformation.STACKS: [stack()],
            TEMPLATES: {STACK: {"TemplateBody": "[1, 2"}},
        },
        "unknown",
        says="the template cannot be read",
    ),
    Case(
        "being deleted",
        {cloudformation.STACKS: [stack(StackStatus="DELETE_FAILED")]},
        "not_applicable",
    ),
    Case(
        "what bootstraps the CDK",
        answers(role(aws("AWSCodeDeployRole")), StackName="CDKToolkit"),
        "not_applicable",
    ),
    Case("stacks are refused", {cloudformation.STACKS: Refused()}, "unknown"),
]


def transformed(*policies):
    given = answers()
    given[TEMPLATES] = {
        STACK: {
            "TemplateBody": json.dumps(
                {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"F": {"Type": "X::Y::Z"}}}
            )
        }
    }
    processed = json.dumps({"Resources": {"FRole": role(*policies)}})
    return {**given, cloudformation.PROCESSED: {f"{STACK}|": {"TemplateBody": processed}}}


SERVERLESS = [
    Case("made by a macro", transformed(aws("ReadOnlyAccess")), "pass"),
    Case(
        "made by a macro, with a wrong path",
        transformed(aws("AWSLambdaBasicExecutionRole")),
        "drift",
        "wrong-path",
        survives=STANDS,
    ),
]
CASES = [*RIGHT, *WRONG, *UNKNOWN, *SERVERLESS]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


@pytest.mark.parametrize(
    ("template", "written"),
    [
        pytest.param(
            role(aws("AWSCodeDeployRole")),
            "ManagedPolicyArns:\n      - arn:aws:iam::aws:policy/service-role/AWSCodeDeployRole",
            id="a list",
        ),
        pytest.param(
            role(PermissionsBoundary=aws("service-role/PowerUserAccess")),
            "PermissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess",
            id="one",
        ),
        pytest.param(role("AWSCodeDeployRole"), "", id="what has no ARN to write"),
    ],
)
def test_the_right_policy_is_written_as_the_property_takes_it(template, written):
    case = Case("wrong", answers(template), "drift")
    found = the_finding(case, findings_of(PROBE, case)).fix.cloudformation
    assert written in found if written else found == ""


def plant(name, body):
    """A stack in moto that answers with this template; nothing is made of it."""
    from moto.cloudformation.models import cloudformation_backends

    store = cloudformation_backends[ACCOUNT][REGION]
    ident = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/1"
    store.stacks[ident] = SimpleNamespace(
        stack_id=ident, name=name, stack_name=name, template=json.dumps(body), description="",
        template_description="", status="CREATE_COMPLETE", stack_status="CREATE_COMPLETE",
        status_reason=None, stack_status_reason=None, creation_time=datetime(2026, 1, 1, tzinfo=UTC),
        parameters=[], tags={}, exports=[], notification_arns=[], role_arn=None,
        enable_termination_protection=False, policy="", disable_rollback=False, outputs=[],
        stack_resources=[], events=[],
    )  # fmt: skip


def test_a_real_account(aws_account):
    plant("broken", {"Resources": {"Role": role(PARTITIONED)}})
    plant("repaired", {"Resources": {"Role": role(f"{AWS_POLICY}service-role/AWSCodeDeployRole")}})
    found = {f.resource.name: (f.verdict.value, f.code) for f in audit(TemplatePoliciesExist)}
    assert found == {"broken": ("drift", "wrong-path"), "repaired": ("pass", "")}


@pytest.fixture
def aws_account(request):
    """The fixture `aws`, whose name is taken here."""
    return request.getfixturevalue("aws")
