"""What AWS, the network and hostile answers say instead of an answer."""

import time

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from auditor.answer import Place, Why
from auditor.collect import collect, refusal_of
from auditor.facts import Facts
from auditor.query import Query, Shape
from tests.engine.wire import (
    KEY,
    KEYS,
    ROTATION,
    Fault,
    Wire,
    arn,
    collected,
    keys,
    opened,
    regions,
)
from tests.kit import ACCOUNT, HERE

pytestmark = pytest.mark.usefixtures("credentials")


class Rule(Shape):
    name: str


def the_refusal(inventory, query):
    (said,) = inventory.refusals(query, HERE)
    return said


@pytest.mark.parametrize(
    ("answer", "why", "code"),
    [
        (Fault("AccessDeniedException"), Why.DENIED, "AccessDeniedException"),
        (Fault("NobodyKnows", 403), Why.DENIED, "NobodyKnows"),
        (Fault("ThrottlingException"), Why.THROTTLED, "ThrottlingException"),
        (Fault("ExpiredTokenException", 403), Why.OTHER, "ExpiredTokenException"),
        (Fault("UnrecognizedClientException", 403), Why.OTHER, "UnrecognizedClientException"),
        (Fault("KMSInternalException", 500), Why.OTHER, "KMSInternalException"),
        (EndpointConnectionError(endpoint_url="https://kms"), Why.UNREACHABLE, "EndpointConnectionError"),
        (ReadTimeoutError(endpoint_url="https://kms"), Why.TIMED_OUT, "ReadTimeoutError"),
        (b'{"Keys": ' + b"[" * 200_000, Why.MALFORMED, "UnreadableAnswer"),
    ],
    ids=lambda value: getattr(value, "code", None),
)  # fmt: skip
def test_what_is_no_answer_is_kept_as_a_refusal(answer, why, code):
    said = the_refusal(collected(Wire(ListKeys=answer), KEYS), KEYS)
    assert (said.why, said.code) == (why, code)
    assert said.actions == (("kms:ListKeys",) if why is Why.DENIED else ())


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        (Query("elbv2:DescribeTags", Rule), ("elasticloadbalancing:DescribeTags",)),
        (Query("s3:ListBuckets", Rule, actions=("s3:ListAllMyBuckets",)), ("s3:ListAllMyBuckets",)),
    ],
    ids=lambda value: getattr(value, "id", None),
)
def test_a_denial_names_the_action_as_iam_does(query, actions):
    error = ClientError({"Error": {"Code": "AccessDenied"}}, query.call)
    assert refusal_of(query, HERE, error, ()).actions == actions


def test_a_number_that_is_none_is_a_malformed_answer():
    rule = Query(
        "autoscaling:DescribeAutoScalingGroups",
        Rule,
        each="AutoScalingGroups",
        key="AutoScalingGroupName",
    )
    odd = b"<R><DescribeAutoScalingGroupsResult><AutoScalingGroups><member><MinSize>many</MinSize></member></AutoScalingGroups></DescribeAutoScalingGroupsResult></R>"
    assert (
        the_refusal(collected(Wire(DescribeAutoScalingGroups=odd), rule), rule).why is Why.MALFORMED
    )


def test_a_throttled_call_is_tried_again_and_the_tries_are_counted():
    said = iter([Fault("ThrottlingException"), keys("a")])
    inventory = collected(Wire(ListKeys=lambda _: next(said)), KEYS, attempts=2)
    assert len(Facts(inventory, HERE).all(KEYS)) == 1
    assert inventory.tallies[KEYS.id, HERE].retried == 1


def test_an_endpoint_that_is_down_is_found_out_in_seconds(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:9")
    wire = Wire()
    wire.answers["ListKeys"] = None
    account = opened(wire, [KEYS], attempts=3)
    account.clients.session.get_component("event_emitter").unregister("before-send", wire._send)
    start = time.monotonic()
    assert the_refusal(collect(account, [KEYS]), KEYS).why is Why.UNREACHABLE
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("code", "query", "says"),
    [("NotFoundException", KEY, "gone"), ("UnsupportedOperationException", ROTATION, "absent")],
)
def test_a_code_that_is_an_answer_is_kept_as_one(code, query, says):
    wire = Wire(ListKeys=keys("a"), DescribeKey=Fault(code), GetKeyRotationStatus=Fault(code))
    inventory = collected(wire, query)
    answer = inventory.answer(query, HERE, (arn("a"),))
    assert getattr(answer, says) == code
    assert not list(inventory.refusals(query, HERE))


NOWHERE = "mx-central-1"
THEMES = Query(
    "amplifyuibuilder:ListThemes",
    Rule,
    each="entities",
    key="name",
    also={"appId": "a", "environmentName": "e"},
)


def of_themes(answer):
    """What a collection makes of a service that endpoint data does not know in the region."""
    account = opened(
        Wire(DescribeRegions=regions(NOWHERE), ListThemes=answer), [THEMES], wanted=(NOWHERE,)
    )
    return collect(account, [THEMES]), Place("aws", ACCOUNT, NOWHERE)


def test_a_region_without_an_endpoint_of_the_service_has_nothing_there():
    inventory, place = of_themes(EndpointConnectionError(endpoint_url="https://nowhere"))
    assert (THEMES.id, place) in inventory.not_offered
    assert Facts(inventory, place).all(THEMES) == ()


def test_a_service_newer_than_the_endpoint_data_is_asked_all_the_same():
    inventory, place = of_themes(Fault("AccessDeniedException"))
    assert not inventory.not_offered
    (refusal,) = inventory.refusals(THEMES, place)
    assert refusal.code == "AccessDeniedException"
