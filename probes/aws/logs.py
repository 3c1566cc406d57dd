"""CloudWatch Logs: log groups and what they are sealed with."""

from __future__ import annotations

from auditor.query import Query, Shape
from probes.aws import tagging

RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192,
                  2557, 2922, 3288, 3653)  # fmt: skip
"""What CloudWatch Logs offers (API model, `PutRetentionPolicy`)."""


class LogGroup(Shape):
    """A log group; without a key it is sealed with one of CloudWatch Logs' own.

    `arn` ends in `:*` where `log_group_arn`, which older answers lack, does not. Without
    `retention_in_days` it keeps what was logged for ever; a group of the class `DELIVERY` keeps it
    for a day, whatever is set. With a `retention_policy_name` a policy of the account decides.
    """

    log_group_name: str
    arn: str
    log_group_arn: str = ""
    kms_key_id: str = ""
    retention_in_days: int | None = None
    log_group_class: str = "STANDARD"
    retention_policy_name: str = ""

    @property
    def plain_arn(self) -> str:
        """The ARN as CloudWatch Logs puts it into the encryption context."""
        return self.log_group_arn or self.arn.removesuffix(":*")


def at_least(days: int) -> int:
    """The shortest retention on offer that is long enough."""
    return next(offered for offered in RETENTION_DAYS if offered >= days)


def at_most(days: int) -> int:
    """The longest retention on offer that is short enough."""
    return max(offered for offered in RETENTION_DAYS if offered <= days)


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
