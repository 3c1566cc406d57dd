"""The pauses that the policies of a service make after scaling."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, not_applicable
from probes.aws.ecs import Service
from probes.containers import _metrics, _scaling
from probes.containers._scaling import Scales


def judge(service: Service, facts: Facts, expected: Scales) -> Iterator[Remark]:
    """What there is to say of the cooldowns of a service's policies that keep a target."""
    reason = _scaling.not_asked(service, expected)
    if reason is not None:
        yield reason
        return
    policies = _scaling.policies_of(service, facts)
    found = [(p, t) for policy in policies for p, t in ((policy, _metrics.tracking(policy)),) if t]
    if not found:
        yield not_applicable("no policy keeps a target", code="no-policy")
    wanted = expected.cooldown_seconds
    for policy, tracking in found:
        pauses = {"in": tracking.scale_in_cooldown, "out": tracking.scale_out_cooldown}
        if set(pauses.values()) != {wanted}:
            yield drift(
                f"{policy.policy_name} pauses for another time than wanted",
                code="cooldown",
                expected={"in": wanted, "out": wanted},
                found=pauses,
                severity=Severity.LOW,
                related=(facts.related("the policy", policy),),
            )
