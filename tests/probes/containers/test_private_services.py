import boto3
import pytest

from probes.aws import ec2_groups, ec2_routes, ecs_tasks
from probes.containers.private_services import PrivateServices
from tests.kit import Case, Refused, audit, check_case, findings_of, verdicts
from tests.probes.containers import made
from tests.probes.containers.made import container, definition, running

PROBE = PrivateServices()
SUBNETS, TABLES = ec2_routes.SUBNETS, ec2_routes.ROUTE_TABLES
TASKS, ENDPOINTS = ecs_tasks.TASK_DEFINITIONS, ec2_routes.VPC_ENDPOINTS
LOGS = {"logConfiguration": {"logDriver": "awslogs", "options": {}}}
TO_INTERNET = {"GatewayId": "igw-1"}
TO_NAT = {"NatGatewayId": "nat-1"}
TO_TRANSIT = {"TransitGatewayId": "tgw-1"}


def network(public="DISABLED", subnets=("subnet-a",)):
    said = {"subnets": list(subnets), "securityGroups": ["sg-1"], "assignPublicIp": public}
    return {"networkConfiguration": {"awsvpcConfiguration": said}}


def route(to, state="active", destination="0.0.0.0/0"):
    return {"DestinationCidrBlock": destination, "State": state, **to}


def table(*routes, main=True, subnet=None, name="rtb-1"):
    held = {"Main": main, **({"SubnetId": subnet} if subnet else {})}
    return {
        "RouteTableId": name,
        "VpcId": "vpc-1",
        "Associations": [held],
        "Routes": [route({"GatewayId": "local"}, destination="10.0.0.0/16"), *routes],
    }


def endpoints(*names, state="available"):
    return [
        {
            "VpcEndpointId": f"vpce-{n}",
            "VpcId": "vpc-1",
            "ServiceName": f"com.amazonaws.us-east-1.{name}",
            "State": state,
        }
        for n, name in enumerate(names)
    ]


def placed(*tables, in_vpc=(), task=None, subnets=("subnet-a",), **more):
    sent = {**network(), **more}
    return running(task or definition(), **sent) | {
        SUBNETS: [{"SubnetId": name, "VpcId": "vpc-1"} for name in subnets],
        TABLES: list(tables),
        ec2_routes.NAT_GATEWAYS: [
            {"NatGatewayId": "nat-1", "State": "available", "ConnectivityType": "public"}
        ],
        ENDPOINTS: list(in_vpc),
    }


PRIVATE = table(route(TO_NAT))
PUBLIC = table(route(TO_INTERNET))
CLOSED = table()
TASK_SET = {"taskSetArn": "a", "status": "PRIMARY", "taskDefinition": made.TASK}
PULLING = ("ecr.api", "ecr.dkr", "s3")
WITH_LOGS = definition(container(**LOGS))
FOREIGN = definition(container(image="redis:7"))


def part(name, cases):
    return [Case(**{**one.__dict__, "id": f"{name}: {one.id}", "part": name}) for one in cases]


