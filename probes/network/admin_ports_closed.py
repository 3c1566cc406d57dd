"""The ports of remote administration are closed to the world.

SSH (22) and RDP (3389) that anybody can knock at are guessed at all day long. What counts is all
rules of a group together: ranges that hold the port, rules for all protocols, IPv6, blocks that
only in sum are the world, and prefix lists. A group that no interface has lets nobody in.

The source wants port 22 opened to the VPC so that instances can be reached at all; its own role
already lets Session Manager in, which needs no open port.

Fix: `aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULES`, and
use Session Manager; in CloudFormation leave the rule out of `SecurityGroupIngress`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.analysis.answers import Answer
from probes.analysis.exposure import Surroundings, exposure, open_to_world
from probes.analysis.network import Direction, Rule, covers
from probes.analysis.ports import Transport
from probes.aws import ec2, ec2_groups
from probes.groups import Port
from probes.network import _rules, _template


class AdminPorts(Settings):
    """Which ports."""

    ports: list[Port] = setting([22, 3389], "TCP ports of remote administration.")
    world_allowed: bool = setting(False, "Whether the world may reach them.")


class AdminPortsClosed(Probe[ec2_groups.SecurityGroup, AdminPorts]):
    """What the ingress rules of each group, taken together, open to the world."""

    subject = ec2_groups.SECURITY_GROUPS
    needs = (*_rules.RULES, *_rules.LISTS, ec2.NETWORK_INTERFACES)
    severity, settings = Severity.HIGH, AdminPorts
    sources = ("S1.5",)

    def judge(
        self, group: ec2_groups.SecurityGroup, facts: Facts, expected: AdminPorts
    ) -> Iterator[Remark]:
        if expected.world_allowed:
            yield not_applicable("the baseline lets the world reach them")
            return
        if not _rules.interfaces(facts, group.group_id):
            yield not_applicable("no interface has this group", code="unused")
            return
        rules = _rules.rules(facts, group.group_id, Direction.INGRESS)
        left = sorted(set(expected.ports))
        for around in _rules.stages(facts, rules):
            answers = {one: open_to_world(rules, Transport.TCP, one, around) for one in left}
            found = [port for port, answer in answers.items() if answer is Answer.YES]
            if found:
                yield self._open(group.group_id, rules, found, around)
            left = [port for port, answer in answers.items() if answer is Answer.CANNOT_TELL]
            if not left:
                return
        yield unknown(f"rules that cannot be read may open {left}", code="unreadable-rule")

    def _open(
        self, group_id: str, rules: tuple[Rule, ...], ports: list[int], around: Surroundings
    ) -> Remark:
        about = [r for r in rules if any(covers(r, Transport.TCP, p) is Answer.YES for p in ports)]
        bad = exposure(about, around).rules
        return drift(
            f"the world may reach {', '.join(f'tcp {port}' for port in ports)}",
            code="world-admin-port",
            expected=[],
            found=[f"tcp {port}" for port in ports],
            evidence={"rules": sorted(map(_rules.said, bad))},
            cli=_rules.revoked(group_id, bad, Direction.INGRESS),
            cloudformation=_template.properties(
                (rule for rule in rules if rule not in bad), Direction.INGRESS
            ),
        )
