"""Developer Tools notifications: which events of a pipeline or project are told to whom."""

from __future__ import annotations

from auditor.query import Query, Shape


class ListedRule(Shape):
    """A notification rule as `ListNotificationRules` has it."""

    arn: str
    id: str


class EventType(Shape):
    """A kind of event, such as `codepipeline-pipeline-pipeline-execution-failed`."""

    event_type_id: str


class Target(Shape):
    """A topic or a chat client, and whether it can be reached: `ACTIVE`, `UNREACHABLE`, ..."""

    target_address: str = ""
    target_status: str = ""


class NotificationRule(Shape):
    """A notification rule: about which resource, of which events, to whom."""

    arn: str
    resource: str = ""
    status: str = ""
    event_types: tuple[EventType, ...] = ()
    targets: tuple[Target, ...] = ()


LISTED = Query(
    "codestar-notifications:ListNotificationRules",
    ListedRule,
    each="NotificationRules",
    key="Arn",
    also={"MaxResults": 100},
)
RULES = Query(
    "codestar-notifications:DescribeNotificationRule",
    NotificationRule,
    key="Arn",
    of=LISTED,
    given={"Arn": "Arn"},
    gone={"ResourceNotFoundException"},
    arn="Arn",
    type="AWS::CodeStarNotifications::NotificationRule",
)


def resource_of(rule: NotificationRule) -> str:
    """For `where`: the rules about a pipeline or project, by its ARN."""
    return rule.resource
