"""Somebody hears of failed pipelines and builds.

A pipeline that fails unheard stops deliveries, fixes included. Any one of three ways will do: an
alarm on `FailedPipelineExecutions` or `FailedBuilds` (of the pipeline or project, or without a
dimension of all; the statistic is Sum), a rule of EventBridge on the event of the failure, or a
notification rule of Developer Tools. Reviews have asked for an alarm and called a rule less robust:
a rule is its equal, and the only way for pipelines of type V1, as AWS announced the metrics for V2.
Alarms count that somebody hears of, rules with a topic that EventBridge may publish to and somebody
has confirmed, with a function, or with a chat client. Projects that only pipelines build fail with
their pipeline.

Fix: `aws cloudwatch put-metric-alarm --namespace AWS/CodePipeline --metric-name
FailedPipelineExecutions --statistic Sum`; in CloudFormation `AWS::CloudWatch::Alarm`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, not_applicable
from auditor.settings import Settings, setting
from probes.analysis.patterns import fits
from probes.aws import codebuild, codepipeline, event_rules
from probes.groups import Alarms
from probes.observability import _failures
from probes.observability._alarmed import NEEDS
from probes.observability._failures import Subject, Way


class Hears(Settings):
    """What counts as hearing of a failure."""

    alarms: Alarms = Alarms()
    failure_alarm: Way = setting(
        "either", "Whether it must be an alarm, a rule on events, or either."
    )
    exempt: list[str] = setting([], "Names, as patterns, of those that may fail unheard.")


class PipelineFailures(Probe[Subject, Hears]):
    """Failed executions of each pipeline, and failed builds of each project."""

    subject = (codepipeline.PIPELINES, codebuild.PROJECTS)
    needs = (*NEEDS, *event_rules.NEEDS)
    severity, settings, sources = Severity.MEDIUM, Hears, ("S3.B14",)

    def judge(self, subject: Subject, facts: Facts, expected: Hears) -> Iterator[Remark]:
        if fits(expected.exempt, subject.name):
            yield not_applicable("the baseline lets it fail unheard")
        elif isinstance(subject, codebuild.Project) and subject.source.type == "CODEPIPELINE":
            yield not_applicable("only pipelines build it, and it fails with them")
        else:
            failures = _failures.of(subject, facts)
            yield from _failures.unheard(failures, facts, expected.alarms, expected.failure_alarm)
