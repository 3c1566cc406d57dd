import boto3
import pytest

from auditor.demo.exchange import backend, memory
from probes.aws import ec2_groups, ec2_routes, rds
from probes.network.database_subnets import DatabaseSubnets
from tests.kit import Case, Refused, audit, check_case, findings_of, verdicts
from tests.probes.network.made import live_network
from tests.probes.network.ways import (
    ANYWHERE,
    S3,
    TO_INTERNET,
    TO_LIST,
    TO_S3,
    TO_TRANSIT,
    by_nat,
    listed,
    nat,
    network,
    subnet,
    table,
)

PROBE = DatabaseSubnets()
ARN = "arn:aws:rds:us-east-1:123456789012"
SHOWN = (ec2_routes.BLOCK_PUBLIC_ACCESS,)
OPEN = {ec2_routes.BLOCK_PUBLIC_ACCESS: [{"InternetGatewayBlockMode": "off"}]}
NAMES = ("inner-a", "inner-b")
GROUP = {
    "DBSubnetGroupName": "inner",
    "DBSubnetGroupArn": f"{ARN}:subgrp:inner",
    "VpcId": "vpc-1",
    "Subnets": [{"SubnetIdentifier": name} for name in NAMES],
}
DATABASE = {
    "DBInstanceIdentifier": "alone",
    "DBInstanceArn": f"{ARN}:db:alone",
    "DBInstanceStatus": "available",
    "Engine": "postgres",
    "EngineVersion": "16.4",
    "DBSubnetGroup": {"DBSubnetGroupName": "inner"},
}
CLUSTER = {
    "DBClusterIdentifier": "whole",
    "DBClusterArn": f"{ARN}:cluster:whole",
    "Status": "available",
    "Engine": "aurora-mysql",
    "EngineVersion": "8.0",
    "DBSubnetGroup": "inner",
}


def placed(*routes, tables=None, gateways=(), lists=(), group=GROUP, **changes):
    """A database in two subnets; the routes are those of the main table."""
    made = [table(*routes, main=True)] if tables is None else tables
    return {
        rds.INSTANCES: [{**DATABASE, **changes}],
        rds.SUBNET_GROUPS: [group] if group else [],
        **network([subnet(name) for name in NAMES], made, gateways, lists),
        **OPEN,
    }


def one_public(**of_other):
    tables = [
        table(main=True, name="rtb-main"),
        table(TO_INTERNET, of=["inner-b"], name="rtb-public"),
    ]
    return placed(tables=tables, **of_other)


def both(kind):
    return [{name: kind} for name in NAMES]


