import boto3
import pytest

from probes.aws import cloudwatch
from probes.observability.pipeline_metrics import PipelineMetrics
from tests.kit import Case, audit, check_case, verdicts
from tests.probes.observability.heard import alarm, expression

PROBE = PipelineMetrics()


def on(metric, **changes):
    return {cloudwatch.ALARMS: [alarm(f"AWS/CodePipeline {metric}", {}, **changes)]}


CASES = [
    Case("failures", on("FailedPipelineExecutions"), "pass"),
    Case("duration", on("PipelineDuration"), "pass"),
    Case("what does not exist", on("PipelineExecutionFailure"), "drift", "dead-metric", says="never", severity="medium"),
    Case("what does not exist, and rings", on("PipelineExecutionSuccess", TreatMissingData="breaching"), "drift", "dead-metric", says="always"),
    Case("in metric math", {cloudwatch.ALARMS: [expression("m0", ("AWS/CodePipeline PipelineExecutionFailure", {}))]}, "drift", "dead-metric"),
    Case("a metric of the future", on("StageDuration"), "unknown", says="StageDuration"),
    Case("a metric of one's own", {cloudwatch.ALARMS: [alarm("Shop PipelineExecutionFailure", {})]}, "not_applicable"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_moto_a_dead_metric_is_found(aws):
    for name in ("FailedPipelineExecutions", "PipelineExecutionFailure"):
        boto3.client("cloudwatch").put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/CodePipeline",
            MetricName=name,
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
        )
    assert verdicts(audit(PipelineMetrics)) == {
        "FailedPipelineExecutions": "pass",
        "PipelineExecutionFailure": "drift",
    }
