"""Log groups, metric alarms, the composite over them, and whom they call."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from auditor.demo.application import Alarm
from auditor.demo.builders.site import Site, logical
from auditor.demo.documents import ACCOUNT, events_may_publish
from auditor.demo.exchange import memory
from auditor.demo.parts import Dashboard, EventRule

_DIMENSIONS = {
    "cluster": "ClusterName",
    "function": "FunctionName",
    "group": "AutoScalingGroupName",
    "pipeline": "PipelineName",
    "project": "ProjectName",
    "service": "ServiceName",
    "table": "TableName",
}


def build(site: Site) -> None:
    """Make what watches the application; its subjects must exist."""
    _log_groups(site)
    _topic(site)
    for dashboard in site.app.observability.dashboards:
        _dashboard(site, dashboard)
    for rule in site.app.observability.rules:
        _rule(site, rule)
    called = {action for alarm in site.app.observability.alarms for action in alarm.actions}
    if "plan" in called:
        _response_plan(site)
    if "investigation" in called:
        _investigation_group(site)
    for alarm in site.app.observability.alarms:
        _alarm(site, alarm)
    if site.app.observability.composite_actions is not None:
        _composite(site, site.app.observability.composite_actions)


def _log_groups(site: Site) -> None:
    logs, watched = site.client("logs"), site.app.observability
    for name, key in watched.log_groups.items():
        logical_id = logical(name.strip("/"), "logs")
        sealed = {"kmsKeyId": site.refs[f"key:{key}"]} if key else {}
        logs.create_log_group(logGroupName=name, tags=site.tags(logical_id, name), **sealed)
        if watched.retention_days is not None:
            logs.put_retention_policy(logGroupName=name, retentionInDays=watched.retention_days)
        site.make("AWS::Logs::LogGroup", logical_id, name)


def _topic(site: Site) -> None:
    sns, watched, name = site.client("sns"), site.app.observability, site.name("alerts")
    sealed = {"KmsMasterKeyId": site.told(watched.topic_key)} if watched.topic_key else {}
    arn = sns.create_topic(Name=name, Attributes=sealed, Tags=site.pairs("Topic", name))["TopicArn"]
    for address in watched.subscribers:
        sns.subscribe(TopicArn=arn, Protocol="email", Endpoint=address)
    site.make("AWS::SNS::Topic", "Topic", arn, "topic")
    if watched.rules:
        _topic_policy(site, arn)
    site.refs["topic:alerts"] = arn


def _topic_policy(site: Site, topic: str) -> None:
    document = events_may_publish(topic)
    site.client("sns").set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(document)
    )
    site.make("AWS::SNS::TopicPolicy", "TopicPolicy", site.name("topic-policy"))
    written = site.portable(document, Topic=topic)
    site.declare("TopicPolicy", Topics=[{"Ref": "Topic"}], PolicyDocument=written)


def _alarm(site: Site, alarm: Alarm) -> None:
    name, settings = logical(alarm.name, "alarm"), dict[str, Any]()
    if alarm.missing is not None:
        settings["TreatMissingData"] = alarm.missing
    if alarm.datapoints is not None:
        settings["DatapointsToAlarm"] = alarm.datapoints
    site.client("cloudwatch").put_metric_alarm(
        AlarmName=site.name(alarm.name),
        AlarmDescription=f"{alarm.metric} of {site.app.name}",
        Namespace=alarm.namespace,
        MetricName=alarm.metric,
        Dimensions=[_dimension(site, dimension) for dimension in alarm.dimensions],
        Statistic=alarm.statistic,
        Period=60,
        EvaluationPeriods=alarm.periods,
        Threshold=alarm.threshold,
        ComparisonOperator=alarm.comparison,
        AlarmActions=[_action(site, action) for action in alarm.actions],
        Tags=site.pairs(name, site.name(alarm.name)),
        **settings,
    )
    site.make("AWS::CloudWatch::Alarm", name, site.name(alarm.name))


def _action(site: Site, what: str) -> str:
    kind, _, name = what.partition(":")
    if kind == "missing":
        return site.arn("lambda", f"function:{site.name(name)}")
    return site.refs[what]


def _response_plan(site: Site) -> None:
    """Plant Incident Manager's plan for the application; moto does not have the service."""
    name = site.app.name
    # Plans belong to no region (API GetResponsePlan).
    arn = f"arn:aws:ssm-incidents::{ACCOUNT}:response-plan/{name}"
    memory(site.store("ssm-incidents"), "plans")[arn] = {
        "arn": arn,
        "name": name,
        "displayName": name,
        "incidentTemplate": {"title": f"{name} is down", "impact": 2},
        "actions": [],
        "engagements": [],
        "integrations": [],
    }
    site.make("AWS::SSMIncidents::ResponsePlan", "ResponsePlan", arn, "plan")


