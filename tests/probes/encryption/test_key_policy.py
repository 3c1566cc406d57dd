import json
import shlex

import boto3
import pytest

from probes.aws import kms
from probes.encryption.key_policy import KeyPolicy
from tests.kit import Absent, Case, audit, check_case, findings_of, the_finding, verdicts
from tests.probes.encryption.keys import ACCOUNT, ARN, OTHER, ROOT, allow, key, policy

PROBE = KeyPolicy()
GHOST = "AROAIOSFODNN7EXAMPLE00"
THEIR_ROOT = {"AWS": f"arn:aws:iam::{OTHER}:root"}
OPERATOR = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/operator"}


NOT_SHARED = Absent("NotFoundException")


def answers(*statements, shared=NOT_SHARED, **changes):
    return {**key(*statements, **changes), kms.SHARED_POLICY: {ARN: shared}}


def only(*statements):
    return {**answers(), kms.POLICY: {ARN: policy(*statements)}}


def when(operator, name, *values):
    return {operator: {name: list(values)}}


def public(name, condition, verdict, code=None, **more):
    statement = allow("*", condition=condition) if condition else allow("*")
    return Case(name, answers(statement), verdict, code, part="public", **more)


CALLER = when("StringEquals", "kms:CallerAccount", ACCOUNT)
VIA = when("StringEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com")
THROUGH = {"StringEquals": {**CALLER["StringEquals"], **VIA["StringEquals"]}}

