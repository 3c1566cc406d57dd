"""Which rules tell of an event, and whether what they tell reaches somebody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from auditor.facts import Facts
from auditor.query import Query, Shape
from probes.analysis import event_pattern, names
from probes.analysis.answers import Answer, any_of
from probes.analysis.conditions import Context
from probes.analysis.event_pattern import ABSENT, Value
from probes.analysis.principals import Principal
from probes.aws import codestar_notifications, events, lambda_, topics
from probes.aws.topics import REACHED, Reach, Sender

NEEDS: tuple[Query[Shape], ...] = (
    events.RULES,
    events.TARGETS,
    codestar_notifications.RULES,
    lambda_.FUNCTIONS,
    *topics.NEEDS,
)
_UNREACHED = frozenset({"UNREACHABLE", "INACTIVE", "DEACTIVATED"})


def of_pipeline(name: str, facts: Facts) -> Mapping[str, Value]:
    """What is known beforehand of the event of a failed execution (CodePipeline user guide)."""
    arn = f"arn:{facts.partition}:codepipeline:{facts.region}:{facts.account}:{name}"
    known: dict[str, Value] = {"pipeline": name, "state": "FAILED"}
    known |= {"stage": ABSENT, "action": ABSENT}
    return _event(
        facts, "aws.codepipeline", "CodePipeline Pipeline Execution State Change", arn, known
    )


def of_approval(name: str, facts: Facts) -> Mapping[str, Value]:
    """What is known beforehand of the event of an approval that waits (CodePipeline user guide)."""
    arn = f"arn:{facts.partition}:codepipeline:{facts.region}:{facts.account}:{name}"
    kind = {"owner": "AWS", "category": "Approval", "provider": "Manual"}
    known: dict[str, Value] = {"pipeline": name, "state": "STARTED", "type": kind}
    return _event(
        facts, "aws.codepipeline", "CodePipeline Action Execution State Change", arn, known
    )


def of_build(name: str, facts: Facts) -> Mapping[str, Value]:
    """What is known beforehand of the event of a failed build (CodeBuild user guide)."""
    known = {"project-name": name, "build-status": "FAILED"}
    event = dict(_event(facts, "aws.codebuild", "CodeBuild Build State Change", "", known))
    del event["resources"]  # the ARN of the build
    return event


def _event(
    facts: Facts, source: str, kind: str, arn: str, detail: Mapping[str, Value]
) -> Mapping[str, Value]:
    return {
        "source": source,
        "detail-type": kind,
        "account": facts.account,
        "region": facts.region,
        "resources": arn,
        "detail": detail,
    }


def by_events(event: Mapping[str, Value], facts: Facts) -> Reach:
    """Whether somebody hears of an event by a rule of EventBridge."""
    found = []
    for rule, fits in telling(event, facts):
        reached = _best([_target(target.arn, rule, facts) for target in _targets(rule, facts)])
        if reached.answer is Answer.YES and fits is not Answer.YES:
            reached = Reach(fits, "whether it tells of this")
        if reached.answer is Answer.YES:
            return REACHED
        found.append(Reach(reached.answer, f"rule {rule.name}: {reached.why}"))
    return _best(found)


def by_notifications(resource: str, event_types: frozenset[str], facts: Facts) -> Reach:
    """Whether somebody hears of a kind of event of a pipeline or project by a notification rule."""
    rules = facts.where(codestar_notifications.RULES, codestar_notifications.resource_of, resource)
    telling_rules = (rule for rule in rules if _tells(rule, event_types))
    return _best([_told(one, rule, facts) for rule in telling_rules for one in rule.targets])


def telling(event: Mapping[str, Value], facts: Facts) -> Iterator[tuple[events.Rule, Answer]]:
    """The rules that fit an event, or may."""
    for rule in facts.all(events.RULES):
        if not events.may_hear_builders(rule):
            continue
        pattern = facts.once(event_pattern.read, rule.event_pattern)
        answer = event_pattern.matches(pattern, event)
        if answer is not Answer.NO:
            yield rule, answer if rule.state in events.ENABLED else Answer.CANNOT_TELL


def _targets(rule: events.Rule, facts: Facts) -> tuple[events.Target, ...]:
    return facts.of(rule).each(events.TARGETS)


def _tells(rule: codestar_notifications.NotificationRule, event_types: frozenset[str]) -> bool:
    kinds = {one.event_type_id for one in rule.event_types}
    return rule.status != "DISABLED" and bool(kinds & event_types)


def _best(found: Sequence[Reach]) -> Reach:
    """The one that arrives, if one does; else all that is in the way."""
    answer = any_of(one.answer for one in found)
    if answer is Answer.YES:
        return REACHED
    return Reach(answer, "; ".join(sorted({one.why for one in found if one.answer is answer})))


def _target(target: str, rule: events.Rule, facts: Facts) -> Reach:
    try:
        arn = names.arn(target)
    except names.UnreadableName:
        return Reach(Answer.CANNOT_TELL, f"{target!r} is no ARN")
    if arn.service == "sns":
        sender = _service("events.amazonaws.com", rule.arn, facts)
        return topics.reach(target, sender, facts)
    if arn.service == "logs":
        return Reach(Answer.NO, "a log group tells nobody")
    if not arn.is_a("lambda", "function"):
        return Reach(Answer.CANNOT_TELL, f"who hears of it behind {target}")
    if arn.account != facts.account:
        return Reach(Answer.CANNOT_TELL, f"{target} belongs to account {arn.account}")
    function = facts.named(lambda_.FUNCTIONS, names.strip_version_of_lambda_arn(target))
    return REACHED if function else Reach(Answer.NO, f"{target} does not exist")


def _told(
    target: codestar_notifications.Target,
    rule: codestar_notifications.NotificationRule,
    facts: Facts,
) -> Reach:
    address, status = target.target_address, target.target_status
    if status in _UNREACHED:
        return Reach(Answer.NO, f"{address} is {status}")
    if status != "ACTIVE":
        return Reach(Answer.CANNOT_TELL, f"{address} is {status or 'in no state'}")
    if ":sns:" not in address:
        return REACHED
    sender = _service("codestar-notifications.amazonaws.com", rule.arn, facts)
    return topics.reach(address, sender, facts)


def _service(name: str, source: str, facts: Facts) -> Sender:
    known = {"aws:SourceAccount": (facts.account,), "aws:SourceArn": (source,)}
    return Sender(Principal.of_service(name), context=Context(known))
