"""What is broken and what is repaired in the demo: databases, alarms, and whom they call."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from auditor.demo import account
from auditor.demo.builders.site import Site
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


class TestDatabases:
    def named(self, place: Site, role: str = "") -> Any:
        name = place.name(role) if role else place.app.name
        (found,) = place.each("rds:DescribeDBInstances", "DBInstances", DBInstanceIdentifier=name)
        return found

    def cluster(self, place: Site) -> Any:
        (found,) = place.each("rds:DescribeDBClusters", "DBClusters")
        return found

    def parameters(self, place: Site, kind: str, group: str) -> dict[str, Any]:
        name = {f"DB{kind}ParameterGroupName": group}
        found = place.each(f"rds:DescribeDB{kind}Parameters", "Parameters", **name)
        return {p["ParameterName"]: (p.get("ParameterValue"), p["Source"]) for p in found}

    def test_the_broken_one_exports_nothing(self, broken: Site, repaired: Site) -> None:
        bare, whole = self.named(broken), self.named(repaired)
        assert "EnabledCloudwatchLogsExports" not in bare
        assert whole["EnabledCloudwatchLogsExports"] == ["postgresql"]
        assert bare["VpcSecurityGroups"][0]["VpcSecurityGroupId"] == (broken.refs["group:default"])

    @pytest.mark.parametrize(("role", "log"), [("", "postgresql"), ("reports", "slowquery")])
    def test_what_one_could_export_is_told_for_its_version(
        self, place: Site, role: str, log: str
    ) -> None:
        database = self.named(place, role)
        (version,) = place.each(
            "rds:DescribeDBEngineVersions",
            "DBEngineVersions",
            Engine=database["Engine"],
            EngineVersion=database["EngineVersion"],
        )
        assert log in version["ExportableLogTypes"]
        options = database["OptionGroupMemberships"][0]["OptionGroupName"]
        groups = place.each("rds:DescribeOptionGroups", "OptionGroupsList")
        assert options in {group["OptionGroupName"] for group in groups}
        group = database["DBParameterGroups"][0]["DBParameterGroupName"]
        assert self.parameters(place, "", group)

    def test_only_the_repaired_reports_write_what_they_export(
        self, broken: Site, repaired: Site
    ) -> None:
        written = {}
        for place in (broken, repaired):
            database = self.named(place, "reports")
            assert {"audit", "slowquery"} <= {*database["EnabledCloudwatchLogsExports"]}
            group = database["DBParameterGroups"][0]["DBParameterGroupName"]
            (options,) = place.each(
                "rds:DescribeOptionGroups",
                "OptionGroupsList",
                OptionGroupName=database["OptionGroupMemberships"][0]["OptionGroupName"],
            )
            parameters = self.parameters(place, "", group)
            named = [option["OptionName"] for option in options["Options"]]
            written[place] = group, parameters["slow_query_log"], parameters["log_output"], named
        assert written == {
            broken: ("default.mysql8.0", (None, "system"), ("TABLE", "system"), []),
            repaired: (
                "shop-repaired-reports",
                ("1", "user"),
                ("FILE", "user"),
                ["MARIADB_AUDIT_PLUGIN"],
            ),
        }

    def test_parameters_are_told_by_name(self, repaired: Site) -> None:
        found = repaired.each(
            "rds:DescribeDBParameters",
            "Parameters",
            DBParameterGroupName="default.mysql8.0",
            Filters=[{"Name": "parameter-name", "Values": ["log_output", "no_such_parameter"]}],
        )
        assert [parameter["ParameterName"] for parameter in found] == ["log_output"]

    def test_only_the_repaired_cluster_audits(self, broken: Site, repaired: Site) -> None:
        switched = {}
        for place in (broken, repaired):
            group = self.cluster(place)["DBClusterParameterGroup"]
            parameters = self.parameters(place, "Cluster", group)
            switched[place] = group, parameters["server_audit_logging"]
        assert switched == {
            broken: ("default.aurora-mysql8.0", ("0", "system")),
            repaired: ("shop-repaired-catalogue", ("1", "user")),
        }

    def test_members_have_the_storage_of_their_cluster(self, place: Site) -> None:
        cluster = self.cluster(place)
        for member in cluster["DBClusterMembers"]:
            (instance,) = place.each(
                "rds:DescribeDBInstances",
                "DBInstances",
                DBInstanceIdentifier=member["DBInstanceIdentifier"],
            )
            groups = [group["DBParameterGroupName"] for group in instance["DBParameterGroups"]]
            assert groups == ["default.aurora-mysql8.0"]
            for field in ("StorageEncrypted", "KmsKeyId", "DBClusterIdentifier"):
                assert instance.get(field) == cluster.get(field)

    def test_only_the_repaired_cluster_is_encrypted_and_stands_in_two_zones(
        self, broken: Site, repaired: Site
    ) -> None:
        assert "KmsKeyId" not in self.cluster(broken)
        assert self.cluster(repaired)["KmsKeyId"] == repaired.refs["key:data"]
        assert len(self.cluster(broken)["DBClusterMembers"]) == 1
        assert len(self.cluster(repaired)["DBClusterMembers"]) == 2

    def test_only_the_broken_instances_have_no_backups(self, broken: Site, repaired: Site) -> None:
        taken = {
            place: {
                snapshot["DBInstanceIdentifier"]
                for snapshot in place.each("rds:DescribeDBSnapshots", "DBSnapshots")
            }
            for place in (broken, repaired)
        }
        assert not taken[broken] & {"shop-broken", "shop-broken-reports"}
        assert {"shop-repaired", "shop-repaired-reports"} <= taken[repaired]


class TestAlarms:
    def test_alarms_are_complete_in_the_repaired_one_alone(
        self, broken: Site, repaired: Site
    ) -> None:
        def own(place: Site) -> list[Any]:
            alarms = place.each("cloudwatch:DescribeAlarms", "MetricAlarms")
            return [a for a in alarms if not a["AlarmName"].startswith("TargetTracking-")]

        assert not any("TreatMissingData" in alarm for alarm in own(broken))
        assert not any("DatapointsToAlarm" in alarm for alarm in own(broken))
        assert [a["AlarmName"] for a in own(broken) if not a["AlarmActions"]] == [
            "shop-broken-low-cpu",
            "shop-broken-unhealthy-hosts",
        ]
        assert [a["AlarmName"] for a in own(repaired) if not a["AlarmActions"]] == [
            "shop-repaired-web-latency"
        ]
        for alarm in own(repaired):
            assert alarm["AlarmActions"][:1] in ([], [repaired.refs["topic"]])
            assert alarm["TreatMissingData"] == "notBreaching"
            assert alarm["DatapointsToAlarm"] < alarm["EvaluationPeriods"]

    def test_composite_alarms_are_answered_to_those_who_ask(self, place: Site) -> None:
        told = place.ask("cloudwatch:DescribeAlarms", AlarmTypes=["CompositeAlarm"])
        assert [alarm["AlarmName"] for alarm in told["CompositeAlarms"]] == [
            f"{place.app.name}-unwell"
        ]
        assert not told.get("MetricAlarms")
        assert not place.each("cloudwatch:DescribeAlarms", "CompositeAlarms")

    def test_the_repaired_topic_has_a_listener_and_a_key_that_alarms_may_use(
        self, broken: Site, repaired: Site
    ) -> None:
        topics = {
            place: place.ask("sns:GetTopicAttributes", TopicArn=place.refs["topic"])["Attributes"]
            for place in (broken, repaired)
        }
        assert topics[broken]["SubscriptionsConfirmed"] == "0"
        assert topics[broken]["KmsMasterKeyId"] == "alias/aws/sns"
        assert topics[repaired]["SubscriptionsConfirmed"] == "1"
        key = topics[repaired]["KmsMasterKeyId"]
        assert "cloudwatch.amazonaws.com" in repaired.ask("kms:GetKeyPolicy", KeyId=key)["Policy"]


class TestWhomAlarmsCall:
    PLAN = "arn:aws:ssm-incidents::123456789012:response-plan/shop-repaired"

    def test_the_repaired_plan_and_group_are_told_by_their_arns(self, repaired: Site) -> None:
        assert repaired.refs["plan"] == self.PLAN
        plan = repaired.ask("ssm-incidents:GetResponsePlan", arn=self.PLAN)
        assert (plan["arn"], plan["name"]) == (self.PLAN, "shop-repaired")
        arn = repaired.refs["investigation"]
        for identifier in (arn, "shop-repaired"):
            group = repaired.ask("aiops:GetInvestigationGroup", identifier=identifier)
            assert (group["arn"], group["name"]) == (arn, "shop-repaired")

    @pytest.mark.parametrize(
        ("operation", "params"),
        [
            ("ssm-incidents:GetResponsePlan", {"arn": PLAN}),
            ("aiops:GetInvestigationGroup", {"identifier": "shop-broken"}),
            ("lambda:GetFunctionConfiguration", {"FunctionName": "shop-broken-restart"}),
        ],
    )
    def test_what_was_never_made_is_absent_in_so_many_words(
        self, broken: Site, operation: str, params: dict[str, str]
    ) -> None:
        with pytest.raises(ClientError) as refused:
            broken.ask(operation, **params)
        assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"

    def test_other_operations_of_these_services_are_refused(self, repaired: Site) -> None:
        with pytest.raises(ClientError) as refused:
            repaired.ask("ssm-incidents:ListResponsePlans")
        assert refused.value.response["Error"]["Code"] == "UnknownOperationException"

    def test_an_alarm_stops_the_refreshes_of_the_repaired_group(
        self, broken: Site, repaired: Site
    ) -> None:
        operation, listed = "autoscaling:DescribeInstanceRefreshes", "InstanceRefreshes"
        assert broken.ask(operation, AutoScalingGroupName="shop-broken")[listed] == []
        (refresh,) = repaired.ask(operation, AutoScalingGroupName="shop-repaired")[listed]
        assert refresh["Status"] == "Successful"
        alarms = refresh["Preferences"]["AlarmSpecification"]["Alarms"]
        assert alarms == ["shop-repaired-web-latency"]
