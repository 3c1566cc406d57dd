"""Regions, roles, managed instances, topics: what concerns the account as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.demo.exchange import Answer, Exchange, Mend, backend

# The regions that the account has; AWS enables these for every account.
ENABLED_REGIONS = ("eu-central-1", "eu-west-1", "us-east-1", "us-west-2")


def _regions(exchange: Exchange, answer: dict[str, Any]) -> None:
    """Regions not enabled are listed only with `AllRegions` or by name (API DescribeRegions)."""
    wanted = set(exchange.params.get("RegionNames", ()))
    everywhere = exchange.params.get("AllRegions", False) or bool(wanted)
    opted = exchange.filtered("opt-in-status")
    regions = []
    for region in answer.get("Regions", ()):
        enabled = region["RegionName"] in ENABLED_REGIONS
        region["OptInStatus"] = "opt-in-not-required" if enabled else "not-opted-in"
        shown = (enabled or everywhere) and (not opted or region["OptInStatus"] in opted)
        if shown and (not wanted or region["RegionName"] in wanted):
            regions.append(region)
    answer["Regions"] = regions


def _authorization_details(_: Exchange, answer: dict[str, Any]) -> None:
    """Moto leaves out the names and ids of managed policies."""
    for policy in answer.get("Policies", ()):
        policy.setdefault("PolicyName", policy["Arn"].rpartition("/")[2])


def _managed_instances(exchange: Exchange) -> dict[str, Any]:
    """Instances whose agent has reported itself, as planted."""
    return {"InstanceInformationList": list(exchange.memory("ssm", "instances").values())}


def _topic(exchange: Exchange, answer: dict[str, Any]) -> None:
    """Moto's counter of confirmed subscriptions stays at none."""
    sns, attributes = exchange.backend("sns"), answer["Attributes"]
    subscribed = [s for s in sns.subscriptions.values() if s.topic.arn == attributes["TopicArn"]]
    attributes["SubscriptionsConfirmed"] = str(len(subscribed))


def _keep_dashboard(exchange: Exchange, _: dict[str, Any]) -> None:
    """Dashboards belong to no region; moto keeps each where it was made."""
    name = exchange.params["DashboardName"]
    made = exchange.backend("cloudwatch").dashboards[name]
    for region in ENABLED_REGIONS:
        backend("cloudwatch", exchange.account, region).dashboards[name] = made


ANSWERS: Mapping[str, Answer] = {"ssm:DescribeInstanceInformation": _managed_instances}
MENDS: Mapping[str, Mend] = {
    "cloudwatch:PutDashboard": _keep_dashboard,
    "ec2:DescribeRegions": _regions,
    "iam:GetAccountAuthorizationDetails": _authorization_details,
    "sns:GetTopicAttributes": _topic,
}
