"""Approvers hear of a manual approval, and of what they approve.

An approval that nobody hears of waits a week and fails the pipeline; one without a text is waved
through. `CustomData` is the text and may hold variables, `NotificationArn` the topic (CodePipeline
user guide, "Add a manual approval action"). The action publishes in its own role or the pipeline's,
which needs `sns:Publish` and, where a customer's key seals the topic, that key (SNS developer
guide); AWS's own key works for roles. A topic without a confirmed subscription reaches nobody. A
rule on the event that an approval waits is as good as a topic. Custom approval providers are not
looked at, nor is `ExternalEntityLink`, which is optional.

Fix: `aws codepipeline update-pipeline --cli-input-json file://pipeline.json` with both keys in the
action's configuration; in CloudFormation `Configuration` of the action.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, every, gap, not_applicable
from auditor.settings import Settings, setting
from probes.aws import codepipeline, event_rules
from probes.pipelines import _approvals
from probes.pipelines._workers import ROLES

_NONE = "nobody is asked for approval"


class Approves(Settings):
    """What approvals must have."""

    require_custom_data: bool = setting(True, "Approvals must say what is approved.")
    require_notification_arn: bool = setting(True, "Somebody must be told of each approval.")
    accept_rules: bool = setting(
        True, "Whether a rule of EventBridge or of Developer Tools is as good as a topic."
    )


class ManualApprovals(Probe[codepipeline.Pipeline, Approves]):
    """The manual approvals of each pipeline."""

    subject = codepipeline.PIPELINES
    needs = (codepipeline.STRUCTURES, *ROLES, *event_rules.NEEDS)
    severity, settings, sources = Severity.LOW, Approves, ("S3.B6",)
    parts = ("context", "notification")

    def judge_context(
        self, _pipeline: codepipeline.Pipeline, facts: Facts, expected: Approves
    ) -> Iterator[Remark]:
        found = _approvals.approvals(facts)
        if not found or not expected.require_custom_data:
            yield not_applicable("the baseline asks for no text" if found else _NONE)
        for approval in found if expected.require_custom_data else ():
            if not approval.action.configuration.custom_data:
                yield gap(
                    f"{approval.name}: approvers are not told what they approve",
                    code="no-custom-data",
                    expected="a text",
                    found="none",
                    **approval.configured(CustomData="What is approved, and what it changes"),
                )

    def judge_notification(
        self, pipeline: codepipeline.Pipeline, facts: Facts, expected: Approves
    ) -> Iterator[Remark]:
        found = _approvals.approvals(facts)
        with_topic = [one for one in found if one.action.configuration.notification_arn]
        without = [one for one in found if not one.action.configuration.notification_arn]
        if not with_topic and not (without and expected.require_notification_arn):
            yield not_applicable("the baseline asks for no notification" if found else _NONE)
            return
        rules, name = expected.accept_rules, pipeline.name
        checks = [lambda a=a: _approvals.unreached(a, facts) for a in with_topic]
        if expected.require_notification_arn:
            checks += [lambda a=a: _approvals.silent(a, facts, name, rules=rules) for a in without]
        yield from every(*checks)
