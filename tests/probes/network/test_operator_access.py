import json

import boto3
import pytest

from auditor.yaml_file import FileError
from probes.aws import autoscaling, ec2, ec2_groups, ec2_routes, iam, ssm
from probes.network.operator_access import OperatorAccessProbe
from tests.kit import Case, Refused, audit, baseline_of, check_case, verdicts
from tests.probes.network import made
from tests.probes.network.made import let_in, live_group, live_network

PROBE = OperatorAccessProbe()
PROFILE = "arn:aws:iam::123456789012:instance-profile/app"
ROLE = "arn:aws:iam::123456789012:role/app"
CORE = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
IAM = (iam.ROLES, iam.POLICIES)
LISTS = (ec2_groups.PREFIX_LISTS, ec2_groups.PREFIX_LIST_ENTRIES)
NETWORK = (
    ec2_routes.SUBNETS,
    ec2_routes.ROUTE_TABLES,
    ec2_routes.NAT_GATEWAYS,
    ec2_routes.VPC_ENDPOINTS,
)
SSH = (ec2_groups.SECURITY_GROUP_RULES, ec2.VPCS, *LISTS)
MANAGER = (ssm.MANAGED_INSTANCES, *IAM, *NETWORK)
NEEDED = [
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
]
ANYWHERE = {"DestinationCidrBlock": "0.0.0.0/0", "State": "active"}
NAT = {**ANYWHERE, "NatGatewayId": "nat-1"}
GATEWAY = {**ANYWHERE, "GatewayId": "igw-1"}
TRANSIT = {**ANYWHERE, "TransitGatewayId": "tgw-1"}


