"""The demo account, scanned whole, and once more for every operation with that operation denied.

The answers are taken once; each further collection replays them inside botocore, so that one
operation after the other can be denied in a second or two.
"""

import copy
import json

import pytest

from auditor import store
from auditor.baseline import load as load_baseline
from auditor.catalogue import known_queries, load, needed
from auditor.clients import Clients
from auditor.collect import collect
from auditor.judge import judge
from auditor.session import open_account

PROBES = load()
QUERIES = needed(PROBES)
OPERATIONS = sorted({query.operation for query in QUERIES})
REGIONS = ("us-east-1", "eu-central-1")


class Tape:
    """botocore's parsed answers by request, and the operation that is denied for now."""

    def __init__(self):
        self.answers = {}
        self.denied = ""
        self.replaying = False

    def attach(self, clients):
        emitter = clients.session.get_component("event_emitter")
        emitter.register_last("before-call", self.answer)
        emitter.register("after-call", self.keep)

    @staticmethod
    def key(model, params, context):
        body = params["body"]
        body = body.encode() if isinstance(body, str) else body
        query = str(sorted(params["query_string"].items())) if params["query_string"] else ""
        region = context["client_region"]
        return (
            model.service_model.service_name,
            model.name,
            region,
            params["url"],
            query,
            str(body),
        )

    def answer(self, model, params, context, **_):
        operation = f"{model.service_model.service_name}:{model.name}"
        context["tape"] = self.key(model, params, context)
        if operation == self.denied:
            said = {"Error": {"Code": "AccessDenied", "Message": "not authorized"}}
            said["ResponseMetadata"] = {"HTTPStatusCode": 403, "RetryAttempts": 0}
            return Http(403), said
        if self.replaying and context["tape"] in self.answers:
            # what is asked only because something else was denied, moto answers
            status, parsed = self.answers[context["tape"]]
            return Http(status), encoded(parsed)
        return None

    def keep(self, http_response, parsed, context, **_):
        self.answers.setdefault(context["tape"], (http_response.status_code, copy.deepcopy(parsed)))


def encoded(value):
    """A copy of an answer, with IAM's documents as the text that botocore has yet to decode."""
    if isinstance(value, list):
        return [encoded(v) for v in value]
    if isinstance(value, dict):
        return {
            k: json.dumps(v) if k.endswith("Document") and isinstance(v, dict) else encoded(v)
            for k, v in value.items()
        }
    return value


class Http:
    def __init__(self, status):
        self.status_code = status
        self.headers = {}


@pytest.fixture(scope="module")
def scans():
    """(tape, scan) over the demo account; `scan()` collects and judges everything."""
    from moto import mock_aws

    from auditor.demo.account import build
    from auditor.demo.gaps import install_gaps
    from auditor.demo.stories import SHOP

    patch = pytest.MonkeyPatch()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        patch.setenv(name, "testing")
    install_gaps()
    with mock_aws(config={"lambda": {"use_docker": False}}):
        build(built=SHOP.both)
        clients = Clients(None, frozenset(OPERATIONS), threads=4)
        tape = Tape()
        tape.attach(clients)
        baseline = load_baseline(None, PROBES)
        account = open_account(clients, REGIONS)

        def scan():
            inventory = collect(account, QUERIES)
            result = judge(inventory, PROBES, baseline)
            assert not result.errors, result.errors
            return inventory, {finding.id: finding for finding in result.findings}

        scan()
        tape.replaying = True
        yield tape, scan
        clients.close()
    patch.undo()


@pytest.fixture(scope="module")
def whole(scans):
    return scans[1]()


def test_the_demo_account_is_seen_whole(whole):
    inventory, findings = whole
    refused = [a.refusal for by in inventory.answers.values() for a in by.values() if a.refusal]
    assert not refused, refused
    assert not [f.message for f in findings.values() if f.verdict == "unknown"]


def test_every_query_was_asked_once_per_place(whole):
    inventory, _ = whole
    for (query, place), answers in inventory.answers.items():
        tally = inventory.tallies.get((query, place))
        assert tally is None or tally.calls <= max(1, len(answers)), (query, place)


def test_a_stored_inventory_gives_the_same_findings(whole, tmp_path):
    inventory, findings = whole
    path = tmp_path / "inventory.jsonl"
    store.write([inventory], QUERIES, path)
    (read,) = store.read(path, known_queries(PROBES))
    result = judge(read, PROBES, load_baseline(None, PROBES))
    assert {finding.id: finding for finding in result.findings} == findings


@pytest.mark.parametrize("operation", OPERATIONS)
def test_denying_an_operation_makes_unknown_what_needed_it_and_changes_nothing_else(
    scans, whole, operation
):
    tape, scan = scans
    _, before = whole
    tape.denied = operation
    try:
        inventory, after = scan()
    finally:
        tape.denied = ""
    needing = {
        probe.id for probe in PROBES if operation in {query.operation for query in needed([probe])}
    }
    assert any(
        answer.refusal and answer.refusal.operation == operation
        for answers in inventory.answers.values()
        for answer in answers.values()
    ), "the demo account does not make this call"
    for id_, finding in before.items():
        now = after.get(id_)
        if now is None:
            # its list was denied: one unknown stands for the whole place
            assert finding.probe in needing
            places = {
                f.region
                for f in after.values()
                if f.probe == finding.probe and f.verdict == "unknown"
            }
            assert finding.region in places, finding
        elif now.verdict != finding.verdict:
            assert now.verdict == "unknown", (finding.verdict, now)
            assert finding.probe in needing
            assert operation in now.message, now.message
    for id_ in after.keys() - before.keys():
        assert after[id_].verdict == "unknown", after[id_]
