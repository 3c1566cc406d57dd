import boto3
import pytest

from probes.aws import ec2, ec2_groups
from probes.network.admin_ports_closed import AdminPortsClosed
from tests.kit import Case, Refused, audit, check_case, verdicts
from tests.probes.network import made
from tests.probes.network.made import (
    CUSTOM,
    LIST,
    LISTS,
    OF_AWS,
    WORLD,
    four,
    let_in,
    live_group,
    live_network,
)

PROBE = AdminPortsClosed()
INTERFACE = {"NetworkInterfaceId": "eni-1", "Groups": [{"GroupId": "sg-1", "GroupName": "app"}]}


def rule(peer, first=22, *last, **more):
    return made.rule(peer, first, *last, **more)


def answers(*rules, on=(INTERFACE,), lists=(), entries=()):
    found = {
        ec2_groups.SECURITY_GROUPS: [{"GroupId": "sg-1", "GroupName": "app"}],
        ec2_groups.SECURITY_GROUP_RULES: list(rules),
        ec2.NETWORK_INTERFACES: list(on),
        ec2_groups.PREFIX_LISTS: list(lists),
    }
    return found | {ec2_groups.PREFIX_LIST_ENTRIES: {"pl-1": entries}} if entries else found


CASES = [
    Case("no rule", answers(), "pass"),
    Case(
        "shells from everywhere",
        answers(rule(WORLD)),
        "drift",
        "world-admin-port",
        severity="high",
        expected=[],
        found=["tcp 22"],
    ),
    Case("desktops from everywhere", answers(rule(WORLD, 3389)), "drift", found=["tcp 3389"]),
    Case("all of IPv6", answers(rule({"CidrIpv6": "::/0"})), "drift"),
    Case("a range that holds both", answers(rule(WORLD, 0, 65535)), "drift", found=["tcp 22", "tcp 3389"]),
    Case("all protocols", answers(rule(WORLD, -1, protocol="-1")), "drift"),
    Case("tcp by its number", answers(rule(WORLD, protocol="6")), "drift"),
    Case("udp is not tcp", answers(rule(WORLD, protocol="udp")), "pass"),
    Case("icmp of type 22", answers(rule(WORLD, protocol="icmp")), "pass"),
    Case("another port", answers(rule(WORLD, 443)), "pass"),
    Case(
        "egress",
        answers({**rule(WORLD), "IsEgress": True}),
        "pass",
    ),
    Case(
        "the world in two halves",
        answers(rule(four("0.0.0.0/1")), rule(four("128.0.0.0/1"), number=1)),
        "drift",
    ),
    Case(
        "half of the world at each of two ports",
        answers(rule(four("0.0.0.0/8")), rule(four("203.0.113.0/24"), 3389, number=1)),
        "pass",
    ),
    Case("from the VPC", answers(rule(four("10.0.0.0/16"))), "pass"),
    Case("from an office", answers(rule(four("203.0.113.0/24"))), "pass"),
    Case(
        "from the group of an EC2 Instance Connect endpoint",
        answers(rule({"ReferencedGroupInfo": {"GroupId": "sg-2"}})),
        "pass",
    ),
    Case("on nothing", answers(rule(WORLD), on=[]), "not_applicable", "unused"),
    Case(
        "the baseline lets it",
        answers(rule(WORLD)),
        "not_applicable",
        settings={"world_allowed": True},
    ),
    Case(
        "a port that the baseline adds",
        answers(rule(WORLD, 5900)),
        "drift",
        settings={"ports": [5900]},
        found=["tcp 5900"],
    ),
    Case("a list of offices", answers(rule(LIST), lists=[CUSTOM], entries=[{"Cidr": "203.0.113.0/24"}]), "pass"),
    Case("a list that holds the world", answers(rule(LIST), lists=[CUSTOM], entries=[{"Cidr": "::/0"}]), "drift"),
    Case("a list of AWS", answers(rule(LIST), lists=[OF_AWS]), "pass"),
    Case(
        "a list for another port need not be read",
        answers(rule(LIST, 443), lists=[OF_AWS]),
        "pass",
    ),
    Case(
        "shells from everywhere, desktops from a list",
        answers(rule(WORLD), rule(LIST, 3389, number=1), lists=[CUSTOM], entries=[{"Cidr": "0.0.0.0/0"}]),
        "drift",
        found=[["tcp 22"], ["tcp 3389"]],
        survives=LISTS,
    ),
    Case("a list that is not listed", answers(rule(LIST)), "unknown", "unreadable-rule"),
    Case("a peer of no known kind", answers(rule({})), "unknown", "unreadable-rule"),
    Case("a protocol of no known name", answers(rule(WORLD, protocol="quantum")), "unknown"),
    Case("ports that are none", answers(rule(WORLD, 70000)), "unknown"),
    Case("interfaces refused", answers(rule(WORLD)) | {ec2.NETWORK_INTERFACES: Refused()}, "unknown"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("ec2", "us-east-1")
    vpc, (subnet, _) = live_network(client)
    for name, cidr in (("open", "0.0.0.0/0"), ("closed", "10.0.0.0/16")):
        group = live_group(client, vpc, name)
        let_in(client, group, 22, cidr)
        client.create_network_interface(SubnetId=subnet, Groups=[group])
    found = verdicts(audit(AdminPortsClosed))
    assert (found["open"], found["closed"]) == ("drift", "pass")
