import boto3
import pytest

from probes.aws import (
    cloudformation,
    cloudwatch,
    ec2,
    ec2_groups,
    ec2_routes,
    ecs,
    elbv2,
    iam,
    kms,
    lambda_,
    secretsmanager,
    sns,
    tagging,
)
from probes.tags.required_tags import Required
from tests.kit import Case, Refused, audit, check_case, findings_of, the_finding

PROBE = Required()
HERE = "us-east-1:123456789012"
TOPIC = f"arn:aws:sns:{HERE}:alerts-prod"
KEY = f"arn:aws:kms:{HERE}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ALL = {"Environment": "prod", "Team": "web", "CostCenter": "12", "Application": "shop"}


def pairs(tags):
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def group(tags, name="web", **more):
    return {
        ec2_groups.SECURITY_GROUPS: [
            {"GroupId": "sg-0123456789abcdef0", "GroupName": name, "Tags": pairs(tags), **more}
        ]
    }


def topic(tags):
    listed = [] if tags is None else [{"ResourceARN": TOPIC, "Tags": pairs(tags)}]
    return {sns.TOPICS: [{"TopicArn": TOPIC}], tagging.TAGGED: listed}


BALANCER = f"arn:aws:elasticloadbalancing:{HERE}:loadbalancer/app/web/1a2b"


def balancer(tags):
    listed = {"LoadBalancerArn": BALANCER, "LoadBalancerName": "web", "Type": "application"}
    told = {"ResourceArn": BALANCER, "Tags": pairs(tags)} if isinstance(tags, dict) else tags
    return {elbv2.LOAD_BALANCERS: [listed], elbv2.LOAD_BALANCER_TAGS: {BALANCER: told}}


def key(manager="CUSTOMER", state="Enabled"):
    metadata = {
        "Arn": KEY,
        "AWSAccountId": "123456789012",
        "KeyState": state,
        "KeyManager": manager,
    }
    listed = [{"KeyArn": KEY, "KeyId": KEY.rpartition("/")[2]}]
    return {kms.KEYS: listed, kms.METADATA: {KEY: metadata}}


def without(name):
    return {key: value for key, value in ALL.items() if key != name}


def missing(name, answers, verdict, *rest, **more):
    return Case(name, answers, verdict, *rest, part="missing", **more)


def values(name, answers, verdict, *rest, **more):
    return Case(name, answers, verdict, *rest, part="values", **more)


def suffix(name, answers, verdict, *rest, **more):
    settings = {"name_suffix": "prod"} | more.pop("settings", {})
    return Case(name, answers, verdict, *rest, part="name_suffix", settings=settings, **more)


STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack"


def stack(name="shop", status="CREATE_COMPLETE"):
    one = {"StackId": f"{STACK}/{name}/1", "StackName": name, "StackStatus": status, "Tags": []}
    return {cloudformation.STACKS: [one]}


def of_stack(name):
    return {"aws:cloudformation:stack-name": name, "aws:cloudformation:stack-id": f"{STACK}/x"}


