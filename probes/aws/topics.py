"""Whether what is published to a topic reaches somebody: it is there, open to the sender, heard.

A service publishes under the topic's policy alone, a role also under its own. Services cannot use
AWS's own key for SNS, roles of the account can (SNS developer guide, "Enable compatibility between
event sources from AWS services and encrypted topics").
"""

from __future__ import annotations

from dataclasses import dataclass, field

from auditor.facts import Facts
from auditor.query import Query, Shape
from probes.analysis import kms_access, names
from probes.analysis.access import Access, Decision, Identity, effective_access, resource_access
from probes.analysis.answers import Answer, CannotTell
from probes.analysis.conditions import Context
from probes.analysis.policy import Policy, read_policy
from probes.analysis.principals import Principal
from probes.analysis.statements import Request
from probes.aws import kms, kms_names, sns

NEEDS: tuple[Query[Shape], ...] = (
    sns.TOPICS,
    sns.ATTRIBUTES,
    *kms_names.NEEDS,
    kms.METADATA,
    kms.POLICY,
    kms.GRANTS,
)
_NEEDED = ("kms:GenerateDataKey", "kms:Decrypt")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who publishes: a service, or a role with what its own policies say."""

    principal: Principal
    identity: Identity | None = None
    context: Context = field(default_factory=Context)

    @property
    def is_service(self) -> bool:
        return self.principal.service is not None


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether a message arrives, and if not, why; `code` for findings."""

    answer: Answer
    why: str = ""
    code: str = ""


REACHED = Reach(Answer.YES)


def reach(topic: str, sender: Sender, facts: Facts) -> Reach:
    """Whether somebody hears what the sender publishes to a topic, by its ARN."""
    try:
        arn = names.arn(topic)
    except names.UnreadableName:
        return Reach(Answer.CANNOT_TELL, f"{topic!r} is no ARN")
    if arn.service != "sns":
        return Reach(Answer.CANNOT_TELL, f"{topic} is no topic")
    if arn.account != facts.account:
        return Reach(Answer.CANNOT_TELL, f"{topic} belongs to account {arn.account}")
    found = facts.named(sns.TOPICS, topic)
    if found is None:
        return Reach(Answer.NO, f"{topic} does not exist", "dangling-topic")
    return _heard(sender, facts.of(found))


def _heard(sender: Sender, topic: Facts) -> Reach:
    attributes = topic.its(sns.ATTRIBUTES)
    arn = attributes.topic_arn
    if not attributes.subscriptions_confirmed:
        why = f"nobody has confirmed a subscription to {arn}"
        return Reach(Answer.NO, why, "no-subscription")
    may = _may_publish(attributes, sender, topic)
    if may.allowed is not Answer.YES:
        return Reach(may.allowed, f"publishing to {arn}: {may.reason}", "publish-denied")
    key = attributes.kms_master_key_id
    return _unsealed(key, attributes, sender, topic) if key else REACHED


def _may_publish(topic: sns.TopicAttributes, sender: Sender, facts: Facts) -> Access:
    policy = facts.once(read_policy, topic.policy) if topic.policy else Policy(())
    if isinstance(policy, CannotTell):
        return Access(Decision.CANNOT_TELL, reason=f"the topic's policy: {policy.reason}")
    request = Request(sender.principal, "sns:Publish", topic.topic_arn, sender.context)
    if sender.is_service:
        return resource_access(request, (policy,))
    return effective_access(request, sender.identity, (policy,), owner=facts.account)


def _unsealed(key: str, topic: sns.TopicAttributes, sender: Sender, facts: Facts) -> Reach:
    """Whether the sender may use the key that seals the topic."""
    match kms_names.meant(key, facts):
        case kms_names.OfAws():
            return _of_aws(topic, sender)
        case kms.Key() as found:
            return _by_key(facts.of(found).its(kms.METADATA), topic, sender, facts)
        case kms_names.Missing(reason):
            return Reach(Answer.NO, f"the key of {topic.topic_arn}: {reason}", "topic-kms-blocks")
        case kms_names.Foreign(account):
            why = f"the key of {topic.topic_arn} belongs to account {account}"
            return Reach(Answer.CANNOT_TELL, why)
        case CannotTell(reason):
            return Reach(Answer.CANNOT_TELL, f"the key of {topic.topic_arn}: {reason}")


def _of_aws(topic: sns.TopicAttributes, sender: Sender) -> Reach:
    if not sender.is_service:
        return REACHED
    why = f"services cannot use AWS's own key, which seals {topic.topic_arn}"
    return Reach(Answer.NO, why, "topic-kms-blocks")


def _by_key(
    metadata: kms.Metadata, topic: sns.TopicAttributes, sender: Sender, facts: Facts
) -> Reach:
    if metadata.is_of_aws:
        return _of_aws(topic, sender)
    around = kms_access.Circumstances(sender.context, {"aws:sns:topicArn": topic.topic_arn})
    key = kms.with_access(metadata, facts)
    may = kms_access.can_use(
        key, sender.principal, _NEEDED, identity=sender.identity, circumstances=around
    )
    if may.allowed is Answer.YES:
        return REACHED
    why = f"the key of {topic.topic_arn}: {'; '.join(may.reasons)}"
    return Reach(may.allowed, why, "topic-kms-blocks")
