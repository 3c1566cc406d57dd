"""Application Auto Scaling: scaling policies of services, tables, functions and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from auditor.query import JSON, Query, Shape
from probes.aws import cloudwatch

if TYPE_CHECKING:
    from auditor.facts import Facts

_NAMESPACE = re.compile(r":scalingPolicy:[^:/]+:resource/([a-z-]{1,64})/")
_CREATOR = ":createdBy/"
ECS = "ecs"


class CalledPolicy(Shape):
    """A scaling policy."""

    policy_arn: str = Field(alias="PolicyARN")
    policy_name: str


class SuspendedState(Shape):
    """Which activities of a scalable target are held back."""

    dynamic_scaling_in_suspended: bool = False
    dynamic_scaling_out_suspended: bool = False
    scheduled_scaling_suspended: bool = False


class ScalableTarget(Shape):
    """A thing that is scaled, and between which sizes."""

    resource_id: str
    scalable_dimension: str
    min_capacity: int
    max_capacity: int
    suspended_state: SuspendedState = Field(default_factory=SuspendedState)


class PredefinedMetric(Shape):
    """A metric that the service knows by name."""

    predefined_metric_type: str = ""


class Metric(Shape):
    """A metric, by name."""

    namespace: str = ""
    metric_name: str = ""


class MetricStat(Shape):
    """A metric with its statistic."""

    metric: Metric


class MathLine(Shape):
    """A line of metric math: a metric, or an expression over others."""

    metric_stat: MetricStat | None = None


class CustomizedMetric(Metric):
    """A metric of the customer's choice, alone or (`metrics`) in metric math."""

    metrics: tuple[MathLine, ...] = ()


class TargetTracking(Shape):
    """What is kept where; a cooldown is 300 s for services of ECS unless set (API reference).

    It scales in unless that is disabled.
    """

    target_value: float
    disable_scale_in: bool = False
    scale_in_cooldown: int = 300
    scale_out_cooldown: int = 300
    predefined_metric_specification: PredefinedMetric | None = None
    customized_metric_specification: CustomizedMetric | None = None


class StepAdjustment(Shape):
    """One step of a step policy."""

    scaling_adjustment: int = 0


class StepScaling(Shape):
    """By how much an alarm scales."""

    step_adjustments: tuple[StepAdjustment, ...] = ()


class CallingAlarm(Shape):
    """An alarm that calls a policy."""

    alarm_name: str = ""
    alarm_arn: str = Field("", alias="AlarmARN")


class ScalingPolicy(Shape):
    """A policy by which a scalable target is scaled."""

    policy_arn: str = Field(alias="PolicyARN")
    policy_name: str
    policy_type: str
    resource_id: str
    scalable_dimension: str = ""
    alarms: tuple[CallingAlarm, ...] = ()
    target_tracking_scaling_policy_configuration: TargetTracking | None = None
    step_scaling_policy_configuration: StepScaling | None = None


def scaled(item: ScalableTarget | ScalingPolicy) -> str:
    """For `where`: what scales a thing, by its resource id."""
    return item.resource_id


def namespace_of(action: str) -> str:
    """The service whose resource a policy's ARN scales; nothing for policies of scaling groups."""
    found = _NAMESPACE.search(action)
    return found[1] if found else ""


def plain(policy_arn: str) -> str:
    """The ARN of a policy without who created it, which not every service appends."""
    return policy_arn.partition(_CREATOR)[0]


def arn_of(policy: CalledPolicy | ScalingPolicy) -> str:
    """For `where`: the policy with an ARN."""
    return plain(policy.policy_arn)


def _called_by_alarms(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    for action in cloudwatch.called(facts, "autoscaling"):
        namespace = namespace_of(action)
        if namespace and namespace != ECS:
            yield {"ServiceNamespace": namespace}


CALLED_POLICIES = Query(
    "application-autoscaling:DescribeScalingPolicies",
    CalledPolicy,
    each="ScalingPolicies",
    key="PolicyARN",
    asks=_called_by_alarms,
    reads=cloudwatch.EVERY_ALARM,
    label="called",
)
"""Asked for each service of which an alarm calls a policy; `ECS_POLICIES` holds those of ECS."""
NAMESPACES = (ECS, "dynamodb", "rds", "lambda")
"""The services of which things are recorded that can be scaled (API model, `ServiceNamespace`)."""


def _of_every_service(_: Facts) -> Iterator[Mapping[str, JSON]]:
    for namespace in NAMESPACES:
        yield {"ServiceNamespace": namespace}


_OF_ECS = {"ServiceNamespace": ECS}
ECS_TARGETS = Query(
    "application-autoscaling:DescribeScalableTargets",
    ScalableTarget,
    each="ScalableTargets",
    key=("ResourceId", "ScalableDimension"),
    also=_OF_ECS,
    name="ResourceId",
    type="AWS::ApplicationAutoScaling::ScalableTarget",
)
ECS_POLICIES = Query(
    "application-autoscaling:DescribeScalingPolicies",
    ScalingPolicy,
    each="ScalingPolicies",
    key="PolicyARN",
    also=_OF_ECS,
    arn="PolicyARN",
    name="PolicyName",
    type="AWS::ApplicationAutoScaling::ScalingPolicy",
    label="ecs",
)
TARGETS = Query(
    "application-autoscaling:DescribeScalableTargets",
    ScalableTarget,
    each="ScalableTargets",
    key=("ResourceId", "ScalableDimension"),
    asks=_of_every_service,
    name="{ResourceId}|{ScalableDimension}|{ServiceNamespace}",
    type=ECS_TARGETS.type,
    label="every",
)
"""Named as CloudFormation names them; asked for each of `NAMESPACES`."""
POLICIES = Query(
    "application-autoscaling:DescribeScalingPolicies",
    ScalingPolicy,
    each="ScalingPolicies",
    key=("ResourceId", "ScalableDimension", "PolicyName"),
    asks=_of_every_service,
    arn="PolicyARN",
    name="PolicyName",
    type=ECS_POLICIES.type,
    label="every",
)
"""A policy that is put again has the same name; asked for each of `NAMESPACES`."""
