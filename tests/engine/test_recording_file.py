"""Recorded state as files: whole, readable, and one sentence where they are not sound."""

import string

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.answer import Place
from auditor.recording.file import (
    RecordedError,
    RecordedResource,
    RecordedType,
    StackOf,
    dump,
    load,
    new_file,
    path_of,
    read_place,
    resource_of,
    schema,
    write,
)
from auditor.yaml_file import FileError

PLACE = Place("aws", "123456789012", "eu-west-1")
GROUP = "AWS::EC2::SecurityGroup"
HOSTILE = [
    "yes",
    "2012-10-17",
    "123456789012",
    "1e3",
    "null",
    "~",
    "=",
    "<<",
    "*alias",
    "&anchor",
    "!!python/object:os.system",
    "- item",
    "# comment",
    "key: value",
    "a\nb",
    "a\r\nb\x85c\u2028d",
    "\x1b[31mred",
    "\u202eright to left",
    "'\"\\",
    " ",
    "\ud800".encode("utf-8", "replace").decode(),
    "x" * 2000,
    "{{template}} ${AWS::AccountId} [a, b]",
    "\U0001f4a5",
]


def recorded(**config):
    resource = RecordedResource(
        name="web",
        arn="arn:aws:ec2:eu-west-1:123456789012:security-group/sg-1",
        stack=StackOf(name="app", logical_id="Group"),
        not_read=("Tags",),
        config=config,
    )
    return RecordedType(attributes=("IpPermissions", "Tags"), resources={"sg-1": resource})


def text_of(**config):
    return dump(new_file(PLACE, {GROUP: recorded(**config)}))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_come_back_as_they_were_and_mislead_nobody(tmp_path, text):
    kind = RecordedType(
        attributes=("Tags",),
        resources={text: RecordedResource(name=text, config={"Tags": {text: text, "l": [text]}})},
    )
    path = write(tmp_path, new_file(PLACE, {GROUP: kind}))
    said = path.read_text()
    assert set(said) <= set(string.printable) - set("\r\x0b\x0c")
    assert read_place(path).content.types == {GROUP: kind}


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(JSONS)
def test_every_configuration_comes_back_as_it_was(tmp_path, value):
    path = write(tmp_path, new_file(PLACE, {GROUP: recorded(Value=value)}))
    assert read_place(path).content.types[GROUP].resources["sg-1"].config == {"Value": value}


def test_a_file_is_the_same_whatever_the_order_it_was_made_in(tmp_path):
    kinds = {"AWS::B::B": recorded(), "AWS::A::A": recorded(Tags={"b": "1", "a": "2"})}
    one = dump(new_file(PLACE, kinds))
    assert one == dump(new_file(PLACE, dict(reversed(kinds.items()))))
    assert one.index("AWS::A::A") < one.index("AWS::B::B")


def test_a_file_says_what_it_is_and_where_each_thing_stands(tmp_path):
    path = write(tmp_path, new_file(PLACE, {GROUP: recorded(IpPermissions=[{"FromPort": 80}])}))
    assert path == tmp_path / "123456789012" / "eu-west-1.yaml"
    lines = path.read_text().splitlines()
    assert lines[0].startswith("# What is approved of account 123456789012, eu-west-1")
    record = read_place(path)
    number = int(record.line(GROUP, "sg-1").rpartition(":")[2])
    assert "sg-1:" in lines[number - 1]
    assert record.line(GROUP).startswith(f"{path}:")


def test_the_account_wide_file_is_named_global(tmp_path):
    path = write(tmp_path, new_file(PLACE.world, {GROUP: recorded()}))
    assert path.name == "global.yaml"
    assert load(tmp_path).places[PLACE.world].content.region == "global"


