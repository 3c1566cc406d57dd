"""Access by the policies of identities and of resources, as AWS documents their evaluation."""

from functools import partial

import pytest

from probes.analysis.access import (
    Decision,
    Identity,
    effective_access,
    identity_access,
    own_actions,
    resource_access,
)
from probes.analysis.answers import Answer
from probes.analysis.conditions import Context
from probes.analysis.policy import parse
from probes.analysis.principals import Principal
from probes.analysis.statements import Request

ACCOUNT, OTHER = "111122223333", "999999999999"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/app/reader"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/s1"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROLE = Principal.identity(ROLE_ARN, unique_id="AROA1234567890ABCDEFG")
USER_ARN = f"arn:aws:iam::{ACCOUNT}:user/ann"
USER = Principal.identity(USER_ARN)
LAMBDA = Principal.of_service("lambda.amazonaws.com")
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:db-aBcDeF"

ALLOWED, DENIED = Decision.ALLOWED, Decision.DENIED
NOT_ALLOWED, DELEGATED = Decision.NOT_ALLOWED, Decision.DELEGATED
CANNOT_TELL = Decision.CANNOT_TELL


def allow(action="secretsmanager:GetSecretValue", resource="*", **elements):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **elements}


def deny(action="*", resource="*", **elements):
    return {**allow(action, resource, **elements), "Effect": "Deny"}


def policy(*statements, name=""):
    return parse({"Version": "2012-10-17", "Statement": list(statements)}, name=name)


def ask(
    action="secretsmanager:GetSecretValue", resource=SECRET, principal=ROLE, absent=(), **context
):
    known = {key.replace("_", ":"): (value,) for key, value in context.items()}
    return Request(principal, action, resource, Context(known, frozenset(absent)))


def identity(*statements, boundary=None, complete=True):
    return Identity((policy(*statements),), boundary and policy(*boundary), complete)


