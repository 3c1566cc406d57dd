"""Whether alarms may publish to a topic that KMS encrypts.

CloudWatch publishes as `cloudwatch.amazonaws.com` and needs `kms:Decrypt` and
`kms:GenerateDataKey*` on the topic's key. The policy of AWS's own key for SNS lets it do neither,
and cannot be changed (SNS developer guide, "Enable compatibility between event sources from AWS
services and encrypted topics").
"""

from dataclasses import dataclass

from auditor.facts import Facts
from auditor.query import Query, Shape
from probes.analysis import kms_access
from probes.analysis.answers import Answer, CannotTell
from probes.analysis.conditions import Context
from probes.analysis.principals import Principal
from probes.aws import kms, kms_names

KEY_QUERIES: tuple[Query[Shape], ...] = (
    *kms_names.NEEDS,
    kms.METADATA,
    kms.POLICY,
    kms.GRANTS,
)
_ALARMS = Principal.of_service("cloudwatch.amazonaws.com")
_NEEDED = ("kms:GenerateDataKey", "kms:Decrypt")


@dataclass(frozen=True, slots=True)
class May:
    """Whether alarms may use a key, and if not, why."""

    answer: Answer
    why: str = ""


_NEVER = May(Answer.NO, "alarms cannot use AWS's own key for SNS, which seals the topic")


def alarms_may_use(key: str, topic: str, alarm: str, facts: Facts) -> May:
    """Whether an alarm may use the key of a topic: an id, an ARN or an alias, as SNS was told."""
    match kms_names.meant(key, facts):
        case kms.Key() as found:
            metadata = facts.of(found).its(kms.METADATA)
            return _NEVER if metadata.is_of_aws else _may_use(metadata, topic, alarm, facts)
        case kms_names.OfAws():
            return _NEVER
        case kms_names.Missing(reason):
            return May(Answer.NO, f"the topic's key {key} does not exist: {reason}")
        case kms_names.Foreign(account):
            return May(Answer.CANNOT_TELL, f"the topic's key belongs to account {account}")
        case CannotTell(reason):
            return May(Answer.CANNOT_TELL, f"the topic's key cannot be told: {reason}")


def _may_use(metadata: kms.Metadata, topic: str, alarm: str, facts: Facts) -> May:
    circumstances = kms_access.Circumstances(
        Context({"aws:SourceAccount": (facts.account,), "aws:SourceArn": (alarm,)}),
        {"aws:sns:topicArn": topic},
    )
    key = kms.with_access(metadata, facts)
    may = kms_access.can_use(key, _ALARMS, _NEEDED, circumstances=circumstances)
    return May(may.allowed, f"alarms may not use the topic's key: {'; '.join(may.reasons)}")
