"""Application Auto Scaling: scaling policies of services, tables, functions and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from auditor.query import JSON, Query, Shape
from probes.aws import cloudwatch

if TYPE_CHECKING:
    from auditor.facts import Facts

_NAMESPACE = re.compile(r":scalingPolicy:[^:/]+:resource/([a-z-]{1,64})/")
_CREATOR = ":createdBy/"


class CalledPolicy(Shape):
    """A scaling policy."""

    policy_arn: str = Field(alias="PolicyARN")
    policy_name: str


def namespace_of(action: str) -> str:
    """The service whose resource a policy's ARN scales; nothing for policies of scaling groups."""
    found = _NAMESPACE.search(action)
    return found[1] if found else ""


def plain(policy_arn: str) -> str:
    """The ARN of a policy without who created it, which not every service appends."""
    return policy_arn.partition(_CREATOR)[0]


def arn_of(policy: CalledPolicy) -> str:
    """For `where`: the policy with an ARN."""
    return plain(policy.policy_arn)


def _called_by_alarms(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    for action in cloudwatch.called(facts, "autoscaling"):
        namespace = namespace_of(action)
        if namespace:
            yield {"ServiceNamespace": namespace}


CALLED_POLICIES = Query(
    "application-autoscaling:DescribeScalingPolicies",
    CalledPolicy,
    each="ScalingPolicies",
    key="PolicyARN",
    asks=_called_by_alarms,
    reads=cloudwatch.EVERY_ALARM,
    label="called",
)
"""Asked for each service of which an alarm calls a policy."""
