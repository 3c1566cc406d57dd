import boto3
import pytest

from auditor.demo.exchange import memory
from probes.access.managed_policies_current import ManagedPoliciesCurrent
from probes.aws import iam
from tests.kit import Absent, Case, Refused, audit, check_case
from tests.probes.access.made import (
    ACCOUNT,
    AWS_POLICY,
    bounded_by,
    document,
    listed,
    plant_policy,
    role,
    statement,
    text,
    trust,
)

PROBE = ManagedPoliciesCurrent()
CODEDEPLOY = "service-role/AWSCodeDeployRole"
LIST = listed(CODEDEPLOY, "CloudWatchFullAccess", "ReadOnlyAccess", "AWSLambdaFullAccess")
TABLE = (iam.AWS_POLICIES, iam.POLICY_DETAILS)


def details(**by_tail):
    found = {
        one["Arn"]: {"Arn": one["Arn"], "PolicyName": one["PolicyName"], "Description": "For it."}
        for one in LIST
    }
    found |= {f"{AWS_POLICY}{tail}": told for tail, told in by_tail.items()}
    return found


def answers(one, policies=LIST, told=None):
    told = details() if told is None else told
    return {iam.ROLES: [one], iam.AWS_POLICIES: policies, iam.POLICY_DETAILS: told}


def holding(*tails, **more):
    return role(attached=[f"{AWS_POLICY}{tail}" for tail in tails], **more)


CASES = [
    Case("alive", answers(holding(CODEDEPLOY)), "pass"),
    Case(
        "gone",
        answers(holding("AWSLambdaFullAccess"), listed("ReadOnlyAccess")),
        "drift",
        "deprecated-attached",
        severity="medium",
        survives=TABLE,
        expected="AWSLambda_FullAccess",
    ),
    Case(
        "gone, and still shown because it is held",
        answers(holding("AWSLambdaFullAccess")),
        "drift",
        "deprecated-attached",
        survives=TABLE,
    ),
    Case(
        "gone with its service",
        answers(holding("service-role/AWSOpsWorksRole")),
        "drift",
        "deprecated-attached",
        survives=TABLE,
        expected="a policy that AWS keeps",
    ),
    Case(
        "gone, one of a family",
        answers(holding("AWSIotRoboRunnerFullAccess")),
        "drift",
        "deprecated-attached",
        survives=TABLE,
    ),
    Case(
        "gone, and not known here",
        answers(holding("BrandNewAccess")),
        "drift",
        "deprecated-attached",
        severity="medium",
    ),
    Case(
        "superseded",
        answers(holding("CloudWatchFullAccess")),
        "drift",
        "deprecation-path",
        severity="low",
        survives=TABLE,
        expected="CloudWatchFullAccessV2",
    ),
    Case(
        "superseded by no policy",
        answers(holding("service-role/AmazonEC2ContainerServiceRole")),
        "drift",
        "deprecation-path",
        survives=TABLE,
        expected="the service-linked role AWSServiceRoleForECS",
    ),
    Case(
        "on its way out, as AWS describes it",
        answers(
            holding("ReadOnlyAccess"),
            told=details(
                ReadOnlyAccess={
                    "Arn": f"{AWS_POLICY}ReadOnlyAccess",
                    "Description": "This policy is on a Deprecation Path. See documentation.",
                }
            ),
        ),
        "drift",
        "deprecation-path",
        severity="low",
    ),
    Case(
        "unwanted by the baseline",
        answers(holding("ReadOnlyAccess")),
        "drift",
        "deprecation-path",
        settings={"deprecated_policies": {"extra": {"ReadOnlyAccess": "job-function/Billing"}}},
        survives=TABLE,
        expected="job-function/Billing",
    ),
    Case(
        "the one that bounds it is gone",
        answers(role(**bounded_by(f"{AWS_POLICY}AWSCodePipelineFullAccess"))),
        "drift",
        "deprecated-attached",
        survives=TABLE,
    ),
    Case(
        "the account's own policies alone",
        answers(role(attached=[f"arn:aws:iam::{ACCOUNT}:policy/AWSLambdaFullAccess"])),
        "not_applicable",
    ),
    Case("no policies", answers(role()), "not_applicable"),
    Case(
        "service-linked",
        answers(holding("AWSLambdaFullAccess", path="/aws-service-role/x.amazonaws.com/")),
        "not_applicable",
    ),
    Case("AWS lists nothing", answers(holding("ReadOnlyAccess"), []), "unknown"),
    Case(
        "AWS contradicts itself",
        answers(
            holding("ReadOnlyAccess"),
            told={f"{AWS_POLICY}ReadOnlyAccess": Absent("NoSuchEntity")},
        ),
        "unknown",
    ),
    Case(
        "the list breaks off before it",
        answers(holding("BrandNewAccess"), Refused(items=tuple(LIST))),
        "unknown",
    ),
    Case(
        "one is gone, of another nothing is known",
        answers(holding("BrandNewAccess", "AWSLambdaFullAccess"), Refused()),
        "drift",
        "deprecated-attached",
        survives=TABLE,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_a_real_account(aws):
    from moto.iam.models import iam_backends

    client = boto3.client("iam")
    read = document(statement("logs:GetLogEvents"))
    held = {
        "alive": "service-role/AWSCodeDeployRole",
        "gone": "AWSLambdaFullAccess",
        "leaving": "ReadOnlyAccess",
    }
    for name, tail in held.items():
        policy = plant_policy(tail, read)
        client.create_role(
            RoleName=name, AssumeRolePolicyDocument=text(trust("codedeploy.amazonaws.com"))
        )
        client.attach_role_policy(RoleName=name, PolicyArn=policy)
    told = memory(iam_backends[ACCOUNT]["aws"], "descriptions")
    told[f"{AWS_POLICY}ReadOnlyAccess"] = "This policy is on a deprecation path."
    found = {f.resource.name: (f.verdict.value, f.code) for f in audit(ManagedPoliciesCurrent)}
    assert found == {
        "alive": ("pass", ""),
        "gone": ("drift", "deprecated-attached"),
        "leaving": ("drift", "deprecation-path"),
    }
