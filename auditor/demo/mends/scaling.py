"""Auto Scaling and the alarms that drive it: activities, policies with their alarms, composites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.demo.exchange import Answer, Exchange, Mend


def _activities(exchange: Exchange) -> dict[str, Any]:
    """Planted activities, the newest first (API DescribeScalingActivities)."""
    group = exchange.params.get("AutoScalingGroupName")
    wanted = set(exchange.params.get("ActivityIds", ()))
    activities = [
        activity
        for activity in exchange.memory("autoscaling", "activities").values()
        if (not group or activity["AutoScalingGroupName"] == group)
        and (not wanted or activity["ActivityId"] in wanted)
    ]
    activities.sort(key=lambda activity: activity["StartTime"], reverse=True)
    start = int(exchange.params.get("NextToken", 0))
    end = start + int(exchange.params.get("MaxRecords", 100))
    page: dict[str, Any] = {"Activities": activities[start:end]}
    return page | ({"NextToken": str(end)} if end < len(activities) else {})


def _refreshes(exchange: Exchange) -> dict[str, Any]:
    """Planted refreshes of one group (API DescribeInstanceRefreshes)."""
    group, wanted = (
        exchange.params["AutoScalingGroupName"],
        exchange.params.get("InstanceRefreshIds"),
    )
    return {
        "InstanceRefreshes": [
            refresh
            for refresh in exchange.memory("autoscaling", "refreshes").values()
            if refresh["AutoScalingGroupName"] == group
            and (not wanted or refresh["InstanceRefreshId"] in wanted)
        ]
    }


def _put_policy(exchange: Exchange, answer: dict[str, Any]) -> None:
    """Moto spells the member's name otherwise than AWS, and the ARN is lost."""
    policy = exchange.backend("autoscaling").policies[exchange.params["PolicyName"]]
    answer["PolicyARN"] = policy.arn


def _policies(exchange: Exchange, answer: dict[str, Any]) -> None:
    """A policy names the alarms whose actions call it (API ScalingPolicy)."""
    alarms = exchange.backend("cloudwatch").alarms.values()
    for policy in answer.get("ScalingPolicies", ()):
        policy.setdefault("Enabled", True)
        policy["Alarms"] = [
            {"AlarmName": alarm.name, "AlarmARN": alarm.alarm_arn}
            for alarm in alarms
            if policy["PolicyARN"] in alarm.alarm_actions
        ]


def _alarms(exchange: Exchange, answer: dict[str, Any]) -> None:
    """Without `AlarmTypes`, metric alarms alone are answered (API DescribeAlarms)."""
    wanted = exchange.params.get("AlarmTypes") or ["MetricAlarm"]
    for kind in ("MetricAlarm", "CompositeAlarm"):
        if kind not in wanted:
            answer[f"{kind}s"] = []


def _put_composite(exchange: Exchange) -> dict[str, Any]:
    params = exchange.params
    exchange.backend("cloudwatch").put_metric_alarm(
        name=params["AlarmName"],
        namespace=None,
        metric_name=None,
        comparison_operator=None,
        evaluation_periods=None,
        period=None,
        threshold=None,
        statistic=None,
        description=params.get("AlarmDescription"),
        dimensions=[],
        alarm_actions=params.get("AlarmActions", []),
        ok_actions=params.get("OKActions", []),
        insufficient_data_actions=params.get("InsufficientDataActions", []),
        actions_enabled=params.get("ActionsEnabled", True),
        rule=params["AlarmRule"],
        tags=params.get("Tags", []),
    )
    return {}


ANSWERS: Mapping[str, Answer] = {
    "autoscaling:DescribeInstanceRefreshes": _refreshes,
    "autoscaling:DescribeScalingActivities": _activities,
    "cloudwatch:PutCompositeAlarm": _put_composite,
}
MENDS: Mapping[str, Mend] = {
    "autoscaling:DescribePolicies": _policies,
    "autoscaling:PutScalingPolicy": _put_policy,
    "cloudwatch:DescribeAlarms": _alarms,
}
