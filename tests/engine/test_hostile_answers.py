"""Answers that cannot be read: refusals like any other, never an empty list and never a crash."""

import json

import pytest

from auditor.answer import Why
from auditor.query import DEEPEST, Name, Query, Shape
from auditor.session import SessionError
from tests.engine.wire import KEY, KEYS, Fault, Wire, arn, collected, keys, opened
from tests.kit import HERE

pytestmark = pytest.mark.usefixtures("credentials")


class Anything(Shape):
    key_id: str = ""
    function_name: str = ""
    is_default: bool = False


PROTOCOLS = {
    "json": Query("kms:ListKeys", Anything, each="Keys"),
    "rest-json": Query("lambda:ListFunctions", Anything, each="Functions"),
    "query": Query("iam:ListUsers", Anything, each="Users"),
    "ec2": Query("ec2:DescribeVpcs", Anything, each="Vpcs"),
    "rest-xml": Query("s3:ListBuckets", Anything, each="Buckets"),
}
NO_JSON = {
    "nothing": b"",
    "a page": b"<html><body>Sign in</body></html>",
    "half": b'{"Keys": [',
    "a list": b"[]",
    "null": b"null",
    "a number": b"5",
    "a text": b'"x"',
    "no text": b"\xff\xfe",
    "an object for a list": b'{"Keys": {}, "Functions": {}}',
    "a text for a list": b'{"Keys": "", "Functions": "ab"}',
    "texts for objects": b'{"Keys": ["a"], "Functions": [5]}',
    "depth": b'{"Keys": ' + b"[" * 200_000,
}
NO_XML = {
    "nothing": b"",
    "a page": b"<html><body>Sign in</body></html>",
    "an error": b"<Error><Code>x</Code></Error>",
    "half": b"<DescribeVpcsResponse><vpcSet>",
    "JSON": b'{"Keys": []}',
    "a text for a list": b"<DescribeVpcsResponse><vpcSet>abc</vpcSet></DescribeVpcsResponse>",
}
UNREADABLE = [
    pytest.param(protocol, body, id=f"{protocol}: {name}")
    for protocol in PROTOCOLS
    for name, body in (NO_JSON if "json" in protocol else NO_XML).items()
    if (protocol, name) != ("rest-xml", "a text for a list")
]


def answered(protocol, body):
    query = PROTOCOLS[protocol]
    inventory = collected(Wire(**{query.call: body}), query)
    return inventory.refusals(query, HERE), list(inventory.items(query, HERE))


@pytest.mark.parametrize(("protocol", "body"), UNREADABLE)
def test_what_cannot_be_read_is_no_empty_list(protocol, body):
    (said,), items = answered(protocol, body)
    assert not items
    assert said.operation == PROTOCOLS[protocol].operation
    assert said.why in (Why.MALFORMED, Why.OTHER)


def test_it_is_told_as_malformed_and_nothing_of_it_is_repeated():
    (said,), _ = answered("json", b'{"Keys": ["hunter2"]}')
    assert (said.why, said.code) == (Why.MALFORMED, "UnreadableAnswer")
    assert said.message.startswith("the answer could not be read")
    assert "hunter2" not in said.message


@pytest.mark.parametrize(
    ("protocol", "body"),
    [
        ("json", b"{}"),
        ("rest-json", b"{}"),
        ("ec2", b"<DescribeVpcsResponse/>"),
        ("query", b"<R><ListUsersResult/></R>"),
        ("rest-xml", b"<ListAllMyBucketsResult/>"),
    ],
)
def test_an_answer_that_holds_nothing_is_an_empty_list(protocol, body):
    assert answered(protocol, body) == ((), [])


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"<html>", b'{"__type": ["a"]}', b'{"__type": {}}', b"<E><Error>x</Error></E>"],
)
@pytest.mark.parametrize(("status", "why"), [(403, Why.DENIED), (503, Why.OTHER)])
def test_an_error_that_cannot_be_read_is_told_by_its_status(protocol, body, status, why):
    query = PROTOCOLS[protocol]

    class Failing(Wire):
        def _send(self, request, event_name, **more):
            answer = super()._send(request, event_name, **more)
            answer.status_code = status if query.call in event_name else 200
            return answer

    inventory = collected(Failing(**{query.call: body}), query)
    (said,) = inventory.refusals(query, HERE)
    assert said.why is why


