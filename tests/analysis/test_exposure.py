"""What rules open to the world, and where single rules come from."""

from ipaddress import IPv4Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.addresses import Block, PrefixList, WorldLike
from probes.analysis.answers import Answer
from probes.analysis.exposure import (
    Exposure,
    Grade,
    Source,
    Surroundings,
    exposure,
    open_to_world,
    source_of,
)
from probes.analysis.network import (
    Cidr,
    Direction,
    GroupReference,
    ListReference,
    Peer,
    Rule,
    UnreadablePeer,
)
from probes.analysis.ports import PortRange, Transport

LISTS = {
    one.list_id: one
    for one in (
        PrefixList("pl-office", "office", entries=("203.0.113.0/24",)),
        PrefixList("pl-world", "everyone", entries=("0.0.0.0/1", "128.0.0.0/1")),
        PrefixList("pl-part", "part", entries=("203.0.113.0/24", "?")),
        PrefixList("pl-world-part", "part", entries=("0.0.0.0/0", "?")),
        PrefixList("pl-refused", "refused"),
        PrefixList("pl-empty", "empty", entries=()),
        PrefixList("pl-vpc", "vpc", entries=("10.0.1.0/24", "10.0.0.0/16")),
        PrefixList("pl-s3", "com.amazonaws.eu-west-1.s3", "AWS", ("3.5.0.0/16",)),
    )
}
VPC: tuple[Block, ...] = (
    IPv4Network("10.0.0.0/16"),
    IPv4Network("100.64.0.0/16"),
    ip_network("2600:1f14:0:100::/56"),
)
AROUND = Surroundings(LISTS, VPC)


def peer(text: str) -> Peer:
    if text.startswith("pl-"):
        return ListReference(text)
    if text.startswith("sg-"):
        return GroupReference(text)
    return UnreadablePeer(text) if text == "?" else Cidr(ip_network(text))


def rule(
    text: str, protocol: str = "tcp", first: int | None = 443, last: int | None = None
) -> Rule:
    return Rule(Direction.EGRESS, protocol, first, first if last is None else last, peer(text))


@pytest.mark.parametrize(
    ("rules", "grade"),
    [
        pytest.param([], Grade.BOUNDED, id="no rule"),
        pytest.param([rule("sg-1", "-1")], Grade.BOUNDED, id="a group"),
        pytest.param([rule("pl-s3", "-1")], Grade.BOUNDED, id="a list of AWS"),
        pytest.param([rule("10.0.0.0/8", "-1")], Grade.BOUNDED, id="private addresses"),
        pytest.param([rule("0.0.0.0/0", "-1")], Grade.ALL_PROTOCOLS, id="everything"),
        pytest.param([rule("::/0", "-1")], Grade.ALL_PROTOCOLS, id="everything by IPv6"),
        pytest.param(
            [rule("0.0.0.0/1", "-1"), rule("128.0.0.0/1", "-1")],
            Grade.ALL_PROTOCOLS,
            id="everything in two halves",
        ),
        pytest.param([rule("pl-world", "-1")], Grade.ALL_PROTOCOLS, id="everything by a list"),
        pytest.param([rule("0.0.0.0/0", "tcp", 0, 65535)], Grade.ALL_PORTS_TCP, id="all of TCP"),
        pytest.param([rule("0.0.0.0/0", "tcp", 1, 65535)], Grade.ALL_PORTS_TCP, id="but port 0"),
        pytest.param(
            [rule("0.0.0.0/0", "tcp", 0, 1023), rule("::/0", "tcp", 1024, 65535)],
            Grade.ALL_PORTS_TCP,
            id="all of TCP in two ranges",
        ),
        pytest.param([rule("0.0.0.0/0")], Grade.HTTPS_ONLY, id="443"),
        pytest.param(
            [rule("0.0.0.0/0"), rule("::/0", "tcp", 80)], Grade.HTTPS_ONLY, id="80 and 443"
        ),
        pytest.param([rule("0.0.0.0/0", "tcp", 80)], Grade.SOME_PORTS, id="80 alone"),
        pytest.param([rule("0.0.0.0/0", "tcp", 22)], Grade.SOME_PORTS, id="22"),
        pytest.param([rule("0.0.0.0/0", "tcp", 440, 443)], Grade.SOME_PORTS, id="around 443"),
        pytest.param([rule("0.0.0.0/0", "udp", 443)], Grade.SOME_PORTS, id="443 of UDP"),
        pytest.param(
            [rule("0.0.0.0/0"), rule("0.0.0.0/0", "icmp", 8)], Grade.SOME_PORTS, id="and ICMP"
        ),
    ],
)
def test_the_grade_is_the_widest_opening_of_all_rules_together(
    rules: list[Rule], grade: Grade
) -> None:
    found = exposure(rules, AROUND)
    assert found.grade is grade
    assert found.undecided == ()