PUBLIC = [
    Case("the default policy", answers(), "pass", part="public"),
    public("anyone", None, "drift", "public", severity="critical", found=["statement 2"]),
    Case("anyone of AWS", answers(allow({"AWS": "*"})), "drift", "public", part="public"),
    Case(
        "everyone but one",
        only(ROOT, {
            "Effect": "Allow", "NotPrincipal": THEIR_ROOT, "Action": "kms:*", "Resource": "*",
        }),
        "drift",
        "public",
        part="public",
    ),
    public("the account's callers", CALLER, "pass"),
    public("through a service, from anywhere", VIA, "drift", "public"),
    public("through a service, from the account", THROUGH, "pass"),
    public("the organisation", when("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3"), "pass"),
    public("an account that is a wildcard", when("StringLike", "kms:CallerAccount", "*"), "drift"),
    public("if the key is there", when("StringEqualsIfExists", "kms:CallerAccount", ACCOUNT), "drift"),
    public(
        "some addresses",
        when("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
        "drift",
        "address-only",
        severity="medium",
    ),
    public("a new operator", when("StringRhymes", "kms:CallerAccount", ACCOUNT), "unknown"),
    Case(
        "a statement without Resource has no effect",
        only(ROOT, {"Effect": "Allow", "Principal": "*", "Action": "kms:*"}),
        "pass",
        part="public",
    ),
    Case(
        "a Deny of all but the account",
        answers(
            allow("*"),
            {
                "Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*",
                "Condition": when("StringNotEquals", "kms:CallerAccount", ACCOUNT),
            },
        ),
        "pass",
        part="public",
    ),
    Case("AWS's own key", answers(allow("*"), KeyManager="AWS"), "not_applicable", part="public"),
    Case("a new manager", answers(KeyManager="ROBOT"), "unknown", part="public"),
    Case(
        "a policy that is none",
        {**answers(), kms.POLICY: {ARN: {"Policy": "{"}}},
        "unknown",
        part="public",
        says="cannot be read",
    ),
]  # fmt: skip

ACCOUNTS = [
    Case("no other", answers(), "pass", part="cross_account"),
    Case(
        "another account may do all",
        answers(allow(THEIR_ROOT, "kms:*")),
        "drift",
        "cross-account",
        part="cross_account",
        severity="high",
        found=[OTHER],
        survives=(kms.SHARED_POLICY,),
    ),
    Case(
        "another account may decrypt",
        answers(allow({"AWS": OTHER}, "kms:Decrypt")),
        "drift",
        part="cross_account",
        severity="medium",
        survives=(kms.SHARED_POLICY,),
    ),
    Case(
        "another account by condition",
        answers(allow("*", "kms:*", condition=when("StringEquals", "kms:CallerAccount", OTHER))),
        "drift",
        part="cross_account",
        severity="high",
        survives=(kms.SHARED_POLICY,),
    ),
    Case(
        "another account may only encrypt",
        answers(allow(THEIR_ROOT, "kms:Encrypt")),
        "pass",
        part="cross_account",
        says="may do single things",
    ),
    Case(
        "one role of another account",
        answers(allow({"AWS": f"arn:aws:iam::{OTHER}:role/reader"}, "kms:Decrypt")),
        "pass",
        part="cross_account",
        says="role/reader",
    ),
    Case(
        "an account that is trusted",
        answers(allow(THEIR_ROOT, "kms:*")),
        "pass",
        part="cross_account",
        settings={"trusted_accounts": [OTHER]},
    ),
    Case(
        "shared through Resource Access Manager",
        answers(shared=policy(allow({"AWS": OTHER}, "kms:Decrypt"))),
        "drift",
        "cross-account",
        part="cross_account",
        says="by a resource share",
    ),
    Case(
        "a share that cannot be read",
        answers(shared={"Policy": "[]"}),
        "unknown",
        part="cross_account",
    ),
]

ADMINISTRATION = [
    Case("the root", answers(), "pass", part="lockout"),
    Case("a role of the account", only(allow(OPERATOR, "kms:Put*")), "pass", part="lockout"),
    Case(
        "nobody",
        only(allow(OPERATOR, "kms:Decrypt"), allow(THEIR_ROOT, "kms:*")),
        "gap",
        "lockout",
        part="lockout",
        severity="high",
    ),
    Case(
        "all but decryption",
        only({"Effect": "Allow", "Principal": OPERATOR, "NotAction": "kms:Decrypt", "Resource": "*"}),
        "pass",
        part="lockout",
    ),
    Case(
        "a role that was deleted",
        only(allow({"AWS": GHOST}, "kms:*")),
        "gap",
        "lockout",
        part="lockout",
    ),
    Case(
        "about another key",
        only({**ROOT, "Resource": ARN.replace("1234abcd", "4321abcd")}),
        "gap",
        "lockout",
        part="lockout",
        says="has no effect",
    ),
    Case(
        "under a condition that cannot be told",
        only({**ROOT, "Condition": when("StringEquals", "aws:RequestedRegion", "us-east-1")}),
        "unknown",
        part="lockout",
    ),
    Case("an administrator", answers(allow(OPERATOR, "kms:*")), "drift", "wide-admin",
         part="wide_admin", severity="medium", found=[OPERATOR["AWS"]]),
    Case("a user of the key", answers(allow(OPERATOR, "kms:Decrypt")), "pass", part="wide_admin"),
]  # fmt: skip

SERVICE = {"Service": "sns.amazonaws.com"}
OTHERS = [
    Case(
        "a service for anyone",
        answers(allow(SERVICE)),
        "gap",
        "service-confused-deputy",
        part="service_confused_deputy",
        severity="low",
        found=["sns.amazonaws.com"],
    ),
    Case(
        "a service for the account",
        answers(allow(SERVICE, condition=when("StringEquals", "aws:SourceAccount", ACCOUNT))),
        "pass",
        part="service_confused_deputy",
    ),
    Case(
        "EventBridge",
        answers(allow({"Service": "events.amazonaws.com"})),
        "pass",
        part="service_confused_deputy",
        says="cannot be held to a source",
    ),
    Case(
        "CloudWatch Logs is judged elsewhere",
        answers(allow({"Service": "logs.us-east-1.amazonaws.com"})),
        "pass",
        part="service_confused_deputy",
    ),
    Case(
        "a service under a new operator",
        answers(allow(SERVICE, condition=when("StringRhymes", "aws:SourceAccount", ACCOUNT))),
        "unknown",
        part="service_confused_deputy",
    ),
    Case("nobody deleted", answers(allow(OPERATOR)), "pass", part="dangling_principal"),
    Case(
        "a deleted role",
        answers(allow({"AWS": [GHOST, OPERATOR["AWS"]]})),
        "drift",
        "dangling-principal",
        part="dangling_principal",
        severity="low",
        found=[GHOST],
    ),
]
CASES = PUBLIC + ACCOUNTS + ADMINISTRATION + OTHERS


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def fixed(case_id):
    """The policy that the fix of a case puts."""
    case = next(case for case in CASES if case.id == case_id)
    command = the_finding(case, findings_of(PROBE, case)).fix.cli
    words = shlex.split(command)
    return json.loads(words[words.index("--policy") + 1])


def test_the_fix_for_an_open_key_keeps_it_to_the_account():
    assert fixed("anyone")["Statement"] == [
        ROOT,
        allow("*", condition={"StringEquals": {"kms:CallerAccount": ACCOUNT}}),
    ]


def test_the_fix_for_a_ghost_takes_it_out_and_leaves_the_others():
    assert fixed("a deleted role")["Statement"] == [ROOT, allow({"AWS": [OPERATOR["AWS"]]})]


def test_the_fix_for_another_account_takes_its_statement_out():
    assert fixed("another account may do all")["Statement"] == [ROOT]


@pytest.mark.parametrize("case_id", ["anyone", "a service for anyone", "a deleted role"])
def test_a_fixed_policy_passes(case_id):
    case = next(case for case in CASES if case.id == case_id)
    mended = Case(
        "mended", {**case.answers, kms.POLICY: {ARN: {"Policy": json.dumps(fixed(case_id))}}},
        "pass", part=case.part,
    )  # fmt: skip
    check_case(PROBE, mended)


def test_on_an_account(aws):
    client = boto3.client("kms", "us-east-1")
    closed = client.create_key(Policy=policy(ROOT)["Policy"])["KeyMetadata"]["KeyId"]
    open_ = client.create_key(Policy=policy(ROOT, allow("*"))["Policy"])["KeyMetadata"]["KeyId"]
    found = audit(KeyPolicy)
    assert verdicts(found, "public") == {closed: "pass", open_: "drift"}
    assert verdicts(found, "lockout") == {closed: "pass", open_: "pass"}
    assert verdicts(found, "cross_account") == {closed: "pass", open_: "pass"}
