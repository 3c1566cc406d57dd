"""SNS: topics, what seals them and who listens."""

from __future__ import annotations

from auditor.query import Document, Query, Shape
from probes.aws import tagging


class Topic(Shape):
    """A topic as `ListTopics` has it."""

    topic_arn: str


class TopicAttributes(Shape):
    """What a topic is (API model, `GetTopicAttributes`): a map of texts.

    `kms_master_key_id` is a key's id, ARN or alias, as it was given; without it the topic is not
    encrypted by KMS.
    """

    topic_arn: str
    subscriptions_confirmed: int
    subscriptions_pending: int = 0
    kms_master_key_id: str = ""
    policy: Document = ""
    owner: str = ""
    fifo_topic: bool = False


TOPICS = Query(
    "sns:ListTopics",
    Topic,
    each="Topics",
    key="TopicArn",
    arn="TopicArn",
    name="TopicArn",
    tags=tagging.TAGGED,
    type="AWS::SNS::Topic",
)
ATTRIBUTES = Query(
    "sns:GetTopicAttributes",
    TopicAttributes,
    at="Attributes",
    of=TOPICS,
    given={"TopicArn": "TopicArn"},
    gone={"NotFound", "NotFoundException"},
)
