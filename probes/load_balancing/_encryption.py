"""Whether the listeners of a load balancer encrypt what clients send."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from auditor.facts import Facts
from auditor.probe import Remark, Severity, any_of, gap, not_applicable, note, unknown
from probes.aws import elbv2
from probes.aws.elbv2 import Listener, LoadBalancer, TargetGroup
from probes.load_balancing._balancers import QUIC, SECURE
from probes.load_balancing._in_front import in_front


def application(balancer: LoadBalancer, facts: Facts, port: int) -> Iterator[Remark]:
    """What there is to say of an application load balancer, which must speak HTTPS."""
    listeners = facts.each(elbv2.LISTENERS)
    if any(one.protocol == "HTTPS" for one in listeners):
        return
    found = sorted(f"{one.protocol}:{one.port}" for one in listeners)
    more = {"expected": [f"HTTPS:{port}"], "found": found}
    if not listeners:
        yield gap("there is no listener", code="no-listener", severity=Severity.LOW, **more)
        return
    strange = {one.protocol for one in listeners} - {"HTTP"}
    if strange:
        yield unknown(
            f"protocol {', '.join(sorted(strange))} is not known here", code="unknown-protocol"
        )
        return
    if _serves_nothing(balancer, facts):
        yield not_applicable("all of its target groups are empty", code="no-targets")
        return
    severity = Severity.HIGH if balancer.internet_facing else Severity.MEDIUM
    more |= in_front(balancer, facts)
    yield gap("nothing speaks HTTPS", code="no-https", severity=severity, **more)


def network(facts: Facts) -> Iterator[Remark]:
    """What there is to say of a network load balancer, which may leave TLS to its targets."""
    listeners = facts.each(elbv2.LISTENERS)
    protocols = {one.protocol for one in listeners}
    if protocols & (SECURE | QUIC):
        return
    if not protocols - {"UDP"}:
        yield not_applicable("no listener whose protocol TLS could carry", code="no-tcp")
    elif any(_hands_on(one, facts) for one in listeners):
        yield note("TCP is passed on to targets that end TLS themselves, or should")
    else:
        yield unknown("TCP is passed on, perhaps encrypted by the target", code="pass-through")


def _serves_nothing(balancer: LoadBalancer, facts: Facts) -> bool:
    """Whether it has target groups and none of them has a target."""
    arn = balancer.load_balancer_arn
    groups = facts.where(elbv2.TARGET_GROUPS, elbv2.load_balancers_of, arn)
    return bool(groups) and not any_of(*(partial(_has_target, g, facts) for g in groups))


def _has_target(group: TargetGroup, facts: Facts) -> bool:
    return bool(facts.of(group).each(elbv2.TARGET_HEALTH))


def _hands_on(listener: Listener, facts: Facts) -> bool:
    """Whether it forwards to an application load balancer, or to targets over TLS."""
    arns = {arn for action in listener.default_actions for arn in action.target_groups}
    groups = (facts.named(elbv2.TARGET_GROUPS, arn) for arn in sorted(arns))
    return any(g is not None and (g.target_type == "alb" or g.protocol == "TLS") for g in groups)
