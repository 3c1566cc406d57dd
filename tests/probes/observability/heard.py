"""What AWS says of alarms, of who is called, and cases that hold for every probe of alarms."""

import json

from probes.aws import (
    aiops,
    application_autoscaling,
    autoscaling_policies,
    cloudwatch,
    kms,
    lambda_,
    oam,
    sns,
    ssm_incidents,
)
from tests.kit import Absent, Case, Refused

HERE = "us-east-1:123456789012"
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
SCALES = {"alarms": {"scaling_counts": True}}
LINK = {
    "Arn": f"arn:aws:oam:{HERE}:link/1",
    "SinkArn": "arn:aws:oam:us-east-1:999999999999:sink/1",
    "ResourceTypes": ["AWS::CloudWatch::Metric", "AWS::Logs::LogGroup"],
}


def topic(listeners=1, key=""):
    attributes = {"TopicArn": TOPIC, "SubscriptionsConfirmed": str(listeners)}
    if key:
        attributes["KmsMasterKeyId"] = key
    return {sns.TOPICS: [{"TopicArn": TOPIC}], sns.ATTRIBUTES: {TOPIC: attributes}}


def alarm(metric, dimensions, *actions, name="watch", **changes):
    """An alarm of `metric`, as `NAMESPACE METRIC`, that calls the topic unless told otherwise."""
    namespace, _, metric_name = metric.rpartition(" ")
    kept = {
        "AlarmName": name,
        "AlarmArn": f"arn:aws:cloudwatch:{HERE}:alarm:{name}",
        "StateValue": "OK",
        "ActionsEnabled": True,
        "AlarmActions": list(actions or [TOPIC]),
        "OKActions": [],
        "InsufficientDataActions": [],
        "Namespace": namespace,
        "MetricName": metric_name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 2,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        **changes,
    }
    return {key: value for key, value in kept.items() if value is not None}


def expression(text, *metrics, name="watch", **changes):
    """An alarm on an expression over metrics, each as `NAMESPACE METRIC` with its dimensions."""
    lines = [
        {
            "Id": f"m{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": metric.rpartition(" ")[0],
                    "MetricName": metric.rpartition(" ")[2],
                    "Dimensions": [{"Name": k, "Value": v} for k, v in dimensions.items()],
                },
                "Period": 60,
                "Stat": "Sum",
            },
            "ReturnData": False,
        }
        for number, (metric, dimensions) in enumerate(metrics)
    ]
    lines.append({"Id": "e1", "Expression": text, "ReturnData": True})
    plain = {"Namespace": None, "MetricName": None, "Dimensions": [], "Statistic": None}
    return alarm(" ", {}, name=name, **plain, Metrics=lines, **changes)


def composite(rule, *actions, name="unwell", **changes):
    return {
        "AlarmName": name,
        "AlarmArn": f"arn:aws:cloudwatch:{HERE}:alarm:{name}",
        "ActionsEnabled": True,
        "AlarmActions": list(actions),
        "AlarmRule": rule,
        **changes,
    }


def sealed():
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "kms:*",
        "Resource": "*",
    }
    metadata = {
        "Arn": KEY,
        "AWSAccountId": "123456789012",
        "KeyState": "Enabled",
        "KeyManager": "CUSTOMER",
    }
    return {
        **topic(key="alias/alerts"),
        kms.KEYS: [{"KeyArn": KEY, "KeyId": KEY_ID}],
        kms.METADATA: {KEY: metadata},
        kms.POLICY: {KEY: {"Policy": json.dumps({"Statement": [statement]})}},
        kms.GRANTS: {KEY: []},
        kms.ALIASES: [
            {
                "AliasName": "alias/alerts",
                "AliasArn": f"arn:aws:kms:{HERE}:alias/alerts",
                "TargetKeyId": KEY_ID,
            }
        ],
    }


def of_fleet(*names):
    listed = [{"PolicyARN": POLICY, "PolicyName": n, "AutoScalingGroupName": "web"} for n in names]
    return {autoscaling_policies.POLICIES: listed}


