"""Who else waits for an alarm: alarms above it, and deployments that stop when it goes off."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from auditor.facts import Facts
from auditor.probe import any_of
from auditor.query import Query, Shape
from probes.analysis.alarm_logic import UnreadableRule
from probes.analysis.alarm_rule import children
from probes.analysis.answers import Answer
from probes.aws import autoscaling_refreshes, cloudformation, cloudwatch, codedeploy, ecs
from probes.observability._actions import Action, acts, unknown_of

WATCHERS: tuple[Query[Shape], ...] = (
    cloudwatch.COMPOSITE_ALARMS,
    ecs.SERVICES,
    codedeploy.GROUPS,
    cloudformation.STACKS,
    autoscaling_refreshes.REFRESHES,
)
UNREADABLE = ""
"""Where a rule cannot be read: which alarms it looks at is not known."""


def children_of(composite: cloudwatch.CompositeAlarm) -> tuple[str, ...]:
    """For `where`: the composite alarms that go off because an alarm does, by its name or ARN."""
    return _named(composite, Answer.YES)


def perhaps_of(composite: cloudwatch.CompositeAlarm) -> tuple[str, ...]:
    """For `where`: the composite alarms of which that cannot be told."""
    return _named(composite, Answer.CANNOT_TELL)


def _named(composite: cloudwatch.CompositeAlarm, wanted: Answer) -> tuple[str, ...]:
    try:
        named = children(composite.alarm_rule)
    except UnreadableRule:
        return (UNREADABLE,) if wanted is Answer.CANNOT_TELL else ()
    return tuple(sorted(name for name, answer in named.items() if answer is wanted))


def suppressor_of(composite: cloudwatch.CompositeAlarm) -> str | None:
    """For `where`: the composite alarms whose actions an alarm holds back."""
    return composite.actions_suppressor


def above(alarm: cloudwatch.Actions, facts: Facts) -> Iterator[cloudwatch.CompositeAlarm]:
    """The composite alarms that go off because an alarm does, directly or through others, once.

    Composite alarms may look at each other in a circle (API model, `PutCompositeAlarm`).
    """
    known, waiting = {alarm.alarm_arn}, [alarm]
    while waiting:
        child = waiting.pop()
        for name in (child.alarm_name, child.alarm_arn):
            for parent in facts.where(cloudwatch.COMPOSITE_ALARMS, children_of, name):
                if parent.alarm_arn not in known:
                    known.add(parent.alarm_arn)
                    waiting.append(parent)
                    yield parent


def doubts_above(alarm: cloudwatch.Actions, facts: Facts) -> list[str]:
    """What is not known of the composite alarms that may be above an alarm."""
    unread = facts.where(cloudwatch.COMPOSITE_ALARMS, perhaps_of, UNREADABLE)
    perhaps = {
        parent.alarm_name
        for child in (alarm, *above(alarm, facts))
        for name in (child.alarm_name, child.alarm_arn)
        for parent in facts.where(cloudwatch.COMPOSITE_ALARMS, perhaps_of, name)
    }
    return [
        *(f"what {composite.alarm_name} looks at" for composite in unread),
        *(f"whether {name} goes off because of it" for name in sorted(perhaps)),
    ]


def excuse(
    alarm: cloudwatch.Actions, facts: Facts, *, confirmed: bool, composites: bool
) -> tuple[str, list[str]]:
    """Why an alarm needs no action of its own, or what keeps that from being known.

    With `composites`, a composite alarm above it that acts is a reason.
    """
    above_it: list[Action] = []
    doubts: list[str] = []
    if composites:
        heard = partial(acts, facts=facts, looked=above_it, confirmed=confirmed)
        if any_of(*(partial(heard, parent) for parent in above(alarm, facts))):
            return "a composite alarm above it acts", []
        doubts = doubts_above(alarm, facts)
    return used_elsewhere(alarm, facts), [*unknown_of(above_it), *doubts]


def used_elsewhere(alarm: cloudwatch.Actions, facts: Facts) -> str:
    """Who uses an alarm although it has no action; nothing where nobody does.

    Raises `Unanswered` where it cannot be known and nobody is known to.
    """
    found: list[str] = []

    def uses(use: _Use) -> bool:
        users = (facts.where(use.query, use.alarms, key) for key in use.keys(alarm))
        if not any(users):
            return False
        found.append(use.what)
        return True

    any_of(*(partial(uses, use) for use in _USES))
    return next(iter(found), "")


def _name(alarm: cloudwatch.Actions) -> tuple[str, ...]:
    return (alarm.alarm_name,)


def _arn(alarm: cloudwatch.Actions) -> tuple[str, ...]:
    return (alarm.alarm_arn,)


def _both(alarm: cloudwatch.Actions) -> tuple[str, ...]:
    return (alarm.alarm_name, alarm.alarm_arn)


@dataclass(frozen=True, slots=True)
class _Use:
    """One kind of use: where it is written, and by which of its names the alarm stands there."""

    what: str
    query: Query[Any]
    alarms: Callable[[Any], tuple[str, ...] | str | None]
    keys: Callable[[cloudwatch.Actions], tuple[str, ...]]


_USES = (
    _Use("it holds back a composite alarm", cloudwatch.COMPOSITE_ALARMS, suppressor_of, keys=_both),
    _Use("it fails deployments of a service", ecs.SERVICES, ecs.alarms_watched, keys=_name),
    _Use("it stops CodeDeploy", codedeploy.GROUPS, codedeploy.alarms_watched, keys=_name),
    _Use("it rolls back a stack", cloudformation.STACKS, cloudformation.alarms_watched, keys=_arn),
    _Use(
        "it stops instance refreshes",
        autoscaling_refreshes.REFRESHES,
        autoscaling_refreshes.alarms_watched,
        keys=_name,
    ),
)
