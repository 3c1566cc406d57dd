"""Scaling groups report their own metrics.

How many instances a group has, wants and waits for is written down only if it was asked for:
without these metrics nobody can see afterwards when a group was too small. They cost nothing, and
detailed monitoring of the instances does not bring them (Auto Scaling user guide, "CloudWatch
metrics for Amazon EC2 Auto Scaling"). Metrics of a warm pool exist only for groups that have one.

Fix: `aws autoscaling enable-metrics-collection --auto-scaling-group-name GROUP --granularity
1Minute`, which without `--metrics` turns on all of them; in CloudFormation `MetricsCollection`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, gap, not_applicable
from auditor.settings import Settings, setting
from probes.aws import autoscaling


class Metrics(Settings):
    """Which metrics."""

    metrics: list[str] = setting(
        ["GroupInServiceInstances", "GroupTotalInstances"],
        "Metrics that every group must report; those of warm pools only where there is one.",
    )


class GroupMetrics(Probe[autoscaling.Group, Metrics]):
    """The metrics that each group reports."""

    subject = autoscaling.GROUPS
    severity, settings = Severity.LOW, Metrics
    sources = ("S0.10",)

    def judge(self, group: autoscaling.Group, _: Facts, expected: Metrics) -> Iterator[Remark]:
        reason = autoscaling.why_unmanaged(group)
        has_pool = group.warm_pool_configuration is not None
        wanted = sorted({m for m in expected.metrics if has_pool or "WarmPool" not in m})
        if reason or not wanted:
            yield not_applicable(reason or "the baseline asks for no metrics of this group")
            return
        enabled = sorted({metric.metric for metric in group.enabled_metrics})
        lacking = [metric for metric in wanted if metric not in enabled]
        if not lacking:
            return
        yield gap(
            f"the group does not report {', '.join(lacking)}",
            code="partial" if enabled else "metrics-off",
            expected=wanted,
            found=enabled,
            cli=(
                "aws", "autoscaling", "enable-metrics-collection", "--auto-scaling-group-name",
                group.auto_scaling_group_name, "--granularity", "1Minute", "--metrics", *lacking,
            ),
            cloudformation={
                "MetricsCollection": [
                    {"Granularity": "1Minute", "Metrics": sorted({*enabled, *wanted})}
                ]
            },
        )  # fmt: skip
