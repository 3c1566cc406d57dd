"""Whom a resource policy lets in: anyone, others, ghosts, services, or nobody."""

import pytest

from probes.analysis.answers import Answer
from probes.analysis.narrowing import Narrowing
from probes.analysis.policy import parse
from probes.analysis.policy_exposure import (
    dangling_principals,
    foreign_accounts,
    is_administered,
    public_statements,
    unguarded_services,
    wide_principals,
)

ACCOUNT, OTHER = "111122223333", "999999999999"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/admin"


def allow(principal="*", action="kms:Decrypt", **elements):
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"} | elements


def deny(principal="*", action="kms:*", **elements):
    return allow(principal, action, **elements) | {"Effect": "Deny"}


def when(operator, key, *values):
    return {"Condition": {operator: {key: list(values)}}}


def policy(*statements):
    return parse({"Version": "2012-10-17", "Statement": list(statements)})


def narrowing_of(*statements):
    """The narrowing of the one statement that is public, or NARROWED if none is."""
    found = public_statements(policy(*statements))
    return found[0].narrowing if found else Narrowing.NARROWED


class TestPublic:
    @pytest.mark.parametrize(
        "statement",
        [
            pytest.param(allow("*"), id="a star"),
            pytest.param(allow({"AWS": "*"}), id="a star of AWS"),
            pytest.param(allow({"AWS": [ROOT, "*"]}), id="a star among others"),
            pytest.param(
                {"Effect": "Allow", "NotPrincipal": {"AWS": ROOT}, "Action": "kms:*"},
                id="everyone but one",
            ),
        ],
    )
    def test_an_allow_for_anyone_is_public(self, statement):
        assert narrowing_of(statement) is Narrowing.NONE

    @pytest.mark.parametrize(
        "statement",
        [
            allow({"AWS": ROOT}),
            allow({"AWS": f"arn:aws:iam::{OTHER}:root"}),
            allow({"Service": "logs.eu-west-1.amazonaws.com"}),
            deny("*"),
        ],
        ids=["own account", "other account", "service", "deny"],
    )
    def test_what_is_for_some_or_denies_is_not(self, statement):
        assert public_statements(policy(statement)) == ()

    @pytest.mark.parametrize(
        ("operator", "key", "value"),
        [
            ("StringEquals", "kms:CallerAccount", ACCOUNT),
            ("StringEquals", "aws:PrincipalAccount", ACCOUNT),
            ("StringEquals", "AWS:PRINCIPALORGID", "o-abc"),
            ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-abc/r-1/*"),
            ("StringEqualsIgnoreCase", "aws:SourceVpce", "vpce-1"),
            ("StringEquals", "aws:SourceVpc", "vpc-1"),
            ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"),
            ("ArnEquals", "aws:SourceArn", "arn:aws:s3:::bucket"),
            ("StringLike", "aws:SourceArn", f"arn:aws:sns:*:{ACCOUNT}:*"),
            ("StringEquals", "aws:SourceAccount", ACCOUNT),
            ("StringEquals", "aws:SourceOrgID", "o-abc"),
            ("StringLike", "aws:userid", "AROA1234567890ABCDEFG:*"),
        ],
    )
    def test_a_condition_on_a_known_caller_narrows(self, operator, key, value):
        assert narrowing_of(allow(**when(operator, key, value))) is Narrowing.NARROWED

    @pytest.mark.parametrize(
        ("operator", "key", "value"),
        [
            pytest.param("StringEquals", "kms:ViaService", "s3.eu.amazonaws.com", id="via service"),
            pytest.param("StringEquals", "kms:EncryptionContext:a", "b", id="encryption context"),
            pytest.param("StringEquals", "aws:PrincipalTag/a", "b", id="a tag of the caller"),
            pytest.param("Bool", "aws:SecureTransport", "true", id="transport"),
            pytest.param("ForAllValues:StringEquals", "kms:CallerAccount", ACCOUNT, id="for all"),
            pytest.param("StringEqualsIfExists", "kms:CallerAccount", ACCOUNT, id="if exists"),
            pytest.param("StringNotEquals", "kms:CallerAccount", OTHER, id="negated"),
            pytest.param("Null", "aws:PrincipalOrgID", "false", id="presence"),
            pytest.param("StringLike", "kms:CallerAccount", "*", id="any account"),
            pytest.param("StringLike", "kms:CallerAccount", "1111*", id="many accounts"),
            pytest.param("ArnLike", "aws:PrincipalArn", "*", id="any ARN"),
            pytest.param(
                "ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/a", id="any account's"
            ),
            pytest.param("ArnLike", "aws:SourceArn", "arn:aws:s3:::*", id="any bucket"),
            pytest.param("StringLike", "aws:PrincipalOrgID", "o-*", id="any organisation"),
            pytest.param("IpAddress", "aws:SourceIp", "0.0.0.0/0", id="any address"),
            pytest.param("IpAddress", "aws:SourceIp", "::/0", id="any address of version 6"),
            pytest.param("IpAddress", "aws:SourceIp", "here", id="no address"),
        ],
    )
    def test_a_condition_that_anyone_can_meet_does_not_narrow(self, operator, key, value):
        assert narrowing_of(allow(**when(operator, key, value))) is Narrowing.NONE

    def test_one_value_that_fits_all_undoes_the_others(self):
        statement = allow(**when("StringLike", "kms:CallerAccount", ACCOUNT, "*"))
        assert narrowing_of(statement) is Narrowing.NONE

    def test_via_service_joined_with_an_account_narrows(self):
        condition = {
            "StringEquals": {
                "kms:CallerAccount": ACCOUNT,
                "kms:ViaService": "ec2.eu-west-1.amazonaws.com",
            }
        }
        assert narrowing_of(allow(Condition=condition)) is Narrowing.NARROWED

    def test_addresses_alone_are_weak(self):
        assert narrowing_of(allow(**when("IpAddress", "aws:SourceIp", "203.0.113.0/24"))) is (
            Narrowing.WEAK
        )

    def test_blocks_that_together_hold_every_address_do_not_narrow(self):
        halves = when("IpAddress", "aws:SourceIp", "0.0.0.0/1", "128.0.0.0/1")
        assert narrowing_of(allow(**halves)) is Narrowing.NONE

    @pytest.mark.parametrize(
        ("operator", "value"),
        [("StringMatches", ACCOUNT), ("StringEquals", "${aws:ResourceAccount}")],
    )
    def test_an_operator_or_variable_that_is_not_understood_cannot_be_told(self, operator, value):
        statement = allow(**when(operator, "aws:PrincipalAccount", value))
        assert narrowing_of(statement) is Narrowing.CANNOT_TELL

    @pytest.mark.parametrize(
        ("denied", "expected"),
        [
            pytest.param(
                deny(**when("StringNotEquals", "aws:PrincipalOrgID", "o-1")),
                Narrowing.NARROWED,
                id="of everyone outside an organisation",
            ),
            pytest.param(
                deny(**when("StringNotEqualsIfExists", "aws:PrincipalOrgID", "o-1")),
                Narrowing.NARROWED,
                id="of those without the key too",
            ),
            pytest.param(deny(), Narrowing.NARROWED, id="of everyone"),
            pytest.param(
                {"Effect": "Deny", "NotPrincipal": {"AWS": ROOT}, "Action": "*", "Resource": "*"},
                Narrowing.NARROWED,
                id="of all but a few",
            ),
            pytest.param(
                {"Effect": "Deny", "NotPrincipal": "*", "Action": "*", "Resource": "*"},
                Narrowing.NONE,
                id="of all but everyone",
            ),
            pytest.param(
                deny(
                    Condition={
                        "StringNotEquals": {"aws:PrincipalOrgID": "o-1"},
                        "Bool": {"aws:PrincipalIsAWSService": "false"},
                    }
                ),
                Narrowing.CANNOT_TELL,
                id="with an exemption more",
            ),
            pytest.param(
                deny(
                    Condition={
                        "Bool": {"aws:SecureTransport": "false"},
                        "NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"},
                    }
                ),
                Narrowing.NONE,
                id="of some, from some addresses",
            ),
            pytest.param(
                deny(**when("NotIpAddress", "aws:SourceIp", "203.0.113.0/24")),
                Narrowing.WEAK,
                id="of all but some addresses",
            ),
            pytest.param(
                deny(**when("Bool", "aws:SecureTransport", "false")),
                Narrowing.NONE,
                id="of plain HTTP",
            ),
            pytest.param(deny(action="kms:Encrypt"), Narrowing.NONE, id="of another action"),
            pytest.param(
                deny(Resource="arn:aws:kms:eu:1:key/2"), Narrowing.NONE, id="of another resource"
            ),
            pytest.param(deny({"AWS": OTHER}), Narrowing.NONE, id="of one account"),
            pytest.param(
                deny(**when("StringEquals", "aws:PrincipalOrgID", "o-1")),
                Narrowing.NONE,
                id="of one organisation",
            ),
        ],
    )
    def test_a_deny_narrows_as_far_as_it_spares_only_known_callers(self, denied, expected):
        assert narrowing_of(allow(), denied) is expected

    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            pytest.param(
                {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}, "Bool": {"a:b": "false"}},
                Narrowing.CANNOT_TELL,
                id="known callers, and another limit",
            ),
            pytest.param(
                {"Quantum": {"aws:PrincipalOrgID": "o-1"}, "Bool": {"a:b": "false"}},
                Narrowing.CANNOT_TELL,
                id="perhaps known callers, and another limit",
            ),
            pytest.param(
                {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "Bool": {"a:b": "false"}},
                Narrowing.NONE,
                id="known addresses, and another limit",
            ),
        ],
    )
    def test_a_deny_with_two_conditions_narrows_at_most_perhaps(self, condition, expected):
        assert narrowing_of(allow(), deny(Condition=condition)) is expected

    def test_a_deny_of_everything_encloses_an_allow_of_all_but_something(self):
        open_to_all = {"Effect": "Allow", "Principal": "*", "NotAction": "s3:DeleteBucket"}
        org = when("StringNotEquals", "aws:PrincipalOrgID", "o-1")
        assert narrowing_of(open_to_all, deny(action="*", **org)) is Narrowing.NARROWED
        assert narrowing_of(open_to_all, deny(action="s3:*", **org)) is Narrowing.NONE

    def test_a_deny_without_resource_encloses_every_allow(self):
        denied = {"Effect": "Deny", "Principal": "*", "Action": "*"}
        assert narrowing_of(allow(), denied) is Narrowing.NARROWED


class TestServices:
    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            pytest.param({}, Narrowing.NONE, id="nothing"),
            pytest.param(
                when("StringEquals", "aws:SourceAccount", ACCOUNT), Narrowing.NARROWED, id="account"
            ),
            pytest.param(
                when("ArnLike", "aws:SourceArn", f"arn:aws:sns:*:{ACCOUNT}:*"),
                Narrowing.NARROWED,
                id="resource",
            ),
            pytest.param(
                when(
                    "ArnLike",
                    "kms:EncryptionContext:aws:logs:arn",
                    f"arn:aws:logs:eu-west-1:{ACCOUNT}:*",
                ),
                Narrowing.NARROWED,
                id="encryption context",
            ),
            pytest.param(
                when("ArnLike", "kms:EncryptionContext:aws:logs:arn", "arn:aws:logs:*:*:*"),
                Narrowing.NONE,
                id="any account's encryption context",
            ),
            pytest.param(
                when("StringEquals", "kms:CallerAccount", ACCOUNT), Narrowing.NONE, id="caller"
            ),
            pytest.param(
                when("StringEqualsIfExists", "aws:SourceAccount", ACCOUNT),
                Narrowing.NONE,
                id="account if it is said",
            ),
        ],
    )
    def test_a_service_is_guarded_by_whom_it_comes_for(self, condition, expected):
        held = policy(allow({"Service": ["a.amazonaws.com", "b.amazonaws.com"]}, **condition))
        found = unguarded_services(held)
        narrowing = found[0].narrowing if found else Narrowing.NARROWED
        assert narrowing is expected
        assert all(one.services == ("a.amazonaws.com", "b.amazonaws.com") for one in found)

    def test_a_deny_of_a_service_needs_no_guard(self):
        assert unguarded_services(policy(deny({"Service": "a.amazonaws.com"}))) == ()


class TestOtherAccounts:
    @pytest.mark.parametrize(
        ("statement", "expected"),
        [
            pytest.param(allow({"AWS": f"arn:aws:iam::{OTHER}:root"}), [OTHER], id="its root"),
            pytest.param(allow({"AWS": OTHER}), [OTHER], id="its number"),
            pytest.param(allow({"AWS": f"arn:aws:iam::{OTHER}:role/x"}), [OTHER], id="its role"),
            pytest.param(
                allow({"AWS": f"arn:aws:sts::{OTHER}:assumed-role/x/s"}), [OTHER], id="its session"
            ),
            pytest.param(
                allow(**when("StringEquals", "kms:CallerAccount", OTHER)),
                [OTHER],
                id="by condition",
            ),
            pytest.param(
                allow(**when("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{OTHER}:role/*")),
                [OTHER],
                id="by the ARN of a condition",
            ),
            pytest.param(
                allow(**when("StringNotEquals", "kms:CallerAccount", OTHER)), [], id="all but it"
            ),
            pytest.param(allow(**when("StringEquals", "aws:SourceVpc", "vpc-1")), [], id="a VPC"),
            pytest.param(allow(**when("ArnLike", "aws:PrincipalArn", "*")), [], id="no account"),
            pytest.param(allow({"AWS": ROOT}), [], id="own account"),
            pytest.param(allow({"AWS": "555555555555"}), [], id="trusted account"),
            pytest.param(deny({"AWS": OTHER}), [], id="a deny"),
        ],
    )
    def test_those_that_are_let_in_are_named(self, statement, expected):
        found = foreign_accounts(policy(statement), ACCOUNT, ["555555555555"])
        assert [one.account for one in found] == expected


def test_the_ids_of_deleted_principals_are_found():
    held = policy(
        allow({"AWS": ["AROA1234567890ABCDEFG", ROOT]}),
        {"Effect": "Deny", "NotPrincipal": {"AWS": "AIDA1234567890ABCDEFG"}, "Action": "*"},
    )
    ghosts = [one.value for _, one in dangling_principals(held)]
    assert ghosts == ["AROA1234567890ABCDEFG", "AIDA1234567890ABCDEFG"]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param(allow({"AWS": [ADMIN, ROOT]}, "kms:*"), [ADMIN], id="every action"),
        pytest.param(allow({"AWS": ADMIN}, "*"), [ADMIN], id="every action of every service"),
        pytest.param(
            {"Effect": "Allow", "Principal": {"AWS": ADMIN}, "NotAction": "s3:*"},
            [ADMIN],
            id="every action but another service's",
        ),
        pytest.param(
            {
                "Effect": "Allow",
                "Principal": {"AWS": ADMIN},
                "NotAction": "kms:ScheduleKeyDeletion",
            },
            [],
            id="every action but one",
        ),
        pytest.param(allow({"AWS": ADMIN}, "kms:De*"), [], id="some actions"),
        pytest.param(allow({"AWS": ACCOUNT}, "kms:*"), [], id="the account"),
        pytest.param(allow("*", "kms:*"), [], id="everyone"),
        pytest.param(deny({"AWS": ADMIN}), [], id="a deny"),
    ],
)
def test_users_and_roles_with_every_action_are_found(statement, expected):
    assert [one.value for _, one in wide_principals(policy(statement), "kms")] == expected


ORG = when("StringEquals", "aws:PrincipalOrgID", "o-1")


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        pytest.param([allow({"AWS": ROOT}, "kms:*")], Answer.YES, id="the account"),
        pytest.param([allow({"AWS": ADMIN}, "kms:Put*")], Answer.YES, id="a role"),
        pytest.param([allow("*", "kms:*")], Answer.YES, id="everyone"),
        pytest.param(
            [allow("*", "kms:*", **when("StringEquals", "kms:CallerAccount", ACCOUNT))],
            Answer.YES,
            id="everyone of the account",
        ),
        pytest.param(
            [{"Effect": "Allow", "Principal": {"AWS": ROOT}, "NotAction": "kms:Decrypt"}],
            Answer.YES,
            id="every action but another",
        ),
        pytest.param([], Answer.NO, id="nobody"),
        pytest.param([allow({"AWS": ROOT}, "kms:Decrypt")], Answer.NO, id="another action"),
        pytest.param([allow({"AWS": OTHER}, "kms:*")], Answer.NO, id="another account"),
        pytest.param([allow({"AWS": "AROA1234567890ABCDEFG"}, "kms:*")], Answer.NO, id="a ghost"),
        pytest.param([allow({"Service": "s.amazonaws.com"}, "kms:*")], Answer.NO, id="a service"),
        pytest.param([allow({"AWS": ROOT}, "kms:*", **ORG)], Answer.CANNOT_TELL, id="a condition"),
        pytest.param([allow({"AWS": ROOT}, "kms:*"), deny()], Answer.NO, id="denied to all"),
        pytest.param(
            [allow({"AWS": ROOT}, "kms:*"), deny({"AWS": ACCOUNT})], Answer.NO, id="denied to it"
        ),
        pytest.param(
            [allow({"AWS": ROOT}, "kms:*"), deny(**ORG)], Answer.CANNOT_TELL, id="denied perhaps"
        ),
        pytest.param(
            [allow({"AWS": ROOT}, "kms:*"), deny({"AWS": ADMIN})], Answer.YES, id="denied to one"
        ),
        pytest.param(
            [allow({"AWS": ADMIN}, "kms:*"), deny({"AWS": ADMIN})],
            Answer.CANNOT_TELL,
            id="one allowed and one denied",
        ),
        pytest.param(
            [
                allow({"AWS": ROOT}, "kms:*"),
                {"Effect": "Deny", "NotPrincipal": {"AWS": ROOT}, "Action": "kms:*"},
            ],
            Answer.CANNOT_TELL,
            id="denied to all but some",
        ),
    ],
)
def test_a_key_that_nobody_can_administer_is_found(statements, expected):
    assert is_administered([policy(*statements)], ACCOUNT, "kms:PutKeyPolicy") is expected
