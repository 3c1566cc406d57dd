"""Which ways lead out of a subnet that should lead nowhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, note, unknown
from auditor.query import JSON
from auditor.resources import Related
from probes.analysis import routes
from probes.analysis.answers import Answer
from probes.aws import ec2_groups, ec2_routes

NEEDS = (
    ec2_routes.SUBNETS,
    ec2_routes.ROUTE_TABLES,
    ec2_routes.NAT_GATEWAYS,
    ec2_groups.PREFIX_LISTS,
    ec2_groups.PREFIX_LIST_ENTRIES,
    ec2_routes.BLOCK_PUBLIC_ACCESS,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a subnet may have: ways out only (`egress`), ways through other networks, or neither."""

    egress: bool
    transit: bool
    weight: Severity
    """Of a way out only."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A subnet of a group, and the ways out of it."""

    group: Related
    subnet: ec2_routes.Subnet
    reach: routes.Reach


def leaks(group: Related, facts: Facts, wanted: Wanted, subnet_id: str) -> Iterator[Remark]:
    """What there is to say of the ways out of one subnet of a group."""
    subnet = facts.named(ec2_routes.SUBNETS, subnet_id)
    if subnet is None:
        yield unknown(f"{subnet_id} is not among the subnets that AWS lists", code="no-subnet")
        return
    found = _Found(group, subnet, reach := ec2_routes.reach_of(subnet, facts))
    onward = [path for path in reach.paths if path.way in routes.ONWARD and path.is_default]
    out = reach.leads(routes.EGRESS) if not wanted.egress else Answer.NO
    if (into := reach.leads(routes.INTERNET)) is Answer.YES:
        yield _leak("public", Severity.HIGH, found, facts)
    elif out is Answer.YES:
        yield _leak("egress", wanted.weight, found, facts)
    elif onward and not (wanted.transit or wanted.egress):
        yield _leak("transit", wanted.weight, found, facts)
    elif Answer.CANNOT_TELL in {into, out}:
        yield unknown(f"{_why(reach)} of {subnet_id}", code="unclear-route")
    elif onward and not wanted.egress:
        yield note(f"{subnet_id} reaches other networks, and perhaps the internet through them")


_SAID: Mapping[str, str] = {
    "public": "has a route to an internet gateway",
    "egress": "has a way out to the internet",
    "transit": "has a way out through another network",
}
_WAYS = {"public": routes.INTERNET, "egress": routes.EGRESS, "transit": routes.ONWARD}


def _leak(kind: str, severity: Severity, found: _Found, facts: Facts) -> Remark:
    subnet, reach = found.subnet.subnet_id, found.reach
    path = next(path for path in reach.paths if path.way in _WAYS[kind])
    block = facts.seen(ec2_routes.BLOCK_PUBLIC_ACCESS)
    evidence: dict[str, JSON] = {
        "route table": reach.table_id,
        "by its own association": reach.is_explicit,
        "route": f"{path.route.destination} -> {path.route.target}",
        "VPC Block Public Access": [one.internet_gateway_block_mode for one in block],
    }
    return drift(
        f"{subnet} {_SAID[kind]}",
        code=kind,
        severity=severity,
        expected={subnet: "isolated"},
        found={subnet: kind},
        evidence={subnet: evidence},
        related=(found.group, *_related(found.subnet, facts)),
    )


def _related(subnet: ec2_routes.Subnet, facts: Facts) -> tuple[Related, ...]:
    table = ec2_routes.table_of(subnet, facts)
    tables = (facts.related("route table", table),) if table else ()
    return (facts.related("subnet of the group", subnet), *tables)


def _why(reach: routes.Reach) -> str:
    if reach.table_id is None:
        return "AWS does not say which route table is that"
    return f"{reach.doubts[0].reason}, in the table" if reach.doubts else "the routes are not clear"
