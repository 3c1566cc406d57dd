"""No process that scales a group is suspended.

A group does not grow while `Launch` is suspended, not shrink while `Terminate` is, and takes no
notice of alarms while `AlarmNotification` is, whatever its policies say. AWS itself suspends
processes of groups whose launches failed for more than a day (Auto Scaling user guide, "Suspend and
resume Amazon EC2 Auto Scaling processes"); people do so for maintenance and forget it.

Fix: `aws autoscaling resume-processes --auto-scaling-group-name GROUP --scaling-processes NAME`,
after what made somebody suspend them is mended. CloudFormation suspends processes only during an
update, by `UpdatePolicy`, and has no property for it.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, not_applicable
from auditor.settings import Settings, setting
from probes.auto_scaling._scaling import why_not_asked
from probes.aws import autoscaling


class Runs(Settings):
    """Which processes."""

    processes: list[str] = setting(
        ["AlarmNotification", "Launch", "Terminate"], "Processes that must not be suspended."
    )


class SuspendedProcesses(Probe[autoscaling.Group, Runs]):
    """The processes of each group that scales."""

    subject = autoscaling.GROUPS
    severity, settings = Severity.MEDIUM, Runs
    sources = ("S0.6",)

    def judge(self, group: autoscaling.Group, _: Facts, expected: Runs) -> Iterator[Remark]:
        if reason := why_not_asked(group):
            yield not_applicable(reason)
            return
        suspended = {process.process_name for process in group.suspended_processes}
        stopped = sorted(suspended & set(expected.processes))
        if not stopped:
            return
        yield drift(
            f"{', '.join(stopped)} of the group is suspended",
            code="suspended",
            expected=[],
            found=stopped,
            cli=(
                "aws", "autoscaling", "resume-processes",
                "--auto-scaling-group-name", group.auto_scaling_group_name,
                "--scaling-processes", *stopped,
            ),
        )  # fmt: skip
