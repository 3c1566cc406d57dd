import json

import boto3
import pytest

from probes.aws import (
    cloudwatch,
    codebuild,
    codepipeline,
    codestar_notifications,
    events,
    lambda_,
    oam,
    sns,
)
from probes.observability.pipeline_failures import PipelineFailures
from tests.kit import Case, Refused, audit, check_case, verdicts
from tests.probes.observability.heard import alarm, hearing, topic

PROBE = PipelineFailures()
HERE = "us-east-1:123456789012"
RULE = f"arn:aws:events:{HERE}:rule/failed"
FUNCTION = f"arn:aws:lambda:{HERE}:function:tell"
NOTIFICATION = f"arn:aws:codestar-notifications:{HERE}:notificationrule/1"
FAILED = "AWS/CodePipeline FailedPipelineExecutions"
DELIVER = {"PipelineName": "deliver"}
TELLS = {"FunctionArn": FUNCTION, "FunctionName": "tell"}
EXECUTIONS = {
    "source": ["aws.codepipeline"],
    "detail-type": ["CodePipeline Pipeline Execution State Change"],
    "detail": {"state": ["FAILED"]},
}
BUILDS = {
    "source": ["aws.codebuild"],
    "detail-type": ["CodeBuild Build State Change"],
    "detail": {"build-status": ["FAILED"], "project-name": ["unit"]},
}


def rule(pattern, state="ENABLED", target=FUNCTION, **functions):
    made = {"Arn": RULE, "Name": "failed", "State": state, "EventPattern": json.dumps(pattern)}
    return {
        events.RULES: [made],
        events.TARGETS: {RULE: [{"Id": "1", "Arn": target}]},
        lambda_.FUNCTIONS: [TELLS],
    }


def notifies(resource, kind, **more):
    made = {
        "Arn": NOTIFICATION,
        "Resource": resource,
        "Status": "ENABLED",
        "EventTypes": [{"EventTypeId": kind}],
        "Targets": [{"TargetAddress": "arn:aws:chatbot::1:x", "TargetStatus": "ACTIVE"}],
        **more,
    }
    return {
        codestar_notifications.LISTED: [{"Arn": NOTIFICATION, "Id": "1"}],
        codestar_notifications.RULES: {NOTIFICATION: made},
    }


def pipeline(kind="V2"):
    return {codepipeline.PIPELINES: [{"name": "deliver", "pipelineType": kind}]}


def project(source="GITHUB"):
    made = {
        "name": "unit",
        "arn": f"arn:aws:codebuild:{HERE}:project/unit",
        "source": {"type": source},
        "environment": {"image": "aws/codebuild/standard:7.0", "computeType": "BUILD_GENERAL1_SMALL"},
    }  # fmt: skip
    return {codebuild.PROJECT_NAMES: ["unit"], codebuild.PROJECTS: {"unit": made}}


BESIDE = notifies("arn:aws:codepipeline:us-east-1:123456789012:other", "x")
BASE = pipeline() | BESIDE
ALARMS = (cloudwatch.ALARMS, cloudwatch.COMPOSITE_ALARMS, oam.LINKS)
OF_PIPELINE = "codepipeline-pipeline-pipeline-execution-failed"
DELIVER_ARN = f"arn:aws:codepipeline:{HERE}:deliver"
BUILD_FAILED = "codebuild-project-build-state-failed"
OPEN = json.dumps(
    {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sns:Publish",
                "Resource": "*",
            }
        ]
    }
)


def good(*actions, **changes):
    return alarm(FAILED, DELIVER, *actions, **changes)


def told(title, answers, verdict, code=None, **more):
    more = {"subject": "deliver", **more}
    return Case(title, BASE | answers, verdict, code, **more)


def built(title, answers, verdict, code=None, **more):
    return Case(title, project() | BESIDE | answers, verdict, code, subject="unit", **more)


