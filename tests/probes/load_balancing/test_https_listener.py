import boto3
import pytest

from probes.aws import cloudfront, elbv2
from probes.load_balancing.https_listener import HttpsListener
from tests.kit import Case, Refused, audit, check_case, findings_of, verdicts
from tests.probes.edge.made import ID, distribution, server, vpc_origin, within_vpc
from tests.probes.load_balancing.made import (
    GROUP,
    GWLB,
    LB,
    NLB,
    OTHER_GROUP,
    balancer,
    forward,
    group,
    http,
    https,
    live_balancer,
    live_group,
    live_listener,
    target,
    tcp,
    vpc_with_two_subnets,
)

PROBE = HttpsListener()
ONE = (target(),)


def answers(*listeners, targets=ONE, more=(), **changes):
    groups = [group(), *more]
    return {
        elbv2.LOAD_BALANCERS: [balancer(**changes)],
        elbv2.LISTENERS: {LB: list(listeners)},
        elbv2.TARGET_GROUPS: groups,
        elbv2.TARGET_HEALTH: {GROUP: list(targets)},
    }


def network(*listeners, **changes):
    return {
        elbv2.LOAD_BALANCERS: [balancer(NLB)],
        elbv2.LISTENERS: {NLB: list(listeners)},
        elbv2.TARGET_GROUPS: [group(**{"Protocol": "TCP", "LoadBalancerArns": [NLB], **changes})],
        elbv2.TARGET_HEALTH: {GROUP: [target()]},
    }


IN_FRONT = (cloudfront.DISTRIBUTIONS, cloudfront.VPC_ORIGINS)
INSIDE = {"https": {"required_internal": False}}
CASES = [
    Case("HTTPS", answers(https()), "pass"),
    Case("HTTPS and HTTP", answers(http(), https()), "pass"),
    Case(
        "only HTTP", answers(http(forward())), "gap", "no-https",
        severity="high", expected=["HTTPS:443"], found=["HTTP:80"], survives=IN_FRONT,
    ),
    Case("only HTTP inside", answers(http(), Scheme="internal"), "gap", "no-https", severity="medium", survives=IN_FRONT),
    Case("only HTTP inside, which may be", answers(http(), Scheme="internal"), "not_applicable", settings=INSIDE),
    Case("HTTP, and the baseline asks for nothing", answers(http()), "not_applicable", settings={"https": {"required": False}}),
    Case("no listener", answers(), "gap", "no-listener", severity="low"),
    Case("HTTP without targets", answers(http(forward()), targets=()), "not_applicable", "no-targets"),
    Case(
        "HTTP, one group without targets, one with",
        {
            **answers(http(), targets=(), more=[group(OTHER_GROUP)]),
            elbv2.TARGET_HEALTH: {GROUP: [], OTHER_GROUP: [target()]},
        },
        "gap",
        "no-https",
        survives=IN_FRONT,
    ),
    Case(
        "HTTP, one group with targets, one refused",
        {
            **answers(http(), more=[group(OTHER_GROUP)]),
            elbv2.TARGET_HEALTH: {GROUP: Refused(), OTHER_GROUP: [target()]},
        },
        "gap",
        "no-https",
        survives=IN_FRONT,
    ),
    Case(
        "HTTP without a target group",
        {**answers(http()), elbv2.TARGET_GROUPS: [], elbv2.TARGET_HEALTH: {}},
        "gap",
        "no-https",
        survives=IN_FRONT,
    ),
    Case("an unknown protocol", answers({**http(), "Protocol": "HTTP3"}), "unknown", "unknown-protocol"),
    *(
        Case(state, answers(http(), State={"Code": state}), "not_applicable", "not-working")
        for state in ("provisioning", "failed")
    ),
    Case("impaired", answers(http(), State={"Code": "active_impaired"}), "gap", "no-https", survives=IN_FRONT),
    Case("a new type", answers(http(), Type="quantum"), "unknown", "unknown-type"),
    Case(
        "a gateway load balancer", {elbv2.LOAD_BALANCERS: [balancer(GWLB)]}, "not_applicable", "other-type"
    ),
    *(
        Case(f"{protocol} of a network load balancer", network(tcp(protocol)), "pass")
        for protocol in ("TLS", "QUIC", "TCP_QUIC")
    ),
    Case("TCP to targets", network(tcp()), "unknown", "pass-through"),
    Case("TCP to an application load balancer", network(tcp(), TargetType="alb"), "pass", says="TCP is passed on"),
    Case("TCP to targets over TLS", network(tcp(), Protocol="TLS"), "pass"),
    Case("UDP", network(tcp("UDP")), "not_applicable", "no-tcp"),
    Case("a network load balancer without listeners", network(), "not_applicable", "no-tcp"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def shown_by(*origins, vpc_origins=None):
    """The one finding on a load balancer without HTTPS, with such a distribution in the account."""
    edge = {
        cloudfront.DISTRIBUTIONS: [distribution(origins=list(origins))],
        cloudfront.VPC_ORIGINS: vpc_origins or {},
    }
    [found] = findings_of(PROBE, Case("", {**answers(http(forward())), **edge}, "gap"))
    asked = [one.value for one in found.evidence if one.subject == "asked_by_cloudfront"]
    return found, [related.resource.name for related in found.related], asked


DISTRIBUTION = "d111111abcdef8.cloudfront.net"
DNS_NAME = balancer()["DNSName"]


@pytest.mark.parametrize("name", [DNS_NAME, DNS_NAME.upper(), f"dualstack.{DNS_NAME}."])
def test_the_distribution_in_front_is_named_and_how_it_asks(name):
    found, related, asked = shown_by(server("lb", "http-only", domain=name))
    assert (found.code, found.severity) == ("no-https", "high")
    assert related == [DISTRIBUTION]
    assert asked == [{ID: ["http-only"]}]


def test_a_distribution_in_front_that_comes_from_inside_the_vpc_is_named():
    _, related, asked = shown_by(within_vpc(), vpc_origins=vpc_origin(LB, "http-only"))
    assert related == [DISTRIBUTION]
    assert asked == [{ID: ["http-only"]}]


def test_a_distribution_in_front_of_something_else_is_not_named():
    other = vpc_origin(NLB)
    assert shown_by(server(), within_vpc(), vpc_origins=other)[1:] == ([], [])


def test_on_an_account(aws):
    client = boto3.client("elbv2", "us-east-1")
    ec2 = boto3.client("ec2", "us-east-1")
    vpc, subnets = vpc_with_two_subnets(ec2)
    for name, protocol in {"secure": "HTTPS", "plain": "HTTP"}.items():
        arn = live_balancer(client, subnets, name)
        action = {
            "Type": "redirect",
            "RedirectConfig": {"Protocol": "HTTPS", "StatusCode": "HTTP_301"},
        }
        client.create_listener(
            LoadBalancerArn=arn, Protocol=protocol, Port=443, DefaultActions=[action]
        )
    live_balancer(client, subnets, "bare")
    tls = live_balancer(client, subnets, "tls", Type="network")
    target_group = live_group(client, vpc, "tls", Protocol="TCP")
    live_listener(client, tls, 443, target_group, "TLS")
    found = verdicts(audit(HttpsListener))
    assert found == {"secure": "pass", "plain": "gap", "bare": "gap", "tls": "pass"}
