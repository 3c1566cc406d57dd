import pytest

from probes.analysis.access import Decision, Identity
from probes.analysis.anywhere import anywhere, kind_of
from probes.analysis.policy import parse
from probes.analysis.principals import Principal
from probes.analysis.statements import Request

ACCOUNT = "123456789012"
ROLE = Principal.identity(f"arn:aws:iam::{ACCOUNT}:role/app")
LOGS = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group"
PARAMETERS = f"arn:aws:ssm:us-east-1:{ACCOUNT}"


def asked(action, *statements, boundary=None):
    written = [{"Effect": "Allow", "Action": action, **one} for one in statements]
    bound = parse({"Statement": boundary}) if boundary else None
    identity = Identity((parse({"Version": "2012-10-17", "Statement": written}),), bound)
    request = Request(ROLE, action, kind_of(action, "aws", ACCOUNT))
    return anywhere(request, identity).decision


@pytest.mark.parametrize(
    ("action", "resource", "decision"),
    [
        pytest.param("logs:PutLogEvents", "*", Decision.ALLOWED, id="everywhere"),
        pytest.param("logs:PutLogEvents", f"{LOGS}:app:*", Decision.ALLOWED, id="streams of a group"),
        pytest.param("logs:PutLogEvents", f"{LOGS}:app*", Decision.ALLOWED, id="groups by prefix"),
        pytest.param("logs:PutLogEvents", f"{LOGS}:app", Decision.NOT_ALLOWED, id="a group alone"),
        pytest.param("logs:CreateLogGroup", f"{LOGS}:app", Decision.ALLOWED, id="a group is made"),
        pytest.param("logs:PutLogEvents", "arn:aws:s3:::x", Decision.NOT_ALLOWED, id="another kind"),
        pytest.param("ssm:DescribeParameters", "*", Decision.ALLOWED, id="all parameters"),
        pytest.param(
            "ssm:DescribeParameters", f"{PARAMETERS}:*", Decision.ALLOWED, id="all of a Region"
        ),
        pytest.param(
            "ssm:DescribeParameters",
            f"{PARAMETERS}:parameter/*",
            Decision.NOT_ALLOWED,
            id="one path of parameters",
        ),
        pytest.param(
            "ssm:GetParametersByPath", f"{PARAMETERS}:parameter/app", Decision.ALLOWED, id="a path"
        ),
        pytest.param("sts:GetCallerIdentity", f"{LOGS}:app", Decision.NOT_ALLOWED, id="no resource"),
        pytest.param("s3:GetObject", "arn:aws:s3:::b/*", Decision.ALLOWED, id="a kind not known here"),
    ],
)  # fmt: skip
def test_where_an_action_is_allowed(action, resource, decision):
    assert asked(action, {"Resource": resource}) is decision


def test_a_deny_of_another_part_leaves_the_rest():
    denied = {"Effect": "Deny", "Resource": f"{LOGS}:audit:*"}
    found = asked("logs:PutLogEvents", {"Resource": f"{LOGS}:app:*"}, denied)
    assert found is Decision.ALLOWED


def test_a_deny_of_all_denies():
    found = asked("logs:PutLogEvents", {"Resource": "*"}, {"Effect": "Deny", "Resource": "*"})
    assert found is Decision.DENIED


def test_a_boundary_limits():
    boundary = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    assert asked("logs:PutLogEvents", {"Resource": "*"}, boundary=boundary) is Decision.NOT_ALLOWED


def test_what_a_condition_decides_cannot_be_told():
    when = {"Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}}
    assert asked("logs:PutLogEvents", when) is Decision.CANNOT_TELL