CASES = [
    Case("local routes only", placed(), "pass"),
    Case(
        "the main table leads to the internet",
        placed(TO_INTERNET),
        "drift",
        "public",
        severity="high",
        found=both("public"),
        survives=SHOWN,
    ),
    Case(
        "one subnet of the group is public",
        one_public(),
        "drift",
        "public",
        found={"inner-b": "public"},
        survives=SHOWN,
    ),
    Case(
        "a NAT gateway",
        placed(by_nat(), gateways=[nat()]),
        "drift",
        "egress",
        severity="medium",
        found=both("egress"),
        survives=SHOWN,
    ),
    Case(
        "an instance as NAT",
        placed({**ANYWHERE, "NetworkInterfaceId": "eni-1"}),
        "drift",
        "egress",
        survives=SHOWN,
    ),
    Case(
        "out by IPv6",
        placed(
            {
                "DestinationIpv6CidrBlock": "::/0",
                "EgressOnlyInternetGatewayId": "eigw-1",
                "State": "active",
            }
        ),
        "drift",
        "egress",
        survives=SHOWN,
    ),
    Case("a NAT gateway that is gone", placed(by_nat(), gateways=[nat(State="deleted")]), "pass"),
    Case("a blackhole", placed({**TO_INTERNET, "State": "blackhole"}), "pass"),
    Case("a gateway endpoint", placed(TO_S3, lists=[S3]), "pass"),
    Case("a transit gateway", placed(TO_TRANSIT), "pass", says="reaches other networks"),
    Case(
        "a private NAT gateway",
        placed(by_nat(), gateways=[nat(ConnectivityType="private")]),
        "pass",
        says="reaches other networks",
    ),
    Case(
        "a transit gateway counts",
        placed(TO_TRANSIT),
        "drift",
        "transit",
        severity="medium",
        settings={"transit_is_egress": True},
        survives=SHOWN,
    ),
    Case(
        "private is enough",
        placed(by_nat(), gateways=[nat()]),
        "pass",
        settings={"subnet_tier": "private"},
    ),
    Case(
        "private is enough, and this is public",
        placed(TO_INTERNET),
        "drift",
        "public",
        settings={"subnet_tier": "private"},
        survives=SHOWN,
    ),
    Case("any will do", placed(TO_INTERNET), "not_applicable", settings={"subnet_tier": "any"}),
    Case(
        "RDS Custom goes out",
        placed(by_nat(), gateways=[nat()], Engine="custom-oracle-ee"),
        "drift",
        "egress",
        severity="informational",
        survives=SHOWN,
    ),
    Case(
        "RDS Custom is public",
        placed(TO_INTERNET, Engine="custom-oracle-ee"),
        "drift",
        severity="high",
        survives=SHOWN,
    ),
    Case("no table is the main one", placed(tables=[]), "unknown", "unclear-route"),
    Case("a route in an unknown state", placed({**by_nat(), "State": "odd"}, gateways=[nat()]),
         "unknown", "unclear-route"),
    Case("a NAT gateway that is not listed", placed(by_nat("nat-x")), "unknown"),
    Case("routes by an unknown list", placed(TO_LIST, gateways=[nat()]), "unknown"),
    Case(
        "routes by a list of public addresses",
        listed(placed(TO_LIST, gateways=[nat()]), "203.0.113.0/24"),
        "drift",
        "egress",
        survives=SHOWN,
    ),
    Case(
        "routes by a list of private addresses",
        listed(placed(TO_LIST, gateways=[nat()]), "10.9.0.0/16"),
        "pass",
    ),
    Case(
        "a subnet that is not listed",
        placed(group={**GROUP, "Subnets": [{"SubnetIdentifier": "elsewhere"}]}),
        "unknown",
        "no-subnet",
    ),
    Case(
        "a public subnet, and one that is not listed",
        placed(TO_INTERNET, group={
            **GROUP, "Subnets": [*GROUP["Subnets"], {"SubnetIdentifier": "elsewhere"}]}),
        "drift",
        "public",
        survives=SHOWN,
    ),
    Case("a group that is not listed", placed(group=None), "unknown", "no-subnet-group"),
    Case("no group", placed(DBSubnetGroup=None) | {rds.INSTANCES: [
        {k: v for k, v in DATABASE.items() if k != "DBSubnetGroup"}]}, "unknown"),
    Case("the tables are refused", placed() | {ec2_routes.ROUTE_TABLES: Refused()}, "unknown"),
    Case("the lists are refused", placed(TO_S3) | {ec2_groups.PREFIX_LISTS: Refused()}, "unknown"),
    Case(
        "a public cluster",
        {**placed(TO_INTERNET), rds.INSTANCES: [], rds.CLUSTERS: [CLUSTER]},
        "drift",
        "public",
        survives=SHOWN,
    ),
    Case("a member of a cluster", placed(TO_INTERNET, DBClusterIdentifier="whole"),
         "not_applicable"),
    Case("being made", placed(TO_INTERNET, DBInstanceStatus="creating"), "not_applicable"),
    Case("DocumentDB", placed(TO_INTERNET, Engine="docdb"), "not_applicable"),
    Case(
        "DocumentDB, and the baseline wants it looked at",
        placed(TO_INTERNET, Engine="docdb"),
        "drift",
        settings={"database_engines": {"documents_and_graphs": True}},
        survives=SHOWN,
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_finding_names_the_group_the_subnet_and_the_table():
    (finding,) = findings_of(PROBE, Case("related", one_public(), "drift"))
    assert [(one.role, one.resource.id) for one in finding.related] == [
        ("subnet group", "inner"),
        ("subnet of the group", "inner-b"),
        ("route table", "rtb-public"),
    ]


@pytest.mark.parametrize("mode", ["off", "block-bidirectional"])
def test_on_an_account(aws, mode):
    ec2, databases = boto3.client("ec2", "us-east-1"), boto3.client("rds", "us-east-1")
    memory(backend("ec2", "123456789012", "us-east-1"), "public access")["mode"] = mode
    vpc, subnets = live_network(ec2)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    public = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=public, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    databases.create_db_subnet_group(
        DBSubnetGroupName="both", DBSubnetGroupDescription="both", SubnetIds=subnets
    )
    databases.create_db_instance(
        DBInstanceIdentifier="db",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        EngineVersion="16.4",
        AllocatedStorage=20,
        MasterUsername="root",
        MasterUserPassword="not-a-secret",
        DBSubnetGroupName="both",
    )
    assert verdicts(audit(DatabaseSubnets)) == {"db": "pass"}
    ec2.associate_route_table(RouteTableId=public, SubnetId=subnets[1])
    (finding,) = audit(DatabaseSubnets)
    assert (finding.verdict, finding.found) == ("drift", {subnets[1]: "public"})
    (shown,) = [e.value for e in finding.evidence if e.subject == subnets[1] and "route" in e.value]
    assert shown["VPC Block Public Access"] == [mode]
