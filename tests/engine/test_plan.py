"""What is asked, in which order, and what is not worth asking."""

from dataclasses import replace

import pytest

from auditor.answer import Place
from auditor.plan import asks, field_of, grouped, halves, steps
from auditor.query import Name, Query
from tests.engine.wire import KEY, KEYS, Cluster, Metadata, arn, keys
from tests.kit import ACCOUNT, HERE, Refused, inventory_of

THERE = Place("aws", ACCOUNT, "eu-west-1")
NAMES = Query("ecs:ListClusters", Name, each="clusterArns")
INNER = Query("ecs:ListServices", Name, each="serviceArns", of=NAMES, given={"cluster": "value"})
BATCH = Query(
    "ecs:DescribeServices",
    Cluster,
    each="services",
    key="serviceArn",
    of=INNER,
    given={"services": "value", "cluster": "^value"},
    also={"include": ["TAGS"]},
    batch=2,
)


def asked(query, answers, queries, place=HERE):
    (group,) = [g for g in grouped(queries) if query in g.queries]
    return list(asks(group, place, inventory_of(queries, answers)))


def test_queries_of_one_call_are_one_group():
    again = replace(KEYS, label="again")
    other = replace(KEYS, label="other", also={"Limit": 5})
    assert [group.queries for group in grouped([KEYS, again, other])] == [(KEYS, again), (other,)]


def test_a_step_waits_for_what_its_question_hangs_on():
    plan = {(s.group.lead.id, s.place): s for s in steps(grouped([KEYS, KEY]), [HERE, THERE])}
    assert plan[KEYS.id, HERE].waits_for == 0
    assert plan[KEY.id, HERE].waits_for == 1
    assert plan[KEYS.id, HERE].waiting == [plan[KEY.id, HERE]]


def test_an_account_wide_question_waits_for_every_region():
    world = Query("kms:DescribeKey", Metadata, asks=lambda _: (), reads=(KEYS,), world=True)
    (step,) = [s for s in steps(grouped([KEYS, world]), [HERE, THERE]) if s.group.lead is world]
    assert step.waits_for == 2


def test_a_regional_question_may_wait_for_an_account_wide_answer():
    world = replace(KEYS, world=True)
    below = replace(KEY, of=world)
    plan = steps(grouped([world, below]), [HERE, THERE])
    assert [s.waits_for for s in plan] == [0, 1, 1]


def test_a_question_without_subject_is_asked_as_it_is():
    (ask,) = asked(KEYS, {}, (KEYS,))
    assert dict(ask.params) == {}


def test_a_question_about_items_is_asked_of_each():
    params = [dict(ask.params) for ask in asked(KEY, {KEYS: keys("a", "b")["Keys"]}, (KEYS, KEY))]
    assert params == [{"KeyId": arn("a")}, {"KeyId": arn("b")}]


def test_only_items_that_are_worth_it_are_asked_about():
    query = replace(KEY, when=lambda key: key.key_id == "b")
    (ask,) = asked(query, {KEYS: keys("a", "b")["Keys"]}, (KEYS, query))
    assert dict(ask.params) == {"KeyId": arn("b")}


def test_an_item_that_cannot_be_read_is_asked_about_for_it_might_be_worth_it():
    query = replace(KEY, when=lambda key: key.key_id == "b")
    answers = {KEYS: [{"KeyArn": arn("x")}]}
    inventory = inventory_of((KEYS,), answers)
    (ask,) = asks(grouped([query])[0], HERE, inventory)
    assert dict(ask.params) == {"KeyId": arn("x")}


class TestBatches:
    def made(self, services, **more):
        answers = {NAMES: ["c1", "c2"], INNER: services, **more}
        return asked(BATCH, answers, (NAMES, INNER, BATCH))

    def test_are_cut_to_size_and_apart_where_other_parameters_differ(self):
        made = self.made({"c1": ["a", "b", "c"], "c2": ["d"]})
        assert [dict(ask.params) for ask in made] == [
            {"include": ["TAGS"], "cluster": "c1", "services": ["a", "b"]},
            {"include": ["TAGS"], "cluster": "c1", "services": ["c"]},
            {"include": ["TAGS"], "cluster": "c2", "services": ["d"]},
        ]

    def test_name_a_thing_once_and_answer_all_that_asked_about_it(self):
        query = Query(
            "ecs:DescribeClusters",
            Cluster,
            each="clusters",
            key="clusterArn",
            of=KEYS,
            given={"clusters": "KeyId"},
            batch=5,
        )
        twice = [{"KeyArn": "1", "KeyId": "same"}, {"KeyArn": "2", "KeyId": "same"}]
        (ask,) = asked(query, {KEYS: twice}, (KEYS, query))
        assert ask.params["clusters"] == ["same"]
        assert [subject for subject, _ in ask.subjects["same"]] == [("1",), ("2",)]

    def test_leave_out_an_item_without_name_and_ask_about_it_alone(self):
        query = Query(
            "ecs:DescribeClusters",
            Cluster,
            each="clusters",
            key="clusterArn",
            of=KEYS,
            given={"clusters": "KeyId"},
            batch=5,
        )
        answers = {KEYS: [{"KeyArn": "1", "KeyId": "a"}, {"KeyArn": "2"}]}
        alone, batch = asks(grouped([query])[0], HERE, inventory_of((KEYS,), answers))
        assert (alone.params["clusters"], alone.batched) == ([None], False)
        assert batch.params["clusters"] == ["a"]

    def test_can_be_halved(self):
        (ask,) = self.made({"c1": ["a", "b"], "c2": []})
        first, second = halves(BATCH, ask)
        assert (first.params["services"], second.params["services"]) == (["a"], ["b"])
        assert first.params["cluster"] == second.params["cluster"] == "c1"
        assert list(first.subjects) == ["a"]


class TestWorkedOut:
    def query(self, *sets):
        return Query(
            "kms:DescribeKey", Metadata, asks=lambda _: iter(sets), reads=(KEYS,), also={"x": 1}
        )

    def test_the_same_parameters_are_asked_once(self):
        query = self.query({"KeyId": "a"}, {"KeyId": "a"}, {"KeyId": "b"})
        made = asked(query, {KEYS: []}, (KEYS, query))
        assert [dict(ask.params) for ask in made] == [
            {"x": 1, "KeyId": "a"},
            {"x": 1, "KeyId": "b"},
        ]

    def test_a_refusal_on_the_way_leaves_standing_what_was_worked_out_before(self):
        def asks_(facts):
            yield {"KeyId": facts.seen(KEYS)[0].key_arn}
            facts.all(KEYS)
            yield {"KeyId": "never"}

        query = Query("kms:DescribeKey", Metadata, asks=asks_, reads=(KEYS,))
        broken = Refused(items=tuple(keys("a")["Keys"]))
        (ask,) = asked(query, {KEYS: broken}, (KEYS, query))
        assert dict(ask.params) == {"KeyId": arn("a")}


def test_a_field_may_stand_in_the_parent_of_an_item():
    inventory = inventory_of((NAMES, INNER), {NAMES: ["c"], INNER: {"c": ["s"]}})
    (item,) = inventory.items(INNER, HERE)
    assert (field_of(item, "value"), field_of(item, "^value")) == ("s", "c")
    assert field_of(item, "nothing") is None
    with pytest.raises(LookupError, match="has no parent"):
        field_of(item, "^^value")
    assert field_of(type(item)(KEYS, HERE, "odd", "k"), "x") is None
