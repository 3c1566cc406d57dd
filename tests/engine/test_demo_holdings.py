"""What is broken and what is repaired in the demo: keys, secrets, tags, stacks."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

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


@pytest.fixture
def repaired(places: dict[str, Site]) -> Site:
    return places["shop-repaired"]


class TestKeysAndSecrets:
    def test_the_key_of_the_logs_names_the_right_principal_in_the_repaired_one(
        self, broken: Site, repaired: Site
    ) -> None:
        policies = {}
        for place in (broken, repaired):
            (group,) = [
                g
                for g in place.each("logs:DescribeLogGroups", "logGroups")
                if g["logGroupName"] == f"/aws/ec2/{place.app.name}"
            ]
            policies[place] = place.ask("kms:GetKeyPolicy", KeyId=group["kmsKeyId"])["Policy"]
        assert '"logs.amazonaws.com"' in policies[broken]
        assert '"logs.eu-central-1.amazonaws.com"' in policies[repaired]
        assert "kms:EncryptionContext:aws:logs:arn" in policies[repaired]

    def test_only_the_repaired_keys_rotate_each_in_its_period(
        self, broken: Site, repaired: Site
    ) -> None:
        periods = {
            place: {
                role: place.ask("kms:GetKeyRotationStatus", KeyId=place.refs[f"key:{role}"])
                for role in ("ebs", "logs", "data")
            }
            for place in (broken, repaired)
        }
        assert not any(status["KeyRotationEnabled"] for status in periods[broken].values())
        found = {r: s["RotationPeriodInDays"] for r, s in periods[repaired].items()}
        assert found == {"ebs": 365, "logs": 365, "data": 180}

    def test_the_broken_key_is_open_to_everybody(self, broken: Site) -> None:
        policy = broken.ask("kms:GetKeyPolicy", KeyId=broken.refs["key:data"])["Policy"]
        assert {"Principal": "*"}.items() <= json.loads(policy)["Statement"][1].items()

    def test_keys_of_aws_say_so_and_have_aws_policies(self, place: Site) -> None:
        before = place.each("kms:ListKeys", "Keys")
        assert place.ask("kms:DescribeKey", KeyId="alias/aws/sns")["KeyMetadata"]["KeyManager"] == (
            "AWS"
        )
        metadata = place.ask("kms:DescribeKey", KeyId="alias/aws/ebs")["KeyMetadata"]
        policy = place.ask("kms:GetKeyPolicy", KeyId=metadata["KeyId"])["Policy"]
        assert metadata["KeyManager"] == "AWS"
        assert place.each("kms:ListKeys", "Keys") == before
        assert f"ec2.{place.region}.amazonaws.com" in policy

    def test_secrets_rotate_in_time_in_the_repaired_one(self, broken: Site, repaired: Site) -> None:
        never, seldom = broken.each("secretsmanager:ListSecrets", "SecretList")
        (monthly,) = repaired.each("secretsmanager:ListSecrets", "SecretList")
        assert "RotationEnabled" not in never
        assert seldom["NextRotationDate"].timestamp() < time.time()
        assert monthly["RotationRules"] == {"AutomaticallyAfterDays": 30}
        assert monthly["NextRotationDate"] - monthly["LastRotatedDate"] == timedelta(days=30)
        assert monthly["NextRotationDate"].timestamp() > time.time()

    def test_secrets_manager_may_call_the_repaired_function(self, repaired: Site) -> None:
        policy = repaired.ask("lambda:GetPolicy", FunctionName="shop-repaired-rotation")["Policy"]
        (statement,) = json.loads(policy)["Statement"]
        assert statement["Principal"] == {"Service": "secretsmanager.amazonaws.com"}
        assert ACCOUNT in json.dumps(statement["Condition"])

    def test_the_function_tells_its_network_and_where_it_logs(self, repaired: Site) -> None:
        (function,) = repaired.each("lambda:ListFunctions", "Functions")
        assert function["VpcConfig"]["VpcId"] == repaired.refs["vpc:main"]
        assert function["LoggingConfig"]["LogGroup"] == "/aws/lambda/shop-repaired-rotation"

    def test_only_the_repaired_instance_role_may_read_the_secret(self, repaired: Site) -> None:
        roles = {
            role["RoleName"]: role
            for role in repaired.each("iam:GetAccountAuthorizationDetails", "RoleDetailList")
        }
        assert not roles["shop-broken-instance"]["RolePolicyList"]
        (own,) = roles["shop-repaired-instance"]["RolePolicyList"]
        assert repaired.refs["secret:db"] in json.dumps(own["PolicyDocument"])
        assert repaired.refs["key:data"] in json.dumps(own["PolicyDocument"])

    def test_managed_policies_have_names_and_aws_documents(self, place: Site) -> None:
        details = place.ask(
            "iam:GetAccountAuthorizationDetails", Filter=["AWSManagedPolicy", "Role"]
        )
        policies = {policy["PolicyName"]: policy for policy in details["Policies"]}
        core = json.dumps(
            policies["AmazonSSMManagedInstanceCore"]["PolicyVersionList"], default=str
        )
        own = json.dumps(policies["AutoScalingServiceRolePolicy"]["PolicyVersionList"], default=str)
        assert "ssmmessages:OpenDataChannel" in core
        assert "kms:" not in own


class TestTagsAndStacks:
    REQUIRED = frozenset({"Environment", "Team", "CostCenter", "Application"})

    def tagged(self, place: Site) -> dict[str, set[str]]:
        found = place.each("resourcegroupstaggingapi:GetResources", "ResourceTagMappingList")
        return {item["ResourceARN"]: {tag["Key"] for tag in item["Tags"]} for item in found}

    def test_required_tags_stand_on_every_repaired_resource_and_on_no_broken_one(
        self, broken: Site, repaired: Site
    ) -> None:
        assert all(keys >= self.REQUIRED for keys in self.tagged(repaired).values())
        # The repaired distribution belongs to no region and is listed with the broken ones.
        own = {arn: keys for arn, keys in self.tagged(broken).items() if ":cloudfront:" not in arn}
        assert not any(keys & self.REQUIRED for keys in own.values())

    def test_kinds_that_moto_leaves_out_are_listed(self, repaired: Site) -> None:
        kinds = {arn.split(":", 5)[5].partition("/")[0] for arn in self.tagged(repaired)}
        assert {"launch-template", "elastic-ip", "vpc-endpoint", "listener"} <= kinds
        assert "subgrp:shop-repaired" in kinds

    def test_a_filter_by_type_narrows_the_list(self, place: Site) -> None:
        found = place.each(
            "resourcegroupstaggingapi:GetResources",
            "ResourceTagMappingList",
            ResourceTypeFilters=["ec2:launch-template"],
        )
        assert len(found) == 1

    def test_untagged_balancers_are_not_listed(self, place: Site) -> None:
        elbv2 = place.client("elbv2")
        made = elbv2.create_target_group(
            Name="bare", Protocol="HTTP", Port=80, VpcId=place.refs["vpc:main"]
        )["TargetGroups"][0]["TargetGroupArn"]
        assert made not in self.tagged(place)
        elbv2.delete_target_group(TargetGroupArn=made)

    def test_resources_know_their_stack_and_the_stack_knows_them(self, place: Site) -> None:
        (stack,) = place.each("cloudformation:DescribeStacks", "Stacks")
        owned = place.each(
            "cloudformation:ListStackResources",
            "StackResourceSummaries",
            StackName=stack["StackName"],
        )
        assert {resource["LogicalResourceId"] for resource in owned} == set(
            place.ask("cloudformation:GetTemplate", StackName=stack["StackName"])["TemplateBody"][
                "Resources"
            ]
        )
        assert len(owned) >= 50
        (vpc,) = place.each("ec2:DescribeVpcs", "Vpcs")
        tags = {tag["Key"]: tag["Value"] for tag in vpc["Tags"]}
        assert tags["aws:cloudformation:stack-id"] == stack["StackId"]
        assert tags["aws:cloudformation:logical-id"] == "Vpc"

    def test_the_broken_stack_tells_why_it_rolled_back(self, broken: Site, repaired: Site) -> None:
        (rolled_back,) = broken.each("cloudformation:DescribeStacks", "Stacks")
        (complete,) = repaired.each("cloudformation:DescribeStacks", "Stacks")
        assert rolled_back["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
        assert complete["StackStatus"] == "CREATE_COMPLETE"
        events = broken.each(
            "cloudformation:DescribeStackEvents", "StackEvents", StackName="shop-broken"
        )
        (refused,) = [e for e in events if e["ResourceStatus"] == "CREATE_FAILED"]
        assert "is not allowed to be used with Arn" in refused["ResourceStatusReason"]

    def test_deployment_groups_name_their_fleet(self, place: Site) -> None:
        name = place.app.name
        (group,) = place.each(
            "codedeploy:BatchGetDeploymentGroups",
            "deploymentGroupsInfo",
            applicationName=name,
            deploymentGroupNames=[name],
        )
        assert (group["applicationName"], group["autoScalingGroups"]) == (name, [{"name": name}])
