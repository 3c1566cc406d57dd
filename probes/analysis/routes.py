"""Where the traffic of a subnet can go: the ways out that its route table opens.

Targets are those of the EC2 API (`DescribeRouteTables`, `DescribeNatGateways`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from probes.analysis.addresses import Blocks, PrefixList, block, is_public, is_world
from probes.analysis.answers import Answer
from probes.analysis.route_tables import Route, RouteTable, Subnet, effective_table


@dataclass(frozen=True, slots=True)
class NatGateway:
    """A NAT gateway, zonal (in one subnet) or regional (in none)."""

    gateway_id: str
    connectivity: str | None
    state: str | None

    @property
    def is_gone(self) -> bool:
        # One that is being deleted may still pass traffic (EC2 API, NatGateway).
        return self.state in ("failed", "deleted")


class Way(Enum):
    """What a route leads to."""

    LOCAL = "local"
    GATEWAY_ENDPOINT = "gateway endpoint"
    INTERNET_GATEWAY = "internet gateway"
    PUBLIC_NAT = "public NAT gateway"
    PRIVATE_NAT = "private NAT gateway"
    EGRESS_ONLY = "egress-only internet gateway"
    INSTANCE = "instance or network interface"
    TRANSIT = "transit, peering or virtual private gateway"
    APPLIANCE = "Gateway Load Balancer endpoint"
    CARRIER = "carrier gateway"
    OUTPOST = "local gateway of an Outpost"


INTERNET = frozenset({Way.INTERNET_GATEWAY})
"""Ways by which the internet reaches in, too."""
EGRESS = frozenset({Way.PUBLIC_NAT, Way.EGRESS_ONLY, Way.INSTANCE, Way.CARRIER})
"""Ways out to the internet only; an instance or interface as a target acts as a NAT instance."""
ONWARD = frozenset({Way.PRIVATE_NAT, Way.TRANSIT, Way.APPLIANCE, Way.OUTPOST})
"""Ways to another network, from where the internet may or may not be reached."""
_STAYING = frozenset({Way.LOCAL, Way.GATEWAY_ENDPOINT})
_LEAVING = INTERNET | EGRESS | ONWARD
_NAT = frozenset({Way.PUBLIC_NAT, Way.PRIVATE_NAT})
# What a target is, by its field; of NAT gateways and of `GatewayId` their id tells more.
_TARGETS = {
    "egress_only_internet_gateway_id": Way.EGRESS_ONLY,
    "instance_id": Way.INSTANCE,
    "network_interface_id": Way.INSTANCE,
    "transit_gateway_id": Way.TRANSIT,
    "core_network_arn": Way.TRANSIT,
    "vpc_peering_connection_id": Way.TRANSIT,
    "odb_network_arn": Way.TRANSIT,
    "carrier_gateway_id": Way.CARRIER,
    "local_gateway_id": Way.OUTPOST,
}
# What a `GatewayId` is, by the first part of the id.
_GATEWAYS = {
    "local": Way.LOCAL,
    "igw": Way.INTERNET_GATEWAY,
    "eigw": Way.EGRESS_ONLY,
    "vgw": Way.TRANSIT,
    "cagw": Way.CARRIER,
    "lgw": Way.OUTPOST,
}


@dataclass(frozen=True, slots=True)
class Path:
    """A way out of a subnet, proven by an active route to public addresses."""

    way: Way
    route: Route
    is_default: bool
    """Whether the destination is the whole internet, not a part of it."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A route that may be one of several ways out, or none, and why that cannot be told."""

    route: Route
    ways: frozenset[Way]
    reason: str


@dataclass(frozen=True, slots=True)
class Reach:
    """The ways out of a subnet; `table_id` is None if its route table cannot be told."""

    table_id: str | None
    is_explicit: bool
    """Whether the subnet names its table, rather than falling back on the main one."""
    paths: tuple[Path, ...]
    """The ways out in the order of the table, default routes first."""
    doubts: tuple[Doubt, ...]

    def leads(self, ways: frozenset[Way]) -> Answer:
        """Whether traffic to public addresses can take one of the ways."""
        if any(path.way in ways for path in self.paths):
            return Answer.YES
        if self.table_id is None or any(doubt.ways & ways for doubt in self.doubts):
            return Answer.CANNOT_TELL
        return Answer.NO


