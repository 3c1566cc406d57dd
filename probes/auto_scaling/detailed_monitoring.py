"""Scaling groups launch instances with detailed monitoring.

Basic monitoring writes a metric every five minutes, detailed every minute: a group that scales on
the processors of its instances reacts that much later (Auto Scaling user guide, "Configure
monitoring for Auto Scaling instances"). A template without `Monitoring` means basic, a launch
configuration without `InstanceMonitoring` means detailed. Judged is the version that each group
names, in overrides too; older instances keep what they have. "Enhanced monitoring" is of RDS.

Fix: a new template version with `Monitoring={Enabled=true}`, then an instance refresh; `aws ec2
monitor-instances --instance-ids ID` for those that run. In CloudFormation
`LaunchTemplateData.Monitoring.Enabled`, or `InstanceMonitoring` of a launch configuration.
"""

from collections.abc import Iterator
from functools import partial

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, every, gap, not_applicable
from auditor.query import JSON
from auditor.settings import Settings, setting
from probes.auto_scaling._consumers import Source, Use, new_version, no_such_version, uses_of
from probes.aws import autoscaling, ec2, ec2_templates


class Monitored(Settings):
    """Whether detailed monitoring is wanted."""

    required: bool = setting(True, "Whether instances must be launched with detailed monitoring.")
    only_advice: bool = setting(
        False, "Whether its absence is advice only, because it costs money.", ephemeral=True
    )


class DetailedMonitoring(Probe[Source, Monitored]):
    """What each launch template and launch configuration in use asks for."""

    subject = (ec2_templates.LAUNCH_TEMPLATES, autoscaling.LAUNCH_CONFIGURATIONS)
    needs = (autoscaling.GROUPS, *ec2_templates.EVERY_VERSION, ec2.INSTANCES)
    severity, settings = Severity.LOW, Monitored
    sources = ("S0.9",)

    def judge(self, source: Source, facts: Facts, expected: Monitored) -> Iterator[Remark]:
        if not expected.required:
            yield not_applicable("the baseline asks for no detailed monitoring")
            return
        uses = uses_of(source, facts)
        if not uses:
            yield not_applicable("no scaling group launches from it")
        severity = Severity.INFORMATIONAL if expected.only_advice else self.severity
        yield from every(*(partial(_judge_use, source, facts, severity, use) for use in uses))


def _judge_use(source: Source, facts: Facts, severity: Severity, use: Use) -> Iterator[Remark]:
    if isinstance(source, autoscaling.LaunchConfiguration):
        if not source.instance_monitoring.enabled:
            yield _basic(use, facts, severity, {"InstanceMonitoring": True})
        return
    meant = ec2_templates.version_meant(source.launch_template_id, use.version, facts)
    if meant is None:
        yield no_such_version(use)
    elif not meant.launch_template_data.monitoring.enabled:
        data = {"Monitoring": {"Enabled": True}}
        cli = new_version(source, use.version, data)
        yield _basic(use, facts, severity, {"LaunchTemplateData": data}, cli)


def _basic(
    use: Use, facts: Facts, severity: Severity, fragment: JSON, cli: tuple[str, ...] = ()
) -> Remark:
    return gap(
        f"instances of {', '.join(use.names)} are launched with basic monitoring",
        code="basic-monitoring",
        expected="detailed",
        found="basic",
        severity=severity,
        evidence={"version": use.version, "with basic monitoring": use.poorly_watched(facts)},
        related=use.related(facts),
        cli=cli,
        cloudformation=fragment,
    )
