"""Scaling groups scale out under load and in again.

A group that only grows costs more each day, one that only shrinks breaks under load. Target
tracking scales in as well unless `DisableScaleIn` is set, by alarms of its own (Auto Scaling user
guide, "Target tracking scaling policies"): one source asks for a step policy beside it, which would
work against it. Step and simple policies do nothing until an alarm calls them; predictive scaling
only forecasts unless its mode is `ForecastAndScale`, and takes nothing away.

Fix: `aws autoscaling put-scaling-policy --policy-type TargetTrackingScaling` with scaling in left
on; in CloudFormation `AWS::AutoScaling::ScalingPolicy`.
"""

from collections.abc import Iterator
from functools import partial

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, any_of, every, not_applicable, note, unknown
from auditor.settings import Settings, setting
from probes.auto_scaling._directions import Way
from probes.auto_scaling._scaling import Scaling, acts, scaling_of, shortfall, why_not_asked
from probes.aws import autoscaling, cloudwatch
from probes.aws.autoscaling_policies import POLICIES, SCHEDULED_ACTIONS


class Scales(Settings):
    """What counts as scaling."""

    require_scale_in: bool = setting(True, "Whether groups must scale in, not only out.")
    schedule_counts: bool = setting(False, "Whether scheduled actions count as scaling.")


class ScalesBothWays(Probe[autoscaling.Group, Scales]):
    """The policies of each group, and the alarms that call them."""

    subject = autoscaling.GROUPS
    needs = (POLICIES, SCHEDULED_ACTIONS, cloudwatch.ALARMS)
    severity, settings = Severity.MEDIUM, Scales
    sources = ("S0.6",)

    def judge(self, group: autoscaling.Group, facts: Facts, expected: Scales) -> Iterator[Remark]:
        if reason := why_not_asked(group):
            yield not_applicable(reason)
            return
        scaling = scaling_of(group, facts, schedule_counts=expected.schedule_counts)
        if scaling.by_ecs:
            yield not_applicable("a capacity provider of Amazon ECS scales this group")
            return
        if scaling.may_oscillate:
            yield note("an alarm scales in beside a tracked target and may work against it")
        wanted = (Way.OUT, Way.IN) if expected.require_scale_in else (Way.OUT,)
        if scaling.powerless:
            yield shortfall(scaling, "nothing scales the group", "none", *wanted)
        else:
            yield from every(*(partial(_judge_way, scaling, facts, way) for way in wanted))


def _judge_way(scaling: Scaling, facts: Facts, way: Way) -> Iterator[Remark]:
    able = scaling.able(way)
    if way in scaling.scheduled or any_of(*(partial(acts, policy, facts) for policy in able)):
        return
    if scaling.strange:
        yield unknown(f"not known here: {', '.join(scaling.strange)}")
    elif able:
        names = ", ".join(sorted(policy.policy_name for policy in able))
        message = f"no alarm that acts calls {names}, so that nothing scales {way}"
        yield shortfall(scaling, message, "policy-unwired", way)
    else:
        yield shortfall(scaling, f"nothing scales {way}", f"no-scale-{way}", way)
