"""A template is read the same from every notation."""

import json
from collections import OrderedDict

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.answers import CannotTell
from probes.analysis.template import Template, read, read_template
from probes.analysis.template_bounds import MalformedTemplate
from probes.analysis.template_context import Context
from probes.analysis.template_text import load, says_false, says_true
from probes.analysis.template_values import resolve

TEMPLATE = """
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  EnvironmentSuffix: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}
  Password: {Type: String, NoEcho: true}
Mappings:
  Images:
    ap-southeast-1: {ami: ami-1, zones: [a, b]}
    111122223333: {ami: ami-2}
Conditions:
  IsProd: !Equals [!Ref EnvironmentSuffix, prod]
  HasPassword: !Not [!Equals [!Ref Password, '']]
  ProdAndSecret: !And [!Condition IsProd, !Condition HasPassword]
  ProdOrSecret: !Or [!Condition IsProd, !Condition HasPassword]
  Round: !Not [!Condition Round]
Resources:
  Key:
    Type: AWS::KMS::Key
    Metadata: {aws:cdk:path: App/Key/Resource}
    DeletionPolicy: Retain
    Properties:
      EnableKeyRotation: true
  Logs:
    Type: AWS::Logs::LogGroup
    DependsOn: Key
    Condition: IsProd
    UpdateReplacePolicy: Delete
    Properties:
      LogGroupName: !Sub '/aws/application/httpd-${EnvironmentSuffix}'
      RetentionInDays: 7
      KmsKeyId: !GetAtt Key.Arn
  Stream:
    Type: AWS::Logs::LogStream
    DependsOn: [Logs]
    Properties:
      LogGroupName: /aws/application/httpd
Outputs:
  KeyArn:
    Value: !GetAtt Key.Arn
    Export: {Name: !Sub '${AWS::StackName}-key'}
"""


@pytest.fixture(scope="module")
def template() -> Template:
    return read(TEMPLATE)


