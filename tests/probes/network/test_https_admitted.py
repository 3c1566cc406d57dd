import boto3
import pytest

from probes.aws import ec2, ec2_groups, elbv2
from probes.network.https_admitted import HttpsAdmitted
from tests.kit import Case, Refused, audit, check_case, findings_of, verdicts
from tests.probes.network import made
from tests.probes.network.made import (
    CUSTOM,
    LIST,
    LISTS,
    WORLD,
    four,
    let_in,
    live_group,
    live_network,
)

PROBE = HttpsAdmitted()
LB = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"
BALANCER = {
    "LoadBalancerArn": LB,
    "LoadBalancerName": "web",
    "Type": "application",
    "Scheme": "internet-facing",
    "IpAddressType": "ipv4",
    "VpcId": "vpc-1",
    "SecurityGroups": ["sg-1"],
}
VPC = {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}
ORIGINS = "com.amazonaws.global.cloudfront.origin-facing"
OF_AWS = {"PrefixListId": "pl-1", "PrefixListName": ORIGINS, "OwnerId": "AWS"}


def listener(protocol="HTTPS", port=443):
    return {
        "ListenerArn": f"{LB.replace('loadbalancer', 'listener')}/{port}",
        "LoadBalancerArn": LB,
        "Protocol": protocol,
        "Port": port,
    }


def rule(peer, first=443, *last, **more):
    return made.rule(peer, first, *last, **more)


def peered(status):
    return {
        "ReferencedGroupInfo": {
            "GroupId": "sg-9",
            "VpcPeeringConnectionId": "pcx-1",
            "PeeringStatus": status,
        }
    }


ANOTHER = {"ReferencedGroupInfo": {"GroupId": "sg-2"}}


def answers(*rules, listeners=None, groups=("sg-1",), lists=(), entries=(), **balancer):
    found = {
        elbv2.LOAD_BALANCERS: [{**BALANCER, **balancer}],
        elbv2.LOAD_BALANCER_TAGS: {LB: {"ResourceArn": LB, "Tags": []}},
        elbv2.LISTENERS: {LB: [listener()] if listeners is None else listeners},
        ec2_groups.SECURITY_GROUPS: [{"GroupId": g, "GroupName": g} for g in groups],
        ec2_groups.SECURITY_GROUP_RULES: list(rules),
        ec2_groups.PREFIX_LISTS: list(lists),
        ec2.VPCS: [VPC],
    }
    return found | {ec2_groups.PREFIX_LIST_ENTRIES: {"pl-1": entries}} if entries else found


def case(name, given, verdict, *rest, survives=(), **more):
    """The tags of a load balancer bear on no verdict here, VPCs on the command alone."""
    return Case(name, given, verdict, *rest, survives=(ec2.VPCS, *survives), **more)


ONLY_IPV6 = "dualstack-without-public-ipv4"

