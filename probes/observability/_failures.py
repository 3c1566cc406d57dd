"""Failures of pipelines and builds: the metrics, events and notifications that tell of them.

Sources: CodePipeline user guide, "CodePipeline metrics and dimensions" and "Monitoring CodePipeline
events"; CodeBuild user guide, "CloudWatch metrics" and "Build notifications"; Developer Tools
console user guide, "Events for notification rules".
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from auditor.facts import Facts
from auditor.probe import Remark, Verdict, any_of, gap, unknown
from probes.analysis.answers import Answer
from probes.analysis.event_pattern import Value
from probes.analysis.watching import Match, Wanted
from probes.aws import codebuild, codepipeline, event_rules
from probes.aws.topics import Reach
from probes.groups import Alarms
from probes.observability._alarmed import Watch, unwatched

Way = Literal["alarm", "event", "either"]
Subject = codepipeline.Pipeline | codebuild.Project
_ACCEPTED = frozenset({Match.EXACT, Match.WHOLE})
"""An alarm without a dimension looks at all pipelines, or all builds, of the account."""


@dataclass(frozen=True, slots=True)
class Failures:
    """How failures of a pipeline or project can be heard of."""

    watch: Watch
    event: Mapping[str, Value]
    resource: str
    event_types: frozenset[str]
    no_metrics: str = ""


def of(subject: Subject, facts: Facts) -> Failures:
    """The failures of a pipeline's executions, or of a project's builds."""
    if isinstance(subject, codepipeline.Pipeline):
        return _executions(subject, facts)
    return Failures(
        _watch("failed builds", "AWS/CodeBuild", "FailedBuilds", {"ProjectName": subject.name}),
        event_rules.of_build(subject.name, facts),
        subject.arn,
        frozenset({"codebuild-project-build-state-failed"}),
    )


def _executions(pipeline: codepipeline.Pipeline, facts: Facts) -> Failures:
    dimensions = {"PipelineName": pipeline.name}
    old = "CodePipeline announced its metrics for pipelines of type V2 alone"
    return Failures(
        _watch("failed executions", "AWS/CodePipeline", "FailedPipelineExecutions", dimensions),
        event_rules.of_pipeline(pipeline.name, facts),
        facts.arn(pipeline),
        frozenset({"codepipeline-pipeline-pipeline-execution-failed"}),
        old if pipeline.pipeline_type == "V1" else "",
    )


def _watch(what: str, namespace: str, name: str, dimensions: Mapping[str, str]) -> Watch:
    wanted = Wanted(
        namespace,
        name,
        dimensions,
        limit=1,
        events=True,
        statistics=frozenset({"Sum"}),
        advised="Sum",
        accepted=_ACCEPTED,
    )
    return Watch(what, (wanted,))


@dataclass(slots=True)
class _Asked:
    """What the ways of hearing said that did not prove that somebody hears."""

    failures: Failures
    facts: Facts
    alarms: Alarms
    remarks: list[Remark] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def by_alarm(self) -> bool:
        self.remarks += unwatched(self.failures.watch, self.facts, self.alarms)
        if any(one.verdict is not Verdict.PASS for one in self.remarks):
            return False
        self.doubts += [self.failures.no_metrics] if self.failures.no_metrics else []
        return not self.failures.no_metrics

    def by_event(self) -> bool:
        return self._heard(event_rules.by_events(self.failures.event, self.facts))

    def by_notification(self) -> bool:
        kinds = self.failures.event_types
        reach = event_rules.by_notifications(self.failures.resource, kinds, self.facts)
        return self._heard(reach)

    def ways(self, way: Way) -> Sequence[Callable[[], bool]]:
        by_rule = (self.by_event, self.by_notification)
        return {
            "alarm": (self.by_alarm,),
            "event": by_rule,
            "either": (self.by_alarm, *by_rule),
        }[way]

    def _heard(self, reach: Reach) -> bool:
        self.doubts += [reach.why] if reach.answer is Answer.CANNOT_TELL else []
        return reach.answer is Answer.YES


def unheard(failures: Failures, facts: Facts, alarms: Alarms, way: Way) -> Iterator[Remark]:
    """What there is to say where nobody hears of failures in the wanted way."""
    asked = _Asked(failures, facts, alarms)
    if any_of(*asked.ways(way)):
        yield from (one for one in asked.remarks if one.verdict is Verdict.PASS)
        return
    if asked.doubts:
        what = failures.watch.what
        yield unknown(f"whether somebody hears of {what}: {'; '.join(sorted(asked.doubts))}")
    if asked.doubts or way == "alarm":
        yield from (one for one in asked.remarks if not (asked.doubts and one.verdict.violates))
    elif way == "event":
        yield _no_rule(failures)
    else:
        yield from (_nor_rule(one) for one in asked.remarks)


def _nor_rule(remark: Remark) -> Remark:
    if not remark.verdict.violates:
        return remark
    return replace(remark, message=f"{remark.message}, and no rule tells of it")


def _no_rule(failures: Failures) -> Remark:
    source = failures.event["source"]
    pattern = {"source": [source], "detail-type": [failures.event["detail-type"]]}
    return gap(
        f"no rule tells of {failures.watch.what}",
        code="no-event-rule",
        expected="a rule",
        found="none",
        cloudformation={
            "Type": "AWS::Events::Rule",
            "Properties": {"EventPattern": pattern, "Targets": [{"Id": "topic", "Arn": "TOPIC"}]},
        },
    )
