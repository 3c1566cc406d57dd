"""Who publishes to a topic besides people and roles: alarms, and services that it admits."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Remark, drift, unknown
from auditor.query import Query, Shape
from probes.analysis.answers import Answer, CannotTell
from probes.analysis.policy import read_policy
from probes.analysis.statements import covers_action
from probes.aws import cloudwatch, sns
from probes.aws.cloudwatch import Actions
from probes.aws.sns import TopicAttributes

QUERIES: tuple[Query[Shape], ...] = (sns.ATTRIBUTES, *cloudwatch.EVERY_ALARM)

NEED_A_KEY = frozenset(
    {
        "codecommit.amazonaws.com", "dms.amazonaws.com", "ds.amazonaws.com",
        "dynamodb.amazonaws.com", "events.amazonaws.com", "events.rds.amazonaws.com",
        "glacier.amazonaws.com", "importexport.amazonaws.com", "inspector.amazonaws.com",
        "redshift.amazonaws.com", "s3.amazonaws.com", "ses.amazonaws.com",
        "ssm-contacts.amazonaws.com", "ssm-incidents.amazonaws.com",
    }
)  # fmt: skip
"""Services that must be let in by the policy of a customer managed key.

SNS developer guide, "Enable compatibility between event sources from AWS services and encrypted
topics". Alarms are like them, and are judged where it is asked whether an alarm does something.
"""


def services_admitted(attributes: TopicAttributes, facts: Facts) -> frozenset[str] | CannotTell:
    """The services that the topic's policy lets publish, or why it cannot be told."""
    if not attributes.policy:
        return frozenset()
    policy = facts.once(read_policy, attributes.policy)
    if isinstance(policy, CannotTell):
        return policy
    return frozenset(
        named.value
        for statement in policy.statements
        if statement.allows and covers_action(statement, "sns:publish") is Answer.YES
        for named in statement.principals or ()
        if named.kind == "Service"
    )


def publishers(attributes: TopicAttributes, facts: Facts) -> list[str]:
    """What is known of who publishes, for evidence: alarms by name, services by principal."""
    alarms = {
        f"alarm {alarm.alarm_name}"
        for query in cloudwatch.EVERY_ALARM
        for alarm in facts.seen(query)
        if attributes.topic_arn in _actions(alarm)
    }
    services = services_admitted(attributes, facts)
    return sorted(alarms if isinstance(services, CannotTell) else alarms | services)


def blocked(key: str, services: list[str], customers: Answer) -> Iterator[Remark]:
    """What there is to say of services that a topic admits, by whose key seals it."""
    if customers is Answer.NO:
        yield drift(
            "its policy admits services that cannot use AWS's own key, which seals it",
            code="publishers-blocked",
            expected="a customer managed key",
            found=services,
            evidence={"key": key},
        )
    elif customers is Answer.CANNOT_TELL:
        yield unknown(f"whose the key {key} is cannot be told", code="unknown-key")


def _actions(alarm: Actions) -> tuple[str, ...]:
    return (*alarm.alarm_actions, *alarm.ok_actions, *alarm.insufficient_data_actions)
