"""Alarms on moto, and a topic that they call."""

import boto3


def put_alarm(client, name, **more):
    """An alarm of three periods on the processors of instances."""
    client.put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/EC2",
        MetricName="CPUUtilization",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=3,
        Threshold=80,
        ComparisonOperator="GreaterThanThreshold",
        **more,
    )


def heard_topic(region="us-east-1"):
    """A topic that somebody listens to, by its ARN."""
    topics = boto3.client("sns", region)
    arn = topics.create_topic(Name="alerts")["TopicArn"]
    topics.subscribe(TopicArn=arn, Protocol="email", Endpoint="operations@example.com")
    return arn


def watch(client, name, metric, dimensions, *actions, **more):
    """An alarm on `NAMESPACE METRIC` of a resource."""
    namespace, _, metric_name = metric.rpartition(" ")
    client.put_metric_alarm(
        AlarmName=name,
        Namespace=namespace,
        MetricName=metric_name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        AlarmActions=list(actions),
        **{
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 2,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            **more,
        },
    )