SHORT_AND_LONG = [
    pytest.param("!Ref A", {"Ref": "A"}, id="Ref"),
    pytest.param("!GetAtt A.Arn", {"Fn::GetAtt": ["A", "Arn"]}, id="GetAtt as text"),
    pytest.param("!GetAtt A.Outputs.Url", {"Fn::GetAtt": ["A", "Outputs.Url"]}, id="two dots"),
    pytest.param("!GetAtt [A, Arn]", {"Fn::GetAtt": ["A", "Arn"]}, id="GetAtt as list"),
    pytest.param("{'Fn::GetAtt': A.Arn}", {"Fn::GetAtt": ["A", "Arn"]}, id="long GetAtt as text"),
    pytest.param("!Sub 'x-${A}'", {"Fn::Sub": "x-${A}"}, id="Sub"),
    pytest.param("!Sub ['${A}', {A: 1}]", {"Fn::Sub": ["${A}", {"A": 1}]}, id="Sub with map"),
    pytest.param("!If [C, a, !Ref B]", {"Fn::If": ["C", "a", {"Ref": "B"}]}, id="If"),
    pytest.param("!Select [0, [a]]", {"Fn::Select": [0, ["a"]]}, id="Select"),
    pytest.param("!Join [',', [a]]", {"Fn::Join": [",", ["a"]]}, id="Join"),
    pytest.param("!FindInMap [M, a, b]", {"Fn::FindInMap": ["M", "a", "b"]}, id="FindInMap"),
    pytest.param("!ImportValue a", {"Fn::ImportValue": "a"}, id="ImportValue"),
    pytest.param("!Base64 a", {"Fn::Base64": "a"}, id="Base64"),
    pytest.param("!Cidr [10.0.0.0/16, 2, 8]", {"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, id="Cidr"),
    pytest.param("!Split [',', a]", {"Fn::Split": [",", "a"]}, id="Split"),
    pytest.param("!GetAZs ''", {"Fn::GetAZs": ""}, id="GetAZs"),
    pytest.param("!Condition C", {"Condition": "C"}, id="Condition"),
    pytest.param("!Not [!Equals [a, b]]", {"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}, id="Not"),
    pytest.param("!Transform {Name: M}", {"Fn::Transform": {"Name": "M"}}, id="Transform"),
    pytest.param("!Unheard of", {"Fn::Unheard": "of"}, id="a tag that nobody knows"),
    pytest.param("!!binary aGk=", {"Fn::tag:yaml.org,2002:binary": "aGk="}, id="a tag of YAML"),
]


@pytest.mark.parametrize(("short", "long"), SHORT_AND_LONG)
def test_short_functions_read_as_long_ones(short, long):
    assert load(f"Resources: {short}") == {"Resources": long}
    assert load({"Resources": long}) == {"Resources": long}


SCALARS = [
    ("2012-10-17", "2012-10-17"),
    ("2010-09-09T00:00:00Z", "2010-09-09T00:00:00Z"),
    ("0755", "0755"),
    ("012345678901", "012345678901"),
    ("0x1F", "0x1F"),
    ("1:30", "1:30"),
    ("1_000", "1_000"),
    ("yes", "yes"),
    ("Off", "Off"),
    ("true", True),
    ("FALSE", False),
    ("~", None),
    ("", None),
    ("443", 443),
    ("-1", -1),
    ("+5", 5),
    ("0.5", 0.5),
    ("1.0e+3", 1000.0),
    ("1e5", "1e5"),
    (".", "."),
    (".inf", ".inf"),
    ("9" * 50, "9" * 50),
    ("'443'", "443"),
    ("! 443", "443"),
    ("!!str 443", "443"),
    ("!!int 443", 443),
]


@pytest.mark.parametrize(("text", "value"), SCALARS, ids=[text[:20] for text, _ in SCALARS])
def test_scalars_keep_what_their_text_says(text, value):
    found = load(f"a: {text}")
    assert found == {"a": value}
    assert isinstance(found, dict)
    assert type(found["a"]) is type(value)


def test_keys_of_mappings_stay_text():
    assert load("{111122223333: a, yes: b, 080: c}") == {
        "111122223333": "a",
        "yes": "b",
        "080": "c",
    }


def test_words_for_true_and_false_are_known():
    assert all(map(says_true, (True, "true", "Yes", "on")))
    assert all(map(says_false, (False, "false", "No", "OFF")))
    assert not any(says(value) for says in (says_true, says_false) for value in (1, "maybe", None))


def test_aliases_are_written_out():
    assert load("a: &x [1, !Ref B]\nb: *x\nc: &k key\n*k : d") == {
        "a": [1, {"Ref": "B"}], "b": [1, {"Ref": "B"}], "c": "key", "key": "d",
    }  # fmt: skip


def test_a_mapping_as_the_client_parsed_it_reads_as_its_text():
    body = OrderedDict(Resources=OrderedDict(T=OrderedDict(Type="AWS::SNS::Topic")))
    assert (
        read(body)
        == read(json.dumps(body))
        == read(yaml.safe_dump({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}))
    )


def test_yaml_that_begins_with_a_brace_is_read():
    assert load("{Resources: {Key: !Ref A}}") == {"Resources": {"Key": {"Ref": "A"}}}


def test_what_the_template_declares_is_there(template):
    logs, key = template.resources["Logs"], template.resources["Key"]
    assert template.of_type("AWS::KMS::Key") == (key,)
    assert (logs.depends_on, logs.condition, logs.deletion_policy) == (("Key",), "IsProd", None)
    assert (key.deletion_policy, logs.update_replace_policy) == ("Retain", "Delete")
    assert (key.cdk_path, logs.cdk_path) == ("App/Key/Resource", None)
    assert template.resources["Stream"].depends_on == ("Logs",)
    assert template.outputs["KeyArn"].value == {"Fn::GetAtt": ["Key", "Arn"]}
    assert template.outputs["KeyArn"].export == {"Fn::Sub": "${AWS::StackName}-key"}
    suffix = template.parameters["EnvironmentSuffix"]
    assert (suffix.default, suffix.allowed_values, suffix.no_echo) == (
        "dev",
        ("dev", "prod"),
        False,
    )
    assert template.parameters["Password"].no_echo
    assert template.parameters["Subnets"].is_list
    assert not template.has_macros


@pytest.mark.parametrize(
    ("transform", "names", "macros"),
    [
        (None, (), False),
        ("AWS::LanguageExtensions", ("AWS::LanguageExtensions",), False),
        (["AWS::Serverless-2016-10-31"], ("AWS::Serverless-2016-10-31",), True),
        ({"Name": "AWS::Include"}, ("AWS::Include",), True),
    ],
    ids=["none", "language extensions", "list", "with parameters"],
)
def test_transforms_say_whether_the_deployed_resources_may_differ(transform, names, macros):
    template = read({"Transform": transform, "Resources": {}})
    assert (template.transforms, template.has_macros) == (names, macros)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"Resources": {"Fn::Transform": {"Name": "M"}}}, "Resources.Fn::Transform"),
        (
            {"Resources": {"A": {"Type": "T", "Properties": {"B": [{"Fn::Transform": {}}]}}}},
            "Resources.A",
        ),
        ({"Fn::Transform": {"Name": "M"}}, "Fn::Transform"),
        (
            {"Resources": {"Fn::ForEach::L": ["X", {"Ref": "P"}, {"T${X}": {"Type": "T"}}]}},
            "Resources.Fn::ForEach::L",
        ),
    ],
    ids=["in a section", "in a property", "at the top", "a loop over a parameter"],
)
def test_what_only_a_macro_would_make_is_opaque(body, place):
    template = read(body)
    assert place in template.opaque
    assert template.has_macros


