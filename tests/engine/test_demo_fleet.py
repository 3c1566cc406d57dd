"""What is broken and what is repaired in the demo: groups, load balancers, the scaling group."""

from collections.abc import Iterator
from typing import Any

import pytest

from auditor.demo import account
from auditor.demo.builders.site import Site
from auditor.demo.documents import ACCOUNT, AUTO_SCALING_ROLE
from auditor.demo.server import LocalAccount


@pytest.fixture(scope="module")
def places() -> Iterator[dict[str, Site]]:
    with LocalAccount() as endpoint:
        yield {site.app.name: site for site in account.build(endpoint)}


@pytest.fixture
def broken(places: dict[str, Site]) -> Site:
    return places["shop-broken"]


@pytest.fixture
def repaired(places: dict[str, Site]) -> Site:
    return places["shop-repaired"]


class TestSecurityGroups:
    def rules(self, place: Site, role: str, direction: str) -> list[Any]:
        groups = place.each("ec2:DescribeSecurityGroups", "SecurityGroups")
        name = role if role == "default" else place.name(role)
        return next(g[direction] for g in groups if g["GroupName"] == name)

    def test_everything_may_leave_the_broken_groups(self, broken: Site) -> None:
        for role in ("balancer", "app", "db"):
            (rule,) = self.rules(broken, role, "IpPermissionsEgress")
            assert (rule["IpProtocol"], rule["IpRanges"]) == ("-1", [{"CidrIp": "0.0.0.0/0"}])

    def test_nothing_leaves_the_repaired_groups_for_the_world(self, repaired: Site) -> None:
        for group in repaired.each("ec2:DescribeSecurityGroups", "SecurityGroups"):
            assert not [r for r in group["IpPermissionsEgress"] if r["IpRanges"]]

    def test_https_is_shut_out_of_the_broken_balancer_alone(
        self, broken: Site, repaired: Site
    ) -> None:
        ports = {
            place: {rule["FromPort"] for rule in self.rules(place, "balancer", "IpPermissions")}
            for place in (broken, repaired)
        }
        assert ports == {broken: {80}, repaired: {80, 443}}

    def test_shells_are_open_to_the_world_in_the_broken_one(
        self, broken: Site, repaired: Site
    ) -> None:
        shell = [r for r in self.rules(broken, "app", "IpPermissions") if r["FromPort"] == 22]
        assert shell[0]["IpRanges"] == [{"CidrIp": "0.0.0.0/0"}]
        (only,) = self.rules(repaired, "app", "IpPermissions")
        pairs = [pair["GroupId"] for pair in only["UserIdGroupPairs"]]
        assert pairs == [repaired.refs["group:balancer"]]

    def test_the_default_group_is_used_by_the_broken_one_and_empty_in_the_repaired(
        self, broken: Site, repaired: Site
    ) -> None:
        users = {
            place: {
                interface["Description"].partition(" ")[0]
                for interface in place.each("ec2:DescribeNetworkInterfaces", "NetworkInterfaces")
                if interface["Groups"] and interface["Groups"][0]["GroupName"] == "default"
            }
            for place in (broken, repaired)
        }
        assert {"ELB", "RDSNetworkInterface"} < users[broken]
        assert users[repaired] == set()
        assert self.rules(broken, "default", "IpPermissions")
        assert not self.rules(repaired, "default", "IpPermissions")
        assert not self.rules(repaired, "default", "IpPermissionsEgress")

    def test_a_service_without_groups_says_so(self, broken: Site, repaired: Site) -> None:
        groups = {}
        for place in (broken, repaired):
            name = place.app.name
            (service,) = place.each(
                "ecs:DescribeServices", "services", cluster=name, services=[name]
            )
            configuration = service["networkConfiguration"]["awsvpcConfiguration"]
            groups[place] = configuration["securityGroups"]
            assert service["runningCount"] == service["desiredCount"] == 2
        assert groups == {broken: [], repaired: [repaired.refs["group:task"]]}


