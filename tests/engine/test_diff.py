"""Two of a kind: what appeared, went and changed, and what the other one did not see."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest

from auditor import store
from auditor.diff.difference import Became, Kind, difference, kind_of, of_reports
from auditor.diff.show import LONGEST, write
from auditor.diff.states import of_inventories, of_recorded
from auditor.query import Document, Query, Shape
from auditor.recording.file import RecordedResource, RecordedType, new_file
from auditor.recording.file import write as keep
from auditor.reports import format_named
from probes.recorded.network import SECURITY_GROUP
from tests.engine.approving import QUERIES as ASKED
from tests.engine.approving import account, group, recorded, report
from tests.engine.nights import Sight, night
from tests.engine.wire import KEY, KEYS, arn, keys
from tests.kit import HERE, NOW, Refused, inventory_of

ROWS = {SECURITY_GROUP.type: SECURITY_GROUP}


def told(entries):
    return sorted((e.became.value, e.name, e.why) for e in entries)


# -- reports --------------------------------------------------------------------------------------


@pytest.fixture
def reports(tmp_path):
    """Two nights as files; what differs between them."""

    def run(first, second, **second_baseline):
        paths = []
        for name, number, sights, more in (
            ("a", 1, first, {}),
            ("b", 2, second, second_baseline),
        ):
            paths.append(tmp_path / f"{name}.json")
            with paths[-1].open("w") as stream:
                format_named("json").write(night(number, sights, **more), stream, None)
        return list(of_reports(*paths, {}))

    return run


def sight(**keys_):
    return {"us-east-1": Sight(keys_)}


WAIVER = {"probe": "engine.*", "reason": "known", "owner": "me", "until": "2999-01-01"}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param(sight(a="Off"), sight(a="Off"), [], id="the same"),
        pytest.param(sight(a="Enabled"), sight(a="Off"),
                     [("appeared", "a", "medium drift: another state")], id="appeared"),
        pytest.param(sight(a="Off"), sight(a="Enabled"), [("went", "a", "fixed")], id="fixed"),
        pytest.param(sight(a="Off"), sight(), [("went", "a", "gone")], id="gone"),
        pytest.param(sight(a="Off"), sight(a="Missing"), [("changed", "a", "")], id="changed"),
        pytest.param(sight(a="Off"), sight(a=Refused()),
                     [("unseen", "a", "AWS would not say: kms:DescribeKey answered AccessDenied; grant ")],
                     id="refused"),
        pytest.param(sight(a="Off"), {"eu-west-1": Sight({})},
                     [("unseen", "a", "123456789012, us-east-1 was not looked at")], id="elsewhere"),
    ],
)  # fmt: skip
def test_what_became_of_violations(reports, first, second, expected):
    assert told(reports(first, second)) == expected


def test_what_a_finding_says_differently_is_told(reports):
    (entry,) = reports(sight(a="Off"), sight(a="Missing"))
    assert [(c.path, c.expected, c.found) for c in entry.attributes] == [
        ("verdict", "drift", "gap"),
        ("found", "Off", None),
    ]
    assert entry.what == "engine.example"


def test_a_waiver_is_a_change(reports):
    (entry,) = reports(sight(a="Off"), sight(a="Off"), waivers=[WAIVER])
    assert (entry.became, entry.why, entry.attributes) == (Became.CHANGED, "waived", ())


# -- inventories ----------------------------------------------------------------------------------


class Hidden(Shape):
    text: Document


HIDDEN = Query("kms:GetKeyPolicy", Hidden, of=KEYS, given={"KeyId": "KeyArn"}, private=True)
QUERIES = (KEYS, KEY, HIDDEN)


def inventory(*names, state="Enabled", text="x", refused=frozenset(), queries=QUERIES):
    answers = {
        KEYS: keys(*names)["Keys"],
        KEY: {arn(name): {"KeyState": state} for name in names},
        HIDDEN: {arn(name): {"Text": text} for name in names},
    }
    return inventory_of(queries, {q: a for q, a in answers.items() if q in queries}, refused)


@pytest.fixture
def inventories(tmp_path):
    def run(first, second):
        paths = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
        for one, path in zip((first, second), paths, strict=True):
            store.write([one], QUERIES, path)
        return list(of_inventories(*paths, {query.id: query for query in QUERIES}))

    return run


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param(inventory("a"), inventory("a"), [], id="the same"),
        pytest.param(
            inventory("a", queries=(KEYS,)), inventory("a", "b", queries=(KEYS,)),
            [("appeared", "b", "")], id="appeared",
        ),
        pytest.param(
            inventory("a", "b", queries=(KEYS,)), inventory("a", queries=(KEYS,)),
            [("went", "b", "")], id="went",
        ),
        pytest.param(
            inventory("a", queries=(KEYS,)), inventory("a", queries=(KEYS,), refused=frozenset({KEYS})),
            [("unseen", "a", "kms:ListKeys answered AccessDenied")], id="refused afterwards",
        ),
        pytest.param(
            inventory("a", queries=(KEYS,), refused=frozenset({KEYS})), inventory("a", queries=(KEYS,)),
            [("unseen", "a", "kms:ListKeys answered AccessDenied")], id="refused before",
        ),
        pytest.param(
            inventory("a", queries=(KEYS, KEY)), inventory("a", queries=(KEYS,)),
            [("unseen", "a", "it was not asked")], id="not asked",
        ),
        pytest.param(
            inventory("a", queries=(KEYS, KEY)), inventory("a", state="Off", queries=(KEYS, KEY)),
            [("changed", "a", "")], id="changed",
        ),
    ],
)  # fmt: skip
def test_what_became_of_items(inventories, first, second, expected):
    assert told(inventories(first, second)) == expected


def test_what_an_item_says_differently_is_told_but_not_of_private_answers(inventories):
    found = inventories(inventory("a"), inventory("a", state="Off", text="y"))
    said = {e.what: [(c.path, c.expected, c.found) for c in e.attributes] for e in found}
    assert said == {
        "kms:DescribeKey": [("KeyState", "Enabled", "Off")],
        "kms:GetKeyPolicy": [("Text", "(not shown)", "(not shown)")],
    }


def test_queries_of_one_operation_tell_of_one_item(tmp_path):
    paths = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    renamed = group("a", 22, GroupName="b")
    for path, made in zip(paths, (account(group("a")), account(renamed)), strict=True):
        store.write([made], ASKED, path)
    (entry,) = of_inventories(*paths, {query.id: query for query in ASKED})
    assert (entry.what, entry.id) == ("ec2:DescribeSecurityGroups", "sg-a")
    assert sorted(c.path for c in entry.attributes) == ["GroupName", "IpPermissions"]


class Default(Shape):
    on: bool


def test_what_a_place_has_only_one_of_has_no_name(tmp_path):
    query = Query("ec2:GetDefault", Default)
    paths = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    for path, on in zip(paths, (True, False), strict=True):
        store.write([inventory_of((query,), {query: {"On": on}})], (query,), path)
    (entry,) = of_inventories(*paths, {query.id: query})
    assert (entry.what, entry.name, entry.id) == ("ec2:GetDefault", "", "")


# -- recorded states ------------------------------------------------------------------------------


@pytest.fixture
def states(tmp_path):
    def run(first, second):
        for name, groups in (("a", first), ("b", second)):
            recorded(tmp_path / name, *groups)
        return list(of_recorded(tmp_path / "a", tmp_path / "b", ROWS))

    return run


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param([group("a", 1)], [group("a", 1)], [], id="the same"),
        pytest.param([group("a")], [group("a"), group("b")], [("appeared", "b", "")], id="appeared"),
        pytest.param([group("a"), group("b")], [group("a")], [("went", "b", "")], id="went"),
        pytest.param([group("a", 1)], [group("a", 2)], [("changed", "a", "")], id="changed"),
        pytest.param(
            [group("a", stack="s")], [group("b", stack="s")],
            [("changed", "b", "its stack replaced it")], id="replaced",
        ),
    ],
)  # fmt: skip
def test_what_became_of_recorded_resources(states, first, second, expected):
    assert told(states(first, second)) == expected


def test_free_attributes_differ_too(tmp_path):
    row = SECURITY_GROUP.type
    for name, ports in (("a", (1,)), ("b", (2,))):
        recorded(tmp_path / name, group("web", *ports))
    (entry,) = of_recorded(tmp_path / "a", tmp_path / "b", ROWS)
    assert (entry.what, entry.attributes[0].template) == (row, "SecurityGroupIngress")


def test_what_one_of_them_does_not_record_is_unseen(tmp_path):
    kind = RecordedType(attributes=("VpcId",), resources={"sg-1": RecordedResource(name="one")})
    unread = RecordedType(
        attributes=("VpcId",), resources={"sg-1": RecordedResource(name="one", not_read=("VpcId",))}
    )
    type_ = SECURITY_GROUP.type
    keep(tmp_path / "a", new_file(HERE, {type_: kind, "AWS::Other::Kind": kind}))
    keep(tmp_path / "b", new_file(HERE, {type_: unread, "AWS::Unknown::Kind": kind}))
    keep(tmp_path / "b", new_file(HERE.world, {type_: kind}))
    found = told(of_recorded(tmp_path / "a", tmp_path / "b", ROWS))
    b = tmp_path / "b" / "123456789012" / "us-east-1.yaml"
    a = tmp_path / "a" / "123456789012" / "us-east-1.yaml"
    assert found == [
        ("unseen", "123456789012/global", f"{tmp_path / 'a'} records nothing of it"),
        ("unseen", "every one", f"{a} does not record it"),
        ("unseen", "every one", f"{b} does not record it"),
        ("unseen", "one", "not recorded: VpcId"),
    ]


def test_a_kind_that_this_version_does_not_know_is_passed_over(tmp_path):
    kind = RecordedType(attributes=("A",), resources={})
    for name in ("a", "b"):
        keep(tmp_path / name, new_file(HERE, {"AWS::Other::Kind": kind}))
    assert list(of_recorded(tmp_path / "a", tmp_path / "b", ROWS)) == []


# -- what they are, and how it is shown -----------------------------------------------------------


def test_what_a_file_is_is_seen_by_its_beginning(tmp_path):
    for name, text in (
        ("i", '{"kind": "auditor inventory"}\n'),
        ("r", '{\n "schema_version": "1.1"}\n'),
        ("d", '{"kind": "other"}'),
        ("y", "kind: auditor recorded state\n"),
    ):
        (tmp_path / name).write_text(text)
    kinds = [kind_of(tmp_path / name) for name in ("i", "r", "d", "y", "")]
    assert kinds == [Kind.INVENTORIES, Kind.REPORTS, Kind.REPORTS, Kind.RECORDED, Kind.RECORDED]


def shown(style, entries, tmp_path):
    stream = io.StringIO()
    write(difference(Kind.RECORDED, (tmp_path, tmp_path), entries), style, stream)
    return stream.getvalue()


def test_long_values_are_cut_in_words_and_whole_in_json(tmp_path):
    long = "x" * (LONGEST + 1)
    for name, said in (("a", "short"), ("b", long)):
        recorded(tmp_path / name, group("web", Description=said))
    entries = list(of_recorded(tmp_path / "a", tmp_path / "b", ROWS))
    table = shown("table", entries, tmp_path)
    assert "GroupDescription" in table
    assert f"({LONGEST + 1} characters)" in table
    assert long not in table
    assert long in shown("json", entries, tmp_path)
    assert "`GroupDescription`" in shown("markdown", entries, tmp_path)


def test_entries_stand_in_a_stable_order_under_their_place(tmp_path):
    recorded(tmp_path / "a", group("x"), group("b"))
    recorded(tmp_path / "b", group("c"), group("a"))
    entries = list(of_recorded(tmp_path / "a", tmp_path / "b", ROWS))
    elsewhere = replace(entries[0], region="")
    both = shown("table", [*entries, elsewhere], tmp_path)
    assert "123456789012 global" in both
    assert "\n\nAWS::EC2::SecurityGroup  123456789012 us-east-1\n" in both
    table = shown("table", entries, tmp_path)
    assert table == shown("table", reversed(entries), tmp_path)
    signs = [line.strip() for line in table.splitlines() if line.startswith("  ")]
    assert signs == ["+ a", "+ c", "- b", "- x"]


def test_drift_findings_are_compared_as_all_others(tmp_path):
    from auditor.recording.file import load
    from tests.engine.approving import approved_of

    recorded(tmp_path, group("web", 80))
    (place,) = load(tmp_path).places.values()
    approved = approved_of(place.content)
    paths = tmp_path / "a.json", tmp_path / "b.json"
    for path, ports, day in zip(paths, ((80,), (22,)), (0, 1), strict=True):
        made = report(approved, account(group("web", *ports), now=NOW + timedelta(day)))
        with path.open("w") as stream:
            format_named("json").write(made, stream, None)
    (entry,) = of_reports(*paths, {})
    assert (entry.became, entry.what, entry.name) == (Became.APPEARED, "drift.recorded", "web")
