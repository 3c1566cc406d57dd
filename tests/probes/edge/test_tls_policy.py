import boto3
import pytest

from probes.edge.tls_policy import TlsPolicy
from tests.kit import Case, audit, check_case, verdicts
from tests.probes.edge.made import AWS, OWN, SERVES_NOBODY, answers, live

PROBE = TlsPolicy()


def certificate(**changes):
    return answers(ViewerCertificate={**OWN, **changes})


def policy(name):
    return certificate(MinimumProtocolVersion=name)


WEAK = ("SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016", "TLSv1.2_2018", "TLSv1.2_2019")
STRONG = ("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")
DEFAULT = answers(ViewerCertificate=AWS)
CASES = [
    *(
        Case(name, policy(name), "drift", "weak-policy", part="protocol", severity="medium",
             expected="TLSv1.2_2021", found=name)
        for name in WEAK
    ),
    *(Case(name, policy(name), "pass", part="protocol") for name in STRONG),
    Case("TLSv1.2_2018, which may be", policy("TLSv1.2_2018"), "pass", part="protocol",
         settings={"min_tls": "TLSv1.2_2018"}),
    Case("TLSv1.2_2025, and more is asked", policy("TLSv1.2_2025"), "drift", part="protocol",
         settings={"min_tls": "TLSv1.3_2025"}),
    Case("a policy of tomorrow", policy("TLSv1.3_2031"), "unknown", part="protocol", says="2031"),
    Case("no policy", policy(""), "unknown", part="protocol"),
    Case("CloudFront's own certificate", DEFAULT, "drift", "default-certificate", part="protocol",
         severity="informational", expected="TLSv1.2_2021", found="TLSv1"),
    Case("CloudFront's own, whatever is written",
         answers(ViewerCertificate={**AWS, "MinimumProtocolVersion": "TLSv1.2_2021"}), "drift",
         "default-certificate", part="protocol"),
    Case("CloudFront's own, which may be", DEFAULT, "pass", part="protocol",
         settings={"min_tls": "TLSv1"}),
    Case("its tenants have the certificates",
         answers(ViewerCertificate=AWS, ConnectionMode="tenant-only"), "unknown", part="protocol"),
    Case("by server name", answers(), "pass", part="server_name"),
    Case("by address", certificate(SSLSupportMethod="vip"), "drift", "dedicated-addresses",
         part="server_name", severity="low", expected="sni-only", found="vip"),
    Case("by static address", certificate(SSLSupportMethod="static-ip"), "pass",
         part="server_name", says="static addresses"),
    Case("by a new method", certificate(SSLSupportMethod="dns"), "unknown", part="server_name"),
    Case("without a certificate of its own", DEFAULT, "not_applicable", part="server_name"),
    *(
        Case(f"{code}: {part}", answers(ViewerCertificate=AWS, **changes), "not_applicable", code,
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
    old = live(client, "old", ViewerCertificate={**OWN, "MinimumProtocolVersion": "TLSv1"})
    new, bare = live(client, "new"), live(client, "bare", ViewerCertificate=AWS)
    found = audit(TlsPolicy)
    assert verdicts(found, "protocol") == {old: "drift", new: "pass", bare: "drift"}
    assert verdicts(found, "server_name") == {old: "pass", new: "pass", bare: "not_applicable"}
