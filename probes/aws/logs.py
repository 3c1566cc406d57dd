"""CloudWatch Logs: log groups and what they are sealed with."""

from __future__ import annotations

from auditor.query import Query, Shape
from probes.aws import tagging


class LogGroup(Shape):
    """A log group; without a key it is sealed with one of CloudWatch Logs' own.

    `arn` ends in `:*` where `log_group_arn`, which older answers lack, does not.
    """

    log_group_name: str
    arn: str
    log_group_arn: str = ""
    kms_key_id: str = ""

    @property
    def plain_arn(self) -> str:
        """The ARN as CloudWatch Logs puts it into the encryption context."""
        return self.log_group_arn or self.arn.removesuffix(":*")


def key_of(group: LogGroup) -> str:
    """For `where`: the log groups that a key seals, by the key's ARN."""
    return group.kms_key_id


LOG_GROUPS = Query(
    "logs:DescribeLogGroups",
    LogGroup,
    each="logGroups",
    key="logGroupName",
    arn="arn:{partition}:logs:{region}:{account}:log-group:{logGroupName}",
    name="logGroupName",
    tags=tagging.TAGGED,
    type="AWS::Logs::LogGroup",
)
