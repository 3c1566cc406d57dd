"""What is broken and what is repaired in the demo: load balancers and the scaling group."""

from collections.abc import Iterator
from typing import Any

import pytest

from auditor.demo import account
from auditor.demo.builders.site import Site
from auditor.demo.documents import ACCOUNT, AUTO_SCALING_ROLE
from auditor.demo.server import LocalAccount
from auditor.demo.stories import SHOP


@pytest.fixture(scope="module")
def places() -> Iterator[dict[str, Site]]:
    with LocalAccount() as endpoint:
        sites = {site.app.name: site for site in account.build(endpoint, SHOP.both)}
        yield sites
        for site in sites.values():
            site.close()


@pytest.fixture
def broken(places: dict[str, Site]) -> Site:
    return places["shop-broken"]


@pytest.fixture
def repaired(places: dict[str, Site]) -> Site:
    return places["shop-repaired"]


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

    def test_the_broken_group_stays_at_a_version_that_is_neither_latest_nor_default(
        self, broken: Site, repaired: Site
    ) -> None:
        named = {}
        for place in (broken, repaired):
            (template,) = place.each("ec2:DescribeLaunchTemplates", "LaunchTemplates")
            known = template["DefaultVersionNumber"], template["LatestVersionNumber"]
            named[place] = self.group(place)["LaunchTemplate"]["Version"], known
        assert named == {broken: ("1", (2, 2)), repaired: ("$Latest", (1, 1))}

    def test_the_image_is_encrypted_in_the_repaired_one_alone(
        self, broken: Site, repaired: Site
    ) -> None:
        keys = {}
        for place in (broken, repaired):
            (image,) = place.each("ec2:DescribeImages", "Images", ImageIds=[place.refs["image"]])
            (device,) = image["BlockDeviceMappings"]
            (snapshot,) = place.each(
                "ec2:DescribeSnapshots", "Snapshots", SnapshotIds=[device["Ebs"]["SnapshotId"]]
            )
            assert image["RootDeviceType"] == "ebs"
            assert device["Ebs"]["Encrypted"] is snapshot["Encrypted"]
            keys[place] = snapshot.get("KmsKeyId")
        assert keys == {broken: None, repaired: repaired.refs["key:ebs"]}

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
