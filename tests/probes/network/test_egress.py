import boto3
import pytest
import yaml

from probes.aws import ec2, ec2_groups
from probes.network.egress import Egress
from tests.kit import Case, Refused, audit, check_case, findings_of, verdicts
from tests.probes.network.made import (
    CUSTOM,
    LIST,
    LISTS,
    OF_AWS,
    WORLD,
    four,
    live_group,
    live_network,
    rule,
    six,
)

PROBE = Egress()
GROUP = {"GroupId": "sg-1", "GroupName": "web", "VpcId": "vpc-1", "Tags": []}
ON_AN_INSTANCE = {
    "NetworkInterfaceId": "eni-1",
    "InterfaceType": "interface",
    "Status": "in-use",
    "Groups": [{"GroupId": "sg-1", "GroupName": "web"}],
    "Attachment": {"InstanceId": "i-1", "Status": "attached"},
}
ON_A_DATABASE = {**ON_AN_INSTANCE, "Attachment": {}, "RequesterId": "amazon-rds"}
PUBLIC = {**ON_AN_INSTANCE, "Association": {"PublicIp": "203.0.113.5"}}
ENDPOINT = {**ON_AN_INSTANCE, "Attachment": {}, "InterfaceType": "vpc_endpoint"}
EVERYTHING = {"IpProtocol": "-1", "FromPort": -1, "ToPort": -1}


def to(peer, protocol="-1", first=-1, last=None, number=0):
    return rule(peer, first, last, protocol, number=number, IsEgress=True)


ANOTHER = {"ReferencedGroupInfo": {"GroupId": "sg-2", "UserId": "123456789012"}}


def answers(*rules, on=(ON_AN_INSTANCE,), group=GROUP, lists=(), entries=()):
    found = {
        ec2_groups.SECURITY_GROUPS: [group],
        ec2_groups.SECURITY_GROUP_RULES: list(rules),
        ec2.NETWORK_INTERFACES: list(on),
        ec2_groups.PREFIX_LISTS: list(lists),
    }
    return found | {ec2_groups.PREFIX_LIST_ENTRIES: {"pl-1": entries}} if entries else found


IN = {**to(WORLD), "IsEgress": False}

