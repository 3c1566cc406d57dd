"""CodeConnections: connections to where source code is kept.

The service has two names, and connections have ARNs in either; both APIs list them (user guide,
"Developer Tools", connections). Neither list has a paginator in boto3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.query import JSON, Query, Shape


class Connection(Shape):
    """A connection: `PENDING` until somebody has signed in to the provider, then `AVAILABLE`."""

    connection_arn: str
    connection_name: str = ""
    connection_status: str
    provider_type: str = ""


def _pages(client: Any, parameters: Mapping[str, JSON]) -> Iterator[Mapping[str, JSON]]:
    token: dict[str, str] = {}
    while True:
        page = client.list_connections(**parameters, **token)
        yield page
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


CONNECTIONS = Query(
    "codeconnections:ListConnections",
    Connection,
    each="Connections",
    key="ConnectionArn",
    also={"MaxResults": 100},
    arn="ConnectionArn",
    name="ConnectionName",
    type="AWS::CodeConnections::Connection",
    actions=("codeconnections:ListConnections",),
    fetch=_pages,
)
OLDER_CONNECTIONS = Query(
    "codestar-connections:ListConnections",
    Connection,
    each="Connections",
    key="ConnectionArn",
    also={"MaxResults": 100},
    arn="ConnectionArn",
    name="ConnectionName",
    type="AWS::CodeStarConnections::Connection",
    actions=("codestar-connections:ListConnections",),
    fetch=_pages,
)
