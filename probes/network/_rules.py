"""The rules of a security group as facts give them, and what must be known around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from auditor.facts import Facts
from auditor.probe import Remark, unknown
from probes.analysis import patterns
from probes.analysis.addresses import Block
from probes.analysis.exposure import Exposure, Surroundings, exposure
from probes.analysis.network import (
    Cidr,
    Direction,
    GroupReference,
    ListReference,
    Peer,
    Rule,
    rule_of,
)
from probes.analysis.ports import ALL_PROTOCOLS
from probes.aws import ec2, ec2_groups

RULES = (ec2_groups.SECURITY_GROUP_RULES,)
LISTS = (ec2_groups.PREFIX_LISTS, ec2_groups.PREFIX_LIST_ENTRIES)

_PROTOCOLS = {ALL_PROTOCOLS: "all protocols", 1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6"}
_WITH_PORTS = frozenset({6, 17})


def rules(facts: Facts, group_id: str, direction: Direction) -> tuple[Rule, ...]:
    """All rules of a group in one direction."""
    found = facts.where(ec2_groups.SECURITY_GROUP_RULES, ec2_groups.group_of, group_id)
    return tuple(rule for rule in map(rule_of, found) if rule.direction is direction)


def ingress(facts: Facts, group_ids: Iterable[str]) -> tuple[Rule, ...]:
    """All ingress rules of several groups, which add up."""
    return tuple(rule for one in group_ids for rule in rules(facts, one, Direction.INGRESS))


def surroundings(facts: Facts, known: Iterable[Rule], vpc: Sequence[Block] = ()) -> Surroundings:
    """What the prefix lists hold that the rules name; one that is not listed stays unread."""
    wanted = {rule.peer.list_id for rule in known if isinstance(rule.peer, ListReference)}
    found = {list_id: ec2_groups.prefix_list(list_id, facts) for list_id in sorted(wanted)}
    return Surroundings({name: one for name, one in found.items() if one is not None}, vpc)


def stages(
    facts: Facts, known: Sequence[Rule], vpc: Sequence[Block] = ()
) -> Iterator[Surroundings]:
    """What is known before prefix lists are read, and then, where rules name any, after."""
    yield Surroundings({}, vpc)
    if any(isinstance(rule.peer, ListReference) for rule in known):
        yield surroundings(facts, known, vpc)


def exposures(facts: Facts, known: Sequence[Rule]) -> Iterator[Exposure]:
    """What the rules open for certain; then, where prefix lists have a say, what with them."""
    yield from (exposure(known, around) for around in stages(facts, known))


def unread(undecided: Iterable[Rule]) -> Remark:
    """What there is to say of rules that this version cannot read."""
    found = sorted(map(said, undecided))
    return unknown("rules that cannot be read", code="unreadable-rule", found=found)


def interfaces(facts: Facts, group_id: str) -> tuple[ec2.NetworkInterface, ...]:
    """What a group is on; an interface that waits for its user counts."""
    return facts.where(ec2.NETWORK_INTERFACES, ec2.groups_of, group_id)


def texts(group: ec2_groups.SecurityGroup) -> tuple[str, ...]:
    """By which a pattern of a baseline means a group: its name, its id, each `Key=Value` of it."""
    return (group.group_name, group.group_id, *patterns.as_texts(group.tags))


def said(rule: Rule) -> str:
    """A rule in words, always the same: `tcp 22 from 0.0.0.0/0`."""
    way = "to" if rule.direction is Direction.EGRESS else "from"
    return f"{_traffic(rule)} {way} {_peer(rule.peer)}"


def ids(known: Iterable[Rule]) -> tuple[str, ...]:
    """The ids of rules, for commands."""
    return tuple(sorted(rule.rule_id for rule in known if rule.rule_id))


def revoked(group_id: str, known: Iterable[Rule], direction: Direction) -> tuple[str, ...]:
    """The command that takes rules away."""
    verb = f"revoke-security-group-{direction.value}"
    return ("aws", "ec2", verb, "--group-id", group_id, "--security-group-rule-ids", *ids(known))


def _traffic(rule: Rule) -> str:
    number = rule.protocol_number
    name = _PROTOCOLS.get(number, f"protocol {number}") if number is not None else rule.protocol
    if number not in _WITH_PORTS:
        return str(name)
    first, last = rule.from_port, rule.to_port
    if first in (None, -1) and last in (None, -1):
        return f"{name} all ports"
    return f"{name} {first}" if first == last else f"{name} {first}-{last}"


def _peer(peer: Peer) -> str:
    match peer:
        case Cidr(one):
            return str(one)
        case ListReference(list_id):
            return list_id
        case GroupReference(group_id=group_id):
            return group_id
    return peer.text
