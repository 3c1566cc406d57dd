"""Whether the rules of security groups let clients in at the ports where a listener waits."""

from collections.abc import Iterable
from dataclasses import dataclass

from probes.analysis.addresses import Block, is_public
from probes.analysis.answers import Answer, all_of, any_of
from probes.analysis.exposure import Surroundings
from probes.analysis.network import GroupReference, ListReference, Rule, covers
from probes.analysis.ports import Transport

# Protocols of listeners that encrypt, with what they travel on, and those that do not (API model
# of Elastic Load Balancing v2, ProtocolEnum). QUIC is HTTP/3's transport.
_ENCRYPTED = {
    "HTTPS": (Transport.TCP,),
    "TLS": (Transport.TCP,),
    "QUIC": (Transport.UDP,),
    "TCP_QUIC": (Transport.TCP, Transport.UDP),
}
_PLAIN = frozenset({"HTTP", "TCP", "UDP", "TCP_UDP", "GENEVE"})


@dataclass(frozen=True, slots=True, order=True)
class Door:
    """A port of a transport at which a listener waits."""

    transport: Transport
    port: int

    def __str__(self) -> str:
        return f"{self.transport.name.lower()} {self.port}"


@dataclass(frozen=True, slots=True)
class Clients:
    """Who can be a client: with `only_ipv6` nobody on the internet has an IPv4 address for it."""

    around: Surroundings
    only_ipv6: bool = False

    def among(self, rule: Rule) -> Answer:
        """Whether the peer of a rule can be a client; a stale group or an empty list cannot."""
        match rule.peer:
            case GroupReference() as group:
                return group.admits
            case ListReference(list_id) if self._is_of_aws(list_id):
                return Answer.YES
        blocks = self.around.blocks(rule.peer)
        if any(self._is_client(one) for one in blocks.known):
            return Answer.YES
        return Answer.NO if blocks.complete else Answer.CANNOT_TELL

    def _is_of_aws(self, list_id: str) -> bool:
        found = self.around.lists.get(list_id)
        return found is not None and found.aws_managed

    def _is_client(self, one: Block) -> bool:
        return not (self.only_ipv6 and one.version == 4 and is_public(one))


def encrypted_doors(protocol: str, port: int | None) -> tuple[Door, ...] | None:
    """Where a listener that encrypts waits; nothing for others, None for an unknown protocol."""
    if protocol in _PLAIN:
        return ()
    if protocol not in _ENCRYPTED or port is None:
        return None
    return tuple(Door(transport, port) for transport in _ENCRYPTED[protocol])


def admits(rule: Rule, door: Door, clients: Clients) -> Answer:
    """Whether one rule lets clients in at a door."""
    return all_of((covers(rule, door.transport, door.port), clients.among(rule)))


def admitted(rules: Iterable[Rule], door: Door, clients: Clients) -> Answer:
    """Whether the rules of all groups, taken together, let clients in at a door."""
    return any_of(admits(rule, door, clients) for rule in rules)


def internet_versions(rules: Iterable[Rule], door: Door, clients: Clients) -> frozenset[int]:
    """By which versions of IP the internet gets in at a door; a list of AWS may be of either."""
    open_rules = [rule for rule in rules if admits(rule, door, clients) is Answer.YES]
    return frozenset(version for rule in open_rules for version in _versions(rule, clients.around))


def _versions(rule: Rule, around: Surroundings) -> frozenset[int]:
    if isinstance(rule.peer, ListReference) and around.lists[rule.peer.list_id].aws_managed:
        return frozenset({4, 6})
    return frozenset(one.version for one in around.blocks(rule.peer).known if is_public(one))
