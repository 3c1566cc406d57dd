import boto3
import pytest

from probes.aws import elbv2
from probes.load_balancing.http_listener import HttpListener
from tests.kit import Case, audit, check_case, findings_of, verdicts
from tests.probes.load_balancing.made import (
    LB,
    NLB,
    balancer,
    fix_of,
    forward,
    http,
    https,
    live_balancer,
    live_group,
    tcp,
    vpc_with_two_subnets,
)

PROBE = HttpListener()


def answers(*listeners, **changes):
    return {elbv2.LOAD_BALANCERS: [balancer(**changes)], elbv2.LISTENERS: {LB: list(listeners)}}


CASES = [
    Case("HTTPS and HTTP", answers(https(), http()), "pass"),
    Case("HTTPS and HTTP that forwards", answers(https(), http(forward())), "pass"),
    Case("only HTTPS", answers(https()), "gap", "no-http-listener", severity="informational", found=["HTTPS"]),
    Case("only HTTPS, inside", answers(https(), Scheme="internal"), "not_applicable", survives=()),
    Case("only HTTP", answers(http()), "not_applicable", "no-https"),
    Case("no listener", answers(), "not_applicable", "no-https"),
    Case(
        "only HTTPS, and the baseline does not mind",
        answers(https()),
        "not_applicable",
        settings={"http_listener_required": False},
    ),
    Case(
        "a network load balancer",
        {elbv2.LOAD_BALANCERS: [balancer(NLB)], elbv2.LISTENERS: {NLB: [tcp("TLS")]}},
        "not_applicable",
        "other-type",
    ),
    Case("an unknown type", answers(https(), Type="quantum"), "unknown", "unknown-type"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_fix_redirects_to_the_port_where_https_is_spoken():
    fix = fix_of(findings_of(PROBE, Case("8443", answers(https(port=8443)), "gap")))
    assert "Port=8443" in fix.cli
    assert f"--load-balancer-arn {LB} " in fix.cli
    assert "AWS::ElasticLoadBalancingV2::Listener" in fix.cloudformation


def test_on_an_account(aws):
    client = boto3.client("elbv2", "us-east-1")
    vpc, subnets = vpc_with_two_subnets(boto3.client("ec2", "us-east-1"))
    action = {"Type": "forward", "TargetGroupArn": live_group(client, vpc, "web")}
    for name, protocols in {"both": ("HTTPS", "HTTP"), "secure": ("HTTPS",), "none": ()}.items():
        arn = live_balancer(client, subnets, name)
        for protocol in protocols:
            port = 443 if protocol == "HTTPS" else 80
            client.create_listener(
                LoadBalancerArn=arn, Protocol=protocol, Port=port, DefaultActions=[action]
            )
    expected = {"both": "pass", "secure": "gap", "none": "not_applicable"}
    assert verdicts(audit(HttpListener)) == expected
