"""What several probes ask of a load balancer: its listeners, and who can reach it."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.facts import Facts
from auditor.probe import Remark, Severity, not_applicable, severity_if, unknown
from probes.aws import ec2_groups, elbv2
from probes.aws.elbv2 import Listener, LoadBalancer

PLAIN = frozenset({"TCP", "UDP", "TCP_UDP", "GENEVE"})
"""Protocols that the load balancer passes on as they come."""
QUIC = frozenset({"QUIC", "TCP_QUIC"})
"""QUIC is always encrypted, and passed on as it comes: its certificate is the target's."""
SECURE = frozenset({"HTTPS", "TLS"})
"""Protocols that the load balancer decrypts, by a security policy (API reference, `Listener`)."""
_FROM_CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"
_CLOUDFRONT_IPV6 = "com.amazonaws.global.ipv6.cloudfront.origin-facing"


def not_of_type(balancer: LoadBalancer, *types: str) -> Remark | None:
    """Why a claim about load balancers of these types does not arise; None where it does."""
    if balancer.type in types:
        return None
    if balancer.type in elbv2.LOAD_BALANCER_TYPES:
        return not_applicable(f"this is a {balancer.type} load balancer", code="other-type")
    return unknown(
        f"load balancers of type {balancer.type!r} are not known here", code="unknown-type"
    )


def not_working(balancer: LoadBalancer) -> Remark | None:
    """Why a load balancer serves nobody, by its own state; None where it may."""
    state = balancer.state.code if balancer.state else "unknown"
    if state in {"provisioning", "failed"}:
        return not_applicable(f"the load balancer is {state}", code="not-working")
    return None


def not_plain(listener: Listener) -> Remark | None:
    """Why a listener is not one of plain HTTP; None where it is."""
    if listener.protocol == "HTTP":
        return None
    if listener.protocol in SECURE | PLAIN | QUIC:
        return not_applicable(f"the listener speaks {listener.protocol}", code="other-protocol")
    return unknown(f"protocol {listener.protocol!r} is not known here", code="unknown-protocol")


def https_ports(listeners: Iterable[Listener]) -> frozenset[int]:
    """The ports on which HTTPS is spoken."""
    return frozenset(one.port for one in listeners if one.protocol == "HTTPS" and one.port)


def plain_severity(balancer: LoadBalancer, facts: Facts) -> Severity:
    """How much plaintext matters: more where the internet can reach it than where it cannot."""
    return severity_if(
        lambda: balancer.internet_facing and not _only_from_cloudfront(balancer, facts),
        Severity.HIGH,
        Severity.MEDIUM,
    )


def _only_from_cloudfront(balancer: LoadBalancer, facts: Facts) -> bool:
    """Whether the security groups let in nothing but CloudFront, by AWS's own prefix list."""
    origins = {
        one.prefix_list_id
        for one in facts.all(ec2_groups.PREFIX_LISTS)
        if one.owner_id == "AWS" and one.prefix_list_name in {_FROM_CLOUDFRONT, _CLOUDFRONT_IPV6}
    }
    peers = {
        rule.prefix_list_id
        for group in balancer.security_groups
        for rule in facts.where(ec2_groups.SECURITY_GROUP_RULES, ec2_groups.group_of, group)
        if not rule.is_egress
    }
    return bool(peers) and peers <= origins
