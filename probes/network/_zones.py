"""By which NAT gateways the subnets of a VPC go out, and in which zones those are."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditor.facts import Facts
from probes.analysis import routes
from probes.analysis.answers import Answer, CannotTell
from probes.aws import ec2_groups, ec2_routes

NEEDS = (
    ec2_routes.SUBNETS,
    ec2_routes.ROUTE_TABLES,
    ec2_routes.NAT_GATEWAYS,
    ec2_groups.PREFIX_LISTS,
    ec2_groups.PREFIX_LIST_ENTRIES,
)
_NAT = frozenset({routes.Way.PUBLIC_NAT})
_WORKING = "succeeded"
_STATES = {"pending", "failed", "available", "deleting", "deleted"}
# An Availability Zone is called by its region and a letter; Local and Wavelength Zones have longer
# names, and not all of them can have a NAT gateway (EC2 user guide, "Regions and Zones").
_ZONE = re.compile(r"[a-z]+(?:-[a-z]+)+-\d[a-z]", re.ASCII)


@dataclass(frozen=True, slots=True)
class WayOut:
    """A subnet, and the public NAT gateway that its default route leads to."""

    subnet: ec2_routes.Subnet
    gateway: ec2_routes.NatGateway


@dataclass(frozen=True, slots=True)
class Picture:
    """The zones that go out by NAT, what crosses into another zone, and what is not clear."""

    zones: frozenset[str]
    crossing: tuple[WayOut, ...]
    doubts: tuple[str, ...]


def picture_of(vpc_id: str, facts: Facts) -> Picture:
    """What is known of the ways out of a VPC; in one zone none can cross."""
    found = tuple(_ways_out(vpc_id, facts))
    ways = [way for way in found if isinstance(way, WayOut)]
    zones = frozenset(way.subnet.availability_zone for way in ways)
    doubts = [way.reason for way in found if isinstance(way, CannotTell)]
    crossing: list[WayOut] = []
    for way in ways if len(zones) > 1 else ():
        there = _zones_of(way.gateway, facts)
        if isinstance(there, CannotTell):
            doubts.append(there.reason)
        elif there is not None and way.subnet.availability_zone not in there:
            crossing.append(way)
    return Picture(zones, tuple(crossing), tuple(dict.fromkeys(doubts)))


def _ways_out(vpc_id: str, facts: Facts) -> Iterator[WayOut | CannotTell]:
    """The subnets of a VPC that go out by a NAT gateway; others have no say in where one must be.

    A gateway that is not available is on its way, or on its way out: such lines linger for an hour.
    """
    for subnet in facts.where(ec2_routes.SUBNETS, ec2_routes.subnets_in, vpc_id):
        if not _ZONE.fullmatch(subnet.availability_zone):
            continue
        reach = ec2_routes.reach_of(subnet, facts)
        ids = {p.route.target for p in reach.paths if p.way in _NAT and p.is_default}
        found = (facts.named(ec2_routes.NAT_GATEWAYS, one) for one in sorted(ids))
        for gateway in found:
            if gateway and gateway.state not in _STATES:
                yield CannotTell(f"{gateway.nat_gateway_id} has an unknown state")
            elif gateway and gateway.state == "available":
                yield WayOut(subnet, gateway)
        if not ids and reach.leads(_NAT) is Answer.CANNOT_TELL:
            yield CannotTell(f"where the routes of {subnet.subnet_id} lead is not clear")


def _zones_of(gateway: ec2_routes.NatGateway, facts: Facts) -> frozenset[str] | CannotTell | None:
    """The zones that a NAT gateway works in; None for all, as AWS spreads it by itself."""
    name = gateway.nat_gateway_id
    match gateway.availability_mode, gateway.auto_provision_zones:
        case "zonal", _:
            subnet = facts.named(ec2_routes.SUBNETS, gateway.subnet_id)
            known = subnet is not None and subnet.availability_zone
            return frozenset({known}) if known else CannotTell(f"{name} is in no known subnet")
        case "regional", "enabled":
            return None
        case "regional", "disabled":
            held = gateway.nat_gateway_addresses
            return frozenset(a.availability_zone for a in held if a.status in {_WORKING, ""})
    return CannotTell(f"{name} is of a kind that is not known here")


def by_zone(ways: Iterable[WayOut], facts: Facts) -> dict[str, list[str]]:
    """For each zone the zones whose gateways its subnets go out by."""
    found: dict[str, set[str]] = {}
    for way in ways:
        there = _zones_of(way.gateway, facts)
        named = there if isinstance(there, frozenset) else frozenset[str]()
        found.setdefault(way.subnet.availability_zone, set()).update(named)
    return {zone: sorted(there) for zone, there in sorted(found.items())}
