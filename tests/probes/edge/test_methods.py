import boto3
import pytest

from probes.edge.methods import Methods
from tests.kit import Case, audit, check_case, verdicts
from tests.probes.edge.made import (
    SERVES_NOBODY,
    answers,
    behaviour,
    bucket,
    group,
    live,
    server,
)

PROBE = Methods()
ALL = ("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE")
WRITING = ["DELETE", "PATCH", "POST", "PUT"]
WRITES = behaviour(methods=ALL)
CASES = [
    Case("reads a bucket", answers(), "pass", part="allowed"),
    Case("asks a bucket what it may",
         answers(default=behaviour(methods=("GET", "HEAD", "OPTIONS"))), "pass", part="allowed"),
    Case("writes to a bucket", answers(default=WRITES), "drift", "extra-methods", part="allowed",
         severity="low", expected=["GET", "HEAD", "OPTIONS"], found={"Default (*)": WRITING}),
    Case("writes to a bucket on one path", answers(behaviour("/up/*", methods=ALL)), "drift",
         part="allowed", found={"/up/*": WRITING}),
    Case("writes to an API beside a bucket",
         answers(behaviour("/api/*", "server", methods=ALL)), "pass", part="allowed"),
    Case("writes to an API alone", answers(default=behaviour(None, "server", methods=ALL)),
         "not_applicable", part="allowed"),
    Case("writes to a bucket, which may be", answers(default=WRITES), "pass", part="allowed",
         settings={"allowed_methods": list(ALL)}),
    Case("a group of buckets",
         answers(default=behaviour(None, "both", methods=ALL), groups=[group("both", "bucket", "b")],
                 origins=[bucket(), bucket("b")]), "drift", "extra-methods", part="allowed"),
    Case("a group of a bucket and a server",
         answers(default=behaviour(None, "both", methods=ALL),
                 groups=[group("both", "bucket", "server")], origins=[bucket(), server()]),
         "not_applicable", part="allowed"),
    Case("an origin that is not listed", answers(default=behaviour(None, "gone", methods=ALL)),
         "unknown", part="allowed"),
    Case("an origin that is not listed, beside a bucket that is written to",
         answers(behaviour("/up/*", methods=ALL), default=behaviour(None, "gone")), "drift",
         part="allowed"),
    Case("caches what is read", answers(), "pass", part="cached"),
    Case("caches OPTIONS, too", answers(default=behaviour(cached=("HEAD", "GET", "OPTIONS"))),
         "drift", "extra-cached", part="cached", severity="informational",
         expected=["GET", "HEAD"], found={"Default (*)": ["OPTIONS"]}),
    Case("caches OPTIONS, which may be", answers(default=behaviour(cached=("GET", "OPTIONS"))),
         "pass", part="cached", settings={"cached_methods": ["GET", "HEAD", "OPTIONS"]}),
    *(
        Case(f"{code}: {part}", answers(default=WRITES, **changes), "not_applicable", code,
             part=part)
        for code, changes in SERVES_NOBODY.items()
        for part in PROBE.parts
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("cloudfront", "us-east-1")
    writes, reads = live(client, "writes", default=WRITES), live(client, "reads")
    found = audit(Methods)
    assert verdicts(found, "allowed") == {writes: "drift", reads: "pass"}
    assert verdicts(found, "cached") == {writes: "pass", reads: "pass"}
