import json
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.broad_permissions import (
    KNOWN,
    Kind,
    Where,
    broad_statements,
    lets_through,
    shuts,
)
from probes.analysis.policy import parse

HERE = Where("aws", "123456789012")
SERVICES = ("ec2", "iam", "kms", "s3")


def policy(*statements):
    return parse({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions="*", resources="*", **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def kinds(*statements):
    return [one.kind for one in broad_statements(policy(*statements), HERE, SERVICES)]


@cache
def of_aws():
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    return json.loads(aws_managed_policies_data)


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_what_is_known_of_aws_is_what_aws_says(name):
    (known,) = broad_statements(KNOWN[name], HERE, SERVICES)
    said = list(broad_statements(parse(of_aws()[name]["Document"]), HERE, SERVICES))
    assert said[0].kind is known.kind


@pytest.mark.parametrize(
    ("name", "found"),
    [
        pytest.param("ReadOnlyAccess", set(), id="reading"),
        pytest.param("SecurityAudit", set(), id="auditing"),
        pytest.param("service-role/AWSCodeDeployRole", set(), id="CodeDeploy's own policy"),
        pytest.param("AmazonEC2FullAccess", {Kind.SERVICE}, id="all of EC2"),
        pytest.param("IAMFullAccess", {Kind.SERVICE}, id="all of IAM"),
        pytest.param("AmazonS3FullAccess", {Kind.SERVICE}, id="all of S3"),
    ],
)
def test_policies_of_aws(name, found):
    read = parse(of_aws()[name.rpartition("/")[2]]["Document"])
    assert {one.kind for one in broad_statements(read, HERE, SERVICES)} == found


@pytest.mark.parametrize(
    "resources",
    ["*", "**", "arn:*", "arn:aws:*", "arn:aws:*:*:*:*", ["arn:aws:s3:::x", "*"]],
    ids=str,
)
def test_every_resource_may_be_written_in_many_ways(resources):
    assert kinds(allow("*", resources)) == [Kind.ADMINISTRATOR]


@pytest.mark.parametrize(
    "resources",
    [
        "arn:aws:ec2:*:*:*",
        "arn:aws:ec2:*:123456789012:*",
        "arn:*:ec2:*:*:*",
    ],
)
def test_every_resource_of_a_service(resources):
    assert kinds(allow("ec2:*", resources)) == [Kind.SERVICE]


@pytest.mark.parametrize(
    "resources",
    [
        "arn:aws:ec2:eu-west-1:*:*",
        "arn:aws:ec2:*:999999999999:*",
        "arn:aws:ec2:*:*:instance/*",
        "arn:aws-cn:ec2:*:*:*",
        "arn:aws:s3:::*",
    ],
)
def test_a_part_of_the_resources_is_not_every_resource(resources):
    assert kinds(allow("ec2:*", resources)) == []


@pytest.mark.parametrize(
    ("actions", "found"),
    [
        pytest.param("ec2:?*", [Kind.SERVICE], id="one character and more"),
        pytest.param("ec2:**", [Kind.SERVICE], id="two stars"),
        pytest.param("ec2:??*", [], id="two characters and more is left open"),
        pytest.param("ec2:*Instances", [], id="what ends so"),
        pytest.param("ec*:*", [Kind.SERVICE], id="services that begin so"),
        pytest.param("*", [Kind.ADMINISTRATOR], id="everything"),
        pytest.param("*:*", [Kind.ADMINISTRATOR], id="everything of all services"),
        pytest.param("*:Get*", [], id="what begins so, of all services"),
        pytest.param("iam:P*", [Kind.PASS_ROLE], id="a wildcard that takes in passing"),
        pytest.param(["unknown:*"], [Kind.SERVICE], id="a service that nobody looks for"),
    ],
)
def test_actions(actions, found):
    assert kinds(allow(actions)) == found


@pytest.mark.parametrize(
    ("boundary", "through"),
    [
        pytest.param(allow(), True, id="everything"),
        pytest.param(allow(["ec2:*", "s3:*"]), True, id="the very services"),
        pytest.param(allow("ec2:*"), False, id="one of them"),
        pytest.param(allow(Condition={"Bool": {"a:b": "true"}}), False, id="under a condition"),
        pytest.param(allow("ec2:Describe*"), False, id="a part"),
    ],
)
def test_what_a_boundary_lets_through(boundary, through):
    (broad,) = broad_statements(policy(allow(["ec2:*", "s3:*"])), HERE, SERVICES)
    assert lets_through(policy(boundary), broad, HERE) is through


@pytest.mark.parametrize(
    ("denied", "shut"),
    [
        pytest.param({"Action": "*", "Resource": "*"}, True, id="everything"),
        pytest.param({"Action": ["iam:*"], "Resource": "*"}, True, id="the service"),
        pytest.param({"Action": "iam:PassRole", "Resource": "*"}, False, id="a part"),
        pytest.param(
            {"Action": "*", "Resource": "*", "Condition": {"Bool": {"a:b": "true"}}},
            False,
            id="sometimes",
        ),
        pytest.param({"NotAction": "iam:PassRole", "Resource": "*"}, False, id="all but a part"),
    ],
)
def test_what_a_deny_shuts(denied, shut):
    (broad,) = broad_statements(policy(allow("iam:*")), HERE, SERVICES)
    assert shuts([policy({"Effect": "Deny", **denied})], broad, HERE) is shut


TEXTS = st.text(alphabet="abis3:*?/-", max_size=12)


@given(st.lists(TEXTS, min_size=1, max_size=5), st.lists(TEXTS, min_size=1, max_size=5))
def test_whatever_is_written_is_answered(actions, resources):
    for one in broad_statements(policy(allow(actions, resources)), HERE, SERVICES):
        assert one.label


@given(st.sampled_from(SERVICES), st.text(alphabet="abcdefgh", min_size=1, max_size=8))
def test_a_plain_action_is_never_broad(service, name):
    found = kinds(allow(f"{service}:{name}"))
    assert found in ([], [Kind.PASS_ROLE])
