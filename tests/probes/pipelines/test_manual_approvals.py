import json

import boto3
import pytest

from probes.aws import codepipeline, codestar_notifications, events, iam, kms, lambda_, sns
from probes.pipelines.manual_approvals import ManualApprovals
from tests.kit import Case, Gone, Refused, audit, check_case, verdicts
from tests.probes.pipelines.made import (
    FOREIGN_ROLE,
    HERE,
    PIPELINE,
    ROLE,
    TOPIC,
    action,
    allow,
    allowed,
    attached,
    document,
    live_pipeline,
    live_role,
    pipeline,
    topic,
)

PROBE = ManualApprovals()
RULE = f"arn:aws:events:{HERE}:rule/waits"
FUNCTION = f"arn:aws:lambda:{HERE}:function:tell"
NOTIFICATION = f"arn:aws:codestar-notifications:{HERE}:notificationrule/1"
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = f"arn:aws:kms:{HERE}:key/{KEY_ID}"
MAY = allowed(allow("sns:Publish"))
WAITS = {
    "source": ["aws.codepipeline"],
    "detail-type": ["CodePipeline Action Execution State Change"],
    "detail": {"state": ["STARTED"], "type": {"category": ["Approval"]}},
}


def asks(text="Deploy?", topic_arn=TOPIC, **more):
    said = {"CustomData": text} if text is not None else {}
    said |= {"NotificationArn": topic_arn} if topic_arn else {}
    return action("Approval", "Manual", **said, **more)


def heard(title, answers, verdict, code=None, **more):
    return Case(title, answers, verdict, code, part="notification", **more)


def rule(pattern=WAITS, *targets, state="ENABLED"):
    made = {
        "Arn": RULE,
        "Name": "waits",
        "State": state,
        "EventPattern": pattern if isinstance(pattern, str) else json.dumps(pattern),
    }
    found = [{"Id": str(number), "Arn": target} for number, target in enumerate(targets)]
    return {events.RULES: [made], events.TARGETS: {RULE: found}}


def notifies(status="ACTIVE", kind="codepipeline-pipeline-manual-approval-needed", **more):
    address = more.pop(
        "address", f"arn:aws:chatbot::{ROLE[13:25]}:chat-configuration/slack-channel/x"
    )
    made = {
        "Arn": NOTIFICATION,
        "Resource": PIPELINE,
        "Status": "ENABLED",
        "EventTypes": [{"EventTypeId": kind}],
        "Targets": [{"TargetAddress": address, "TargetType": "x", "TargetStatus": status}],
        **more,
    }
    return {
        codestar_notifications.LISTED: [{"Arn": NOTIFICATION, "Id": "1"}],
        codestar_notifications.RULES: {NOTIFICATION: made},
    }


def sealed(*statements, manager="CUSTOMER", name="alias/topics"):
    metadata = {
        "Arn": KEY,
        "AWSAccountId": "123456789012",
        "KeyState": "Enabled",
        "KeyManager": manager,
    }
    return {
        **topic(key=name),
        kms.KEYS: [{"KeyArn": KEY, "KeyId": KEY_ID}],
        kms.METADATA: {KEY: metadata},
        kms.POLICY: {KEY: {"Policy": document(*statements)}},
        kms.GRANTS: {KEY: []},
        kms.ALIASES: [
            {
                "AliasName": "alias/topics",
                "AliasArn": f"arn:aws:kms:{HERE}:alias/topics",
                "TargetKeyId": KEY_ID,
            }
        ],
    }


DELEGATING = allow("kms:*", Principal={"AWS": "arn:aws:iam::123456789012:root"})
KEYED = allowed(allow(["sns:Publish", "kms:Decrypt", "kms:GenerateDataKey*"]))
BESIDE = notifies(Resource=f"{PIPELINE}-2")
SILENT = pipeline(asks(topic_arn="")) | BESIDE
OPEN = document(allow("sns:Publish", TOPIC, Principal={"Service": "events.amazonaws.com"}))
NOTIFYING = document(
    allow("sns:Publish", TOPIC, Principal={"Service": "codestar-notifications.amazonaws.com"})
)
SERVICE_DENIED = document(allow("sns:Publish", TOPIC, Principal={"Service": "s3.amazonaws.com"}))

