"""What moto lacks or says otherwise than AWS, and how the demo's account says it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from auditor.demo.application import Group, Network, Rule
from auditor.demo.builders import network
from auditor.demo.builders.site import Clients, Site
from auditor.demo.gaps import install_gaps
from auditor.demo.refusals import Refusal, internal_failure, unknown_operation
from auditor.demo.repaired import REPAIRED


@pytest.fixture
def site() -> Iterator[Site]:
    """A network and nothing else."""
    install_gaps()
    bare = Network(
        cidr="10.9.0.0/16",
        groups=(Group("open", ingress=(Rule("::/0", 443), Rule("0.0.0.0/0", protocol="-1"))),),
        nat_per_zone=False,
        database_isolated=False,
        default_group_emptied=True,
    )
    with mock_aws():
        made = Site(replace(REPAIRED, network=bare), Clients(None))
        network.build(made)
        yield made


def refused(site: Site, operation: str, **params: Any) -> str:
    with pytest.raises(ClientError) as refusal:
        site.ask(operation, **params)
    return str(refusal.value.response["Error"]["Code"])


class TestWhatIsNotThere:
    @pytest.mark.parametrize(
        ("operation", "params", "code"),
        [
            (
                "kms:GetKeyPolicy",
                {"KeyId": "00000000-0000-4000-8000-000000000000"},
                "NotFoundException",
            ),
            (
                "secretsmanager:RotateSecret",
                {"SecretId": "no-such-secret"},
                "ResourceNotFoundException",
            ),
            (
                "rds:DescribeDBParameters",
                {"DBParameterGroupName": "mine"},
                "DBParameterGroupNotFound",
            ),
            (
                "rds:DescribeOptionGroups",
                {"OptionGroupName": "mine"},
                "OptionGroupNotFoundFault",
            ),
        ],
    )
    def test_is_refused_by_name(
        self, site: Site, operation: str, params: Mapping[str, str], code: str
    ) -> None:
        assert refused(site, operation, **params) == code

    def test_a_key_has_no_other_policy(self, site: Site) -> None:
        key = site.ask("kms:CreateKey")["KeyMetadata"]["KeyId"]
        assert refused(site, "kms:GetKeyPolicy", KeyId=key, PolicyName="other") == (
            "NotFoundException"
        )

    def test_aws_keeps_default_option_groups_for_every_engine(self, site: Site) -> None:
        (group,) = site.each(
            "rds:DescribeOptionGroups", "OptionGroupsList", OptionGroupName="default:mysql-8-0"
        )
        assert (group["EngineName"], group["MajorEngineVersion"]) == ("mysql", "8.0")

    def test_option_groups_of_the_account_tell_their_options(self, site: Site) -> None:
        rds, plugin = site.client("rds"), {"OptionName": "MARIADB_AUDIT_PLUGIN"}
        rds.create_option_group(
            OptionGroupName="mine",
            EngineName="mysql",
            MajorEngineVersion="8.0",
            OptionGroupDescription="audited",
        )
        rds.modify_option_group(OptionGroupName="mine", OptionsToInclude=[plugin])
        (group,) = site.each("rds:DescribeOptionGroups", "OptionGroupsList")
        assert [option["OptionName"] for option in group["Options"]] == ["MARIADB_AUDIT_PLUGIN"]


class TestLoadBalancers:
    def balancer(self, site: Site, **settings: Any) -> str:
        made = site.ask(
            "elbv2:CreateLoadBalancer", Name="bare", Subnets=site.subnets("public"), **settings
        )
        return str(made["LoadBalancers"][0]["LoadBalancerArn"])

    def test_without_groups_an_application_balancer_has_the_default_one(self, site: Site) -> None:
        self.balancer(site)
        (told,) = site.each("elbv2:DescribeLoadBalancers", "LoadBalancers")
        assert told["SecurityGroups"] == [site.refs["group:default"]]

    def test_a_network_balancer_has_attributes_of_its_own(self, site: Site) -> None:
        arn = self.balancer(site, Type="network")
        told = site.each("elbv2:DescribeLoadBalancerAttributes", "Attributes", LoadBalancerArn=arn)
        keys = {attribute["Key"] for attribute in told}
        assert "dns_record.client_routing_policy" in keys
        assert "idle_timeout.timeout_seconds" not in keys
        (balancer,) = site.each("elbv2:DescribeLoadBalancers", "LoadBalancers")
        assert not balancer.get("SecurityGroups")

    def test_security_policies_are_told_by_name(self, site: Site) -> None:
        name = "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04"
        (policy,) = site.each("elbv2:DescribeSSLPolicies", "SslPolicies", Names=[name])
        assert (policy["Name"], policy["SslProtocols"]) == (name, ["TLSv1.3", "TLSv1.2"])


class TestWhatMotoForgets:
    def test_schedules_of_rotation(self, site: Site) -> None:
        secret = site.ask("secretsmanager:CreateSecret", Name="s", SecretString="x")["ARN"]
        rules = {"ScheduleExpression": "rate(10 days)", "Duration": "3h"}
        site.ask(
            "secretsmanager:RotateSecret",
            SecretId=secret,
            RotationRules=rules,
            RotateImmediately=False,
        )
        told = site.ask("secretsmanager:DescribeSecret", SecretId=secret)
        assert told["RotationEnabled"]
        assert told["RotationRules"] == rules
        assert "RotationLambdaARN" not in told

    def test_what_a_service_is_updated_to(self, site: Site) -> None:
        site.ask("ecs:CreateCluster", clusterName="c")
        container = {"name": "a", "image": "b", "memory": 64}
        site.ask("ecs:RegisterTaskDefinition", family="t", containerDefinitions=[container])
        where = {"cluster": "c"}
        site.ask("ecs:CreateService", serviceName="s", taskDefinition="t", **where)
        site.ask("ecs:UpdateService", service="s", enableExecuteCommand=True, **where)
        (told,) = site.each("ecs:DescribeServices", "services", services=["s"], **where)
        assert told["enableExecuteCommand"]
        assert not told["deploymentConfiguration"]["deploymentCircuitBreaker"]["enable"]

    def test_groups_may_admit_all_addresses_of_both_kinds(self, site: Site) -> None:
        groups = site.each("ec2:DescribeSecurityGroups", "SecurityGroups")
        (opened,) = [g for g in groups if g["GroupName"] == site.name("open")]
        first, second = opened["IpPermissions"]
        assert first["Ipv6Ranges"] == [{"CidrIpv6": "::/0"}]
        assert (second["IpProtocol"], second["IpRanges"]) == ("-1", [{"CidrIp": "0.0.0.0/0"}])


def code(refusal: Refusal) -> str:
    body = refusal.body.decode()
    if body.startswith("{"):
        return str(json.loads(body)["__type"])
    return body.partition("<Code>")[2].partition("</Code>")[0]


FORM = {"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8"}


class TestRefusals:
    @pytest.mark.parametrize(
        ("service", "environ", "unknown"),
        [
            pytest.param("ec2", FORM, "InvalidAction", id="ec2"),
            pytest.param("iam", FORM, "InvalidAction", id="query"),
            pytest.param(
                "kms", {"HTTP_X_AMZ_TARGET": "T.Op"}, "UnknownOperationException", id="json"
            ),
            pytest.param("s3", {}, "NotImplemented", id="rest-xml"),
            pytest.param("lambda", {}, "UnknownOperationException", id="rest-json"),
        ],
    )
    def test_each_protocol_has_its_own(
        self, service: str, environ: Mapping[str, object], unknown: str
    ) -> None:
        assert code(unknown_operation(service, environ)) == unknown
        failed = internal_failure(service, environ)
        assert (code(failed), failed.status[:3]) == ("InternalFailure", "500")
