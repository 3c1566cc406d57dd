import boto3
import pytest

from probes.edge.viewer_protocol import ViewerProtocol
from tests.kit import Case, audit, check_case, verdicts
from tests.probes.edge.made import SERVES_NOBODY, answers, behaviour, live

PROBE = ViewerProtocol()


def viewers(policy, path=None):
    return behaviour(path, ViewerProtocolPolicy=policy)


OPEN = answers(default=viewers("allow-all"))
CASES = [
    Case("redirects", answers(), "pass"),
    Case("refuses plain HTTP", answers(default=viewers("https-only")), "pass"),
    Case(
        "allows all", OPEN, "drift", "viewer-protocol", severity="medium",
        expected="redirect-to-https", found={"Default (*)": "allow-all"},
    ),
    Case(
        "allows all on one path",
        answers(viewers("https-only", "/a/*"), viewers("allow-all", "/b/*")),
        "drift",
        found={"/b/*": "allow-all"},
    ),
    Case("allows all, which may be", OPEN, "pass", settings={"viewer_protocol": "allow-all"}),
    Case(
        "redirects, and the baseline is stricter",
        answers(),
        "drift",
        settings={"viewer_protocol": "https-only"},
        says="redirected where the baseline refuses",
    ),
    Case("a new policy", answers(default=viewers("http-3-only")), "unknown", says="http-3-only"),
    Case(
        "a new policy beside one that allows all",
        answers(viewers("allow-all", "/b/*"), default=viewers("http-3-only")),
        "drift",
        found={"/b/*": "allow-all"},
    ),
    Case(
        "still on its way to the edge",
        answers(default=viewers("allow-all"), Status="InProgress"),
        "drift",
    ),
    *(
        Case(code, answers(default=viewers("allow-all"), **changes), "not_applicable", code)
        for code, changes in SERVES_NOBODY.items()
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("cloudfront", "us-east-1")
    lax = live(client, "lax", default=viewers("allow-all"))
    strict = live(client, "strict")
    assert verdicts(audit(ViewerProtocol)) == {lax: "drift", strict: "pass"}
