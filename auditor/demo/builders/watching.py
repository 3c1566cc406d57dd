"""Log groups, the topic, metric alarms and the composite over them."""

from __future__ import annotations

from typing import Any

from auditor.demo.application import Alarm
from auditor.demo.builders.site import Site, logical


def build(site: Site) -> None:
    """Make what watches the application; its subjects must exist."""
    _log_groups(site)
    _topic(site)
    for alarm in site.app.observability.alarms:
        _alarm(site, alarm)
    _composite(site)


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
    key = site.refs.get(watched.topic_key.removeprefix("@"), watched.topic_key)
    arn = sns.create_topic(
        Name=name, Attributes={"KmsMasterKeyId": key}, Tags=site.pairs("Topic", name)
    )["TopicArn"]
    for address in watched.subscribers:
        sns.subscribe(TopicArn=arn, Protocol="email", Endpoint=address)
    site.make("AWS::SNS::Topic", "Topic", arn, "topic")


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
        AlarmActions=[site.refs[action] for action in alarm.actions],
        Tags=site.pairs(name, site.name(alarm.name)),
        **settings,
    )
    site.make("AWS::CloudWatch::Alarm", name, site.name(alarm.name))


def _dimension(site: Site, what: str) -> dict[str, str]:
    """`balancer:web` -> the balancer's dimension as CloudWatch writes it: the end of its ARN."""
    kind, _, _role = what.partition(":")
    if kind == "balancer":
        return {"Name": "LoadBalancer", "Value": site.refs[what].partition(":loadbalancer/")[2]}
    if kind == "target":
        return {"Name": "TargetGroup", "Value": site.refs[what].rpartition(":")[2]}
    names = {
        "cluster": ("ClusterName", site.app.name),
        "function": ("FunctionName", site.name("rotation")),
        "group": ("AutoScalingGroupName", site.app.name),
        "service": ("ServiceName", site.app.name),
    }
    name, value = names[kind]
    return {"Name": name, "Value": value}


def _composite(site: Site) -> None:
    watched, name = site.app.observability, site.name("unwell")
    rule = " OR ".join(f'ALARM("{site.name(alarm.name)}")' for alarm in watched.alarms)
    site.client("cloudwatch").put_composite_alarm(
        AlarmName=name,
        AlarmRule=rule,
        AlarmActions=[site.refs[action] for action in watched.composite_actions],
        Tags=site.pairs("UnwellAlarm", name),
    )
    site.make("AWS::CloudWatch::CompositeAlarm", "UnwellAlarm", name)
