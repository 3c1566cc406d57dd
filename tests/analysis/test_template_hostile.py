"""Whatever a template holds, reading it ends soon, in a template or in MalformedTemplate."""

import datetime as dt
import json
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis import template_yaml
from probes.analysis.template import read
from probes.analysis.template_bounds import MAX_DEPTH, Json, MalformedTemplate
from probes.analysis.template_context import Context, Unresolved
from probes.analysis.template_graph import depends, literals, references
from probes.analysis.template_values import holds, resolve

LAUGHS = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 1000)
)


def _cyclic() -> dict:
    body: dict = {}
    body["Resources"] = {"A": body}
    return body


def _shared() -> dict:
    inner: list = ["x"]
    for _ in range(40):
        inner = [inner, inner]
    return {"Resources": inner}


def _deep(levels: int) -> dict:
    body: dict = {}
    for _ in range(levels):
        body = {"a": body}
    return body


HOSTILE = [
    pytest.param(LAUGHS, None, id="aliases that laugh a billion times"),
    pytest.param("a: &a\n  b: *a", 2, id="an alias that holds itself"),
    pytest.param("a: &a 1\nb: &a [*a]", 2, id="an alias that holds itself under an old name"),
    pytest.param("a: *b", 1, id="an alias of nothing"),
    pytest.param("a: " + "[" * 100_000, 1, id="brackets without end"),
    pytest.param("a: " + "{a: " * 100_000, 1, id="braces without end"),
    pytest.param("".join(f"{' ' * n}a:\n" for n in range(1_000)), None, id="indented without end"),
    pytest.param("- " * 50_000, 1, id="dashes without end"),
    pytest.param('{"a":' * 100_000, None, id="JSON without end"),
    pytest.param(json.dumps(_deep(MAX_DEPTH + 1)), None, id="JSON that is too deep"),
    pytest.param("a: !A " + "!B [" * 200, 1, id="tags without end"),
    pytest.param("x" * 3_000_000, None, id="megabytes of text"),
    pytest.param("[" + "1," * 250_000 + "1]", None, id="too many values"),
    pytest.param('{"a": [' + "1," * 250_000 + "1]}", None, id="too many values of JSON"),
    pytest.param("a: 1\nb: 2\na: 3", 3, id="a key twice"),
    pytest.param('{"a": 1, "a": 2}', None, id="a key twice in JSON"),
    pytest.param('{"a": 1, b: 2, "a": 3}', 1, id="a key twice in braces"),
    pytest.param("? [a]\n: b", 1, id="a list as key"),
    pytest.param("? {a: b}\n: c", 1, id="a mapping as key"),
    pytest.param("a: &x [1]\n*x : b", 2, id="an alias of a list as key"),
    pytest.param("a: &x {b: 1}\nc:\n  <<: *x", 3, id="a merge key"),
    pytest.param("a: 1\n---\nb: 2", 2, id="two documents"),
    pytest.param("a: b: c", 1, id="not YAML"),
    pytest.param("{\n  'a': 1,\n", None, id="neither JSON nor YAML"),
    pytest.param('{\n  "a": 1,\n  "b" 2\n}', 3, id="JSON without a colon"),
    pytest.param("a: \x00", None, id="a null character"),
    pytest.param("a: \ud800", None, id="half a character"),
    pytest.param('{"a": "\\ud800"}', None, id="half a character, escaped"),
    pytest.param('a: "\\ud800"', None, id="half a character, escaped in YAML"),
    pytest.param('a: "\\UFFFFFFFF"', None, id="a character that there is not"),
    pytest.param('{"a": NaN}', None, id="no number"),
    pytest.param("%YAML 9.9\n---\na: b", None, id="a YAML of the future"),
    pytest.param("", None, id="nothing"),
    pytest.param("just text", None, id="a text"),
    pytest.param("[a]", None, id="a list"),
    pytest.param(_cyclic(), None, id="a mapping that holds itself"),
    pytest.param(_shared(), None, id="lists that are shared"),
    pytest.param(_deep(5_000), None, id="a mapping that is too deep"),
    pytest.param({1: "a"}, None, id="a number as key"),
    pytest.param({"a": {None: "a"}}, None, id="None as key"),
    pytest.param({"a": dt.date(2012, 10, 17)}, None, id="a date"),
    pytest.param({"a": {1, 2}}, None, id="a set"),
    pytest.param({"a": b"x"}, None, id="bytes"),
    pytest.param({"a": float("nan")}, None, id="a float that is no number"),
    pytest.param({"a": float("-inf")}, None, id="an infinite float"),
    pytest.param({"a": 10**5000}, None, id="a number of five thousand digits"),
    pytest.param({"a": "\ud800"}, None, id="half a character in a mapping"),
]


