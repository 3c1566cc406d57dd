"""Attributes of load balancers and target groups, of which AWS states every value as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, gap, not_applicable, unknown
from probes.aws import elbv2
from probes.aws.elbv2 import APPLICATION, LoadBalancer, TargetGroup
from probes.load_balancing._balancers import not_of_type

Judgement = Callable[[Mapping[str, str]], Iterator[Remark]]
"""What there is to say of attributes by their names."""


def unreadable(key: str, value: str | None) -> Remark:
    """An attribute that AWS does not state, or states in a way that is not known here."""
    said = "does not state" if value is None else "states an unknown value for"
    return unknown(f"AWS {said} {key}", code="unknown-value", found={key: value})


def number(values: Mapping[str, str], key: str) -> int | None:
    """An attribute as a number; None where it is none."""
    text = values.get(key, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def switched_on(
    balancer: LoadBalancer, key: str, values: Mapping[str, str], **more: str
) -> Iterator[Remark]:
    """What there is to say where a switch must be on; `more` are attributes to set with it."""
    value = values.get(key)
    if value == "false":
        yield gap(
            f"{key} is off",
            code="off",
            expected={key: "true"},
            found={key: value},
            **mend(balancer, {key: "true", **more}),
        )
    elif value != "true":
        yield unreadable(key, value)


def not_asked(*, asked: object) -> Remark | None:
    """That the baseline is content without; None where it asks."""
    return None if asked else not_applicable("the baseline does not ask for it", code="not-asked")


def idle_timeout(
    balancer: LoadBalancer, wanted: int, values: Mapping[str, str]
) -> Iterator[Remark]:
    """What there is to say of the idle timeout of an application load balancer."""
    key = "idle_timeout.timeout_seconds"
    found = number(values, key)
    if found is None:
        yield unreadable(key, values.get(key))
    elif found != wanted:
        yield drift(
            f"the idle timeout is {found} s",
            code="idle-timeout",
            severity=Severity.LOW,
            expected=wanted,
            found=found,
            **mend(balancer, {key: str(wanted)}),
        )


def logs(
    kind: str, balancer: LoadBalancer, values: Mapping[str, str], wanted_bucket: str = ""
) -> Iterator[Remark]:
    """What there is to say of logs that must be written, to one bucket or to any."""
    switch, place = f"{kind}.s3.enabled", f"{kind}.s3.bucket"
    bucket = values.get(place, "")
    to = wanted_bucket or bucket
    if values.get(switch) != "true":
        for remark in switched_on(balancer, switch, values, **({place: to} if to else {})):
            yield remark if to else replace(remark, cli=(), cloudformation=None)
    elif wanted_bucket and bucket != wanted_bucket:
        yield drift(
            f"the logs go to {bucket}",
            code="other-bucket",
            expected=wanted_bucket,
            found=bucket,
            **mend(balancer, {switch: "true", place: wanted_bucket}),
        )


def desync(
    balancer: LoadBalancer, accepted: list[str], values: Mapping[str, str]
) -> Iterator[Remark]:
    """What there is to say of how requests are handled that two servers may read differently."""
    key = "routing.http.desync_mitigation_mode"
    found = values.get(key)
    if found not in {"monitor", "defensive", "strictest"}:
        yield unreadable(key, found)
    elif found not in accepted:
        yield drift(
            f"the desync mitigation mode is {found}",
            code="desync-mode",
            expected=sorted(accepted),
            found=found,
            **mend(balancer, {key: accepted[0]}),
        )


def where_asked(
    balancer: LoadBalancer, facts: Facts, said: Judgement, *types: str, asked: object
) -> Iterator[Remark]:
    """What is said of the attributes, where the baseline asks and the type has them."""
    other = not_asked(asked=asked) or not_of_type(balancer, APPLICATION, *types)
    if other is not None:
        yield other
        return
    yield from said(elbv2.values(facts.each(elbv2.LOAD_BALANCER_ATTRIBUTES)))


def mend(resource: LoadBalancer | TargetGroup, wanted: Mapping[str, str]) -> dict[str, Any]:
    """The command and the properties that set attributes."""
    if isinstance(resource, LoadBalancer):
        command = ("modify-load-balancer-attributes", "--load-balancer-arn")
        arn, name = resource.load_balancer_arn, "LoadBalancerAttributes"
    else:
        command = ("modify-target-group-attributes", "--target-group-arn")
        arn, name = resource.target_group_arn, "TargetGroupAttributes"
    pairs = tuple(f"Key={key},Value={value}" for key, value in wanted.items())
    properties = [{"Key": key, "Value": value} for key, value in wanted.items()]
    return {
        "cli": ("aws", "elbv2", *command, arn, "--attributes", *pairs),
        "cloudformation": {name: properties},
    }
