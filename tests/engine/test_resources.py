"""What an item is called, and by which tags it is known."""

from dataclasses import replace

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


class TestMakers:
    """A resource without tags of its stack is found among what the stacks made."""

    class Stacked(Shape):
        stack_name: str
        stack_id: str

    class Made(Shape):
        logical_resource_id: str
        physical_resource_id: str = ""
        resource_type: str = ""

    STACKS = Query("x:ListStacks", Stacked, each="S", key="StackId", name="StackName")
    MADE = Query(
        "x:ListResources",
        Made,
        each="R",
        key="LogicalResourceId",
        of=STACKS,
        given={"a": "StackId"},
        makes=("ResourceType", "PhysicalResourceId", "LogicalResourceId"),
    )
    STACK = (("StackName", "shop"), ("StackId", "arn:stack/1"))
    KIND = "AWS::SecretsManager::Secret"

    def stack_of(self, kind=KIND, physical="n", tags=(), world=False):
        named = replace(SECRETS, world=world)
        made = {"LogicalResourceId": "It", "PhysicalResourceId": physical, "ResourceType": kind}
        pending = {"LogicalResourceId": "Not", "ResourceType": kind}
        answers = {
            self.STACKS: [dict(self.STACK)],
            self.MADE: {"arn:stack/1": [made, pending]},
            named: [{"Name": "n", "Tags": [*tags]}],
        }
        inventory = inventory_of((self.STACKS, self.MADE, named), answers)
        (item,) = inventory.items(named, HERE.world if world else HERE)
        return describe(inventory, item).stack

    def test_by_type_and_physical_id(self):
        assert self.stack_of() == Stack("shop", "arn:stack/1", "It")

    def test_another_kind_or_id_is_another_resource(self):
        assert self.stack_of(kind="AWS::SSM::Parameter") is None
        assert self.stack_of(physical="m") is None

    def test_tags_go_before(self):
        tags = [{"Key": "aws:cloudformation:stack-name", "Value": "other"}]
        assert self.stack_of(tags=tags) == Stack("other")

    def test_what_an_account_has_once_is_found_in_any_region(self):
        assert self.stack_of(world=True) == Stack("shop", "arn:stack/1", "It")
