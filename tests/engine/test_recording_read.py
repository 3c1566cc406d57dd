"""What an inventory says of resources that can be recorded: no answer is no attribute."""

import pytest
from pydantic import Field

from auditor.query import Query, Shape
from auditor.recording.live import listed
from auditor.recording.recordable import Fold, Recordable, each, the
from auditor.recording.write import record
from auditor.resources import Tags
from tests.kit import HERE, Absent, Gone, Refused, inventory_of


class Thing(Shape):
    id: str
    name: str = ""
    tags: Tags = Field(default_factory=dict)


class Detail(Shape):
    size: int


class Label(Shape):
    thing: str
    text: str


def thing_of(label):
    return label.thing


THINGS = Query("ec2:DescribeThings", Thing, each="Things", key="Id", lasting="Name", name="Name",
               tags="Tags", type="AWS::EC2::Thing")  # fmt: skip
LISTED = Query("ec2:ListThings", Thing, each="Things", key="Id")
DEEP = Query("ec2:GetThing", Thing, at="Thing", key="Id", of=LISTED, given={"Id": "Id"},
             gone={"NotFound"}, type="AWS::EC2::Deep")  # fmt: skip
DETAIL = Query("ec2:GetDetail", Detail, of=THINGS, given={"Id": "Id"}, absent={"NoSuchThing"})
LABELS = Query("ec2:DescribeLabels", Label, each="Labels")
ROW = Recordable(
    THINGS,
    keeps=("Color",),
    folds=(
        Fold("Size", DETAIL, the("Size")),
        Fold("Labels", LABELS, each("Text"), (thing_of, "Id")),
    ),
)
NEWEST = Recordable(THINGS, keeps=("Color",), newest="Revision")
QUERIES = (THINGS, DETAIL, LABELS, ROW.query, NEWEST.query)


def one(id_, **more):
    return {"Id": id_, "Name": id_, "Color": "red", **more}


def read(row, answers, queries=None, **how):
    inventory = inventory_of(queries or (THINGS, row.query, DETAIL, LABELS), answers, **how)
    (found,) = listed(inventory, [row], HERE)
    return inventory, found


def both(things, **more):
    return {THINGS: things, ROW.query: things, DETAIL: {"a": {"Size": 3}}, LABELS: [], **more}


def test_a_configuration_is_put_together_out_of_several_answers():
    labels = [{"Thing": "a", "Text": "y"}, {"Thing": "b", "Text": "z"}, {"Thing": "a", "Text": "x"}]
    answers = {**both([one("a", Tags=[{"Key": "k", "Value": "v"}])]), LABELS: labels}
    _, found = read(ROW, answers)
    assert found.resources["a"].attributes == {
        "Color": "red",
        "Size": 3,
        "Labels": ["x", "y"],
        "Tags": {"k": "v"},
    }
    assert not found.resources["a"].unread


@pytest.mark.parametrize(
    ("changes", "unread"),
    [
        pytest.param({DETAIL: {"a": Refused()}}, {"Size": "AccessDenied"}, id="refused"),
        pytest.param({DETAIL: {"a": Gone()}}, {"Size": "NotFound"}, id="vanished"),
        pytest.param({DETAIL: {"a": {"Size": "big"}}}, {"Size": "UnknownShape"}, id="no fit"),
        pytest.param({DETAIL: {"a": Absent()}}, {}, id="absent is an answer"),
        pytest.param({LABELS: Refused()}, {"Labels": "AccessDenied"}, id="a list of the place"),
        pytest.param({LABELS: [{"Thing": 5}]}, {"Labels": "UnknownShape"}, id="a misfit in it"),
    ],
)
def test_what_was_not_answered_is_unread(changes, unread):
    _, found = read(ROW, {**both([one("a")]), **changes})
    live = found.resources["a"]
    assert {name: refusals[0].code for name, refusals in live.unread.items()} == unread
    assert not set(unread) & set(live.attributes)


