"""The ways out of a subnet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.addresses import PrefixList
from probes.analysis.answers import Answer
from probes.analysis.route_tables import Association, Route, RouteTable, Subnet, effective_table
from probes.analysis.routes import (
    EGRESS,
    INTERNET,
    ONWARD,
    NatGateway,
    Reach,
    Targets,
    Way,
    reach,
)

SUBNET = Subnet("subnet-1", "vpc-1")
OWN = Association(main=False, subnet_id="subnet-1", state="associated")
MAIN = Association(main=True, state="associated")
TARGETS = Targets(
    {
        "nat-public": NatGateway("nat-public", "public", "available"),
        "nat-leaving": NatGateway("nat-leaving", "public", "deleting"),
        "nat-private": NatGateway("nat-private", "private", "available"),
        "nat-gone": NatGateway("nat-gone", "public", "deleted"),
        "nat-new": NatGateway("nat-new", "sideways", "available"),
    },
    {
        "pl-s3": PrefixList("pl-s3", "com.amazonaws.eu-west-1.s3", "AWS"),
        "pl-office": PrefixList("pl-office", "office", entries=("203.0.113.0/24",)),
        "pl-inside": PrefixList("pl-inside", "inside", entries=("10.9.0.0/16",)),
        "pl-refused": PrefixList("pl-refused", "refused"),
    },
)


def route(
    state: str | None,
    cidr: str | None = None,
    ipv6: str | None = None,
    destination_prefix_list_id: str | None = None,
    **targets: str,
) -> Route:
    return Route(state, cidr or ipv6, destination_prefix_list_id, tuple(targets.items()))


LOCAL = route("active", "10.0.0.0/16", gateway_id="local")


def default(**target: str) -> Route:
    return route("active", "0.0.0.0/0", **target)


def reach_of(*routes: Route) -> Reach:
    return reach(SUBNET, [RouteTable("rtb-1", "vpc-1", (OWN,), (LOCAL, *routes))], TARGETS)


@pytest.mark.parametrize(
    ("route", "way"),
    [
        pytest.param(default(gateway_id="igw-1"), Way.INTERNET_GATEWAY, id="igw"),
        pytest.param(default(nat_gateway_id="nat-public"), Way.PUBLIC_NAT, id="public NAT"),
        pytest.param(default(nat_gateway_id="nat-leaving"), Way.PUBLIC_NAT, id="NAT that leaves"),
        pytest.param(default(nat_gateway_id="nat-private"), Way.PRIVATE_NAT, id="private NAT"),
        pytest.param(
            route("active", None, "::/0", egress_only_internet_gateway_id="eigw-1"),
            Way.EGRESS_ONLY,
            id="egress-only",
        ),
        pytest.param(
            default(instance_id="i-1", network_interface_id="eni-1"), Way.INSTANCE, id="instance"
        ),
        pytest.param(default(network_interface_id="eni-1"), Way.INSTANCE, id="interface"),
        pytest.param(default(transit_gateway_id="tgw-1"), Way.TRANSIT, id="transit gateway"),
        pytest.param(default(core_network_arn="arn:aws:x"), Way.TRANSIT, id="core network"),
        pytest.param(default(vpc_peering_connection_id="pcx-1"), Way.TRANSIT, id="peering"),
        pytest.param(default(gateway_id="vgw-1"), Way.TRANSIT, id="VPN"),
        pytest.param(default(odb_network_arn="arn:aws:x"), Way.TRANSIT, id="ODB network"),
        pytest.param(default(gateway_id="vpce-1"), Way.APPLIANCE, id="firewall endpoint"),
        pytest.param(default(carrier_gateway_id="cagw-1"), Way.CARRIER, id="carrier"),
        pytest.param(default(local_gateway_id="lgw-1"), Way.OUTPOST, id="outpost"),
    ],
)
def test_an_active_default_route_is_a_way_out_by_its_target(route: Route, way: Way) -> None:
    found = reach_of(route)
    assert [(path.way, path.route, path.is_default) for path in found.paths] == [(way, route, True)]
    assert found.doubts == ()
    for ways in (INTERNET, EGRESS, ONWARD):
        assert found.leads(ways) is Answer.of(way in ways)
    assert route.target


@pytest.mark.parametrize(
    "route",
    [
        pytest.param(LOCAL, id="local"),
        pytest.param(
            route("active", "52.0.0.0/16", gateway_id="local"), id="local, public numbers"
        ),
        pytest.param(route("blackhole", "0.0.0.0/0", gateway_id="igw-1"), id="blackhole"),
        pytest.param(default(nat_gateway_id="nat-gone"), id="a NAT gateway that is gone"),
        pytest.param(route("active", "10.1.0.0/16", transit_gateway_id="tgw-1"), id="private peer"),
        pytest.param(
            route("active", destination_prefix_list_id="pl-s3", gateway_id="vpce-1"),
            id="gateway endpoint",
        ),
        pytest.param(
            route("active", destination_prefix_list_id="pl-inside", nat_gateway_id="nat-public"),
            id="private list",
        ),
    ],
)
def test_what_stays_inside_is_no_way_out(route: Route) -> None:
    assert reach_of(route) == Reach("rtb-1", is_explicit=True, paths=(), doubts=())
    assert reach_of(route).leads(INTERNET | EGRESS | ONWARD) is Answer.NO


@pytest.mark.parametrize(
    ("route", "may", "may_not"),
    [
        pytest.param(
            route("filtered", "0.0.0.0/0", gateway_id="igw-1"), INTERNET, EGRESS, id="state"
        ),
        pytest.param(route(None, "0.0.0.0/0", gateway_id="igw-1"), INTERNET, EGRESS, id="no state"),
        pytest.param(default(nat_gateway_id="nat-unread"), EGRESS, INTERNET, id="unread NAT"),
        pytest.param(default(nat_gateway_id="nat-new"), EGRESS, INTERNET, id="new kind of NAT"),
        pytest.param(default(), INTERNET | EGRESS, frozenset({Way.LOCAL}), id="no target"),
        pytest.param(
            default(gateway_id="quantum-1"), INTERNET, frozenset({Way.LOCAL}), id="new target"
        ),
        pytest.param(
            default(instance_id="i-1", transit_gateway_id="tgw-1"),
            EGRESS,
            INTERNET,
            id="two targets",
        ),
        pytest.param(route("active", "?", gateway_id="igw-1"), INTERNET, EGRESS, id="destination"),
        pytest.param(route("active", gateway_id="igw-1"), INTERNET, EGRESS, id="no destination"),
        pytest.param(
            route("active", destination_prefix_list_id="pl-refused", gateway_id="igw-1"),
            INTERNET,
            EGRESS,
            id="unread list",
        ),
        pytest.param(
            route("active", destination_prefix_list_id="pl-absent", gateway_id="vpce-1"),
            ONWARD,
            INTERNET | EGRESS,
            id="endpoint for an unread list",
        ),
    ],
)
def test_what_cannot_be_read_is_doubted_as_far_as_it_may_lead(
    route: Route, may: frozenset[Way], may_not: frozenset[Way]
) -> None:
    found = reach_of(route)
    assert found.paths == ()
    assert [doubt.route for doubt in found.doubts] == [route]
    assert found.leads(may) is Answer.CANNOT_TELL
    assert found.leads(may_not) is Answer.NO


def test_a_proven_way_stays_proven_beside_doubts() -> None:
    found = reach_of(default(), default(gateway_id="igw-1"))
    assert found.leads(INTERNET) is Answer.YES


@pytest.mark.parametrize(
    ("route", "is_default"),
    [
        pytest.param(route("active", "0.0.0.0/1", gateway_id="igw-1"), True, id="half the world"),
        pytest.param(
            route("active", "52.0.0.0/16", gateway_id="igw-1"), False, id="a public block"
        ),
        pytest.param(
            route("active", None, "64:ff9b::/96", nat_gateway_id="nat-public"), True, id="NAT64"
        ),
        pytest.param(
            route("active", destination_prefix_list_id="pl-office", gateway_id="igw-1"),
            False,
            id="a list of public addresses",
        ),
        pytest.param(
            route("active", destination_prefix_list_id="pl-s3", nat_gateway_id="nat-public"),
            False,
            id="AWS's public addresses",
        ),
    ],
)
def test_any_public_destination_is_a_way_out(route: Route, is_default: bool) -> None:
    (path,) = reach_of(route).paths
    assert path.is_default is is_default
    assert path.route.destination


def test_default_routes_come_first() -> None:
    narrow = route("active", "52.0.0.0/16", gateway_id="igw-1")
    wide = default(nat_gateway_id="nat-public")
    assert [path.route for path in reach_of(narrow, wide).paths] == [wide, narrow]


def test_a_subnet_without_a_table_of_its_own_uses_the_main_one() -> None:
    main = RouteTable("rtb-main", "vpc-1", (MAIN,), (LOCAL, default(gateway_id="igw-1")))
    other = RouteTable("rtb-2", "vpc-1", (Association(main=False, subnet_id="subnet-2"),), (LOCAL,))
    far = RouteTable("rtb-far", "vpc-2", (MAIN,), (LOCAL,))
    found = reach(SUBNET, [other, far, main], TARGETS)
    assert (found.table_id, found.is_explicit) == ("rtb-main", False)
    assert found.leads(INTERNET) is Answer.YES


def test_its_own_table_comes_before_the_main_one() -> None:
    main = RouteTable("rtb-main", "vpc-1", (MAIN,), (LOCAL, default(gateway_id="igw-1")))
    own = RouteTable("rtb-own", "vpc-1", (OWN,), (LOCAL,))
    assert reach(SUBNET, [main, own], TARGETS).leads(INTERNET) is Answer.NO


def test_the_table_of_a_regional_nat_gateway_is_no_subnets_table() -> None:
    main = RouteTable("rtb-main", "vpc-1", (MAIN,), (LOCAL, default(nat_gateway_id="nat-public")))
    regional = RouteTable("rtb-nat", "vpc-1", (), (LOCAL, default(gateway_id="igw-1")))
    found = reach(SUBNET, [regional, main], TARGETS)
    assert found.leads(INTERNET) is Answer.NO
    assert found.leads(EGRESS) is Answer.YES


def test_an_association_that_ended_does_not_count() -> None:
    ended = Association(main=False, subnet_id="subnet-1", state="disassociated")
    old = RouteTable("rtb-old", "vpc-1", (ended,))
    main = RouteTable("rtb-main", "vpc-1", (MAIN,))
    found = effective_table(SUBNET, [old, main])
    assert found is not None
    assert found.table is main


@pytest.mark.parametrize(
    "tables",
    [
        pytest.param([], id="no table"),
        pytest.param([RouteTable("rtb-1", "vpc-1")], id="no main table"),
        pytest.param(
            [RouteTable("rtb-1", "vpc-1", (MAIN,)), RouteTable("rtb-2", "vpc-1", (MAIN,))],
            id="two main tables",
        ),
        pytest.param(
            [RouteTable("rtb-1", "vpc-1", (OWN,)), RouteTable("rtb-2", "vpc-1", (OWN,))],
            id="two tables of its own",
        ),
    ],
)
def test_without_one_table_nothing_can_be_told(tables: list[RouteTable]) -> None:
    found = reach(SUBNET, tables, TARGETS)
    assert found.table_id is None
    assert found.leads(INTERNET) is Answer.CANNOT_TELL


TEXT = st.none() | st.text(max_size=12) | st.sampled_from(["0.0.0.0/0", "igw-1", "vpce-", "pl-s3"])


FIELD = st.sampled_from(["gateway_id", "nat_gateway_id", "instance_id", "local_gateway_id", "new"])
GIVEN = st.lists(st.tuples(FIELD, st.text(max_size=12)), max_size=3).map(tuple)


@given(st.lists(st.builds(Route, TEXT, TEXT, TEXT, GIVEN), max_size=4))
def test_no_route_breaks_the_reading(routes: list[Route]) -> None:
    found = reach_of(*routes)
    assert len(found.paths) + len(found.doubts) <= len(routes)
