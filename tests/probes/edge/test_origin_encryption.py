import boto3
import pytest

from auditor.demo.exchange import backend, memory
from probes.aws import cloudfront
from probes.edge.origin_encryption import OriginEncryption
from tests.kit import Absent, Case, Refused, audit, check_case, verdicts
from tests.probes.edge.made import (
    SERVES_NOBODY,
    VPC_ORIGIN,
    answers,
    behaviour,
    bucket,
    live,
    server,
    vpc_origin,
    within_vpc,
)

PROBE = OriginEncryption()
ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"
WEBSITE = "site.s3-website-us-east-1.amazonaws.com"


def asked(policy="https-only", viewers="redirect-to-https", **more):
    default = behaviour(None, "server", ViewerProtocolPolicy=viewers)
    return answers(default=default, origins=[server(policy=policy, **more)])


def inside(found=None, **more):
    default = behaviour(None, "inside")
    vpc = vpc_origin(ARN) if found is None else found
    return {
        **answers(default=default, origins=[within_vpc(**more)]),
        cloudfront.VPC_ORIGINS: vpc,
    }


FOREIGN = {"OwnerAccountId": "999999999999"}
CASES = [
    Case("over HTTPS", asked(), "pass", part="transport"),
    Case("over HTTP", asked("http-only"), "drift", "http-only", part="transport",
         severity="medium", expected="https-only", found={"server": "http-only"}),
    *(
        Case(f"a website of S3: {domain}", asked("http-only", domain=domain), "drift",
             "website-endpoint", part="transport", severity="low")
        for domain in (WEBSITE, "site.s3-website.eu-central-1.amazonaws.com",
                       "site.s3-website.cn-north-1.amazonaws.com.cn")
    ),
    Case("a name that only sounds so",
         asked("http-only", domain="site.s3-website-us-east-1.amazonaws.com.evil.org"), "drift",
         "http-only", part="transport"),
    Case("as viewers come, who come over HTTPS", asked("match-viewer"), "pass", part="transport"),
    Case("as viewers come, who come over HTTP", asked("match-viewer", "allow-all"), "drift",
         "match-viewer", part="transport"),
    Case("as viewers come, whose way is new", asked("match-viewer", "new"), "unknown",
         part="transport"),
    Case("in a new way", asked("quic-only"), "unknown", part="transport", says="quic-only"),
    Case("over HTTP beside a new way",
         answers(behaviour("/a/*", "a"), default=behaviour(None, "server"),
                 origins=[server("a", "http-only"), server(policy="quic-only")]), "drift",
         "http-only", part="transport"),
    Case("over HTTP, and nothing asks it",
         answers(origins=[bucket(), server(policy="http-only")]), "not_applicable",
         part="transport"),
    Case("inside a VPC over HTTPS", inside(), "pass", part="transport"),
    Case("inside a VPC over HTTP", inside(vpc_origin(ARN, "http-only")), "drift", "http-only",
         part="transport", found={"inside": "http-only"}),
    Case("inside a VPC of another account", inside({}, **FOREIGN), "unknown", part="transport",
         says="belongs to account 999999999999"),
    Case("inside a VPC, and not there", inside({VPC_ORIGIN: Absent("EntityNotFound")}), "unknown",
         part="transport", says="not there"),
    Case("inside a VPC, and refused beside HTTP",
         {**answers(behaviour("/in/*", "inside"), default=behaviour(None, "server"),
                    origins=[server(policy="http-only"), within_vpc()]),
          cloudfront.VPC_ORIGINS: {VPC_ORIGIN: Refused()}},
         "drift", "http-only", part="transport", survives=(cloudfront.VPC_ORIGINS,)),
    Case("an origin of a new kind",
         answers(origins=[{"Id": "new", "DomainName": "x"}], default=behaviour(None, "new")),
         "unknown", part="transport", says="its kind is not known"),
    Case("TLS 1.2", asked(), "pass", part="versions"),
    Case("SSL 3, too", asked(versions=("SSLv3", "TLSv1.2")), "drift", "broken-versions",
         part="versions", severity="medium", expected=["TLSv1.2"], found=["SSLv3", "TLSv1.2"]),
    Case("TLS 1.0 that may not be", asked(versions=("TLSv1", "TLSv1.2")), "drift", part="versions",
         settings={"refused_protocols": ["SSLv3", "TLSv1", "TLSv1.1"]}),
    Case("SSL 3 and nothing encrypted", asked("http-only", versions=("SSLv3",)), "pass",
         part="versions", says="no encryption is spoken"),
    Case("SSL 3 inside a VPC", inside(vpc_origin(ARN, versions=("SSLv3",))), "drift",
         "broken-versions", part="versions"),
    *(
        Case(f"{code}: {part}",
             answers(default=behaviour(None, "server"), origins=[server(policy="http-only")],
                     **changes), "not_applicable", code, part=part)
        for code, changes in SERVES_NOBODY.items()
        for part in PROBE.parts
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("cloudfront", "us-east-1")
    default = behaviour(None, "server")
    plain = live(client, "plain", default=default, origins=[server(policy="http-only")])
    sealed = live(client, "sealed", default=default, origins=[server(versions=("SSLv3",))])
    inner = live(client, "in", default=behaviour(None, "in"), origins=[server("in")])
    store = backend("cloudfront", "123456789012", "us-east-1")
    # moto knows no VPC origins: one is planted, and put where the distribution says a server
    memory(store, "origins")["in"] = {**within_vpc("in"), "CustomOriginConfig": None}
    modified = "2026-01-01T00:00:00Z"
    origin = vpc_origin(ARN, "http-only")[VPC_ORIGIN]
    memory(store, "vpc-origins")[VPC_ORIGIN] = {
        **origin, "Arn": "arn:aws:cloudfront::123456789012:vpcorigin/x", "Status": "Deployed",
        "CreatedTime": modified, "LastModifiedTime": modified,
    }  # fmt: skip
    found = audit(OriginEncryption)
    assert verdicts(found, "transport") == {plain: "drift", sealed: "pass", inner: "drift"}
    assert verdicts(found, "versions") == {plain: "pass", sealed: "drift", inner: "pass"}
