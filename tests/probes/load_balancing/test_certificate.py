import boto3
import pytest

from probes.aws import acm, elbv2
from probes.load_balancing.certificate import Certificate
from tests.kit import Case, audit, check_case
from tests.probes.load_balancing.made import (
    CERTIFICATE,
    LB,
    balancer,
    http,
    https,
    live_balancer,
    live_group,
    live_listener,
    vpc_with_two_subnets,
)

PROBE = Certificate()
IN_IAM = "arn:aws:iam::123456789012:server-certificate/web"


def answers(listener=None, **changes):
    certificate = {
        "CertificateArn": CERTIFICATE,
        "DomainName": "www.example.com",
        "Status": "ISSUED",
        "Type": "AMAZON_ISSUED",
        "RenewalEligibility": "ELIGIBLE",
        "NotAfter": "2027-05-01T00:00:00+00:00",
        **changes,
    }
    return {
        elbv2.LOAD_BALANCERS: [balancer()],
        elbv2.LISTENERS: {LB: [listener or https()]},
        acm.CERTIFICATES: [certificate],
    }


SOON = {"NotAfter": "2026-11-28T00:00:00+00:00"}
IMPORTED = {"Type": "IMPORTED", "RenewalEligibility": "INELIGIBLE"}
CASES = [
    Case("issued", answers(), "pass"),
    Case("expires soon, and renews", answers(**SOON), "pass"),
    Case("expires soon, imported", answers(**SOON, **IMPORTED), "pass", says="does not renew"),
    Case("expires late, imported", answers(**IMPORTED), "pass"),
    Case("expired by its date", answers(NotAfter="2026-11-20T00:00:00+00:00"), "drift", "invalid-certificate", severity="high"),
    *(
        Case(status.lower(), answers(Status=status), "drift", "invalid-certificate", found=status)
        for status in ("EXPIRED", "REVOKED", "FAILED", "INACTIVE", "PENDING_VALIDATION")
    ),
    Case("an unknown status", answers(Status="SLEEPING"), "unknown", "unknown-status"),
    Case("kept in IAM", answers(https(Certificates=[{"CertificateArn": IN_IAM}])), "unknown", "not-in-acm"),
    Case("not in the list", {**answers(), acm.CERTIFICATES: []}, "unknown", "not-in-acm"),
    Case("no certificate", answers(https(Certificates=[])), "gap", "no-certificate"),
    Case("HTTP", answers(http()), "not_applicable"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    from moto.acm.models import acm_backends

    client, certificates = boto3.client("elbv2", "us-east-1"), boto3.client("acm", "us-east-1")
    vpc, subnets = vpc_with_two_subnets(boto3.client("ec2", "us-east-1"))
    arn = live_balancer(client, subnets, "web")
    target_group = live_group(client, vpc, "web")
    made = {}
    for port, status in {443: "ISSUED", 444: "EXPIRED"}.items():
        certificate = certificates.request_certificate(DomainName=f"{port}.example.com")
        held = acm_backends["123456789012"]["us-east-1"].get_certificate(
            certificate["CertificateArn"]
        )
        held.status = status
        held_by = {"Certificates": [{"CertificateArn": certificate["CertificateArn"]}]}
        made[live_listener(client, arn, port, target_group, "HTTPS", **held_by)] = port
    found = {made[f.resource.arn]: f.verdict.value for f in audit(Certificate)}
    assert found == {443: "pass", 444: "drift"}