@pytest.fixture(params=["the C loader", "the Python loader"])
def _loader(request, monkeypatch):
    if request.param == "the Python loader":
        monkeypatch.setattr(template_yaml, "_LOADER", yaml.SafeLoader)


@pytest.mark.usefixtures("_loader")
@pytest.mark.parametrize(("body", "line"), HOSTILE)
def test_what_cannot_be_read_is_malformed_and_says_why(body, line):
    with pytest.raises(MalformedTemplate) as caught:
        read(body)
    assert caught.value.reason
    assert len(str(caught.value)) < 300
    if line is not None:
        assert caught.value.line == line


def test_a_number_too_long_for_python_stays_text():
    digits = "9" * 5_000
    assert read(f'{{"Mappings": {{"a": {digits}}}}}').mappings["a"] == digits
    assert read('{"Mappings": {"a": 1e999}}').mappings["a"] == "1e999"


MISSHAPEN = [
    ("Resources: [a]", "Resources is not a mapping"),
    ("Resources: {A: text}", "Resources: A is not a mapping"),
    ("Resources: {A: {Properties: {}}}", "Type of A is not text"),
    ("Resources: {A: {Type: T, Properties: [a]}}", "Properties of A is not a mapping"),
    ("Resources: {A: {Type: T, DependsOn: {a: b}}}", "DependsOn of A is not text or a list of it"),
    ("Resources: {A: {Type: T, DependsOn: [1]}}", "DependsOn of A is not text or a list of it"),
    ("Resources: {A: {Type: T, Condition: [1]}}", "Condition of A is not text"),
    ("Resources: {A: {Type: T, Metadata: x}}", "Metadata of A is not a mapping"),
    ("Parameters: {P: {Default: 1}}", "Type of P is not text"),
    ("Outputs: {O: {Value: 1, Export: x}}", "Export of O is not a mapping"),
    ("Transform: {Parameters: {}}", "Transform names no macro"),
    ("Transform: [1]", "Transform names no macro"),
]


@pytest.mark.parametrize(("body", "reason"), MISSHAPEN)
def test_a_section_of_the_wrong_shape_is_named(body, reason):
    with pytest.raises(MalformedTemplate, match=reason):
        read(body)


def _loop(values: list, fragment: dict) -> str:
    return json.dumps({"Resources": {"Fn::ForEach::L": ["X", values, fragment]}})


def _loops_in_loops(levels: int) -> str:
    fragment: dict = {"T" + "".join(f"${{X{n}}}" for n in range(levels)): {"Type": "T"}}
    for level in range(levels):
        fragment = {f"Fn::ForEach::L{level}": [f"X{level}", [*"abcdefghij"], fragment]}
    return json.dumps({"Resources": fragment})


@pytest.mark.parametrize(
    "body",
    [
        _loops_in_loops(12),
        _loop(["y" * 400_000], {"T${X}": {"Type": "${X}" * 100_000}}),
        _loop(
            [f"v{n}" for n in range(2_000)],
            {"T${X}": {"Type": "T", "Properties": {"a": [1] * 500}}},
        ),
        _loop(["a", "b"], {"Same": {"Type": "T"}}),
    ],
    ids=["loops in loops", "long values", "many values", "the same key twice"],
)
def test_loops_do_not_fill_the_memory(body):
    with pytest.raises(MalformedTemplate):
        read(body)


@pytest.mark.parametrize(
    "loop",
    ["text", ["X"], ["X", ["a"], "text"], ["X", [{"a": 1}], {}], ["", ["a"], {}], [1, ["a"], {}]],
)
def test_a_loop_that_is_not_understood_is_left_alone(loop):
    template = read({"Resources": {"Fn::ForEach::L": loop}})
    assert template.opaque == ("Resources.Fn::ForEach::L",)
    assert not template.resources


def test_a_loop_inside_a_value_too_deep_is_refused():
    with pytest.raises(MalformedTemplate):
        read(_loops_in_loops(40))


def test_text_that_doubles_stays_bounded():
    value: Json = "x" * 1_000
    for _ in range(25):
        value = {"Fn::Sub": ["${A}${A}", {"A": value}]}
    assert isinstance(resolve(value, Context(template=read({}))), Unresolved)


