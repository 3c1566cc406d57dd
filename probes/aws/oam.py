"""CloudWatch Observability Access Manager: which accounts see this account's metrics."""

from __future__ import annotations

from auditor.query import Query, Shape

METRICS = "AWS::CloudWatch::Metric"


class Link(Shape):
    """A link to the account that watches this one, and what it may see of it."""

    arn: str
    sink_arn: str = ""
    resource_types: tuple[str, ...] = ()

    @property
    def shares_metrics(self) -> bool:
        """Whether alarms in the other account can watch metrics of this one."""
        return METRICS in self.resource_types


LINKS = Query("oam:ListLinks", Link, each="Items", key="Arn", arn="Arn", type="AWS::Oam::Link")
