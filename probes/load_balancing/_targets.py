"""What applies to a target group, by its kind of target, and how its numbers are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from auditor.probe import Remark, drift, not_applicable, unknown
from probes.aws import elbv2
from probes.aws.elbv2 import TargetGroup
from probes.load_balancing._attributes import mend, number, unreadable
from probes.load_balancing._balancers import PLAIN, QUIC

Compare = Literal["at_most", "at_least", "exactly"]
_ALGORITHM = "load_balancing.algorithm.type"
_TARGETS = frozenset({"instance", "ip", "lambda", "alb"})
HTTP = frozenset({"HTTP", "HTTPS"})


def unused(group: TargetGroup) -> Remark | None:
    """That no load balancer routes to a group; None where one does."""
    if elbv2.attached(group):
        return None
    return not_applicable("no load balancer routes to the group", code="unattached")


def no_draining(group: TargetGroup) -> Remark | None:
    """Why a deregistration delay does not arise; None where it does."""
    if group.target_type == "lambda":
        return not_applicable("a function has no deregistration delay", code="lambda")
    return unused(group)


def no_slow_start(group: TargetGroup) -> Remark | None:
    """Why a slow start does not arise for a group of this kind; None where it may.

    Groups of network and gateway load balancers are told by their protocol.
    """
    if group.target_type not in _TARGETS:
        return unknown(
            f"targets of type {group.target_type!r} are not known here", code="unknown-type"
        )
    if group.target_type in {"lambda", "alb"} or group.protocol in PLAIN | QUIC | {"TLS"}:
        message = "slow start is for instances and addresses behind an application load balancer"
        return not_applicable(message, code="other-kind")
    if group.protocol not in HTTP:
        return unknown(f"protocol {group.protocol!r} is not known here", code="unknown-protocol")
    return None


def other_algorithm(values: Mapping[str, str]) -> Remark | None:
    """Why the algorithm of a group knows no slow start; None where it does."""
    algorithm = values.get(_ALGORITHM)
    if algorithm in {"least_outstanding_requests", "weighted_random"}:
        return not_applicable(f"{algorithm} has no slow start", code="other-algorithm")
    return None if algorithm == "round_robin" else unreadable(_ALGORITHM, algorithm)


def meets(found: int, wanted: int, compare: Compare) -> bool:
    """Whether a number is what the baseline asks for."""
    if compare == "exactly":
        return found == wanted
    return found <= wanted if compare == "at_most" else found >= wanted


def deviation(
    group: TargetGroup, key: str, values: Mapping[str, str], wanted: int, compare: Compare
) -> Iterator[Remark]:
    """What there is to say of an attribute that is a number of seconds."""
    found = number(values, key)
    if found is None:
        yield unreadable(key, values.get(key))
    elif not meets(found, wanted, compare):
        yield drift(
            f"{key} is {found} s",
            code=key.partition(".")[0].replace("_", "-"),
            expected={compare: wanted},
            found=found,
            **mend(group, {key: str(wanted)}),
        )
