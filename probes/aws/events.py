"""EventBridge: the rules of the default bus, where AWS's own events come, and their targets."""

from __future__ import annotations

from auditor.query import Query, Shape
from probes.analysis import event_pattern
from probes.analysis.answers import Answer
from probes.aws import tagging

GONE = {"ResourceNotFoundException"}
ENABLED = frozenset({"ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"})
BUILDERS = ("aws.codepipeline", "aws.codebuild")
"""The sources of events whose rules are looked at more closely."""


class Rule(Shape):
    """A rule: on events of a pattern, or on a schedule, and then without a pattern."""

    arn: str
    name: str
    state: str = ""
    event_pattern: str = ""


class Target(Shape):
    """Where the events of a rule go."""

    id: str
    arn: str


def may_hear_builders(rule: Rule) -> bool:
    """Which rules are worth asking about: those that events of pipelines or builds may fit."""
    if not rule.event_pattern or rule.state == "DISABLED":
        return False
    pattern = event_pattern.read(rule.event_pattern)
    heard = (event_pattern.matches(pattern, {"source": source}) for source in BUILDERS)
    return any(answer is not Answer.NO for answer in heard)


RULES = Query(
    "events:ListRules",
    Rule,
    each="Rules",
    key="Arn",
    lasting="Name",
    also={"Limit": 100},
    arn="Arn",
    name="Name",
    tags=tagging.TAGGED,
    type="AWS::Events::Rule",
)
TARGETS = Query(
    "events:ListTargetsByRule",
    Target,
    each="Targets",
    key="Id",
    of=RULES,
    given={"Rule": "Name"},
    also={"Limit": 100},
    when=may_hear_builders,
    gone=GONE,
)
