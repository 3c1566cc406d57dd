"""DynamoDB: tables, what seals them, and whether they can be taken back to an earlier moment."""

from __future__ import annotations

from pydantic import AwareDatetime, Field

from auditor.query import Name, Query, Shape
from probes.aws import tagging

TABLE = "AWS::DynamoDB::Table"
NO_LONGER = frozenset({"DELETING", "ARCHIVING", "ARCHIVED"})
"""States in which a table's settings cannot be changed any more (API model, `TableStatus`)."""


class Sealing(Shape):
    """How a table is sealed with a key of KMS (API model, `SSEDescription`).

    `inaccessible_encryption_date_time` is since when DynamoDB cannot use the key.
    """

    status: str = ""
    sse_type: str = Field("", alias="SSEType")
    kms_master_key_arn: str = Field("", alias="KMSMasterKeyArn")
    inaccessible_encryption_date_time: AwareDatetime | None = None


class Table(Shape):
    """A table; without `sse_description` DynamoDB seals it with a key of its own, never not."""

    table_arn: str
    table_status: str = ""
    sse_description: Sealing | None = Field(None, alias="SSEDescription")
    deletion_protection_enabled: bool = False


class PointInTime(Shape):
    """Whether a table can be taken back to any moment of the last days, 35 unless it says so."""

    point_in_time_recovery_status: str
    recovery_period_in_days: int = 35


class Backups(Shape):
    """The continuous backups of a table."""

    continuous_backups_status: str = ""
    point_in_time_recovery_description: PointInTime | None = None

    @property
    def point_in_time_recovery(self) -> PointInTime:
        """Its state; off without continuous backups, else not known where AWS does not say."""
        off = self.continuous_backups_status == "DISABLED"
        return self.point_in_time_recovery_description or PointInTime.model_construct(
            point_in_time_recovery_status="DISABLED" if off else ""
        )


TABLES = Query(
    "dynamodb:ListTables",
    Name,
    each="TableNames",
    key="value",
    arn="arn:{partition}:dynamodb:{region}:{account}:table/{value}",
    name="value",
    tags=tagging.TAGGED,
    type=TABLE,
)
DETAILS = Query(
    "dynamodb:DescribeTable",
    Table,
    at="Table",
    of=TABLES,
    given={"TableName": "value"},
    gone={"ResourceNotFoundException"},
)
BACKUPS = Query(
    "dynamodb:DescribeContinuousBackups",
    Backups,
    at="ContinuousBackupsDescription",
    of=TABLES,
    given={"TableName": "value"},
    gone={"TableNotFoundException", "ResourceNotFoundException"},
)
