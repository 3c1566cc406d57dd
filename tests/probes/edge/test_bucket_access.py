import boto3
import pytest

from auditor.demo.exchange import backend, memory
from probes.edge.bucket_access import BucketAccess
from tests.kit import Case, audit, check_case, verdicts
from tests.probes.edge.made import (
    BUCKET,
    SERVES_NOBODY,
    answers,
    behaviour,
    bucket,
    group,
    live,
    server,
)

PROBE = BucketAccess()
OPEN = bucket(control="")
OLD = bucket("old", identity="origin-access-identity/cloudfront/E127EXAMPLE51Z", control="")
OLD["DomainName"] = "old.s3.amazonaws.com"
CASES = [
    Case("with an access control", answers(), "pass"),
    Case("without", answers(origins=[OPEN]), "gap", "no-access-control", severity="medium",
         expected="an origin access control", found=[BUCKET]),
    Case("with the older identity", answers(origins=[OLD], default=behaviour(None, "old")), "drift",
         "legacy-identity", severity="informational", found=["old.s3.amazonaws.com"]),
    Case("one without, one with the older identity",
         answers(behaviour("/old/*", "old"), origins=[OPEN, OLD]), "gap", "no-access-control",
         found=[[BUCKET], ["old.s3.amazonaws.com"]]),
    Case("without, as the second of a group",
         answers(default=behaviour(None, "both"), groups=[group("both", "bucket", "b")],
                 origins=[bucket(), {**OPEN, "Id": "b"}]), "gap", "no-access-control"),
    Case("without, and nothing asks it", answers(origins=[bucket("a"), OPEN],
         default=behaviour(None, "a")), "pass"),
    Case("no bucket", answers(origins=[server()], default=behaviour(None, "server")),
         "not_applicable"),
    *(
        Case(code, answers(origins=[OPEN], **changes), "not_applicable", code)
        for code, changes in SERVES_NOBODY.items()
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("cloudfront", "us-east-1")
    closed = live(client, "closed", default=behaviour(None, "a"), origins=[bucket("a")])
    opened = live(client, "open", default=behaviour(None, "b"), origins=[bucket("b", control="")])
    planted = memory(backend("cloudfront", "123456789012", "us-east-1"), "origins")
    planted["a"] = {"OriginAccessControlId": "E327GJI25M56DG"}  # moto drops it
    assert verdicts(audit(BucketAccess)) == {closed: "pass", opened: "gap"}
