"""A probe reads what AWS said; what AWS would not say raises."""

import pytest

from auditor.answer import Place, Unanswered, Vanished, Why
from auditor.facts import Facts, NotDeclared
from auditor.probe import Severity, any_of, drift, every, gap, severity_if
from auditor.query import Query, Shape
from auditor.resources import Tags
from tests.engine.wire import GONE, KEY, KEYS, ROTATION, Key, Metadata, arn, keys
from tests.kit import ACCOUNT, HERE, NOW, Absent, Gone, Refused, inventory_of

LIST = keys("a", "b")["Keys"]


class Tagged(Shape):
    key_arn: str
    tags: Tags


ON = {"KeyState": "Enabled"}
GRANTS = Query(
    "kms:ListGrants", Metadata, each="Grants", of=KEYS, given={"KeyId": "KeyArn"}, gone=GONE
)
USES = Query(
    "kms:ListRetirableGrants", Metadata, each="G", key="GrantId", of=GRANTS, given={"x": "^KeyArn"}
)
NAMED = Query("kms:GetKeyPolicy", Metadata, asks=lambda _: (), reads=(KEYS,))
TAGGED = Query("tag:GetResources", Tagged, each="Tags", key="KeyArn", tags="Tags")
ALL = (KEYS, KEY, ROTATION, GRANTS, USES, NAMED)


def about(name, answers, queries=ALL, **how):
    """Facts seen from one key."""
    inventory = inventory_of(queries, {KEYS: LIST, **answers})
    (item,) = [i for i in inventory.items(KEYS, HERE) if i.key == arn(name)]
    return Facts(inventory, HERE, item, **how)


def unanswered(read):
    with pytest.raises(Unanswered) as raised:
        read()
    return raised.value.refusals


class TestAboutTheSubject:
    def test_its_answer_is_read_in_its_shape(self):
        assert about("a", {KEY: {arn("a"): ON}}).its(KEY).key_state == "Enabled"

    def test_a_refusal_raises(self):
        (said,) = unanswered(lambda: about("a", {KEY: {arn("a"): Refused()}}).its(KEY))
        assert said.why is Why.DENIED

    def test_what_was_not_asked_raises(self):
        made = about("a", {}, queries=(KEYS,))
        assert unanswered(lambda: made.its(KEY))[0].why is Why.NOT_COLLECTED

    def test_a_malformed_answer_raises_for_its_subject_only(self):
        answers = {KEY: {arn("a"): {"KeyState": 5}, arn("b"): ON}}
        assert unanswered(lambda: about("a", answers).its(KEY))[0].why is Why.MALFORMED
        assert about("b", answers).its(KEY).key_state == "Enabled"

    def test_an_answer_without_its_one_object_raises(self):
        (said,) = unanswered(lambda: about("a", {KEY: {arn("a"): []}}).its(KEY))
        assert (said.code, said.message) == ("EmptyAnswer", "the answer holds no KeyMetadata")

    def test_absence_is_none_and_its_is_then_the_wrong_question(self):
        facts = about("a", {ROTATION: {arn("a"): Absent()}})
        assert facts.found(ROTATION) is None
        with pytest.raises(NotDeclared, match="found"):
            facts.its(ROTATION)

    def test_a_list_is_read_whole(self):
        facts = about("a", {GRANTS: {arn("a"): [ON, ON]}})
        assert len(facts.each(GRANTS)) == 2
        broken = about("a", {GRANTS: {arn("a"): Refused(items=(ON,))}})
        unanswered(lambda: broken.each(GRANTS))
        assert len(broken.extra(GRANTS)) == 1

    def test_extra_leaves_out_what_cannot_be_read(self):
        facts = about("a", {GRANTS: {arn("a"): [ON, {}]}}, queries=(KEYS, GRANTS))
        assert len(facts.extra(GRANTS)) == 1
        assert facts.extra(KEY) == ()
        assert len(facts.extra(KEYS)) == 2

    def test_a_service_that_is_not_offered_has_nothing(self):
        facts = about("a", {}, queries=(KEYS,))
        facts._inventory.not_offered.add((ROTATION.id, HERE))
        assert facts.found(ROTATION) is None

    def test_a_question_about_no_item_has_one_answer_for_all(self):
        alone = Query("ec2:GetEbsDefaultKmsKeyId", Metadata)
        facts = about("a", {alone: [ON]}, queries=(KEYS, alone))
        assert facts.its(alone).key_state == "Enabled"

    def test_a_question_about_something_else_is_a_bug_of_the_probe(self):
        with pytest.raises(NotDeclared, match="is not asked of kms:ListKeys"):
            about("a", {}).its(USES)
        with pytest.raises(NotDeclared, match="is not asked of a place"):
            Facts(inventory_of(ALL, {}), HERE).its(KEY)

    def test_undeclared_reading_is_a_bug_of_the_probe(self):
        with pytest.raises(NotDeclared, match="does not declare"):
            about("a", {KEY: {arn("a"): ON}}, allowed=frozenset({KEYS})).its(KEY)

    def test_its_own_parent_is_at_hand(self):
        inventory = inventory_of(ALL, {KEYS: LIST, GRANTS: {arn("a"): [ON]}})
        (grant,) = inventory.items(GRANTS, HERE)
        facts = Facts(inventory, HERE, grant)
        assert facts.parent(KEYS).key_id == "a"
        assert facts.each(GRANTS) == (grant.read(),)
        with pytest.raises(NotDeclared):
            facts.parent(ROTATION)


