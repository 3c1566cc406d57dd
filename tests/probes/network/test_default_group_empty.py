import boto3
import pytest

from probes.aws import ec2, ec2_groups
from probes.network.default_group_empty import DefaultGroupEmpty
from tests.kit import Case, audit, check_case
from tests.probes.network import made
from tests.probes.network.made import WORLD, four

PROBE = DefaultGroupEmpty()


def rule(peer, number=0, *, egress=False, group="sg-1"):
    return made.rule(peer, -1, protocol="-1", group=group, number=number, IsEgress=egress)


def answers(*rules, vpc=False, interfaces=()):
    return {
        ec2.VPCS: [{"VpcId": "vpc-1", "IsDefault": vpc}],
        ec2.NETWORK_INTERFACES: list(interfaces),
        ec2_groups.DEFAULT_GROUPS: [{"GroupId": "sg-1", "GroupName": "default", "VpcId": "vpc-1"}],
        ec2_groups.SECURITY_GROUP_RULES: list(rules),
    }


ITSELF = {"ReferencedGroupInfo": {"GroupId": "sg-1", "UserId": "123456789012"}}
OFFICE = four("203.0.113.0/24")

AWS_MADE = answers(rule(ITSELF), rule(WORLD, 1, egress=True), vpc=True)
IN_USE_OR_NOT = (ec2.NETWORK_INTERFACES,)  # somebody made the VPC: that alone proves it
INTERFACE = {"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1"}
ELSEWHERE = {"NetworkInterfaceId": "eni-2", "VpcId": "vpc-2"}

CASES = [
    Case("a default VPC in which nothing lies", AWS_MADE, "not_applicable", "unused-default-vpc"),
    Case(
        "a default VPC in which nothing lies, and the baseline asks",
        AWS_MADE,
        "drift",
        settings={"unused_default_vpcs": True},
    ),
    Case(
        "a default VPC in use",
        answers(rule(ITSELF), vpc=True, interfaces=(INTERFACE,)),
        "drift",
        "default-sg-has-rules",
    ),
    Case(
        "interfaces of another VPC do not count",
        answers(rule(ITSELF), vpc=True, interfaces=(ELSEWHERE,)),
        "not_applicable",
    ),
    Case(
        "a VPC that AWS does not list",
        answers(rule(ITSELF)) | {ec2.VPCS: []},
        "drift",
        "default-sg-has-rules",
        survives=IN_USE_OR_NOT,
    ),
    Case("no rules", answers(), "pass"),
    Case("rules of another group", answers(rule(WORLD, group="sg-2")), "pass"),
    Case(
        "as AWS begins",
        answers(rule(ITSELF), rule(WORLD, 1, egress=True)),
        "drift",
        "default-sg-has-rules",
        severity="medium",
        found=[["all protocols from sg-1"], ["all protocols to 0.0.0.0/0"]],
        survives=IN_USE_OR_NOT,
    ),
    Case(
        "egress alone",
        answers(rule(WORLD, egress=True)),
        "drift",
        severity="medium",
        expected=[],
        found=["all protocols to 0.0.0.0/0"],
        survives=IN_USE_OR_NOT,
    ),
    Case(
        "an office may enter",
        answers(rule(OFFICE)),
        "drift",
        severity="high",
        survives=IN_USE_OR_NOT,
    ),
    Case(
        "IPv6 may enter",
        answers(rule({"CidrIpv6": "::/0"})),
        "drift",
        severity="high",
        survives=IN_USE_OR_NOT,
    ),
    Case(
        "a rule that cannot be read is a rule",
        answers(rule({})),
        "drift",
        "default-sg-has-rules",
        survives=IN_USE_OR_NOT,
    ),
    Case(
        "the baseline does not mind",
        answers(rule(WORLD)),
        "not_applicable",
        settings={"must_be_empty": False},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("ec2", "us-east-1")
    found = {}
    for name in ("emptied", "as it was"):
        vpc = client.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        in_vpc = {"Name": "vpc-id", "Values": [vpc]}
        found[name] = client.describe_security_groups(Filters=[in_vpc])["SecurityGroups"][0]
    client.revoke_security_group_egress(
        GroupId=found["emptied"]["GroupId"],
        IpPermissions=found["emptied"]["IpPermissionsEgress"],
    )
    client.create_security_group(GroupName="default-web", Description="not one of them")
    verdicts = {f.resource.id: f.verdict for f in audit(DefaultGroupEmpty)}
    assert verdicts[found["emptied"]["GroupId"]] == "pass"
    assert verdicts[found["as it was"]["GroupId"]] == "drift"
    assert len(verdicts) == 3, "one for each VPC, the account's own among them"
