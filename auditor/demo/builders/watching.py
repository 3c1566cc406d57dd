"""Log groups, metric alarms, the composite over them, and whom they call."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from auditor.demo.application import Alarm
from auditor.demo.builders.site import Site, logical
from auditor.demo.documents import ACCOUNT
from auditor.demo.exchange import memory


def build(site: Site) -> None:
    """Make what watches the application; its subjects must exist."""
    _log_groups(site)
    _topic(site)
    called = {action for alarm in site.app.observability.alarms for action in alarm.actions}
    if "plan" in called:
        _response_plan(site)
    if "investigation" in called:
        _investigation_group(site)
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
