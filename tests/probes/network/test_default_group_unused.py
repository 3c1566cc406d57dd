import boto3
import pytest

from probes.aws import (
    autoscaling,
    ec2,
    ec2_groups,
    ec2_routes,
    ec2_templates,
    ecs,
    elbv2,
    lambda_,
    rds,
)
from probes.network.default_group_unused import DefaultGroupUnused
from tests.kit import Case, Refused, audit, check_case, verdicts
from tests.probes.network.made import live_group, live_network

PROBE = DefaultGroupUnused()
LB = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"
CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/shop"
SERVICE = "arn:aws:ecs:us-east-1:123456789012:service/shop/web"
DB = "arn:aws:rds:us-east-1:123456789012:db:orders"
DB_CLUSTER = "arn:aws:rds:us-east-1:123456789012:cluster:orders"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:rotate"
GROUPS = [
    {"GroupId": "sg-default", "GroupName": "default", "VpcId": "vpc-1"},
    {"GroupId": "sg-default-2", "GroupName": "default", "VpcId": "vpc-2"},
    {"GroupId": "sg-own", "GroupName": "default-web", "VpcId": "vpc-1"},
]
SUBNETS = [{"SubnetId": "subnet-1", "VpcId": "vpc-1"}, {"SubnetId": "subnet-2", "VpcId": "vpc-2"}]
RULES = ec2_groups.SECURITY_GROUP_RULES


def ingress(group="sg-default", **peer):
    peer = peer or {"ReferencedGroupInfo": {"GroupId": group}}
    return {
        "SecurityGroupRuleId": f"sgr-{group}",
        "GroupId": group,
        "IsEgress": False,
        "IpProtocol": "-1",
        **peer,
    }


def around(query, items, *rules):
    return {
        query: items,
        ec2_groups.SECURITY_GROUPS: GROUPS,
        RULES: list(rules) or [ingress()],
    }


def balancer(*groups, kind="application"):
    item = {
        "LoadBalancerArn": LB,
        "LoadBalancerName": "web",
        "Type": kind,
        "SecurityGroups": list(groups),
    }
    tags = {LB: {"ResourceArn": LB, "Tags": []}}
    return around(elbv2.LOAD_BALANCERS, [item]) | {elbv2.LOAD_BALANCER_TAGS: tags}


