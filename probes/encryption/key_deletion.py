"""No key is about to be deleted that volumes, databases, secrets or log groups still need.

Once the waiting period is over nothing sealed with the key can ever be opened, and until then
nobody can use it (KMS developer guide, "Deleting AWS KMS keys"). What uses a key is looked up in
volumes, RDS databases, secrets, log groups and the account's default for volumes; objects in
buckets and snapshots are not, so that a key of which no use is found may be needed nonetheless.

Fix: `aws kms cancel-key-deletion --key-id KEY`, then `aws kms enable-key --key-id KEY`: cancelling
leaves the key disabled. In CloudFormation `DeletionPolicy: Retain` keeps a key when its stack goes.
"""

from collections.abc import Callable, Iterator
from functools import partial

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, every, not_applicable, note, unknown
from auditor.settings import Settings
from probes.aws import kms
from probes.encryption import _key_uses
from probes.encryption._key_uses import Use

_PENDING = ("PendingDeletion", "PendingReplicaDeletion")
_KNOWN = ("Creating", "Disabled", "Enabled", "PendingImport", "Unavailable", "Updating")


class KeyDeletion(Probe[kms.Key, Settings]):
    """What each customer key that waits for its deletion still seals."""

    subject, needs = kms.KEYS, (kms.METADATA, *_key_uses.NEEDS)
    severity, sources = Severity.CRITICAL, ("S0.critical", "S4.2", "design card")

    def judge(self, key: kms.Key, facts: Facts, _expected: Settings) -> Iterator[Remark]:
        metadata = facts.its(kms.METADATA)
        if metadata.is_of_aws:
            yield not_applicable("the keys that AWS manages cannot be deleted")
        elif metadata.key_state in _PENDING:
            questions = _key_uses.uses(facts, key)
            found = False
            for remark in every(*(partial(_told, key, ask) for ask in questions)):
                found = True
                yield remark
            if not found:
                yield note("the key is to be deleted, and no use of it was found")
        elif metadata.key_state not in _KNOWN:
            yield unknown(f"the key's state {metadata.key_state!r} is not known here")


def _told(key: kms.Key, ask: Callable[[], Iterator[Use]]) -> Iterator[Remark]:
    for use in ask():
        yield drift(
            f"the key is to be deleted and seals {use.kind}",
            code="deleted-while-used",
            expected="no deletion while it is used",
            found=use.kind,
            evidence={use.kind: use.count},
            related=use.shown,
            cli=("aws", "kms", "cancel-key-deletion", "--key-id", key.key_arn),
        )
