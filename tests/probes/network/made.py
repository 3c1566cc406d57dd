"""Rules of security groups and prefix lists in AWS's own words, and groups on moto."""

from probes.aws import ec2_groups

LISTS = (ec2_groups.PREFIX_LISTS, ec2_groups.PREFIX_LIST_ENTRIES)
LIST = {"PrefixListId": "pl-1"}
CUSTOM = {"PrefixListId": "pl-1", "PrefixListName": "offices", "OwnerId": "123456789012"}
OF_AWS = {"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.us-east-1.s3", "OwnerId": "AWS"}


def rule(peer, first, last=None, protocol="tcp", group="sg-1", number=0, **more):
    return {
        "SecurityGroupRuleId": f"sgr-{number}",
        "GroupId": group,
        "IsEgress": False,
        "IpProtocol": protocol,
        "FromPort": first,
        "ToPort": first if last is None else last,
        **peer,
        **more,
    }


def four(cidr):
    return {"CidrIpv4": cidr}


def six(cidr):
    return {"CidrIpv6": cidr}


WORLD = four("0.0.0.0/0")


# -- accounts on moto -----------------------------------------------------------------------------


def live_network(client):
    """A VPC, and a subnet in each of two zones."""
    vpc = client.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        client.create_subnet(
            VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"us-east-1{zone}"
        )
        for n, zone in enumerate("ab")
    ]
    return vpc, [subnet["Subnet"]["SubnetId"] for subnet in subnets]


def live_group(client, vpc, name):
    made = client.create_security_group(GroupName=name, Description=name, VpcId=vpc)
    return made["GroupId"]


def let_in(client, group, port, cidr):
    client.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=port, ToPort=port, CidrIp=cidr
    )
