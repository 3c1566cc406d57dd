"""Security-group rules: whom they let in or out, by which protocol and ports."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias

from probes.analysis.addresses import Block, block
from probes.analysis.answers import Answer
from probes.analysis.ports import (
    ALL_PORTS,
    ALL_PROTOCOLS,
    NO_PORTS,
    PortRange,
    Transport,
    port_range,
    protocol_number,
)

# A peering in one of these states is over: AWS calls the rule stale (VPC peering guide).
_PEERING_OVER = frozenset({"deleted", "rejected", "expired", "failed", "stale"})


class Direction(Enum):
    """Which way a rule lets traffic pass."""

    INGRESS = "ingress"
    EGRESS = "egress"


@dataclass(frozen=True, slots=True)
class Cidr:
    """A peer that is a block of addresses."""

    block: Block


@dataclass(frozen=True, slots=True)
class ListReference:
    """A peer that is a managed prefix list."""

    list_id: str


@dataclass(frozen=True, slots=True)
class GroupReference:
    """A peer that is a security group, here or behind a VPC peering."""

    group_id: str
    owner: str | None = None
    vpc_id: str | None = None
    peering_id: str | None = None
    peering_status: str | None = None

    @property
    def admits(self) -> Answer:
        """Whether the reference still lets anybody pass; a stale one does not."""
        if self.peering_id is None and self.peering_status is None:
            return Answer.YES
        status = (self.peering_status or "").lower()
        if status == "active":
            return Answer.YES
        return Answer.NO if status in _PEERING_OVER else Answer.CANNOT_TELL


@dataclass(frozen=True, slots=True)
class UnreadablePeer:
    """A peer that we do not understand."""

    text: str


Peer: TypeAlias = Cidr | ListReference | GroupReference | UnreadablePeer


@dataclass(frozen=True, slots=True)
class Rule:
    """One direction, protocol, port range and peer; protocol and ports as AWS wrote them."""

    direction: Direction
    protocol: str | None
    from_port: int | None
    to_port: int | None
    peer: Peer
    rule_id: str | None = None

    @property
    def protocol_number(self) -> int | None:
        return protocol_number(self.protocol)

    def ports(self, transport: Transport) -> PortRange | None:
        """The ports of a transport that the rule covers, or None if that cannot be told.

        The ports of an ICMP rule are type and code: it covers no port. A rule for all
        protocols covers all ports, whatever range it carries (EC2 API, IpPermission).
        """
        number = self.protocol_number
        if number is None:
            return None
        if number == ALL_PROTOCOLS:
            return ALL_PORTS
        return port_range(self.from_port, self.to_port) if number == transport else NO_PORTS


def covers(rule: Rule, transport: Transport, port: int) -> Answer:
    """Whether the rule lets this port pass, to or from its peer."""
    return overlaps(rule, transport, PortRange(port, port))


def overlaps(rule: Rule, transport: Transport, wanted: PortRange) -> Answer:
    """Whether the rule lets any port of the range pass, to or from its peer."""
    ports = rule.ports(transport)
    return Answer.CANNOT_TELL if ports is None else Answer.of(ports.overlaps(wanted))


def confined_to(rule: Rule, transport: Transport, allowed: Iterable[PortRange]) -> Answer:
    """Whether the rule lets nothing pass but these ports of this transport."""
    number = rule.protocol_number
    ports = rule.ports(transport)
    if number is None or ports is None:
        return Answer.CANNOT_TELL
    return Answer.of(number == transport and ports.lies_in(allowed))


class _IpRange(Protocol):
    @property
    def cidr_ip(self) -> str | None: ...


class _Ipv6Range(Protocol):
    @property
    def cidr_ipv6(self) -> str | None: ...


class _PrefixListId(Protocol):
    @property
    def prefix_list_id(self) -> str | None: ...


class _Group(Protocol):
    @property
    def group_id(self) -> str | None: ...
    @property
    def user_id(self) -> str | None: ...
    @property
    def vpc_id(self) -> str | None: ...
    @property
    def vpc_peering_connection_id(self) -> str | None: ...
    @property
    def peering_status(self) -> str | None: ...


class _Ports(Protocol):
    @property
    def ip_protocol(self) -> str | None: ...
    @property
    def from_port(self) -> int | None: ...
    @property
    def to_port(self) -> int | None: ...


class IpPermission(_Ports, Protocol):
    """An item of `IpPermissions` or `IpPermissionsEgress`: one port range, many peers."""

    @property
    def ip_ranges(self) -> Sequence[_IpRange]: ...
    @property
    def ipv6_ranges(self) -> Sequence[_Ipv6Range]: ...
    @property
    def prefix_list_ids(self) -> Sequence[_PrefixListId]: ...
    @property
    def user_id_group_pairs(self) -> Sequence[_Group]: ...


class SecurityGroupRule(_Ports, Protocol):
    """An item of `DescribeSecurityGroupRules`: one peer, and the id of the rule."""

    @property
    def security_group_rule_id(self) -> str | None: ...
    @property
    def is_egress(self) -> bool: ...
    @property
    def cidr_ipv4(self) -> str | None: ...
    @property
    def cidr_ipv6(self) -> str | None: ...
    @property
    def prefix_list_id(self) -> str | None: ...
    @property
    def referenced_group_info(self) -> _Group | None: ...


def rules_of(permission: IpPermission, direction: Direction) -> tuple[Rule, ...]:
    """One rule for each peer of an item of `IpPermissions`."""
    peers: tuple[Peer, ...] = (
        *(_cidr(one.cidr_ip) for one in permission.ip_ranges),
        *(_cidr(one.cidr_ipv6) for one in permission.ipv6_ranges),
        *(_list(one.prefix_list_id) for one in permission.prefix_list_ids),
        *(_group(one) for one in permission.user_id_group_pairs),
    )
    return tuple(
        Rule(direction, permission.ip_protocol, permission.from_port, permission.to_port, peer)
        for peer in peers
    )


def rule_of(item: SecurityGroupRule) -> Rule:
    """The rule that an item of `DescribeSecurityGroupRules` is."""
    return Rule(
        Direction.EGRESS if item.is_egress else Direction.INGRESS,
        item.ip_protocol,
        item.from_port,
        item.to_port,
        _only_peer(item),
        item.security_group_rule_id,
    )


def _only_peer(item: SecurityGroupRule) -> Peer:
    peers: list[Peer] = [_cidr(text) for text in (item.cidr_ipv4, item.cidr_ipv6) if text]
    if item.prefix_list_id:
        peers.append(_list(item.prefix_list_id))
    if item.referenced_group_info is not None:
        peers.append(_group(item.referenced_group_info))
    return peers[0] if len(peers) == 1 else UnreadablePeer(f"{len(peers)} peers in one rule")


def _cidr(text: str | None) -> Peer:
    read = block(text or "")
    return UnreadablePeer(text or "") if read is None else Cidr(read)


def _list(list_id: str | None) -> Peer:
    return ListReference(list_id) if list_id else UnreadablePeer("a prefix list without an id")


def _group(item: _Group) -> Peer:
    if not item.group_id:
        return UnreadablePeer("a security group without an id")
    return GroupReference(
        item.group_id,
        item.user_id,
        item.vpc_id,
        item.vpc_peering_connection_id,
        item.peering_status,
    )