def network(*groups, subnet="subnet-1"):
    return {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": list(groups)}}


def service(configuration, *rules, task_sets=(), subnets=SUBNETS):
    item = {
        "serviceArn": SERVICE,
        "serviceName": "web",
        "clusterArn": CLUSTER,
        "taskSets": list(task_sets),
    }
    if configuration:
        item["networkConfiguration"] = configuration
    return around(ecs.CLUSTER_ARNS, [CLUSTER], *rules) | {
        ecs.SERVICE_ARNS: {CLUSTER: [SERVICE]},
        ecs.SERVICES: {SERVICE: item},
        ec2_routes.SUBNETS: subnets,
    }


def task_set(configuration, status="PRIMARY"):
    arn = f"{SERVICE.replace(':service/', ':task-set/')}/{status}"
    return {"taskSetArn": arn, "status": status, "networkConfiguration": configuration}


def database(*groups, rules=(), **more):
    item = {
        "DBInstanceArn": DB,
        "DBInstanceIdentifier": "orders",
        "Engine": "postgres",
        "EngineVersion": "16.4",
        "VpcSecurityGroups": [{"VpcSecurityGroupId": g, "Status": "active"} for g in groups],
        **more,
    }
    return around(rds.INSTANCES, [item], *rules)


def database_cluster(*groups):
    item = {
        "DBClusterArn": DB_CLUSTER,
        "DBClusterIdentifier": "orders",
        "Engine": "aurora-mysql",
        "EngineVersion": "8.0",
        "VpcSecurityGroups": [{"VpcSecurityGroupId": g, "Status": "active"} for g in groups],
    }
    return around(rds.CLUSTERS, [item])


def function(*groups):
    item = {"FunctionArn": FUNCTION, "FunctionName": "rotate"}
    if groups:
        item["VpcConfig"] = {"VpcId": "vpc-1", "SecurityGroupIds": list(groups)}
    return around(lambda_.FUNCTIONS, [item])


def instance(*groups, state="running", tags=()):
    named = {one["GroupId"]: one["GroupName"] for one in GROUPS}
    item = {
        "InstanceId": "i-1",
        "State": {"Name": state},
        "SecurityGroups": [{"GroupId": g, "GroupName": named.get(g, "")} for g in groups],
        "Tags": [{"Key": key, "Value": value} for key, value in tags],
    }
    return around(ec2.INSTANCES, [item])


def template(*versions, older=(), used="", item_of=None):
    """Versions are given as their data, numbered from 1; the last is the latest, 1 the default."""
    item = {
        "LaunchTemplateId": "lt-1",
        "LaunchTemplateName": "web",
        "DefaultVersionNumber": 1,
        "LatestVersionNumber": len(versions),
    }
    listed = [version(n, data) for n, data in enumerate(versions, start=1)]
    return around(ec2_templates.LAUNCH_TEMPLATES, [item]) | {
        ec2_templates.VERSIONS: listed,
        ec2_templates.OLDER_VERSIONS: {f"lt-1/['{n}']": [version(n, data)] for n, data in older},
        autoscaling.GROUPS: [scaling_group(used)] if used else [],
    }


def version(number, data):
    return {
        "LaunchTemplateId": "lt-1",
        "LaunchTemplateName": "web",
        "VersionNumber": number,
        "DefaultVersion": number == 1,
        "LaunchTemplateData": data,
    }


def scaling_group(template_version="", configuration=""):
    named = {"LaunchTemplateId": "lt-1", "Version": template_version}
    return {
        "AutoScalingGroupName": "web",
        "AutoScalingGroupARN": "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:"
        "autoScalingGroupName/web",
        "MinSize": 0,
        "MaxSize": 1,
        "DesiredCapacity": 0,
        **({"LaunchTemplate": named} if template_version else {}),
        **({"LaunchConfigurationName": configuration} if configuration else {}),
    }


def configuration(*groups, used=True):
    item = {
        "LaunchConfigurationName": "web",
        "LaunchConfigurationARN": "arn:aws:autoscaling:us-east-1:123456789012:launchConfiguration:1",
        "SecurityGroups": list(groups),
    }
    return around(autoscaling.LAUNCH_CONFIGURATIONS, [item]) | {
        autoscaling.GROUPS: [scaling_group(configuration="web")] if used else []
    }


def by_id(*groups):
    return {"SecurityGroupIds": list(groups)}


def by_interface(**interface):
    return {"NetworkInterfaces": [interface]}


GROUP_NAMES = {ec2_groups.SECURITY_GROUPS}
WEIGHT = (RULES,)
"""What decides how much a violation weighs, and never whether it is one."""


def case(name, given, verdict, *rest, survives=(), **more):
    kept = (*WEIGHT, *survives) if verdict == "drift" else survives
    if not given.get(ec2_templates.OLDER_VERSIONS):
        kept = (*kept, ec2_templates.OLDER_VERSIONS)  # none was asked for
    return Case(name, given, verdict, *rest, survives=kept, **more)


CASES = [
    case("a load balancer with a group of its own", balancer("sg-own"), "pass"),
    case(
        "a load balancer with the default group",
        balancer("sg-own", "sg-default"),
        "drift",
        "default-group",
        severity="medium",
        found="sg-default",
        expected="a group of its own",
    ),
    case("a network load balancer without groups", balancer(kind="network"), "not_applicable"),
    case("a gateway has none", balancer(kind="gateway"), "not_applicable"),
    case("groups that AWS does not name", balancer(), "unknown", "no-security-groups"),
    case("a group of another account", balancer("sg-shared"), "unknown", "group-not-listed"),
    case(
        "the default group beside one of another account",
        balancer("sg-shared", "sg-default"),
        "drift",
    ),
    case("a service with a group of its own", service(network("sg-own")), "pass"),
    case("a service with the default group", service(network("sg-default")), "drift"),
    case(
        "a service that names no group",
        service(network()),
        "drift",
        "default-group-implied",
        severity="medium",
        survives=(ec2_groups.SECURITY_GROUPS, ec2_routes.SUBNETS),
    ),
    case(
        "the default group of its VPC admits addresses",
        service(network(), ingress(CidrIpv4="10.0.0.0/8")),
        "drift",
        severity="high",
        survives=(ec2_groups.SECURITY_GROUPS, ec2_routes.SUBNETS),
    ),
    case(
        "the default group of another VPC admits addresses",
        service(network(subnet="subnet-2"), ingress(CidrIpv4="10.0.0.0/8")),
        "drift",
        severity="medium",
        survives=(ec2_groups.SECURITY_GROUPS, ec2_routes.SUBNETS),
    ),
    case(
        "a subnet of another account leaves every VPC possible",
        service(network(), ingress(CidrIpv4="10.0.0.0/8"), subnets=[]),
        "drift",
        severity="high",
        survives=(ec2_groups.SECURITY_GROUPS, ec2_routes.SUBNETS),
    ),
    case("tasks with the network of their instance", service(None), "not_applicable"),
    case(
        "the task set that runs says so",
        service(network("sg-default"), task_sets=[task_set(network("sg-own"))]),
        "pass",
    ),
    case(
        "one of two task sets",
        service(
            network("sg-own"),
            task_sets=[task_set(network("sg-own")), task_set(network("sg-default"), "ACTIVE")],
        ),
        "drift",
    ),
    case(
        "a task set that ends",
        service(network("sg-own"), task_sets=[task_set(network("sg-default"), "DRAINING")]),
        "pass",
    ),
    case("a database with a group of its own", database("sg-own"), "pass"),
    case("a database with the default group", database("sg-default"), "drift"),
    case(
        "a database, and the default group admits addresses",
        database("sg-default", rules=[ingress(CidrIpv6="::/0")]),
        "drift",
        severity="high",
    ),
    case(
        "egress to addresses does not weigh",
        database("sg-default", rules=[{**ingress(CidrIpv4="0.0.0.0/0"), "IsEgress": True}]),
        "drift",
        severity="medium",
    ),
    case(
        "a member of a cluster",
        database("sg-default", DBClusterIdentifier="orders"),
        "not_applicable",
        says="of its cluster",
    ),
    case("a cluster with the default group", database_cluster("sg-default"), "drift"),
    case("a cluster with a group of its own", database_cluster("sg-own"), "pass"),
    case("a database whose groups AWS does not name", database(), "unknown"),
    case("a function in no VPC", function(), "not_applicable"),
    case("a function with the default group", function("sg-default"), "drift"),
    case("a function with a group of its own", function("sg-own"), "pass"),
    case("an instance with the default group", instance("sg-default"), "drift"),
    case("an instance with a group of its own", instance("sg-own"), "pass"),
    case(
        "an instance that stopped keeps its groups",
        instance("sg-default", state="stopped"),
        "drift",
    ),
    case("an instance that is gone", instance(state="terminated"), "not_applicable"),
    case(
        "an instance of a scaling group",
        instance("sg-default", tags=[("aws:autoscaling:groupName", "web")]),
        "not_applicable",
    ),
    case("a template with a group of its own", template(by_id("sg-own")), "pass"),
    case("a template with the default group", template(by_id("sg-default")), "drift"),
    case(
        "the latest version with the default group",
        template(by_id("sg-own"), by_id("sg-default")),
        "drift",
    ),
    case(
        "both versions with the default group",
        template(by_id("sg-default"), by_id("sg-default")),
        "drift",
        found="sg-default",
    ),
    case(
        "the default group by its name",
        template({"SecurityGroups": ["default"]}),
        "drift",
        "default-group-implied",
        survives=GROUP_NAMES,
    ),
    case("another group by its name", template({"SecurityGroups": ["default-web"]}), "pass"),
    case(
        "the default group on an interface",
        template(by_interface(Groups=["sg-default"])),
        "drift",
    ),
    case(
        "an interface that exists",
        template(by_interface(NetworkInterfaceId="eni-1"), used="$Default"),
        "pass",
    ),
    case("a template without groups that nothing launches from", template({}), "pass"),
    case(
        "a template without groups that a scaling group launches from",
        template({}, used="$Default"),
        "drift",
        "default-group-implied",
        survives=GROUP_NAMES,
    ),
    case(
        "the scaling group launches from another version",
        template({}, by_id("sg-own"), used="$Latest"),
        "pass",
    ),
    case(
        "an older version that a scaling group launches from",
        template(
            by_id("sg-own"),
            by_id("sg-own"),
            by_id("sg-own"),
            older=[(7, by_id("sg-default"))],
            used="7",
        ),
        "drift",
    ),
    case("a launch configuration with a group of its own", configuration("sg-own"), "pass"),
    case("a launch configuration with the default group", configuration("sg-default"), "drift"),
    case(
        "a launch configuration with the default group by name",
        configuration("default"),
        "drift",
        survives=GROUP_NAMES,
    ),
    case("a launch configuration without groups", configuration(), "drift", survives=GROUP_NAMES),
    case(
        "a launch configuration without groups that nobody uses", configuration(used=False), "pass"
    ),
    case(
        "groups refused",
        balancer("sg-own") | {ec2_groups.SECURITY_GROUPS: Refused()},
        "unknown",
    ),
    case(
        "the default group read before the list broke off",
        balancer("sg-default") | {ec2_groups.SECURITY_GROUPS: Refused(items=tuple(GROUPS))},
        "drift",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("ec2", "us-east-1")
    vpc, subnets = live_network(client)
    in_vpc = {"Name": "vpc-id", "Values": [vpc]}
    default = client.describe_security_groups(Filters=[in_vpc])["SecurityGroups"][0]["GroupId"]
    own = live_group(client, vpc, "own")
    for name, group in (("lb-default", default), ("lb-own", own)):
        boto3.client("elbv2", "us-east-1").create_load_balancer(
            Name=name, Subnets=subnets, SecurityGroups=[group]
        )
    for name, group in (("lt-default", default), ("lt-own", own)):
        client.create_launch_template(
            LaunchTemplateName=name, LaunchTemplateData={"SecurityGroupIds": [group]}
        )
    ecs_client = boto3.client("ecs", "us-east-1")
    ecs_client.create_cluster(clusterName="shop")
    ecs_client.register_task_definition(
        family="web",
        networkMode="awsvpc",
        containerDefinitions=[{"name": "web", "image": "web", "memory": 512}],
    )
    for name, groups in (("ecs-default", []), ("ecs-own", [own])):
        ecs_client.create_service(
            cluster="shop",
            serviceName=name,
            taskDefinition="web",
            networkConfiguration={
                "awsvpcConfiguration": {"subnets": subnets, "securityGroups": groups}
            },
        )
    assert verdicts(audit(DefaultGroupUnused)) == {
        "lb-default": "drift",
        "lb-own": "pass",
        "lt-default": "drift",
        "lt-own": "pass",
        "ecs-default": "drift",
        "ecs-own": "pass",
    }
