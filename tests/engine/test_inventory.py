"""What AWS would not say has no value to misread."""

import pytest

from auditor.answer import (
    Answer,
    Item,
    Place,
    Unanswered,
    Why,
    key_of,
    lacks_key,
)
from auditor.inventory import Inventory, not_collected
from auditor.query import Name, Query
from tests.engine.wire import KEY, KEYS, Key, Rotation, keys
from tests.kit import ACCOUNT, HERE, Refused, inventory_of, refusal


def inventory(*sent, refused=None):
    return inventory_of((KEYS,), {KEYS: Refused(items=sent) if refused else list(sent)})


def test_a_malformed_item_is_unanswered_and_says_where():
    (item,) = inventory({"KeyArn": "a"}).items(KEYS, HERE)
    for _ in range(2):
        with pytest.raises(Unanswered) as raised:
            item.read()
        (said,) = raised.value.refusals
        assert (said.why, said.code, said.subject) == (Why.MALFORMED, "UnknownShape", ("a",))
        assert said.message == "KeyId: Field required"


def test_an_item_is_validated_once():
    (item,) = inventory(*keys("a")["Keys"]).items(KEYS, HERE)
    assert item.read() is item.read()


@pytest.mark.parametrize(
    ("query", "data", "key"),
    [
        (KEYS, {"KeyArn": "a"}, "a"),
        (KEYS, {}, "#7"),
        (KEYS, "odd", "#7"),
        (Query("a:B", Key, each="x"), {}, "7"),
        (Query("a:B", Key), {}, ""),
        (Query("a:B", Key, each="x", key=("A", "B")), {"A": 1, "B": "c"}, "1/c"),
        (Query("a:B", Key, each="x", key=("A", "B")), {"A": 1}, "#7"),
        (Query("a:B", Name, each="x"), {"value": "n"}, "n"),
    ],
)
def test_an_item_is_told_apart_by_its_key_else_by_its_position(query, data, key):
    assert key_of(query, data, 7) == key
    assert lacks_key(query, data) is key.startswith("#")


class TestAbsence:
    def test_is_concluded_from_a_whole_list(self):
        assert inventory(*keys("a")["Keys"]).find(KEYS, HERE, "b") is None

    def test_is_not_concluded_from_a_list_that_broke_off(self):
        with pytest.raises(Unanswered):
            inventory(*keys("a")["Keys"], refused=True).find(KEYS, HERE, "b")

    def test_is_not_concluded_where_an_item_does_not_say_which_it_is(self):
        with pytest.raises(Unanswered) as raised:
            inventory({"KeyId": "b"}).find(KEYS, HERE, "b")
        assert raised.value.refusals[0].subject == ("#0",)

    def test_is_not_concluded_where_nobody_asked(self):
        with pytest.raises(Unanswered) as raised:
            Inventory(places=[HERE]).find(KEYS, HERE, "b")
        assert raised.value.refusals == (not_collected(KEYS, HERE),)

    def test_is_concluded_where_the_service_is_not_offered(self):
        made = Inventory(places=[HERE], not_offered={(KEYS.id, HERE)})
        assert made.asked(KEYS, HERE)
        assert made.find(KEYS, HERE, "b") is None

    def test_presence_needs_no_whole_list(self):
        found = inventory(*keys("a")["Keys"], refused=True)
        assert found.find(KEYS, HERE, keys("a")["Keys"][0]["KeyArn"]) is not None


def test_a_list_is_not_whole_while_what_it_hangs_on_is_not():
    made = Inventory(places=[HERE])
    made.put(KEYS, HERE, (), Answer(refusal=refusal(KEYS, HERE)))
    made.answers[KEY.id, HERE] = {}
    assert [said.query for said in made.refusals(KEY, HERE)] == [KEYS.id]
    assert not Answer(refusal=refusal(KEYS, HERE)).complete


def test_an_index_is_made_once_and_one_unreadable_item_leaves_it_unanswered():
    def by_id(key):
        asked.append(key)
        return (key.key_id, "both")

    asked = []
    made = inventory(*keys("a", "b")["Keys"])
    assert len(made.index(KEYS, HERE, by_id)["both"]) == 2
    assert len(made.index(KEYS, HERE, by_id)["a"]) == 1
    assert len(asked) == 2
    odd = inventory(*keys("a")["Keys"], {"KeyArn": "x"})
    for _ in range(2):
        with pytest.raises(Unanswered):
            odd.index(KEYS, HERE, by_id)
    assert len(asked) == 3


def test_what_is_worked_out_once_is_not_worked_out_again():
    made, asked = Inventory(), []
    for _ in range(3):
        assert made.once(lambda text: asked.append(text) or len(asked), "x") or True
    assert len(asked) == 3  # three functions
    assert made.once(asked.append, "y") is made.once(asked.append, "y")
    assert asked.count("y") == 1


def test_places_name_themselves():
    assert str(HERE) == f"{ACCOUNT}/us-east-1"
    assert str(HERE.world) == f"{ACCOUNT}/global"
    assert HERE.world == Place("aws", ACCOUNT)


def test_an_item_goes_by_the_keys_from_the_outermost_inwards():
    outer = Item(KEYS, HERE, {}, "a")
    inner = Item(Query("x:Y", Rotation, of=KEYS), HERE, {}, "b", outer)
    assert (outer.ids, inner.ids) == (("a",), ("a", "b"))


def test_a_time_that_is_not_known_is_long_ago():
    assert Inventory().now(ACCOUNT).year == 1
