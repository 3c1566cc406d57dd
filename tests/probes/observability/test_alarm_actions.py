import json

import boto3
import pytest

from probes.aws import (
    aiops,
    application_autoscaling,
    autoscaling,
    autoscaling_policies,
    autoscaling_refreshes,
    cloudformation,
    cloudwatch,
    codedeploy,
    ecs,
    kms,
    lambda_,
    sns,
    ssm_incidents,
)
from probes.observability.alarm_actions import AlarmActions
from tests.kit import Absent, Case, Refused, audit, check_case, verdicts
from tests.probes.observability.made import put_alarm

PROBE = AlarmActions()
HERE = "us-east-1:123456789012"
CPU = f"arn:aws:cloudwatch:{HERE}:alarm:cpu"
TOPIC = f"arn:aws:sns:{HERE}:alerts"
ELSEWHERE = "arn:aws:sns:us-east-1:999999999999:alerts"
POLICY = f"arn:aws:autoscaling:{HERE}:scalingPolicy:1-2:autoScalingGroupName/web:policyName/out"
OF_TABLE = f"arn:aws:autoscaling:{HERE}:scalingPolicy:3-4:resource/dynamodb/table/a:policyName/out"
OF_SERVICE = f"arn:aws:autoscaling:{HERE}:scalingPolicy:3-4:resource/ecs/service/a/b:policyName/out"
FUNCTION = f"arn:aws:lambda:{HERE}:function:page:live"
PLAN = "arn:aws:ssm-incidents::123456789012:responseplan/outage"
INVESTIGATION = f"arn:aws:aiops:{HERE}:investigation-group/1a2b"
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = f"arn:aws:kms:{HERE}:key/{KEY_ID}"


def alarm(*actions, name="cpu", enabled=True, **more):
    return {
        "AlarmName": name,
        "AlarmArn": f"arn:aws:cloudwatch:{HERE}:alarm:{name}",
        "ActionsEnabled": enabled,
        "AlarmActions": list(actions),
        "OKActions": [TOPIC],
        "InsufficientDataActions": [TOPIC],
        **more,
    }


def composite(rule, *actions, name="unwell", **more):
    return alarm(*actions, name=name, AlarmRule=rule, **more)


def topic(arn=TOPIC, listeners=1, key=""):
    attributes = {"TopicArn": arn, "SubscriptionsConfirmed": str(listeners)}
    if key:
        attributes["KmsMasterKeyId"] = key
    return {sns.TOPICS: [{"TopicArn": arn}], sns.ATTRIBUTES: {arn: attributes}}


def allowing(principal="cloudwatch.amazonaws.com", **more):
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": principal},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        **more,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def sealed(policy=None, grants=None, key=KEY_ID, manager="CUSTOMER"):
    metadata = {
        "Arn": KEY,
        "AWSAccountId": "123456789012",
        "KeyState": "Enabled",
        "KeyManager": manager,
    }
    return {
        cloudwatch.ALARMS: [alarm(TOPIC)],
        **topic(key=key),
        kms.KEYS: [{"KeyArn": KEY, "KeyId": KEY_ID}],
        kms.METADATA: {KEY: metadata},
        kms.POLICY: {KEY: {"Policy": policy or allowing()}},
        kms.ALIASES: [
            {
                "AliasName": "alias/alerts",
                "AliasArn": f"arn:aws:kms:{HERE}:alias/alerts",
                "TargetKeyId": KEY_ID,
            }
        ],
        kms.GRANTS: {KEY: grants or []},
    }


def metric(*parts):
    """An alarm with actions, and what AWS answers of them."""
    actions = [part for part in parts if isinstance(part, str)]
    answers = {cloudwatch.ALARMS: [alarm(*actions)]}
    for part in parts:
        answers |= part if isinstance(part, dict) else {}
    return answers


