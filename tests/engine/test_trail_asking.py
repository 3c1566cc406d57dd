"""CloudTrail is asked two questions a second, each once, and no longer than it answers."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.answer import Place, Why
from auditor.clients import Forbidden
from auditor.deadline import Deadline, OutOfTime
from auditor.scan import Access
from auditor.trail.asking import Asker, Asking, Pace, SpentError
from auditor.trail.events import LOOKUP
from auditor.trail.findings import CUT_SHORT, suspects
from auditor.trail.look_up import look
from tests.engine.nights import arn
from tests.engine.trails import event, nights
from tests.engine.wire import Fault, Wire, opened
from tests.kit import ACCOUNT, HERE, NOW, REGION
from tests.stub import Stub

pytestmark = pytest.mark.usefixtures("credentials")

DENIED = Fault("AccessDeniedException", 400, "not authorized to perform cloudtrail:LookupEvents")
SLOW = Fault("ThrottlingException", 400, "Rate exceeded")


class Clock:
    """A clock that moves only when somebody sleeps by it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.slept.append(seconds)
        self.now += seconds


class Answers:
    """Answers one after the other; remembers when each was asked for."""

    def __init__(self, clock, *said):
        self.clock, self.said, self.times = clock, list(said), []

    def __call__(self, call):
        self.times.append(self.clock.now)
        return self.said.pop(0) if len(self.said) > 1 else self.said[0]


def asking(*said, calls=100, keys=("a",), deadline=None):
    """Everything asked about keys that drifted: the asker, the wire, the clock, the times."""
    clock = Clock()
    answers = Answers(clock, *said)
    wire = Wire(LookupEvents=answers)
    account = opened(wire, [LOOKUP])
    told = []
    asker = Asker(
        Asking(calls, Pace(clock, clock.sleep), lambda **how: told.append(how)),
        asked := suspects(nights(dict.fromkeys(keys, "Disabled"))),
        *([deadline] if deadline else []),
    )
    asker.told = told

    def ask():
        try:
            for suspect in asked:
                for place, name in suspect.questions():
                    asker.ask(account, place, name)
        finally:
            account.clients.close()

    return ask, asker, wire, clock, answers


def answer(asker, name):
    (inventory,) = asker.kept.values()
    return inventory.answer(LOOKUP, HERE, (name,))


def test_a_question_is_a_name_and_ends_when_the_finding_was_seen():
    ask, asker, wire, *_ = asking({"Events": [event()]})
    ask()
    first, second = wire.asked("LookupEvents")
    assert first.params == {
        "LookupAttributes": [{"AttributeKey": "ResourceName", "AttributeValue": arn("a", REGION)}],
        "EndTime": first.params["EndTime"],
        "MaxResults": 50,
    }
    assert datetime.fromtimestamp(first.params["EndTime"], NOW.tzinfo) > NOW
    assert second.params["LookupAttributes"][0]["AttributeValue"] == "a"
    assert first.region == REGION
    (item,) = answer(asker, "a").items
    assert item.read().event_name == "PutKeyPolicy"
    assert asker.told[-1] == {"done": 2, "planned": 2, "refused": 0, "retried": 0}


def test_the_guard_lets_nothing_else_through():
    account = opened(Wire(), [LOOKUP])
    with account.acting(), pytest.raises(Forbidden):
        account.client("cloudtrail", REGION).delete_trail(Name="t")
    account.clients.close()


def test_the_guard_of_a_scan_does_not_let_it_through():
    account = opened(Wire(), [])
    with account.acting(), pytest.raises(Forbidden):
        account.client("cloudtrail", REGION).lookup_events()
    account.clients.close()


def test_when_time_is_up_before_an_account_is_entered_that_is_said():
    asked = suspects(nights({"a": "Disabled"}))
    trail = look(asked, Access(regions=(REGION,), deadline=Deadline(0.0)), Asking())
    assert trail.left_out == [f"who changed account {ACCOUNT} was not asked: no way leads into it"]
    assert trail.kept == {}


def test_when_time_is_up_in_between_the_rest_is_left_out():
    ask, asker, wire, clock, _ = asking({"Events": []}, keys=("a", "b"))
    asker.deadline = Deadline(100.5, clock=clock)
    with pytest.raises(OutOfTime):
        ask()
    assert len(wire.asked("LookupEvents")) == 2


def test_two_calls_begin_in_a_second():
    ask, _, _, clock, answers = asking({"Events": []}, keys=("a", "b", "c"))
    ask()
    assert [time - 100 for time in answers.times] == [0, 0, 1, 1, 2, 2]
    assert clock.slept == [1, 1]


@given(st.lists(st.tuples(st.sampled_from("xy"), st.floats(0, 3)), max_size=60))
def test_no_second_holds_more_than_two_calls_of_a_place(walks):
    clock = Clock()
    pace = Pace(clock, clock.sleep)
    begun: dict[str, list[float]] = {"x": [], "y": []}
    for region, pause in walks:
        clock.now += pause
        pace.wait(Place("aws", "1", region))
        begun[region].append(clock.now)
    for times in begun.values():
        assert all(
            later - first >= 1 - 1e-9 for first, later in zip(times, times[2:], strict=False)
        )