def test_halves_of_the_world_join_only_where_their_ports_overlap() -> None:
    low = rule("0.0.0.0/1", "tcp", 1, 100)
    high = rule("128.0.0.0/1", "tcp", 50, 200)
    near = rule("10.0.0.0/8", "tcp", 1, 200)
    halves = Surroundings({}, VPC, WorldLike(ipv4_prefix=0))
    assert exposure([low, high, near], halves) == Exposure(
        all_protocols=False,
        tcp=(PortRange(50, 100),),
        udp=(),
        other_protocols=(),
        rules=(low, high, near),
        undecided=(),
    )


def test_the_rules_that_open_alone_are_named_alone() -> None:
    wide, narrow = rule("0.0.0.0/0"), rule("10.0.0.0/8")
    assert exposure([narrow, wide], AROUND).rules == (wide,)


def test_other_protocols_are_named_by_number() -> None:
    rules = [rule("0.0.0.0/0", "icmp", 8), rule("0.0.0.0/0", "50"), rule("10.0.0.0/8", "51")]
    assert exposure(rules, AROUND).other_protocols == (1, 50)


@pytest.mark.parametrize(
    "unread",
    [
        pytest.param(rule("?"), id="a peer"),
        pytest.param(rule("pl-refused"), id="a list that was refused"),
        pytest.param(rule("pl-absent"), id="a list that is not there"),
        pytest.param(rule("pl-part"), id="a list in part"),
        pytest.param(rule("0.0.0.0/0", "quic"), id="the protocol of a world rule"),
        pytest.param(rule("0.0.0.0/0", "tcp", 443, 70000), id="the ports of a world rule"),
    ],
)
def test_a_rule_that_cannot_be_read_leaves_the_exposure_undecided(unread: Rule) -> None:
    found = exposure([unread], AROUND)
    assert found.grade is Grade.BOUNDED
    assert found.undecided == (unread,)
    assert open_to_world([unread], Transport.TCP, 443, AROUND) is Answer.CANNOT_TELL


@pytest.mark.parametrize(
    "harmless",
    [
        pytest.param(rule("sg-1", "quic"), id="a group"),
        pytest.param(rule("10.0.0.0/8", "tcp", 443, 70000), id="private addresses"),
    ],
)
def test_unreadable_ports_do_not_matter_where_the_peer_is_not_the_world(harmless: Rule) -> None:
    assert exposure([harmless], AROUND).undecided == ()
    assert open_to_world([harmless], Transport.TCP, 443, AROUND) is Answer.NO


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param([], Answer.NO, id="no rule"),
        pytest.param([rule("0.0.0.0/0", "tcp", 22)], Answer.YES, id="the port"),
        pytest.param([rule("::/0", "-1")], Answer.YES, id="all protocols by IPv6"),
        pytest.param([rule("0.0.0.0/0", "tcp", 0, 1024)], Answer.YES, id="a range around it"),
        pytest.param(
            [rule("0.0.0.0/1", "tcp", 22), rule("128.0.0.0/1", "-1")], Answer.YES, id="two halves"
        ),
        pytest.param([rule("0.0.0.0/0", "tcp", 443)], Answer.NO, id="another port"),
        pytest.param([rule("203.0.113.0/24", "tcp", 22)], Answer.NO, id="an office"),
        pytest.param(
            [rule("pl-refused", "tcp", 22), rule("0.0.0.0/0", "tcp", 22)],
            Answer.YES,
            id="proven beside a refusal",
        ),
        pytest.param([rule("pl-world-part", "tcp", 22)], Answer.YES, id="proven by half a list"),
        pytest.param([rule("pl-refused", "tcp", 443)], Answer.NO, id="a refusal for another port"),
    ],
)
def test_a_port_is_open_if_any_rules_together_open_it(rules: list[Rule], expected: Answer) -> None:
    assert open_to_world(rules, Transport.TCP, 22, AROUND) is expected