GROUP = {
    "AutoScalingGroupName": "web",
    "AutoScalingGroupARN": "arn:aws:autoscaling:x",
    "MinSize": 1,
    "MaxSize": 1,
    "DesiredCapacity": 1,
}
SERVICE = {"serviceArn": "s", "serviceName": "s", "clusterArn": "c"}
DEPLOYED = {"deploymentGroupId": "1", "deploymentGroupName": "blue", "applicationName": "shop"}
NOBODY = {
    autoscaling.GROUPS: [GROUP],
    autoscaling_refreshes.REFRESHES: {"web": []},
    ecs.CLUSTER_ARNS: ["c"],
    ecs.SERVICE_ARNS: {"c": ["s"]},
    ecs.SERVICES: {"c|s": SERVICE},
    codedeploy.APPLICATIONS: ["shop"],
    codedeploy.GROUP_NAMES: {"shop": ["blue"]},
    codedeploy.GROUPS: {"shop|blue": DEPLOYED},
}


def serving(**alarms):
    return {ecs.SERVICES: {"c|s": SERVICE | {"deploymentConfiguration": {"alarms": alarms}}}}


def deploying(enabled):
    watching = {"enabled": enabled, "alarms": [{"name": "cpu"}]}
    return DEPLOYED | {"alarmConfiguration": watching}


def plain(name, answers, verdict, *rest, **more):
    return Case(name, NOBODY | answers, verdict, *rest, **{"subject": CPU, **more})


PARENT = composite('ALARM("cpu") OR ALARM(disk)', TOPIC)
TOO_MUCH = " OR ".join(f"ALARM(middle) AND ALARM({n}) AND OK(other)" for n in range(20))
GRANT = {
    "GrantId": "g",
    "GranteePrincipal": "cloudwatch.amazonaws.com",
    "Operations": ["Decrypt", "GenerateDataKey"],
}

ACTIONS = [
    plain("a topic that somebody hears", metric(TOPIC, topic()), "pass"),
    plain("actions on OK alone", metric(), "gap", "no-alarm-action", severity="medium"),
    plain(
        "actions switched off",
        {cloudwatch.ALARMS: [alarm(TOPIC, enabled=False)], **topic()},
        "gap",
        "actions-disabled",
        found="off",
    ),
    plain(
        "a topic that is gone",
        metric(TOPIC),
        "drift",
        "dangling-action",
        found=[TOPIC],
    ),
    plain(
        "a topic that nobody hears",
        metric(TOPIC, topic(listeners=0)),
        "drift",
        "dangling-action",
        says="nobody has confirmed",
    ),
    plain(
        "a topic that nobody hears, and the baseline lets it",
        metric(TOPIC, topic(listeners=0)),
        "pass",
        settings={"require_confirmed_subscription": False},
    ),
    plain("topics refused", metric(TOPIC, {sns.TOPICS: Refused()}), "unknown", "AccessDenied"),
    plain("a topic of another account", metric(ELSEWHERE), "unknown", says="999999999999"),
    plain("a dead action and a live one", metric(ELSEWHERE, TOPIC, topic()), "pass"),
    plain(
        "a live action proves it, whatever is refused of the others",
        metric(TOPIC, PLAN, topic(), {ssm_incidents.RESPONSE_PLANS: {PLAN: Refused()}}),
        "pass",
    ),
    plain(
        "a policy of a group",
        metric(
            POLICY,
            {
                autoscaling_policies.POLICIES: [
                    {"PolicyARN": POLICY, "PolicyName": "out", "AutoScalingGroupName": "web"}
                ]
            },
        ),
        "pass",
    ),
    plain("a policy of a group that is gone", metric(POLICY), "drift", "dangling-action"),
    plain(
        "a policy of a service",
        metric(
            OF_SERVICE,
            {
                application_autoscaling.ECS_POLICIES: [
                    {
                        "PolicyARN": f"{OF_SERVICE}:createdBy/1",
                        "PolicyName": "out",
                        "PolicyType": "StepScaling",
                        "ResourceId": "service/a/b",
                        "ScalableDimension": "ecs:service:DesiredCount",
                    }
                ]
            },
        ),
        "pass",
    ),
    plain(
        "a policy of a service that is gone",
        metric(OF_SERVICE, {application_autoscaling.ECS_POLICIES: []}),
        "drift",
        "dangling-action",
    ),
    plain(
        "a policy of a table",
        metric(
            OF_TABLE,
            {
                application_autoscaling.CALLED_POLICIES: {
                    "dynamodb": [{"PolicyARN": OF_TABLE, "PolicyName": "out"}]
                }
            },
        ),
        "pass",
    ),
    plain(
        "a policy of a table that is gone",
        metric(OF_TABLE, {application_autoscaling.CALLED_POLICIES: {"dynamodb": []}}),
        "drift",
        "dangling-action",
    ),
    plain(
        "a function",
        metric(FUNCTION, {lambda_.CALLED_FUNCTIONS: {FUNCTION: {"FunctionArn": FUNCTION}}}),
        "pass",
    ),
    plain(
        "a function that is gone",
        metric(FUNCTION, {lambda_.CALLED_FUNCTIONS: {FUNCTION: Absent()}}),
        "drift",
    ),
    plain(
        "a response plan",
        metric(PLAN, {ssm_incidents.RESPONSE_PLANS: {PLAN: {"arn": PLAN}}}),
        "pass",
    ),
    plain(
        "a response plan that is gone",
        metric(PLAN, {ssm_incidents.RESPONSE_PLANS: {PLAN: Absent()}}),
        "drift",
    ),
    plain(
        "an investigation",
        metric(INVESTIGATION, {aiops.INVESTIGATION_GROUPS: {INVESTIGATION: Absent()}}),
        "drift",
    ),
    plain("an OpsItem", metric(f"arn:aws:ssm:{HERE}:opsitem:1#CATEGORY=Cost"), "pass"),
    plain("an EC2 action", metric("arn:aws:automate:us-east-1:ec2:recover"), "pass"),
    plain(
        "an EC2 action of the older kind",
        metric(f"arn:aws:swf:{HERE}:action/actions/AWS_EC2.InstanceId.Stop/1.0"),
        "pass",
    ),
    plain("an action of the future", metric(f"arn:aws:teleport:{HERE}:door/1"), "unknown"),
    plain("an action that is no ARN", metric("ring the bell"), "unknown"),
    plain(
        "a policy of another account",
        metric(POLICY.replace("123456789012", "999999999999")),
        "unknown",
    ),
    plain(
        "no action, and the baseline lets it",
        metric(),
        "not_applicable",
        settings={"require_action": False},
    ),
    Case(
        "target tracking's",
        {cloudwatch.ALARMS: [alarm(name="TargetTracking-web-AlarmHigh-1")]},
        "not_applicable",
    ),
    plain(
        "a composite alarm without an action",
        {cloudwatch.COMPOSITE_ALARMS: [composite("TRUE", name="cpu")]},
        "gap",
    ),
    plain("a log alarm without an action", {cloudwatch.LOG_ALARMS: [alarm()]}, "gap"),
]

