"""Tables are sealed with a key that DynamoDB can use, of the wanted kind.

DynamoDB always encrypts: a table that says nothing of it is sealed with a key that DynamoDB owns.
A key of KMS, managed by AWS or by the customer, shows who used it and can be taken away. When
DynamoDB cannot use the key of a table any more, the table stands still, and after seven days
DynamoDB starts to archive it (API model, `InaccessibleEncryptionDateTime`).

Fix: `aws dynamodb update-table --table-name TABLE --sse-specification
Enabled=true,SSEType=KMS,KMSMasterKeyId=KEY`; for a key that cannot be used `aws kms enable-key`,
`aws kms cancel-key-deletion` or its policy; in CloudFormation `SSESpecification`.
"""

from collections.abc import Iterator
from typing import Literal

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, not_applicable, unknown
from auditor.query import Name
from auditor.settings import Settings, setting
from probes.aws import dynamodb
from probes.aws.dynamodb import Table
from probes.storage._keys import KEY_QUERIES, WISHES, unless_customers

Kind = Literal["any", "kms", "cmk"]
_STUCK = "INACCESSIBLE_ENCRYPTION_CREDENTIALS"
_SEALED = frozenset({"ENABLED", "UPDATING"})


class Sealed(Settings):
    """With whose key tables must be sealed."""

    encryption: Kind = setting(
        "any", "Any key, one of KMS (kms), or one that the customer manages (cmk)."
    )


class TableEncryption(Probe[Name, Sealed]):
    """The key of each table."""

    subject, needs = dynamodb.TABLES, (dynamodb.DETAILS, *KEY_QUERIES)
    severity, settings, sources = Severity.LOW, Sealed, ("S2",)

    def judge(self, _: Name, facts: Facts, expected: Sealed) -> Iterator[Remark]:
        table = facts.its(dynamodb.DETAILS)
        since = table.sse_description and table.sse_description.inaccessible_encryption_date_time
        if table.table_status in dynamodb.NO_LONGER:
            yield not_applicable(f"the table is {table.table_status}", code="not-in-use")
        elif since or table.table_status == _STUCK:
            yield drift(
                "DynamoDB cannot use the key of the table",
                code="key-inaccessible",
                severity=Severity.HIGH,
                expected="a key that can be used",
                found=table.sse_description.kms_master_key_arn if table.sse_description else "",
                evidence={"since": since.isoformat()} if since else {},
            )
        elif expected.encryption != "any":
            yield from _judged(table, expected.encryption, facts)


def _judged(table: Table, kind: Kind, facts: Facts) -> Iterator[Remark]:
    sealing = table.sse_description
    if sealing is None or sealing.status == "DISABLED":
        specification = {"SSESpecification": {"SSEEnabled": True, "SSEType": "KMS"}}
        yield drift(
            "the table is sealed with a key that DynamoDB owns",
            code="owned-key",
            expected=WISHES[kind],
            found="owned by DynamoDB",
            cloudformation=specification if kind == "kms" else None,
        )
    elif sealing.status not in _SEALED or sealing.sse_type != "KMS":
        yield unknown(f"the state {sealing.status!r} of {sealing.sse_type!r} is not known here")
    elif kind == "cmk":
        yield from unless_customers(sealing.kms_master_key_arn, facts)
