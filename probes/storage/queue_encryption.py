"""Messages in queues are encrypted at rest.

SQS seals new queues with a key of its own, at no cost, since 2022 (AWS compute blog, "Announcing
server-side encryption ... by default"); queues from before, and those that were made over plain
HTTP or told otherwise, are not sealed. A key of KMS does as well, and shows who used it.

Fix: `aws sqs set-queue-attributes --queue-url URL --attributes SqsManagedSseEnabled=true`, or
`KmsMasterKeyId=KEY`; in CloudFormation `SqsManagedSseEnabled` or `KmsMasterKeyId`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, gap, not_applicable
from auditor.query import Name
from auditor.settings import Settings, setting
from probes.aws import sqs
from probes.aws.sqs import Queue
from probes.storage._keys import KEY_QUERIES, WISHES, Sealing, unless_customers


class Sealed(Settings):
    """With whose key queues must be sealed."""

    encryption: Sealing = setting(
        "any", "Nothing (none), any encryption (any), or a key that the customer manages (cmk)."
    )


class QueueEncryption(Probe[Queue, Sealed]):
    """What each queue is sealed with."""

    subject, needs = sqs.QUEUES, KEY_QUERIES
    severity, settings, sources = Severity.MEDIUM, Sealed, ("S2",)

    def judge(self, queue: Queue, facts: Facts, expected: Sealed) -> Iterator[Remark]:
        sealed, key = queue.sqs_managed_sse_enabled, queue.kms_master_key_id
        if expected.encryption == "none":
            yield not_applicable("the baseline asks for no encryption")
        elif not key and not sealed:
            url: Name = facts.parent(sqs.QUEUE_URLS)
            yield gap(
                "messages are not encrypted at rest",
                code="unencrypted",
                expected=WISHES[expected.encryption],
                found="none",
                cli=("aws", "sqs", "set-queue-attributes", "--queue-url", url.value,
                     "--attributes", "SqsManagedSseEnabled=true"),
                cloudformation={"SqsManagedSseEnabled": True},
            )  # fmt: skip
        elif expected.encryption == "cmk" and not key:
            message = "it is sealed with a key that SQS owns"
            wanted = "a customer managed key"
            yield drift(message, code="owned-key", expected=wanted, found="owned by SQS")
        elif expected.encryption == "cmk":
            yield from unless_customers(key, facts)
