"""SQS: queues and what seals them."""

from __future__ import annotations

from auditor.query import Name, Query, Shape
from probes.aws import tagging


class Queue(Shape):
    """What a queue is (API model, `GetQueueAttributes`): a map of texts.

    `kms_master_key_id` is a key's id, ARN or alias, as it was given; `sqs_managed_sse_enabled` says
    whether SQS seals the messages with a key of its own.
    """

    queue_arn: str
    kms_master_key_id: str = ""
    sqs_managed_sse_enabled: bool = False


QUEUE_URLS = Query("sqs:ListQueues", Name, each="QueueUrls", key="value", also={"MaxResults": 1000})
"""SQS answers in pages only where it is told how many queues a page may hold."""

QUEUES = Query(
    "sqs:GetQueueAttributes",
    Queue,
    at="Attributes",
    key="QueueArn",
    of=QUEUE_URLS,
    given={"QueueUrl": "value"},
    also={"AttributeNames": ["QueueArn", "KmsMasterKeyId", "SqsManagedSseEnabled"]},
    gone={"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"},
    arn="QueueArn",
    name="QueueArn",
    tags=tagging.TAGGED,
    type="AWS::SQS::Queue",
)
