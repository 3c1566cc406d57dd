"""VPC, subnets, routes, security groups, endpoints, and the interfaces that use the groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from auditor.demo.application import Group, Network, Rule
from auditor.demo.builders.site import Site, logical

_EVERYTHING = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
_TIERS = ("public", "private", "database")


def build(site: Site) -> None:
    """Make the VPC with everything in it."""
    network = site.app.network
    if network is None:
        return
    ec2 = site.client("ec2")
    vpc = ec2.create_vpc(
        CidrBlock=network.cidr,
        TagSpecifications=site.specification("vpc", "Vpc", site.app.name),
    )["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    site.make("AWS::EC2::VPC", "Vpc", vpc, "vpc:main")
    _subnets(site, network, vpc)
    _routes(site, network, vpc)
    _default_group(site, network, vpc)
    _offices(site, network)
    for group in network.groups:
        _group(site, vpc, group)
    for group in network.groups:
        _rules(site, network, group)
    _endpoints(site, network, vpc)


def attach(site: Site, groups: list[str], subnets: list[str], description: str) -> None:
    """The interfaces that a service makes in the application's subnets, one in each."""
    for subnet in subnets:
        site.client("ec2").create_network_interface(
            SubnetId=subnet, Groups=groups, Description=description
        )


def _subnets(site: Site, network: Network, vpc: str) -> None:
    start = network.cidr.rsplit(".", 2)[0]
    for number, tier in enumerate(_TIERS):
        for offset, zone in enumerate("ab"):
            name = logical(tier, "subnet", zone)
            subnet = site.client("ec2").create_subnet(
                VpcId=vpc,
                CidrBlock=f"{start}.{number * 10 + offset}.0/24",
                AvailabilityZone=f"{site.region}{zone}",
                TagSpecifications=site.specification("subnet", name, site.name(f"{tier}-{zone}")),
            )["Subnet"]["SubnetId"]
            site.make("AWS::EC2::Subnet", name, subnet, f"subnet:{tier}{zone}")


def _routes(site: Site, network: Network, vpc: str) -> None:
    """Public subnets lead to the internet, private ones through NAT, the database's as wished."""
    ec2 = site.client("ec2")
    gateway = ec2.create_internet_gateway(
        TagSpecifications=site.specification("internet-gateway", "Gateway", site.app.name)
    )["InternetGateway"]["InternetGatewayId"]
    site.make("AWS::EC2::InternetGateway", "Gateway", gateway)
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    public = _table(site, vpc, "public", ("publica", "publicb"))
    ec2.create_route(RouteTableId=public, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    isolated = ("databasea", "databaseb") if network.database_isolated else ()
    if isolated:
        _table(site, vpc, "database", isolated)
    for zone in "ab":
        own = (f"private{zone}",) if isolated else (f"private{zone}", f"database{zone}")
        table = _table(site, vpc, f"private-{zone}", own)
        nat = _nat(site, zone if network.nat_per_zone else "a")
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)


def _table(site: Site, vpc: str, role: str, subnets: tuple[str, ...]) -> str:
    name = logical(role, "route-table")
    table = str(
        site.client("ec2").create_route_table(
            VpcId=vpc, TagSpecifications=site.specification("route-table", name, site.name(role))
        )["RouteTable"]["RouteTableId"]
    )
    for subnet in subnets:
        site.client("ec2").associate_route_table(
            RouteTableId=table, SubnetId=site.refs[f"subnet:{subnet}"]
        )
    return site.make("AWS::EC2::RouteTable", name, table, f"table:{role}")


def _nat(site: Site, zone: str) -> str:
    ref = f"nat:{zone}"
    if ref in site.refs:
        return site.refs[ref]
    ec2, name = site.client("ec2"), logical("nat", zone)
    address = ec2.allocate_address(
        Domain="vpc",
        TagSpecifications=site.specification("elastic-ip", f"{name}Address", site.name(zone)),
    )["AllocationId"]
    site.make("AWS::EC2::EIP", f"{name}Address", address)
    nat = ec2.create_nat_gateway(
        SubnetId=site.refs[f"subnet:public{zone}"],
        AllocationId=address,
        TagSpecifications=site.specification("natgateway", name, site.name(zone)),
    )["NatGateway"]["NatGatewayId"]
    return site.make("AWS::EC2::NatGateway", name, nat, ref)


def _default_group(site: Site, network: Network, vpc: str) -> None:
    """Every VPC has one; AWS lets its members reach each other, which moto leaves out."""
    ec2 = site.client("ec2")
    found = ec2.describe_security_groups(
        Filters=[
            {"Name": "vpc-id", "Values": [vpc]},
            {"Name": "group-name", "Values": ["default"]},
        ]
    )["SecurityGroups"]
    group = str(found[0]["GroupId"])
    site.refs["group:default"] = group
    if network.default_group_emptied:
        ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[_EVERYTHING])
        return
    itself = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[itself])


def _group(site: Site, vpc: str, group: Group) -> None:
    name = logical(group.role, "security-group")
    made = site.client("ec2").create_security_group(
        GroupName=site.name(group.role),
        Description=f"{group.role} of {site.app.name}",
        VpcId=vpc,
        TagSpecifications=site.specification("security-group", name, site.name(group.role)),
    )["GroupId"]
    site.make("AWS::EC2::SecurityGroup", name, made, f"group:{group.role}")


