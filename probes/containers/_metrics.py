"""Whether a metric of a service is kept by a policy that scales both ways."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

from auditor.facts import Facts
from auditor.probe import Remark, any_of, drift, gap, not_applicable, note, unknown
from auditor.query import JSON
from probes.aws import cloudwatch
from probes.aws.application_autoscaling import ScalingPolicy, TargetTracking
from probes.aws.ecs import Service
from probes.containers import _scaling
from probes.containers._scaling import Metric, Scales

_NAMESPACE = "AWS/ECS"
_REQUESTS = "ALBRequestCountPerTarget"
_FINER = "HighResolution"
_KNOWN = {"StepScaling", "TargetTrackingScaling", "PredictiveScaling"}


def tracked(metric: Metric, service: Service, facts: Facts, expected: Scales) -> Iterator[Remark]:
    """What there is to say of the policies for one metric."""
    reason = _scaling.not_asked(service, expected)
    if reason is not None:
        yield reason
        return
    if _scaling.target_of(service, facts) is None:
        yield not_applicable("nothing scales the service at all", code="no-target")
        return
    policies = _scaling.policies_of(service, facts)
    by_target = [(p, t) for p in policies if (t := tracking(p)) and _tracks(t, metric)]
    if by_target:
        yield from _deviation(metric, by_target, service, expected)
    elif expected.requests_suffice and any(_by_requests(p) for p in policies):
        yield note("the requests of each target are kept instead")
    elif any_of(*(partial(_steps, policy, metric, service, facts) for policy in policies)):
        yield note("an alarm scales it by steps")
    elif strange := sorted({p.policy_type for p in policies} - _KNOWN):
        yield unknown(f"policies of type {', '.join(strange)} are not known here")
    else:
        yield gap(f"nothing keeps {metric}", found=None, **_fix(metric, service, expected))


def tracking(policy: ScalingPolicy) -> TargetTracking | None:
    """What a policy keeps; None for those of other types."""
    return policy.target_tracking_scaling_policy_configuration


def wanted(metric: Metric, expected: Scales) -> int:
    """The percentage that the baseline asks for."""
    return expected.cpu_target_percent if metric is Metric.CPU else expected.memory_target_percent


def _tracks(found: TargetTracking, metric: Metric) -> bool:
    predefined, custom = (
        found.predefined_metric_specification,
        found.customized_metric_specification,
    )
    if predefined is not None:
        return predefined.predefined_metric_type.removesuffix(_FINER) == metric.predefined
    if custom is None:
        return False
    inside = [line.metric_stat.metric for line in custom.metrics if line.metric_stat]
    named = [
        (custom.namespace, custom.metric_name),
        *((m.namespace, m.metric_name) for m in inside),
    ]
    return (_NAMESPACE, metric.value) in named


def _by_requests(policy: ScalingPolicy) -> bool:
    found = tracking(policy)
    predefined = found.predefined_metric_specification if found else None
    return predefined is not None and predefined.predefined_metric_type == _REQUESTS


def _steps(policy: ScalingPolicy, metric: Metric, service: Service, facts: Facts) -> bool:
    """Whether an alarm that acts, on the metric of this service, calls a policy of steps."""
    steps = policy.step_scaling_policy_configuration
    if steps is None or not any(step.scaling_adjustment for step in steps.step_adjustments):
        return False
    return any_of(
        *(partial(_calls, one.alarm_arn, metric, service, facts) for one in policy.alarms)
    )


def _calls(arn: str, metric: Metric, service: Service, facts: Facts) -> bool:
    alarm = facts.named(cloudwatch.ALARMS, arn)
    if alarm is None or not alarm.actions_enabled:
        return False
    return any(
        (one.namespace, one.metric_name) == (_NAMESPACE, metric.value)
        and {"ServiceName": service.service_name, "ClusterName": service.cluster}
        == {dimension.name: dimension.value for dimension in one.dimensions}
        for one in cloudwatch.watched(alarm)
    )


def _deviation(
    metric: Metric,
    found: list[tuple[ScalingPolicy, TargetTracking]],
    service: Service,
    expected: Scales,
) -> Iterator[Remark]:
    """What is wrong with the policies for a metric, unless one of them is right."""
    target = wanted(metric, expected)
    near = [(p, t) for p, t in found if abs(t.target_value - target) <= expected.tolerance_percent]
    if any(not t.disable_scale_in for _, t in near):
        return
    more = _fix(metric, service, expected, (near or found)[0][0].policy_name)
    if near:
        more |= {"code": f"{more['code']}-scale-in", "expected": {"scale_in": True}}
        yield drift(f"what keeps {metric} does not scale in", found={"scale_in": False}, **more)
        return
    more["code"] = f"{more['code']}-target"
    values = sorted({t.target_value for _, t in found})
    yield drift(f"{metric} is kept elsewhere than wanted", found={"targets": values}, **more)


def _fix(metric: Metric, service: Service, expected: Scales, name: str = "") -> dict[str, JSON]:
    """What is expected of a metric, and the policy that keeps it."""
    target, short = wanted(metric, expected), metric.name.lower()
    code, name = (short, name) if name else (f"no-{short}", f"{service.service_name}-{short}")
    configuration = {
        "TargetValue": target,
        "PredefinedMetricSpecification": {"PredefinedMetricType": metric.predefined},
        "ScaleInCooldown": expected.cooldown_seconds,
        "ScaleOutCooldown": expected.cooldown_seconds,
    }
    resource, dimension = _scaling.resource_of(service), "ecs:service:DesiredCount"
    properties = {
        "PolicyName": name,
        "PolicyType": "TargetTrackingScaling",
        "ServiceNamespace": "ecs",
        "ResourceId": resource,
        "ScalableDimension": dimension,
        "TargetTrackingScalingPolicyConfiguration": configuration,
    }
    return {
        "code": code,
        "expected": {"metric": metric.predefined, "target": target},
        "cli": (
            "aws", "application-autoscaling", "put-scaling-policy", "--policy-name", name,
            "--service-namespace", "ecs", "--scalable-dimension", dimension,
            "--resource-id", resource, "--policy-type", "TargetTrackingScaling",
            "--target-tracking-scaling-policy-configuration", json.dumps(configuration),
        ),
        "cloudformation": {
            "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
            "Properties": properties,
        },
    }  # fmt: skip
