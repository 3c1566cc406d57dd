"""EC2: subnets, and the ways out of them: route tables, NAT gateways and endpoints."""

from __future__ import annotations

from pydantic import Field

from auditor.facts import Facts
from auditor.query import Query, Shape
from auditor.resources import Tags
from probes.analysis import route_tables, routes
from probes.aws.ec2_groups import prefix_list

_ARN = "arn:{partition}:ec2:{region}:{account}"
_LARGEST_PAGE = 1000


class Subnet(Shape):
    """A subnet, in one zone of a VPC; one that is shared belongs to another account."""

    subnet_id: str
    vpc_id: str
    availability_zone: str = ""
    cidr_block: str = ""
    map_public_ip_on_launch: bool = False
    default_for_az: bool = False
    owner_id: str = ""
    tags: Tags = Field(default_factory=dict)


class AssociationState(Shape):
    """Whether an association holds: `associated`, or on the way there or away."""

    state: str | None = None


class Association(Shape):
    """What a route table applies to."""

    main: bool = False
    subnet_id: str | None = None
    association_state: AssociationState | None = None


class Route(Shape):
    """A route, with one destination and one target (API model, `Route`)."""

    state: str | None = None
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


_TARGETS = (
    "nat_gateway_id",
    "egress_only_internet_gateway_id",
    "instance_id",
    "network_interface_id",
    "transit_gateway_id",
    "core_network_arn",
    "vpc_peering_connection_id",
    "odb_network_arn",
    "carrier_gateway_id",
    "local_gateway_id",
    "gateway_id",
)
"""The fields of a route that name its target: an instance before its interface."""


class RouteTable(Shape):
    """A route table of a VPC."""

    route_table_id: str
    vpc_id: str = ""
    associations: tuple[Association, ...] = ()
    routes: tuple[Route, ...] = ()
    tags: Tags = Field(default_factory=dict)


class NatAddress(Shape):
    """An address of a NAT gateway; a regional gateway says in which zone."""

    public_ip: str = ""
    availability_zone: str = ""
    status: str = ""


class NatGateway(Shape):
    """A NAT gateway; a regional one (`availability_mode`) is in no subnet."""

    nat_gateway_id: str
    vpc_id: str = ""
    subnet_id: str = ""
    state: str = ""
    connectivity_type: str = "public"
    availability_mode: str = "zonal"
    auto_provision_zones: str = ""
    nat_gateway_addresses: tuple[NatAddress, ...] = ()
    tags: Tags = Field(default_factory=dict)


class VpcEndpoint(Shape):
    """An endpoint of a service in a VPC; one for a gateway is in route tables, not in subnets."""

    vpc_endpoint_id: str
    vpc_endpoint_type: str = ""
    vpc_id: str = ""
    service_name: str = ""
    state: str = ""
    private_dns_enabled: bool = False
    tags: Tags = Field(default_factory=dict)


class BlockPublicAccess(Shape):
    """What internet gateways of a region may not let through, whatever routes say: `off` for none.

    The other modes are `block-bidirectional` and `block-ingress`; single VPCs may be excluded.
    """

    internet_gateway_block_mode: str = ""


def subnets_in(subnet: Subnet) -> str:
    """For `where`: the subnets of a VPC."""
    return subnet.vpc_id


def tables_in(table: RouteTable) -> str:
    """For `where`: the route tables of a VPC."""
    return table.vpc_id


def endpoints_in(endpoint: VpcEndpoint) -> str:
    """For `where`: the endpoints of a VPC."""
    return endpoint.vpc_id


