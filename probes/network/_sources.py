"""Where the traffic of ingress rules comes from that should not come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from auditor.facts import Facts
from auditor.probe import Severity
from probes.analysis.addresses import Block, within
from probes.analysis.answers import Answer
from probes.analysis.exposure import Grade, Source, Surroundings, exposure, source_of
from probes.analysis.network import Cidr, GroupReference, Rule, confined_to
from probes.analysis.patterns import fits
from probes.analysis.ports import PortRange, Transport
from probes.aws import ec2, ec2_groups
from probes.groups import OperatorAccess
from probes.network import _rules

NEEDS = (ec2.VPCS, *_rules.RULES, *_rules.LISTS)
WEIGHT = {
    Source.WORLD: Severity.HIGH,
    Source.PUBLIC: Severity.MEDIUM,
    Source.WIDER_THAN_VPC: Severity.MEDIUM,
    Source.WHOLE_VPC: Severity.MEDIUM,
    Source.PRIVATE: Severity.LOW,
    Source.INSIDE_VPC: Severity.LOW,
    Source.GROUP: Severity.LOW,
    Source.OWN_GROUP: Severity.LOW,
    Source.AWS_LIST: Severity.LOW,
}
"""How much an unwanted source weighs; where it cannot be told, nothing does."""

# What these sources are follows from the rule alone, without prefix lists and blocks of the VPC.
_EVIDENT = {Source.WORLD, Source.GROUP, Source.OWN_GROUP, Source.NOBODY}


@dataclass(frozen=True, slots=True)
class Exempt:
    """Who may come besides: groups by pattern, the group itself, operators at their ports."""

    groups: tuple[str, ...]
    own_group: bool
    operators: OperatorAccess

    def lets(self, rule: Rule, source: Source, vpc: Sequence[Block], facts: Facts) -> bool:
        """Whether a rule is let be."""
        if source is Source.NOBODY or (source is Source.OWN_GROUP and self.own_group):
            return True
        if isinstance(rule.peer, GroupReference) and self._is_named(rule.peer, facts):
            return True
        return self._is_of_operators(rule, vpc)

    def _is_named(self, peer: GroupReference, facts: Facts) -> bool:
        if not self.groups:
            return False
        group = facts.named(ec2_groups.SECURITY_GROUPS, peer.group_id)
        # A group of another account has no name here.
        texts = _rules.texts(group) if group else (peer.group_id,)
        return fits(self.groups, *texts)

    def _is_of_operators(self, rule: Rule, vpc: Sequence[Block]) -> bool:
        """Whether a rule opens only their ports, to a group of this VPC or to where they are."""
        ports = [PortRange(port, port) for port in self.operators.troubleshooting_ports]
        if confined_to(rule, Transport.TCP, ports) is not Answer.YES:
            return False
        if isinstance(rule.peer, GroupReference):
            return rule.peer.peering_id is None
        places = self.operators.blocks or vpc
        return isinstance(rule.peer, Cidr) and within(rule.peer.block, places)


def unwanted(
    group: ec2_groups.SecurityGroup, rules: Sequence[Rule], exempt: Exempt, facts: Facts
) -> Iterator[tuple[Source, tuple[Rule, ...]]]:
    """The rules that are not let be, by their source; what needs no further reading comes first."""
    plain = {rule: source_of(rule, group.group_id, Surroundings({})) for rule in rules}
    evident = {rule: source for rule, source in plain.items() if source in _EVIDENT}
    yield from _by_source(evident, exempt, (), facts)
    left = [rule for rule in rules if rule not in evident]
    if not left:
        return
    vpc = facts.named(ec2.VPCS, group.vpc_id)
    blocks = vpc.blocks if vpc else ()
    for around in _rules.stages(facts, left, blocks):
        sources = _sources(group.group_id, left, around, known_vpc=vpc is not None)
        told = {r: source for r, source in sources.items() if source is not Source.CANNOT_TELL}
        yield from _by_source(told, exempt, blocks, facts)
        left = [rule for rule in left if rule not in told]
    if left:
        yield Source.CANNOT_TELL, tuple(left)


def _sources(
    group_id: str, rules: Sequence[Rule], around: Surroundings, *, known_vpc: bool
) -> dict[Rule, Source]:
    """The source of each rule; the world, too, for rules that are it in sum."""
    found = {rule: source_of(rule, group_id, around) for rule in rules}
    if not known_vpc:
        found |= {r: Source.CANNOT_TELL for r, source in found.items() if source is Source.PRIVATE}
    together = exposure(rules, around)
    if together.grade is not Grade.BOUNDED:
        found |= dict.fromkeys(together.rules, Source.WORLD)
    return found


def _by_source(
    sources: Mapping[Rule, Source], exempt: Exempt, vpc: Sequence[Block], facts: Facts
) -> Iterator[tuple[Source, tuple[Rule, ...]]]:
    for source in Source:
        mine = [rule for rule, one in sources.items() if one is source]
        found = tuple(rule for rule in mine if not exempt.lets(rule, source, vpc, facts))
        if found:
            yield source, found