def test_pages_are_read_until_one_tells_of_a_change():
    reads = {"Events": [event("DescribeKey", read_only="true")], "NextToken": "n"}
    ask, asker, wire, *_ = asking(reads, {"Events": [event()], "NextToken": "m"}, {"Events": []})
    ask()
    calls = wire.asked("LookupEvents")
    assert [call.params.get("NextToken") for call in calls] == [None, "n", None]
    found = answer(asker, arn("a", REGION))
    assert len(found.items) == 2
    assert found.refusal.code == CUT_SHORT
    assert answer(asker, "a").refusal is None


def test_no_more_than_three_pages_are_read():
    reads = {"Events": [event("DescribeKey", read_only="true")], "NextToken": "n"}
    ask, asker, wire, *_ = asking(reads)
    ask()
    assert len(wire.asked("LookupEvents")) == 6
    assert answer(asker, "a").refusal.code == CUT_SHORT


def test_a_denial_is_not_asked_again_in_that_place():
    ask, asker, wire, *_ = asking(DENIED, keys=("a", "b"))
    ask()
    assert len(wire.asked("LookupEvents")) == 1
    for name in ("a", "b", arn("b", REGION)):
        refusal = answer(asker, name).refusal
        assert (refusal.why, refusal.subject) == (Why.DENIED, (name,))
        assert refusal.actions == ("cloudtrail:LookupEvents",)


def test_a_refusal_of_one_name_is_of_that_name_only():
    refused = Fault("InvalidLookupAttributesException", 400, "bad")
    ask, asker, _wire, *_ = asking(refused, {"Events": []})
    ask()
    assert answer(asker, arn("a", REGION)).refusal.code == "InvalidLookupAttributesException"
    assert answer(asker, "a").refusal is None


def test_a_call_that_was_throttled_is_made_again_after_a_while():
    ask, asker, _wire, _clock, answers = asking(SLOW, SLOW, {"Events": [event()]})
    ask()
    assert answer(asker, arn("a", REGION)).refusal is None
    assert answers.times[:3] == [100, 101, 103]
    (inventory,) = asker.kept.values()
    (tally,) = inventory.tallies.values()
    assert (tally.calls, tally.retried, tally.answered, tally.refused) == (4, 2, 2, 0)


def test_what_is_throttled_all_the_time_is_given_up():
    ask, asker, wire, *_ = asking(SLOW)
    ask()
    assert len(wire.asked("LookupEvents")) == 5
    assert answer(asker, "a").refusal.why is Why.THROTTLED


def test_no_more_calls_are_made_than_allowed():
    ask, _asker, wire, *_ = asking({"Events": []}, calls=3, keys=("a", "b"))
    with pytest.raises(SpentError, match="3 calls were made"):
        ask()
    assert len(wire.asked("LookupEvents")) == 3


def test_nothing_is_asked_when_time_is_up():
    ask, _, wire, *_ = asking({"Events": []}, deadline=Deadline(0.0))
    with pytest.raises(OutOfTime):
        ask()
    assert wire.asked("LookupEvents") == []


def test_a_deadline_ahead_changes_nothing():
    ask, _, wire, *_ = asking({"Events": []}, deadline=Deadline.after(600))
    ask()
    assert len(wire.asked("LookupEvents")) == 2


@pytest.mark.parametrize(
    "said",
    [b"{", b"<html>", {"Events": [None, {}]}, {"NextToken": ""}, {}],
    ids=["cut off", "page", "empty events", "no token", "nothing"],
)
def test_whatever_is_answered_is_an_answer_or_a_refusal(said):
    ask, asker, *_ = asking(said)
    ask()
    assert answer(asker, "a") is not None


def test_a_name_that_several_resources_share_is_asked_once_and_for_the_latest():
    report = nights({"a": "Disabled"}, {"a": "Disabled", "b": "Disabled"})
    old, new = report.findings
    resource = replace(old.resource, type="AWS::KMS::Alias")
    report.findings = [replace(old, resource=resource), replace(new, resource=old.resource)]
    asked = suspects(report)
    wire, clock = Wire(LookupEvents={"Events": []}), Clock()
    asker = Asker(Asking(pace=Pace(clock, clock.sleep)), asked)
    account = opened(wire, [LOOKUP])
    for suspect in asked:
        for place, name in suspect.questions():
            asker.ask(account, place, name)
    account.clients.close()
    ends = {call.params["EndTime"] for call in wire.asked("LookupEvents")}
    assert len(wire.asked("LookupEvents")) == 2
    assert ends == {report.run.finished_at.timestamp()}


def test_two_roles_of_one_profile_lead_into_two_accounts(monkeypatch):
    asked = suspects(nights({"a": "Disabled"}))
    access = Access(roles=("arn:aws:iam::1:role/a", "arn:aws:iam::2:role/b"), regions=(REGION,))
    with Stub() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        trail = look(asked, access, Asking())
    assert [str(one).partition(":")[0] for one in trail.closed] == [
        "AWS does not accept role arn"
    ] * 2
