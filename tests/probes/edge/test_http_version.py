import boto3
import pytest

from probes.edge.http_version import HttpVersion
from tests.kit import Case, audit, check_case, verdicts
from tests.probes.edge.made import SERVES_NOBODY, answers, live

PROBE = HttpVersion()


def version(name):
    return answers(HttpVersion=name)


CASES = [
    Case("both", version("http2and3"), "pass"),
    Case("both, in capitals", version("HTTP2and3"), "pass"),
    *(
        Case(
            f"only {name}",
            version(name),
            "gap",
            "http-version",
            severity="low",
            expected="http2and3",
            found=name,
            says=missing,
        )
        for name, missing in {
            "http1.1": "HTTP/2 and HTTP/3",
            "http2": "HTTP/3",
            "http3": "HTTP/2",
        }.items()
    ),
    Case("HTTP/2 is enough", version("http2"), "pass", settings={"http_version": "http2"}),
    Case(
        "HTTP/2 is asked and more offered",
        version("http2and3"),
        "pass",
        settings={"http_version": "http2"},
    ),
    Case("nothing is asked", version("http1.1"), "pass", settings={"http_version": "http1.1"}),
    Case("a new version", version("http4"), "unknown", says="http4"),
    *(
        Case(code, answers(HttpVersion="http2", **changes), "not_applicable", code)
        for code, changes in SERVES_NOBODY.items()
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("cloudfront", "us-east-1")
    old, new = live(client, "old", HttpVersion="http2"), live(client, "new")
    assert verdicts(audit(HttpVersion)) == {old: "gap", new: "pass"}
