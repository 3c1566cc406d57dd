"""What the state of a stack means, and the first cause of a failure, out of its events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, not_applicable
from auditor.query import JSON, Query
from auditor.resources import Related
from probes.analysis.stack_events import Story, reason_of, story
from probes.analysis.stack_failures import UNTOLD, Cause, classify
from probes.aws import cloudformation, cloudformation_events
from probes.aws.cloudformation import Event, Stack

EVENTS = (
    cloudformation.EVENTS,
    cloudformation_events.NESTED_EVENTS,
    cloudformation_events.NESTED_TWICE_EVENTS,
)
GOOD = ("CREATE_COMPLETE", "IMPORT_COMPLETE", "UPDATE_COMPLETE")
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class State:
    """A state that a stack should not stay in: the code, how bad it is, and what it means."""

    code: str
    severity: Severity
    meaning: str
    command: str = ""


_STUCK = "it can neither be used nor updated as it is"
STATES: Mapping[str, State] = MappingProxyType(
    {
        "CREATE_FAILED": State(
            "stuck", Severity.HIGH, "its creation failed and was left so", "rollback-stack"
        ),
        "UPDATE_FAILED": State(
            "stuck", Severity.HIGH, "its update failed and was left so", "rollback-stack"
        ),
        "ROLLBACK_FAILED": State(
            "stuck", Severity.HIGH, f"its creation failed, then the rollback: {_STUCK}",
            "delete-stack",
        ),
        "UPDATE_ROLLBACK_FAILED": State(
            "stuck", Severity.HIGH, f"its update failed, then the rollback: {_STUCK}",
            "continue-update-rollback",
        ),
        "DELETE_FAILED": State(
            "stuck", Severity.HIGH, "its deletion failed and left resources behind", "delete-stack"
        ),
        "IMPORT_ROLLBACK_FAILED": State(
            "stuck", Severity.HIGH, f"an import failed, then the rollback: {_STUCK}"
        ),
        "ROLLBACK_COMPLETE": State(
            "dead", Severity.MEDIUM, "its creation failed: it is empty and can only be deleted",
            "delete-stack",
        ),
        "IMPORT_ROLLBACK_COMPLETE": State(
            "dead", Severity.MEDIUM, "an import of resources failed and was undone"
        ),
        "UPDATE_ROLLBACK_COMPLETE": State(
            "undone", Severity.LOW, "its last update failed and was undone"
        ),
    }
)  # fmt: skip
"""API model, `StackStatus`, and user guide, "Stack status codes"."""
RUNNING = frozenset(
    {
        "CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS",
        "ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "IMPORT_ROLLBACK_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the last operation of a stack failed; the cause says where that is not told."""

    cause: Cause
    story: Story[Event]

    @property
    def where(self) -> str:
        """The resource that failed first, by its logical ids from the stack inwards."""
        return "/".join(event.logical_resource_id for event in self.story.chain)

    @property
    def says(self) -> str:
        """The first cause in a sentence."""
        if self.story.first is None:
            return self.cause.explanation
        kind = self.story.first.resource_type
        said = f"{self.where} ({kind}) failed first: {self.cause.explanation}"
        if self.story.stuck is None:
            return said
        return f"{said}; the rollback then failed at {self.story.stuck.logical_resource_id}"

    @property
    def shown(self) -> dict[str, JSON]:
        """The events that tell it, for evidence."""
        events = {"first failure": self.story.first, "failed in the rollback": self.story.stuck}
        return {name: _shown(event) for name, event in events.items() if event}

    def related(self, facts: Facts) -> tuple[Related, ...]:
        """The nested stacks on the way to it, where they are still there."""
        ids = {event.physical_resource_id for event in self.story.chain}
        listed = (stack for stack in facts.seen(cloudformation.STACKS) if stack.stack_id in ids)
        return tuple(facts.related("nested stack that failed", stack) for stack in listed)


def failed(stack: Stack, facts: Facts) -> Remark:
    """The remark on a stack in one of the `STATES`."""
    state = STATES[stack.stack_status]
    if stack.parent_id and state.code != "stuck":
        return not_applicable("it is nested, and was undone with its root stack, which is judged")
    failure = failure_of(stack, facts)
    cli = ("aws", "cloudformation", state.command, "--stack-name", stack.stack_name)
    return drift(
        f"{state.meaning}; {failure.says}",
        code=f"{state.code}-{failure.cause.name}",
        expected=[*GOOD],
        found=stack.stack_status,
        severity=state.severity,
        related=failure.related(facts),
        evidence={"reason": stack.stack_status_reason[:_LONGEST], **failure.shown},
        cli=cli if state.command else (),
    )


def failure_of(stack: Stack, facts: Facts) -> Failure:
    """Why the last operation of a stack failed, as far as its events are known."""
    told = story(
        _events_of(stack.stack_id, facts, EVENTS[:1]),
        lambda nested: _events_of(nested, facts, EVENTS),
    )
    return _named(told)


def own_failure_of(stack: Stack, facts: Facts) -> Failure:
    """The same of any stack, without what nested stacks tell."""
    if not cloudformation.has_failed(stack):
        return Failure(UNTOLD, Story())
    return _named(story(_events_of(stack.stack_id, facts, EVENTS[:1]), lambda _: ()))


def _named(told: Story[Event]) -> Failure:
    if told.first is None:
        return Failure(UNTOLD, told)
    return Failure(classify(told.first.resource_type, reason_of(told.first)), told)


def _events_of(stack_id: str, facts: Facts, queries: Iterable[Query[Event]]) -> list[Event]:
    """The events that were read of a stack, perhaps not all."""
    return [one for query in queries for one in facts.seen(query) if one.stack_id == stack_id]


def _shown(event: Event) -> JSON:
    return {
        "logical id": event.logical_resource_id,
        "type": event.resource_type,
        "status": event.resource_status,
        "reason": reason_of(event)[:_LONGEST],
        "time": event.timestamp.isoformat() if event.timestamp else "",
    }