class TestLoadBalancers:
    def listeners(self, place: Site, role: str) -> dict[int, Any]:
        arn = place.refs[f"balancer:{role}"]
        found = place.each("elbv2:DescribeListeners", "Listeners", LoadBalancerArn=arn)
        return {listener["Port"]: listener for listener in found}

    def test_http_forwards_in_the_broken_one_and_redirects_in_the_repaired(
        self, broken: Site, repaired: Site
    ) -> None:
        assert self.listeners(broken, "web")[80]["DefaultActions"][0]["Type"] == "forward"
        for role in ("web", "admin"):
            (action,) = self.listeners(repaired, role)[80]["DefaultActions"]
            assert action["RedirectConfig"]["Protocol"] == "HTTPS"
            assert action["RedirectConfig"]["StatusCode"] == "HTTP_301"

    def test_policies_stand_on_https_alone_and_are_listed(
        self, broken: Site, repaired: Site
    ) -> None:
        protocols = {
            policy["Name"]: policy["SslProtocols"]
            for policy in broken.each("elbv2:DescribeSSLPolicies", "SslPolicies")
        }
        assert "SslPolicy" not in self.listeners(broken, "web")[80]
        assert "TLSv1" in protocols[self.listeners(broken, "web")[443]["SslPolicy"]]
        assert set(protocols[self.listeners(repaired, "web")[443]["SslPolicy"]]) == {
            "TLSv1.2",
            "TLSv1.3",
        }

    def test_the_broken_internal_balancer_has_no_https(self, broken: Site, repaired: Site) -> None:
        assert set(self.listeners(broken, "admin")) == {80}
        assert set(self.listeners(repaired, "admin")) == {80, 443}

    def test_attributes_are_told_in_full(self, broken: Site, repaired: Site) -> None:
        told = {}
        for place in (broken, repaired):
            pairs = place.each(
                "elbv2:DescribeLoadBalancerAttributes",
                "Attributes",
                LoadBalancerArn=place.refs["balancer:web"],
            )
            told[place] = {pair["Key"]: pair["Value"] for pair in pairs}
        assert set(told[broken]) == set(told[repaired])
        assert told[broken]["idle_timeout.timeout_seconds"] == "60"
        assert told[broken]["deletion_protection.enabled"] == "false"
        assert told[broken]["access_logs.s3.enabled"] == "false"
        assert told[repaired]["deletion_protection.enabled"] == "true"
        assert told[repaired]["access_logs.s3.bucket"] == f"shop-repaired-logs-{ACCOUNT}"

    def test_target_groups_drain_and_are_checked_as_wanted(
        self, broken: Site, repaired: Site
    ) -> None:
        seen = {}
        for place in (broken, repaired):
            arn = place.refs["target:web"]
            pairs = place.each(
                "elbv2:DescribeTargetGroupAttributes", "Attributes", TargetGroupArn=arn
            )
            values = {pair["Key"]: pair["Value"] for pair in pairs}
            (group,) = place.each(
                "elbv2:DescribeTargetGroups", "TargetGroups", TargetGroupArns=[arn]
            )
            assert group["LoadBalancerArns"] == [place.refs["balancer:web"]]
            seen[place] = (
                values["deregistration_delay.timeout_seconds"],
                values["slow_start.duration_seconds"],
                group["HealthyThresholdCount"],
                group["UnhealthyThresholdCount"],
            )
        assert seen == {broken: ("300", "0", 10, 10), repaired: ("30", "60", 2, 3)}

    def test_the_targets_of_the_repaired_one_are_healthy(self, repaired: Site) -> None:
        for role in ("web", "admin"):
            health = repaired.each(
                "elbv2:DescribeTargetHealth",
                "TargetHealthDescriptions",
                TargetGroupArn=repaired.refs[f"target:{role}"],
            )
            assert [target["TargetHealth"]["State"] for target in health] == ["healthy"] * 2