def test_a_mapping_used_again_and_again_stays_bounded():
    template = read({"Mappings": {"M": {"a": {"b": ["x"] * 20_000}}}})
    value: Json = [{"Fn::FindInMap": ["M", "a", "b"]}] * 20_000
    started = time.perf_counter()
    found = resolve(value, Context(template=template))
    assert isinstance(found, list)
    assert isinstance(found[-1], Unresolved)
    assert time.perf_counter() - started < 5


def test_a_text_split_into_millions_stays_bounded():
    value: Json = {"Fn::Split": [",", "," * 900_000]}
    assert isinstance(resolve(value, Context(template=read({}))), Unresolved)


def test_a_value_that_is_too_deep_is_unresolved():
    value: Json = "x"
    for _ in range(5_000):
        value = [value]
    found = resolve(value, Context(template=read({})))
    while isinstance(found, list):
        found = found[0]
    assert isinstance(found, Unresolved)


def test_conditions_that_rest_on_each_other_are_decided_once():
    conditions: dict = {f"C{n}": {"Fn::And": [{"Condition": f"C{n + 1}"}] * 9} for n in range(30)}
    conditions["C30"] = {"Fn::Equals": ["a", "a"]}
    context = Context(template=read({"Conditions": conditions}))
    assert holds("C0", context) is True
    chain = {f"C{n}": {"Fn::Not": [{"Condition": f"C{n + 1}"}]} for n in range(5_000)}
    assert isinstance(holds("C0", Context(template=read({"Conditions": chain}))), Unresolved)


def test_a_million_words_in_one_condition_stay_bounded():
    parts = [{"Fn::Equals": ["x" * 60, "x" * 60]}] * 40_000
    context = Context(template=read({"Conditions": {"C": {"Fn::And": parts[:10]}}}))
    assert holds("C", context) is True


def test_a_template_of_85_kilobytes_reads_fast():
    resource = (
        "  Topic{n}:\n    Type: AWS::SNS::Topic\n    Properties:\n"
        "      TopicName: !Sub 'orders-${{EnvironmentSuffix}}-{n}'\n"
        "      KmsMasterKeyId: !GetAtt Key.Arn\n      Tags:\n"
        "        - Key: Environment\n          Value: !Ref EnvironmentSuffix\n"
    )
    body = "Resources:\n" + "".join(resource.format(n=n) for n in range(390))
    assert 80_000 < len(body) < 95_000
    started = time.process_time()
    assert len(read(body).resources) == 390
    # Measured at 0.05 s; the bound leaves room for a machine that is busy.
    assert time.process_time() - started < 0.5


_texts = st.text() | st.text("{}[]&*!?:,-'\"#|>%@`~<a1 \n\t\\.$")
_SHAPES = st.sampled_from(
    [
        "Ref", "Fn::GetAtt", "Fn::Sub", "Fn::If", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::Cidr",
        "Fn::FindInMap", "Fn::Base64", "Fn::GetAZs", "Fn::ImportValue", "Fn::Transform", "Fn::X",
        "Fn::ForEach::L", "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not", "Condition", "a",
    ]
)  # fmt: skip
_leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(
    ["", "A", "C", "P", "M", "AWS::NoValue", "AWS::Region", "${A}", "${A.B}", "${!A}", "${", "10.0.0.0/8", ",", "a,b"]
)  # fmt: skip
_functions = st.recursive(
    _leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_SHAPES, inner, min_size=1, max_size=2)
    ),
    max_leaves=15,
)


@given(_texts)
def test_any_text_is_read_or_malformed(text):
    for body in (text, f"{{{text}", f"Resources: {text}"):
        try:
            template = read(body)
        except MalformedTemplate:
            continue
        depends(template)


@given(_functions, _functions)
def test_any_value_resolves_without_an_error(value, condition):
    sections = {
        "Conditions": {"C": condition, "D": {"Fn::Not": [{"Condition": "C"}]}},
        "Parameters": {"P": {"Type": "CommaDelimitedList"}},
        "Mappings": {"M": {"A": {"B": ["x"]}}},
        "Resources": {"A": {"Type": "T", "Properties": {"v": value}}},
    }
    try:
        template = read(sections)
    except MalformedTemplate:
        return
    context = Context(template=template, parameters={"P": "a,b"}, region="eu-west-1")
    properties = template.resources["A"].properties
    resolve(properties, context)
    assert isinstance(holds("D", context), bool | Unresolved)
    assert all(found.logical_id is not None for found in references(properties))
    assert all(isinstance(found.text, str) for found in literals(properties))
    depends(template)
