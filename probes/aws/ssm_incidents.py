"""Incident Manager: the response plans that alarms start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from auditor.query import JSON, Query, Shape
from probes.aws import cloudwatch

if TYPE_CHECKING:
    from auditor.facts import Facts


class ResponsePlan(Shape):
    """A response plan."""

    arn: str


def _started_by_alarms(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    for action in cloudwatch.called(facts, "ssm-incidents"):
        yield {"arn": action}


RESPONSE_PLANS = Query(
    "ssm-incidents:GetResponsePlan",
    ResponsePlan,
    asks=_started_by_alarms,
    reads=cloudwatch.EVERY_ALARM,
    absent={"ResourceNotFoundException"},
)
"""Asked for each plan that an alarm names, by its ARN."""
