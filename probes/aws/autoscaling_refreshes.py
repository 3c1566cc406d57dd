"""EC2 Auto Scaling: instance refreshes, and the alarms that stop them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import Field

from auditor.query import JSON, Query, Shape
from probes.aws import autoscaling, cloudwatch

if TYPE_CHECKING:
    from auditor.facts import Facts


class AlarmSpecification(Shape):
    """The alarms, by name, that fail a refresh."""

    alarms: tuple[str, ...] = ()


class Preferences(Shape):
    """How a refresh replaces instances."""

    alarm_specification: AlarmSpecification = Field(default_factory=AlarmSpecification)


class InstanceRefresh(Shape):
    """One replacement of a group's instances, under way or over."""

    instance_refresh_id: str
    auto_scaling_group_name: str
    status: str = ""
    preferences: Preferences = Field(default_factory=Preferences)


def _groups_if_an_alarm_is_idle(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    """Refreshes take a call per group: asked only where an alarm has no action of its own."""
    alarms = (alarm for query in cloudwatch.EVERY_ALARM for alarm in facts.seen(query))
    if any(not (alarm.actions_enabled and alarm.alarm_actions) for alarm in alarms):
        for group in facts.seen(autoscaling.GROUPS):
            yield {"AutoScalingGroupName": group.auto_scaling_group_name}


def _pages(client: Any, params: Mapping[str, JSON]) -> Iterator[Mapping[str, JSON]]:
    """Page by page: botocore knows no paginator for this operation."""
    page = client.describe_instance_refreshes(**params)
    yield page
    while page.get("NextToken"):
        page = client.describe_instance_refreshes(**params, NextToken=page["NextToken"])
        yield page


REFRESHES = Query(
    "autoscaling:DescribeInstanceRefreshes",
    InstanceRefresh,
    each="InstanceRefreshes",
    key="InstanceRefreshId",
    asks=_groups_if_an_alarm_is_idle,
    reads=(*cloudwatch.EVERY_ALARM, autoscaling.GROUPS),
    also={"MaxRecords": 100},
    fetch=_pages,
    actions=("autoscaling:DescribeInstanceRefreshes",),
)


def alarms_watched(refresh: InstanceRefresh) -> tuple[str, ...]:
    """For `where`: the refreshes that an alarm fails, by its name."""
    return refresh.preferences.alarm_specification.alarms
