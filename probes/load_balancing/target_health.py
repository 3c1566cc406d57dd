"""Target groups in use have a target that is healthy.

A load balancer whose targets are all ill sends requests to all of them, as if none were (user
guide, "Health checks for your target groups"), and most are answered 502, 503 or 504. The reasons
say where to look: `Target.Timeout` at security groups and ports, `Target.ResponseCodeMismatch` at
the path and its codes, `Target.FailedHealthChecks` at the service itself. Targets that are leaving,
not in use or still being checked for the first time count for neither side.

Fix: see what `aws elbv2 describe-target-health --target-group-arn ARN` says, then let the security
groups of the targets admit the load balancer on the health check's port, or mend path and codes
with `aws elbv2 modify-target-group`; in CloudFormation the `HealthCheck...` properties.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, gap, not_applicable, unknown
from auditor.settings import Settings
from probes.aws import elbv2
from probes.aws.elbv2 import TargetGroup
from probes.load_balancing._targets import unused

_ILL = frozenset({"unhealthy", "unhealthy.draining"})
_ASIDE = frozenset({"draining", "unused", "initial"})
_UNCHECKED = "Target.HealthCheckDisabled"


class TargetHealth(Probe[TargetGroup, Settings]):
    """The health of the targets of each group that is in use, at the time of collection."""

    subject, needs = elbv2.TARGET_GROUPS, (elbv2.TARGET_HEALTH,)
    severity = Severity.HIGH
    sources = ("S3.B8",)

    def judge(self, group: TargetGroup, facts: Facts, _expected: Settings) -> Iterator[Remark]:
        other = unused(group)
        if other is not None:
            yield other
            return
        targets = [target.target_health for target in facts.each(elbv2.TARGET_HEALTH)]
        states = {target.state for target in targets}
        if "healthy" in states:
            return
        if not states - _ASIDE:
            yield not_applicable("no target is in service", code="no-targets")
        elif "initial" in states and not states - _ILL - _ASIDE:
            yield not_applicable("targets are being checked for the first time", code="initial")
        elif not states - _ILL - _ASIDE:
            ill = [target for target in targets if target.state in _ILL]
            yield gap(
                "all targets are unhealthy",
                code="all-unhealthy",
                expected="a healthy target",
                found=sorted({target.reason for target in ill}),
                evidence={"unhealthy": len(ill), "port": group.health_check_port},
            )
        elif {target.reason for target in targets} == {_UNCHECKED}:
            yield not_applicable("targets of the group are not checked", code="health-checks-off")
        else:
            message = f"states of targets {', '.join(sorted(states))} are not all known here"
            yield unknown(message, code="unknown-state")
