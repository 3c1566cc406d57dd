"""Alarms on pipelines watch metrics that exist.

CodePipeline publishes two metrics, `FailedPipelineExecutions` and `PipelineDuration` (CodePipeline
user guide, "CodePipeline metrics and dimensions"). `PipelineExecutionFailure` and
`PipelineExecutionSuccess`, which reviews have proposed, do not exist: such an alarm never leaves
INSUFFICIENT_DATA, or always rings where missing data is breaching. Successes are told by the events
of executions, or by CodeBuild's `SucceededBuilds`. A name that is neither known nor known to be
wrong may be one that AWS has added.

Fix: `aws cloudwatch put-metric-alarm --namespace AWS/CodePipeline --metric-name
FailedPipelineExecutions --statistic Sum`; in CloudFormation `MetricName` of the alarm.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, not_applicable, unknown
from auditor.settings import Settings
from probes.aws import cloudwatch

_NAMESPACE = "AWS/CodePipeline"
_KNOWN = frozenset({"FailedPipelineExecutions", "PipelineDuration"})
_WRONG = frozenset({"PipelineExecutionFailure", "PipelineExecutionSuccess"})


class PipelineMetrics(Probe[cloudwatch.Alarm, Settings]):
    """The metrics of each alarm on CodePipeline."""

    subject = cloudwatch.ALARMS
    severity, sources = Severity.MEDIUM, ("S3.B14", "S3.B10")

    def judge(
        self, alarm: cloudwatch.Alarm, _facts: Facts, _expected: Settings
    ) -> Iterator[Remark]:
        watched = {m.metric_name for m in cloudwatch.watched(alarm) if m.namespace == _NAMESPACE}
        if not watched:
            yield not_applicable("it watches no metric of CodePipeline")
            return
        wrong, new = sorted(watched & _WRONG), sorted(watched - _WRONG - _KNOWN)
        if wrong:
            rings = alarm.treat_missing_data == "breaching"
            yield drift(
                f"it watches what does not exist, and {'always' if rings else 'never'} rings",
                code="dead-metric",
                expected="FailedPipelineExecutions",
                found=wrong,
                evidence={"TreatMissingData": alarm.treat_missing_data or "missing"},
                cloudformation={"MetricName": "FailedPipelineExecutions", "Statistic": "Sum"},
            )
        elif new:
            yield unknown(f"whether these metrics exist is not known here: {', '.join(new)}")
