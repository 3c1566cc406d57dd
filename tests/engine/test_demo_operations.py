"""Every operation of a scan is answered by the demo's account, over HTTP and to its end."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from auditor.demo import account
from auditor.demo.builders.site import Site
from auditor.demo.documents import ACCOUNT
from auditor.demo.server import LocalAccount
from auditor.demo.stories import SHOP


@pytest.fixture(scope="module")
def places() -> Iterator[dict[str, Site]]:
    with LocalAccount() as endpoint:
        sites = {site.app.name: site for site in account.build(endpoint, SHOP.both)}
        yield sites
        for site in sites.values():
            site.close()


@pytest.fixture(params=["shop-broken", "shop-repaired"])
def place(request: pytest.FixtureRequest, places: dict[str, Site]) -> Site:
    return places[str(request.param)]


@pytest.fixture
def broken(places: dict[str, Site]) -> Site:
    return places["shop-broken"]


# What is asked without parameters, or with these.
LISTS: dict[str, dict[str, Any]] = {
    "sts:GetCallerIdentity": {},
    "sts:AssumeRole": {
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/auditor",
        "RoleSessionName": "audit",
    },
    "ec2:DescribeRegions": {},
    "ec2:DescribeSecurityGroups": {},
    "ec2:DescribeNetworkInterfaces": {},
    "ec2:DescribeVpcs": {},
    "ec2:DescribeSubnets": {},
    "ec2:DescribeRouteTables": {},
    "ec2:DescribeManagedPrefixLists": {},
    "ec2:DescribeInstances": {},
    "ec2:DescribeVolumes": {},
    "ec2:DescribeSnapshots": {"OwnerIds": ["self"]},
    "ec2:DescribeLaunchTemplates": {},
    "ec2:DescribeLaunchTemplateVersions": {"Versions": ["$Latest", "$Default"]},
    "ec2:GetEbsEncryptionByDefault": {},
    "ec2:GetEbsDefaultKmsKeyId": {},
    "ec2:DescribeVpcEndpoints": {},
    "ec2:DescribeNatGateways": {},
    "elbv2:DescribeLoadBalancers": {},
    "elbv2:DescribeSSLPolicies": {},
    "elbv2:DescribeTargetGroups": {},
    "autoscaling:DescribeAutoScalingGroups": {},
    "autoscaling:DescribePolicies": {},
    "autoscaling:DescribeScheduledActions": {},
    "autoscaling:DescribeScalingActivities": {},
    "autoscaling:DescribeLaunchConfigurations": {},
    "application-autoscaling:DescribeScalableTargets": {"ServiceNamespace": "ecs"},
    "application-autoscaling:DescribeScalingPolicies": {"ServiceNamespace": "ecs"},
    "cloudwatch:DescribeAlarms": {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]},
    "kms:ListKeys": {},
    "kms:ListAliases": {},
    "logs:DescribeLogGroups": {},
    "secretsmanager:ListSecrets": {},
    "lambda:ListFunctions": {},
    "iam:GetAccountAuthorizationDetails": {},
    "iam:ListPolicies": {"Scope": "AWS"},
    "rds:DescribeDBInstances": {},
    "rds:DescribeDBClusters": {},
    "rds:DescribeDBEngineVersions": {},
    "rds:DescribeDBParameters": {"DBParameterGroupName": "default.postgres16"},
    "rds:DescribeDBClusterParameters": {
        "DBClusterParameterGroupName": "default.aurora-postgresql16"
    },
    "rds:DescribeDBSubnetGroups": {},
    "rds:DescribeOptionGroups": {},
    "ecs:ListClusters": {},
    "sns:ListTopics": {},
    "ssm:DescribeInstanceInformation": {},
    "cloudformation:DescribeStacks": {},
    "codedeploy:ListApplications": {},
    "resourcegroupstaggingapi:GetResources": {},
    "s3:ListBuckets": {},
}


Asked = Iterator[tuple[str, dict[str, Any]]]


def about_machines(place: Site) -> Asked:
    """What is asked about single items of network and fleet, with parameters of this region."""
    refs, name = place.refs, place.app.name
    balancer = {"LoadBalancerArn": refs["balancer:web"]}
    listener = place.each("elbv2:DescribeListeners", "Listeners", **balancer)[0]["ListenerArn"]
    template = place.each("ec2:DescribeLaunchTemplates", "LaunchTemplates")[0]["LaunchTemplateId"]
    prefixes = place.each("ec2:DescribeManagedPrefixLists", "PrefixLists")[0]["PrefixListId"]
    yield "ec2:GetManagedPrefixListEntries", {"PrefixListId": prefixes}
    yield "ec2:DescribeImages", {"ImageIds": [refs["image"]]}
    yield (
        "ec2:DescribeLaunchTemplateVersions",
        {"LaunchTemplateId": template, "Versions": ["1"]},
    )
    yield "elbv2:DescribeListeners", balancer
    yield "elbv2:DescribeRules", {"ListenerArn": listener}
    yield "elbv2:DescribeLoadBalancerAttributes", balancer
    yield "elbv2:DescribeTargetGroupAttributes", {"TargetGroupArn": refs["target:web"]}
    yield "elbv2:DescribeTargetHealth", {"TargetGroupArn": refs["target:web"]}
    yield "elbv2:DescribeTags", {"ResourceArns": [refs["balancer:web"]]}
    yield "autoscaling:DescribeInstanceRefreshes", {"AutoScalingGroupName": name}
    yield "autoscaling:DescribeWarmPool", {"AutoScalingGroupName": name}


def about_identities(place: Site) -> Asked:
    refs, name = place.refs, place.app.name
    policy = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    for operation in (
        "kms:DescribeKey",
        "kms:GetKeyPolicy",
        "kms:ListKeyPolicies",
        "kms:GetKeyRotationStatus",
        "kms:ListGrants",
        "kms:ListResourceTags",
    ):
        yield operation, {"KeyId": refs["key:logs"]}
    yield "secretsmanager:DescribeSecret", {"SecretId": refs["secret:db"]}
    yield "secretsmanager:GetResourcePolicy", {"SecretId": refs["secret:db"]}
    yield "lambda:GetFunctionConfiguration", {"FunctionName": f"{name}-rotation"}
    yield "lambda:GetFunctionConcurrency", {"FunctionName": f"{name}-rotation"}
    yield "iam:GetRole", {"RoleName": f"{name}-instance"}
    yield "iam:GetPolicy", {"PolicyArn": policy}
    yield "iam:GetPolicyVersion", {"PolicyArn": policy, "VersionId": "v2"}


def about_workloads(place: Site) -> Asked:
    refs, name = place.refs, place.app.name
    tasks = place.each("ecs:ListTasks", "taskArns", cluster=name)
    task = place.each("ecs:DescribeServices", "services", cluster=name, services=[name])[0]
    yield "ecs:ListServices", {"cluster": name}
    yield "ecs:DescribeServices", {"cluster": name, "services": [name], "include": ["TAGS"]}
    yield "ecs:DescribeClusters", {"clusters": [name], "include": ["SETTINGS", "TAGS"]}
    yield "ecs:DescribeTasks", {"cluster": name, "tasks": tasks}
    yield "ecs:DescribeTaskDefinition", {"taskDefinition": task["taskDefinition"]}
    yield "sns:GetTopicAttributes", {"TopicArn": refs["topic"]}
    yield "sns:ListSubscriptionsByTopic", {"TopicArn": refs["topic"]}
    yield "cloudformation:GetTemplate", {"StackName": name}
    yield "cloudformation:ListStackResources", {"StackName": name}
    yield "cloudformation:DescribeStackEvents", {"StackName": name}
    yield "codedeploy:ListDeploymentGroups", {"applicationName": name}
    yield (
        "codedeploy:BatchGetDeploymentGroups",
        {"applicationName": name, "deploymentGroupNames": [name]},
    )
    yield "s3:GetBucketPolicy", {"Bucket": f"shop-repaired-logs-{ACCOUNT}"}


class TestEveryOperationIsAnswered:
    @pytest.mark.parametrize("operation", LISTS)
    def test_lists_end(self, place: Site, operation: str) -> None:
        assert place.ask(operation, **LISTS[operation])

    @pytest.mark.parametrize("about", [about_machines, about_identities, about_workloads])
    def test_single_items_are_told(self, place: Site, about: Callable[[Site], Asked]) -> None:
        for operation, params in about(place):
            assert place.ask(operation, **params), operation

    def test_pages_of_the_tagging_api_add_up(self, place: Site) -> None:
        client = place.client("resourcegroupstaggingapi")
        pages = client.get_paginator("get_resources").paginate(PaginationConfig={"PageSize": 7})
        small = [item["ResourceARN"] for page in pages for item in page["ResourceTagMappingList"]]
        whole = place.each("resourcegroupstaggingapi:GetResources", "ResourceTagMappingList")
        assert small == [item["ResourceARN"] for item in whole]
        assert len(small) == len(set(small)) > 50

    def test_the_account_wide_block_of_public_buckets_is_absent_in_so_many_words(
        self, place: Site
    ) -> None:
        with pytest.raises(ClientError) as refused:
            place.ask("s3control:GetPublicAccessBlock", AccountId=ACCOUNT)
        code = refused.value.response["Error"]["Code"]
        assert code == "NoSuchPublicAccessBlockConfiguration"

    def test_a_function_without_a_policy_is_absent_in_so_many_words(self, broken: Site) -> None:
        with pytest.raises(ClientError) as refused:
            broken.ask("lambda:GetPolicy", FunctionName="shop-broken-rotation")
        assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