KEYS = [
    plain("sealed by a key that lets alarms in", sealed(), "pass"),
    plain(
        "sealed by AWS's key",
        metric(TOPIC, topic(key="alias/aws/sns")),
        "drift",
        "topic-kms-blocks-alarm",
        severity="high",
    ),
    plain(
        "sealed by AWS's key, and nobody hears it: the worse is said",
        metric(TOPIC, topic(listeners=0, key="alias/aws/sns")),
        "drift",
        "topic-kms-blocks-alarm",
        severity="high",
    ),
    plain(
        "nobody hears it, proven without the key",
        sealed() | topic(listeners=0, key=KEY_ID),
        "drift",
        "dangling-action",
    ),
    plain(
        "sealed by AWS's key, by its id", sealed(manager="AWS"), "drift", "topic-kms-blocks-alarm"
    ),
    plain(
        "sealed by AWS's key, by its ARN", sealed(key=f"arn:aws:kms:{HERE}:alias/aws/sns"), "drift"
    ),
    plain("by the key's ARN", sealed(key=KEY), "pass"),
    plain("by an alias", sealed(key="alias/alerts"), "pass"),
    plain("by an alias that is gone", sealed(key="alias/none"), "drift", "topic-kms-blocks-alarm"),
    plain(
        "a key that lets other services in",
        sealed(allowing("events.amazonaws.com")),
        "drift",
        "topic-kms-blocks-alarm",
        severity="high",
    ),
    plain(
        "a key that lets in the alarms of this account",
        sealed(
            allowing(
                Condition={
                    "StringEquals": {"aws:SourceAccount": "123456789012"},
                    "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:{HERE}:alarm:*"},
                }
            )
        ),
        "pass",
    ),
    plain(
        "a key that lets in the alarms of another account",
        sealed(allowing(Condition={"StringEquals": {"aws:SourceAccount": "999999999999"}})),
        "drift",
    ),
    plain(
        "a grant lets alarms in",
        sealed(allowing("events.amazonaws.com"), [GRANT]),
        "pass",
    ),
    plain("a policy that is none", sealed("{"), "unknown"),
    plain(
        "a key of another account",
        sealed(key=KEY.replace("123456789012", "999999999999")),
        "unknown",
    ),
    plain("a key's name that is no ARN", sealed(key="arn:what"), "unknown"),
]

