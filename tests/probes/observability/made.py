"""Alarms on moto."""


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