def _investigation_group(site: Site) -> None:
    """Plant the group in which investigations begin; moto does not have the service."""
    name = site.app.name
    group = uuid5(NAMESPACE_URL, name).hex[:16]
    arn = site.arn("aiops", f"investigation-group/{group}")
    memory(site.store("aiops"), "groups")[arn] = {
        "arn": arn,
        "name": name,
        "roleArn": site.refs["role:investigations"],
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
        "retentionInDays": 90,
        "isCloudTrailEventHistoryEnabled": True,
    }
    site.make("AWS::AIOps::InvestigationGroup", "Investigations", arn, "investigation")


def _dimension(site: Site, what: str) -> dict[str, str]:
    """`balancer:web` -> the balancer's dimension as CloudWatch writes it: the end of its ARN."""
    kind, _, role = what.partition(":")
    if kind == "balancer":
        return {"Name": "LoadBalancer", "Value": site.refs[what].partition(":loadbalancer/")[2]}
    if kind == "target":
        return {"Name": "TargetGroup", "Value": site.refs[what].rpartition(":")[2]}
    return {"Name": _DIMENSIONS[kind], "Value": site.name(role) if role else site.app.name}


def _dashboard(site: Site, dashboard: Dashboard) -> None:
    """A dashboard; each widget shows its metrics in the application's region."""
    widgets = [
        {
            "type": "metric",
            "properties": {
                "title": title,
                "region": site.region,
                "metrics": [list(_metric(site, *metric)) for metric in metrics],
            },
        }
        for title, metrics in dashboard.widgets.items()
    ]
    name = site.name(dashboard.role)
    site.client("cloudwatch").put_dashboard(
        DashboardName=name, DashboardBody=json.dumps({"widgets": widgets})
    )
    site.make("AWS::CloudWatch::Dashboard", logical(dashboard.role, "dashboard"), name)


def _metric(site: Site, namespace: str, metric: str, dimensions: tuple[str, ...]) -> Iterator[str]:
    yield from (namespace, metric)
    for what in dimensions:
        yield from _dimension(site, what).values()


def _rule(site: Site, rule: EventRule) -> None:
    events, name = site.client("events"), site.name(rule.role)
    logical_id = logical(rule.role, "rule")
    events.put_rule(
        Name=name,
        EventPattern=site.resolve(rule.pattern),
        State="ENABLED",
        Tags=site.pairs(logical_id, name),
    )
    events.put_targets(Rule=name, Targets=[{"Id": "topic", "Arn": site.refs["topic"]}])
    site.make("AWS::Events::Rule", logical_id, name)


def _composite(site: Site, actions: tuple[str, ...]) -> None:
    watched, name = site.app.observability, site.name("unwell")
    rule = " OR ".join(f'ALARM("{site.name(alarm.name)}")' for alarm in watched.alarms)
    site.client("cloudwatch").put_composite_alarm(
        AlarmName=name,
        AlarmRule=rule,
        AlarmActions=[site.refs[action] for action in actions],
        Tags=site.pairs("UnwellAlarm", name),
    )
    site.make("AWS::CloudWatch::CompositeAlarm", "UnwellAlarm", name)
