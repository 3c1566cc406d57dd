"""Whether what an alarm is to do can be done: somebody listens, the policy or function is there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from auditor.facts import Facts
from auditor.probe import Remark, Severity, any_of, drift, gap
from auditor.query import Query, Shape
from probes.analysis import names
from probes.analysis.answers import Answer
from probes.aws import (
    aiops,
    application_autoscaling,
    autoscaling_policies,
    cloudwatch,
    kms_names,
    lambda_,
    sns,
    ssm_incidents,
)
from probes.observability._topic_keys import KEY_QUERIES, alarms_may_use

QUERIES: tuple[Query[Shape], ...] = (
    sns.TOPICS,
    sns.ATTRIBUTES,
    *KEY_QUERIES,
    autoscaling_policies.POLICIES,
    application_autoscaling.CALLED_POLICIES,
    application_autoscaling.ECS_POLICIES,
    lambda_.CALLED_FUNCTIONS,
    ssm_incidents.RESPONSE_PLANS,
    aiops.INVESTIGATION_GROUPS,
)
"""Everything that tells of actions: what a probe needs that asks whether they are alive."""

DANGLING = "dangling-action"
KEY_BLOCKS = "topic-kms-blocks-alarm"


@dataclass(frozen=True, slots=True)
class Action:
    """An action of an alarm: whether it can be carried out, and if not, why."""

    arn: str
    alive: Answer
    why: str = ""
    code: str = DANGLING


def acts(alarm: cloudwatch.Actions, facts: Facts, looked: list[Action], *, confirmed: bool) -> bool:
    """Whether one of an alarm's actions is alive; those that are not are added to `looked`.

    With `confirmed`, a topic that nobody hears is dead. Raises `Unanswered` where AWS would not
    say and no action is known to be alive.
    """

    def alive(arn: str) -> bool:
        action = _look_at(arn, alarm, facts, confirmed=confirmed)
        if action.alive is not Answer.YES:
            looked.append(action)
        return action.alive is Answer.YES

    return alarm.actions_enabled and any_of(*(partial(alive, arn) for arn in alarm.alarm_actions))


def unknown_of(looked: Sequence[Action]) -> list[str]:
    """The actions of which it cannot be told whether they are alive, and why."""
    return [f"{one.arn}: {one.why}" for one in looked if one.alive is Answer.CANNOT_TELL]


def idle(alarm: cloudwatch.Actions, dead: Sequence[Action]) -> Remark:
    """What is wrong with an alarm that does nothing; `dead` are its actions, all of them gone."""
    if not alarm.alarm_actions:
        return gap(
            "nothing happens when it goes off",
            code="no-alarm-action",
            expected="an action",
            found="none",
        )
    if not alarm.actions_enabled:
        return gap(
            "its actions are switched off",
            code="actions-disabled",
            expected="on",
            found="off",
            cli=("aws", "cloudwatch", "enable-alarm-actions", "--alarm-names", alarm.alarm_name),
            cloudformation={"ActionsEnabled": True},
        )
    blocked = any(action.code == KEY_BLOCKS for action in dead)
    return drift(
        f"no action can be carried out: {'; '.join(sorted({action.why for action in dead}))}",
        code=KEY_BLOCKS if blocked else DANGLING,
        severity=Severity.HIGH if blocked else None,
        expected="an action that can be carried out",
        found=sorted(action.arn for action in dead),
        evidence={"why": {action.arn: action.why for action in dead}},
    )


def _look_at(action: str, alarm: cloudwatch.Actions, facts: Facts, *, confirmed: bool) -> Action:
    try:
        arn = names.arn(action)
    except names.UnreadableName:
        return Action(action, Answer.CANNOT_TELL, "it is no ARN")
    if arn.service in _BY_AWS or arn.is_a("ssm", "opsitem"):
        return Action(action, Answer.YES)
    if arn.service == "sns" and arn.account == facts.account:
        return _topic(action, alarm, facts, confirmed=confirmed)
    looks = _LOOKS.get(arn.service)
    if arn.account != facts.account:
        return Action(action, Answer.CANNOT_TELL, f"it belongs to account {arn.account}")
    if looks is None:
        return Action(action, Answer.CANNOT_TELL, "this kind of action is not known here")
    return _there(action, there=looks(action, facts))


def _there(action: str, *, there: bool) -> Action:
    return Action(action, Answer.of(there), "" if there else "it does not exist")


def _topic(action: str, alarm: cloudwatch.Actions, facts: Facts, *, confirmed: bool) -> Action:
    topic = facts.named(sns.TOPICS, action)
    if topic is None:
        return _there(action, there=False)
    attributes = facts.of(topic).its(sns.ATTRIBUTES)
    key = attributes.kms_master_key_id
    unheard = confirmed and not attributes.subscriptions_confirmed
    if unheard and not kms_names.is_of_aws(key):
        return Action(action, Answer.NO, "nobody has confirmed a subscription")
    if not key:
        return Action(action, Answer.YES)
    may = alarms_may_use(key, action, alarm.alarm_arn, facts)
    return Action(action, may.answer, may.why, KEY_BLOCKS)


def _scaling_policy(action: str, facts: Facts) -> bool:
    namespace = application_autoscaling.namespace_of(action)
    if not namespace:
        return facts.named(autoscaling_policies.POLICIES, action) is not None
    wanted, arn_of = application_autoscaling.plain(action), application_autoscaling.arn_of
    if namespace == application_autoscaling.ECS:
        return bool(facts.where(application_autoscaling.ECS_POLICIES, arn_of, wanted))
    return bool(facts.where(application_autoscaling.CALLED_POLICIES, arn_of, wanted))


def _function(action: str, facts: Facts) -> bool:
    return facts.named(lambda_.CALLED_FUNCTIONS, action) is not None


def _response_plan(action: str, facts: Facts) -> bool:
    return facts.named(ssm_incidents.RESPONSE_PLANS, action) is not None


def _investigation_group(action: str, facts: Facts) -> bool:
    return facts.named(aiops.INVESTIGATION_GROUPS, action) is not None


_BY_AWS = ("automate", "swf")
"""EC2 actions (stop, recover, ...): AWS carries them out itself, and they have no target."""

_LOOKS: Mapping[str, Callable[[str, Facts], bool]] = {
    "autoscaling": _scaling_policy,
    "lambda": _function,
    "ssm-incidents": _response_plan,
    "aiops": _investigation_group,
}
