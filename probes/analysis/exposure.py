"""What a set of security-group rules opens to the world, and where single rules come from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from probes.analysis.addresses import (
    WORLD_LIKE,
    Block,
    Blocks,
    PrefixList,
    WorldLike,
    is_public,
    is_world,
    lies_in,
    merged,
    within,
)
from probes.analysis.answers import Answer
from probes.analysis.network import (
    Cidr,
    GroupReference,
    ListReference,
    Peer,
    Rule,
    covers,
)
from probes.analysis.ports import ALL_PROTOCOLS, PortRange, Transport, merged_ports

_WEB_PORTS = (PortRange(80, 80), PortRange(443, 443))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What must be known around a rule to say how far it reaches.

    A prefix list that is not among `lists` could not be read. `vpc` holds the primary and
    secondary blocks of the group's own VPC.
    """

    lists: Mapping[str, PrefixList]
    vpc: Sequence[Block] = ()
    world_like: WorldLike = WORLD_LIKE

    def blocks(self, peer: Peer) -> Blocks:
        """The addresses that a peer stands for, as far as they can belong to the world.

        Groups stand for network interfaces inside VPCs, and AWS keeps its own lists to the
        services that they name: neither is ever the world, so they add no block.
        """
        match peer:
            case Cidr(one):
                return Blocks((one,))
            case GroupReference():
                return Blocks()
            case ListReference(list_id):
                return self._listed(list_id)
        return Blocks(complete=False)

    def _listed(self, list_id: str) -> Blocks:
        if self.is_aws_list(list_id):
            return Blocks()
        found = self.lists.get(list_id)
        return Blocks(complete=False) if found is None else found.blocks

    def is_aws_list(self, list_id: str) -> bool:
        """Whether a prefix list is known to be one of AWS's own."""
        return list_id in self.lists and self.lists[list_id].aws_managed

    def is_world(self, rules: Iterable[Rule]) -> bool:
        """Whether the readable peers of the rules, taken together, are the world."""
        reached = (one for rule in rules for one in self.blocks(rule.peer).known)
        return is_world(reached, self.world_like)


def open_to_world(
    rules: Iterable[Rule], transport: Transport, port: int, around: Surroundings
) -> Answer:
    """Whether the rules together let the world reach a port (or a port of the world)."""
    asked = [(rule, covers(rule, transport, port)) for rule in rules]
    possible = [rule for rule, answer in asked if answer is not Answer.NO]
    if around.is_world(rule for rule, answer in asked if answer is Answer.YES):
        return Answer.YES
    if not all(around.blocks(rule.peer).complete for rule in possible):
        return Answer.CANNOT_TELL
    return Answer.CANNOT_TELL if around.is_world(possible) else Answer.NO


class Grade(Enum):
    """How much is open to the world, the widest first."""

    ALL_PROTOCOLS = "all-protocols-world"
    ALL_PORTS_TCP = "all-ports-tcp-world"
    SOME_PORTS = "some-ports-world"
    HTTPS_ONLY = "https-only-world"
    BOUNDED = "bounded"


@dataclass(frozen=True, slots=True)
class Exposure:
    """What rules of one direction open to the world.

    `rules` are those that open it, `undecided` those that might open more but could not be
    read: with any of them, `Grade.BOUNDED` is not proven.
    """

    all_protocols: bool
    tcp: tuple[PortRange, ...]
    udp: tuple[PortRange, ...]
    other_protocols: tuple[int, ...]
    rules: tuple[Rule, ...]
    undecided: tuple[Rule, ...]

    @property
    def grade(self) -> Grade:
        if self.all_protocols:
            return Grade.ALL_PROTOCOLS
        if any(ports.is_all for ports in self.tcp):
            return Grade.ALL_PORTS_TCP
        if not (self.tcp or self.udp or self.other_protocols):
            return Grade.BOUNDED
        web = all(ports.lies_in(_WEB_PORTS) for ports in self.tcp)
        https = any(443 in ports for ports in self.tcp)
        alone = not (self.udp or self.other_protocols)
        return Grade.HTTPS_ONLY if web and https and alone else Grade.SOME_PORTS


