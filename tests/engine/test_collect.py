import threading
import time

import pytest

from auditor.answer import Unanswered, items_in
from auditor.collect import collect
from auditor.facts import Facts
from auditor.query import Query, Shape, closure
from tests.engine.wire import (
    KEY,
    KEYS,
    ROTATION,
    Fault,
    Key,
    Metadata,
    Wire,
    collected,
    keys,
    opened,
    regions,
    state,
)
from tests.kit import HERE, REGION

pytestmark = pytest.mark.usefixtures("credentials")


class Rule(Shape):
    name: str


def the_refusal(inventory, query, place=HERE):
    (said,) = inventory.refusals(query, place)
    return said


# -- to the end -----------------------------------------------------------------------------------


def paged(call):
    """Three keys, one on each page."""
    page = int(call.params.get("Marker", "0"))
    more = {"Truncated": True, "NextMarker": str(page + 1)} if page < 2 else {"Truncated": False}
    return {**keys(f"k{page}"), **more}


def test_pages_are_read_to_the_end():
    inventory = collected(Wire(ListKeys=paged), KEYS)
    assert [key.key_id for key in Facts(inventory, HERE).all(KEYS)] == ["k0", "k1", "k2"]
    assert inventory.tallies[KEYS.id, HERE].pages == 3


def test_a_list_that_breaks_off_keeps_what_was_read_and_says_why():
    def broken(call):
        return Fault("AccessDeniedException") if "Marker" in call.params else paged(call)

    inventory = collected(Wire(ListKeys=broken, DescribeKey=state()), KEY)
    facts = Facts(inventory, HERE)
    assert [key.key_id for key in facts.seen(KEYS)] == ["k0"]
    assert len(facts.seen(KEY)) == 1
    for read in (facts.all, lambda query: facts.named(query, "other")):
        with pytest.raises(Unanswered):
            read(KEYS)


def test_a_token_that_repeats_is_a_refusal_and_not_an_endless_run():
    def stuck(call):
        return {**keys("k0"), "Truncated": True, "NextMarker": "again"}

    assert the_refusal(collected(Wire(ListKeys=stuck), KEYS), KEYS).code == "PaginationError"


def test_an_item_that_two_pages_repeat_is_one_item():
    def shifted(call):
        return {
            **keys("k0"),
            **({} if "Marker" in call.params else {"Truncated": True, "NextMarker": "1"}),
        }

    assert len(Facts(collected(Wire(ListKeys=shifted), KEYS), HERE).all(KEYS)) == 1


@pytest.mark.parametrize(
    ("each", "at", "answer", "found"),
    [
        ("A", "", {"A": [1, 2]}, [1, 2]),
        ("A[].B", "", {"A": [{"B": [1]}, {"B": [2, 3]}, {}, "no object"]}, [1, 2, 3]),
        ("A", "", {}, []),
        ("A", "", {"A": {"x": 1}}, [{"x": 1}]),
        ("", "A.B", {"A": {"B": 1}}, [1]),
        ("", "A.B", {"A": None}, []),
        ("", "", {"A": 1}, [{"A": 1}]),
    ],
)
def test_items_are_found_where_the_query_says(each, at, answer, found):
    assert list(items_in(Query("kms:ListKeys", Key, each=each, at=at), answer)) == found


# -- once -----------------------------------------------------------------------------------------


def test_each_call_is_made_once_for_account_and_region():
    wire = Wire(
        DescribeRegions=regions("us-east-1", "eu-west-1"),
        ListKeys=keys("a", "b"),
        DescribeKey=state(),
        GetKeyRotationStatus={"KeyRotationEnabled": True},
    )
    collected(wire, KEYS, KEY, KEYS, ROTATION, KEY, wanted=("us-east-1", "eu-west-1"))
    made = [(call.operation, call.region, call.params.get("KeyId")) for call in wire.calls]
    assert len(made) == len(set(made))
    assert len(wire.asked("ListKeys")) == 2
    assert len(wire.asked("DescribeKey")) == 4


def test_an_account_wide_query_is_asked_once_however_many_regions():
    world = Query("kms:ListKeys", Key, each="Keys", key="KeyArn", world=True)
    below = Query("kms:DescribeKey", Key, of=world, given={"KeyId": "KeyArn"}, world=True)
    wire = Wire(
        DescribeRegions=regions("us-east-1", "eu-west-1"), ListKeys=keys("a"), DescribeKey=state()
    )
    inventory = collected(wire, below, wanted=("us-east-1", "eu-west-1"))
    assert len(wire.asked("ListKeys")) == len(wire.asked("DescribeKey")) == 1
    assert len(Facts(inventory, HERE).all(world)) == 1


