"""What a stack's events tell, whatever they hold."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.stack_events import first_failure, is_nested, reason_of, story
from probes.analysis.stack_failures import UNKNOWN, classify

BEGAN = datetime(2026, 11, 20, 10, tzinfo=UTC)
STACK = "AWS::CloudFormation::Stack"


@dataclass(frozen=True)
class Event:
    logical_resource_id: str
    resource_status: str
    resource_status_reason: str = ""
    resource_type: str = "AWS::SQS::Queue"
    physical_resource_id: str = ""
    stack_id: str = "arn:root"
    timestamp: datetime | None = None
    hook_status: str = ""
    hook_status_reason: str = ""
    hook_failure_mode: str = ""


def own(status, reason="", at=0):
    return Event("root", status, reason, STACK, "arn:root", timestamp=BEGAN + timedelta(seconds=at))


def of(logical, status, reason="", at=0, **more):
    return Event(logical, status, reason, timestamp=BEGAN + timedelta(seconds=at), **more)


def nobody(_):
    return ()


def test_the_order_of_the_list_decides_between_events_without_a_time():
    events = [Event("B", "CREATE_FAILED"), Event("A", "CREATE_FAILED"), Event("root", "CREATE_IN_PROGRESS", "", STACK, "arn:root")]  # fmt: skip
    assert first_failure(events).logical_resource_id == "A"


def test_a_nested_stack_that_holds_itself_comes_to_an_end():
    loop = [own("CREATE_IN_PROGRESS"), of("N", "CREATE_FAILED", at=1, resource_type=STACK, physical_resource_id="arn:n")][::-1]  # fmt: skip
    told = story(loop, lambda _: loop)
    assert len(told.chain) == 10
    assert is_nested(told.first)


def test_a_nested_stack_without_an_id_is_no_event_of_the_stack_itself():
    events = [own("CREATE_IN_PROGRESS"), of("N", "CREATE_FAILED", "No export named x", at=1, resource_type=STACK)][::-1]  # fmt: skip
    told = story(events, nobody)
    assert told.first.logical_resource_id == "N"
    assert not is_nested(told.first)


def test_no_events_tell_nothing():
    assert story([], nobody).first is None
    assert first_failure([]) is None


def test_a_hook_has_words_of_its_own():
    event = of("A", "CREATE_IN_PROGRESS", "x", hook_status="HOOK_FAILED", hook_status_reason="no")
    assert reason_of(event) == "no"


@pytest.mark.parametrize("reason", ["", "x" * 1_000_000, "\ud800", "\x00"])
def test_any_reason_is_classified(reason):
    assert classify("AWS::AutoScaling::AutoScalingGroup", reason) is UNKNOWN


_EVENTS = st.lists(
    st.builds(
        Event,
        st.sampled_from(["root", "A", "N"]),
        st.sampled_from(["CREATE_IN_PROGRESS", "CREATE_FAILED", "ROLLBACK_IN_PROGRESS", "DELETE_FAILED", "??"]),
        st.sampled_from(["", "Resource creation cancelled", "The following resource(s) failed to create: [A]", "x"]),
        st.sampled_from([STACK, "AWS::SQS::Queue"]),
        st.sampled_from(["", "arn:root", "arn:n"]),
        timestamp=st.none() | st.just(BEGAN),
        hook_status=st.sampled_from(["", "HOOK_FAILED"]),
    ),
    max_size=8,
)  # fmt: skip


@given(_EVENTS, _EVENTS)
def test_any_events_make_a_story(events, inner):
    told = story(events, lambda _: inner)
    assert all(event in events or event in inner for event in told.chain)
    assert told.stuck is None or told.stuck in events