def exposure(rules: Iterable[Rule], around: Surroundings) -> Exposure:
    """What the rules, which are of one direction, open to the world when taken together."""
    known = tuple(rules)
    everything = [rule for rule in known if rule.protocol_number == ALL_PROTOCOLS]
    others = {rule.protocol_number for rule in known if rule.protocol_number is not None}
    return Exposure(
        all_protocols=around.is_world(everything),
        tcp=_open_ports(known, Transport.TCP, around),
        udp=_open_ports(known, Transport.UDP, around),
        other_protocols=tuple(
            number
            for number in sorted(others - {ALL_PROTOCOLS, *Transport})
            if around.is_world(r for r in known if r.protocol_number in (number, ALL_PROTOCOLS))
        ),
        rules=_openers(known, around),
        undecided=_undecided(known, around),
    )


def _open_ports(
    rules: Sequence[Rule], transport: Transport, around: Surroundings
) -> tuple[PortRange, ...]:
    """The ports at which the rules, taken together, meet the world."""
    spans = [
        (ports, rule)
        for rule in rules
        if (ports := rule.ports(transport)) is not None and not ports.is_empty
    ]
    if not around.is_world(rule for _, rule in spans):
        return ()
    # Between two neighbouring edges the same rules cover every port.
    edges = sorted({edge for ports, _ in spans for edge in (ports.first, ports.last + 1)})
    return merged_ports(
        PortRange(first, end - 1)
        for first, end in pairwise(edges)
        if around.is_world(rule for ports, rule in spans if first in ports)
    )


def _openers(rules: Sequence[Rule], around: Surroundings) -> tuple[Rule, ...]:
    """The rules that are open by themselves, else those that are only in sum."""
    alone = tuple(rule for rule in rules if around.is_world((rule,)))
    if alone:
        return alone
    reached = merged(one for rule in rules for one in around.blocks(rule.peer).known)
    world = [one for one in reached if around.world_like.holds(one)]
    return tuple(
        rule
        for rule in rules
        if any(lies_in(one, wide) for one in around.blocks(rule.peer).known for wide in world)
    )


def _undecided(rules: Sequence[Rule], around: Surroundings) -> tuple[Rule, ...]:
    """The rules that might open more: by their peer, or by their ports if their peer counts."""
    possible = around.is_world(rules)
    return tuple(
        rule
        for rule in rules
        if not (blocks := around.blocks(rule.peer)).complete
        or (possible and blocks.known and not _is_readable(rule))
    )


def _is_readable(rule: Rule) -> bool:
    return all(rule.ports(transport) is not None for transport in Transport)


class Source(Enum):
    """Where the traffic of a rule comes from (or goes to), the gravest first."""

    WORLD = "the internet"
    PUBLIC = "public addresses"
    WIDER_THAN_VPC = "more than the whole VPC"
    WHOLE_VPC = "the whole VPC"
    PRIVATE = "private addresses outside the VPC"
    INSIDE_VPC = "a part of the VPC"
    GROUP = "another security group"
    OWN_GROUP = "the group itself"
    AWS_LIST = "a prefix list of AWS"
    NOBODY = "nobody"
    CANNOT_TELL = "cannot tell"


_GRAVITY = {source: place for place, source in enumerate(Source)}


def source_of(rule: Rule, group_id: str, around: Surroundings) -> Source:
    """Where the traffic of one rule of a group comes from: the gravest of its addresses.

    Rules that are the world only in sum are found by `exposure` and `open_to_world`.
    """
    match rule.peer:
        case GroupReference(group_id=peer_id) as peer:
            return _group_source(peer, own=peer_id == group_id)
        case ListReference(list_id) if (
            list_id in around.lists and around.lists[list_id].aws_managed
        ):
            return Source.AWS_LIST
    blocks = around.blocks(rule.peer)
    if is_world(blocks.known, around.world_like):
        return Source.WORLD
    if not blocks.complete:
        return Source.CANNOT_TELL
    places = [_place(one, around.vpc) for one in blocks.known]
    return min(places, key=_GRAVITY.__getitem__, default=Source.NOBODY)


def _group_source(peer: GroupReference, *, own: bool) -> Source:
    if own:
        return Source.OWN_GROUP
    return {
        Answer.YES: Source.GROUP,
        Answer.NO: Source.NOBODY,
        Answer.CANNOT_TELL: Source.CANNOT_TELL,
    }[peer.admits]


def _place(one: Block, vpc: Sequence[Block]) -> Source:
    """Where a block lies that is not the world; a VPC's own block may be of public numbers."""
    holds_vpc = any(lies_in(part, one) for part in vpc)
    if within(one, vpc):
        return Source.WHOLE_VPC if holds_vpc else Source.INSIDE_VPC
    if is_public(one):
        return Source.PUBLIC
    return Source.WIDER_THAN_VPC if holds_vpc else Source.PRIVATE
