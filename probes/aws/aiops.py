"""CloudWatch investigations: the groups in which alarms start one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from auditor.query import JSON, Query, Shape
from probes.aws import cloudwatch

if TYPE_CHECKING:
    from auditor.facts import Facts


class InvestigationGroup(Shape):
    """An investigation group."""

    arn: str


def _started_by_alarms(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    for action in cloudwatch.called(facts, "aiops"):
        yield {"identifier": action}


INVESTIGATION_GROUPS = Query(
    "aiops:GetInvestigationGroup",
    InvestigationGroup,
    asks=_started_by_alarms,
    reads=cloudwatch.EVERY_ALARM,
    absent={"ResourceNotFoundException"},
)
"""Asked for each group that an alarm names, by its ARN."""
