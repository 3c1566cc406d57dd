"""EC2 Auto Scaling: how groups scale, by policies and by schedule."""

from __future__ import annotations

from pydantic import Field

from auditor.query import Query, Shape

_LARGEST_PAGE = 100


class PolicyAlarm(Shape):
    """An alarm that calls a policy."""

    alarm_name: str
    alarm_arn: str = Field("", alias="AlarmARN")


class StepAdjustment(Shape):
    """One step of a step policy."""

    scaling_adjustment: int


class PredefinedMetric(Shape):
    """A metric of the group that target tracking knows by name."""

    predefined_metric_type: str
    resource_label: str = ""


class TargetTracking(Shape):
    """What target tracking keeps where; it scales in unless that is disabled.

    A metric of the customer's own is no predefined one.
    """

    target_value: float
    disable_scale_in: bool = False
    predefined_metric_specification: PredefinedMetric | None = None


class PredictiveScaling(Shape):
    """Scaling by forecast; it only forecasts unless told to scale (API model)."""

    mode: str = "ForecastOnly"


class ScalingPolicy(Shape):
    """A scaling policy: simple unless it says otherwise, enabled unless it was disabled."""

    policy_arn: str = Field(alias="PolicyARN")
    policy_name: str
    auto_scaling_group_name: str
    policy_type: str = "SimpleScaling"
    enabled: bool = True
    adjustment_type: str = ""
    scaling_adjustment: int | None = None
    step_adjustments: tuple[StepAdjustment, ...] = ()
    alarms: tuple[PolicyAlarm, ...] = ()
    target_tracking_configuration: TargetTracking | None = None
    predictive_scaling_configuration: PredictiveScaling | None = None


class ScheduledAction(Shape):
    """A change of a group's sizes at a set time; a size that is left out stays as it is."""

    scheduled_action_arn: str = Field(alias="ScheduledActionARN")
    scheduled_action_name: str
    auto_scaling_group_name: str
    min_size: int | None = None
    max_size: int | None = None
    desired_capacity: int | None = None


def policy_of(policy: ScalingPolicy) -> str:
    """For `where`: the policies of a group."""
    return policy.auto_scaling_group_name


def action_of(action: ScheduledAction) -> str:
    """For `where`: the scheduled actions of a group."""
    return action.auto_scaling_group_name


POLICIES = Query(
    "autoscaling:DescribePolicies",
    ScalingPolicy,
    each="ScalingPolicies",
    key="PolicyARN",
    also={"MaxRecords": _LARGEST_PAGE},
    arn="PolicyARN",
    name="PolicyName",
    type="AWS::AutoScaling::ScalingPolicy",
)
SCHEDULED_ACTIONS = Query(
    "autoscaling:DescribeScheduledActions",
    ScheduledAction,
    each="ScheduledUpdateGroupActions",
    key="ScheduledActionARN",
    also={"MaxRecords": _LARGEST_PAGE},
    arn="ScheduledActionARN",
    name="ScheduledActionName",
    type="AWS::AutoScaling::ScheduledAction",
)
