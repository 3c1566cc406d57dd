"""What is broken and what is repaired in the demo: security groups, prefix lists, subnets."""

from collections.abc import Iterator
from typing import Any

import pytest

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

    def test_offices_are_a_prefix_list_that_holds_the_world_in_the_broken_one(
        self, broken: Site, repaired: Site
    ) -> None:
        for place, role in ((broken, "support"), (repaired, "admin")):
            named = {
                prefixes["PrefixListId"]
                for rule in self.rules(place, role, "IpPermissions")
                for prefixes in rule["PrefixListIds"]
            }
            assert named == {place.refs["prefixes:offices"]}
            entries = place.each(
                "ec2:GetManagedPrefixListEntries",
                "Entries",
                PrefixListId=place.refs["prefixes:offices"],
            )
            assert ("0.0.0.0/0" in {entry["Cidr"] for entry in entries}) == (place is broken)

    def test_no_subnet_is_one_of_aws_default_ones(self, broken: Site, repaired: Site) -> None:
        for place in (broken, repaired):
            subnets = place.each("ec2:DescribeSubnets", "Subnets")
            assert {subnet["DefaultForAz"] for subnet in subnets} == {False}

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
