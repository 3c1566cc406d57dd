import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis import key_policies
from probes.analysis.answers import CannotTell
from probes.analysis.policy import read_policy

ARN = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
USER = {
    "Effect": "Allow",
    "Principal": {"AWS": ["a", "b"]},
    "Action": "kms:Decrypt",
    "Resource": "*",
}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def about(**elements):
    return {**{name: value for name, value in USER.items() if name != "Resource"}, **elements}


@pytest.mark.parametrize(
    ("statement", "idle"),
    [
        pytest.param(about(Resource="*"), (), id="this key"),
        pytest.param(about(Resource=ARN), (), id="this key by ARN"),
        pytest.param(about(Resource=["arn:aws:s3:::x", "*"]), (), id="this key among others"),
        pytest.param(about(), ("statement 1",), id="no resource"),
        pytest.param(about(Resource="arn:aws:s3:::x"), ("statement 1",), id="another"),
        pytest.param(about(NotResource="*"), ("statement 1",), id="all but every key"),
        pytest.param(about(NotResource="arn:aws:s3:::x"), (), id="all but another"),
        pytest.param(about(Resource="arn:aws:kms:*:*:key/*"), (), id="a pattern"),
    ],
)
def test_a_statement_that_is_not_about_the_key_has_no_effect(statement, idle):
    policy = read_policy(document(statement))
    effective = key_policies.in_effect(policy, ARN)
    assert effective.idle == idle
    assert len(effective.policy.statements) == (0 if idle else 1)


def test_a_statement_keeps_its_label_when_others_are_left_out():
    policy = read_policy(document(about(), USER))
    [left] = key_policies.in_effect(policy, ARN).policy.statements
    assert left.label == "statement 2"


@given(
    st.text(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
        max_leaves=10,
    ).map(json.dumps)
)
def test_whatever_stands_in_a_policy_reading_it_never_fails(text):
    assert read_policy(text) is not None


def test_why_a_policy_cannot_be_read_is_said():
    found = read_policy("[]")
    assert isinstance(found, CannotTell)
    assert found.reason == "the document is not an object"


def test_a_single_statement_becomes_one_of_several():
    single = json.dumps({"Statement": USER})
    assert key_policies.with_statements(single, USER)["Statement"] == [USER, USER]


def test_a_percent_encoded_policy_is_mended_as_well():
    assert key_policies.with_statements(quote(document(USER)))["Statement"] == [USER]


def test_a_condition_is_added_beside_those_that_are_there():
    there = {**USER, "Condition": {"StringEquals": {"aws:x": "1"}, "Bool": {"aws:y": "true"}}}
    none = {**USER, "Condition": None}
    amended = key_policies.with_condition(
        document(there, none), [0, 1], "StringEquals", "aws:z", "2"
    )
    assert [one["Condition"] for one in amended["Statement"]] == [
        {"StringEquals": {"aws:x": "1", "aws:z": "2"}, "Bool": {"aws:y": "true"}},
        {"StringEquals": {"aws:z": "2"}},
    ]


@pytest.mark.parametrize(
    ("principal", "left"),
    [
        pytest.param({"AWS": ["a", "b"]}, {"AWS": ["b"]}, id="one of two"),
        pytest.param({"AWS": "a", "Service": "s"}, {"Service": "s"}, id="one kind of two"),
        pytest.param({"AWS": "a"}, None, id="the only one"),
        pytest.param("*", "*", id="everyone"),
    ],
)
def test_a_principal_is_taken_out_with_the_statements_for_it_alone(principal, left):
    amended = key_policies.without_principals(
        document({**USER, "Principal": principal}),
        lambda kind, value: (kind, value) == ("AWS", "a"),
    )
    assert amended["Statement"] == ([{**USER, "Principal": left}] if left else [])


def test_a_deny_keeps_its_principals():
    denied = {**USER, "Effect": "Deny"}
    assert key_policies.without_principals(document(denied), lambda *_: True)["Statement"] == [
        denied
    ]