def document(*actions, effect="Allow"):
    statement = {"Effect": effect, "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def role(inline=(), attached=(), **more):
    return {
        "Arn": ROLE,
        "RoleName": "app",
        "InstanceProfileList": [{"Arn": PROFILE}],
        "RolePolicyList": [
            {"PolicyName": f"inline-{n}", "PolicyDocument": text} for n, text in enumerate(inline)
        ],
        "AttachedManagedPolicies": [
            {"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in attached
        ],
        **more,
    }


def managed(arn, text):
    return {"Arn": arn, "PolicyVersionList": [{"Document": text, "IsDefaultVersion": True}]}


def rule(peer, first=22, *last, **more):
    return made.rule(peer, first, *last, number=1, **more)


def endpoint(name, state="available", private=True):
    return {
        "VpcEndpointId": f"vpce-{name}",
        "VpcId": "vpc-1",
        "ServiceName": f"com.amazonaws.us-east-1.{name}",
        "State": state,
        "PrivateDnsEnabled": private,
    }


def instance(name="i-1", state="running", *, profile=PROFILE, tags=(), **more):
    held = {"IamInstanceProfile": {"Arn": profile}} if profile else {}
    return {
        "InstanceId": name,
        "State": {"Name": state},
        "SubnetId": "subnet-1",
        "VpcId": "vpc-1",
        "SecurityGroups": [{"GroupId": "sg-1", "GroupName": "app"}],
        "Tags": [{"Key": key, "Value": value} for key, value in tags],
        **held,
        **more,
    }


def answers(
    *instances,
    ping=None,
    roles=(),
    policies=(),
    routes=(),
    endpoints=(),
    rules=(),
    vpcs=({"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"},),
    subnets=({"SubnetId": "subnet-1", "VpcId": "vpc-1"},),
    lists=(),
    entries=None,
    groups=(),
):
    table = {
        "RouteTableId": "rtb-1",
        "VpcId": "vpc-1",
        "Associations": [{"Main": True}],
        "Routes": list(routes),
    }
    return {
        ec2.INSTANCES: list(instances) or [instance(profile=None)],
        autoscaling.GROUPS: list(groups),
        ssm.MANAGED_INSTANCES: [{"InstanceId": "i-1", "PingStatus": ping}] if ping else [],
        iam.ROLES: list(roles),
        iam.POLICIES: list(policies),
        ec2_routes.SUBNETS: list(subnets),
        ec2_routes.ROUTE_TABLES: [table],
        ec2_routes.NAT_GATEWAYS: [
            {"NatGatewayId": "nat-1", "State": "available", "ConnectivityType": "public"}
        ],
        ec2_routes.VPC_ENDPOINTS: list(endpoints),
        ec2.VPCS: list(vpcs),
        ec2_groups.SECURITY_GROUP_RULES: list(rules),
        ec2_groups.PREFIX_LISTS: list(lists),
        ec2_groups.PREFIX_LIST_ENTRIES: entries or {},
    }


FULL = document(*NEEDED)


def with_role(*, inline=(FULL,), instances=None, **more):
    return answers(*(instances or [instance()]), roles=[role(inline)], **more)


OF_THE_VPC = rule({"CidrIpv4": "10.0.0.0/16"})
BOTH_ENDPOINTS = (endpoint("ssm"), endpoint("ssmmessages"))
IN_A_GROUP = [("aws:autoscaling:groupName", "web")]
WEB = {
    "AutoScalingGroupName": "web",
    "AutoScalingGroupARN": "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:"
    "autoScalingGroupName/web",
    "MinSize": 0,
    "MaxSize": 2,
    "DesiredCapacity": 1,
}

BY_AGENT = (*IAM, *NETWORK, *SSH)
BY_ROLE = (ssm.MANAGED_INSTANCES, *SSH)

CASES = [
    Case(
        "neither",
        answers(),
        "gap",
        "no-path",
        severity="informational",
        expected="Session Manager or SSH",
        found="none",
    ),
    Case("its agent answers", answers(ping="Online"), "pass", survives=BY_AGENT),
    Case("its agent was lost", answers(ping="ConnectionLost"), "gap"),
    Case("its agent says what is not known", answers(ping="Dreaming"), "unknown"),
    Case("its agent may answer through a NAT gateway", with_role(routes=[NAT]), "pass", survives=BY_ROLE),
    Case(
        "by a policy of AWS",
        answers(
            instance(),
            roles=[role(attached=[CORE])],
            policies=[managed(CORE, document("ssm:*", "ssmmessages:*"))],
            routes=[NAT],
        ),
        "pass",
        survives=BY_ROLE,
    ),
    Case(
        "by a policy that is not listed",
        answers(instance(), roles=[role(attached=[CORE])], routes=[NAT]),
        "unknown",
    ),
    Case("by a policy that is none", with_role(inline=["{"], routes=[NAT]), "unknown"),
    Case(
        "a boundary that does not let it",
        answers(
            instance(),
            roles=[
                role(
                    [document(*NEEDED)],
                    PermissionsBoundary={"PermissionsBoundaryArn": f"{ROLE}-bound"},
                )
            ],
            policies=[managed(f"{ROLE}-bound", document("s3:*"))],
            routes=[NAT],
        ),
        "gap",
    ),
    Case(
        "denied",
        with_role(inline=[document("*"), document("ssm:*", effect="Deny")], routes=[NAT]),
        "gap",
    ),
    Case("one right of five missing", with_role(inline=[document(*NEEDED[:-1])], routes=[NAT]), "gap"),
    Case("a profile without a role", answers(instance(), routes=[NAT]), "gap"),
    Case("a role with an ARN that is none", answers(instance(), roles=[role([document("*")], Arn="?")], routes=[NAT]), "unknown"),
    Case("no way to the endpoints", with_role(), "gap"),
    Case("by endpoints", with_role(endpoints=BOTH_ENDPOINTS), "pass", survives=BY_ROLE),
    Case("by one endpoint of two", with_role(endpoints=BOTH_ENDPOINTS[:1]), "gap"),
    Case(
        "by an endpoint that is being made",
        with_role(endpoints=(endpoint("ssm"), endpoint("ssmmessages", "pending"))),
        "gap",
    ),
    Case(
        "by endpoints without private names",
        with_role(endpoints=(endpoint("ssm"), endpoint("ssmmessages", private=False))),
        "unknown",
    ),
    Case("an internet gateway without a public address", with_role(routes=[GATEWAY]), "gap"),
    Case(
        "an internet gateway with a public address",
        with_role(routes=[GATEWAY], instances=[instance(PublicIpAddress="203.0.113.7")]),
        "pass",
        survives=BY_ROLE,
    ),
    Case("through a transit gateway", with_role(routes=[TRANSIT]), "unknown"),
    Case("in a subnet of another account", with_role(routes=[NAT], subnets=()), "unknown"),
    Case("shells from the VPC", answers(rules=[OF_THE_VPC]), "pass", survives=(*MANAGER, *LISTS)),
    Case(
        "shells from a part of the VPC",
        answers(rules=[rule({"CidrIpv4": "10.0.4.0/24"})]),
        "pass",
        survives=MANAGER,
    ),
    Case(
        "shells from the secondary block",
        answers(
            rules=[rule({"CidrIpv4": "100.64.0.0/16"})],
            vpcs=[
                {
                    "VpcId": "vpc-1",
                    "CidrBlock": "10.0.0.0/16",
                    "CidrBlockAssociationSet": [
                        {"CidrBlock": "100.64.0.0/16", "CidrBlockState": {"State": "associated"}}
                    ],
                }
            ],
        ),
        "pass",
        survives=MANAGER,
    ),
    Case(
        "shells from everywhere, which another probe minds",
        answers(rules=[rule({"CidrIpv4": "0.0.0.0/0"})]),
        "pass",
        survives=MANAGER,
    ),
    Case("the document's block, which is not this VPC's", answers(rules=[rule({"CidrIpv4": "10.99.0.0/16"})]), "gap"),
    Case(
        "shells from the group of an endpoint",
        answers(rules=[rule({"ReferencedGroupInfo": {"GroupId": "sg-2"}})]),
        "pass",
        survives=MANAGER,
    ),
    Case("another port from the VPC", answers(rules=[rule({"CidrIpv4": "10.0.0.0/16"}, 8080)]), "gap"),
    Case(
        "another port that the baseline counts",
        answers(rules=[rule({"CidrIpv4": "10.0.0.0/16"}, 3389)]),
        "pass",
        settings={"operator_access": {"troubleshooting_ports": [22, 3389]}},
        survives=MANAGER,
    ),
    Case(
        "shells from an office that the baseline names",
        answers(rules=[rule({"CidrIpv4": "203.0.113.0/24"})]),
        "pass",
        settings={"operator_access": {"allowed_blocks": ["203.0.113.0/24"]}},
        survives=(*MANAGER, ec2.VPCS),
    ),
    Case("shells in the VPC of another account", answers(rules=[OF_THE_VPC], vpcs=()), "unknown"),
    Case(
        "shells from AWS's console",
        answers(
            rules=[rule({"PrefixListId": "pl-1"})],
            lists=[
                {
                    "PrefixListId": "pl-1",
                    "PrefixListName": "com.amazonaws.us-east-1.ec2-instance-connect",
                    "OwnerId": "AWS",
                }
            ],
        ),
        "pass",
        survives=MANAGER,
    ),
    Case(
        "shells from a list of the VPC's blocks",
        answers(
            rules=[rule({"PrefixListId": "pl-1"})],
            lists=[{"PrefixListId": "pl-1", "PrefixListName": "ours", "OwnerId": "123456789012"}],
            entries={"pl-1": [{"Cidr": "10.0.0.0/16"}]},
        ),
        "pass",
        survives=MANAGER,
    ),
    Case(
        "shells from a list of other blocks",
        answers(
            rules=[rule({"PrefixListId": "pl-1"})],
            lists=[{"PrefixListId": "pl-1", "PrefixListName": "ours", "OwnerId": "123456789012"}],
            entries={"pl-1": [{"Cidr": "192.168.0.0/16"}]},
        ),
        "gap",
    ),
    Case("a rule of no known kind", answers(rules=[rule({})]), "unknown"),
    Case(
        "shells alone, where Session Manager is wanted",
        answers(rules=[OF_THE_VPC]),
        "gap",
        settings={"mode": "ssm"},
        expected="Session Manager",
    ),
    Case(
        "Session Manager alone, where SSH is wanted",
        answers(ping="Online"),
        "gap",
        settings={"mode": "ssh-vpc"},
    ),
    Case("nothing wanted", answers(), "not_applicable", settings={"mode": "none"}),
    Case("stopped", answers(instance(state="stopped")), "not_applicable"),
    Case("in a state not known", answers(instance(state="dreaming")), "unknown"),
    Case(
        "an instance of a scaling group",
        answers(instance(tags=IN_A_GROUP)),
        "not_applicable",
        subject="i-1",
    ),
    Case(
        "a scaling group without a way in",
        answers(instance(profile=None, tags=IN_A_GROUP), groups=[WEB]),
        "gap",
        subject="web",
    ),
    Case(
        "a scaling group with a way in",
        answers(instance(tags=IN_A_GROUP), groups=[WEB], ping="Online"),
        "pass",
        subject="web",
        survives=BY_AGENT,
    ),
    Case(
        "one instance of two without a way in",
        answers(
            instance(tags=IN_A_GROUP, profile=None),
            instance("i-2", tags=IN_A_GROUP, profile=None),
            groups=[WEB],
            ping="Online",
        ),
        "gap",
        subject="web",
    ),
    Case(
        "a scaling group without instances",
        answers(instance("i-9", "stopped"), groups=[WEB]),
        "not_applicable",
        subject="web",
    ),
    Case(
        "agents refused",
        answers() | {ssm.MANAGED_INSTANCES: Refused()},
        "unknown",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("ec2", "us-east-1")
    vpc, (subnet, _) = live_network(client)
    image = client.register_image(Name="base", RootDeviceName="/dev/xvda")["ImageId"]
    launched = {}
    for name in ("reachable", "cut off"):
        group = live_group(client, vpc, name)
        launched[name] = client.run_instances(
            ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=[group]
        )["Instances"][0]["InstanceId"]
        if name == "reachable":
            let_in(client, group, 22, "10.0.0.0/16")
    found = verdicts(audit(OperatorAccessProbe))
    assert {name: found[launched[name]] for name in launched} == {
        "reachable": "pass",
        "cut off": "gap",
    }


@pytest.mark.parametrize(
    "wrong", [{"allowed_blocks": ["the office"]}, {"troubleshooting_ports": [70000]}]
)
def test_a_baseline_with_a_place_that_is_none_is_refused(wrong):
    with pytest.raises(FileError):
        baseline_of(PROBE, {"operator_access": wrong})