WATCHED = [
    plain(
        "a composite alarm above it acts",
        {cloudwatch.ALARMS: [alarm()], cloudwatch.COMPOSITE_ALARMS: [PARENT], **topic()},
        "not_applicable",
        says="composite",
    ),
    plain(
        "a composite alarm above it acts, and the baseline does not let it count",
        {cloudwatch.ALARMS: [alarm()], cloudwatch.COMPOSITE_ALARMS: [PARENT], **topic()},
        "gap",
        survives=(sns.TOPICS, sns.ATTRIBUTES),
        settings={"composite_children_ok": False},
    ),
    plain(
        "a composite alarm above it is as idle",
        {cloudwatch.ALARMS: [alarm()], cloudwatch.COMPOSITE_ALARMS: [composite("ALARM(cpu)")]},
        "gap",
    ),
    plain(
        "a composite alarm above it has its actions switched off",
        {
            cloudwatch.ALARMS: [alarm()],
            cloudwatch.COMPOSITE_ALARMS: [composite("ALARM(cpu)", TOPIC, enabled=False)],
            **topic(),
        },
        "gap",
    ),
    plain(
        "a composite alarm above the composite alarm acts, and they go in a circle",
        {
            cloudwatch.ALARMS: [alarm()],
            cloudwatch.COMPOSITE_ALARMS: [
                composite(f"ALARM({CPU}) OR ALARM(top)", name="middle"),
                composite('ALARM("middle")', TOPIC, name="top"),
            ],
            **topic(),
        },
        "not_applicable",
    ),
    *(
        plain(
            f"a composite alarm that acts does not go off because of it: {rule}",
            {
                cloudwatch.ALARMS: [alarm()],
                cloudwatch.COMPOSITE_ALARMS: [composite(rule, TOPIC)],
                **topic(),
            },
            "gap",
            "no-alarm-action",
            survives=(sns.TOPICS, sns.ATTRIBUTES),
        )
        for rule in ('ALARM(disk) AND NOT ALARM("cpu")', 'OK("cpu")', 'FALSE AND ALARM("cpu")')
    ),
    plain(
        "a composite alarm that goes off because of it is held back by another",
        {
            cloudwatch.ALARMS: [alarm()],
            cloudwatch.COMPOSITE_ALARMS: [composite('ALARM("cpu") AND NOT ALARM("work")', TOPIC)],
            **topic(),
        },
        "not_applicable",
    ),
    plain(
        "whether a composite alarm above the composite alarm goes off is too much to try",
        {
            cloudwatch.ALARMS: [alarm()],
            cloudwatch.COMPOSITE_ALARMS: [
                composite("ALARM(cpu)", name="middle"),
                composite(TOO_MUCH, TOPIC, name="top"),
            ],
            **topic(),
        },
        "unknown",
        says="whether top goes off because of it",
    ),
    plain(
        "a composite alarm above it acts in another account",
        {
            cloudwatch.ALARMS: [alarm()],
            cloudwatch.COMPOSITE_ALARMS: [composite("ALARM(cpu)", ELSEWHERE)],
        },
        "unknown",
    ),
    plain(
        "a rule that cannot be read might look at it",
        {
            cloudwatch.ALARMS: [alarm()],
            cloudwatch.COMPOSITE_ALARMS: [composite("MOSTLY(cpu)", TOPIC)],
            **topic(),
        },
        "unknown",
        says="unwell",
    ),
    plain(
        "it holds back a composite alarm",
        {
            cloudwatch.ALARMS: [alarm()],
            cloudwatch.COMPOSITE_ALARMS: [composite("TRUE", TOPIC, ActionsSuppressor="cpu")],
            **topic(),
        },
        "not_applicable",
        says="holds back",
        survives=(sns.TOPICS, sns.ATTRIBUTES),
    ),
    plain(
        "a stack rolls back by it",
        metric(
            {
                cloudformation.STACKS: [
                    {
                        "StackId": "arn:aws:cloudformation:x:1:stack/a/1",
                        "StackName": "a",
                        "StackStatus": "CREATE_COMPLETE",
                        "RollbackConfiguration": {
                            "RollbackTriggers": [{"Arn": CPU, "Type": "AWS::CloudWatch::Alarm"}]
                        },
                    }
                ]
            }
        ),
        "not_applicable",
        says="stack",
        survives=(ecs.SERVICES, codedeploy.GROUPS),
    ),
    plain(
        "deployments of a service fail by it",
        metric(serving(alarmNames=["cpu"], enable=True)),
        "not_applicable",
    ),
    plain(
        "a service names it and does not look at it",
        metric(serving(alarmNames=["cpu"], enable=False)),
        "gap",
    ),
    plain(
        "CodeDeploy stops by it",
        metric({codedeploy.GROUPS: {"shop|blue": deploying(enabled=True)}}),
        "not_applicable",
        survives=(ecs.SERVICES,),
    ),
    plain(
        "CodeDeploy names it and does not look at it",
        metric({codedeploy.GROUPS: {"shop|blue": deploying(enabled=False)}}),
        "gap",
    ),
    plain(
        "instance refreshes stop by it",
        metric(
            {
                autoscaling_refreshes.REFRESHES: {
                    "web": [
                        {
                            "InstanceRefreshId": "1",
                            "AutoScalingGroupName": "web",
                            "Status": "InProgress",
                            "Preferences": {"AlarmSpecification": {"Alarms": ["cpu"]}},
                        }
                    ]
                },
            }
        ),
        "not_applicable",
        survives=(ecs.SERVICES, codedeploy.GROUPS, cloudformation.STACKS),
    ),
    plain(
        "one use is proven, whatever is refused of the others",
        metric(
            {
                ecs.CLUSTER_ARNS: Refused(),
                cloudwatch.COMPOSITE_ALARMS: [composite("TRUE", TOPIC, ActionsSuppressor=CPU)],
                **topic(),
            }
        ),
        "not_applicable",
        survives=(sns.TOPICS, sns.ATTRIBUTES),
    ),
    plain(
        "nobody may say who uses it",
        metric({ecs.CLUSTER_ARNS: Refused()}),
        "unknown",
        "AccessDenied",
    ),
]
CASES = ACTIONS + KEYS + WATCHED


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    watch, topics = boto3.client("cloudwatch", "us-east-1"), boto3.client("sns", "us-east-1")
    heard, unheard = (topics.create_topic(Name=name)["TopicArn"] for name in ("heard", "unheard"))
    topics.subscribe(TopicArn=heard, Protocol="email", Endpoint="operations@example.com")
    own_key = topics.create_topic(Name="sealed", Attributes={"KmsMasterKeyId": "alias/aws/sns"})[
        "TopicArn"
    ]
    topics.subscribe(TopicArn=own_key, Protocol="email", Endpoint="operations@example.com")
    actions = {"heard": [heard], "unheard": [unheard], "sealed": [own_key], "none": [], "below": []}
    for name, called in actions.items():
        put_alarm(watch, name, AlarmActions=called)
    watch.put_composite_alarm(AlarmName="above", AlarmRule='ALARM("below")', AlarmActions=[heard])
    findings = audit(AlarmActions)
    assert verdicts(findings) == {
        "heard": "pass",
        "unheard": "drift",
        "sealed": "drift",
        "none": "gap",
        "below": "not_applicable",
        "above": "pass",
    }
    assert {f.resource.name: f.code for f in findings}["sealed"] == "topic-kms-blocks-alarm"
