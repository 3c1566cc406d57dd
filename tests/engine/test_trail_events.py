"""An event is reduced to who and from where as it arrives; nothing else of it is kept."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.answer import Item, Unanswered
from auditor.query import aws_names, prune
from auditor.trail.events import LONGEST_EVENT, LOOKUP, Event, actor_of
from tests.engine.trails import ROLE, assumed, event
from tests.kit import ACCOUNT, HERE

SSO = "AWSReservedSSO_Admin_0123456789abcdef"


def read(sent):
    return Item(LOOKUP, HERE, prune(Event, sent), "k").read()


@pytest.mark.parametrize(
    ("identity", "principal", "session"),
    [
        pytest.param(assumed(), ROLE, "jane@example.com", id="assumed role"),
        pytest.param(
            {k: v for k, v in assumed().items() if k != "sessionContext"},
            f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/jane@example.com",
            "jane@example.com",
            id="assumed role without a session context",
        ),
        pytest.param(
            {"type": "AssumedRole", "principalId": "AROA:deploy"}, "AROA:deploy", "deploy",
            id="assumed role without an ARN",
        ),
        pytest.param(
            assumed("jane@example.com", f"aws-reserved/sso.amazonaws.com/{SSO}"),
            f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/{SSO}",
            "jane@example.com",
            id="single sign-on",
        ),
        pytest.param(
            {"type": "Root", "principalId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root"},
            f"arn:aws:iam::{ACCOUNT}:root", "", id="root",
        ),
        pytest.param(
            {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/Alice", "userName": "Alice"},
            f"arn:aws:iam::{ACCOUNT}:user/Alice", "", id="IAM user",
        ),
        pytest.param(
            {"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"},
            "autoscaling.amazonaws.com", "", id="AWS service",
        ),
        pytest.param(
            {"type": "AWSAccount", "principalId": "AROAX:other", "accountId": "210987654321"},
            "AROAX:other", "", id="another account",
        ),
        pytest.param(
            {
                "type": "FederatedUser",
                "arn": f"arn:aws:sts::{ACCOUNT}:federated-user/Bob",
                "sessionContext": {"sessionIssuer": {"arn": f"arn:aws:iam::{ACCOUNT}:user/Alice"}},
            },
            f"arn:aws:iam::{ACCOUNT}:user/Alice", "Bob", id="federated user",
        ),
        pytest.param(
            {"type": "WebIdentityUser", "userName": "42", "identityProvider": "accounts.google.com"},
            "accounts.google.com", "42", id="web identity",
        ),
        pytest.param(
            {"type": "SAMLUser", "principalId": "abc:bob", "userName": "bob"},
            "abc:bob", "bob", id="SAML",
        ),
        pytest.param(
            {"type": "IdentityCenterUser", "accountId": ACCOUNT, "onBehalfOf": {
                "userId": "u-1", "identityStoreArn": "arn:aws:identitystore::1:identitystore/d-1"}},
            "arn:aws:identitystore::1:identitystore/d-1", "u-1", id="Identity Center",
        ),
        pytest.param({"type": "Martian", "userName": "zork"}, "zork", "", id="unknown type"),
        pytest.param({"type": ["Root"], "arn": {"a": 1}}, "", "", id="other types"),
        pytest.param("root", "", "", id="no object"),
    ],
)  # fmt: skip
def test_who_is_behind_the_credentials(identity, principal, session):
    by = read(event(identity=identity)).by
    assert (by.principal, by.session) == (principal, session)


def test_aws_knows_the_call_and_what_is_kept_of_it():
    import botocore.session

    model = botocore.session.Session().get_service_model(LOOKUP.service)
    output = model.operation_model(LOOKUP.call).output_shape
    members = output.members[LOOKUP.each].member.members
    assert {name for names in aws_names(Event).values() for name in names} - {
        "eventId", "eventName", "eventTime", "eventSource", "readOnly", "username"
    } <= set(members)  # fmt: skip


def test_a_service_that_called_for_somebody_is_the_source():
    by = read(event(identity={**assumed(), "invokedBy": "cloudformation.amazonaws.com"})).by
    assert (by.principal, by.source) == (ROLE, "cloudformation.amazonaws.com")


def test_the_user_agent_is_shortened_at_a_word():
    assert read(event()).by.agent == "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.8"
    assert read(event(userAgent="a" * 5000)).by.agent == "a" * 60


def test_nothing_of_the_request_and_no_key_is_kept():
    kept = json.dumps(prune(Event, event()))
    assert "hunter2" not in kept
    assert "ASIA" not in kept
    assert "requestParameters" not in kept


@pytest.mark.parametrize(
    "sent",
    ["", "{", "[]", "null", 7, None, "[" * 200_000, '"' + "x" * LONGEST_EVENT + '"',
     '{"userIdentity": [], "readOnly": "false", "awsRegion": 1}'],
    ids=["empty", "cut off", "list", "null", "number", "none", "nested", "long", "odd"],
)  # fmt: skip
def test_an_event_that_cannot_be_read_names_nobody(sent):
    by = read({**event(), "CloudTrailEvent": sent}).by
    assert (by.principal, by.read_only) == ("", "")


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner:
       st.lists(inner) | st.dictionaries(st.sampled_from(
           ["userIdentity", "type", "arn", "sessionContext", "sessionIssuer", "readOnly"]), inner)))  # fmt: skip
def test_whatever_an_event_holds_it_is_reduced_to_bounded_words(value):
    for said in actor_of(json.dumps(value)).values():
        assert isinstance(said, bool) or len(said) <= 600


@pytest.mark.parametrize(
    ("said", "inside", "error", "wrote"),
    [("false", False, "", True), ("true", False, "", False), (None, False, "", True),
     (None, True, "", False), (None, None, "", False), ("false", False, "AccessDenied", False)],
)  # fmt: skip
def test_a_write_is_one_that_says_so_and_was_let_through(said, inside, error, wrote):
    more = {"errorCode": error} if error else {}
    assert read(event(read_only=said, readOnly=inside, **more)).wrote is wrote


@pytest.mark.parametrize("time", [None, "yesterday", True, 1e300, "2026-11-20T10:00:00", [1]])
def test_an_event_without_a_time_is_unanswered(time):
    with pytest.raises(Unanswered):
        read({**event(), "EventTime": time})
