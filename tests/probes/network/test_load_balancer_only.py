import boto3
import pytest

from probes.aws import autoscaling, ec2, ec2_groups, ec2_templates, ecs, elbv2
from probes.network.load_balancer_only import LoadBalancerOnly
from tests.kit import Case, Refused, audit, check_case, verdicts
from tests.probes.network import made
from tests.probes.network.made import four, live_group, live_network

PROBE = LoadBalancerOnly()
_ELB = "arn:aws:elasticloadbalancing:us-east-1:123456789012"
LB = f"{_ELB}:loadbalancer/app/web/50dc6c495c0c9188"
OTHER_LB = f"{_ELB}:loadbalancer/net/raw/50dc6c495c0c9189"
TG = f"{_ELB}:targetgroup/web/943f017f100becff"
OTHER_TG = f"{_ELB}:targetgroup/raw/943f017f100becfe"
CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/shop"
SERVICE = "arn:aws:ecs:us-east-1:123456789012:service/shop/web"
RULES = ec2_groups.SECURITY_GROUP_RULES
LISTS = (ec2_groups.PREFIX_LISTS, ec2_groups.PREFIX_LIST_ENTRIES)
TASK = {
    "NetworkInterfaceId": "eni-1",
    "VpcId": "vpc-1",
    "Groups": [{"GroupId": "sg-task", "GroupName": "task"}],
    "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.7"}],
}
INSTANCE = {**TASK, "Attachment": {"InstanceId": "i-1", "Status": "attached"}}


def rule(peer, first=8080, *last, **more):
    return made.rule(peer, first, *last, group="sg-task", **more)


def group(name, **more):
    return {"ReferencedGroupInfo": {"GroupId": name, **more}}


def listed(name):
    return {"PrefixListId": name}


def balancer(arn=LB, kind="application", groups=("sg-lb",)):
    name = arn.split("/")[-2]
    return {
        "LoadBalancerArn": arn,
        "LoadBalancerName": name,
        "Type": kind,
        "SecurityGroups": list(groups),
    }


def target_group(arn=TG, lb=LB, kind="ip", port=8080, **more):
    return {
        "TargetGroupArn": arn,
        "TargetGroupName": arn.split("/")[-2],
        "TargetType": kind,
        "Port": port,
        "VpcId": "vpc-1",
        "LoadBalancerArns": [lb] if lb else [],
        "HealthCheckPort": "traffic-port",
        **more,
    }


def registered(name, port=8080):
    return {"Target": {"Id": name, "Port": port}, "TargetHealth": {"State": "healthy"}}


FROM_LB = rule(group("sg-lb"), number=9)


def answers(
    *rules,
    on=(TASK,),
    balancers=None,
    groups=None,
    health=None,
    vpcs=({"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"},),
    lists=(),
    entries=None,
    also=None,
):
    balancers = [balancer()] if balancers is None else balancers
    groups = [target_group()] if groups is None else groups
    health = {TG: [registered("10.0.1.7")]} if health is None else health
    asked = {arn: found for arn, found in health.items() if found}
    return {
        ec2_groups.SECURITY_GROUPS: [
            {"GroupId": "sg-task", "GroupName": "task", "VpcId": "vpc-1"},
            {"GroupId": "sg-mesh", "GroupName": "mesh-east", "VpcId": "vpc-1"},
        ],
        RULES: list(rules),
        ec2.NETWORK_INTERFACES: list(on),
        ec2.VPCS: list(vpcs),
        elbv2.LOAD_BALANCERS: balancers,
        elbv2.LOAD_BALANCER_TAGS: tags_of(balancers, "LoadBalancerArn"),
        elbv2.TARGET_GROUPS: groups,
        elbv2.TARGET_GROUP_TAGS: tags_of(groups, "TargetGroupArn"),
        elbv2.TARGET_HEALTH: asked,
        ec2_groups.PREFIX_LISTS: list(lists),
        ec2_groups.PREFIX_LIST_ENTRIES: entries or {},
        **(also or {}),
    }


def tags_of(items, key):
    return {item[key]: {"ResourceArn": item[key], "Tags": []} for item in items}


def service(*groups):
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": list(groups)}}
    item = {
        "serviceArn": SERVICE,
        "serviceName": "web",
        "clusterArn": CLUSTER,
        "networkConfiguration": network,
        "loadBalancers": [{"targetGroupArn": TG, "containerName": "web", "containerPort": 8080}],
    }
    return {
        ecs.CLUSTER_ARNS: [CLUSTER],
        ecs.SERVICE_ARNS: {CLUSTER: [SERVICE]},
        ecs.SERVICES: {SERVICE: item},
    }


