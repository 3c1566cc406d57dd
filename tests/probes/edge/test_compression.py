import boto3
import pytest

from auditor.demo.mends.edge import CACHING_DISABLED, CACHING_OPTIMIZED, CACHING_UNCOMPRESSED
from probes.aws import cloudfront
from probes.edge.compression import CompressionOn
from tests.kit import Absent, Case, Refused, audit, check_case, verdicts
from tests.probes.edge.made import POLICY, SERVES_NOBODY, answers, behaviour, live

PROBE = CompressionOn()
OTHER = "00000000-0000-0000-0000-000000000001"


def policy(gzip=True, brotli=True, longest=31536000, number=POLICY):
    key = {"EnableAcceptEncodingGzip": gzip, "EnableAcceptEncodingBrotli": brotli}
    config = {
        "Name": "cache",
        "MinTTL": 1,
        **({} if longest is None else {"MaxTTL": longest}),
        "ParametersInCacheKeyAndForwardedToOrigin": key,
    }
    return {number: {"Id": number, "CachePolicyConfig": config}}


def cached(*paths, policies=None, **changes):
    return {**answers(*paths, **changes), cloudfront.CACHE_POLICIES: policies or policy()}


def legacy(**changes):
    return behaviour(
        CachePolicyId=None,
        ForwardedValues={"QueryString": False, "Cookies": {"Forward": "none"}},
        **changes,
    )


OFF = behaviour(Compress=False)
CASES = [
    Case("compresses", cached(), "pass"),
    Case("compresses by gzip alone", cached(policies=policy(brotli=False)), "pass"),
    Case("compresses by Brotli alone", cached(policies=policy(gzip=False)), "pass"),
    Case("off", cached(default=OFF), "gap", "not-compressed", severity="low",
         expected="compressed", found={"Default (*)": "not compressed"}),
    Case("off, and the policy says no longest time", cached(default=OFF, policies=policy(longest=None)),
         "gap", "not-compressed"),
    Case("not effective", cached(policies=policy(gzip=False, brotli=False)), "gap", "not-effective",
         says="keeps no compressed answers apart"),
    Case("its policy is gone", cached(policies={POLICY: Absent("NoSuchCachePolicy")}), "gap",
         "not-effective"),
    Case("off on one path", cached(behaviour("*.js", Compress=False)), "gap",
         found={"*.js": "not compressed"}),
    Case("off on a path that is exempt", cached(behaviour("*.jpg", Compress=False)), "pass",
         settings={"exempt_paths": ["*.jpg"]}),
    Case("nothing is cached", cached(default=OFF, policies=policy(False, False, 0)), "pass",
         says="nothing is cached"),
    Case("older settings", answers(default=legacy(MaxTTL=31536000)), "pass"),
    Case("older settings, off", answers(default=legacy(Compress=False)), "gap", "not-compressed"),
    Case("older settings, nothing cached", answers(default=legacy(Compress=False, MaxTTL=0)), "pass",
         says="nothing is cached"),
    Case("nothing is asked", cached(default=OFF), "not_applicable", settings={"compress": False}),
    Case("all is exempt", cached(default=OFF), "not_applicable", settings={"exempt_paths": ["*"]}),
    Case("a policy that is not told", cached(policies={POLICY: Refused()}), "unknown"),
    Case("a policy that is not told, and a path that is off",
         cached(
             behaviour("*.js", Compress=False),
             default=behaviour(CachePolicyId=OTHER),
             policies={**policy(), OTHER: Refused()},
         ), "gap", "not-compressed"),
    *(
        Case(code, cached(default=OFF, **changes), "not_applicable", code)
        for code, changes in SERVES_NOBODY.items()
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("cloudfront", "us-east-1")
    wanted = {
        CACHING_OPTIMIZED: "pass",
        CACHING_UNCOMPRESSED: "gap",
        CACHING_DISABLED: "pass",
        "gone": "gap",
    }
    expected = {
        live(client, number, default=behaviour(CachePolicyId=number)): verdict
        for number, verdict in wanted.items()
    }
    expected[live(client, "off", default=OFF)] = "gap"
    expected[live(client, "older", default=legacy(MaxTTL=60))] = "pass"
    assert verdicts(audit(CompressionOn)) == expected