def test_a_recorded_resource_is_described_as_it_was():
    kind = recorded(Tags={"Team": "a"})
    found = resource_of(GROUP, "sg-1", kind.resources["sg-1"])
    assert (found.name, found.stack.logical_id, found.tags) == ("web", "Group", {"Team": "a"})
    bare = resource_of(GROUP, "sg-2", RecordedResource())
    assert (bare.name, bare.stack, bare.tags) == ("sg-2", None, None)


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(Place("aws", "../../etc", "x"), id="account"),
        pytest.param(Place("aws", "123456789012", "../x"), id="region"),
        pytest.param(Place("aws", "123456789012", "eu-west-1\n"), id="line break"),
    ],
)
def test_a_place_cannot_lead_out_of_the_folder(place):
    with pytest.raises(RecordedError, match="no account and region"):
        path_of(place)


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (("kind: auditor recorded state", "kind: x"), ":4: this is no recorded state of this tool"),
        (("format: 1", "format: 2"), ":5: is of format 2; this version reads format 1"),
        (("format: 1", "format: [1]"), ":5: is of format [1]; this version reads format 1"),
        (("partition: aws", "partitoin: aws"), ": partition: this key is missing"),
        (("region: eu-west-1", "region: eu-west-1\nmore: 1"), ": more: there is no such key"),
        (("account: '123456789012'", "account: 123456789012"), ":8: account: input should be"),
        (("region: eu-west-1", "region: ../x"), ":9: region: string should match"),
        (("  AWS::EC2::SecurityGroup:", "  AWS::EC2::SecurityGroup: [\n x:"), ":"),
        (("name: web", "nmae: web"), ".nmae: there is no such key"),
        (("name: web", "name: [web]"), ".name: input should be a valid string"),
        (("name: web", "name: web\n        name: web"), "stands here twice"),
        (("name: web", "name: &a web\n        arn: *a"), "an alias (*name) is not allowed here"),
    ],
)
def test_one_sentence_says_what_is_wrong_and_where(tmp_path, edit, says):
    path = tmp_path / "f.yaml"
    path.write_text(text_of(IpPermissions=[1]).replace(*edit))
    with pytest.raises(FileError) as raised:
        read_place(path)
    said = str(raised.value)
    assert said.startswith(str(path))
    assert says in said
    assert "\n" not in said


@pytest.mark.parametrize("text", ["", "[]", "x", "{}"])
def test_another_file_is_no_recorded_state(tmp_path, text):
    (tmp_path / "f.yaml").write_text(text)
    with pytest.raises(FileError, match="no recorded state"):
        read_place(tmp_path / "f.yaml")


def test_a_folder_without_files_is_none(tmp_path):
    with pytest.raises(RecordedError, match="holds no recorded state"):
        load(tmp_path)


def test_a_place_is_recorded_once(tmp_path):
    path = write(tmp_path, new_file(PLACE, {GROUP: recorded()}))
    (path.parent / "other.yaml").write_text(path.read_text())
    with pytest.raises(RecordedError, match="records 123456789012/eu-west-1, as"):
        load(tmp_path)


def test_one_file_is_a_folder_of_one(tmp_path):
    path = write(tmp_path, new_file(PLACE, {GROUP: recorded()}))
    assert load(path).types == {GROUP}


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "123456789012").write_text("a file")
    with pytest.raises(RecordedError, match="123456789012"):
        write(tmp_path, new_file(PLACE, {GROUP: recorded()}))


def test_a_file_fits_its_schema(tmp_path):
    path = write(tmp_path, new_file(PLACE, {GROUP: recorded(IpPermissions=[{"FromPort": 80}])}))
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(yaml.safe_load(path.read_text()), schema())


@pytest.mark.parametrize("depth", [5, 50, 150])
def test_a_file_is_read_alike_without_the_fast_parser(tmp_path, monkeypatch, depth):
    value = "x"
    for _ in range(depth):
        value = [value]
    path = write(tmp_path, new_file(PLACE, {GROUP: recorded(Value=value)}))
    fast = read_place(path)
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    slow = read_place(path)
    assert fast.content == slow.content
    assert fast.file.lines == slow.file.lines
