import boto3
import pytest

from probes.aws import ec2, ec2_groups, ec2_routes
from probes.network.nat_per_zone import NatPerZone
from tests.kit import Case, Refused, audit, check_case, findings_of, verdicts
from tests.probes.network.made import live_network
from tests.probes.network.ways import (
    ANYWHERE,
    TO_INTERNET,
    TO_LIST,
    TO_TRANSIT,
    VPC,
    by_nat,
    listed,
    nat,
    regional,
    subnet,
    table,
    vpc,
)

PROBE = NatPerZone()
A, B = "us-east-1a", "us-east-1b"
PUBLIC = [subnet("public-a", A), subnet("public-b", B)]
OUTSIDE = table(TO_INTERNET, of=["public-a", "public-b"], name="rtb-public")
BOTH = [nat("nat-a", "public-a"), nat("nat-b", "public-b")]


def inner(of_a, of_b, gateways, zone_of_b=B, **more):
    """A subnet in each of two zones, and where their tables lead."""
    subnets = [*PUBLIC, subnet("inner-a", A), subnet("inner-b", zone_of_b)]
    tables = [
        OUTSIDE,
        table(*of_a, of=["inner-a"], name="rtb-a"),
        table(*of_b, of=["inner-b"], name="rtb-b"),
    ]
    return vpc(subnets, tables, gateways, **more)


def shared(gateway):
    return inner([by_nat()], [by_nat()], [gateway])


CASES = [
    Case("one for each zone", inner([by_nat("nat-a")], [by_nat("nat-b")], BOTH), "pass"),
    Case(
        "one for both",
        inner([by_nat("nat-a")], [by_nat("nat-a")], [nat()]),
        "drift",
        "cross-az",
        severity="medium",
        expected={B: [B]},
        found={B: [A]},
    ),
    Case(
        "one for both, by the main table",
        vpc(
            [*PUBLIC, subnet("inner-a", A), subnet("inner-b", B)],
            [OUTSIDE, table(by_nat(), main=True, name="rtb-main")],
            [nat()],
        ),
        "drift",
        "cross-az",
    ),
    Case("two that are not used", inner([by_nat("nat-a")], [by_nat("nat-a")], BOTH), "drift"),
    Case(
        "two in one zone",
        inner([by_nat("nat-a")], [by_nat("nat-c")], [nat(), nat("nat-c")]),
        "drift",
        "cross-az",
        found={B: [A]},
    ),
    Case(
        "crossed",
        inner([by_nat("nat-b")], [by_nat("nat-a")], BOTH),
        "drift",
        found={A: [B], B: [A]},
    ),
    Case("staging", shared(nat()), "drift", severity="informational", environment="staging"),
    Case("a test stack", shared(nat()), "not_applicable", environment="ephemeral"),
    Case("not asked for", shared(nat()), "not_applicable", settings={"required": False}),
    Case("a regional one", shared(regional("enabled")), "pass"),
    Case("a regional one by hand, in both", shared(regional("disabled", A, B)), "pass"),
    Case(
        "a regional one by hand, in one",
        shared(regional("disabled", A)),
        "drift",
        "cross-az",
        found={B: [A]},
    ),
    Case(
        "an address that failed",
        shared(
            regional("disabled", A)
            | {
                "NatGatewayAddresses": [
                    {"AvailabilityZone": A, "Status": "succeeded"},
                    {"AvailabilityZone": B, "Status": "failed"},
                ]
            }
        ),
        "drift",
        found={B: [A]},
    ),
    Case("a regional one that does not say", shared(regional("")), "unknown", "unclear-route"),
    Case("a new kind", shared(nat(AvailabilityMode="global")), "unknown", "unclear-route"),
    Case("a gateway in an unknown subnet", shared(nat(subnet="subnet-x")), "unknown"),
    Case("a gateway in an unknown state", shared(nat(State="dreaming")), "unknown"),
    Case(
        "one of another zone, and a new kind",
        inner([by_nat("nat-b")], [by_nat("nat-a")], [nat(), nat("nat-b", AvailabilityMode="x")]),
        "drift",
        found={B: [A]},
    ),
    Case("a gateway that is being deleted", shared(nat(State="deleting")), "not_applicable"),
    Case("a gateway that was deleted", shared(nat(State="deleted")), "not_applicable"),
    Case("a private gateway", shared(nat(ConnectivityType="private")), "not_applicable"),
    Case("a gateway that is not listed", inner([by_nat("nat-x")], [], []), "unknown"),
    Case("no gateway", inner([], [], []), "not_applicable", "one-zone"),
    Case("out through another network", inner([TO_TRANSIT], [TO_TRANSIT], []), "not_applicable"),
    Case("only one zone goes out", inner([by_nat()], [], [nat()]), "not_applicable", "one-zone"),
    Case(
        "both subnets are in one zone",
        inner([by_nat("nat-b")], [by_nat("nat-b")], BOTH, zone_of_b=A),
        "not_applicable",
        "one-zone",
    ),
    Case(
        "a Local Zone",
        inner([by_nat()], [by_nat()], [nat()], zone_of_b="us-east-1-bos-1a"),
        "not_applicable",
    ),
    Case(
        "a part of the internet only",
        inner([by_nat()], [by_nat() | {"DestinationCidrBlock": "8.8.8.0/24"}], [nat()]),
        "not_applicable",
    ),
    Case("a blackhole", inner([by_nat()], [{**by_nat(), "State": "blackhole"}], [nat()]),
         "not_applicable"),
    Case("a NAT instance", inner([by_nat()], [{**ANYWHERE, "InstanceId": "i-1"}], [nat()]),
         "not_applicable"),
    Case(
        "routes by an unknown list",
        inner([by_nat("nat-a")], [TO_LIST], [nat()]),
        "unknown",
        "unclear-route",
    ),
    Case(
        "routes by a list of all addresses",
        listed(inner([TO_LIST], [TO_LIST], [nat()]), "0.0.0.0/1", "128.0.0.0/1"),
        "drift",
        found={B: [A]},
    ),
    Case("the subnets are refused", shared(nat()) | {ec2_routes.SUBNETS: Refused()}, "unknown"),
    Case("the gateways are refused", shared(nat()) | {ec2_routes.NAT_GATEWAYS: Refused()},
         "unknown"),
    Case("a list is refused", inner([TO_LIST], [], [nat()]) | {
        ec2_groups.PREFIX_LISTS: Refused()}, "unknown"),
    Case("an empty VPC", {ec2.VPCS: [VPC]}, "not_applicable"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_finding_names_the_gateway():
    (finding,) = findings_of(PROBE, Case("related", shared(nat()), "drift"))
    assert [(one.role, one.resource.id) for one in finding.related] == [("NAT gateway", "nat-a")]


def test_on_an_account(aws):
    client = boto3.client("ec2", "us-east-1")
    vpc_id, subnets = live_network(client)
    gateways, tables = [], []
    for subnet_id in subnets:
        address = client.allocate_address(Domain="vpc")["AllocationId"]
        made = client.create_nat_gateway(SubnetId=subnet_id, AllocationId=address)
        gateways.append(made["NatGateway"]["NatGatewayId"])
        tables.append(client.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"])
        client.associate_route_table(RouteTableId=tables[-1], SubnetId=subnet_id)
        client.create_route(
            RouteTableId=tables[-1], DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateways[0]
        )
    assert verdicts(audit(NatPerZone))[vpc_id] == "drift"
    client.replace_route(
        RouteTableId=tables[1], DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateways[1]
    )
    assert verdicts(audit(NatPerZone))[vpc_id] == "pass"