def fleet(version="$Default", older=(), configured=False):
    template = {
        "LaunchTemplateId": "lt-1",
        "LaunchTemplateName": "web",
        "VersionNumber": 1,
        "DefaultVersion": True,
        "LaunchTemplateData": {"SecurityGroupIds": [] if older else ["sg-task"]},
    }
    launch = (
        {"LaunchConfigurationName": "web"}
        if configured
        else {"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": version}}
    )
    scaling_group = {
        "AutoScalingGroupName": "web",
        "AutoScalingGroupARN": "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:"
        "autoScalingGroupName/web",
        "MinSize": 0,
        "MaxSize": 1,
        "DesiredCapacity": 0,
        "TargetGroupARNs": [TG],
        **launch,
    }
    configuration = {
        "LaunchConfigurationName": "web",
        "LaunchConfigurationARN": "arn:aws:autoscaling:us-east-1:123456789012:launchConfiguration:1",
        "SecurityGroups": ["sg-task"],
    }
    return {
        autoscaling.GROUPS: [scaling_group],
        autoscaling.LAUNCH_CONFIGURATIONS: [configuration] if configured else [],
        ec2_templates.VERSIONS: [] if configured else [template],
        ec2_templates.OLDER_VERSIONS: {
            f"lt-1/['{number}']": [
                {
                    **template,
                    "VersionNumber": number,
                    "DefaultVersion": False,
                    "LaunchTemplateData": {"SecurityGroupIds": ["sg-task"]},
                }
            ]
            for number in older
        },
    }


def case(name, given, verdict, *rest, survives=(), **more):
    """Of what was never asked for, nothing is lost: older versions, services of no cluster."""
    kept = [ec2_templates.OLDER_VERSIONS] if not given.get(ec2_templates.OLDER_VERSIONS) else []
    kept += [ecs.SERVICES] if ecs.SERVICES not in given else []
    if given[RULES] and all(one.get("CidrIpv4") == "0.0.0.0/0" for one in given[RULES]):
        kept.append(ec2.VPCS)
    return Case(name, given, verdict, *rest, subject="sg-task", survives=(*kept, *survives), **more)


def drift(name, given, code, severity, **more):
    return case(name, given, "drift", code, severity=severity, **more)


UNROUTED = {TG: []}
CUSTOM = {"PrefixListId": "pl-1", "PrefixListName": "offices", "OwnerId": "123456789012"}
OF_AWS = {
    "PrefixListId": "pl-1",
    "PrefixListName": "com.amazonaws.global.cloudfront.origin-facing",
    "OwnerId": "AWS",
}