def test_what_hangs_on_nothing_is_answered_without_a_call():
    below = Query("kms:ListGrants", Key, each="Grants", of=KEY, given={"KeyId": "^KeyArn"})
    inventory = collected(Wire(ListKeys=keys()), below)
    assert Facts(inventory, HERE).all(below) == ()
    assert inventory.asked(below, HERE)


def test_an_account_wide_question_reads_what_every_region_answered():
    def named(facts):
        for key in facts.everywhere(KEYS):
            yield {"KeyId": key.key_id}

    world = Query(
        "kms:DescribeKey", Metadata, at="KeyMetadata", asks=named, reads=(KEYS,), world=True
    )
    wire = Wire(
        DescribeRegions=regions("us-east-1", "eu-west-1"),
        ListKeys=lambda call: keys(call.region),
        DescribeKey=state(),
    )
    inventory = collected(wire, world, wanted=("us-east-1", "eu-west-1"))
    for region in ("us-east-1", "eu-west-1"):
        assert Facts(inventory, HERE).named(world, region).key_state == "Enabled"


def test_queries_that_one_call_answers_share_it(aws):
    import boto3

    role = Query(
        "iam:GetAccountAuthorizationDetails",
        Named,
        each="RoleDetailList",
        key="Arn",
        world=True,
        label="roles",
    )
    group = Query(
        "iam:GetAccountAuthorizationDetails",
        Named,
        each="GroupDetailList",
        key="Arn",
        world=True,
        label="groups",
    )
    iam = boto3.client("iam", "us-east-1")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    iam.create_group(GroupName="g")
    account = opened(None, [role, group])
    calls = []
    account.clients.client("iam", REGION).meta.events.register(
        "before-send", lambda event_name, **_: calls.append(event_name)
    )
    inventory = collect(account, [role, group])
    facts = Facts(inventory, HERE)
    assert len(calls) == 1
    assert [r.arn[-2:] for r in (*facts.all(role), *facts.all(group))] == ["/r", "/g"]
    assert inventory.tallies[role.id, HERE.world].calls == 1
    assert inventory.tallies[group.id, HERE.world].calls == 0


class Named(Shape):
    arn: str


# -- bugs, progress -------------------------------------------------------------------------------


def test_a_bug_of_the_tool_ends_the_collection_loudly():
    def fetch(client, params):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        collected(Wire(), Query("kms:ListKeys", Key, each="Keys", fetch=fetch))


def test_a_fetch_function_brings_pages_of_its_own():
    def fetch(client, params):
        yield client.list_keys(**params)
        yield client.list_keys(**params, Marker="1")

    query = Query("kms:ListKeys", Key, each="Keys", key="KeyArn", also={"Limit": 1}, fetch=fetch)
    wire = Wire(ListKeys=lambda call: keys(f"k{call.params.get('Marker', 0)}"))
    assert len(Facts(collected(wire, query), HERE).all(query)) == 2
    assert {call.params["Limit"] for call in wire.calls if call.operation == "ListKeys"} == {1}


def test_progress_counts_up_to_all_that_was_planned():
    heard = []
    wire = Wire(ListKeys=keys("a", "b"), DescribeKey=Fault("AccessDeniedException"))
    asked = closure([KEY])
    collect(opened(wire, asked), asked, lambda **said: heard.append(said))
    assert heard[-1] == {"done": 3, "planned": 3, "refused": 2, "retried": 0}
    assert [said["done"] for said in heard] == [1, 2, 3]


def test_many_calls_are_under_way_at_once_but_no_more_than_the_pool_takes():
    at_work, most, lock = [0], [0], threading.Lock()

    def slow(call):
        with lock:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        time.sleep(0.01)
        with lock:
            at_work[0] -= 1
        return state()

    collected(Wire(ListKeys=keys(*"abcdefghijklmnop"), DescribeKey=slow), KEY, threads=4)
    assert 2 <= most[0] <= 4


def test_only_what_a_shape_declares_is_kept():
    inventory = collected(Wire(ListKeys=keys("a"), DescribeKey=state()), KEY)
    (item,) = inventory.items(KEY, HERE)
    assert item.data == {"KeyState": "Enabled"}
