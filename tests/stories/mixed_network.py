"""VPCs, routes, security groups, load balancers of the mixed account."""

from __future__ import annotations

from typing import Any

from moto.acm.models import acm_backends

from tests.kit import ACCOUNT
from tests.stories.mixed import Estate, number

BLOCKS = {"prod": 10, "staging": 20, "dev": 30}
_TIERS = ("public", "private", "data")
_ANYWHERE = [{"CidrIp": "0.0.0.0/0"}]


def build(estate: Estate) -> None:
    _network(estate)
    _shared_groups(estate)
    _strangers(estate)
    for application in estate.applications:
        _groups(estate, application)
        _balancer(estate, application)


def _network(estate: Estate) -> None:
    ec2, name = estate.client("ec2"), f"{estate.environment}-network"
    block = BLOCKS[estate.environment]
    vpc = estate.keep(
        "vpc",
        ec2.create_vpc(
            CidrBlock=f"10.{block}.0.0/16", TagSpecifications=estate.specification("vpc", name)
        )["Vpc"]["VpcId"],
    )
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    gateway = estate.keep(
        "igw", ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    )
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    for number_of, tier in enumerate(_TIERS):
        for offset, zone in enumerate("ab"):
            subnet = ec2.create_subnet(
                VpcId=vpc,
                CidrBlock=f"10.{block}.{number_of * 10 + offset}.0/24",
                AvailabilityZone=f"{estate.region}{zone}",
                TagSpecifications=estate.specification("subnet", f"{name}-{tier}-{zone}"),
            )["Subnet"]["SubnetId"]
            estate.keep(f"subnet:{tier}-{zone}", subnet)
    _table(estate, "public", "ab", {"GatewayId": gateway})
    zones = "ab" if estate.environment == "prod" else "a"
    for zone in zones:
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        nat = ec2.create_nat_gateway(
            SubnetId=estate.refs[f"subnet:public-{zone}"],
            AllocationId=address,
            TagSpecifications=estate.specification("natgateway", f"{name}-{zone}"),
        )["NatGateway"]["NatGatewayId"]
        estate.keep(f"nat:{zone}", nat)
        own = zone if len(zones) == 2 else "ab"
        _table(estate, "private", own, {"NatGatewayId": nat})
    _table(estate, "data", "ab", None)
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
    default = groups["SecurityGroups"][0]["GroupId"]
    if estate.environment == "prod":
        everything = {"IpProtocol": "-1", "IpRanges": _ANYWHERE}
        ec2.revoke_security_group_egress(GroupId=default, IpPermissions=[everything])


def _table(estate: Estate, tier: str, zones: str, target: dict[str, str] | None) -> None:
    ec2 = estate.client("ec2")
    name = f"{estate.environment}-{tier}-{zones}"
    table = ec2.create_route_table(
        VpcId=estate.refs["vpc"], TagSpecifications=estate.specification("route-table", name)
    )["RouteTable"]["RouteTableId"]
    estate.keep(f"table:{tier}-{zones}", table)
    if target:
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **target)
    for zone in zones:
        subnet = estate.refs[f"subnet:{tier}-{zone}"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)


def group(estate: Estate, ref: str, application: str, *rules: tuple[int, str]) -> str:
    """A group that admits a port from a group, a block or the world, and lets everything out."""
    ec2 = estate.client("ec2")
    made = estate.keep(
        f"group:{ref}",
        ec2.create_security_group(
            GroupName=ref,
            Description=f"of {application}",
            VpcId=estate.refs["vpc"],
            TagSpecifications=estate.specification("security-group", application),
        )["GroupId"],
    )
    permissions = [_permission(port, peer) for port, peer in rules]
    if permissions:
        ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=permissions)
    return made


def _permission(port: int, peer: str) -> dict[str, Any]:
    said: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    if peer.startswith("sg-"):
        return said | {"UserIdGroupPairs": [{"GroupId": peer}]}
    return said | {"IpRanges": [{"CidrIp": peer}]}


def narrow(estate: Estate, made: str, port: int, peer: str) -> None:
    """Let out one port to one peer, instead of everything."""
    ec2 = estate.client("ec2")
    everything = {"IpProtocol": "-1", "IpRanges": _ANYWHERE}
    ec2.revoke_security_group_egress(GroupId=made, IpPermissions=[everything])
    ec2.authorize_security_group_egress(GroupId=made, IpPermissions=[_permission(port, peer)])


def interface(estate: Estate, groups: list[str], tier: str, description: str) -> None:
    for subnet in estate.all(f"subnet:{tier}"):
        estate.client("ec2").create_network_interface(
            SubnetId=subnet, Groups=groups, Description=description
        )
        estate.made += 1


