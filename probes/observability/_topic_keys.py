"""Whether alarms may publish to a topic that KMS encrypts.

CloudWatch publishes as `cloudwatch.amazonaws.com` and needs `kms:Decrypt` and
`kms:GenerateDataKey*` on the topic's key. The policy of AWS's own key for SNS lets it do neither,
and cannot be changed (SNS developer guide, "Enable compatibility between event sources from AWS
services and encrypted topics").
"""

from dataclasses import dataclass

from auditor.facts import Facts
from auditor.query import Query, Shape
from probes.analysis import kms_access, names
from probes.analysis.answers import Answer
from probes.analysis.conditions import Context
from probes.analysis.policy import MalformedPolicy, Policy, parse
from probes.analysis.principals import Principal
from probes.aws import kms

KEY_QUERIES: tuple[Query[Shape], ...] = (
    kms.KEYS,
    kms.ALIASES,
    kms.METADATA,
    kms.POLICY,
    kms.GRANTS,
)
_ALARMS = Principal.of_service("cloudwatch.amazonaws.com")
_NEEDED = ("kms:GenerateDataKey", "kms:Decrypt")
_AWS_MANAGED = "alias/aws/sns"
_NEVER = "alarms cannot use AWS's own key for SNS, which seals the topic"


@dataclass(frozen=True, slots=True)
class May:
    """Whether alarms may use a key, and if not, why."""

    answer: Answer
    why: str = ""


def sealed_by_aws(key: str) -> bool:
    """Whether the key of a topic is AWS's own for SNS, by the name that SNS was told."""
    return key == _AWS_MANAGED or key.endswith(f":{_AWS_MANAGED}")


def alarms_may_use(key: str, topic: str, alarm: str, facts: Facts) -> May:
    """Whether an alarm may use the key of a topic: an id, an ARN or an alias, as SNS was told."""
    if sealed_by_aws(key):
        return May(Answer.NO, _NEVER)
    name, account = _named(key, facts)
    if account != facts.account:
        return May(Answer.CANNOT_TELL, f"the topic's key belongs to account {account}")
    key_id = _target(name, facts) if name.startswith("alias/") else name
    found = facts.where(kms.KEYS, kms.key_id_of, key_id)
    if not found:
        return May(Answer.NO, f"the topic's key {key} does not exist")
    return _may_use(found[0], topic, alarm, facts)


def _may_use(key: kms.Key, topic: str, alarm: str, facts: Facts) -> May:
    of_key = facts.of(key)
    metadata = of_key.its(kms.METADATA)
    if metadata.key_manager == "AWS":
        return May(Answer.NO, _NEVER)
    policy = facts.once(_parsed, of_key.its(kms.POLICY).policy)
    whole = kms.as_key(metadata, policy, of_key.each(kms.GRANTS))
    circumstances = kms_access.Circumstances(
        Context({"aws:SourceAccount": (facts.account,), "aws:SourceArn": (alarm,)}),
        {"aws:sns:topicArn": topic},
    )
    may = kms_access.can_use(whole, _ALARMS, _NEEDED, circumstances=circumstances)
    return May(may.allowed, f"alarms may not use the topic's key: {'; '.join(may.reasons)}")


def _named(key: str, facts: Facts) -> tuple[str, str]:
    """The id or alias that a topic's attribute names, and the account of the key."""
    if not key.startswith("arn:"):
        return key, facts.account
    try:
        arn = names.arn(key)
    except names.UnreadableName:
        return key, ""
    is_alias = arn.resource_type == "alias"
    return (arn.resource if is_alias else arn.resource_id), arn.account


def _target(alias: str, facts: Facts) -> str:
    """The id of the key behind an alias; nothing where there is no such alias."""
    return next((a.target_key_id for a in facts.where(kms.ALIASES, kms.alias_name_of, alias)), "")


def _parsed(document: str) -> Policy | None:
    """A key policy, or None where it cannot be read."""
    try:
        return parse(document)
    except MalformedPolicy:
        return None
