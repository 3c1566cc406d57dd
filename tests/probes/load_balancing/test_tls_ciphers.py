import boto3
import pytest

from probes.aws import elbv2
from probes.load_balancing.tls_ciphers import TlsCiphers
from tests.kit import Case, audit, check_case
from tests.probes.load_balancing.made import (
    LB,
    balancer,
    http,
    https,
    live_balancer,
    live_group,
    live_listener,
    vpc_with_two_subnets,
)

PROBE = TlsCiphers()
LISTED = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
ADVISED = "ELBSecurityPolicy-TLS-1-2-2017-01"
QUANTUM_SAFE = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
LIST = {"require_elb17_set": True}
PQ = {"require_pq": True}


def answers(name):
    return {elbv2.LOAD_BALANCERS: [balancer()], elbv2.LISTENERS: {LB: [https(policy=name)]}}


def on_list(name, given, verdict, code=None, **more):
    return Case(name, given, verdict, code, part="recommended_set", **more)


def quantum(name, given, verdict, code=None, **more):
    return Case(name, given, verdict, code, part="post_quantum", **more)


PLAIN = {elbv2.LOAD_BALANCERS: [balancer()], elbv2.LISTENERS: {LB: [http()]}}
CASES = [
    on_list("recommended", answers(LISTED), "pass", settings=LIST),
    on_list("not recommended, and nobody asked", answers(ADVISED), "pass", says="is not one of the recommended"),
    on_list("forward secrecy", answers(ADVISED), "pass", says="without forward secrecy"),
    on_list("not recommended", answers(ADVISED), "drift", "not-recommended", settings=LIST, severity="medium", found=ADVISED),
    on_list("unknown", answers("ELBSecurityPolicy-Quantum"), "drift", settings=LIST),
    on_list(
        "recommended by the baseline",
        answers(ADVISED),
        "pass",
        settings={**LIST, "recommended_policies": [ADVISED]},
    ),
    on_list("HTTP", PLAIN, "not_applicable"),
    quantum("post-quantum, and nobody asked", answers(QUANTUM_SAFE), "not_applicable"),
    quantum("post-quantum", answers(QUANTUM_SAFE), "pass", settings=PQ),
    quantum("not post-quantum", answers(LISTED), "drift", "not-post-quantum", settings=PQ),
    quantum("new, with PQ in its name", answers("ELBSecurityPolicy-TLS13-1-3-PQ-2031-01"), "pass", settings=PQ),
    quantum("new, without", answers("ELBSecurityPolicy-TLS13-1-3-2031-01"), "unknown", settings=PQ),
    quantum("HTTP", PLAIN, "not_applicable", settings=PQ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("elbv2", "us-east-1")
    vpc, subnets = vpc_with_two_subnets(boto3.client("ec2", "us-east-1"))
    arn = live_balancer(client, subnets, "web")
    target_group = live_group(client, vpc, "web")
    made = {
        live_listener(client, arn, port, target_group, "HTTPS", SslPolicy=name): port
        for port, name in {443: LISTED, 444: ADVISED}.items()
    }
    findings = audit(TlsCiphers, settings=LIST | PQ)
    assert {(made[f.resource.arn], f.part): f.verdict.value for f in findings} == {
        (443, "recommended_set"): "pass",
        (443, "post_quantum"): "drift",
        (444, "recommended_set"): "drift",
        (444, "post_quantum"): "drift",
    }