def test_a_page_as_an_error_is_not_kept_whole():
    wire = Wire(ListKeys=Fault("AccessDeniedException", 400, "x" * 100_000))
    (said,) = collected(wire, KEYS).refusals(KEYS, HERE)
    assert len(said.message) == 1000


def test_a_word_that_is_neither_true_nor_false_is_not_false():
    body = (
        b"<DescribeVpcsResponse><vpcSet><item><isDefault>maybe</isDefault></item>"
        b"<item><isDefault>true</isDefault></item></vpcSet></DescribeVpcsResponse>"
    )
    _, items = answered("ec2", body)
    assert [item.data["IsDefault"] for item in items] == ["maybe", True]


def test_an_item_that_is_null_may_be_any_item():
    inventory = collected(Wire(ListKeys={"Keys": [None]}), KEYS)
    (item,) = inventory.items(KEYS, HERE)
    assert (item.key, item.data) == ("#0", None)


def test_an_item_that_is_nested_without_end_fits_no_shape():
    deep = [0]
    for _ in range(DEEPEST):
        deep = [deep]
    inventory = collected(Wire(ListKeys={"Keys": [{"KeyArn": "a", "KeyId": deep}]}), KEYS)
    assert [item.data for item in inventory.items(KEYS, HERE)] == [None]


@pytest.mark.parametrize("key", [None, [], {}, [["x"]]], ids=json.dumps)
def test_an_item_whose_key_is_no_text_may_be_any_item(key):
    wire = Wire(ListKeys={"Keys": [{"KeyArn": key, "KeyId": "k"}]})
    inventory = collected(wire, KEYS)
    assert [item.key for item in inventory.items(KEYS, HERE)] == ["#0"]


def test_a_bare_name_that_is_no_text_may_be_any_name():
    clusters = Query("ecs:ListClusters", Name, each="clusterArns")
    inventory = collected(Wire(ListClusters={"clusterArns": [["a"], "b"]}), clusters)
    assert [item.key for item in inventory.items(clusters, HERE)] == ["#0", "b"]


def test_a_fault_of_our_own_still_shows():
    def broken(_):
        raise AttributeError

    query = Query("kms:ListKeys", Anything, each="Keys", fetch=lambda *_: broken(None))
    with pytest.raises(AttributeError):
        collected(Wire(ListKeys=keys("a")), query)


def test_a_page_that_leads_to_itself_ends_the_list():
    def pages(*_):
        while True:
            yield {"Keys": [{"KeyId": "k"}], "NextToken": "t"}

    query = Query("kms:ListKeys", Anything, each="Keys", fetch=pages)
    (said,) = collected(Wire(), query).refusals(query, HERE)
    assert said.code == "PaginationError"


@pytest.mark.parametrize("body", [b"<html/>", b"", b"<R><GetCallerIdentityResult/></R>"])
def test_who_does_not_say_who_we_are_is_told_in_one_sentence(body):
    with pytest.raises(SessionError, match="could not be read"):
        opened(Wire(GetCallerIdentity=body), ())


@pytest.mark.parametrize("body", [b"<html/>", b"", b"<DescribeRegionsResponse/>"])
def test_regions_that_cannot_be_read_are_told_as_unlisted(body):
    account = opened(Wire(DescribeRegions=body), (), wanted=())
    assert account.unlisted is not None
    assert account.unlisted.code == "UnreadableAnswer"


def test_a_date_without_a_zone_is_greenwich():
    wire = Wire()
    wire.headers = {"date": "Sat, 21 Nov 2026 12:00:00 -0000"}
    assert opened(wire, ()).started.utcoffset() is not None


def test_an_endpoint_that_is_none_refuses_what_is_asked_there(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "no url")
    inventory = collected(Wire(ListKeys=keys("a"), DescribeKey={}), KEY)
    assert {said.code for said in inventory.refusals(KEYS, HERE)} == {"Misconfigured"}
    assert arn("a") not in inventory.by_key(KEYS, HERE)