TEXTS = st.sampled_from(["0.0.0.0/1", "128.0.0.0/1", "::/0", "10.0.0.0/8", "sg-1", "pl-office"])
STARTS = st.integers(0, 40)


@given(
    st.lists(st.builds(lambda t, a, b: rule(t, "tcp", a, a + b), TEXTS, STARTS, STARTS), max_size=6)
)
def test_the_exposure_lists_exactly_the_ports_that_are_open(rules: list[Rule]) -> None:
    found = exposure(rules, AROUND)
    for port in range(82):
        is_open = open_to_world(rules, Transport.TCP, port, AROUND) is Answer.YES
        assert is_open == any(port in ports for ports in found.tcp)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("0.0.0.0/0", Source.WORLD, id="the world"),
        pytest.param("pl-world", Source.WORLD, id="the world by a list"),
        pytest.param("pl-world-part", Source.WORLD, id="the world by half a list"),
        pytest.param("203.0.113.0/24", Source.PUBLIC, id="an office"),
        pytest.param("pl-office", Source.PUBLIC, id="an office by a list"),
        pytest.param("10.0.0.0/7", Source.PUBLIC, id="private and public addresses"),
        pytest.param("10.0.0.0/8", Source.WIDER_THAN_VPC, id="all of 10/8"),
        pytest.param("10.0.0.0/16", Source.WHOLE_VPC, id="the VPC"),
        pytest.param("100.64.0.0/16", Source.WHOLE_VPC, id="the second block of the VPC"),
        pytest.param("pl-vpc", Source.WHOLE_VPC, id="the gravest of a list"),
        pytest.param("10.0.1.0/24", Source.INSIDE_VPC, id="a subnet"),
        pytest.param("2600:1f14:0:100::/64", Source.INSIDE_VPC, id="a subnet by IPv6"),
        pytest.param("2600:1f14:0:200::/64", Source.PUBLIC, id="another network by IPv6"),
        pytest.param("192.168.0.0/16", Source.PRIVATE, id="a data centre"),
        pytest.param("sg-other", Source.GROUP, id="another group"),
        pytest.param("sg-own", Source.OWN_GROUP, id="the group itself"),
        pytest.param("pl-s3", Source.AWS_LIST, id="a list of AWS"),
        pytest.param("pl-empty", Source.NOBODY, id="an empty list"),
        pytest.param("pl-refused", Source.CANNOT_TELL, id="a list that was refused"),
        pytest.param("pl-part", Source.CANNOT_TELL, id="half a list"),
        pytest.param("?", Source.CANNOT_TELL, id="an unreadable peer"),
    ],
)
def test_the_source_of_a_rule_is_the_gravest_of_its_addresses(text: str, expected: Source) -> None:
    assert source_of(rule(text), "sg-own", AROUND) is expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("active", Source.GROUP),
        ("deleted", Source.NOBODY),
        ("something new", Source.CANNOT_TELL),
    ],
)
def test_a_group_behind_a_peering_counts_as_long_as_the_peering(
    status: str, expected: Source
) -> None:
    reference = GroupReference("sg-far", peering_id="pcx-1", peering_status=status)
    far = Rule(Direction.INGRESS, "tcp", 443, 443, reference)
    assert source_of(far, "sg-own", AROUND) is expected