class TestIdentities:
    @pytest.mark.parametrize(
        ("statements", "expected"),
        [
            pytest.param([], NOT_ALLOWED, id="nothing"),
            pytest.param([allow()], ALLOWED, id="the action on everything"),
            pytest.param(
                [allow("SECRETSMANAGER:getsecretvalue")], ALLOWED, id="case of the action"
            ),
            pytest.param([allow("secretsmanager:Get*")], ALLOWED, id="a prefix"),
            pytest.param([allow("s3:*")], NOT_ALLOWED, id="another service"),
            pytest.param([allow(), deny()], DENIED, id="deny wins"),
            pytest.param([deny()], DENIED, id="deny alone"),
            pytest.param([allow(), deny("s3:*")], ALLOWED, id="deny of something else"),
            pytest.param([allow(resource=SECRET)], ALLOWED, id="the resource"),
            pytest.param([allow(resource=SECRET[:-6] + "??????")], ALLOWED, id="suffix wildcard"),
            pytest.param([allow(resource=SECRET[:-6] + "*")], ALLOWED, id="suffix star"),
            pytest.param([allow(resource=SECRET[:-7])], NOT_ALLOWED, id="the name without suffix"),
            pytest.param(
                [{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}],
                ALLOWED,
                id="everything but",
            ),
            pytest.param(
                [{"Effect": "Allow", "NotAction": "secretsmanager:*", "Resource": "*"}],
                NOT_ALLOWED,
                id="everything but this",
            ),
            pytest.param(
                [{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::*"}],
                ALLOWED,
                id="every resource but",
            ),
            pytest.param(
                [{"Effect": "Allow", "Action": "*", "NotResource": SECRET}],
                NOT_ALLOWED,
                id="every resource but this",
            ),
            pytest.param(
                [allow(Condition={"Bool": {"aws:SecureTransport": "true"}})],
                CANNOT_TELL,
                id="a condition on what is not known",
            ),
            pytest.param(
                [allow(), deny(Condition={"Bool": {"aws:SecureTransport": "false"}})],
                CANNOT_TELL,
                id="a deny on what is not known",
            ),
            pytest.param(
                [deny(Condition={"Bool": {"aws:SecureTransport": "false"}})],
                NOT_ALLOWED,
                id="a deny on what is not known where nothing allows",
            ),
            pytest.param(
                [allow(Condition={"ArnLike": {"aws:PrincipalArn": ROLE_ARN}})],
                ALLOWED,
                id="a condition on who asks",
            ),
            pytest.param(
                [allow(Condition={"StringEquals": {"aws:PrincipalAccount": OTHER}})],
                NOT_ALLOWED,
                id="a condition on another account",
            ),
            pytest.param(
                [allow(resource="arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/x}-*")],
                CANNOT_TELL,
                id="a resource by a tag that is not known",
            ),
            pytest.param(
                [allow(resource="arn:aws:secretsmanager:*:*:secret:x/${aws:PrincipalTag/x}")],
                NOT_ALLOWED,
                id="a resource that no tag could make fit",
            ),
            pytest.param(
                [allow(resource="arn:aws:secretsmanager:*:${aws:PrincipalAccount}:secret:db-*")],
                ALLOWED,
                id="a resource by the caller's account",
            ),
        ],
    )
    def test_policies_decide(self, statements, expected):
        access = identity_access(ask(), identity(*statements))
        assert access.decision is expected
        assert access.reason

    def test_a_statement_without_resource_cannot_be_told(self):
        statement = {"Effect": "Allow", "Action": "*"}
        assert identity_access(ask(), identity(statement)).decision is CANNOT_TELL

    def test_the_deciding_statement_is_named(self):
        held = Identity((policy(allow(), name="a"), policy(deny(Sid="No"), name="b")))
        access = identity_access(ask(), held)
        assert access.by == ("b: statement 'No'",)

    def test_the_doubt_names_the_key(self):
        held = identity(allow(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}))
        assert "aws:PrincipalOrgID" in identity_access(ask(), held).reason

    @pytest.mark.parametrize(
        ("boundary", "expected"),
        [
            pytest.param([allow("secretsmanager:*")], ALLOWED, id="inside"),
            pytest.param([allow("s3:*")], NOT_ALLOWED, id="outside"),
            pytest.param([allow("*"), deny()], DENIED, id="denied by it"),
            pytest.param(
                [allow(Condition={"Null": {"aws:TagKeys": "true"}})], CANNOT_TELL, id="undecided"
            ),
        ],
    )
    def test_a_boundary_limits(self, boundary, expected):
        assert identity_access(ask(), identity(allow(), boundary=boundary)).decision is expected

    def test_a_boundary_never_grants(self):
        held = identity(allow("s3:*"), boundary=[allow("*")])
        assert identity_access(ask(), held).decision is NOT_ALLOWED

    @pytest.mark.parametrize(
        ("statements", "expected"),
        [([allow()], CANNOT_TELL), ([], CANNOT_TELL), ([deny()], DENIED)],
        ids=["allowed so far", "not allowed so far", "denied"],
    )
    def test_a_policy_that_could_not_be_read_leaves_only_a_deny_certain(self, statements, expected):
        held = identity(*statements, complete=False)
        assert identity_access(ask(), held).decision is expected

    def test_a_wanted_pattern_is_allowed_in_whole_in_part_or_not(self):
        wanted = ask("logs:PutLogEvents", f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:app*")
        held = partial(allow, "logs:*")
        whole = held(f"arn:aws:logs:*:{ACCOUNT}:log-group:*")
        part = held(f"arn:aws:logs:*:{ACCOUNT}:log-group:app-1")
        none = held(f"arn:aws:logs:*:{ACCOUNT}:log-group:web*")
        decisions = [identity_access(wanted, identity(one)).decision for one in (whole, part, none)]
        assert decisions == [ALLOWED, CANNOT_TELL, NOT_ALLOWED]

    def test_an_action_without_resources_needs_a_star(self):
        wanted = ask("ecr:GetAuthorizationToken", "*")
        assert identity_access(wanted, identity(allow("ecr:*"))).decision is ALLOWED
        narrow = identity(allow("ecr:*", "arn:aws:ecr:eu-west-1:1:repository/a"))
        assert identity_access(wanted, narrow).decision is NOT_ALLOWED

    def test_a_user_is_known_by_name(self):
        held = identity(allow("s3:*", "arn:aws:s3:::home/${aws:username}/*"))
        wanted = ask("s3:GetObject", "arn:aws:s3:::home/ann/x", USER)
        assert identity_access(wanted, held).decision is ALLOWED

    def test_what_is_missing_of_several_actions_is_named(self):
        held = identity(
            allow("logs:CreateLogStream"),
            allow("logs:Put*"),
            allow("ssm:*", Condition={"Bool": {"aws:SecureTransport": "true"}}),
            deny("logs:PutRetentionPolicy"),
        )
        wanted = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:PutRetentionPolicy"]
        wanted += ["logs:CreateLogGroup", "ssm:GetParameter"]
        found = own_actions(ask(resource="*"), wanted, held)
        assert found.missing == ("logs:PutRetentionPolicy", "logs:CreateLogGroup")
        assert found.undecided == ("ssm:GetParameter",)
        assert found.allowed is Answer.NO
        assert len(found.reasons) == 3


class TestResources:
    @pytest.mark.parametrize(
        ("principal", "expected"),
        [
            pytest.param({"AWS": ROLE_ARN}, ALLOWED, id="its ARN"),
            pytest.param({"AWS": [USER.arn, ROLE_ARN]}, ALLOWED, id="its ARN in a list"),
            pytest.param({"AWS": ROLE_ARN.upper()}, CANNOT_TELL, id="words that are no principal"),
            pytest.param({"AWS": USER.arn}, NOT_ALLOWED, id="another ARN"),
            pytest.param({"AWS": f"arn:aws:iam::{ACCOUNT}:role/*"}, NOT_ALLOWED, id="a wildcard"),
            pytest.param({"AWS": ROOT}, DELEGATED, id="the root of its account"),
            pytest.param({"AWS": ACCOUNT}, DELEGATED, id="the number of its account"),
            pytest.param({"AWS": OTHER}, NOT_ALLOWED, id="another account"),
            pytest.param({"AWS": [ROOT, ROLE_ARN]}, ALLOWED, id="its account and its ARN"),
            pytest.param("*", ALLOWED, id="everyone"),
            pytest.param({"AWS": "*"}, ALLOWED, id="everyone of AWS"),
            pytest.param({"AWS": SESSION}, CANNOT_TELL, id="one of its sessions"),
            pytest.param(
                {"AWS": SESSION.replace("reader", "x")}, NOT_ALLOWED, id="another role's session"
            ),
            pytest.param(
                {"AWS": SESSION.replace(ACCOUNT, OTHER)}, NOT_ALLOWED, id="a namesake's session"
            ),
            pytest.param(
                {"AWS": f"arn:aws:sts::{ACCOUNT}:federated-user/reader"}, NOT_ALLOWED, id="a user's"
            ),
            pytest.param(
                {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"},
                NOT_ALLOWED,
                id="a distribution",
            ),
            pytest.param({"AWS": "AROA1234567890ABCDEFG"}, ALLOWED, id="its unique id"),
            pytest.param({"AWS": "AROAXXXXXXXXXXXXXXXXX"}, NOT_ALLOWED, id="a deleted role's id"),
            pytest.param({"AWS": []}, NOT_ALLOWED, id="nobody"),
            pytest.param({"Service": "lambda.amazonaws.com"}, NOT_ALLOWED, id="a service"),
            pytest.param(
                {"Federated": "cognito-identity.amazonaws.com"}, NOT_ALLOWED, id="federated"
            ),
            pytest.param({"CanonicalUser": "79a5"}, CANNOT_TELL, id="a canonical user"),
            pytest.param({"Martian": "x"}, CANNOT_TELL, id="a kind that is not known"),
        ],
    )
    def test_a_role_is_met_by_what_names_it(self, principal, expected):
        access = resource_access(ask(), [policy(allow(Principal=principal))])
        assert access.decision is expected

    @pytest.mark.parametrize(
        ("principal", "expected"),
        [
            pytest.param({"Service": "lambda.amazonaws.com"}, ALLOWED, id="itself"),
            pytest.param({"Service": "lambda.eu-west-1.amazonaws.com"}, NOT_ALLOWED, id="regional"),
            pytest.param({"Service": "*"}, ALLOWED, id="every service"),
            pytest.param("*", ALLOWED, id="everyone"),
            pytest.param({"AWS": "*"}, CANNOT_TELL, id="everyone of AWS"),
            pytest.param({"AWS": ROOT}, NOT_ALLOWED, id="an account"),
            pytest.param({"CanonicalUser": "79a5"}, NOT_ALLOWED, id="a canonical user"),
        ],
    )
    def test_a_service_is_met_by_what_names_it(self, principal, expected):
        request = ask(principal=LAMBDA)
        assert resource_access(request, [policy(allow(Principal=principal))]).decision is expected

    def test_the_root_of_an_account_is_named_by_the_account(self):
        request = ask(principal=Principal.identity(ROOT))
        for principal in (ROOT, ACCOUNT):
            access = resource_access(request, [policy(allow(Principal={"AWS": principal}))])
            assert access.decision is ALLOWED

    def test_a_session_that_is_known_is_met_exactly(self):
        request = ask(principal=Principal.identity(ROLE_ARN, session=SESSION))
        for session, expected in ((SESSION, ALLOWED), (SESSION + "2", NOT_ALLOWED)):
            access = resource_access(request, [policy(allow(Principal={"AWS": session}))])
            assert access.decision is expected

    def test_a_deny_of_the_account_denies_everyone_in_it(self):
        held = policy(allow(Principal="*"), deny(Principal={"AWS": ACCOUNT}))
        assert resource_access(ask(), [held]).decision is DENIED

    def test_an_allow_of_all_but_a_few_lets_in_everyone_else(self):
        others = {"Effect": "Allow", "Action": "*", "NotPrincipal": {"AWS": USER.arn}}
        assert resource_access(ask(), [policy(others)]).decision is ALLOWED
        assert resource_access(ask(principal=USER), [policy(others)]).decision is NOT_ALLOWED

    @pytest.mark.parametrize(
        ("spared", "principal", "expected"),
        [
            pytest.param([USER.arn], ROLE, DENIED, id="someone else"),
            pytest.param([ROLE_ARN], ROLE, CANNOT_TELL, id="the role without its account"),
            pytest.param([ROOT, ROLE_ARN], ROLE, CANNOT_TELL, id="without the session"),
            pytest.param(
                [ROOT, ROLE_ARN, SESSION],
                Principal.identity(ROLE_ARN, session=SESSION),
                ALLOWED,
                id="account, role and session",
            ),
            pytest.param([ROOT, USER.arn], USER, ALLOWED, id="account and user"),
            pytest.param([USER.arn], USER, CANNOT_TELL, id="the user without the account"),
            pytest.param([ROOT], Principal.identity(ROOT), ALLOWED, id="the root itself"),
            pytest.param(
                [ROOT, USER.arn],
                Principal.identity(USER_ARN, bounded=True),
                DENIED,
                id="a user with a boundary",
            ),
        ],
    )
    def test_a_deny_of_all_but_a_few_spares_who_is_listed_in_every_form(
        self, spared, principal, expected
    ):
        others = {"Effect": "Deny", "Action": "*", "Resource": "*", "NotPrincipal": {"AWS": spared}}
        held = policy(allow(Principal="*"), others)
        assert resource_access(ask(principal=principal), [held]).decision is expected

    def test_a_deny_of_all_but_a_service_spares_that_service(self):
        others = deny(NotPrincipal={"Service": "lambda.amazonaws.com"})
        held = [policy(allow(Principal="*"), others)]
        assert resource_access(ask(principal=LAMBDA), held).decision is ALLOWED
        sns = Principal.of_service("sns.amazonaws.com")
        assert resource_access(ask(principal=sns), held).decision is DENIED

    def test_a_resource_policy_that_names_nobody_cannot_be_told(self):
        assert resource_access(ask(), [policy(allow())]).decision is CANNOT_TELL

    def test_several_policies_of_one_resource_add_up(self):
        held = [policy(allow("a:b", Principal="*")), policy(allow(Principal="*"))]
        assert resource_access(ask(), held).decision is ALLOWED

    def test_a_deny_for_callers_outside_the_organisation_stops_a_service(self):
        outside = {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}
        held = policy(allow(Principal="*"), deny(Principal="*", Condition=outside))
        assert resource_access(ask(principal=LAMBDA), [held]).decision is DENIED

    def test_a_doubtful_deny_leaves_a_delegation_in_doubt(self):
        doubt = deny(Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}})
        held = policy(allow(Principal={"AWS": ROOT}), doubt)
        assert resource_access(ask(), [held]).decision is CANNOT_TELL

    def test_a_function_lets_in_a_service_for_one_source(self):
        permission = {
            "Sid": "sm",
            "Effect": "Allow",
            "Principal": {"Service": "secretsmanager.amazonaws.com"},
            "Action": "lambda:InvokeFunction",
            "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:rotate",
            "Condition": {"StringEquals": {"AWS:SourceAccount": ACCOUNT}},
        }
        caller = Principal.of_service("secretsmanager.amazonaws.com")
        function = permission["Resource"]
        asked = partial(ask, "lambda:InvokeFunction", function, caller)
        decisions = [
            resource_access(request, [policy(permission)]).decision
            for request in (
                asked(aws_SourceAccount=ACCOUNT),
                asked(aws_SourceAccount=OTHER),
                asked(absent={"aws:SourceAccount"}),
                asked(),
            )
        ]
        assert decisions == [ALLOWED, NOT_ALLOWED, NOT_ALLOWED, CANNOT_TELL]

    def test_a_trust_policy_lets_in_the_service_that_it_names(self):
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        request = ask("sts:AssumeRole", ROLE_ARN, LAMBDA)
        assert resource_access(request, [policy(trust)]).decision is ALLOWED


class TestBothTogether:
    named = policy(allow(Principal={"AWS": ROLE_ARN}))
    anyone = policy(allow(Principal="*"))
    delegating = policy(allow(Principal={"AWS": ROOT}))
    session = policy(allow(Principal={"AWS": SESSION}))

    @pytest.mark.parametrize(
        ("held", "resource", "expected"),
        [
            pytest.param(identity(allow()), [], ALLOWED, id="the identity alone"),
            pytest.param(identity(), [named], ALLOWED, id="the resource alone"),
            pytest.param(identity(), [delegating], NOT_ALLOWED, id="a delegation alone"),
            pytest.param(
                identity(allow()), [policy(deny(Principal="*"))], DENIED, id="a deny there"
            ),
            pytest.param(identity(deny()), [named], DENIED, id="a deny here"),
            pytest.param(None, [named], CANNOT_TELL, id="an identity that was not read"),
            pytest.param(None, [], CANNOT_TELL, id="nothing read and nothing there"),
            pytest.param(
                identity(boundary=[allow("s3:*")]),
                [named],
                NOT_ALLOWED,
                id="a boundary on the role",
            ),
            pytest.param(
                identity(boundary=[allow("s3:*")]), [anyone], ALLOWED, id="a boundary and everyone"
            ),
        ],
    )
    def test_within_one_account_either_suffices(self, held, resource, expected):
        assert effective_access(ask(), held, resource, owner=ACCOUNT).decision is expected

    @pytest.mark.parametrize(
        ("held", "resource", "expected"),
        [
            pytest.param(identity(allow()), [named], ALLOWED, id="both"),
            pytest.param(
                identity(allow()), [delegating], ALLOWED, id="a delegation to the account"
            ),
            pytest.param(identity(allow()), [anyone], ALLOWED, id="everyone"),
            pytest.param(identity(allow()), [], NOT_ALLOWED, id="the identity alone"),
            pytest.param(identity(), [named], NOT_ALLOWED, id="the resource alone"),
            pytest.param(None, [named], CANNOT_TELL, id="an identity that was not read"),
            pytest.param(None, [], NOT_ALLOWED, id="nothing there, whatever the identity says"),
        ],
    )
    def test_across_accounts_both_are_needed(self, held, resource, expected):
        assert effective_access(ask(), held, resource, owner=OTHER).decision is expected

    def test_a_session_that_is_named_is_not_limited_by_the_boundary(self):
        request = ask(principal=Principal.identity(ROLE_ARN, session=SESSION))
        held = identity(boundary=[allow("s3:*")])
        access = effective_access(request, held, [self.session], owner=ACCOUNT)
        assert access.decision is ALLOWED

    def test_a_boundary_makes_a_deny_of_all_but_a_few_certain(self):
        others = deny(NotPrincipal={"AWS": [ROOT, USER.arn]})
        held = identity(allow(), boundary=[allow("*")])
        request = ask(principal=USER)
        assert effective_access(request, held, [policy(others)], owner=ACCOUNT).decision is DENIED

    def test_a_service_has_no_policies_of_its_own(self):
        held = [policy(allow(Principal={"Service": "lambda.amazonaws.com"}))]
        request = ask(principal=LAMBDA)
        assert effective_access(request, None, held, owner=ACCOUNT).decision is ALLOWED
        assert effective_access(request, None, [], owner=ACCOUNT).decision is NOT_ALLOWED


@pytest.mark.parametrize("arn", ["", "reader", "arn:aws:s3:::b", "arn:aws:iam::1:role/x"])
def test_only_arns_of_iam_are_identities(arn):
    with pytest.raises(ValueError, match="not the ARN"):
        Principal.identity(arn)


def test_principals_are_shown_by_what_names_them():
    assert str(ROLE) == ROLE_ARN
    assert str(LAMBDA) == "lambda.amazonaws.com"
    assert [one.kind for one in (ROLE, USER, LAMBDA)] == ["role", "user", "service"]
