"""Subnets, route tables and NAT gateways in AWS's own words."""

from probes.aws import ec2, ec2_groups, ec2_routes

LISTS = (ec2_groups.PREFIX_LISTS, ec2_groups.PREFIX_LIST_ENTRIES)
ANYWHERE = {"DestinationCidrBlock": "0.0.0.0/0", "State": "active"}
LOCAL = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}
TO_INTERNET = {**ANYWHERE, "GatewayId": "igw-1"}
TO_TRANSIT = {**ANYWHERE, "TransitGatewayId": "tgw-1"}
TO_LIST = {"DestinationPrefixListId": "pl-9", "NatGatewayId": "nat-a", "State": "active"}
TO_S3 = {"DestinationPrefixListId": "pl-s3", "GatewayId": "vpce-1", "State": "active"}
S3 = {"PrefixListId": "pl-s3", "PrefixListName": "com.amazonaws.us-east-1.s3", "OwnerId": "AWS"}
OWN_LIST = {"PrefixListId": "pl-9", "PrefixListName": "all", "OwnerId": "123456789012"}
VPC = {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "IsDefault": False}


def by_nat(name="nat-a"):
    return {**ANYWHERE, "NatGatewayId": name}


def subnet(name, zone="us-east-1a"):
    return {"SubnetId": name, "VpcId": "vpc-1", "AvailabilityZone": zone}


def table(*routes, of=(), main=False, name="rtb-1"):
    held = [{"Main": False, "SubnetId": one} for one in of]
    if main:
        held.append({"Main": True})
    return {
        "RouteTableId": name,
        "VpcId": "vpc-1",
        "Associations": [{**one, "AssociationState": {"State": "associated"}} for one in held],
        "Routes": [LOCAL, *routes],
    }


def nat(name="nat-a", subnet="public-a", **changes):
    made = {
        "NatGatewayId": name,
        "VpcId": "vpc-1",
        "SubnetId": subnet,
        "State": "available",
        "ConnectivityType": "public",
        **changes,
    }
    return {k: v for k, v in made.items() if v is not None}


def regional(provisioned, *zones, **changes):
    """A regional gateway, which is in no subnet."""
    addresses = [{"AvailabilityZone": zone, "Status": "succeeded"} for zone in zones]
    return nat(
        subnet=None,
        AvailabilityMode="regional",
        AutoProvisionZones=provisioned,
        NatGatewayAddresses=addresses,
        **changes,
    )


def network(subnets, tables, gateways=(), lists=()):
    return {
        ec2_routes.SUBNETS: list(subnets),
        ec2_routes.ROUTE_TABLES: list(tables),
        ec2_routes.NAT_GATEWAYS: list(gateways),
        ec2_groups.PREFIX_LISTS: list(lists),
    }


def vpc(*arguments, **more):
    return {ec2.VPCS: [VPC], **network(*arguments, **more)}


def listed(answers, *cidrs):
    """With a prefix list of the customer's own, which holds these blocks."""
    entries = [{"Cidr": cidr} for cidr in cidrs]
    return answers | {
        ec2_groups.PREFIX_LISTS: [OWN_LIST],
        ec2_groups.PREFIX_LIST_ENTRIES: {"pl-9": entries},
    }