class TestWhatVanished:
    def test_the_subject_itself_ends_the_judgement(self):
        with pytest.raises(Vanished):
            about("a", {KEY: {arn("a"): Gone()}}).its(KEY)

    def test_another_item_is_an_unanswered_question(self):
        facts = about("b", {KEY: {arn("a"): Gone("NotFoundException"), arn("b"): ON}})
        other = facts.named(KEYS, arn("a"))
        (said,) = unanswered(lambda: facts.of(other).its(KEY))
        assert (said.code, said.subject) == ("NotFoundException", (arn("a"),))


class TestWorkedOutOnce:
    def test_for_all_subjects_of_a_place_and_read_by_each_who_asks(self):
        inventory, worked = inventory_of(ALL, {KEYS: LIST}), []

        def names(facts):
            worked.append(facts.place)
            return [key.key_arn for key in facts.all(KEYS)]

        every = [Facts(inventory, HERE, item) for item in inventory.items(KEYS, HERE)]
        assert [facts.here(names) for facts in every] == [[arn("a"), arn("b")]] * 2
        assert worked == [HERE]
        assert [[read.query for read in facts.reads] for facts in every] == [[KEYS], [KEYS]]

    def test_a_refusal_raises_for_each_who_asks(self):
        inventory = inventory_of(ALL, {KEYS: Refused()})
        for _ in range(2):
            facts = Facts(inventory, HERE)
            (said,) = unanswered(lambda facts=facts: facts.here(lambda here: here.all(KEYS)))
            assert said.why is Why.DENIED
            assert [read.query for read in facts.reads] == [KEYS]

    def test_undeclared_reading_is_a_bug_of_the_probe(self):
        def read(facts):
            return facts.all(KEYS)

        inventory = inventory_of(ALL, {KEYS: LIST})
        assert len(Facts(inventory, HERE, allowed=frozenset({KEYS})).here(read)) == 2
        with pytest.raises(NotDeclared):
            Facts(inventory, HERE, allowed=frozenset()).here(read)


