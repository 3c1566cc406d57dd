"""What an item is called, and by which tags it is known."""

import pytest

from auditor.answer import Unanswered
from auditor.facts import Facts
from auditor.query import Query, Shape
from auditor.resources import Stack, Tags, arn_of, describe, name_of, tags_from, tags_of
from tests.engine.wire import SECRETS, Key, arn, keys
from tests.kit import HERE, Absent, Gone, Refused, inventory_of

LIST = keys("a", "b")["Keys"]


class Tagged(Shape):
    key_arn: str
    tags: Tags


TAGGED = Query("tag:GetResources", Tagged, each="Tags", key="KeyArn", tags="Tags")


def unanswered(read):
    with pytest.raises(Unanswered):
        read()


class TestNamesAndTags:
    def secrets(self, *sent):
        inventory = inventory_of((SECRETS,), {SECRETS: list(sent)})
        return inventory, Facts(inventory, HERE), list(inventory.items(SECRETS, HERE))

    def test_tags_stand_in_the_item(self):
        tags = [{"Key": "aws:cloudformation:stack-name", "Value": "s"}]
        _, facts, (item,) = self.secrets({"Name": "n", "Tags": tags})
        resource = facts.related("the secret", facts._inventory.read(item)).resource
        assert resource.tags == {"aws:cloudformation:stack-name": "s"}
        assert resource.stack == Stack("s")

    def test_tags_that_are_none_are_unanswered_and_not_empty(self):
        inventory, _, (item,) = self.secrets({"Name": "n", "Tags": ["odd"]})
        unanswered(item.read)
        unanswered(lambda: tags_of(inventory, item))
        assert describe(inventory, item).tags is None

    def listed(self, sent, key="a"):
        tagged = Query("kms:ListKeys", Key, each="Keys", key="KeyArn", arn="KeyArn", tags=TAGGED)
        inventory = inventory_of((TAGGED, tagged), {tagged: LIST, TAGGED: sent})
        facts = Facts(inventory, HERE)
        return lambda: facts.tags(facts.named(tagged, arn(key)))

    def test_tags_are_joined_by_arn(self):
        sent = [{"KeyArn": arn("a"), "Tags": {"k": "v"}}]
        assert self.listed(sent)() == {"k": "v"}
        assert self.listed(sent, "b")() == {}

    @pytest.mark.parametrize("sent", [Refused(), [{"Tags": {}}]], ids=["refused", "nameless"])
    def test_untagged_is_concluded_from_a_whole_list_only(self, sent):
        unanswered(self.listed(sent))

    @pytest.mark.parametrize(
        "answer", [Refused(), Gone(), None], ids=["refused", "gone", "not asked"]
    )
    def test_tags_by_item_that_cannot_be_read_are_unanswered(self, answer):
        query = Query("kms:ListKeys", Key, each="Keys", key="KeyArn", tags=lambda: tagged)
        tagged = Query(
            "kms:ListResourceTags", Tagged, tags="Tags", of=query, when=lambda _: answer is not None
        )
        inventory = inventory_of((query, tagged), {query: LIST, tagged: {arn("a"): answer}})
        facts = Facts(inventory, HERE)
        unanswered(lambda: facts.tags(facts.named(query, arn("a"))))

    def test_tags_by_item_are_those_of_its_own_answer(self):
        query = Query("kms:ListKeys", Key, each="Keys", key="KeyArn", tags=lambda: tagged)
        tagged = Query("kms:ListResourceTags", Tagged, tags="Tags", of=query)
        sent = {arn("a"): {"KeyArn": "x", "Tags": {"k": "v"}}, arn("b"): Absent()}
        facts = Facts(inventory_of((query, tagged), {query: LIST, tagged: sent}), HERE)
        assert facts.tags(facts.named(query, arn("a"))) == {"k": "v"}
        assert facts.tags(facts.named(query, arn("b"))) == {}

    def test_an_arn_is_a_field_or_a_template_and_nothing_where_the_field_is_missing(self):
        template = "arn:{partition}:kms:{region}:{account}:key/{KeyId}"
        query = Query("kms:ListKeys", Key, each="Keys", key="KeyArn", arn=template, name="KeyId")
        inventory = inventory_of((query,), {query: [*LIST, {"KeyArn": "x"}]})
        first, _, odd = inventory.items(query, HERE)
        assert arn_of(first) == arn("a") == Facts(inventory, HERE).arn(inventory.read(first))
        assert (arn_of(odd), name_of(odd), name_of(first)) == ("", "x", "a")

    @pytest.mark.parametrize("sent", [None, "text", 5, [1]])
    def test_what_are_no_tags_stays_as_it_was_sent(self, sent):
        assert tags_from(sent) == sent
