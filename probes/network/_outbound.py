"""What a group sends to the world beyond what is allowed, how much that weighs, what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, severity_if
from probes.analysis.answers import Answer
from probes.analysis.exposure import Exposure, Grade
from probes.analysis.network import (
    Direction,
    Rule,
    confined_to,
)
from probes.analysis.ports import PortRange, Transport
from probes.network import _rules, _template

# Interfaces that answer and forward (EC2 API, NetworkInterfaceType).
_PASSIVE = {"network_load_balancer", "vpc_endpoint", "gateway_load_balancer_endpoint"}
_DATABASES = "amazon-rds"


def beyond(found: Exposure, ports: Iterable[int]) -> tuple[str, ...]:
    """What is open to the world and is not one of the TCP ports that may be."""
    if found.all_protocols:
        return ("all protocols",)
    allowed = _ranges(ports)
    tcp = (f"tcp {one}" for one in found.tcp if not one.lies_in(allowed))
    udp = (f"udp {one}" for one in found.udp)
    return (*tcp, *udp, *(f"protocol {number}" for number in found.other_protocols))


def opened(
    facts: Facts, group_id: str, rules: Sequence[Rule], found: Exposure, ports: Sequence[int]
) -> Remark:
    """The remark on what is open beyond these ports, with the rules that are left without it."""
    wide, allowed = beyond(found, ports), _ranges(ports)
    bad = [r for r in found.rules if confined_to(r, Transport.TCP, allowed) is not Answer.YES]
    users = Counter(one.user for one in _rules.interfaces(facts, group_id))
    return drift(
        f"may send {', '.join(wide)} anywhere",
        code=found.grade.value,
        severity=_severity(facts, found.grade, group_id),
        expected=[f"tcp {port}" for port in sorted(ports)],
        found=sorted(wide),
        evidence={
            "rules": sorted(map(_rules.said, bad)),
            "interfaces": dict(sorted(users.items())),
        },
        cli=_rules.revoked(group_id, bad, Direction.EGRESS),
        cloudformation=_template.properties(
            (rule for rule in rules if rule not in bad), Direction.EGRESS
        ),
    )


def _severity(facts: Facts, grade: Grade, group_id: str) -> Severity:
    """Low; medium for databases and, in production, for interfaces with a public address.

    Informational for web ports alone, and where nothing but endpoints and network load balancers
    has the group.
    """
    if grade is Grade.HTTPS_ONLY:
        return Severity.INFORMATIONAL

    def grave() -> bool:
        return any(
            one.requester_id == _DATABASES
            or (facts.environment == "production" and one.has_public_address)
            for one in _rules.interfaces(facts, group_id)
        )

    def passive() -> bool:
        found = _rules.interfaces(facts, group_id)
        return bool(found) and all(one.interface_type in _PASSIVE for one in found)

    mild = severity_if(passive, Severity.INFORMATIONAL, Severity.LOW)
    return severity_if(grave, Severity.MEDIUM, mild)


def _ranges(ports: Iterable[int]) -> tuple[PortRange, ...]:
    return tuple(PortRange(port, port) for port in ports)