class TestTheFleet:
    def group(self, place: Site) -> Any:
        (group,) = place.each("autoscaling:DescribeAutoScalingGroups", "AutoScalingGroups")
        return group

    def template(self, place: Site) -> Any:
        versions = place.each(
            "ec2:DescribeLaunchTemplateVersions", "LaunchTemplateVersions", Versions=["$Default"]
        )
        return versions[0]["LaunchTemplateData"]

    def test_only_the_repaired_group_scales_in(self, broken: Site, repaired: Site) -> None:
        (out,) = broken.each("autoscaling:DescribePolicies", "ScalingPolicies")
        (both,) = repaired.each("autoscaling:DescribePolicies", "ScalingPolicies")
        assert [step["ScalingAdjustment"] for step in out["StepAdjustments"]] == [1]
        assert [alarm["AlarmName"] for alarm in out["Alarms"]] == ["shop-broken-high-cpu"]
        assert both["Enabled"]
        assert both["TargetTrackingConfiguration"]["DisableScaleIn"] is False
        assert len(both["Alarms"]) == 2

    def test_launches_fail_in_the_broken_group_and_succeed_in_the_repaired(
        self, broken: Site, repaired: Site
    ) -> None:
        activities = {
            place: place.each("autoscaling:DescribeScalingActivities", "Activities")
            for place in (broken, repaired)
        }
        latest = activities[broken][0]
        assert "Client.InvalidKMSKey.InvalidState" in latest["StatusMessage"]
        assert {a["StatusCode"] for a in activities[broken]} == {"Cancelled"}
        assert {a["StatusCode"] for a in activities[repaired]} == {"Successful"}
        assert len(self.group(broken)["Instances"]) < self.group(broken)["DesiredCapacity"]

    def test_the_key_of_the_volumes_admits_auto_scaling_in_the_repaired_one(
        self, broken: Site, repaired: Site
    ) -> None:
        assert broken.ask("ec2:GetEbsEncryptionByDefault")["EbsEncryptionByDefault"]
        default = broken.ask("ec2:GetEbsDefaultKmsKeyId")["KmsKeyId"]
        assert default == broken.refs["key:ebs"]
        assert AUTO_SCALING_ROLE not in broken.ask("kms:GetKeyPolicy", KeyId=default)["Policy"]
        mapping = self.template(repaired)["BlockDeviceMappings"][0]["Ebs"]
        policy = repaired.ask("kms:GetKeyPolicy", KeyId=mapping["KmsKeyId"])["Policy"]
        assert policy.count(AUTO_SCALING_ROLE) == 2
        assert self.group(repaired)["ServiceLinkedRoleARN"] == AUTO_SCALING_ROLE
        volumes = repaired.each("ec2:DescribeVolumes", "Volumes")
        assert {volume["KmsKeyId"] for volume in volumes} == {mapping["KmsKeyId"]}

    def test_metrics_tags_and_monitoring(self, broken: Site, repaired: Site) -> None:
        assert not self.group(broken).get("EnabledMetrics")
        assert {"GroupInServiceInstances", "GroupTotalInstances"} <= {
            metric["Metric"] for metric in self.group(repaired)["EnabledMetrics"]
        }
        assert not any(tag["PropagateAtLaunch"] for tag in self.group(broken)["Tags"])
        assert all(tag["PropagateAtLaunch"] for tag in self.group(repaired)["Tags"])
        assert self.template(broken)["Monitoring"] == {"Enabled": False}
        assert self.template(repaired)["Monitoring"] == {"Enabled": True}

    def test_templates_tag_what_they_launch_and_not_themselves(
        self, broken: Site, repaired: Site
    ) -> None:
        kinds = {
            place: [s["ResourceType"] for s in self.template(place)["TagSpecifications"]]
            for place in (broken, repaired)
        }
        assert kinds == {broken: ["instance"], repaired: ["instance", "volume"]}

    def test_instances_are_as_their_template_says(self, repaired: Site) -> None:
        for reservation in repaired.each("ec2:DescribeInstances", "Reservations"):
            for instance in reservation["Instances"]:
                assert instance["Monitoring"]["State"] == "enabled"
                assert instance["MetadataOptions"]["HttpTokens"] == "required"
                assert instance["IamInstanceProfile"]["Arn"].endswith("/shop-repaired-instance")
                groups = [group["GroupId"] for group in instance["SecurityGroups"]]
                assert groups == [repaired.refs["group:app"]]

    def test_session_manager_knows_the_repaired_instances(
        self, broken: Site, repaired: Site
    ) -> None:
        listed = "InstanceInformationList"
        assert not broken.each("ssm:DescribeInstanceInformation", listed)
        online = repaired.each("ssm:DescribeInstanceInformation", listed)
        assert [instance["PingStatus"] for instance in online] == ["Online", "Online"]