CASES = [
    Case("no rule lets anything out", answers(), "pass"),
    Case("only ingress is open", answers(IN), "pass"),
    Case(
        "as AWS begins",
        answers(to(WORLD)),
        "drift",
        "all-protocols-world",
        severity="low",
        expected=["tcp 443"],
        found=["all protocols"],
    ),
    Case("all of IPv6", answers(to(six("::/0"))), "drift", "all-protocols-world"),
    Case(
        "two halves of the world",
        answers(to(four("0.0.0.0/1")), to(four("128.0.0.0/1"), number=1)),
        "drift",
        "all-protocols-world",
    ),
    Case("all ports", answers(to(WORLD, "tcp", 0, 65535)), "drift", "all-ports-tcp-world"),
    Case("all ports, said otherwise", answers(to(WORLD, "tcp")), "drift", "all-ports-tcp-world"),
    Case(
        "the number of a protocol",
        answers(to(WORLD, "6", 22)),
        "drift",
        "some-ports-world",
        found=["tcp 22"],
    ),
    Case("names resolved anywhere", answers(to(WORLD, "udp", 53)), "drift", found=["udp 53"]),
    Case("pings anywhere", answers(to(WORLD, "icmp", -1)), "drift", found=["protocol 1"]),
    Case("AWS's APIs", answers(to(WORLD, "tcp", 443)), "pass", says="are open to the world"),
    Case(
        "the web",
        answers(to(WORLD, "tcp", 443), to(WORLD, "tcp", 80, number=1)),
        "drift",
        "https-only-world",
        severity="informational",
        found=["tcp 80"],
    ),
    Case(
        "the web, and the baseline lets it",
        answers(to(WORLD, "tcp", 443), to(WORLD, "tcp", 80, number=1)),
        "pass",
        settings={"world_ports_allowed": [80, 443]},
    ),
    Case("another group", answers(to(ANOTHER, "tcp", 8080)), "pass", says=""),
    Case("no rule at all", answers(), "pass", says=""),
    Case("a bounded block", answers(to(four("203.0.113.0/24"))), "pass", says=""),
    Case("its own network", answers(to(four("10.0.0.0/8"))), "pass", says=""),
    Case("on a database", answers(to(WORLD), on=[ON_A_DATABASE]), "drift", severity="medium"),
    Case("with a public address", answers(to(WORLD), on=[PUBLIC]), "drift", severity="medium"),
    Case(
        "with an address of IPv6",
        answers(to(WORLD), on=[{**ON_AN_INSTANCE, "Ipv6Addresses": [{"Ipv6Address": "2600::1"}]}]),
        "drift",
        severity="medium",
    ),
    Case(
        "with a public address, but not in production",
        answers(to(WORLD), on=[PUBLIC]),
        "drift",
        severity="low",
        environment="staging",
    ),
    Case("on an endpoint", answers(to(WORLD), on=[ENDPOINT]), "drift", severity="informational"),
    Case(
        "on an endpoint and an instance",
        answers(to(WORLD), on=[ENDPOINT, {**ON_AN_INSTANCE, "NetworkInterfaceId": "eni-2"}]),
        "drift",
        severity="low",
    ),
    Case(
        "waiting for its user",
        answers(to(WORLD), on=[{**ON_AN_INSTANCE, "Status": "available", "Attachment": {}}]),
        "drift",
    ),
    Case("on nothing", answers(to(WORLD), on=[]), "not_applicable", "unused"),
    Case(
        "on nothing, which the baseline wants judged",
        answers(to(WORLD), on=[]),
        "drift",
        severity="low",
        settings={"skip_unused": False},
    ),
    Case(
        "interfaces refused",
        answers(to(WORLD), on=[]) | {ec2.NETWORK_INTERFACES: Refused()},
        "unknown",
    ),
    Case(
        "the default group",
        answers(to(WORLD), group={**GROUP, "GroupName": "default"}),
        "not_applicable",
        "default-group",
    ),
    Case(
        "named like the default group",
        answers(to(WORLD), group={**GROUP, "GroupName": "default-web"}),
        "drift",
    ),
    Case(
        "let go by its name",
        answers(to(WORLD)),
        "not_applicable",
        "allowed",
        settings={"open_allowed_for": ["w*"]},
    ),
    Case(
        "let go by a tag",
        answers(to(WORLD), group={**GROUP, "Tags": [{"Key": "Role", "Value": "proxy"}]}),
        "not_applicable",
        "allowed",
        settings={"open_allowed_for": ["Role=proxy"]},
    ),
    Case("a list of AWS", answers(to(LIST), lists=[OF_AWS]), "pass"),
    Case(
        "a list of partners",
        answers(to(LIST), lists=[CUSTOM], entries=[{"Cidr": "203.0.113.0/24"}]),
        "pass",
    ),
    Case(
        "a list that holds the world",
        answers(to(LIST), lists=[CUSTOM], entries=[{"Cidr": "0.0.0.0/0"}]),
        "drift",
        "all-protocols-world",
    ),
    Case(
        "the web, and a list that holds the world",
        answers(
            to(WORLD, "tcp", 80), to(LIST, number=1), lists=[CUSTOM], entries=[{"Cidr": "::/0"}]
        ),
        "drift",
        survives=LISTS,
    ),
    Case(
        "open whatever its list holds",
        answers(to(WORLD), to(LIST, number=1), lists=[CUSTOM], entries=[{"Cidr": "10.0.0.0/8"}]),
        "drift",
        "all-protocols-world",
        survives=LISTS,
    ),
    Case("a list that is not listed", answers(to(LIST)), "unknown", "unreadable-rule"),
    Case(
        "a list with an entry that is no block",
        answers(to(LIST), lists=[CUSTOM], entries=[{"Cidr": "?"}]),
        "unknown",
        "unreadable-rule",
    ),
    Case("a peer of no known kind", answers(to({})), "unknown", "unreadable-rule"),
    Case("no block at all", answers(to(four("everybody"))), "unknown", "unreadable-rule"),
    Case("a protocol of no known name", answers(to(WORLD, "quantum")), "unknown"),
    Case(
        "open beside a rule of no known kind",
        answers(to(WORLD), to({}, number=1)),
        "drift",
        survives=LISTS,
    ),
    Case("rules refused", answers() | {ec2_groups.SECURITY_GROUP_RULES: Refused()}, "unknown"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_fix_takes_away_what_is_too_wide_and_keeps_the_rest(aws):
    client = boto3.client("ec2", "us-east-1")
    vpc, (subnet, _) = live_network(client)
    groups = {}
    for name in ("open", "narrow", "unused"):
        groups[name] = live_group(client, vpc, name)
    narrow = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}
    for name in ("open", "narrow"):
        client.authorize_security_group_egress(
            GroupId=groups[name],
            IpPermissions=[{**narrow, "IpRanges": [{"CidrIp": "10.0.2.0/24"}]}],
        )
        client.create_network_interface(SubnetId=subnet, Groups=[groups[name]])
    client.revoke_security_group_egress(
        GroupId=groups["narrow"],
        IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )
    findings = audit(Egress)
    found = verdicts(findings)
    assert {name: found[name] for name in groups} == {
        "open": "drift",
        "narrow": "pass",
        "unused": "not_applicable",
    }
    fix = next(f.fix for f in findings if f.resource.id == groups["open"])
    assert fix.cli.startswith(
        f"aws ec2 revoke-security-group-egress --group-id {groups['open']} "
        "--security-group-rule-ids sgr-"
    )
    assert "CidrIp: 10.0.2.0/24" in fix.cloudformation
    assert "0.0.0.0/0" not in fix.cloudformation


def test_the_fix_writes_what_is_left_in_cloudformations_words():
    kept = (
        to(six("2600::/64"), "tcp", 443, number=1),
        to(LIST, "tcp", 443, number=2),
        to(ANOTHER, "-1", number=3),
    )

    def template(*rules):
        case = Case("open", answers(to(WORLD), *rules, lists=[OF_AWS]), "drift")
        return findings_of(PROBE, case)[0].fix.cloudformation

    egress = yaml.safe_load(template(*kept))["Resources"]["Resource"]["Properties"]
    assert egress == {
        "SecurityGroupEgress": [
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv6": "2600::/64"},
            {
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "DestinationPrefixListId": "pl-1",
            },
            {"IpProtocol": "-1", "DestinationSecurityGroupId": "sg-2"},
        ]
    }
    assert "127.0.0.1/32" in template(), "without any rule CloudFormation opens all of it again"
    assert template(to({}, number=4)) == "", "a rule that cannot be read cannot be written"
