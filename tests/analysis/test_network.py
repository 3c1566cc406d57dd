"""Security-group rules: protocols, ports and peers."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.answers import Answer, all_of, any_of
from probes.analysis.network import (
    Cidr,
    Direction,
    GroupReference,
    ListReference,
    Peer,
    Rule,
    UnreadablePeer,
    confined_to,
    covers,
    overlaps,
    rule_of,
    rules_of,
)
from probes.analysis.ports import (
    ALL_PORTS,
    NO_PORTS,
    PortRange,
    Transport,
    merged_ports,
    protocol_number,
)

ANYWHERE = Cidr(IPv4Network("0.0.0.0/0"))
PORTS = st.integers(0, 65535)
RANGES = st.tuples(PORTS, PORTS).map(lambda ends: PortRange(min(ends), max(ends)))


def rule(protocol: str | None, first: int | None = None, last: int | None = None) -> Rule:
    return Rule(Direction.INGRESS, protocol, first, last, ANYWHERE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tcp", 6),
        ("TCP", 6),
        ("6", 6),
        ("17", 17),
        ("udp", 17),
        ("icmp", 1),
        ("icmpv6", 58),
        ("-1", -1),
        ("50", 50),
        ("255", 255),
        ("256", None),
        ("999999", None),
        ("quic", None),
        ("-2", None),
        ("٦", None),
        ("", None),
        (None, None),
    ],
)
def test_a_protocol_is_a_name_a_number_or_all(text: str | None, expected: int | None) -> None:
    assert protocol_number(text) == expected


@pytest.mark.parametrize(
    ("given_rule", "expected"),
    [
        pytest.param(rule("tcp", 443, 443), Answer.YES, id="the port"),
        pytest.param(rule("6", 400, 500), Answer.YES, id="a range, by number"),
        pytest.param(rule("-1"), Answer.YES, id="all protocols are all ports"),
        pytest.param(rule("-1", 22, 22), Answer.YES, id="all protocols whatever the range says"),
        pytest.param(rule("tcp"), Answer.YES, id="ports missing are all ports"),
        pytest.param(rule("tcp", -1, -1), Answer.YES, id="-1 is all ports"),
        pytest.param(rule("tcp", 0, 65535), Answer.YES, id="all ports"),
        pytest.param(rule("tcp", 80, 80), Answer.NO, id="another port"),
        pytest.param(rule("udp", 443, 443), Answer.NO, id="another protocol"),
        pytest.param(rule("icmp", 443, -1), Answer.NO, id="type and code are no ports"),
        pytest.param(rule("icmp", -1, -1), Answer.NO, id="all of ICMP"),
        pytest.param(rule("50"), Answer.NO, id="a protocol without ports"),
        pytest.param(rule("quic", 443, 443), Answer.CANNOT_TELL, id="an unknown protocol"),
        pytest.param(rule("tcp", 443, None), Answer.CANNOT_TELL, id="half a range"),
        pytest.param(rule("tcp", 500, 400), Answer.CANNOT_TELL, id="a range that runs backwards"),
        pytest.param(rule("tcp", 443, 70000), Answer.CANNOT_TELL, id="a port beyond the last"),
    ],
)
def test_a_rule_covers_a_port_or_not_or_cannot_tell(given_rule: Rule, expected: Answer) -> None:
    assert covers(given_rule, Transport.TCP, 443) is expected


@given(RANGES, RANGES, PORTS)
def test_a_wider_range_covers_no_less(one: PortRange, other: PortRange, port: int) -> None:
    narrow = rule("tcp", one.first, one.last)
    wide = rule("tcp", min(one.first, other.first), max(one.last, other.last))
    if covers(narrow, Transport.TCP, port) is Answer.YES:
        assert covers(wide, Transport.TCP, port) is Answer.YES


@given(RANGES, RANGES)
def test_ranges_overlap_iff_they_share_a_port(one: PortRange, other: PortRange) -> None:
    shared = max(one.first, other.first)
    assert one.overlaps(other) == (shared in one and shared in other)
    assert one.overlaps(other) == other.overlaps(one)


@given(st.lists(RANGES, max_size=10), PORTS)
def test_merged_ranges_hold_the_same_ports(ranges: list[PortRange], port: int) -> None:
    assert any(port in one for one in ranges) == any(port in one for one in merged_ports(ranges))


def test_neighbouring_ranges_become_one() -> None:
    halves = [PortRange(1024, 65535), NO_PORTS, PortRange(0, 1023)]
    assert merged_ports(halves) == (ALL_PORTS,)
    assert [str(one) for one in merged_ports([PortRange(22, 22), PortRange(80, 90)])] == [
        "22",
        "80-90",
    ]


def test_a_range_can_be_asked_for_as_a_whole() -> None:
    ephemeral = rule("tcp", 32768, 65535)
    assert overlaps(ephemeral, Transport.TCP, PortRange(60000, 61000)) is Answer.YES
    assert overlaps(ephemeral, Transport.TCP, PortRange(1, 1024)) is Answer.NO
    assert overlaps(rule("x"), Transport.TCP, ALL_PORTS) is Answer.CANNOT_TELL


@pytest.mark.parametrize(
    ("given_rule", "expected"),
    [
        pytest.param(rule("tcp", 8080, 8080), Answer.YES, id="the target port"),
        pytest.param(rule("tcp", 8080, 8081), Answer.YES, id="target and health-check port"),
        pytest.param(rule("tcp", 8080, 8082), Answer.NO, id="one port more"),
        pytest.param(rule("tcp"), Answer.NO, id="all ports"),
        pytest.param(rule("-1"), Answer.NO, id="all protocols"),
        pytest.param(rule("udp", 8080, 8080), Answer.NO, id="another protocol"),
        pytest.param(rule("icmp", 8, -1), Answer.NO, id="a protocol without ports"),
        pytest.param(rule("tcp", 8080, None), Answer.CANNOT_TELL, id="half a range"),
        pytest.param(rule("x"), Answer.CANNOT_TELL, id="an unknown protocol"),
    ],
)
def test_a_rule_is_confined_to_ports_if_nothing_else_passes(
    given_rule: Rule, expected: Answer
) -> None:
    allowed = [PortRange(8080, 8080), PortRange(8081, 8081)]
    assert confined_to(given_rule, Transport.TCP, allowed) is expected


@pytest.mark.parametrize(
    ("peering_id", "status", "expected"),
    [
        pytest.param(None, None, Answer.YES, id="own VPC"),
        pytest.param("pcx-1", "active", Answer.YES, id="a peering that lives"),
        pytest.param("pcx-1", "deleted", Answer.NO, id="a peering that is gone"),
        pytest.param(None, "Stale", Answer.NO, id="stale"),
        pytest.param("pcx-1", "provisioning", Answer.CANNOT_TELL, id="a peering on its way"),
        pytest.param("pcx-1", None, Answer.CANNOT_TELL, id="a peering without status"),
    ],
)
def test_a_stale_reference_admits_nobody(
    peering_id: str | None, status: str | None, expected: Answer
) -> None:
    reference = GroupReference("sg-1", peering_id=peering_id, peering_status=status)
    assert reference.admits is expected


@dataclass(frozen=True)
class Range:
    cidr_ip: str | None = None
    cidr_ipv6: str | None = None
    prefix_list_id: str | None = None


@dataclass(frozen=True)
class Pair:
    group_id: str | None
    user_id: str | None = None
    vpc_id: str | None = None
    vpc_peering_connection_id: str | None = None
    peering_status: str | None = None


@dataclass(frozen=True)
class Permission:
    ip_protocol: str | None
    from_port: int | None = None
    to_port: int | None = None
    ip_ranges: Sequence[Range] = ()
    ipv6_ranges: Sequence[Range] = ()
    prefix_list_ids: Sequence[Range] = ()
    user_id_group_pairs: Sequence[Pair] = ()


@dataclass(frozen=True)
class Item:
    is_egress: bool = False
    ip_protocol: str | None = "tcp"
    from_port: int | None = 443
    to_port: int | None = 443
    cidr_ipv4: str | None = None
    cidr_ipv6: str | None = None
    prefix_list_id: str | None = None
    referenced_group_info: Pair | None = None
    security_group_rule_id: str | None = "sgr-1"


def test_an_item_of_ip_permissions_is_one_rule_for_each_peer() -> None:
    permission = Permission(
        "tcp",
        443,
        443,
        ip_ranges=[Range(cidr_ip="10.0.0.0/8"), Range(cidr_ip="nonsense")],
        ipv6_ranges=[Range(cidr_ipv6="::/0")],
        prefix_list_ids=[Range(prefix_list_id="pl-1"), Range()],
        user_id_group_pairs=[Pair("sg-1", "123456789012"), Pair(None)],
    )
    rules = rules_of(permission, Direction.EGRESS)
    assert [one.peer for one in rules] == [
        Cidr(IPv4Network("10.0.0.0/8")),
        UnreadablePeer("nonsense"),
        Cidr(IPv6Network("::/0")),
        ListReference("pl-1"),
        UnreadablePeer("a prefix list without an id"),
        GroupReference("sg-1", "123456789012"),
        UnreadablePeer("a security group without an id"),
    ]
    assert {one.direction for one in rules} == {Direction.EGRESS}
    assert {one.ports(Transport.TCP) for one in rules} == {PortRange(443, 443)}


def test_no_permissions_are_no_rules() -> None:
    assert rules_of(Permission("-1"), Direction.EGRESS) == ()


@pytest.mark.parametrize(
    ("item", "peer"),
    [
        pytest.param(Item(cidr_ipv4="0.0.0.0/0"), ANYWHERE, id="IPv4"),
        pytest.param(Item(cidr_ipv6="::/0"), Cidr(IPv6Network("::/0")), id="IPv6"),
        pytest.param(Item(prefix_list_id="pl-1"), ListReference("pl-1"), id="a list"),
        pytest.param(
            Item(referenced_group_info=Pair("sg-1")), GroupReference("sg-1"), id="a group"
        ),
        pytest.param(Item(), UnreadablePeer("0 peers in one rule"), id="nobody"),
        pytest.param(
            Item(cidr_ipv4="10.0.0.0/8", cidr_ipv6="::/0"),
            UnreadablePeer("2 peers in one rule"),
            id="two at once",
        ),
    ],
)
def test_an_item_of_describe_security_group_rules_is_one_rule(item: Item, peer: Peer) -> None:
    expected = Rule(Direction.INGRESS, "tcp", 443, 443, peer, "sgr-1")
    assert rule_of(item) == expected


def test_the_direction_of_a_rule_is_read() -> None:
    assert rule_of(Item(is_egress=True, cidr_ipv4="0.0.0.0/0")).direction is Direction.EGRESS


def test_an_answer_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="one of three"):
        bool(Answer.CANNOT_TELL)


@pytest.mark.parametrize(
    ("answers", "any_expected", "all_expected"),
    [
        ([], Answer.NO, Answer.YES),
        ([Answer.NO, Answer.CANNOT_TELL], Answer.CANNOT_TELL, Answer.NO),
        ([Answer.YES, Answer.CANNOT_TELL], Answer.YES, Answer.CANNOT_TELL),
        ([Answer.YES, Answer.NO], Answer.YES, Answer.NO),
        ([Answer.YES], Answer.YES, Answer.YES),
        ([Answer.NO], Answer.NO, Answer.NO),
    ],
)
def test_answers_combine_without_guessing(
    answers: list[Answer], any_expected: Answer, all_expected: Answer
) -> None:
    assert any_of(answers) is any_expected
    assert all_of(answers) is all_expected
