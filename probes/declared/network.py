"""EC2: security groups, with the rules that stand in them and beside them."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network

from auditor.drift.declarable import Beside, Changer, Declarable, NotComparable, Property
from auditor.query import JSON
from probes.declared._by_aws import admitted_by_others, is_of_kubernetes, members_of
from probes.declared._words import mappings, same, text
from probes.recorded import network

_PEERS = {
    "CidrIp": "CidrIp",
    "CidrIpv6": "CidrIpv6",
    "SourcePrefixListId": "PrefixListId",
    "DestinationPrefixListId": "PrefixListId",
    "SourceSecurityGroupId": "GroupId",
    "DestinationSecurityGroupId": "GroupId",
    "SourceSecurityGroupOwnerId": "UserId",
}
_NUMBERS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
"""Protocols that EC2 tells by their names, whatever they were given by (API reference)."""
_PORTED = frozenset({"tcp", "udp", "icmp", "icmpv6"})


def rules(value: JSON) -> JSON:
    """Rules as single ones, which the recorded state keeps in the same way."""
    return [rule(one) for one in mappings(value)]


def rule(declared: Mapping[str, JSON]) -> JSON:
    """One rule; ports count only where the protocol has some."""
    if "SourceSecurityGroupName" in declared:
        raise NotComparable("a group by its name")
    kept = {there: declared[here] for here, there in _PEERS.items() if here in declared}
    for name in {"CidrIp", "CidrIpv6"} & kept.keys():
        kept[name] = block(kept[name])
    protocol = str(declared.get("IpProtocol", "")).lower()
    protocol = _NUMBERS.get(protocol, protocol)
    if protocol:
        kept["IpProtocol"] = protocol
    if protocol in _PORTED:
        kept |= {name: declared[name] for name in ("FromPort", "ToPort") if name in declared}
    if "Description" in declared:
        kept["Description"] = declared["Description"]
    return kept


def block(value: JSON) -> JSON:
    """A block of addresses as EC2 keeps it: without the bits of a host."""
    try:
        return str(ip_network(text(value).strip(), strict=False))
    except ValueError:
        raise NotComparable("it is no block of addresses") from None


def _one(properties: Mapping[str, JSON]) -> JSON:
    return [rule(properties)]


_EVERYWHERE = (
    {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"},
    {"IpProtocol": "-1", "CidrIpv6": "::/0"},
)
"""What EC2 lets out of a group of which the template itself does not say it (template reference,
`AWS::EC2::SecurityGroupEgress`)."""
_MANAGED = ("EmrManagedMasterSecurityGroup", "EmrManagedSlaveSecurityGroup",
            "ServiceAccessSecurityGroup")  # fmt: skip
_CLUSTER = Changer(
    "AWS::EMR::Cluster",
    tuple(f"Instances.{name}" for name in _MANAGED),
    ("IpPermissions", "IpPermissionsEgress"),
    "EMR keeps rules of its own in the groups of a cluster",
)
"""Management guide of EMR, "Working with Amazon EMR-managed security groups"."""
_INGRESS = Property("SecurityGroupIngress", "IpPermissions", taken=rules)
_EGRESS = Property("SecurityGroupEgress", "IpPermissionsEgress", taken=rules)
SECURITY_GROUP = Declarable(
    network.SECURITY_GROUP,
    (
        *same("GroupName", "VpcId"),
        Property("GroupDescription", "Description"),
        _INGRESS,
        _EGRESS,
    ),
    beside=(
        Beside("AWS::EC2::SecurityGroupIngress", "GroupId", "IpPermissions", _one),
        Beside("AWS::EC2::SecurityGroupEgress", "GroupId", "IpPermissionsEgress", _one),
    ),
    changed_by=(_CLUSTER,),
    given={"IpPermissionsEgress": [*_EVERYWHERE]},
    # Of itself EC2 makes no rule but those that are given; other services make groups of their own.
    none={"IpPermissions", "IpPermissionsEgress"},
    by_aws={"IpPermissions": members_of(is_of_kubernetes)},
    doubted=admitted_by_others,
)