CASES = [
    case("open to the world", answers(rule(WORLD)), "pass"),
    case("a range of ports", answers(rule(WORLD, 1, 1024)), "pass"),
    case("all protocols", answers(rule(WORLD, -1, protocol="-1")), "pass"),
    case("tcp by its number", answers(rule(WORLD, protocol="6")), "pass"),
    case(
        "only port 80",
        answers(rule(WORLD, 80)),
        "gap",
        "https-port-closed",
        severity="high",
        expected={"tcp 443": "open"},
        found={"tcp 443": "shut"},
    ),
    case("no rule at all", answers(), "gap"),
    case("udp is not tcp", answers(rule(WORLD, protocol="udp")), "gap"),
    case("icmp has types, not ports", answers(rule(WORLD, protocol="icmp")), "gap"),
    case(
        "the port of the listener, not 443",
        answers(rule(WORLD, 443), listeners=[listener(port=8443)]),
        "gap",
        says="tcp 8443",
    ),
    case(
        "one of two listeners",
        answers(rule(WORLD), listeners=[listener(), listener(port=8443)]),
        "gap",
        found={"tcp 8443": "shut"},
    ),
    case(
        "the second of two groups opens",
        answers(
            rule(WORLD, group="sg-2"), groups=("sg-1", "sg-2"), SecurityGroups=["sg-1", "sg-2"]
        ),
        "pass",
    ),
    case("only another group", answers(rule(ANOTHER)), "pass", says="internet is not let in"),
    case(
        "a company's network", answers(rule(four("10.0.0.0/8"))), "pass", says="internet is not let"
    ),
    case("a company's address", answers(rule(four("203.0.113.7/32"))), "pass"),
    case(
        "within the network of an internal one",
        answers(rule(four("10.0.0.0/16")), Scheme="internal"),
        "pass",
    ),
    case("shut, internal", answers(Scheme="internal"), "gap"),
    case(
        "shut, internal, in a VPC of another account",
        answers(Scheme="internal") | {ec2.VPCS: []},
        "gap",
    ),
    case("a stale peer admits nobody", answers(rule(peered("deleted"))), "gap"),
    case("a peer admits", answers(rule(peered("active"))), "pass"),
    case("a peer in a state not known", answers(rule(peered("dreaming"))), "unknown"),
    case("CloudFront", answers(rule(LIST), lists=[OF_AWS]), "pass"),
    case(
        "offices", answers(rule(LIST), lists=[CUSTOM], entries=[{"Cidr": "203.0.113.0/24"}]), "pass"
    ),
    case("a list that is empty", answers(rule(LIST), lists=[CUSTOM]), "gap"),
    case("a list that is not listed", answers(rule(LIST)), "unknown", "unreadable-rule"),
    case(
        "open beside a list",
        answers(rule(WORLD), rule(LIST, number=1), lists=[OF_AWS]),
        "pass",
    ),
    case(
        "a list for another port is not read",
        answers(rule(LIST, 80), lists=[OF_AWS]),
        "gap",
        survives=LISTS,
    ),
    case("a protocol of no known name", answers(rule(WORLD, protocol="quantum")), "unknown"),
    case(
        "a group that the account does not list",
        answers(rule(WORLD, 80), groups=()),
        "unknown",
        says="does not list sg-1",
    ),
    case(
        "open by the group that the account lists",
        answers(rule(WORLD), SecurityGroups=["sg-1", "sg-shared"]),
        "pass",
    ),
    case(
        "both stacks",
        answers(rule(WORLD), rule({"CidrIpv6": "::/0"}, number=1), IpAddressType="dualstack"),
        "pass",
    ),
    case(
        "IPv6 left out",
        answers(rule(WORLD), IpAddressType="dualstack"),
        "pass",
        says="clients with IPv6",
    ),
    case(
        "IPv4 admitted where the internet has only IPv6",
        answers(rule(WORLD), IpAddressType=ONLY_IPV6),
        "gap",
    ),
    case(
        "IPv6 where the internet has only that",
        answers(rule({"CidrIpv6": "::/0"}), IpAddressType=ONLY_IPV6),
        "pass",
    ),
    case(
        "IPv4 for internal clients of a load balancer of IPv6",
        answers(rule(WORLD), IpAddressType=ONLY_IPV6, Scheme="internal"),
        "pass",
    ),
    case(
        "a network load balancer that ends TLS",
        answers(listeners=[listener("TLS")], Type="network"),
        "gap",
    ),
    case(
        "QUIC needs udp",
        answers(rule(WORLD), listeners=[listener("QUIC")], Type="network"),
        "gap",
        found={"udp 443": "shut"},
    ),
    case(
        "QUIC beside TCP needs both",
        answers(rule(WORLD, protocol="udp"), listeners=[listener("TCP_QUIC")], Type="network"),
        "gap",
        found={"tcp 443": "shut"},
    ),
    case(
        "a network load balancer without groups",
        answers(Type="network", SecurityGroups=[]),
        "not_applicable",
        "no-security-groups",
    ),
    case("a gateway", answers(Type="gateway", Scheme="", SecurityGroups=[]), "not_applicable"),
    case("groups that AWS does not name", answers(SecurityGroups=[]), "unknown"),
    case("a type not known", answers(Type="quantum"), "unknown", "unknown-type"),
    case(
        "a protocol not known",
        answers(listeners=[listener("QUIC2")]),
        "unknown",
        "unknown-protocol",
    ),
    case(
        "shut beside a protocol not known",
        answers(listeners=[listener(), listener("QUIC2", 444)]),
        "gap",
    ),
    case(
        "no listener, and the port open",
        answers(rule(WORLD), listeners=[listener("HTTP", 80)]),
        "not_applicable",
        "no-https-listener",
    ),
    case(
        "no listener, and the port shut",
        answers(rule(WORLD, 80), listeners=[listener("HTTP", 80)]),
        "gap",
        "closed-too",
        severity="informational",
    ),
    case(
        "no listener, and the port open to offices alone",
        answers(rule(four("10.0.0.0/8")), listeners=[listener("HTTP", 80)]),
        "not_applicable",
    ),
    case(
        "no listener, and the baseline wants none",
        answers(listeners=[listener("HTTP", 80)]),
        "not_applicable",
        settings={"https": {"required": False}},
    ),
    case(
        "no listener, and the baseline wants none inside",
        answers(listeners=[listener("HTTP", 80)], Scheme="internal"),
        "not_applicable",
        settings={"https": {"required_internal": False}},
    ),
    case(
        "a network load balancer need not end TLS",
        answers(listeners=[listener("TCP")], Type="network"),
        "not_applicable",
        "no-https-listener",
    ),
    case("listeners refused", answers() | {elbv2.LISTENERS: {LB: Refused()}}, "unknown"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    ec2_client, elb = boto3.client("ec2", "us-east-1"), boto3.client("elbv2", "us-east-1")
    vpc, subnets = live_network(ec2_client)
    certificate = boto3.client("acm", "us-east-1").request_certificate(DomainName="example.com")
    groups = {}
    for name, port in (("open", 443), ("shut", 80)):
        groups[name] = live_group(ec2_client, vpc, name)
        let_in(ec2_client, groups[name], port, "0.0.0.0/0")
        arn = elb.create_load_balancer(
            Name=name, Subnets=subnets, SecurityGroups=[groups[name]], Scheme="internet-facing"
        )["LoadBalancers"][0]["LoadBalancerArn"]
        group = elb.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=vpc)
        elb.create_listener(
            LoadBalancerArn=arn,
            Protocol="HTTPS",
            Port=443,
            Certificates=[{"CertificateArn": certificate["CertificateArn"]}],
            DefaultActions=[
                {
                    "Type": "forward",
                    "TargetGroupArn": group["TargetGroups"][0]["TargetGroupArn"],
                }
            ],
        )
    findings = audit(HttpsAdmitted)
    assert verdicts(findings) == {"open": "pass", "shut": "gap"}
    shut = next(f for f in findings if f.resource.name == "shut")
    assert groups["shut"] in shut.fix.cli
    assert "AWS::EC2::SecurityGroupIngress" in shut.fix.cloudformation


def test_the_fix_opens_the_door_to_those_who_can_be_clients():
    def fix(**balancer):
        only = case("shut", answers(**balancer), "gap")
        return findings_of(PROBE, only)[0].fix

    assert '"CidrIp": "0.0.0.0/0"' in fix().cli
    assert '"CidrIp": "10.0.0.0/16"' in fix(Scheme="internal").cli
    assert '"CidrIpv6": "::/0"' in fix(IpAddressType=ONLY_IPV6).cli
    assert "CidrIpv6: ::/0" in fix(IpAddressType=ONLY_IPV6).cloudformation
    assert fix(Scheme="internal", VpcId="vpc-of-others").cli == ""
