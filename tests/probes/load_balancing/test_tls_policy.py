import boto3
import pytest

from probes.analysis import tls
from probes.aws import elbv2
from probes.load_balancing.tls_policy import TlsPolicy
from tests.kit import Case, Refused, audit, check_case, findings_of
from tests.probes.load_balancing.made import (
    GWLB,
    LB,
    LISTENER,
    NLB,
    SECURE,
    balancer,
    fix_of,
    http,
    https,
    live_balancer,
    live_group,
    live_listener,
    tcp,
    vpc_with_two_subnets,
)

PROBE = TlsPolicy()
OLD, NEW = "ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"


def policy(name, *protocols):
    return {"Name": name, "SslProtocols": list(protocols)}


def answers(name, *protocols, **changes):
    live = [policy(name, *protocols)] if protocols else []
    return {
        elbv2.LOAD_BALANCERS: [balancer()],
        elbv2.LISTENERS: {LB: [https(policy=name, **changes)]},
        elbv2.SSL_POLICIES: live,
    }


def on(arn, listener):
    return {elbv2.LOAD_BALANCERS: [balancer(arn)], elbv2.LISTENERS: {arn: [listener]}}


def known(name, given, verdict, code=None, **more):
    """A verdict that the table or the name proves, whatever AWS's list says or does not say."""
    return Case(name, given, verdict, code, **{"survives": (elbv2.SSL_POLICIES,), **more})


FIPS_OLD = "ELBSecurityPolicy-TLS13-1-0-FIPS-2023-04"
CASES = [
    known("TLS 1.2 and 1.3", answers(NEW, "TLSv1.2", "TLSv1.3"), "pass"),
    known("only TLS 1.3", answers("ELBSecurityPolicy-TLS13-1-3-2021-06", "TLSv1.3"), "pass"),
    known(
        "what every API gives that is told no policy",
        answers(OLD, "TLSv1", "TLSv1.1", "TLSv1.2"),
        "drift",
        "old-tls",
        severity="high",
        expected={"lowest": "TLS 1.2"},
        found={"policy": OLD, "lowest": "TLS 1.0"},
    ),
    known("a modern name with TLS 1.0", answers("ELBSecurityPolicy-TLS13-1-0-PQ-2025-09"), "drift"),
    known("FIPS with TLS 1.0", answers(FIPS_OLD), "drift"),
    known("FIPS with TLS 1.2", answers("ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04"), "pass"),
    known("RFC 9151", answers("ELBSecurityPolicy-TLS13-1-2-RFC9151-FIPS-2023-07"), "pass"),
    known(
        "TLS 1.1",
        answers("ELBSecurityPolicy-TLS-1-1-2017-01"),
        "drift",
        found={"policy": "ELBSecurityPolicy-TLS-1-1-2017-01", "lowest": "TLS 1.1"},
    ),
    known(
        "the policy that is often advised",
        answers("ELBSecurityPolicy-TLS-1-2-2017-01"),
        "pass",
        says="by the table",
    ),
    known(
        "TLS 1.2 where the baseline wants 1.3",
        answers(NEW, "TLSv1.2", "TLSv1.3"),
        "drift",
        settings={"min_tls": "1.3"},
    ),
    known("TLS 1.0 where the baseline lets it", answers(OLD), "pass", settings={"min_tls": "1.0"}),
    known(
        "a policy that the baseline lets pass",
        answers(OLD),
        "pass",
        settings={"tls_policy_allow": ["ELBSecurityPolicy-2016-*"]},
        says="lets ELBSecurityPolicy-2016-08 pass",
    ),
    known(
        "a new policy, by its name",
        answers("ELBSecurityPolicy-TLS13-1-2-PQ-2031-01"),
        "pass",
        says="by the name",
    ),
    known(
        "a new policy with TLS 1.0, by its name",
        answers("ELBSecurityPolicy-TLS13-1-0-2031-01"),
        "drift",
    ),
    Case(
        "a name that says nothing, and AWS's list",
        answers("ELBSecurityPolicy-Quantum", "TLSv1.3"),
        "pass",
    ),
    Case(
        "a name that says nothing, and AWS's list says TLS 1.1",
        answers("ELBSecurityPolicy-Quantum", "TLSv1.1", "TLSv1.3"),
        "drift",
    ),
    known(
        "a name that says nothing",
        answers("ELBSecurityPolicy-Quantum"),
        "unknown",
        "unknown-policy",
        survives=(),
    ),
    Case(
        "a protocol that is unknown beside an old one",
        answers("ELBSecurityPolicy-Quantum", "TLSv1", "TLSv2"),
        "drift",
        found={"policy": "ELBSecurityPolicy-Quantum", "lowest": "TLS 1.0"},
    ),
    Case(
        "a protocol that is unknown beside a new one",
        answers("ELBSecurityPolicy-Quantum", "TLSv1.3", "TLSv2"),
        "unknown",
    ),
    known(
        "AWS's list is refused, the table knows",
        {**answers(NEW), elbv2.SSL_POLICIES: Refused()},
        "pass",
        says="was not read",
    ),
    Case(
        "AWS's list is refused, nobody knows",
        {**answers("ELBSecurityPolicy-Quantum"), elbv2.SSL_POLICIES: Refused()},
        "unknown",
    ),
    known("TLS of a network load balancer", on(NLB, tcp("TLS", SslPolicy=OLD)), "drift", "old-tls"),
    Case("HTTPS without a policy", answers(""), "unknown", "no-policy"),
    Case("HTTP", on(LB, http()), "not_applicable"),
    *(
        Case(protocol, on(NLB, tcp(protocol)), "not_applicable", "other-protocol")
        for protocol in ("TCP", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC")
    ),
    Case(
        "a gateway load balancer",
        on(GWLB, {"ListenerArn": LISTENER, "LoadBalancerArn": GWLB}),
        "not_applicable",
    ),
    Case(
        "an unknown protocol",
        on(LB, {**http(), "Protocol": "HTTP3"}),
        "unknown",
        "unknown-protocol",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


@pytest.mark.parametrize(
    ("name", "settings", "better"),
    [
        (OLD, {}, NEW),
        (OLD, {"min_tls": "1.3"}, "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09"),
        (FIPS_OLD, {}, "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09"),
    ],
)
def test_the_fix_names_a_policy_that_is_good_enough(name, settings, better):
    fix = fix_of(findings_of(PROBE, Case("fix", answers(name), "drift", settings=settings)))
    assert fix.cli == (
        f"aws elbv2 modify-listener --listener-arn {SECURE} --ssl-policy {better} --region us-east-1"
    )
    assert f"SslPolicy: {better}" in fix.cloudformation
    assert tls.POLICIES[better].recommended


def test_on_an_account(aws):
    client = boto3.client("elbv2", "us-east-1")
    vpc, subnets = vpc_with_two_subnets(boto3.client("ec2", "us-east-1"))
    arn = live_balancer(client, subnets, "web")
    target_group = live_group(client, vpc, "web")
    made = {}
    policies = {443: OLD, 444: NEW, 445: "ELBSecurityPolicy-TLS13-1-1-FIPS-2023-04", 80: None}
    for port, name in policies.items():
        speaks = {"protocol": "HTTPS", "SslPolicy": name} if name else {}
        made[live_listener(client, arn, port, target_group, **speaks)] = port
    found = {made[f.resource.arn]: f.verdict.value for f in audit(TlsPolicy)}
    assert found == {443: "drift", 444: "pass", 445: "drift", 80: "not_applicable"}
