"""Whether a table of DynamoDB can be recovered."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, gap, not_applicable, unknown
from auditor.query import Name
from probes.aws import dynamodb


def of_recovery(table: Name, facts: Facts, days: int) -> Iterator[Remark]:
    """What there is to say of point-in-time recovery; a table that nobody can use needs none."""
    status = facts.its(dynamodb.DETAILS).table_status
    if status in dynamodb.NO_LONGER:
        yield not_applicable(f"the table is {status}", code="not-in-use")
        return
    state = facts.its(dynamodb.BACKUPS).point_in_time_recovery
    severity = Severity.INFORMATIONAL if facts.environment == "ephemeral" else None
    specification = {"PointInTimeRecoveryEnabled": True}
    if state.point_in_time_recovery_status == "DISABLED":
        yield gap(
            "the table cannot be taken back to an earlier moment",
            code="no-recovery",
            severity=severity,
            expected="on",
            found="off",
            cli=_update(table, "PointInTimeRecoveryEnabled=true"),
            cloudformation={"PointInTimeRecoverySpecification": specification},
        )
    elif state.point_in_time_recovery_status != "ENABLED":
        yield unknown(f"the state {state.point_in_time_recovery_status!r} is not known here")
    elif state.recovery_period_in_days < days:
        longer = {**specification, "RecoveryPeriodInDays": days}
        yield drift(
            "the table can be taken back a short time only",
            code="short-recovery",
            severity=severity,
            expected=days,
            found=state.recovery_period_in_days,
            cli=_update(table, f"PointInTimeRecoveryEnabled=true,RecoveryPeriodInDays={days}"),
            cloudformation={"PointInTimeRecoverySpecification": longer},
        )


def _update(table: Name, specification: str) -> tuple[str, ...]:
    return (
        "aws", "dynamodb", "update-continuous-backups", "--table-name", table.value,
        "--point-in-time-recovery-specification", specification,
    )  # fmt: skip
