"""What there is to scale a group: its policies, what calls them, and what would mend them."""

import json
from dataclasses import dataclass
from functools import partial

from auditor.facts import Facts
from auditor.probe import Remark, any_of, gap
from auditor.query import JSON
from probes.analysis.answers import CannotTell
from probes.auto_scaling._directions import Way, Ways, ways_by_schedule, ways_of
from probes.aws import autoscaling, cloudwatch
from probes.aws.autoscaling_policies import (
    POLICIES,
    SCHEDULED_ACTIONS,
    PolicyAlarm,
    ScalingPolicy,
    action_of,
    policy_of,
)

_OWNERS = {
    "eks:nodegroup-name": "Amazon EKS scales the nodes of a managed node group",
    "k8s.io/cluster-autoscaler/enabled": "the Kubernetes cluster autoscaler scales this group",
    "elasticbeanstalk:environment-name": "Elastic Beanstalk scales this group",
    "AWSBatchServiceTag": "AWS Batch scales this group",
}
"""Tags that services and the cluster autoscaler put on or look for on their groups."""
_ECS_POLICY = "ECSManagedAutoScalingPolicy-"
_CPU = "ASGAverageCPUUtilization"
_CALLED_BY_ALARMS = ("SimpleScaling", "StepScaling")


def why_not_asked(group: autoscaling.Group) -> str:
    """Why nobody asks whether a group scales; nothing where it should."""
    reason = autoscaling.why_unmanaged(group)
    if not reason and group.min_size == group.max_size:
        reason = "the group has a fixed size"
    return reason or next((why for tag, why in _OWNERS.items() if tag in group.tags), "")


def acts(policy: ScalingPolicy, facts: Facts) -> bool:
    """Whether something calls a policy: step and simple ones wait for an alarm that acts.

    Only metric alarms can call one (API model, `PutCompositeAlarm` and `PutLogAlarm`).
    """
    if policy.policy_type not in _CALLED_BY_ALARMS:
        return True
    return any_of(*(partial(_calls, alarm, facts) for alarm in policy.alarms))


def _calls(named: PolicyAlarm, facts: Facts) -> bool:
    alarm = facts.named(cloudwatch.ALARMS, named.alarm_arn)
    return alarm is not None and alarm.actions_enabled


@dataclass(frozen=True, slots=True)
class Scaling:
    """A group with its enabled policies, and the ways of its schedule as far as that counts."""

    group: autoscaling.Group
    policies: tuple[ScalingPolicy, ...]
    scheduled: Ways

    @property
    def by_ecs(self) -> bool:
        """Whether a capacity provider scales the group: Amazon ECS names its policy so."""
        return any(policy.policy_name.startswith(_ECS_POLICY) for policy in self.policies)

    @property
    def strange(self) -> list[str]:
        """What this version does not know of the policies."""
        ways = ((policy.policy_name, ways_of(policy, self.group)) for policy in self.policies)
        return [f"{name}: {w.reason}" for name, w in ways if isinstance(w, CannotTell)]

    def able(self, way: Way) -> list[ScalingPolicy]:
        """The policies that can scale that way if something calls them."""
        ways = ((policy, ways_of(policy, self.group)) for policy in self.policies)
        return [policy for policy, w in ways if not isinstance(w, CannotTell) and way in w]

    @property
    def powerless(self) -> bool:
        """Whether nothing that is there could scale the group either way."""
        able = [*self.able(Way.OUT), *self.able(Way.IN)]
        return not (able or self.scheduled or self.strange)

    @property
    def may_oscillate(self) -> bool:
        """Whether an alarm's policy takes instances away beside a target that does so, too."""
        able = self.able(Way.IN)
        tracked = any(policy.policy_type == "TargetTrackingScaling" for policy in able)
        return tracked and any(p.alarms for p in able if p.policy_type in _CALLED_BY_ALARMS)

    @property
    def table(self) -> list[JSON]:
        """Each policy with its directions and alarms, for the reader."""
        return [
            {
                "policy": policy.policy_name,
                "type": policy.policy_type,
                "scales": [str(way) for way in Way if policy in self.able(way)],
                "alarms": [alarm.alarm_name for alarm in policy.alarms],
            }
            for policy in self.policies
        ]


def scaling_of(group: autoscaling.Group, facts: Facts, *, schedule_counts: bool) -> Scaling:
    """What there is to scale a group."""
    name = group.auto_scaling_group_name
    policies = tuple(p for p in facts.where(POLICIES, policy_of, name) if p.enabled)
    actions = facts.where(SCHEDULED_ACTIONS, action_of, name) if schedule_counts else ()
    return Scaling(group, policies, ways_by_schedule(actions, group))


def _target_tracking(scaling: Scaling) -> dict[str, JSON]:
    """A policy that scales both ways, as `PutScalingPolicy` takes it.

    Where a target is tracked already, it is that policy with scaling in turned on; nothing where
    it tracks a metric of the customer's own, which is not read.
    """
    name, metric, label, target = f"{scaling.group.auto_scaling_group_name}-cpu", _CPU, "", 50.0
    tracked = ((p, p.target_tracking_configuration) for p in scaling.policies)
    policy, tracking = next(((p, t) for p, t in tracked if t), (None, None))
    if policy and tracking:
        predefined = tracking.predefined_metric_specification
        if not predefined:
            return {}
        name, target = policy.policy_name, tracking.target_value
        metric, label = predefined.predefined_metric_type, predefined.resource_label
    specification = {"PredefinedMetricType": metric} | ({"ResourceLabel": label} if label else {})
    configuration = {
        "PredefinedMetricSpecification": specification,
        "TargetValue": target,
        "DisableScaleIn": False,
    }
    return {"PolicyName": name, "TargetTrackingConfiguration": configuration}


def shortfall(scaling: Scaling, message: str, code: str, *ways: Way) -> Remark:
    """A gap in the ways that a group scales, with the policy that would fill it."""
    cli, fragment = _mending(scaling)
    return gap(
        message,
        code=code,
        expected=[f"scales {way}" for way in ways],
        found=[],
        evidence={"policies": scaling.table},
        cli=cli,
        cloudformation=fragment,
    )


def _mending(scaling: Scaling) -> tuple[tuple[str, ...], dict[str, JSON] | None]:
    policy = _target_tracking(scaling)
    if not policy:
        return (), None
    group = scaling.group.auto_scaling_group_name
    configuration = policy["TargetTrackingConfiguration"]
    cli = (
        "aws", "autoscaling", "put-scaling-policy", "--auto-scaling-group-name", group,
        "--policy-name", policy["PolicyName"], "--policy-type", "TargetTrackingScaling",
        "--target-tracking-configuration", json.dumps(configuration),
    )  # fmt: skip
    properties = {
        "AutoScalingGroupName": group,
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingConfiguration": configuration,
    }
    return cli, {"Type": "AWS::AutoScaling::ScalingPolicy", "Properties": properties}
