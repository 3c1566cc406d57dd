"""Unhealthy targets raise an alarm.

A load balancer takes sick targets out of service silently; when the last one goes, users notice
first. The metric exists per target group: its dimensions are `TargetGroup` and `LoadBalancer`, both
the ends of ARNs (Elastic Load Balancing user guides, "CloudWatch metrics"). An alarm without them,
as reviews have suggested, never sees data; one per zone sees that zone only; one on a group that
was remade looks at the old id. Groups of functions do not report it. Alarms count that somebody
hears of, on the metric itself, in metric math or in a Metrics Insights query for each group. Where
another account sees this account's metrics, the alarm may stand there, and nothing is concluded.

Fix: `aws cloudwatch put-metric-alarm --metric-name UnHealthyHostCount` with both dimensions and
`--alarm-actions`; in CloudFormation `AWS::CloudWatch::Alarm` with `Dimensions` and `AlarmActions`.
"""

from collections.abc import Iterator
from dataclasses import replace

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, not_applicable, severity_if, unknown
from auditor.settings import Settings, setting
from probes.aws import autoscaling, ecs, elbv2
from probes.groups import Alarms
from probes.observability._alarmed import NEEDS, unwatched
from probes.observability._balanced import NAMESPACES, has_targets, hosts


class UnhealthyHosts(Settings):
    """Which alarms on unhealthy targets count."""

    alarms: Alarms = Alarms()
    threshold: int = setting(
        1, "Unhealthy targets at which the alarm must go off at the latest.", unit="targets", ge=1
    )
    accept_load_balancer_aggregate: bool = setting(
        False, "Whether an alarm counts that names the load balancer and no target group."
    )


class UnhealthyHostAlarm(Probe[elbv2.TargetGroup, UnhealthyHosts]):
    """The alarm on unhealthy targets of each group that a load balancer routes to."""

    subject = elbv2.TARGET_GROUPS
    needs = (*NEEDS, elbv2.LOAD_BALANCERS, elbv2.TARGET_HEALTH, ecs.SERVICES, autoscaling.GROUPS)
    severity, settings, sources = Severity.MEDIUM, UnhealthyHosts, ("S0.8",)

    def judge(
        self, group: elbv2.TargetGroup, facts: Facts, expected: UnhealthyHosts
    ) -> Iterator[Remark]:
        if not elbv2.attached(group):
            yield not_applicable("no load balancer routes to the group", code="unattached")
            return
        if group.target_type == "lambda":
            yield not_applicable("groups of functions do not report it", code="lambda")
            return
        aggregate = expected.accept_load_balancer_aggregate
        for arn in group.load_balancer_arns:
            balancer = facts.named(elbv2.LOAD_BALANCERS, arn)
            if balancer is None or balancer.type not in NAMESPACES:
                yield unknown("the kind of its load balancer is not known here")
                continue
            watch = hosts(group, balancer, expected.threshold, aggregate=aggregate)
            for remark in unwatched(watch, facts, expected.alarms):
                yield _graded(remark, group, facts)


def _graded(remark: Remark, group: elbv2.TargetGroup, facts: Facts) -> Remark:
    """Groups that nothing serves yet, as of the next deployment, only should have their alarm."""
    if not remark.verdict.violates:
        return remark
    used = severity_if(lambda: has_targets(group, facts), Severity.MEDIUM, Severity.INFORMATIONAL)
    return replace(remark, severity=used)
