import json
from dataclasses import replace

import boto3
import pytest

from probes.aws import cloudwatch, sns
from probes.storage.topic_encryption import TopicEncryption
from tests.kit import Case, audit, check_case, findings_of, verdicts
from tests.probes.storage import keys

PROBE = TopicEncryption()
ARN = "arn:aws:sns:us-east-1:123456789012:alerts"
CMK = {"encryption": "cmk"}


def admitting(*services, action="SNS:Publish", effect="Allow"):
    statement = {
        "Effect": effect,
        "Principal": {"Service": list(services)},
        "Action": action,
        "Resource": ARN,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


OWNERS = json.dumps(
    {
        "Version": "2008-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": ["SNS:Publish", "SNS:Subscribe"],
                "Resource": ARN,
                "Condition": {"StringEquals": {"AWS:SourceOwner": "123456789012"}},
            }
        ],
    }
)
EVENTS = admitting("events.amazonaws.com", "s3.amazonaws.com")

CONTROL_TOWERS = "arn:aws:sns:us-east-1:123456789012:aws-controltower-SecurityNotifications"


def topic(key=None, policy=OWNERS, arn=ARN):
    attributes = {"TopicArn": arn, "SubscriptionsConfirmed": "1", "Policy": policy}
    if key:
        attributes["KmsMasterKeyId"] = key
    if policy is None:
        del attributes["Policy"]
    return {
        sns.TOPICS: [{"TopicArn": arn}],
        sns.ATTRIBUTES: {arn: attributes},
        **keys.answers(),
    }


def alarm(name, **actions):
    arn = f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}"
    return {"AlarmName": name, "AlarmArn": arn, "ActionsEnabled": True, **actions}


ALARMS = {
    cloudwatch.ALARMS: [alarm("cpu", AlarmActions=[ARN]), alarm("other", AlarmActions=[])],
    cloudwatch.COMPOSITE_ALARMS: [alarm("all", AlarmRule="ALARM(cpu)", OKActions=[ARN])],
}
SEALING = [
    Case("by a customer's key", topic("alias/own"), "pass"),
    Case("by AWS's key", topic("alias/aws/sns"), "pass"),
    Case("by no key", topic(), "gap", "unencrypted", severity="medium", expected="encryption",
         found="none", survives=cloudwatch.EVERY_ALARM),
    Case("by no key, in a test", topic(), "gap", severity="low", environment="ephemeral",
         survives=cloudwatch.EVERY_ALARM),
    Case("by no key, and with a policy that cannot be read", topic(policy="{"), "gap",
         survives=cloudwatch.EVERY_ALARM),
    Case("by no key, which may be", topic(), "not_applicable", settings={"encryption": "none"}),
    Case("by no key, and Control Tower's", topic(arn=CONTROL_TOWERS), "not_applicable", "helper"),
    Case("by a customer's key, as is asked", topic("alias/own"), "pass", settings=CMK),
    Case("by AWS's key, and a customer's is asked", topic("alias/aws/sns"), "drift", "aws-key",
         settings=CMK),
    Case("by a key that is not there", topic("alias/gone"), "unknown", settings=CMK),
]  # fmt: skip
PUBLISHING = [
    Case("by no key", topic(policy=EVENTS), "not_applicable"),
    Case("by AWS's key, for its owner alone", topic("alias/aws/sns"), "not_applicable"),
    Case("by AWS's key, without a policy", topic("alias/aws/sns", policy=None), "not_applicable"),
    Case("by AWS's key, for services that cannot use it", topic("alias/aws/sns", EVENTS), "drift",
         "publishers-blocked", severity="medium", expected="a customer managed key",
         found=["events.amazonaws.com", "s3.amazonaws.com"]),
    Case("by the id of AWS's key", topic(keys.OF_AWS, EVENTS), "drift", "publishers-blocked"),
    Case("by a customer's key", topic("alias/own", EVENTS), "pass"),
    Case("by a key of another account", topic(keys.FOREIGN, EVENTS), "pass"),
    Case("by a key that is not there", topic("alias/gone", EVENTS), "unknown", "unknown-key"),
    Case("for alarms, which are judged elsewhere",
         topic("alias/aws/sns", admitting("cloudwatch.amazonaws.com")), "not_applicable"),
    Case("for a service that may only subscribe",
         topic("alias/aws/sns", admitting("events.amazonaws.com", action="SNS:Subscribe")),
         "not_applicable"),
    Case("for a service that is refused",
         topic("alias/aws/sns", admitting("events.amazonaws.com", effect="Deny")),
         "not_applicable"),
    Case("for a service that may do everything",
         topic("alias/aws/sns", admitting("events.amazonaws.com", action="sns:*")), "drift"),
    Case("with a policy that cannot be read", topic("alias/aws/sns", "{"), "unknown",
         says="whom its policy admits"),
]  # fmt: skip


def of_part(part, cases):
    return [replace(case, id=f"{part}: {case.id}", part=part) for case in cases]


CASES = [*of_part("sealing", SEALING), *of_part("publishing", PUBLISHING)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_evidence_names_who_publishes():
    case = Case("", {**topic(policy=EVENTS), **ALARMS}, "gap", part="sealing")
    [found] = [f for f in findings_of(PROBE, case) if f.part == "sealing"]
    named = {one.subject: one.value for one in found.evidence if one.operation == "judgement"}
    assert named["publishers"] == [
        "alarm all",
        "alarm cpu",
        "events.amazonaws.com",
        "s3.amazonaws.com",
    ]
    assert not found.fix.cli, "no key is proposed before it is known who publishes"


def test_on_an_account(aws):
    client = boto3.client("sns", "us-east-1")
    plain = client.create_topic(Name="plain")["TopicArn"]
    own = boto3.client("kms", "us-east-1").create_key()["KeyMetadata"]["Arn"]
    sealed, blocked = (
        client.create_topic(Name=name, Attributes={"KmsMasterKeyId": key})["TopicArn"]
        for name, key in {"sealed": own, "blocked": "alias/aws/sns"}.items()
    )
    for arn in (sealed, blocked):
        client.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=EVENTS)
    found = audit(TopicEncryption)
    assert verdicts(found, "sealing") == {plain: "gap", sealed: "pass", blocked: "pass"}
    assert verdicts(found, "publishing") == {
        plain: "not_applicable",
        sealed: "pass",
        blocked: "drift",
    }