def test_loops_are_written_out():
    template = read("""
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Outer:
    - Env
    - [dev, 'pro-d']
    - Fn::ForEach::Inner:
        - N
        - [1, 2]
        - 'Topic&{Env}${N}':
            Type: AWS::SNS::Topic
            Properties: {TopicName: !Sub 'x-${Env}-${AWS::Region}', Tag: !Ref N, Other: [1, null]}
      'Queue&{Env}': {Type: AWS::SQS::Queue}
  Last: {Type: AWS::SQS::Queue}
""")
    assert [*template.resources] == [
        "Topicdev1", "Topicdev2", "Queuedev", "Topicprod1", "Topicprod2", "Queueprod", "Last",
    ]  # fmt: skip
    assert template.resources["Topicprod2"].properties == {
        "TopicName": {"Fn::Sub": "x-pro-d-${AWS::Region}"}, "Tag": "2", "Other": [1, None],
    }  # fmt: skip
    assert not template.has_macros


_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
_properties = st.dictionaries(st.text(max_size=8), _values, max_size=4)
_templates = st.dictionaries(
    st.text("ABCabc123", min_size=1, max_size=6), _properties, max_size=4
).map(
    lambda found: {
        "Resources": {n: {"Type": "AWS::SNS::Topic", "Properties": p} for n, p in found.items()}
    }
)


@given(_templates)
def test_json_and_yaml_of_the_same_template_read_equal(body):
    dumped = yaml.dump(
        body, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True
    )
    try:
        expected = load(body)
    except MalformedTemplate:
        expected = None
    for text in (json.dumps(body), dumped):
        if expected is not None:
            assert load(text) == expected
    if expected is not None:
        assert resolve(expected, Context(template=read(body))) is not None


@pytest.mark.parametrize("body", ['{"x": {}}', '{"Resources": {}}', "Parameters: {}"])
def test_no_deployed_template_is_without_resources(body):
    assert read_template(body) == CannotTell("it has no Resources")


def test_what_a_macro_writes_may_be_all_resources():
    body = '{"Transform": "Mine", "Parameters": {}}'
    assert read_template(body).transforms == ("Mine",)
