import boto3
import pytest

from probes.aws import dynamodb
from probes.storage.table_recovery import TableRecovery
from tests.kit import Case, Gone, audit, check_case, findings_of, verdicts
from tests.probes.storage.tables import described, live, recovery

PROBE = TableRecovery()


def backed(state, **changes):
    return {**described(**changes), dynamodb.BACKUPS: {"orders": state}}


OFF = recovery("DISABLED", None)
UNPROTECTED = {"DeletionProtectionEnabled": False}
CASES = [
    Case("on", backed(recovery()), "pass", part="recovery"),
    Case("on, without a number of days", backed(recovery(days=None)), "pass", part="recovery"),
    Case("off", backed(OFF), "gap", "no-recovery", part="recovery", severity="medium",
         expected="on", found="off"),
    Case("off in a table for a test", backed(OFF), "gap", part="recovery",
         severity="informational", environment="ephemeral"),
    Case("off, which may be", backed(OFF), "not_applicable", part="recovery",
         settings={"pitr": False}),
    Case("for three days", backed(recovery(days=3)), "drift", "short-recovery", part="recovery",
         expected=7, found=3),
    Case("for three days, which is enough", backed(recovery(days=3)), "pass", part="recovery",
         settings={"recovery_days": 1}),
    Case("no backups at all", backed({"ContinuousBackupsStatus": "DISABLED"}), "gap",
         part="recovery"),
    Case("nothing is said", backed({"ContinuousBackupsStatus": "ENABLED"}), "unknown",
         part="recovery"),
    Case("a new state", backed(recovery("PAUSED")), "unknown", part="recovery", says="PAUSED"),
    *(
        Case(f"{status}: {part}", backed(OFF, TableStatus=status, **UNPROTECTED),
             "not_applicable", "not-in-use", part=part)
        for status in ("DELETING", "ARCHIVING", "ARCHIVED")
        for part in PROBE.parts
    ),
    Case("being made", backed(OFF, TableStatus="CREATING"), "gap", part="recovery"),
    Case("protected", backed(recovery()), "pass", part="deletion"),
    Case("not protected", backed(recovery(), **UNPROTECTED), "gap", "no-deletion-protection",
         part="deletion", severity="medium", expected="on", found="off"),
    Case("says nothing of protection", {
        **backed(recovery()),
        dynamodb.DETAILS: {"orders": {"TableArn": "arn", "TableStatus": "ACTIVE"}},
    }, "gap", part="deletion"),
    *(
        Case(f"not protected, in {environment}", backed(recovery(), **UNPROTECTED),
             "not_applicable", part="deletion", environment=environment)
        for environment in ("staging", "ephemeral")
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_a_table_that_vanished_has_no_finding():
    gone = {**described(), dynamodb.DETAILS: {"orders": Gone("ResourceNotFoundException")}}
    assert findings_of(PROBE, Case("gone", gone, "")) == []


def test_on_an_account(aws):
    client = boto3.client("dynamodb", "us-east-1")
    live(client, "kept", DeletionProtectionEnabled=True)
    client.update_continuous_backups(
        TableName="kept",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    live(client, "lost")
    found = audit(TableRecovery)
    assert verdicts(found, "recovery") == {"kept": "pass", "lost": "gap"}
    assert verdicts(found, "deletion") == {"kept": "pass", "lost": "gap"}
