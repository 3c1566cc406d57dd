"""CloudWatch: dashboards and what they show; of their bodies nothing else is kept.

All dashboards of an account are global (API model, `PutDashboard`).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from auditor.query import Query, Reduced, Shape
from probes.analysis.dashboards import Board, reduce_body


class Dashboard(Shape):
    """A dashboard as it is listed."""

    dashboard_name: str
    dashboard_arn: str = ""


class Body(Shape):
    """What a dashboard shows."""

    board: Annotated[Board, Reduced(reduce_body)] = Field(alias="DashboardBody")


DASHBOARDS = Query(
    "cloudwatch:ListDashboards",
    Dashboard,
    each="DashboardEntries",
    key="DashboardName",
    world=True,
    arn="DashboardArn",
    name="DashboardName",
    type="AWS::CloudWatch::Dashboard",
)
BODIES = Query(
    "cloudwatch:GetDashboard",
    Body,
    of=DASHBOARDS,
    given={"DashboardName": "DashboardName"},
    gone={"ResourceNotFound", "DashboardNotFoundError"},
    world=True,
)