MISSING = [
    missing("all there", group(ALL), "pass"),
    missing(
        "one missing",
        group(without("Team")),
        "gap",
        "missing-key",
        severity="low",
        expected=["Application", "CostCenter", "Environment", "Team"],
        found=["Application", "CostCenter", "Environment"],
    ),
    missing("never tagged: the API does not list it", topic(None), "gap", "missing-key", found=[]),
    missing("tagged, by ARN", topic(ALL), "pass"),
    missing("tagged, asked of the item", balancer(ALL), "pass"),
    missing("tags of the item refused", balancer(Refused()), "unknown", "AccessDenied"),
    missing("tags refused", topic(ALL) | {tagging.TAGGED: Refused()}, "unknown", "AccessDenied"),
    missing(
        "in another case",
        group(without("Environment") | {"environment": "prod"}),
        "drift",
        "case",
        expected=["Environment"],
        found=["environment"],
    ),
    missing("AWS's own tags do not count", group(of_stack("shop")), "gap", found=[]),
    missing(
        "a grave one missing",
        group(without("CostCenter")),
        "gap",
        severity="medium",
        settings={"grave": ["CostCenter"]},
    ),
    missing(
        "another than the grave one missing",
        group(without("Team")),
        "gap",
        severity="low",
        settings={"grave": ["CostCenter"]},
    ),
    missing(
        "a grave one in other case",
        group(without("CostCenter") | {"costcenter": "12"}),
        "drift",
        "case",
        severity="medium",
        settings={"grave": ["CostCenter"]},
    ),
    missing(
        "another than the grave one in other case",
        group(without("Team") | {"team": "web"}),
        "drift",
        "case",
        severity="low",
        settings={"grave": ["CostCenter"]},
    ),
    missing(
        "other keys wanted",
        group({"Project": "x"}),
        "pass",
        settings={"tags": {"required": ["Project"]}},
    ),
    missing(
        "none wanted",
        group({}),
        "not_applicable",
        settings={"tags": {"required": []}},
        says="requires no tags",
    ),
    missing(
        "a kind that the baseline exempts",
        group({}),
        "not_applicable",
        settings={"exempt_types": ["AWS::EC2::*"]},
    ),
    missing(
        "a name that the baseline exempts",
        group({}),
        "not_applicable",
        settings={"exempt": ["we?"]},
    ),
    missing(
        "a tag that the baseline exempts",
        group({"Temporary": "yes"}),
        "not_applicable",
        settings={"exempt": ["Temporary=*"]},
    ),
    missing("made by CDK's own stack", group(of_stack("CDKToolkit")), "not_applicable"),
    missing(
        "Control Tower's own stack",
        stack("StackSet-AWSControlTowerBP-BASELINE-CONFIG-1"),
        "not_applicable",
    ),
    missing("CDK's own stack", stack("CDKToolkit"), "not_applicable"),
    missing("a stack", stack(), "gap"),
    missing("a stack that is being reviewed", stack(status="REVIEW_IN_PROGRESS"), "not_applicable"),
    missing("the default group", group({}, name="default"), "not_applicable"),
    missing(
        "the default group, and the baseline wants it",
        group({}, name="default"),
        "gap",
        settings={"exempt_made_by_aws": False},
    ),
    missing(
        "the default VPC", {ec2.VPCS: [{"VpcId": "vpc-1", "IsDefault": True}]}, "not_applicable"
    ),
    missing("another VPC", {ec2.VPCS: [{"VpcId": "vpc-1", "IsDefault": False}]}, "gap"),
    missing(
        "a default subnet",
        {ec2_routes.SUBNETS: [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "DefaultForAz": True}]},
        "not_applicable",
    ),
    missing(
        "a subnet that another account shares",
        {
            ec2_routes.SUBNETS: [
                {"SubnetId": "subnet-1", "VpcId": "vpc-1", "OwnerId": "999999999999"}
            ]
        },
        "not_applicable",
    ),
    missing(
        "a main route table",
        {ec2_routes.ROUTE_TABLES: [{"RouteTableId": "rtb-1", "Associations": [{"Main": True}]}]},
        "not_applicable",
    ),
    missing(
        "a NAT gateway that is gone",
        {ec2_routes.NAT_GATEWAYS: [{"NatGatewayId": "nat-1", "State": "deleted"}]},
        "not_applicable",
    ),
    missing(
        "an instance that is gone",
        {ec2.INSTANCES: [{"InstanceId": "i-1", "State": {"Name": "terminated"}}]},
        "not_applicable",
    ),
    missing("a customer's key", key(), "gap"),
    missing("AWS's key", key("AWS"), "not_applicable"),
    missing("a key on its way out", key(state="PendingDeletion"), "not_applicable"),
    missing(
        "a role",
        {iam.ROLES: [{"Arn": "arn:aws:iam::123456789012:role/app", "RoleName": "app"}]},
        "gap",
    ),
    missing(
        "a service-linked role",
        {
            iam.ROLES: [
                {
                    "Arn": "arn:aws:iam::123456789012:role/aws-service-role/x/y",
                    "RoleName": "y",
                    "Path": "/aws-service-role/x/",
                }
            ]
        },
        "not_applicable",
    ),
    missing(
        "target tracking's alarm",
        {
            cloudwatch.ALARMS: [
                {
                    "AlarmArn": "arn:aws:cloudwatch:x:1:alarm:a",
                    "AlarmName": "TargetTracking-web",
                    "ActionsEnabled": True,
                }
            ]
        },
        "not_applicable",
    ),
    missing(
        "a function that CloudFront copied",
        {
            lambda_.FUNCTIONS: [
                {
                    "FunctionArn": f"arn:aws:lambda:{HERE}:function:edge",
                    "FunctionName": "edge",
                    "MasterArn": "arn:aws:lambda:us-east-1:1:function:edge:1",
                }
            ]
        },
        "not_applicable",
    ),
    missing(
        "a secret that RDS made",
        {
            secretsmanager.SECRETS: [
                {
                    "ARN": f"arn:aws:secretsmanager:{HERE}:secret:rds!x-a1b2c3",
                    "Name": "rds!x",
                    "OwningService": "rds",
                }
            ]
        },
        "not_applicable",
    ),
    missing(
        "a secret that is being deleted",
        {
            secretsmanager.SECRETS: [
                {
                    "ARN": f"arn:aws:secretsmanager:{HERE}:secret:x-a1b2c3",
                    "Name": "x",
                    "DeletedDate": "2026-11-20T00:00:00Z",
                }
            ]
        },
        "not_applicable",
    ),
    missing(
        "a cluster that is gone",
        {
            ecs.CLUSTER_ARNS: ["c"],
            ecs.CLUSTERS: {"c": {"clusterArn": "c", "clusterName": "c", "status": "INACTIVE"}},
        },
        "not_applicable",
    ),
]