LEFT_ALONE = [
    Case("shares the network of its instances", placed(PUBLIC, networkConfiguration=None),
         "not_applicable", "no-interface"),
    Case("left alone", placed(PUBLIC, **network("ENABLED")), "not_applicable", "exempt",
         settings={"exempt": ["web"]}),
    Case("being deleted", placed(PUBLIC, status="DRAINING"), "not_applicable", "inactive"),
]  # fmt: skip
OF_ADDRESS = [
    Case("none", placed(PRIVATE), "pass"),
    Case("public", placed(PUBLIC, **network("ENABLED")), "drift", "public-ip", severity="high",
         expected="DISABLED", found="ENABLED"),
    Case("public in ephemeral", placed(PUBLIC, **network("ENABLED")), "drift",
         environment="ephemeral", severity="medium"),
    Case("public by a task set", placed(PRIVATE, taskSets=[{**TASK_SET, **network("ENABLED")}]),
         "drift", "public-ip"),
    Case("a new value", placed(PRIVATE, **network("MAYBE")), "unknown"),
    Case("public and new", placed(PRIVATE, **network("ENABLED"),
                                  taskSets=[{**TASK_SET, **network("ENABLED")},
                                            {**TASK_SET, **network("MAYBE")}]), "drift"),
    Case("allowed", placed(PUBLIC, **network("ENABLED")), "not_applicable", "not-asked",
         settings={"assign_public_ip_allowed": True}),
    *LEFT_ALONE,
]  # fmt: skip
ISOLATED = {"subnet_tier": "isolated"}
LIST = {"PrefixListId": "pl-1", "PrefixListName": "partners", "OwnerId": made.ACCOUNT}
BY_LIST = placed(table({"DestinationPrefixListId": "pl-1", "State": "active", **TO_INTERNET}))
PARTNERS = {
    ec2_groups.PREFIX_LISTS: [LIST],
    ec2_groups.PREFIX_LIST_ENTRIES: {"pl-1": [{"Cidr": "8.8.8.0/24"}]},
}
OF_SUBNETS = [
    Case("private", placed(PRIVATE), "pass"),
    Case("public by the main table", placed(PUBLIC), "drift", "public-subnet", severity="medium",
         found={"subnet-a": ["internet gateway"]}),
    Case("public by its own table", placed(CLOSED, table(route(TO_INTERNET), main=False,
         subnet="subnet-a", name="rtb-2")), "drift", "public-subnet"),
    Case("private by its own table", placed(PUBLIC, table(route(TO_NAT), main=False,
         subnet="subnet-a", name="rtb-2")), "pass"),
    Case("public in ephemeral", placed(PUBLIC), "drift", environment="ephemeral", severity="low"),
    Case("public over IPv6", placed(table({"DestinationIpv6CidrBlock": "::/0", "State": "active",
         **TO_INTERNET})), "drift"),
    Case("out over IPv6 alone", placed(table({"DestinationIpv6CidrBlock": "::/0",
         "State": "active", "EgressOnlyInternetGatewayId": "eigw-1"})), "pass"),
    Case("a gateway that is gone", placed(table(route(TO_INTERNET, "blackhole"))), "pass"),
    Case("one of two is public", placed(
        PRIVATE, table(route(TO_INTERNET), main=False, subnet="subnet-b", name="rtb-2"),
        subnets=("subnet-a", "subnet-b"), **network(subnets=["subnet-a", "subnet-b"])),
        "drift", survives=(ec2_routes.NAT_GATEWAYS,), found={"subnet-b": ["internet gateway"]}),
    Case("public, and one that is not listed", placed(PUBLIC, **network(
        subnets=["subnet-z", "subnet-a"])), "drift", "public-subnet"),
    Case("not listed", placed(PRIVATE, subnets=()), "unknown", says="subnet-a"),
    Case("no table", placed(), "unknown", says="route table"),
    Case("a route in a new state", placed(table(route(TO_INTERNET, "dreaming"))), "unknown"),
    Case("tables are refused", placed() | {TABLES: Refused()}, "unknown"),
    Case("not isolated", placed(PRIVATE), "drift", "not-isolated", settings=ISOLATED,
         found={"subnet-a": ["public NAT gateway"]}),
    Case("public where isolated is asked", placed(PUBLIC), "drift", "public-subnet",
         settings=ISOLATED),
    Case("isolated", placed(CLOSED), "pass", settings=ISOLATED),
    Case("public by a prefix list", BY_LIST | PARTNERS, "drift", "public-subnet"),
    Case("any subnet", placed(PUBLIC), "not_applicable", settings={"subnet_tier": "any"}),
    *LEFT_ALONE,
]  # fmt: skip
OF_EGRESS = [
    Case("by a NAT gateway", placed(PRIVATE), "pass"),
    Case("by an internet gateway", placed(PUBLIC), "pass"),
    Case("by a transit gateway", placed(table(route(TO_TRANSIT))), "pass"),
    Case("no way out", placed(CLOSED), "gap", "no-egress", severity="informational",
         found={"subnet-a": {"missing": ["ecr.api", "ecr.dkr", "s3"]}}),
    Case("by endpoints", placed(CLOSED, in_vpc=endpoints(*PULLING)), "pass"),
    Case("by endpoints that are not there yet",
         placed(CLOSED, in_vpc=endpoints(*PULLING, state="pending")), "gap"),
    Case("no endpoint for its logs", placed(CLOSED, in_vpc=endpoints(*PULLING), task=WITH_LOGS),
         "gap", found={"subnet-a": {"missing": ["logs"]}}),
    Case("with its logs", placed(CLOSED, in_vpc=endpoints(*PULLING, "logs"), task=WITH_LOGS),
         "pass"),
    Case("images from elsewhere", placed(CLOSED, task=FOREIGN), "not_applicable", "no-ecr"),
    Case("instances pull", placed(CLOSED, launchType="EC2", platformFamily=""), "not_applicable",
         "instances"),
    Case("a route in a new state", placed(table(route(TO_NAT, "dreaming"))), "pass",
         says="cannot be told"),
    Case("not shown", placed(CLOSED) | {TASKS: {made.TASK: []}}, "unknown"),
    Case("not listed", placed(CLOSED, subnets=()), "pass"),
    *LEFT_ALONE,
]  # fmt: skip
CASES = [*part("address", OF_ADDRESS), *part("subnets", OF_SUBNETS), *part("egress", OF_EGRESS)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def address_of(answers):
    return next(f for f in findings_of(PROBE, Case("x", answers, "drift")) if f.part == "address")


def test_the_fix_keeps_subnets_and_groups():
    fix = address_of(placed(PUBLIC, **network("ENABLED"))).fix.cli
    assert "{subnets=[subnet-a],securityGroups=[sg-1],assignPublicIp=DISABLED}" in fix


def test_task_sets_are_changed_by_what_deploys_them():
    answers = placed(PRIVATE, taskSets=[{**TASK_SET, **network("ENABLED")}])
    assert not address_of(answers).fix.cli


def test_on_an_account(aws):
    ec2, client = boto3.client("ec2", "us-east-1"), boto3.client("ecs", "us-east-1")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = {}
    for n, name in enumerate(("public", "private")):
        made_one = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24")
        subnet[name] = made_one["Subnet"]["SubnetId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    open_table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=open_table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=open_table, SubnetId=subnet["public"])
    client.create_cluster(clusterName="shop")
    task = {"name": "web", "image": made.IMAGE}
    client.register_task_definition(
        family="web", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="512",
        memory="1024", containerDefinitions=[task],
    )  # fmt: skip
    for name, public in (("public", "ENABLED"), ("private", "DISABLED")):
        said = {"subnets": [subnet[name]], "securityGroups": [], "assignPublicIp": public}
        client.create_service(
            cluster="shop", serviceName=name, taskDefinition="web", desiredCount=0,
            launchType="FARGATE", networkConfiguration={"awsvpcConfiguration": said},
        )  # fmt: skip
    found = audit(PrivateServices)
    assert verdicts(found, "address") == {"public": "drift", "private": "pass"}
    assert verdicts(found, "subnets") == {"public": "drift", "private": "pass"}
    assert verdicts(found, "egress") == {"public": "pass", "private": "gap"}
