"""EC2: flow logs and where they are delivered to."""

from __future__ import annotations

from pydantic import Field

from auditor.query import Query, Shape
from auditor.resources import Tags


class FlowLog(Shape):
    """A flow log of a VPC, subnet, interface or transit gateway.

    Delivery to CloudWatch Logs is what AWS means where it names no type of destination, as it did
    before there were others. `deliver_logs_status` is SUCCESS, FAILED, or empty.
    """

    flow_log_id: str
    resource_id: str = ""
    log_destination_type: str = "cloud-watch-logs"
    log_group_name: str = ""
    deliver_logs_status: str = ""
    deliver_logs_error_message: str = ""
    deliver_cross_account_role: str = ""
    tags: Tags = Field(default_factory=dict)


FLOW_LOGS = Query(
    "ec2:DescribeFlowLogs",
    FlowLog,
    each="FlowLogs",
    key="FlowLogId",
    arn="arn:{partition}:ec2:{region}:{account}:vpc-flow-log/{FlowLogId}",
    name="FlowLogId",
    tags="Tags",
    type="AWS::EC2::FlowLog",
)