def _rules(site: Site, network: Network, group: Group) -> None:
    ec2, made = site.client("ec2"), site.refs[f"group:{group.role}"]
    name = logical(group.role, "security-group")
    admitted = [_permission(site, network, rule) for rule in group.ingress]
    if admitted:
        ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=admitted)
        _declare_ingress(site, group, admitted)
    if group.egress is None:
        return
    ec2.revoke_security_group_egress(GroupId=made, IpPermissions=[_EVERYTHING])
    allowed = [_permission(site, network, rule) for rule in group.egress]
    if allowed:
        ec2.authorize_security_group_egress(GroupId=made, IpPermissions=allowed)
        said = [_written(site, one, "Destination") for one in allowed]
        site.declare(name, SecurityGroupEgress=said)


def _declare_ingress(site: Site, group: Group, admitted: list[dict[str, Any]]) -> None:
    """Rules for other groups stand beside the group: groups that refer to each other cannot be."""
    name, inside = logical(group.role, "security-group"), list[Any]()
    for rule, permission in zip(group.ingress, admitted, strict=True):
        said = _written(site, permission, "Source")
        if "UserIdGroupPairs" not in permission:
            inside.append(said)
            continue
        own = logical(group.role, "from", rule.peer, str(rule.port))
        identity = f"sgr-{uuid5(NAMESPACE_URL, site.name(own)).hex[:17]}"
        site.make("AWS::EC2::SecurityGroupIngress", own, identity)
        site.declare(own, GroupId={"Ref": name}, **said)
    if inside:
        site.declare(name, SecurityGroupIngress=inside)


def _written(site: Site, permission: Mapping[str, Any], side: str) -> dict[str, Any]:
    """A permission of one peer as a template writes it; `side` is where the peer stands."""
    names = {"GroupId": f"{side}SecurityGroupId", "PrefixListId": f"{side}PrefixListId"}
    said = {name: value for name, value in permission.items() if not isinstance(value, list)}
    peers = (value for value in permission.values() if isinstance(value, list))
    for peer in (one for listed in peers for one in listed):
        said |= {names.get(name, name): site.named(value) for name, value in peer.items()}
    return said


def _permission(site: Site, network: Network, rule: Rule) -> dict[str, Any]:
    permission: dict[str, Any] = {"IpProtocol": rule.protocol}
    if rule.protocol != "-1":
        permission |= {"FromPort": rule.port, "ToPort": rule.port}
    if rule.peer == "s3":
        return permission | {"PrefixListIds": [{"PrefixListId": _s3_prefixes(site)}]}
    if rule.peer == "offices":
        return permission | {"PrefixListIds": [{"PrefixListId": site.refs["prefixes:offices"]}]}
    if rule.peer == "vpc":
        return permission | {"IpRanges": [{"CidrIp": network.cidr}]}
    if ":" in rule.peer:
        return permission | {"Ipv6Ranges": [{"CidrIpv6": rule.peer}]}
    if "/" in rule.peer:
        return permission | {"IpRanges": [{"CidrIp": rule.peer}]}
    return permission | {"UserIdGroupPairs": [{"GroupId": site.refs[f"group:{rule.peer}"]}]}


def _s3_prefixes(site: Site) -> str:
    name = {"Name": "prefix-list-name", "Values": [f"com.amazonaws.{site.region}.s3"]}
    lists = site.client("ec2").describe_managed_prefix_lists(Filters=[name])
    return str(lists["PrefixLists"][0]["PrefixListId"])


def _offices(site: Site, network: Network) -> None:
    """The application's own prefix list: from where its people work."""
    blocks, name = network.offices, site.name("offices")
    if not blocks:
        return
    made = site.client("ec2").create_managed_prefix_list(
        PrefixListName=name,
        AddressFamily="IPv4",
        MaxEntries=10,
        Entries=[{"Cidr": block, "Description": "office"} for block in blocks],
        TagSpecifications=site.specification("prefix-list", "OfficePrefixes", name),
    )["PrefixList"]["PrefixListId"]
    site.make("AWS::EC2::PrefixList", "OfficePrefixes", made, "prefixes:offices")


def _endpoints(site: Site, network: Network, vpc: str) -> None:
    """A gateway for S3 and interfaces for the services that the application calls."""
    if not network.endpoints:
        return
    tables = [ref for name, ref in site.refs.items() if name.startswith("table:private")]
    _endpoint(site, "s3", VpcId=vpc, VpcEndpointType="Gateway", RouteTableIds=tables)
    for service in network.endpoints:
        _endpoint(
            site,
            service,
            VpcId=vpc,
            VpcEndpointType="Interface",
            SubnetIds=site.subnets("private"),
            SecurityGroupIds=site.groups(("endpoints",)),
            PrivateDnsEnabled=True,
        )


def _endpoint(site: Site, service: str, **settings: Any) -> None:
    name = logical(service, "endpoint")
    made = site.client("ec2").create_vpc_endpoint(
        ServiceName=f"com.amazonaws.{site.region}.{service}",
        TagSpecifications=site.specification("vpc-endpoint", name, site.name(service)),
        **settings,
    )["VpcEndpoint"]["VpcEndpointId"]
    site.make("AWS::EC2::VPCEndpoint", name, made)
