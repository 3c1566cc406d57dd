"""Each zone goes out by a NAT gateway of its own.

A zonal NAT gateway is in one zone. Subnets of other zones that go out by it lose the internet with
that zone, and pay for the traffic between. What counts is where each subnet's default route leads,
not how many gateways there are: two in one zone fail together. A regional gateway works in all
zones, where AWS provisions them; else in those in which it has an address (VPC user guide,
"Regional NAT gateways for automatic multi-AZ expansion"). One zone needs one gateway; a VPC that
goes out another way needs none.

Fix: `aws ec2 create-nat-gateway --vpc-id VPC --availability-mode regional`, or one in a public
subnet of each zone, then `aws ec2 replace-route` in each zone's table. In CloudFormation an
`AWS::EC2::NatGateway` and an `AWS::EC2::RouteTable` for each zone.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.aws import ec2
from probes.network import _zones
from probes.network._zones import WayOut


class PerZone(Settings):
    """Where each zone must have its own."""

    required: bool = setting(
        True, "Whether each zone must have a NAT gateway of its own.", ephemeral=False
    )
    only_advice: bool = setting(
        False, "Whether its absence is advice only, as each gateway costs money.", staging=True
    )


class NatPerZone(Probe[ec2.Vpc, PerZone]):
    """The zones of the subnets that go out by NAT, and those of their gateways."""

    subject, needs = ec2.VPCS, _zones.NEEDS
    severity, settings, sources = Severity.MEDIUM, PerZone, ("S3.A2",)

    def judge(self, vpc: ec2.Vpc, facts: Facts, expected: PerZone) -> Iterator[Remark]:
        if not expected.required:
            yield not_applicable("the baseline asks for no gateway in each zone")
            return
        found = _zones.picture_of(vpc.vpc_id, facts)
        if found.crossing:
            severity = Severity.INFORMATIONAL if expected.only_advice else self.severity
            yield _crossing(vpc, found.crossing, facts, severity)
        elif found.doubts:
            yield unknown("; ".join(found.doubts), code="unclear-route")
        elif len(found.zones) < 2:
            yield not_applicable("at most one zone goes out by a NAT gateway", code="one-zone")


def _crossing(vpc: ec2.Vpc, ways: tuple[WayOut, ...], facts: Facts, severity: Severity) -> Remark:
    zones = _zones.by_zone(ways, facts)
    return drift(
        f"{', '.join(zones)} goes out by a NAT gateway of another zone",
        code="cross-az",
        severity=severity,
        expected={zone: [zone] for zone in zones},
        found=zones,
        evidence={way.subnet.subnet_id: way.gateway.nat_gateway_id for way in ways},
        related=tuple(facts.related("NAT gateway", way.gateway) for way in ways),
        cli=(
            "aws", "ec2", "create-nat-gateway", "--vpc-id", vpc.vpc_id,
            "--availability-mode", "regional",
        ),
    )  # fmt: skip
