"""EC2: security groups, their rules as sets of statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.query import JSON
from auditor.recording.recordable import Recordable, Rule
from probes.aws import ec2_groups

_PORTS = ("IpProtocol", "FromPort", "ToPort")
_PEERS = {
    "IpRanges": ("CidrIp",),
    "Ipv6Ranges": ("CidrIpv6",),
    "PrefixListIds": ("PrefixListId",),
    "UserIdGroupPairs": ("GroupId", "UserId", "VpcPeeringConnectionId"),
}
"""Where peers stand in a permission, and what tells them apart (API model, `IpPermission`).

The name, VPC and peering status of a group as peer follow from its id.
"""


def rules_of(permissions: JSON) -> JSON:
    """Permissions as single rules, one for each peer: AWS joins those with the same ports."""
    listed = permissions if isinstance(permissions, list) else []
    return [rule for one in listed if isinstance(one, Mapping) for rule in _rules(one)]


def _rules(permission: Mapping[str, JSON]) -> Iterator[JSON]:
    ports = {name: permission[name] for name in _PORTS if name in permission}
    if not _PEERS.keys() & permission.keys():
        yield dict(permission)
        return
    for kind, named_by in _PEERS.items():
        for peer in permission.get(kind) or ():
            named = {name: peer[name] for name in (*named_by, "Description") if name in peer}
            yield {**ports, **named}


_RULES = Rule(rules_of)
SECURITY_GROUP = Recordable(
    ec2_groups.SECURITY_GROUPS,
    keeps=("GroupName", "Description", "VpcId", "IpPermissions", "IpPermissionsEgress"),
    leaves=("GroupId", "SecurityGroupArn", "OwnerId"),
    rules={"IpPermissions": _RULES, "IpPermissionsEgress": _RULES},
    names={
        "Description": "GroupDescription",
        "IpPermissions": "SecurityGroupIngress",
        "IpPermissionsEgress": "SecurityGroupEgress",
    },
)