def test_what_was_never_asked_is_unread():
    answers = {query: value for query, value in both([one("a")]).items() if query is not DETAIL}
    _, found = read(ROW, answers, queries=(THINGS, ROW.query, LABELS))
    assert found.resources["a"].unread["Size"][0].code == "NotCollected"


def test_what_a_region_does_not_offer_is_nothing():
    inventory = inventory_of(
        (THINGS, ROW.query, LABELS), {THINGS: [one("a")], ROW.query: [one("a")]}
    )
    inventory.not_offered.add((DETAIL.id, HERE))
    (found,) = listed(inventory, [ROW], HERE)
    assert found.resources["a"].attributes["Size"] is None
    assert not found.resources["a"].unread


def test_tags_that_are_none_are_unread_and_those_of_aws_are_left_out():
    _, found = read(ROW, both([one("a", Tags="x")]))
    assert found.resources["a"].unread["Tags"][0].code == "UnknownShape"
    tags = [{"Key": "aws:cloudformation:stack-name", "Value": "s"}]
    _, found = read(ROW, both([one("a", Tags=tags)]))
    assert found.resources["a"].attributes["Tags"] is None
    assert found.resources["a"].resource.stack.name == "s"


def test_an_item_that_does_not_say_which_it_is_makes_the_list_incomplete():
    _, found = read(ROW, both([{"Color": "red"}, "text"]))
    assert not found.resources
    assert {refusal.code for refusal in found.refusals} == {"UnknownShape"}


def test_of_several_with_one_lasting_name_the_newest_counts():
    things = [
        one("a", Name="x", Color="old", Revision=2),
        one("b", Name="x", Color="new", Revision=10),
        one("c", Name="x", Color="none"),
    ]
    _, found = read(NEWEST, {THINGS: things, NEWEST.query: things}, (THINGS, NEWEST.query))
    assert {key: live.attributes["Color"] for key, live in found.resources.items()} == {"x": "new"}


def test_without_such_a_rule_each_keeps_a_name_of_its_own():
    things = [one("a", Name="x"), one("b", Name="x")]
    answers = {**both(things), DETAIL: {"a": {"Size": 1}, "b": {"Size": 2}}}
    _, found = read(ROW, answers)
    assert {key: live.attributes["Size"] for key, live in found.resources.items()} == {
        "x": 1,
        "x#b": 2,
    }


def test_what_vanished_while_it_was_listed_makes_the_list_incomplete():
    row = Recordable(DEEP, keeps=("Color",))
    answers = {LISTED: [one("a"), one("b")], DEEP: {}, row.query: {"a": one("a"), "b": Gone()}}
    inventory = inventory_of((LISTED, DEEP, row.query), {**answers, DEEP: answers[row.query]})
    (found,) = listed(inventory, [row], HERE)
    assert list(found.resources) == ["a/a"]
    assert [refusal.code for refusal in found.refusals] == ["NotFound"]


def test_a_kind_belongs_to_regions_or_to_the_account():
    inventory, _ = read(ROW, both([one("a")]))
    assert not list(listed(inventory, [ROW], HERE.world))


def test_what_could_not_be_read_stays_as_it_was_recorded(tmp_path):
    def recorded(detail):
        made = inventory_of(
            (THINGS, ROW.query, DETAIL, LABELS), {**both([one("a")]), DETAIL: {"a": detail}}
        )
        return record([made], [ROW], tmp_path)

    first = recorded(Refused())
    text = (tmp_path / "123456789012" / "us-east-1.yaml").read_text()
    assert first.unread == [
        "123456789012/us-east-1: AWS::EC2::Thing a: Size: ec2:GetDetail answered AccessDenied"
    ]
    assert "not_read:\n        - Size" in text
    recorded({"Size": 5})
    assert "Size: 5" in (tmp_path / "123456789012" / "us-east-1.yaml").read_text()
    recorded(Refused())
    kept = (tmp_path / "123456789012" / "us-east-1.yaml").read_text()
    assert "Size: 5" in kept
    assert "not_read" not in kept.partition("resources:")[2]
