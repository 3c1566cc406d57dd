"""Services scale with their load, within the bounds of the baseline.

A fixed number of tasks is too few on a busy day and too many on the others. One target tracks CPU
and another memory: each policy tracks one metric, the high-resolution ones by the same percentage,
and scales in as well unless that is disabled. Step policies count where an alarm on the metric
calls them; a forecast alone never scales in. Cooldowns are 300 s unless set (Application Auto
Scaling API reference, `TargetTrackingScalingPolicyConfiguration`). Services of daemons and of
external controllers cannot scale so.

Fix: `aws application-autoscaling register-scalable-target`, then `put-scaling-policy`; in
CloudFormation `AWS::ApplicationAutoScaling::ScalableTarget` and `ScalingPolicy`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity
from probes.aws import application_autoscaling, cloudwatch, ecs
from probes.containers import _cooldowns, _metrics, _scaling
from probes.containers._scaling import Metric, Scales


class ServiceScaling(Probe[ecs.Service, Scales]):
    """The scalable target and the policies of each service."""

    subject = ecs.SERVICES
    needs = (
        application_autoscaling.ECS_TARGETS,
        application_autoscaling.ECS_POLICIES,
        cloudwatch.ALARMS,
    )
    severity, settings = Severity.MEDIUM, Scales
    sources = ("S3.B11", "S2.13")
    parts = ("target", "cpu", "memory", "cooldown")

    def judge_target(
        self, service: ecs.Service, facts: Facts, expected: Scales
    ) -> Iterator[Remark]:
        yield from _scaling.target(service, facts, expected)

    def judge_cpu(self, service: ecs.Service, facts: Facts, expected: Scales) -> Iterator[Remark]:
        yield from _metrics.tracked(Metric.CPU, service, facts, expected)

    def judge_memory(
        self, service: ecs.Service, facts: Facts, expected: Scales
    ) -> Iterator[Remark]:
        yield from _metrics.tracked(Metric.MEMORY, service, facts, expected)

    def judge_cooldown(
        self, service: ecs.Service, facts: Facts, expected: Scales
    ) -> Iterator[Remark]:
        yield from _cooldowns.judge(service, facts, expected)
