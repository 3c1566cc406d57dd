"""CloudFormation: the events of nested stacks that are listed no more, for the failure is theirs.

A nested stack whose creation failed is deleted with its root; its events can still be had by its id
(API Reference, `DescribeStackEvents`). Two levels are followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from auditor.facts import Facts
from auditor.query import JSON, Query
from probes.analysis.stack_events import first_failure, is_nested
from probes.aws.cloudformation import EVENTS, STACKS, Event, has_failed


def _nested(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    """The nested stacks that a stack failed for, where they are not listed with their events."""
    asked = {stack.stack_id for stack in facts.seen(STACKS) if has_failed(stack)}
    return _to_ask(facts.seen(EVENTS), asked)


def _nested_twice(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    """The nested stacks that a nested stack failed for, likewise."""
    asked = {stack.stack_id for stack in facts.seen(STACKS) if has_failed(stack)}
    return _to_ask(facts.seen(NESTED_EVENTS), asked)


def _to_ask(events: Iterable[Event], asked: set[str]) -> Iterator[Mapping[str, JSON]]:
    by_stack: dict[str, list[Event]] = {}
    for event in events:
        by_stack.setdefault(event.stack_id, []).append(event)
    for listed in by_stack.values():
        first = first_failure(listed)
        if first and is_nested(first) and first.physical_resource_id not in asked:
            yield {"StackName": first.physical_resource_id}


NESTED_EVENTS = Query(
    "cloudformation:DescribeStackEvents",
    Event,
    each="StackEvents",
    key="EventId",
    asks=_nested,
    reads=(STACKS, EVENTS),
    gone={"ValidationError"},
    label="nested",
)
NESTED_TWICE_EVENTS = Query(
    "cloudformation:DescribeStackEvents",
    Event,
    each="StackEvents",
    key="EventId",
    asks=_nested_twice,
    reads=(STACKS, NESTED_EVENTS),
    gone={"ValidationError"},
    label="nested twice",
)
