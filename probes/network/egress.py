"""Security groups let traffic out only to where it has to go.

A new group may send anything anywhere: EC2 gives it that one rule, for IPv6 too where the VPC has
an IPv6 block (VPC guide, "Security group rules"). That exposes nothing, but whoever has broken in
can carry data away. No egress rule at all is best: replies need none. TCP 443 to everywhere passes
with a note, because AWS's APIs and package mirrors need it where the VPC has no endpoints.

The source calls this critical; being AWS's default it weighs low, and medium for databases and, in
production, for interfaces with a public address. The source's fix lets two groups name each other
inline, which CloudFormation refuses as circular (one rule must be a resource of its own), and shuts
the ports by which its instances fetch their packages.

Fix: authorize what is needed, then `aws ec2 revoke-security-group-egress --group-id GROUP
--security-group-rule-ids RULES`; in CloudFormation give `SecurityGroupEgress`, for all
is open without it.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, not_applicable, note
from auditor.settings import Settings, setting
from probes.analysis.network import Direction, Rule
from probes.analysis.patterns import fits
from probes.aws import ec2, ec2_groups
from probes.groups import Port
from probes.network import _outbound, _rules


class OpenEgress(Settings):
    """What may be open."""

    world_ports_allowed: list[Port] = setting(
        [443], "TCP ports that every group may reach anywhere."
    )
    open_allowed_for: list[str] = setting(
        [], "Groups that may send anything: patterns of name, id or `Key=Value` of a tag."
    )
    skip_unused: bool = setting(True, "Whether groups that are on no interface are left alone.")


class Egress(Probe[ec2_groups.SecurityGroup, OpenEgress]):
    """What the egress rules of each group, taken together, open to the world."""

    subject = ec2_groups.SECURITY_GROUPS
    needs = (*_rules.RULES, *_rules.LISTS, ec2.NETWORK_INTERFACES)
    severity, settings = Severity.LOW, OpenEgress
    sources = ("S0.1",)

    def judge(
        self, group: ec2_groups.SecurityGroup, facts: Facts, expected: OpenEgress
    ) -> Iterator[Remark]:
        if group.group_name == ec2_groups.DEFAULT:
            yield not_applicable("the default group is judged as such", code="default-group")
            return
        if fits(expected.open_allowed_for, *_rules.texts(group)):
            yield not_applicable("the baseline lets this group send anything", code="allowed")
            return
        if expected.skip_unused and not _rules.interfaces(facts, group.group_id):
            yield not_applicable("no interface has this group", code="unused")
            return
        yield from self._open(group, facts, tuple(expected.world_ports_allowed))

    def _open(
        self, group: ec2_groups.SecurityGroup, facts: Facts, ports: tuple[int, ...]
    ) -> Iterator[Remark]:
        rules = _rules.rules(facts, group.group_id, Direction.EGRESS)
        told: tuple[str, ...] = ()
        undecided: tuple[Rule, ...] = ()
        for found in _rules.exposures(facts, rules):
            wide, undecided = _outbound.beyond(found, ports), found.undecided
            if wide != told:
                yield _outbound.opened(facts, group.group_id, rules, found, ports)
            elif found.rules and not wide and not undecided:
                yield note("TCP ports that the baseline allows are open to the world")
            told = wide
        if undecided:
            yield _rules.unread(undecided)
