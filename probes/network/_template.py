"""Rules as CloudFormation has them inside a security group."""

from __future__ import annotations

from collections.abc import Iterable

from probes.analysis.network import (
    Cidr,
    Direction,
    GroupReference,
    ListReference,
    Peer,
    Rule,
)
from probes.analysis.ports import ALL_PROTOCOLS

# What is written where no egress rule is left: without any CloudFormation would open all of it
# again (template reference, AWS::EC2::SecurityGroup, "Remove the default rule").
_NOWHERE = {"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}
_PROPERTY = {Direction.EGRESS: "SecurityGroupEgress", Direction.INGRESS: "SecurityGroupIngress"}
_SIDE = {Direction.EGRESS: "Destination", Direction.INGRESS: "Source"}


def properties(rules: Iterable[Rule], direction: Direction) -> dict[str, object] | None:
    """The property that holds these rules and no others; None where one cannot be read."""
    written: list[dict[str, object]] = []
    for rule in rules:
        peer = _peer(rule.peer, _SIDE[direction])
        if peer is None:
            return None
        written.append({"IpProtocol": rule.protocol, **_ports(rule), **peer})
    if not written and direction is Direction.EGRESS:
        written = [dict(_NOWHERE)]
    return {_PROPERTY[direction]: written}


def _ports(rule: Rule) -> dict[str, object]:
    if rule.protocol_number == ALL_PROTOCOLS:
        return {}
    return {"FromPort": rule.from_port, "ToPort": rule.to_port}


def _peer(peer: Peer, side: str) -> dict[str, object] | None:
    match peer:
        case Cidr(one):
            return {"CidrIp" if one.version == 4 else "CidrIpv6": str(one)}
        case ListReference(list_id):
            return {f"{side}PrefixListId": list_id}
        case GroupReference(group_id=group_id):
            return {f"{side}SecurityGroupId": group_id}
    return None
