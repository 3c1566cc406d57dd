"""Systems Manager: the instances that its agent has reported."""

from __future__ import annotations

from auditor.query import Query, Shape


class ManagedInstance(Shape):
    """An instance that Systems Manager knows; `Online` means that its agent answers now."""

    instance_id: str
    ping_status: str = ""
    """`Online`, `ConnectionLost` or `Inactive` (API model, `PingStatus`)."""


MANAGED_INSTANCES = Query(
    "ssm:DescribeInstanceInformation",
    ManagedInstance,
    each="InstanceInformationList",
    key="InstanceId",
    also={"MaxResults": 50},
)
