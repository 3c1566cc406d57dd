"""What a stack's events tell of a failure: which came first, and which only followed from it.

CloudFormation lists events newest first, for 90 days (API Reference, `DescribeStackEvents`). When
one resource fails, those under way are cancelled and the rest is rolled back, so that most failures
of an operation are only its echo (User Guide, "Determine the cause of a stack failure").
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Generic, Protocol, TypeVar

_STACK: Final = "AWS::CloudFormation::Stack"
_STARTS: Final = frozenset(
    {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS"}
)
_CANCELLED: Final = ("creation cancelled", "update cancelled", "deletion cancelled")
_SUMMARY: Final = ("the following resource(s) failed", "embedded stack")
_HOOK_FAILED: Final = frozenset({"HOOK_COMPLETE_FAILED", "HOOK_FAILED"})
_DEEPEST: Final = 10
_NO_TIME: Final = datetime.min.replace(tzinfo=UTC)


class Event(Protocol):
    """One event of a stack, in AWS's words."""

    @property
    def stack_id(self) -> str: ...
    @property
    def timestamp(self) -> datetime | None: ...
    @property
    def logical_resource_id(self) -> str: ...
    @property
    def physical_resource_id(self) -> str: ...
    @property
    def resource_type(self) -> str: ...
    @property
    def resource_status(self) -> str: ...
    @property
    def resource_status_reason(self) -> str: ...
    @property
    def hook_status(self) -> str: ...
    @property
    def hook_status_reason(self) -> str: ...
    @property
    def hook_failure_mode(self) -> str: ...


E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Story(Generic[E]):
    """How an operation failed.

    `chain` leads from the stack's own event to the one that failed first, through nested stacks;
    it is empty where the events do not tell. `stuck` is what kept the rollback from its end.
    """

    chain: tuple[E, ...] = ()
    stuck: E | None = None

    @property
    def first(self) -> E | None:
        """What failed first, in the innermost stack that is known."""
        return self.chain[-1] if self.chain else None


def story(events: Iterable[E], events_of: Callable[[str], Iterable[E]]) -> Story[E]:
    """How the last operation of a stack failed; `events_of` gives those of a nested stack."""
    operations = _operations(events)
    last = operations[-1] if operations else ()
    failure = _first_of(last)
    chain: list[E] = []
    while failure is not None and len(chain) < _DEEPEST:
        chain.append(failure)
        inner = events_of(failure.physical_resource_id) if is_nested(failure) else ()
        failure = first_failure(inner)
    return Story(tuple(chain), next(_failures(_rollback(last)), None))


def first_failure(events: Iterable[E]) -> E | None:
    """What failed first in the latest operation of a stack that failed at all.

    A nested stack whose creation failed is deleted afterwards, so its last operation is another.
    """
    found = (_first_of(operation) for operation in reversed(_operations(events)))
    return next((failure for failure in found if failure is not None), None)


def is_nested(event: Event) -> bool:
    """Whether an event is about a stack inside the stack whose event it is."""
    return (
        event.resource_type == _STACK
        and event.physical_resource_id.startswith("arn:")
        and event.physical_resource_id != event.stack_id
    )


def reason_of(event: Event) -> str:
    """Why something failed, in AWS's words; a hook has words of its own."""
    return event.hook_status_reason or event.resource_status_reason


def _operations(events: Iterable[E]) -> list[Sequence[E]]:
    """The operations whose beginning is among the events, the oldest first."""
    # Turned round first: of events of one instant the list has the later one first.
    turned = reversed([*events])
    ordered = sorted(turned, key=lambda event: event.timestamp or _NO_TIME)
    starts = [n for n, event in enumerate(ordered) if _begins(event)]
    ends = [*starts[1:], len(ordered)]
    return [ordered[start:end] for start, end in zip(starts, ends, strict=True)] if starts else []


def _begins(event: Event) -> bool:
    return _is_own(event) and event.resource_status in _STARTS


def _is_own(event: Event) -> bool:
    """Whether an event is about the whole stack that it is listed under."""
    return event.resource_type == _STACK and event.physical_resource_id == event.stack_id


def _rolls_back(event: Event) -> bool:
    return _is_own(event) and event.resource_status.endswith("ROLLBACK_IN_PROGRESS")


def _forward(operation: Sequence[E]) -> Sequence[E]:
    """What happened before the rollback began."""
    turn = next((n for n, event in enumerate(operation) if _rolls_back(event)), len(operation))
    return operation[:turn]


def _rollback(operation: Sequence[E]) -> Sequence[E]:
    return operation[len(_forward(operation)) :]


def _failures(events: Iterable[E]) -> Iterator[E]:
    """What failed by itself: neither the whole stack nor what was cancelled with it."""
    for event in events:
        if not _is_own(event) and _has_failed(event) and not _says(event, _CANCELLED):
            yield event


def _has_failed(event: Event) -> bool:
    hook = event.hook_status in _HOOK_FAILED and event.hook_failure_mode != "WARN"
    return hook or event.resource_status.endswith("_FAILED")


def _first_of(operation: Sequence[E]) -> E | None:
    """What failed first; where no resource did, what the stack says of itself."""
    forward = next(_failures(_forward(operation)), None)
    return forward or next((event for event in operation if _explains(event)), None)


def _explains(event: Event) -> bool:
    """Whether a stack's own event says more than that something in it failed."""
    over = _rolls_back(event) or (_is_own(event) and event.resource_status.endswith("_FAILED"))
    return over and bool(event.resource_status_reason) and not _says(event, _SUMMARY)


def _says(event: Event, signs: tuple[str, ...]) -> bool:
    reason = event.resource_status_reason[:2000].lower()
    return any(sign in reason for sign in signs)
