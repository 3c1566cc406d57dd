"""Tables can be taken back to an earlier moment, and are not deleted by mistake.

With point-in-time recovery DynamoDB keeps every change of the last days, 35 unless told otherwise
(API model, `PointInTimeRecoverySpecification`), so that a table can be restored to any second of
them, as a new table. It is off by default, and set for each replica of a global table on its own.
Deletion protection refuses `DeleteTable` until somebody turns it off.

Fix: `aws dynamodb update-continuous-backups --table-name TABLE
--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`; `aws dynamodb update-table
--table-name TABLE --deletion-protection-enabled`; in CloudFormation
`PointInTimeRecoverySpecification` and `DeletionProtectionEnabled`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, gap, not_applicable
from auditor.query import Name
from auditor.settings import Settings, setting
from probes.aws import dynamodb
from probes.storage._tables import of_recovery


class Kept(Settings):
    """How tables must be kept from loss."""

    pitr: bool = setting(True, "Whether point-in-time recovery must be on.")
    recovery_days: int = setting(
        7, "Days back to which a table must be recoverable, at least.", unit="days", ge=1, le=35
    )
    deletion_protection: bool = setting(
        True, "Whether deletion protection must be on.", staging=False, ephemeral=False
    )


class TableRecovery(Probe[Name, Kept]):
    """Continuous backups and deletion protection of each table, in each of its Regions."""

    subject, needs = dynamodb.TABLES, (dynamodb.DETAILS, dynamodb.BACKUPS)
    severity, settings, parts = Severity.MEDIUM, Kept, ("recovery", "deletion")
    sources = ("S2",)

    def judge_recovery(self, table: Name, facts: Facts, expected: Kept) -> Iterator[Remark]:
        if not expected.pitr:
            yield not_applicable("the baseline asks for no recovery here")
        else:
            yield from of_recovery(table, facts, expected.recovery_days)

    def judge_deletion(self, table: Name, facts: Facts, expected: Kept) -> Iterator[Remark]:
        if not expected.deletion_protection:
            yield not_applicable("the baseline asks for no protection here")
            return
        details = facts.its(dynamodb.DETAILS)
        if details.table_status in dynamodb.NO_LONGER:
            yield not_applicable(f"the table is {details.table_status}", code="not-in-use")
        elif not details.deletion_protection_enabled:
            yield gap(
                "anybody who may delete it can do so by mistake",
                code="no-deletion-protection",
                expected="on",
                found="off",
                cli=("aws", "dynamodb", "update-table", "--table-name", table.value,
                     "--deletion-protection-enabled"),
                cloudformation={"DeletionProtectionEnabled": True},
            )  # fmt: skip
