"""Alarms do something when they go off.

An alarm without an action, with its actions switched off, or whose topic, policy or function is
gone, is seen only by who happens to look. Actions on OK or on missing data do not count. A topic
without a confirmed subscription reaches nobody, and alarms cannot publish to a topic sealed with
AWS's own key `alias/aws/sns` (SNS developer guide, "Enable compatibility between event sources").
`DescribeAlarms` lists composite and log alarms only where asked for. Alarms that make a composite
alarm go off that acts, those that deployments wait for, and those of target tracking need no action
of their own; one that its rule only negates holds it back, and is heard by nobody. Actions in other
accounts cannot be looked at: that is unknown, not fine.

Fix: `aws cloudwatch put-metric-alarm --alarm-actions TOPIC` with all other settings of the alarm,
or `aws cloudwatch enable-alarm-actions`; in CloudFormation `AlarmActions` and `ActionsEnabled`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.aws import cloudwatch
from probes.observability._actions import QUERIES, Action, acts, idle, unknown_of
from probes.observability._watchers import WATCHERS, excuse


class Acts(Settings):
    """What counts as an action."""

    require_action: bool = setting(True, "Whether alarms must have an action at all.")
    composite_children_ok: bool = setting(
        True, "Whether an alarm is fine whose composite alarm has a live action."
    )
    require_confirmed_subscription: bool = setting(
        True, "Whether a topic counts only if somebody has confirmed a subscription."
    )


class AlarmActions(Probe[cloudwatch.Actions, Acts]):
    """The actions of metric, composite and log alarms."""

    subject = cloudwatch.EVERY_ALARM
    needs = (*QUERIES, *WATCHERS)
    severity, settings, sources = Severity.MEDIUM, Acts, ("S0.6", "S2.9")

    def judge(self, alarm: cloudwatch.Actions, facts: Facts, expected: Acts) -> Iterator[Remark]:
        if cloudwatch.scaling_owns(alarm):
            yield not_applicable("target tracking made this alarm and keeps its actions")
            return
        if not expected.require_action:
            yield not_applicable("the baseline asks for no action")
            return
        confirmed = expected.require_confirmed_subscription
        own: list[Action] = []
        if acts(alarm, facts, own, confirmed=confirmed):
            return
        composites = expected.composite_children_ok
        reason, doubts = excuse(alarm, facts, confirmed=confirmed, composites=composites)
        doubts += unknown_of(own)
        if reason:
            yield not_applicable(reason)
        elif doubts:
            yield unknown(f"whether anything happens cannot be told: {'; '.join(doubts)}")
        else:
            yield idle(alarm, own)