@dataclass(frozen=True, slots=True)
class Targets:
    """The NAT gateways and prefix lists that routes name; what is missing could not be read."""

    nat_gateways: Mapping[str, NatGateway]
    lists: Mapping[str, PrefixList]

    def ways(self, route: Route) -> frozenset[Way]:
        """What the target of a route may be: one way if it can be told, none if it is gone."""
        if nat := route.to("nat_gateway_id"):
            return self._nat(nat)
        found = frozenset(_TARGETS[field] for field, _ in route.targets if field in _TARGETS)
        return found or self._gateway(route)

    def _nat(self, gateway_id: str) -> frozenset[Way]:
        gateway = self.nat_gateways.get(gateway_id)
        if gateway is None:
            return _NAT
        if gateway.is_gone:
            return frozenset()
        match gateway.connectivity:
            case "public":
                return frozenset({Way.PUBLIC_NAT})
            case "private":
                return frozenset({Way.PRIVATE_NAT})
            case _:
                return _NAT

    def _gateway(self, route: Route) -> frozenset[Way]:
        kind = route.to("gateway_id").split("-")[0]
        if kind == "vpce":
            return self._endpoint(route.list_id)
        return frozenset({_GATEWAYS[kind]}) if kind in _GATEWAYS else _LEAVING

    def _endpoint(self, list_id: str | None) -> frozenset[Way]:
        """A gateway endpoint serves a list of AWS; any other destination is an appliance's."""
        if list_id is None:
            return frozenset({Way.APPLIANCE})
        found = self.lists.get(list_id)
        if found is None:
            return frozenset({Way.GATEWAY_ENDPOINT, Way.APPLIANCE})
        return frozenset({Way.GATEWAY_ENDPOINT if found.aws_managed else Way.APPLIANCE})

    def goes_public(self, route: Route) -> Answer:
        """Whether the destination of a route holds public addresses."""
        found = self.lists.get(route.list_id or "")
        if found is not None and found.aws_managed:
            return Answer.YES  # AWS's lists hold the public addresses of its services
        blocks = self.destination(route)
        if any(is_public(one) for one in blocks.known):
            return Answer.YES
        return Answer.NO if blocks.complete else Answer.CANNOT_TELL

    def destination(self, route: Route) -> Blocks:
        if route.block is not None:
            read = block(route.block)
            return Blocks(complete=False) if read is None else Blocks((read,))
        found = self.lists.get(route.list_id or "")
        return Blocks(complete=False) if found is None else found.blocks


def reach(subnet: Subnet, tables: Iterable[RouteTable], targets: Targets) -> Reach:
    """The ways out of a subnet to public addresses, by the active routes of its table.

    Every active route to public addresses counts, not only the one with the longest prefix
    for some address: each of them carries some traffic. The table that AWS makes for a
    regional NAT gateway leads to an internet gateway, but no subnet uses it.
    """
    found = effective_table(subnet, tables)
    if found is None:
        return Reach(None, is_explicit=False, paths=(), doubts=())
    read = [_follow(route, targets) for route in found.table.routes]
    paths = [one for one in read if isinstance(one, Path)]
    return Reach(
        found.table.table_id,
        found.is_explicit,
        tuple(sorted(paths, key=lambda path: not path.is_default)),
        tuple(one for one in read if isinstance(one, Doubt)),
    )


def _follow(route: Route, targets: Targets) -> Path | Doubt | None:
    """Where a route leads, or None if it does not lead out."""
    ways, goes_public = targets.ways(route), targets.goes_public(route)
    if route.state == "blackhole" or ways <= _STAYING or goes_public is Answer.NO:
        return None
    if route.state != "active":
        return Doubt(route, ways, "the state of the route is not one that we know")
    if goes_public is Answer.CANNOT_TELL:
        return Doubt(route, ways, "the destination of the route could not be read")
    if len(ways) != 1:
        return Doubt(route, ways, "the target of the route could not be read")
    (way,) = ways
    return Path(way, route, is_default=is_world(targets.destination(route).known))
