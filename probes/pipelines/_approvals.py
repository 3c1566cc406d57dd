"""Manual approvals of a pipeline: what approvers are told, and whether anybody is told at all."""

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.facts import Facts
from auditor.probe import Remark, any_of, drift, gap, note, unknown
from auditor.query import JSON
from probes.analysis.answers import Answer, CannotTell
from probes.aws import codepipeline, event_rules, topics
from probes.aws.topics import Reach, Sender
from probes.pipelines._workers import worker

NEEDED = frozenset({"codepipeline-pipeline-manual-approval-needed"})
"""Developer Tools console user guide, "Events for notification rules on pipelines"."""


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval, `STAGE/ACTION`, and the role that it tells people in."""

    name: str
    action: codepipeline.Action
    role: str

    def configured(self, **values: str) -> dict[str, JSON]:
        """What an update of the pipeline would set, and where."""
        stage, _, action = self.name.partition("/")
        return {
            "cli": (
                "aws", "codepipeline", "update-pipeline", "--cli-input-json", "file://pipeline.json"
            ),
            "cloudformation": {
                "Stages": [
                    {"Name": stage, "Actions": [{"Name": action, "Configuration": values}]}
                ]
            },
        }  # fmt: skip


def approvals(facts: Facts) -> tuple[Approval, ...]:
    """The manual approvals of the pipeline."""
    structure = facts.its(codepipeline.STRUCTURES)
    return tuple(
        Approval(name, action, action.role_arn or structure.role_arn)
        for name, action in structure.actions
        if action.is_manual_approval
    )


def silent(approval: Approval, facts: Facts, pipeline: str, *, rules: bool) -> Iterator[Remark]:
    """What keeps an approval without a topic from being heard of; with `rules` they may tell."""
    doubts: list[str] = []

    def heard(reach: Reach) -> bool:
        if reach.answer is Answer.CANNOT_TELL:
            doubts.append(reach.why)
        return reach.answer is Answer.YES

    event = event_rules.of_approval(pipeline, facts)
    resource = f"arn:{facts.partition}:codepipeline:{facts.region}:{facts.account}:{pipeline}"
    if rules and any_of(
        lambda: heard(event_rules.by_events(event, facts)),
        lambda: heard(event_rules.by_notifications(resource, NEEDED, facts)),
    ):
        yield note(f"{approval.name}: a rule tells of it")
        return
    if doubts:
        yield unknown(f"{approval.name}: whether a rule tells of it: {'; '.join(sorted(doubts))}")
        return
    topic = f"arn:{facts.partition}:sns:{facts.region}:{facts.account}:TOPIC"
    yield gap(
        f"{approval.name}: nobody is told that it waits",
        code="no-notification",
        expected="a topic",
        found="none",
        **approval.configured(NotificationArn=topic),
    )


def unreached(approval: Approval, facts: Facts) -> Iterator[Remark]:
    """What keeps the topic of an approval from reaching somebody."""
    topic = approval.action.configuration.notification_arn
    who = worker(approval.role, facts)
    if who is None:
        yield gap(f"{approval.name}: its role does not exist", code="role-missing",
                  expected="a role", found=approval.role or "none")  # fmt: skip
        return
    if isinstance(who, CannotTell):
        yield unknown(f"{approval.name}: {who.reason}")
        return
    reach = topics.reach(topic, Sender(who.principal, who.identity), facts)
    if reach.answer is Answer.CANNOT_TELL:
        yield unknown(f"{approval.name}: {reach.why}")
    elif reach.answer is Answer.NO:
        yield drift(
            f"{approval.name}: {reach.why}",
            code=reach.code,
            expected="a topic that reaches somebody",
            found=topic,
            related=(facts.related("the role that publishes", who.role),),
        )