CONTEXT = [
    Case(
        "a configuration of another kind",
        pipeline(asks() | {"configuration": "x"}),
        "unknown",
        part="context",
    ),
    Case("a text", pipeline(asks()), "pass", part="context"),
    Case("no text", pipeline(asks(None)), "gap", "no-custom-data", part="context", severity="low"),
    Case("a blank text", pipeline(asks("  ")), "gap", "no-custom-data", part="context"),
    Case(
        "variables in the text",
        pipeline(asks("#{SourceVariables.CommitId}")),
        "pass",
        part="context",
    ),
    Case(
        "one of two",
        pipeline(asks(), asks(None, name="Other")),
        "gap",
        part="context",
        says="Other",
    ),
    Case("no approval", pipeline(action("Build", "CodeBuild")), "not_applicable", part="context"),
    Case(
        "a provider of its own",
        pipeline(action("Approval", "Jira", owner="Custom")),
        "not_applicable",
        part="context",
    ),
    Case(
        "not wanted",
        pipeline(asks(None)),
        "not_applicable",
        part="context",
        settings={"require_custom_data": False},
    ),
    Case(
        "refused",
        {**pipeline(), codepipeline.STRUCTURES: {"deliver": Refused()}},
        "unknown",
        part="context",
    ),
]
TOPICS = [
    heard(
        "a managed policy lets the role",
        pipeline(asks()) | topic() | attached(allow("sns:Publish")),
        "pass",
    ),
    heard("a topic that somebody hears", pipeline(asks()) | topic() | MAY, "pass"),
    heard(
        "the topic's policy lets the role",
        pipeline(asks())
        | topic(policy=document(allow("sns:Publish", TOPIC, Principal={"AWS": ROLE})))
        | allowed(),
        "pass",
    ),
    heard("a topic that is gone", pipeline(asks()) | MAY, "drift", "dangling-topic", found=TOPIC),
    heard("nobody hears", pipeline(asks()) | topic(listeners=0) | MAY, "drift", "no-subscription"),
    heard(
        "the role may not publish",
        pipeline(asks()) | topic() | allowed(),
        "drift",
        "publish-denied",
    ),
    heard("a role that is gone", pipeline(asks()) | topic(), "gap", "role-missing"),
    heard(
        "a role of another account",
        pipeline(asks(role_arn=FOREIGN_ROLE)) | topic() | MAY,
        "unknown",
        says="999999999999",
    ),
    heard(
        "the action's own role",
        pipeline(asks(role_arn=ROLE), role_arn=FOREIGN_ROLE) | topic() | MAY,
        "pass",
    ),
    heard("no role at all", pipeline(asks(), role_arn="") | topic() | MAY, "gap", "role-missing"),
    heard("a role that is no ARN", pipeline(asks(), role_arn="works") | topic() | MAY, "unknown"),
    heard(
        "another account's topic",
        pipeline(asks(topic_arn="arn:aws:sns:us-east-1:999999999999:t")) | MAY,
        "unknown",
        says="999999999999",
    ),
    heard("no ARN", pipeline(asks(topic_arn="approvals")) | MAY, "unknown", says="no ARN"),
    heard(
        "no topic",
        pipeline(asks(topic_arn=f"arn:aws:sqs:{HERE}:q")) | MAY,
        "unknown",
        says="no topic",
    ),
    heard("a policy that cannot be read", pipeline(asks()) | topic(policy="{") | MAY, "unknown"),
    heard("topics refused", pipeline(asks()) | {sns.TOPICS: Refused()} | MAY, "unknown"),
    heard("a key that the role may use", pipeline(asks()) | sealed(DELEGATING) | KEYED, "pass"),
    heard(
        "a key that the role may not use",
        pipeline(asks()) | sealed(DELEGATING) | MAY,
        "drift",
        "topic-kms-blocks",
    ),
    heard("AWS's own key", pipeline(asks()) | topic(key="alias/aws/sns") | MAY, "pass"),
    heard(
        "AWS's own key by its id",
        pipeline(asks()) | sealed(manager="AWS", name=KEY_ID) | MAY,
        "pass",
    ),
    heard(
        "a key that is gone",
        pipeline(asks()) | topic(key="alias/gone") | MAY,
        "drift",
        "topic-kms-blocks",
    ),
    heard(
        "another account's key",
        pipeline(asks()) | topic(key="arn:aws:kms:us-east-1:999999999999:key/1") | MAY,
        "unknown",
    ),
    heard("a key that is no ARN", pipeline(asks()) | topic(key="arn:kms") | MAY, "unknown"),
]
RULES = [
    heard("nobody is told", SILENT, "gap", "no-notification"),
    heard("not wanted", SILENT, "not_applicable", settings={"require_notification_arn": False}),
    heard("not wanted, and dead where given", pipeline(asks()) | MAY, "drift", "dangling-topic", settings={"require_notification_arn": False}),
    heard("no approval", pipeline(), "not_applicable"),
    heard("a rule tells a topic", SILENT | rule(WAITS, TOPIC) | topic(policy=OPEN), "pass", says="a rule tells of it"),
    heard("rules do not count", SILENT | rule(WAITS, TOPIC) | topic(policy=OPEN), "gap", "no-notification", settings={"accept_rules": False}),
    heard("a rule tells a function", SILENT | rule(WAITS, f"{FUNCTION}:live") | {lambda_.FUNCTIONS: [{"FunctionArn": FUNCTION, "FunctionName": "tell"}]}, "pass"),
    heard("a function that is gone", SILENT | rule(WAITS, FUNCTION), "gap", "no-notification"),
    heard("another account's function", SILENT | rule(WAITS, FUNCTION.replace("123456789012", "9" * 12)), "unknown"),
    heard("a log group", SILENT | rule(WAITS, f"arn:aws:logs:{HERE}:log-group:/x"), "gap", "no-notification"),
    heard("a rule without a target", SILENT | rule(WAITS), "gap", "no-notification"),
    heard("a queue", SILENT | rule(WAITS, f"arn:aws:sqs:{HERE}:q"), "unknown", says=":q"),
    heard("a target that is no ARN", SILENT | rule(WAITS, "x"), "unknown"),
    heard("a topic closed to events", SILENT | rule(WAITS, TOPIC) | topic(policy=SERVICE_DENIED), "gap", "no-notification"),
    heard("AWS's own key keeps events out", SILENT | rule(WAITS, TOPIC) | topic(policy=OPEN, key="alias/aws/sns"), "gap", "no-notification"),
    heard("a rule that is off", SILENT | rule(WAITS, TOPIC, state="DISABLED") | topic(policy=OPEN), "gap", "no-notification"),
    heard("a rule in a state of the future", SILENT | rule(WAITS, TOPIC, state="PAUSED") | topic(policy=OPEN), "unknown"),
    heard("a rule on other pipelines", SILENT | rule(WAITS | {"detail": {"pipeline": ["other"]}}, TOPIC) | topic(policy=OPEN), "gap", "no-notification"),
    heard("a rule that cannot be read", SILENT | rule("{", TOPIC) | topic(policy=OPEN), "unknown"),
    heard("rules refused", SILENT | {events.RULES: Refused()}, "unknown"),
    heard("a chat client is told", SILENT | notifies(), "pass", survives=(events.RULES, events.TARGETS)),
    heard("a topic is told", SILENT | notifies(address=TOPIC) | topic(policy=NOTIFYING), "pass", survives=(events.RULES, events.TARGETS)),
    heard("a client that is gone", SILENT | notifies("UNREACHABLE"), "gap", "no-notification"),
    heard("a client that waits", SILENT | notifies("PENDING"), "unknown", says="PENDING"),
    heard("a client in no state", SILENT | notifies(""), "unknown"),
    heard("of other events", SILENT | notifies(kind="codepipeline-pipeline-stage-execution-failed"), "gap", "no-notification"),
    heard("switched off", SILENT | notifies(Status="DISABLED"), "gap", "no-notification"),
    heard("of another pipeline", SILENT | notifies(Resource=f"{PIPELINE}-2"), "gap", "no-notification"),
    heard("no target", SILENT | notifies(Targets=[]), "gap", "no-notification"),
    heard("a rule that vanished", SILENT | notifies() | {codestar_notifications.RULES: {NOTIFICATION: Gone()}}, "gap", "no-notification"),
    heard("one is silent, one cannot be told", pipeline(asks(topic_arn=""), asks(name="Other")) | BESIDE
        | {sns.TOPICS: Refused(), iam.ROLES: MAY[iam.ROLES]}, "gap", "no-notification", survives=(iam.ROLES, iam.POLICIES, sns.TOPICS)),
]  # fmt: skip
CASES = [*CONTEXT, *TOPICS, *RULES]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_moto_approvals_are_heard_of_and_explained(aws):
    sns_client = boto3.client("sns")
    arn = sns_client.create_topic(Name="approvals")["TopicArn"]
    sns_client.subscribe(TopicArn=arn, Protocol="email", Endpoint="a@example.com")
    works = live_role(boto3.client("iam"), allow("sns:Publish"))
    client = boto3.client("codepipeline")
    live_pipeline(client, "sound", works, asks(topic_arn=arn))
    live_pipeline(client, "found", works, asks(None, topic_arn=""))
    found = audit(ManualApprovals)
    assert verdicts(found, "context") == {"sound": "pass", "found": "gap"}
    assert verdicts(found, "notification") == {"sound": "pass", "found": "gap"}
