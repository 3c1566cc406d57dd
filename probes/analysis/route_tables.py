"""Route tables, and which of them a subnet uses.

The words are those of `DescribeRouteTables`; how tables apply is told in the VPC user guide
("Configure route tables").
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet and the VPC it belongs to."""

    subnet_id: str
    vpc_id: str


@dataclass(frozen=True, slots=True)
class Association:
    """What a route table applies to: a subnet, a gateway, or by default (`main`) its VPC."""

    main: bool
    subnet_id: str | None = None
    state: str | None = None

    @property
    def holds(self) -> bool:
        return self.state not in ("disassociated", "failed")


@dataclass(frozen=True, slots=True)
class Route:
    """One route in AWS's own words: a state, one destination and one target."""

    state: str | None
    destination_cidr_block: str | None = None
    destination_ipv6_cidr_block: str | None = None
    destination_prefix_list_id: str | None = None
    gateway_id: str | None = None
    nat_gateway_id: str | None = None
    egress_only_internet_gateway_id: str | None = None
    instance_id: str | None = None
    network_interface_id: str | None = None
    transit_gateway_id: str | None = None
    core_network_arn: str | None = None
    vpc_peering_connection_id: str | None = None
    carrier_gateway_id: str | None = None
    local_gateway_id: str | None = None
    odb_network_arn: str | None = None

    @property
    def destination(self) -> str:
        """The destination as AWS wrote it: a block of addresses or the id of a list."""
        return (
            self.destination_cidr_block
            or self.destination_ipv6_cidr_block
            or self.destination_prefix_list_id
            or ""
        )

    @property
    def target(self) -> str:
        """The id of what the route leads to."""
        return (
            self.nat_gateway_id
            or self.egress_only_internet_gateway_id
            or self.instance_id
            or self.network_interface_id
            or self.transit_gateway_id
            or self.core_network_arn
            or self.vpc_peering_connection_id
            or self.odb_network_arn
            or self.carrier_gateway_id
            or self.local_gateway_id
            or self.gateway_id
            or ""
        )


@dataclass(frozen=True, slots=True)
class RouteTable:
    """A route table of a VPC."""

    table_id: str
    vpc_id: str
    associations: tuple[Association, ...] = ()
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True)
class EffectiveTable:
    """The table that a subnet uses, and whether it names it rather than falling back on main."""

    table: RouteTable
    is_explicit: bool


def effective_table(subnet: Subnet, tables: Iterable[RouteTable]) -> EffectiveTable | None:
    """The table that a subnet uses, or None where no table or several fit.

    A subnet without an association of its own uses the main table of its VPC, and no row of
    `DescribeRouteTables` says so.
    """
    known = tuple(tables)
    for is_explicit in (True, False):
        fits = [table for table in known if _applies(table, subnet, is_explicit=is_explicit)]
        if fits:
            return EffectiveTable(fits[0], is_explicit) if len(fits) == 1 else None
    return None


def _applies(table: RouteTable, subnet: Subnet, *, is_explicit: bool) -> bool:
    if table.vpc_id != subnet.vpc_id:
        return False
    held = [one for one in table.associations if one.holds]
    if is_explicit:
        return any(one.subnet_id == subnet.subnet_id for one in held)
    return any(one.main for one in held)
