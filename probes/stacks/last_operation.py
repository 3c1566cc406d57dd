"""The last operation of a stack succeeded.

A failed deployment leaves an account in a state that no template describes. `ROLLBACK_COMPLETE`
looks finished, but is the grave of a stack that never came to be: it can only be deleted. The cause
is the first failure in the last operation (the others are cancelled or rolled back because of it),
in a nested stack that stack's own; events are kept for 90 days (API Reference,
`DescribeStackEvents`), so it may not be told. A nested stack that was undone with its root is
judged with the root. What fails before CloudFormation is asked, such as a CDK application that
does not start, leaves no trace here.

Fix: mend the cause, then `aws cloudformation delete-stack` (ROLLBACK_COMPLETE, DELETE_FAILED),
`continue-update-rollback` (UPDATE_ROLLBACK_FAILED; `--resources-to-skip` as the last resort) or
`rollback-stack` (CREATE_FAILED, UPDATE_FAILED), and deploy again.
"""

from collections.abc import Iterator
from datetime import timedelta

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, not_applicable, note, unknown
from auditor.settings import Settings, setting
from probes.aws import cloudformation
from probes.aws.cloudformation import Stack
from probes.stacks._failing import EVENTS, GOOD, RUNNING, STATES, failed


class Patience(Settings):
    """How long an operation may take."""

    max_inprogress_hours: int = setting(6, "How long an operation may run.", unit="hours", ge=1)
    max_review_hours: int = setting(
        24, "How long a change set may wait for its first execution.", unit="hours", ge=1
    )


class LastOperation(Probe[Stack, Patience]):
    """The state of each stack."""

    subject, needs = cloudformation.STACKS, EVENTS
    severity, settings = Severity.HIGH, Patience
    sources = ("S2.1", "S4.1", "S4.2")

    def judge(self, stack: Stack, facts: Facts, expected: Patience) -> Iterator[Remark]:
        status = stack.stack_status
        if status in STATES:
            yield failed(stack, facts)
        elif status in RUNNING:
            yield from _waits(stack, facts, expected.max_inprogress_hours, Severity.MEDIUM)
        elif status == "REVIEW_IN_PROGRESS":
            yield from _waits(stack, facts, expected.max_review_hours, Severity.INFORMATIONAL)
        elif status == "DELETE_COMPLETE":
            yield not_applicable("the stack is deleted")
        elif status not in GOOD:
            yield unknown(f"the state {status!r} is not known here")


def _waits(stack: Stack, facts: Facts, hours: int, severity: Severity) -> Iterator[Remark]:
    status, since = stack.stack_status, stack.last_change
    if since is None:
        yield unknown(f"it is {status}, and when that began is not told")
        return
    if facts.now - since <= timedelta(hours=hours):
        yield note(f"it is {status}")
        return
    code, says = "in-progress-too-long", "an operation has not come to an end"
    if status == "REVIEW_IN_PROGRESS":
        code, says = "review-pending", "a change set was never executed"
    begun = {"begun": since.isoformat()}
    yield drift(says, code=code, expected=[*GOOD], found=status, severity=severity, evidence=begun)