SUBNETS = Query(
    "ec2:DescribeSubnets",
    Subnet,
    each="Subnets",
    key="SubnetId",
    also={"MaxResults": _LARGEST_PAGE},
    arn=f"{_ARN}:subnet/{{SubnetId}}",
    tags="Tags",
    type="AWS::EC2::Subnet",
)
ROUTE_TABLES = Query(
    "ec2:DescribeRouteTables",
    RouteTable,
    each="RouteTables",
    key="RouteTableId",
    also={"MaxResults": 100},
    arn=f"{_ARN}:route-table/{{RouteTableId}}",
    tags="Tags",
    type="AWS::EC2::RouteTable",
)
NAT_GATEWAYS = Query(
    "ec2:DescribeNatGateways",
    NatGateway,
    each="NatGateways",
    key="NatGatewayId",
    also={"MaxResults": _LARGEST_PAGE},
    arn=f"{_ARN}:natgateway/{{NatGatewayId}}",
    tags="Tags",
    type="AWS::EC2::NatGateway",
)
VPC_ENDPOINTS = Query(
    "ec2:DescribeVpcEndpoints",
    VpcEndpoint,
    each="VpcEndpoints",
    key="VpcEndpointId",
    also={"MaxResults": _LARGEST_PAGE},
    arn=f"{_ARN}:vpc-endpoint/{{VpcEndpointId}}",
    tags="Tags",
    type="AWS::EC2::VPCEndpoint",
)

BLOCK_PUBLIC_ACCESS = Query(
    "ec2:DescribeVpcBlockPublicAccessOptions",
    BlockPublicAccess,
    at="VpcBlockPublicAccessOptions",
)


def reach_of(subnet: Subnet, facts: Facts) -> routes.Reach:
    """The ways out of a subnet.

    Needs `ROUTE_TABLES`, `NAT_GATEWAYS` and the prefix lists of `ec2_groups`.
    """
    tables = tuple(_table(one) for one in facts.where(ROUTE_TABLES, tables_in, subnet.vpc_id))
    here = route_tables.Subnet(subnet.subnet_id, subnet.vpc_id)
    used = route_tables.effective_table(here, tables)
    return routes.reach(here, tables, _targets(used.table.routes if used else (), facts))


def table_of(subnet: Subnet, facts: Facts) -> RouteTable | None:
    """The route table of a subnet, its own or the main one; None if that cannot be told.

    Needs `ROUTE_TABLES` alone.
    """
    tables = facts.where(ROUTE_TABLES, tables_in, subnet.vpc_id)
    here = route_tables.Subnet(subnet.subnet_id, subnet.vpc_id)
    used = route_tables.effective_table(here, tuple(_table(one) for one in tables))
    return next((t for t in tables if used and t.route_table_id == used.table.table_id), None)


def _targets(known: tuple[route_tables.Route, ...], facts: Facts) -> routes.Targets:
    """The NAT gateways and prefix lists that routes name; a gateway that is gone is not listed."""
    gateways = {one.to("nat_gateway_id") for one in known} - {""}
    lists = {one.list_id for one in known if one.list_id}
    found = [facts.named(NAT_GATEWAYS, one) for one in sorted(gateways)]
    read = [prefix_list(one, facts) for one in sorted(lists)]
    return routes.Targets(
        {one.nat_gateway_id: _gateway(one) for one in found if one},
        {one.list_id: one for one in read if one},
    )


def _gateway(found: NatGateway) -> routes.NatGateway:
    return routes.NatGateway(found.nat_gateway_id, found.connectivity_type, found.state)


def _table(found: RouteTable) -> route_tables.RouteTable:
    held = tuple(
        route_tables.Association(one.main, one.subnet_id, state.state if state else None)
        for one in found.associations
        for state in (one.association_state,)
    )
    read = tuple(_route(one) for one in found.routes)
    return route_tables.RouteTable(found.route_table_id, found.vpc_id, held, read)


def _route(found: Route) -> route_tables.Route:
    said = found.model_dump(include=set(_TARGETS))
    return route_tables.Route(
        found.state,
        found.destination_cidr_block or found.destination_ipv6_cidr_block,
        found.destination_prefix_list_id,
        tuple((field, said[field]) for field in _TARGETS if said[field]),
    )