CASES = [
    case("only the load balancer", answers(FROM_LB), "pass"),
    case("nobody at all", answers(), "pass"),
    drift(
        "the world besides",
        answers(FROM_LB, rule(four("0.0.0.0/0"))),
        "from-world",
        "high",
        expected=["sg-lb"],
        found=["tcp 8080 from 0.0.0.0/0"],
        survives=(ec2.VPCS,),
    ),
    drift("all of IPv6", answers(rule({"CidrIpv6": "::/0"})), "from-world", "high", survives=(ec2.VPCS,)),
    drift(
        "the world in many pieces",
        answers(*(rule(four(f"{n}.0.0.0/8"), number=n) for n in range(1, 200) if n not in (10, 127))),
        "from-world",
        "high",
    ),
    drift("an office", answers(rule(four("203.0.113.0/24"))), "from-public", "medium"),
    drift("the whole VPC", answers(FROM_LB, rule(four("10.0.0.0/16"))), "from-whole-vpc", "medium"),
    drift("more than the VPC", answers(rule(four("10.0.0.0/8"))), "from-wider-than-vpc", "medium"),
    drift("a subnet", answers(rule(four("10.0.1.0/24"))), "from-inside-vpc", "low"),
    drift("another network", answers(rule(four("192.168.0.0/16"))), "from-private", "low"),
    drift("another group", answers(rule(group("sg-mesh"))), "from-group", "low"),
    drift(
        "the world weighs most",
        answers(rule(group("sg-mesh")), rule(four("0.0.0.0/0"), number=1)),
        "from-world",
        "high",
        survives=(ec2.VPCS,),
    ),
    case(
        "another group that the baseline names",
        answers(rule(group("sg-mesh"))),
        "pass",
        settings={"allowed_groups": ["mesh-*"]},
    ),
    case(
        "a group of another account that the baseline names",
        answers(rule(group("sg-far", UserId="210987654321"))),
        "pass",
        settings={"allowed_groups": ["sg-far"]},
    ),
    drift(
        "a group that the baseline does not name",
        answers(rule(group("sg-mesh"))),
        "from-group",
        "low",
        settings={"allowed_groups": ["web-*"]},
    ),
    case("the group itself", answers(rule(group("sg-task"), -1, protocol="-1")), "pass"),
    drift(
        "the group itself, which the baseline forbids",
        answers(rule(group("sg-task"))),
        "from-own-group",
        "low",
        settings={"self_reference_allowed": False},
    ),
    case(
        "every port for the load balancer",
        answers(rule(group("sg-lb"), 0, 65535)),
        "pass",
        says="wider than the target's port: tcp 0-65535 from sg-lb",
    ),
    case(
        "the port of the health check",
        answers(FROM_LB, rule(group("sg-lb"), 9000), groups=[target_group(HealthCheckPort="9000")]),
        "pass",
    ),
    case("shells from the VPC", answers(rule(four("10.0.0.0/16"), 22)), "pass"),
    case("shells from the group of an endpoint", answers(rule(group("sg-mesh"), 22)), "pass"),
    drift(
        "shells from a peered group",
        answers(
            rule(group("sg-far", VpcPeeringConnectionId="pcx-1", PeeringStatus="active"), 22)
        ),
        "from-group",
        "low",
    ),
    drift("shells from an office", answers(rule(four("203.0.113.0/24"), 22)), "from-public", "medium"),
    case(
        "shells from an office that the baseline names",
        answers(rule(four("203.0.113.0/24"), 22)),
        "pass",
        settings={"operator_access": {"allowed_blocks": ["203.0.113.0/24"]}},
    ),
    drift(
        "shells from the VPC, and operators are elsewhere",
        answers(rule(four("10.0.0.0/16"), 22)),
        "from-whole-vpc",
        "medium",
        settings={"operator_access": {"allowed_blocks": ["203.0.113.0/24"]}},
    ),
    drift(
        "shells from the VPC, which the baseline does not know",
        answers(rule(four("10.0.0.0/16"), 22)),
        "from-whole-vpc",
        "medium",
        settings={"operator_access": {"troubleshooting_ports": []}},
    ),
    drift("more than shells from the VPC", answers(rule(four("10.0.0.0/16"), 22, 23)), "from-whole-vpc", "medium"),
    case(
        "a stale peer admits nobody",
        answers(rule(group("sg-far", VpcPeeringConnectionId="pcx-1", PeeringStatus="deleted"))),
        "pass",
    ),
    case("CloudFront, past the load balancer", answers(rule(listed("pl-1")), lists=[OF_AWS]), "drift", "from-aws-list"),
    case(
        "a list of offices",
        answers(rule(listed("pl-1")), lists=[CUSTOM], entries={"pl-1": [{"Cidr": "203.0.113.0/24"}]}),
        "drift",
        "from-public",
    ),
    case(
        "the whole VPC beside a list",
        answers(rule(four("10.0.0.0/16")), rule(listed("pl-1"), number=1), lists=[OF_AWS]),
        "drift",
        "from-whole-vpc",
        survives=LISTS,
    ),
    case("a list that is not listed", answers(rule(listed("pl-1"))), "unknown", "unreadable-rule"),
    case("a peer of no known kind", answers(rule({})), "unknown", "unreadable-rule"),
    case("a VPC of another account", answers(rule(four("10.0.0.0/16")), vpcs=()), "unknown"),
    case("not behind a load balancer", answers(health=UNROUTED), "not_applicable"),
    case(
        "the same address in another VPC",
        answers(rule(four("0.0.0.0/0")), on=[{**TASK, "VpcId": "vpc-2"}]),
        "not_applicable",
    ),
    case(
        "a target group without a load balancer",
        answers(rule(four("0.0.0.0/0")), groups=[target_group(lb=None)], health=UNROUTED, also=service("sg-task")),
        "not_applicable",
        survives=(elbv2.TARGET_HEALTH,),  # of which nothing is asked then
    ),
    case(
        "a target group of functions",
        answers(groups=[target_group(kind="lambda")]),
        "not_applicable",
    ),
    drift(
        "an instance",
        answers(
            rule(four("0.0.0.0/0")),
            on=[INSTANCE],
            groups=[target_group(kind="instance")],
            health={TG: [registered("i-1", 80)]},
        ),
        "from-world",
        "high",
    ),
    case(
        "ports given to containers as they come",
        answers(
            rule(group("sg-lb"), 32768, 65535),
            on=[INSTANCE],
            groups=[target_group(kind="instance", port=80)],
            health={TG: [registered("i-1", 32771)]},
        ),
        "pass",
    ),
    drift(
        "a service whose tasks are not up",
        answers(rule(four("0.0.0.0/0")), on=[], health=UNROUTED, also=service("sg-task")),
        "from-world",
        "high",
    ),
    drift(
        "a target group without a port of its own",
        answers(rule(four("0.0.0.0/0")), groups=[target_group(port=None)]),
        "from-world",
        "high",
    ),
    case(
        "a service with another group",
        answers(rule(four("0.0.0.0/0")), on=[], health=UNROUTED, also=service("sg-mesh")),
        "not_applicable",
        survives=(elbv2.TARGET_GROUPS, elbv2.LOAD_BALANCERS, RULES),  # read for the other group
    ),
    drift(
        "a scaling group without instances",
        answers(rule(four("0.0.0.0/0")), on=[], health=UNROUTED, also=fleet()),
        "from-world",
        "high",
    ),
    drift(
        "a scaling group that launches from an older version",
        answers(rule(four("0.0.0.0/0")), on=[], health=UNROUTED, also=fleet("7", older=(7,))),
        "from-world",
        "high",
    ),
    drift(
        "a scaling group with a launch configuration",
        answers(rule(four("0.0.0.0/0")), on=[], health=UNROUTED, also=fleet(configured=True)),
        "from-world",
        "high",
    ),
    case(
        "a network load balancer without groups",
        answers(rule(four("0.0.0.0/0")), balancers=[balancer(kind="network", groups=())]),
        "not_applicable",
        says="addresses",
    ),
    case("a network load balancer with a group", answers(FROM_LB, balancers=[balancer(kind="network")]), "pass"),
    case("a gateway", answers(balancers=[balancer(kind="gateway", groups=())]), "not_applicable"),
    case(
        "behind two load balancers",
        answers(
            FROM_LB,
            rule(group("sg-raw"), number=1),
            balancers=[balancer(), balancer(OTHER_LB, "network", ("sg-raw",))],
            groups=[target_group(), target_group(OTHER_TG, OTHER_LB)],
            health={TG: [registered("10.0.1.7")], OTHER_TG: [registered("10.0.1.7")]},
        ),
        "pass",
    ),
    case(
        "a type not known",
        answers(balancers=[balancer(kind="quantum")]),
        "unknown",
        "unknown-load-balancer",
    ),
    case("groups that AWS does not name", answers(balancers=[balancer(groups=())]), "unknown"),
    case("a load balancer that is not listed", answers(balancers=[]), "unknown"),
    case(
        "targets refused",
        answers(FROM_LB) | {elbv2.TARGET_HEALTH: {TG: Refused()}},
        "unknown",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client, elb = boto3.client("ec2", "us-east-1"), boto3.client("elbv2", "us-east-1")
    vpc, subnets = live_network(client)
    groups = {
        name: live_group(client, vpc, name) for name in ("lb", "tight", "sloppy", "elsewhere")
    }
    arn = elb.create_load_balancer(Name="web", Subnets=subnets, SecurityGroups=[groups["lb"]])[
        "LoadBalancers"
    ][0]["LoadBalancerArn"]
    targets = elb.create_target_group(
        Name="web", Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    elb.create_listener(
        LoadBalancerArn=arn,
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": targets}],
    )
    pair = {"UserIdGroupPairs": [{"GroupId": groups["lb"]}]}
    block = {"IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
    for name, peer in (("tight", pair), ("sloppy", block), ("elsewhere", block)):
        client.authorize_security_group_ingress(
            GroupId=groups[name],
            IpPermissions=[{"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, **peer}],
        )
        address = client.create_network_interface(SubnetId=subnets[0], Groups=[groups[name]])[
            "NetworkInterface"
        ]["PrivateIpAddress"]
        if name != "elsewhere":
            elb.register_targets(TargetGroupArn=targets, Targets=[{"Id": address}])
    found = verdicts(audit(LoadBalancerOnly))
    assert (found["tight"], found["sloppy"], found["elsewhere"]) == (
        "pass",
        "drift",
        "not_applicable",
    )
