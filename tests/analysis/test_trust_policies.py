import pytest

from probes.analysis.policy import parse
from probes.analysis.trust_policies import Trust, trust

ACCOUNT = "123456789012"
OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"


def trusting(principal, action="sts:AssumeRole", **more):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, **more}
    return trust(parse({"Statement": statement}), ACCOUNT)


def web(**condition):
    more = {"Condition": condition} if condition else {}
    return trusting({"Federated": OIDC}, "sts:AssumeRoleWithWebIdentity", **more)


@pytest.mark.parametrize(
    ("found", "outside", "compute"),
    [
        pytest.param(trusting("*"), True, False, id="anyone"),
        pytest.param(
            trusting("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
            False,
            False,
            id="anyone of the organisation",
        ),
        pytest.param(trusting({"AWS": "999999999999"}), True, False, id="another account"),
        pytest.param(trusting({"AWS": ACCOUNT}), False, False, id="its own account"),
        pytest.param(trusting({"Service": "ec2.amazonaws.com"}), False, True, id="instances"),
        pytest.param(trusting({"Service": "ecs-tasks.amazonaws.com"}), False, True, id="tasks"),
        pytest.param(trusting({"Service": "codebuild.amazonaws.com"}), False, False, id="builds"),
        pytest.param(web(), True, False, id="any user of a provider"),
        pytest.param(
            web(StringEquals={f"{OIDC.rpartition('/')[2]}:aud": "sts.amazonaws.com"}),
            True,
            False,
            id="any user, for one audience",
        ),
        pytest.param(
            web(StringLike={f"{OIDC.rpartition('/')[2]}:sub": "repo:me/*"}),
            False,
            False,
            id="one subject",
        ),
        pytest.param(
            web(StringLike={f"{OIDC.rpartition('/')[2]}:sub": "*"}), True, False, id="any subject"
        ),
        *(
            pytest.param(
                web(**{operator: {f"{OIDC.rpartition('/')[2]}:sub": "repo:me/x"}}),
                True,
                False,
                id=f"a subject, by {operator}",
            )
            for operator in (
                "StringNotEquals",
                "StringEqualsIfExists",
                "ForAllValues:StringEquals",
                "StringResembles",
            )
        ),
        pytest.param(
            web(**{"ForAnyValue:StringEquals": {f"{OIDC.rpartition('/')[2]}:sub": "repo:me/x"}}),
            False,
            False,
            id="one subject of several",
        ),
        pytest.param(
            trusting({"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/x"}, "sts:AssumeRoleWithSAML"),
            False,
            False,
            id="the company's own directory",
        ),
        pytest.param(trusting("*", "sts:TagSession"), False, False, id="another action"),
        pytest.param(trusting("*", Effect="Deny"), False, False, id="a Deny"),
    ],
)  # fmt: skip
def test_who_can_take_a_role(found, outside, compute):
    assert (found.outside, found.compute) == (outside, compute)


def test_the_summary_names_everyone():
    found = Trust(True, ("999999999999",), ("ec2.amazonaws.com",), (OIDC,))
    assert found.summary == (
        "anyone", "account 999999999999", f"any user of {OIDC}", "ec2.amazonaws.com"
    )  # fmt: skip
