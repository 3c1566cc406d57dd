"""Which way the policies and scheduled actions of a group can scale it."""

from collections.abc import Iterable
from enum import StrEnum

from probes.analysis.answers import CannotTell
from probes.aws import autoscaling
from probes.aws.autoscaling_policies import ScalingPolicy, ScheduledAction


class Way(StrEnum):
    """A direction."""

    OUT = "out"
    IN = "in"


Ways = frozenset[Way]
NOWHERE: Ways = frozenset()
BOTH: Ways = frozenset(Way)


def ways_of(policy: ScalingPolicy, group: autoscaling.Group) -> Ways | CannotTell:
    """Which way a policy could scale its group if something called it."""
    match policy.policy_type:
        case "TargetTrackingScaling":
            tracking = policy.target_tracking_configuration
            if tracking is None:
                return CannotTell("a target that AWS does not show")
            return frozenset({Way.OUT}) if tracking.disable_scale_in else BOTH
        case "StepScaling":
            steps = (step.scaling_adjustment for step in policy.step_adjustments)
            return _by_adjusting(policy, steps, group)
        case "SimpleScaling":
            step = policy.scaling_adjustment
            return _by_adjusting(policy, () if step is None else (step,), group)
        case "PredictiveScaling":
            return _by_forecast(policy)
        case kind:
            return CannotTell(f"type {kind}")


def _by_adjusting(
    policy: ScalingPolicy, steps: Iterable[int], group: autoscaling.Group
) -> Ways | CannotTell:
    match policy.adjustment_type:
        case "ChangeInCapacity" | "PercentChangeInCapacity":
            return frozenset(Way.OUT if step > 0 else Way.IN for step in steps if step)
        case "ExactCapacity":
            return _within(steps, group.min_size, group.max_size)
        case kind:
            return CannotTell(f"adjustment {kind}")


def _by_forecast(policy: ScalingPolicy) -> Ways | CannotTell:
    """A forecast adds instances ahead of time and never takes any away."""
    predictive = policy.predictive_scaling_configuration
    mode = predictive.mode if predictive else "ForecastOnly"
    if mode not in {"ForecastOnly", "ForecastAndScale"}:
        return CannotTell(f"mode {mode}")
    return frozenset({Way.OUT}) if mode == "ForecastAndScale" else NOWHERE


def _within(sizes: Iterable[int], lowest: int, highest: int) -> Ways:
    """Which way a group comes to a set size from some other size that it may have."""
    ways: set[Way] = set()
    for size in sizes:
        ways |= {Way.OUT} if size > lowest else set()
        ways |= {Way.IN} if size < highest else set()
    return frozenset(ways)


def ways_by_schedule(actions: Iterable[ScheduledAction], group: autoscaling.Group) -> Ways:
    """Which way scheduled actions scale a group between the sizes that they and it set."""
    actions = tuple(actions)
    lows = [action.min_size for action in actions if action.min_size is not None]
    highs = [action.max_size for action in actions if action.max_size is not None]
    wishes = [a.desired_capacity for a in actions if a.desired_capacity is not None]
    lowest, highest = min((group.min_size, *lows)), max((group.max_size, *highs))
    raised = {Way.OUT} if any(low > lowest for low in lows) else NOWHERE
    lowered = {Way.IN} if any(high < highest for high in highs) else NOWHERE
    return _within(wishes, lowest, highest) | raised | lowered
