"""Scaling activities of groups succeed.

A group whose launches fail stays too small, and is noticed only when what still runs breaks. The
status message names the cause, not always truly: `InvalidKMSKey.InvalidState` also appears for a
healthy key that the service-linked role of the group may not use, for which the user guide
("Troubleshoot Amazon EC2 Auto Scaling: EC2 instance launch failures") has `Client.InternalError`.
So the message sorts failures for the reader; what is wrong with a key is for another probe.

Fix: mend the cause that the finding names, then `aws autoscaling start-instance-refresh
--auto-scaling-group-name GROUP`, or wait for the group to try again; a cause in the launch template
is mended there. CloudFormation has no property for it.
"""

from collections.abc import Iterator
from datetime import timedelta

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, not_applicable, note, unknown
from auditor.settings import Settings, setting
from probes.auto_scaling import _history
from probes.aws import autoscaling


class Looks(Settings):
    """How far back."""

    activity_window_hours: int = setting(
        24, "How long ago a failure may be and still count.", unit="hours", ge=1, le=1008
    )


class FailedActivities(Probe[autoscaling.Group, Looks]):
    """What became of each group's launches and terminations."""

    subject, needs = autoscaling.GROUPS, (autoscaling.ACTIVITIES,)
    severity, settings = Severity.MEDIUM, Looks
    sources = ("S0.critical",)

    def judge(self, group: autoscaling.Group, facts: Facts, expected: Looks) -> Iterator[Remark]:
        if reason := autoscaling.why_unmanaged(group):
            yield not_applicable(reason)
            return
        history = _history.history_of(group, facts)
        since = facts.now - timedelta(hours=expected.activity_window_hours)
        recent = [one for one in history.unmended if one.start_time >= since]
        failed = _history.failures(recent)
        if failed:
            urgent = history.latest_failed and _history.too_small(group)
            yield _drift(group, failed, Severity.HIGH if urgent else Severity.MEDIUM)
        elif strange := _history.strange(recent):
            yield unknown(f"status codes {', '.join(strange)} are not known here")
        elif older := _history.failures(history.unmended):
            cause = _history.cause_of(older[0])
            yield note(f"no launch has succeeded since an older failure: {cause.explanation}")


def _drift(group: autoscaling.Group, failed: list[autoscaling.Activity], how: Severity) -> Remark:
    cause = _history.cause_of(failed[0])
    name = group.auto_scaling_group_name
    return drift(
        f"scaling activities failed and no launch has succeeded since: {cause.explanation}",
        code=f"failed-{cause.kind.value.replace(' ', '-')}",
        expected=[],
        found=sorted({_history.cause_of(one).name for one in failed}),
        severity=how,
        evidence={"failed": len(failed), "newest": _history.shown(failed)},
        cli=("aws", "autoscaling", "start-instance-refresh", "--auto-scaling-group-name", name),
    )