ALLOWED = {"tags": {"allowed_values": {"Environment": ["prod", "dev-*"]}}}
VALUES = [
    values("any value", group(ALL), "pass"),
    values("an empty value", group(ALL | {"Team": " "}), "drift", "bad-value", found={"Team": " "}),
    values("an allowed value", group(ALL), "pass", settings=ALLOWED),
    values("an allowed pattern", group(ALL | {"Environment": "dev-7"}), "pass", settings=ALLOWED),
    values(
        "another value",
        group(ALL | {"Environment": "Prod"}),
        "drift",
        "bad-value",
        settings=ALLOWED,
        expected={"Environment": ["prod", "dev-*"]},
        found={"Environment": "Prod"},
    ),
    values("a missing key has no value to judge", group({}), "pass"),
    values("what AWS made", group(ALL | {"Team": ""}, name="default"), "not_applicable"),
    values("tags refused", topic(ALL) | {tagging.TAGGED: Refused()}, "unknown"),
]

SUFFIX = [
    suffix(
        "no suffix is asked",
        group({}),
        "not_applicable",
        settings={"name_suffix": ""},
        says="no suffix is asked",
    ),
    suffix("a name with the suffix", group({}, name="web-prod"), "pass"),
    suffix("a name with the suffix inside", group({}, name="web-prod-db"), "pass"),
    suffix("a name without it", group({}), "drift", "name-suffix", expected="-prod", found=["web"]),
    suffix(
        "a Name tag without it",
        group({"Name": "web"}, name="web-prod"),
        "drift",
        found=["web"],
    ),
    suffix("the end of an ARN", topic({}), "pass"),
    suffix(
        "what AWS numbers",
        {ec2.VPCS: [{"VpcId": "vpc-1"}]},
        "not_applicable",
        says="it has no name",
    ),
    suffix("a key has an id for a name", key(), "not_applicable"),
    suffix(
        "a number with a Name tag",
        {ec2.VPCS: [{"VpcId": "vpc-1", "Tags": pairs({"Name": "net-dev"})}]},
        "drift",
        found=["net-dev"],
    ),
]
CASES = MISSING + VALUES + SUFFIX


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_command_writes_what_is_known():
    tags = without("Environment") | {"environment": "prod"}
    case = missing("in another case", topic(tags), "drift")
    finding = the_finding(case, findings_of(PROBE, case))
    assert f"--resource-arn-list {TOPIC} --tags Environment=prod" in finding.fix.cli


def test_a_choice_of_values_makes_no_command():
    case = missing("missing", topic(without("Team")), "gap")
    assert the_finding(case, findings_of(PROBE, case)).fix.cli == ""


def test_on_an_account(aws):
    topics, database = (boto3.client(name, "us-east-1") for name in ("sns", "rds"))
    topics.create_topic(Name="bare")
    topics.create_topic(Name="tagged", Tags=pairs(ALL))
    database.create_db_instance(
        DBInstanceIdentifier="orders",
        Engine="postgres",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        MasterUsername="root",
        MasterUserPassword="not-a-secret",
        Tags=pairs(without("Team")),
    )
    found = {
        f.resource.arn.rpartition(":")[2]: f.verdict.value
        for f in audit(Required)
        if f.part == "missing" and f.resource.type in {"AWS::SNS::Topic", "AWS::RDS::DBInstance"}
    }
    assert found == {"bare": "gap", "tagged": "pass", "orders": "gap"}
