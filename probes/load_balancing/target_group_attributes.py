"""Target groups let go of targets, and take them on, as the baseline asks.

The deregistration delay is how long a target that leaves may finish its requests: 300 s unless
set, which holds up every deployment; 0 cuts them off. It should cover the longest request, and the
`stopTimeout` of an ECS task should not be shorter. Slow start gives a new target a growing share
of the requests. Only round robin to instances and addresses behind an application load balancer
has it (API `TargetGroupAttribute`), so 60 s for every group cannot be set; and it does nothing for
a group whose targets all start at once.

Fix: `aws elbv2 modify-target-group-attributes --target-group-arn ARN --attributes
Key=deregistration_delay.timeout_seconds,Value=30`; in CloudFormation `TargetGroupAttributes`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, note
from auditor.settings import Settings, setting
from probes.aws import elbv2
from probes.aws.elbv2 import TargetGroup
from probes.load_balancing import _targets as targets
from probes.load_balancing._attributes import not_asked
from probes.load_balancing._targets import Compare, deviation, unused

_DELAY, _SLOW = "deregistration_delay.timeout_seconds", "slow_start.duration_seconds"


class Attributes(Settings):
    """How targets come and go."""

    deregistration_delay_seconds: int = setting(
        30, "Time that a leaving target may finish its requests in.", unit="s", ge=0, le=3600
    )
    deregistration_delay_compare: Compare = setting("at_most", "How the delay is compared.")
    slow_start_seconds: int = setting(
        60, "Time until a new target has its full share; 0 asks for none.", unit="s", ge=0, le=900
    )
    slow_start_compare: Compare = setting("at_least", "How the slow start is compared.")


class TargetGroupAttributes(Probe[TargetGroup, Attributes]):
    """The attributes of each target group that is in use."""

    subject, needs = elbv2.TARGET_GROUPS, (elbv2.TARGET_GROUP_ATTRIBUTES,)
    severity, settings = Severity.LOW, Attributes
    parts = ("deregistration_delay", "slow_start")
    sources = ("S0.5", "S2.16")

    def judge_deregistration_delay(
        self, group: TargetGroup, facts: Facts, expected: Attributes
    ) -> Iterator[Remark]:
        other = targets.no_draining(group)
        if other is not None:
            yield other
            return
        values = elbv2.values(facts.each(elbv2.TARGET_GROUP_ATTRIBUTES))
        if values.get(_DELAY) == "0":
            yield note("requests of a target that leaves are cut off")
        wanted = expected.deregistration_delay_seconds
        yield from deviation(group, _DELAY, values, wanted, expected.deregistration_delay_compare)

    def judge_slow_start(
        self, group: TargetGroup, facts: Facts, expected: Attributes
    ) -> Iterator[Remark]:
        wanted = expected.slow_start_seconds
        other = not_asked(asked=wanted) or unused(group) or targets.no_slow_start(group)
        if other is not None:
            yield other
            return
        values = elbv2.values(facts.each(elbv2.TARGET_GROUP_ATTRIBUTES))
        other = targets.other_algorithm(values)
        if other is not None:
            yield other
            return
        yield from deviation(group, _SLOW, values, wanted, expected.slow_start_compare)
