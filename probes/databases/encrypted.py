"""Databases are encrypted at rest.

Whoever gets hold of the storage, a snapshot or a copy of either reads everything. AWS says how
storage is sealed in `StorageEncryptionType`: `sse-kms` by a key in KMS, `sse-rds` by a key that AWS
owns, for which `StorageEncrypted` is false although the data is encrypted (API model, `DBCluster`);
the older field counts only where the newer one is missing. Members of a cluster share its storage.
Which key in KMS is AWS's own shows its alias, `alias/aws/rds`.

Fix: encryption cannot be switched on in place: take a snapshot, `aws rds copy-db-snapshot
--source-db-snapshot-identifier SNAPSHOT --target-db-snapshot-identifier COPY --kms-key-id KEY`, and
restore from the copy. In CloudFormation `StorageEncrypted: true` and `KmsKeyId`, which replace it.
"""

from collections.abc import Iterator
from typing import Literal

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, gap, unknown
from auditor.settings import Settings, setting
from probes.analysis.answers import Answer
from probes.aws import kms, kms_names, rds
from probes.databases._protection import passed_over, with_its_cluster
from probes.groups import DatabaseEngines

_WISHES = {"any": "encryption", "kms": "a key in KMS", "cmk": "a customer managed key"}


class Encryption(Settings):
    """Which key is wanted."""

    encryption: Literal["any", "kms", "cmk"] = setting(
        "any", "Whose key seals the storage: any, one in KMS (`kms`) or the customer's own (`cmk`)."
    )
    engines: DatabaseEngines = DatabaseEngines()


class Encrypted(Probe[rds.Database, Encryption]):
    """The storage of each instance that stands alone, and of each cluster."""

    subject, needs = (rds.INSTANCES, rds.CLUSTERS), (kms.ALIASES,)
    severity, settings, sources = Severity.MEDIUM, Encryption, ("S2.11",)

    def judge(self, database: rds.Database, facts: Facts, expected: Encryption) -> Iterator[Remark]:
        reason = passed_over(database, expected.engines) or with_its_cluster(database)
        if reason:
            yield reason
            return
        older = "sse-kms" if database.storage_encrypted else "none"
        wish = _WISHES[expected.encryption]
        match database.storage_encryption_type or older, expected.encryption:
            case "none", _:
                yield gap(
                    "the storage is not encrypted",
                    code="unencrypted",
                    severity=Severity.HIGH,
                    expected=wish,
                    found="none",
                    cloudformation={"StorageEncrypted": True},
                )
            case ("sse-kms", "any" | "kms") | ("sse-rds", "any"):
                return
            case "sse-rds", _:
                yield _other_key("a key that AWS owns", wish, "sse-rds")
            case "sse-kms", _:
                yield from _judge_key(database, facts)
            case new, _:
                yield unknown(f"encryption {new!r} is not known here", code="unknown-value")


def _judge_key(database: rds.Database, facts: Facts) -> Iterator[Remark]:
    match kms_names.is_of_service(database.kms_key_id, "rds", facts):
        case Answer.YES:
            yield _other_key("the key that AWS manages", _WISHES["cmk"], "alias/aws/rds")
        case Answer.CANNOT_TELL:
            yield unknown("AWS does not say which key seals the storage", code="unknown-key")


def _other_key(what: str, wish: str, found: str) -> Remark:
    message = f"the storage is encrypted with {what}"
    return drift(message, code="other-key", expected=wish, found=found)