def _groups(estate: Estate, application: str) -> None:
    front = group(estate, f"{application}-alb", application, (443, "0.0.0.0/0"), (80, "0.0.0.0/0"))
    app = group(estate, f"{application}-app", application, (8080, front))
    narrow(estate, front, 8080, app)
    data = group(estate, f"{application}-db", application, (5432, app))
    if number(application) % 4:
        narrow(estate, data, 443, f"10.{BLOCKS[estate.environment]}.0.0/16")
    if number(application) == 3:
        estate.client("ec2").authorize_security_group_ingress(
            GroupId=app, IpPermissions=[_permission(22, "0.0.0.0/0")]
        )


def _shared_groups(estate: Estate) -> None:
    """Groups of the network team: a bastion that is used, leftovers that nothing uses."""
    bastion = group(estate, f"{estate.environment}-bastion", "network", (22, "198.51.100.0/24"))
    interface(estate, [bastion], "public", "bastion")
    for left in range(3):
        group(estate, f"{estate.environment}-old-{left}", "network", (22, "0.0.0.0/0"))


def _strangers(estate: Estate) -> None:
    """What nobody tagged: a workstation's group, made by the console's wizard."""
    ec2 = estate.client("ec2")
    made = ec2.create_security_group(
        GroupName="launch-wizard-1",
        Description="launch-wizard-1 created 2024-03-01",
        VpcId=estate.refs["vpc"],
    )["GroupId"]
    estate.keep("group:wizard", made)
    ec2.authorize_security_group_ingress(
        GroupId=made, IpPermissions=[_permission(22, "203.0.113.7/32")]
    )


def _balancer(estate: Estate, application: str) -> None:
    elbv2, numbered = estate.client("elbv2"), number(application)
    inner = numbered % 5 == 4
    groups = [estate.refs[f"group:{application}-alb"]]
    tier = "private" if inner else "public"
    arn = estate.keep(
        f"balancer:{application}",
        elbv2.create_load_balancer(
            Name=application,
            Subnets=estate.all(f"subnet:{tier}"),
            SecurityGroups=groups,
            Scheme="internal" if inner else "internet-facing",
            Tags=estate.tags(application),
        )["LoadBalancers"][0]["LoadBalancerArn"],
    )
    interface(estate, groups, tier, f"ELB {arn.partition(':loadbalancer/')[2]}")
    attributes = {
        "idle_timeout.timeout_seconds": "60",
        "deletion_protection.enabled": str(estate.environment == "prod").lower(),
    }
    if estate.environment == "prod":
        attributes |= {
            "access_logs.s3.enabled": "true",
            "access_logs.s3.bucket": f"{estate.environment}-access-logs",
        }
    elbv2.modify_load_balancer_attributes(
        LoadBalancerArn=arn, Attributes=[{"Key": k, "Value": v} for k, v in attributes.items()]
    )
    target = estate.keep(
        f"target:{application}",
        elbv2.create_target_group(
            Name=application,
            Protocol="HTTP",
            Port=8080,
            VpcId=estate.refs["vpc"],
            TargetType="instance" if numbered % 4 == 3 else "ip",
            HealthCheckPath="/health",
            Tags=estate.tags(application),
        )["TargetGroups"][0]["TargetGroupArn"],
    )
    _listeners(estate, application, arn, target)


def _listeners(estate: Estate, application: str, arn: str, target: str) -> None:
    elbv2, numbered = estate.client("elbv2"), number(application)
    forward = {"Type": "forward", "TargetGroupArn": target}
    redirect = {
        "Type": "redirect",
        "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"},
    }
    plain = numbered == 4 and estate.environment == "dev"
    elbv2.create_listener(
        LoadBalancerArn=arn,
        Protocol="HTTP",
        Port=80,
        DefaultActions=[forward if plain else redirect],
        Tags=estate.tags(application),
    )
    estate.made += 1
    if plain:
        return
    old = "ELBSecurityPolicy-2016-08" if numbered == 5 else "ELBSecurityPolicy-TLS13-1-2-2021-06"
    elbv2.create_listener(
        LoadBalancerArn=arn,
        Protocol="HTTPS",
        Port=443,
        SslPolicy=old,
        Certificates=[{"CertificateArn": _certificate(estate, application)}],
        DefaultActions=[forward],
        Tags=estate.tags(application),
    )
    estate.made += 1


def _certificate(estate: Estate, application: str) -> str:
    arn = estate.client("acm").request_certificate(
        DomainName=f"{application}.example.com",
        ValidationMethod="DNS",
        Tags=estate.tags(application),
    )["CertificateArn"]
    acm_backends[ACCOUNT][estate.region].get_certificate(arn).status = "ISSUED"
    return estate.keep(f"certificate:{application}", arn)
