"""Dashboards show metrics that exist.

A graph of a metric that does not exist stays empty, which looks like a quiet day: the pipeline that
never fails, the group without a sick target. `PipelineExecutionSuccess` and
`PipelineExecutionFailure`, which a review has asked for, are no metrics of CodePipeline:
`FailedPipelineExecutions` is (CodePipeline user guide, "CodePipeline CloudWatch metrics"), and
names count letter by letter (`UnHealthyHostCount`). Names that are not known here are not judged. A
dashboard that cannot be read is unknown, not fine.

Fix: `aws cloudwatch put-dashboard --dashboard-name NAME --dashboard-body FILE` with the name of the
metric that exists; in CloudFormation `DashboardBody`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, unknown
from auditor.settings import Settings
from probes.analysis.metric_names import meant
from probes.aws import cloudwatch_dashboards
from probes.aws.cloudwatch_dashboards import Dashboard


class DashboardMetrics(Probe[Dashboard, Settings]):
    """The names of the metrics on each dashboard."""

    subject, needs = cloudwatch_dashboards.DASHBOARDS, (cloudwatch_dashboards.BODIES,)
    severity, sources = Severity.LOW, ("S3.B10",)

    def judge(self, _dashboard: Dashboard, facts: Facts, _expected: Settings) -> Iterator[Remark]:
        board = facts.its(cloudwatch_dashboards.BODIES).board
        names = {(shown.namespace, shown.name) for shown in board.metrics}
        dead = {f"{space} {name}": meant(space, name) for space, name in names}
        wrong = {name: right for name, right in sorted(dead.items()) if right}
        if wrong:
            yield drift(
                f"these metrics do not exist: {', '.join(wrong)}",
                code="dead-metric",
                expected=sorted(set(wrong.values())),
                found=list(wrong),
            )
        elif board.malformed or board.doubtful:
            reason = board.malformed or f"it has {', '.join(board.doubtful)}"
            yield unknown(f"what it shows cannot be told: {reason}")