def hearing(base, good, unseen, **more):
    """Cases of who hears of the alarm that `good(*actions, **changes)` makes.

    `base` is what AWS says besides; `unseen` are the queries whose refusal leaves a gap standing.
    """

    def case(title, answers, verdict, code=None, *alarms, **rest):
        made = {cloudwatch.ALARMS: list(alarms) or [good()]}
        survives = unseen if verdict in {"gap", "drift"} else ()
        return Case(
            title, base | made | answers, verdict, code, **{"survives": survives, **more, **rest}
        )

    parent = composite('ALARM("watch")', TOPIC)
    silent = good(AlarmActions=[])
    return [
        case("somebody hears of it", topic(), "pass"),
        case("nobody hears of it", topic(listeners=0), "gap", "alarm-idle"),
        case(
            "nobody hears of it, and the baseline lets it",
            topic(listeners=0),
            "pass",
            settings={"alarms": {"require_confirmed_subscription": False}},
        ),
        case("no topic", {}, "gap", "alarm-idle"),
        case("topics refused", {sns.TOPICS: Refused()}, "unknown"),
        case("its actions are off", topic(), "gap", "alarm-idle", good(ActionsEnabled=False)),
        case("it has no action", {}, "gap", "alarm-idle", silent),
        case("a topic of another account", {}, "unknown", "", good(ELSEWHERE), says="999999999999"),
        case("a topic that alarms cannot open", sealed(), "gap", "alarm-idle"),
        case(
            "somebody hears of the composite alarm above it",
            {cloudwatch.COMPOSITE_ALARMS: [parent], **topic()},
            "pass",
            None,
            silent,
        ),
        case(
            "the composite alarm that somebody hears goes off when it does not",
            {cloudwatch.COMPOSITE_ALARMS: [composite('OK("watch")', TOPIC)], **topic()},
            "gap",
            "alarm-idle",
            silent,
        ),
        case(
            "the composite alarm that somebody hears is held back by it",
            {
                cloudwatch.COMPOSITE_ALARMS: [
                    composite('ALARM("disk") AND NOT ALARM("watch")', TOPIC)
                ],
                **topic(),
            },
            "gap",
            "alarm-idle",
            silent,
        ),
        case(
            "composite alarms do not count",
            {cloudwatch.COMPOSITE_ALARMS: [parent], **topic()},
            "gap",
            "alarm-idle",
            silent,
            settings={"alarms": {"composites_count": False}},
        ),
        case(
            "a composite alarm that cannot be read",
            {cloudwatch.COMPOSITE_ALARMS: [composite("MOSTLY(watch)", TOPIC)], **topic()},
            "unknown",
            "",
            silent,
            says="unwell",
        ),
        case("it only scales", of_fleet("out"), "gap", "alarm-idle", good(POLICY)),
        case(
            "one only scales, and one that somebody hears of goes off too late",
            of_fleet("out") | topic(),
            "drift",
            "threshold",
            good(POLICY, name="a"),
            good(Threshold=1e9),
            says="goes off in time: watch",
        ),
        case("scaling counts", of_fleet("out"), "pass", None, good(POLICY), settings=SCALES),
        case(
            "scaling a service counts",
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
            "pass",
            None,
            good(OF_SERVICE),
            settings=SCALES,
        ),
        case(
            "scaling a table counts",
            {
                application_autoscaling.CALLED_POLICIES: {
                    "dynamodb": [{"PolicyARN": OF_TABLE, "PolicyName": "out"}]
                }
            },
            "pass",
            None,
            good(OF_TABLE),
            settings=SCALES,
        ),
        case(
            "target tracking's, and somebody hears of it",
            of_fleet("out") | topic(),
            "pass",
            None,
            good(POLICY, TOPIC, AlarmName="TargetTracking-web-AlarmHigh-1"),
        ),
        case(
            "a function hears of it",
            {lambda_.CALLED_FUNCTIONS: {FUNCTION: {"FunctionArn": FUNCTION}}},
            "pass",
            None,
            good(FUNCTION),
        ),
        case(
            "a response plan that is gone",
            {ssm_incidents.RESPONSE_PLANS: {PLAN: Absent()}},
            "gap",
            "alarm-idle",
            good(PLAN),
        ),
        case(
            "an investigation that is gone",
            {aiops.INVESTIGATION_GROUPS: {INVESTIGATION: Absent()}},
            "gap",
            "alarm-idle",
            good(INVESTIGATION),
        ),
        case("no alarm", {cloudwatch.ALARMS: []}, "gap", "no-alarm", severity="medium"),
        case("alarms refused", {cloudwatch.ALARMS: Refused()}, "unknown", "AccessDenied"),
        case(
            "another account sees the metrics",
            {cloudwatch.ALARMS: [], oam.LINKS: [LINK]},
            "unknown",
            says="999999999999",
        ),
        case(
            "another account sees the logs alone",
            {cloudwatch.ALARMS: [], oam.LINKS: [LINK | {"ResourceTypes": ["AWS::Logs::LogGroup"]}]},
            "gap",
            "no-alarm",
        ),
        case("links refused", {cloudwatch.ALARMS: [], oam.LINKS: Refused()}, "unknown"),
        case(
            "it is seen here, whoever else sees it",
            {oam.LINKS: [LINK], **topic()},
            "pass",
        ),
        case(
            "an idle alarm and one that is heard of",
            topic(),
            "pass",
            None,
            good(AlarmActions=[], name="idle"),
            good(),
            survives=(cloudwatch.COMPOSITE_ALARMS,),
        ),
        case(
            "an alarm that evaluates what is not known",
            topic(),
            "unknown",
            "",
            alarm(" ", {}, MetricName=None, Namespace=None, EvaluationCriteria={"Tomorrow": {}}),
        ),
        case(
            "such an alarm that nobody hears of",
            {},
            "gap",
            "no-alarm",
            alarm(" ", {}, MetricName=None, EvaluationCriteria={}, AlarmActions=[]),
        ),
    ]