BY_RULE = rule(EXECUTIONS)
OPEN_TOPIC = topic()
OPEN_TOPIC[sns.ATTRIBUTES] = {
    arn: attributes | {"Policy": OPEN} for arn, attributes in OPEN_TOPIC[sns.ATTRIBUTES].items()
}
TOPIC = next(iter(OPEN_TOPIC[sns.ATTRIBUTES]))
EVENTS = [
    told("a rule tells a function", BY_RULE, "pass", survives=ALARMS),
    told(
        "a rule tells a topic", rule(EXECUTIONS, target=TOPIC) | OPEN_TOPIC, "pass", survives=ALARMS
    ),
    told(
        "a rule on all pipelines' events",
        rule({"source": ["aws.codepipeline"]}),
        "pass",
        survives=ALARMS,
    ),
    told(
        "a rule on successes",
        rule(EXECUTIONS | {"detail": {"state": ["SUCCEEDED"]}}),
        "gap",
        "no-alarm",
    ),
    told(
        "a rule on a field that is not known",
        rule(EXECUTIONS | {"detail": {"version": [1]}}),
        "unknown",
    ),
    told("a rule that is off", rule(EXECUTIONS, "DISABLED"), "gap", "no-alarm"),
    told(
        "a schedule",
        {events.RULES: [{"Arn": RULE, "Name": "n", "State": "ENABLED"}]},
        "gap",
        "no-alarm",
    ),
    told("a rule of another service", rule({"source": ["aws.ec2"]}), "gap", "no-alarm"),
    told(
        "a notification rule",
        notifies(DELIVER_ARN, OF_PIPELINE),
        "pass",
        survives=(*ALARMS, events.RULES),
    ),
    told(
        "nothing at all", {}, "gap", "no-alarm", says="and no rule tells of it", severity="medium"
    ),
    told(
        "an alarm is wanted, and there is a rule",
        BY_RULE,
        "gap",
        "no-alarm",
        settings={"failure_alarm": "alarm"},
    ),
    told(
        "a rule is wanted, and there is an alarm",
        {cloudwatch.ALARMS: [good()]} | topic(),
        "gap",
        "no-event-rule",
        settings={"failure_alarm": "event"},
    ),
    told(
        "a rule is wanted, and there is one", BY_RULE, "pass", settings={"failure_alarm": "event"}
    ),
    told("rules refused", {events.RULES: Refused()}, "unknown"),
    told("exempt", {}, "not_applicable", settings={"exempt": ["del*"]}),
    told(
        "an alarm on all pipelines",
        {cloudwatch.ALARMS: [alarm(FAILED, {})]} | topic(),
        "pass",
        says="together",
    ),
    told(
        "an alarm on another pipeline",
        {cloudwatch.ALARMS: [alarm(FAILED, {"PipelineName": "x"})]} | topic(),
        "gap",
        "no-alarm",
    ),
    told(
        "an alarm on an average",
        {cloudwatch.ALARMS: [good(Statistic="Average")]} | topic(),
        "drift",
        "threshold",
    ),
    told(
        "an alarm on an old pipeline",
        pipeline("V1") | {cloudwatch.ALARMS: [good()]} | topic(),
        "unknown",
        says="V2",
    ),
    told("a rule on an old pipeline", pipeline("V1") | BY_RULE, "pass", survives=ALARMS),
]
BUILT = [
    built("an alarm on builds", {cloudwatch.ALARMS: [alarm("AWS/CodeBuild FailedBuilds", {"ProjectName": "unit"})]} | topic(), "pass"),
    built("a rule on builds", rule(BUILDS), "pass", survives=ALARMS),
    built("a rule on pipelines", BY_RULE, "gap", "no-alarm"),
    built("a notification rule on builds", notifies(f"arn:aws:codebuild:{HERE}:project/unit", BUILD_FAILED), "pass", survives=(*ALARMS, events.RULES)),
    built("nothing", {}, "gap", "no-alarm"),
    built("only pipelines build it", project("CODEPIPELINE"), "not_applicable"),
]  # fmt: skip
CASES = [*hearing(BASE, good, (), subject="deliver"), *EVENTS, *BUILT]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_moto_any_of_three_ways_will_do(aws):
    hears = boto3.client("sns").create_topic(Name="failures")["TopicArn"]
    sns_client = boto3.client("sns")
    sns_client.subscribe(TopicArn=hears, Protocol="email", Endpoint="a@example.com")
    sns_client.set_topic_attributes(TopicArn=hears, AttributeName="Policy", AttributeValue=OPEN)
    codebuild_client = boto3.client("codebuild")
    for name in ("alarmed", "ruled", "notified", "unheard"):
        codebuild_client.create_project(
            name=name,
            source={"type": "S3", "location": "b/k"},
            artifacts={"type": "NO_ARTIFACTS"},
            environment={
                "type": "LINUX_CONTAINER",
                "image": "aws/codebuild/standard:7.0",
                "computeType": "BUILD_GENERAL1_SMALL",
            },
            serviceRole="arn:aws:iam::123456789012:role/builds",
        )
    boto3.client("cloudwatch").put_metric_alarm(
        AlarmName="failed",
        Namespace="AWS/CodeBuild",
        MetricName="FailedBuilds",
        Dimensions=[{"Name": "ProjectName", "Value": "alarmed"}],
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[hears],
    )
    pattern = BUILDS | {"detail": {"build-status": ["FAILED"], "project-name": ["ruled"]}}
    client = boto3.client("events")
    client.put_rule(Name="failed", EventPattern=json.dumps(pattern))
    client.put_targets(Rule="failed", Targets=[{"Id": "1", "Arn": hears}])
    boto3.client("codestar-notifications").create_notification_rule(
        Name="failed",
        EventTypeIds=[BUILD_FAILED],
        Resource=f"arn:aws:codebuild:{HERE}:project/notified",
        Targets=[
            {
                "TargetType": "AWSChatbotSlack",
                "TargetAddress": "arn:aws:chatbot::123456789012:chat-configuration/slack-channel/x",
            }
        ],
        DetailType="BASIC",
    )
    assert verdicts(audit(PipelineFailures)) == {
        "alarmed": "pass",
        "ruled": "pass",
        "notified": "pass",
        "unheard": "gap",
    }