class TestAboutThePlace:
    def test_everything_here_or_everywhere(self):
        there = {"eu-west-1": {KEYS: keys("c")["Keys"]}}
        inventory = inventory_of((KEYS,), {KEYS: LIST}, elsewhere=there)
        facts = Facts(inventory, HERE)
        assert [key.key_id for key in facts.all(KEYS)] == ["a", "b"]
        assert [key.key_id for key in facts.everywhere(KEYS)] == ["a", "b", "c"]
        (item,) = inventory.items(KEYS, Place("aws", ACCOUNT, "eu-west-1"))
        assert (
            facts.of(item.read()).place.region
            == facts.of(inventory.read(item)).region
            == "eu-west-1"
        )

    def test_a_malformed_item_forbids_to_speak_of_all(self):
        facts = Facts(inventory_of((KEYS,), {KEYS: [*LIST, {"KeyArn": "x"}]}), HERE)
        unanswered(lambda: facts.all(KEYS))
        unanswered(lambda: facts.where(KEYS, key_id, "a"))
        assert len(facts.seen(KEYS)) == 2
        assert facts.named(KEYS, arn("a")).key_id == "a"

    def test_items_are_found_by_what_a_function_says(self):
        facts = Facts(inventory_of((KEYS,), {KEYS: LIST}), HERE)
        assert [key.key_id for key in facts.where(KEYS, key_id, "b")] == ["b"]
        assert facts.where(KEYS, key_id, "z") == ()

    def test_a_broken_list_forbids_to_say_that_there_is_none(self):
        facts = Facts(inventory_of((KEYS,), {KEYS: Refused(items=tuple(LIST))}), HERE)
        unanswered(lambda: facts.where(KEYS, key_id, "a"))

    @pytest.mark.parametrize(
        "name",
        [arn("z").replace("us-east-1", "eu-west-1"), arn("z").replace(ACCOUNT, "210987654321")],
    )
    def test_an_arn_of_elsewhere_is_unanswered_and_not_absent(self, name):
        facts = Facts(inventory_of((KEYS,), {KEYS: LIST}), HERE)
        assert facts.named(KEYS, arn("z")) is None
        assert unanswered(lambda: facts.named(KEYS, name))[0].why is Why.NOT_COLLECTED

    def test_an_arn_without_region_or_account_is_one_of_here(self):
        facts = Facts(
            inventory_of((KEYS,), {KEYS: [{"KeyArn": "arn:aws:s3:::b", "KeyId": "b"}]}), HERE
        )
        assert facts.named(KEYS, "arn:aws:s3:::b").key_id == "b"
        assert facts.named(KEYS, "b") is None

    def test_an_account_wide_item_is_named_from_every_region(self):
        world = Query("kms:ListKeys", Key, each="Keys", key="KeyArn", world=True)
        facts = Facts(inventory_of((world,), {world: LIST}), HERE)
        assert facts.named(world, arn("a")).key_id == "a"

    def test_what_was_worked_out_is_found_by_its_parameters(self):
        facts = Facts(inventory_of(ALL, {NAMED: {"x": ON, "y": Absent(), "z": Refused()}}), HERE)
        assert facts.named(NAMED, "x").key_state == "Enabled"
        assert facts.named(NAMED, "y") is None
        unanswered(lambda: facts.named(NAMED, "z"))
        assert unanswered(lambda: facts.named(NAMED, "w"))[-1].why is Why.NOT_COLLECTED


def key_id(key):
    return key.key_id


def test_every_read_is_noted_also_those_about_other_items():
    facts = about("b", {KEY: {arn("a"): ON, arn("b"): Refused()}})
    facts.of(facts.named(KEYS, arn("a"))).its(KEY)
    unanswered(lambda: facts.its(KEY))
    assert [(read.query.call, read.subject) for read in facts.reads] == [
        ("ListKeys", (arn("a"),)),
        ("DescribeKey", (arn("a"),)),
        ("DescribeKey", (arn("b"),)),
    ]


def test_time_and_place():
    facts = about("a", {})
    assert (facts.now, facts.account, facts.region, facts.partition) == (
        NOW,
        ACCOUNT,
        "us-east-1",
        "aws",
    )
    assert facts.once(len, "four") == 4


class TestThreeValues:
    def test_one_proven_branch_is_enough(self):
        assert any_of(refused, lambda: True)
        assert not any_of(lambda: False, lambda: False)

    def test_no_proven_branch_and_a_refused_one_is_unanswered(self):
        assert len(unanswered(lambda: any_of(refused, lambda: False, refused))) == 2

    def test_every_check_speaks_before_a_refusal_does(self):
        heard = []

        def listen():
            heard.extend(
                remark.message
                for remark in every(refused, lambda: [gap("a")], lambda: [drift("b")])
            )

        unanswered(listen)
        assert heard == ["a", "b"]
        assert [r.message for r in every(lambda: [gap("a")])] == ["a"]

    def test_a_severity_without_its_fact_is_the_higher_one(self):
        assert severity_if(refused, Severity.LOW, Severity.HIGH) is Severity.HIGH
        assert severity_if(lambda: True, Severity.LOW, Severity.HIGH) is Severity.LOW
        assert severity_if(lambda: False, Severity.LOW, Severity.HIGH) is Severity.HIGH


def refused():
    return about("a", {KEY: {arn("a"): Refused()}}).its(KEY)
