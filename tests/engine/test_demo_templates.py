"""The demo's stacks declare the rules and policies that its builders make."""

import json

import pytest

from auditor.demo.account import build
from auditor.demo.application import Application
from auditor.demo.builders.site import Clients, Site
from auditor.demo.documents import ACCOUNT
from auditor.demo.parts import Stack
from auditor.demo.stories import applications
from tests.engine.test_against_templates import by_name, client, judged, looked

REGION = "us-east-1"


@pytest.fixture
def site(aws):
    (built,) = build(built=applications("catalog"))
    return built


def template(site):
    stack = site.store("cloudformation").stacks[site.stack_id]
    return json.loads(stack.template)["Resources"]


def test_rules_among_groups_stand_beside_them_and_others_in_them(site):
    resources = template(site)
    balancer = resources["BalancerSecurityGroup"]["Properties"]["SecurityGroupIngress"]
    assert [one["CidrIp"] for one in balancer] == ["0.0.0.0/0", "0.0.0.0/0"]
    assert "Properties" not in resources["AppSecurityGroup"]
    assert resources["AppFromBalancer8080"] == {
        "Type": "AWS::EC2::SecurityGroupIngress",
        "Properties": {
            "GroupId": {"Ref": "AppSecurityGroup"},
            "IpProtocol": "tcp",
            "FromPort": 8080,
            "ToPort": 8080,
            "SourceSecurityGroupId": {"Ref": "BalancerSecurityGroup"},
        },
    }


def test_a_rule_and_a_policy_by_hand_are_found_in_the_demo(site):
    permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
                  "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}  # fmt: skip
    client("ec2").authorize_security_group_ingress(
        GroupId=site.refs["group:app"], IpPermissions=[permission]
    )
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    }
    client("iam").put_role_policy(
        RoleName=site.name("instance"), PolicyName="by-hand", PolicyDocument=json.dumps(document)
    )
    found = by_name(judged(looked()))
    assert {name: set(one.expected) for name, one in found.items() if one.verdict == "drift"} == {
        "AppSecurityGroup": {"IpPermissions"},
        "InstanceRole": {"RolePolicyList.by-hand"},
    }


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("arn:aws:s3:::files/*", {"Fn::Sub": "arn:${AWS::Partition}:s3:::files/*"}),
        (
            f"arn:aws:logs:{REGION}:{ACCOUNT}:*",
            {"Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*"},
        ),
        (
            f"arn:aws:s3:::logs-{ACCOUNT}/AWSLogs/{ACCOUNT}/*",
            {"Fn::Sub": "arn:${AWS::Partition}:s3:::${LogsBucket}/AWSLogs/${AWS::AccountId}/*"},
        ),
        ({"Action": ["s3:*"], "n": 7}, {"Action": ["s3:*"], "n": 7}),
        (
            f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}",
            {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:user/${!aws:username}"},
        ),
    ],
    ids=["a partition", "a region", "a resource of the stack", "what is true anywhere",
         "a variable of IAM"],
)  # fmt: skip
def test_what_a_template_says_is_true_in_every_account(document, expected):
    site = Site(Application("shop", REGION, {}, stack=Stack()), Clients(None))
    assert site.portable(document, LogsBucket=f"logs-{ACCOUNT}") == expected
