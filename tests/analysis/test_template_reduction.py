"""Of a template nothing is kept that may be secret, and all that a judgement reads."""

import json
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.secret_signs import names_secret
from probes.analysis.template import read
from probes.analysis.template_bounds import MAX_DEPTH, MalformedTemplate
from probes.analysis.template_graph import depends
from probes.analysis.template_reduction import REMOVED, SECRET, is_removed, reduced
from probes.analysis.template_text import UNREADABLE
from probes.analysis.template_yaml import _LOADER

HIDDEN = "hunter2-hunter2"
TEMPLATE = """
AWSTemplateFormatVersion: 2010-09-09
Description: the password is hunter2-hunter2
# a comment: hunter2-hunter2
Metadata: {AWS::CloudFormation::Interface: {ParameterLabels: hunter2-hunter2}}
Transform: AWS::LanguageExtensions
Rules: {R: {Assertions: [hunter2-hunter2]}}
Parameters:
  EnvironmentSuffix: {Type: String, Default: dev, Description: hunter2-hunter2}
  DBPassword: {Type: String, Default: hunter2-hunter2, AllowedValues: [hunter2-hunter2]}
  Quiet: {Type: String, NoEcho: true, Default: hunter2-hunter2}
  TokenPath: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /app/token}
  ApiToken: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /app/token}
Conditions:
  IsProd: !Equals [!Ref EnvironmentSuffix, prod]
Resources:
  Role:
    Type: AWS::IAM::Role
    Metadata: {aws:cdk:path: App/Role/Resource, note: hunter2-hunter2}
    Properties:
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AWSCodeDeployRole']
      Policies:
        - PolicyName: logs
          PolicyDocument:
            Statement: {Effect: Allow, Action: 'logs:*', Resource: !Sub '${Group.Arn}:*'}
  Group: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 7}}
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    Properties:
      MasterUsername: admin
      MasterUserPassword: hunter2-hunter2
      ManageMasterUserPassword: 'false'
      DBInstanceIdentifier: orders
      AuthToken: !Ref DBPassword
      DbPassword: '{{resolve:secretsmanager:orders:SecretString:password}}'
      Password: !If [IsProd, hunter2-hunter2, !Ref 'AWS::NoValue']
      Pwd: 8675309867530986
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        UserData:
          Fn::Base64: !Sub |
            #!/bin/bash
            export DB=hunter2-hunter2
            aws s3 cp s3://${Bucket}/x . --role arn:aws:iam::111122223333:role/copy
  Bucket: {Type: AWS::S3::Bucket}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Code: {ZipFile: "print('hunter2-hunter2')"}
      Environment:
        Variables:
          PLAIN: hunter2-hunter2
          PORT: 8675309867530986
          DEBUG: true
          EMPTY: ''
          URL: !Sub 'https://hunter2-hunter2.${Bucket}'
          API_KEY: hunter2-hunter2
          TOPIC: arn:aws:sns:us-east-1:111122223333:orders
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Environment: [{Name: X, Value: hunter2-hunter2}, {Name: DB_PASSWORD, Value: hunter2-hunter2}]
          Secrets: [{Name: DB_PASSWORD, ValueFrom: !Ref Parameter}]
        - Environment: !If [IsProd, [{Name: X, Value: hunter2-hunter2}], []]
  Build:
    Type: AWS::CodeBuild::Project
    Properties:
      Environment:
        ComputeType: BUILD_GENERAL1_SMALL
        EnvironmentVariables:
          - {Name: A, Value: hunter2-hunter2}
          - {Name: TOKEN, Value: build/token, Type: PARAMETER_STORE}
      Source: {BuildSpec: {phases: {build: {commands: [echo hunter2-hunter2, !Ref Bucket]}}}}
  Parameter: {Type: AWS::SSM::Parameter, Properties: {Name: /orders/x, Type: String, Value: hunter2-hunter2}}
  Nested:
    Type: AWS::CloudFormation::Stack
    Properties: {Parameters: {DBPassword: hunter2-hunter2, Size: small}}
  Known:
    Type: Custom::Thing
    Properties:
      ServiceToken: !GetAtt Function.Arn
      Url: postgres://app:hunter2-hunter2@db.example.com/orders
      Other: !Sub 'postgres://app:${DBPassword}@db.example.com/orders'
      Key: AKIAIOSFODNN7EXAMPLE
Outputs:
  Password: {Value: hunter2-hunter2, Description: hunter2-hunter2, Export: {Name: !Sub '${AWS::StackName}-p'}}
  Group: {Value: !GetAtt Group.Arn, Condition: IsProd}
"""


@pytest.fixture(scope="module")
def kept():
    return read(reduced(TEMPLATE))


def properties(kept, name):
    return kept.resources[name].properties


def test_nothing_of_what_was_hidden_is_left():
    assert TEMPLATE.count(HIDDEN) > 20
    text = reduced(TEMPLATE)
    assert HIDDEN not in text
    assert "8675309" not in text
    assert "AKIA" not in text


def test_what_makes_up_the_template_stays(kept):
    whole = read(TEMPLATE)
    assert kept.resources.keys() == whole.resources.keys()
    assert kept.conditions == whole.conditions
    assert kept.transforms == whole.transforms
    assert kept.parameters["EnvironmentSuffix"] == whole.parameters["EnvironmentSuffix"]
    assert kept.parameters["TokenPath"].default == "/app/token"
    assert kept.parameters["ApiToken"].default == "/app/token"
    assert kept.resources["Database"].deletion_policy == "Snapshot"
    assert kept.resources["Role"].cdk_path == "App/Role/Resource"
    assert kept.resources["Role"].properties == whole.resources["Role"].properties
    assert kept.outputs["Group"] == whole.outputs["Group"]


def test_what_refers_to_what_stays(kept):
    assert depends(kept).edges == depends(read(TEMPLATE)).edges


def test_a_literal_under_a_secrets_name_is_marked_and_a_reference_is_not(kept):
    database = properties(kept, "Database")
    assert database["MasterUserPassword"] == database["Pwd"] == SECRET
    assert database["Password"]["Fn::If"][:2] == ["IsProd", SECRET]
    assert database["AuthToken"] == {"Ref": "DBPassword"}
    assert database["DbPassword"].startswith("{{resolve:")
    assert database["ManageMasterUserPassword"] == "false"
    assert database["DBInstanceIdentifier"] == "orders"
    assert kept.parameters["DBPassword"].default == kept.parameters["Quiet"].default == SECRET
    assert not kept.parameters["DBPassword"].allowed_values
    assert properties(kept, "Nested")["Parameters"] == {"DBPassword": SECRET, "Size": "small"}
    assert kept.outputs["Password"].value == SECRET


def test_a_secret_in_a_known_form_is_marked_under_any_name(kept):
    known = properties(kept, "Known")
    assert known["Url"] == known["Key"] == SECRET
    assert known["Other"] == {"Fn::Sub": "postgres://app:${DBPassword}@db.example.com/orders"}


def test_code_keeps_its_placeholders_and_arns(kept):
    data = properties(kept, "Template")["LaunchTemplateData"]["UserData"]["Fn::Base64"]
    assert data == {"Fn::Sub": f"{REMOVED} arn:aws:iam::111122223333:role/copy ${{Bucket}}"}
    assert properties(kept, "Function")["Code"]["ZipFile"] == REMOVED
    commands = properties(kept, "Build")["Source"]["BuildSpec"]["phases"]["build"]["commands"]
    assert commands == [REMOVED, {"Ref": "Bucket"}]


def test_variables_keep_their_names(kept):
    assert properties(kept, "Function")["Environment"]["Variables"] == {
        "PLAIN": REMOVED,
        "PORT": REMOVED,
        "DEBUG": True,
        "EMPTY": "",
        "URL": {"Fn::Sub": f"{REMOVED} ${{Bucket}}"},
        "API_KEY": SECRET,
        "TOPIC": f"{REMOVED} arn:aws:sns:us-east-1:111122223333:orders",
    }
    first, second = properties(kept, "Task")["ContainerDefinitions"]
    assert [one["Value"] for one in first["Environment"]] == [REMOVED, SECRET]
    assert first["Secrets"] == [{"Name": "DB_PASSWORD", "ValueFrom": {"Ref": "Parameter"}}]
    assert second["Environment"]["Fn::If"][1] == [{"Name": "X", "Value": REMOVED}]
    environment = properties(kept, "Build")["Environment"]
    assert environment["ComputeType"] == "BUILD_GENERAL1_SMALL"
    assert [one["Value"] for one in environment["EnvironmentVariables"]] == [REMOVED, "build/token"]
    assert properties(kept, "Parameter")["Value"] == REMOVED


def test_markers_are_known_again():
    assert is_removed(REMOVED)
    assert is_removed(f"{SECRET} ${{A}}")
    assert not is_removed("orders")


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("MasterUserPassword", True),
        ("DB_PASSWORD", True),
        ("db-password", True),
        ("AuthToken", True),
        ("ApiKey", True),
        ("SecretString", True),
        ("AWS_SECRET_ACCESS_KEY", True),
        ("PasswordLength", False),
        ("DBPasswordSecretArn", False),
        ("SecretName", False),
        ("HttpTokens", False),
        ("ServiceToken", False),
        ("KmsKeyId", False),
        ("PrimaryKey", False),
        ("", False),
        ("x" * 100_000 + "password", True),
    ],
)
def test_names_of_secrets(name, secret):
    assert names_secret(name) is secret


UNREADABLES = [
    pytest.param("a: b: c", "mapping values are not allowed", id="not YAML"),
    pytest.param("", "not a mapping", id="nothing"),
    pytest.param("[a]", "not a mapping", id="a list"),
    pytest.param(None, "not a mapping", id="None"),
    pytest.param("x" * 3_000_000, "longer than", id="megabytes"),
    pytest.param("a: [" * 200, "too deeply", id="too deep"),
    pytest.param(
        "a0: &a0 [x, x]\n"
        + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 1000)),
        "too",
        id="aliases a thousand deep",
    ),
]


@pytest.mark.parametrize(("body", "why"), UNREADABLES)
def test_of_what_cannot_be_read_the_reason_is_kept(body, why):
    text = reduced(body)
    assert text.startswith(UNREADABLE)
    assert len(text) < 300
    with pytest.raises(MalformedTemplate, match=why):
        read(text)


def test_a_template_as_deep_as_may_be_is_reduced():
    value = "x"
    for _ in range(MAX_DEPTH - 3):
        value = {"Fn::If": value} if _ % 2 else [value]
    assert not reduced({"Resources": {"A": value}}).startswith(UNREADABLE)


def test_loops_and_sections_of_a_wrong_shape_are_walked():
    body = {
        "Resources": {"Fn::ForEach::L": ["X", ["a"], {"T${X}": {"Type": "T", "Properties": {"Password": HIDDEN}}}]},
        "Outputs": [{"Password": HIDDEN}],
        "Parameters": {"P": [{"Password": HIDDEN}]},
        "Mappings": {"M": {"a": {"Secret": HIDDEN}}},
    }  # fmt: skip
    assert HIDDEN not in reduced(body)
    assert "T${X}" in reduced(body)


SUBSTITUTED = [
    (["hunter2 ${A}", {"A": "hunter2"}], [f"{REMOVED} ${{A}}", {"A": REMOVED}]),
    ([{"Ref": "A"}], [{"Ref": "A"}]),
    (["${A}", {"A": {"Ref": "B"}}], ["${A}", {"A": {"Ref": "B"}}]),
    (None, None),
]


@pytest.mark.parametrize(("written", "left"), SUBSTITUTED)
def test_substitutions_of_any_form_are_reduced(written, left):
    body = {"Resources": {"A": {"Type": "T", "Properties": {"UserData": {"Fn::Sub": written}}}}}
    assert read(reduced(body)).resources["A"].properties["UserData"] == {"Fn::Sub": left}


def test_a_parameter_of_systems_manager_may_lack_its_value():
    body = {"Resources": {"A": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "x"}}}}
    assert read(reduced(body)).resources["A"].properties == {"Name": "x"}


def test_what_is_no_name_under_a_reference_is_reduced():
    body = {"Resources": {"A": {"Type": "T", "Properties": {"v": {"Ref": {"Password": HIDDEN}}}}}}
    assert HIDDEN not in reduced(body)


def test_a_megabyte_is_reduced_in_a_moment():
    resource = (
        "  Topic{n}:\n    Type: AWS::SNS::Topic\n    Properties:\n"
        "      TopicName: !Sub 'orders-${{EnvironmentSuffix}}-{n}'\n"
        "      KmsMasterKeyId: !GetAtt Key.Arn\n      Tags:\n"
        "        - Key: Environment\n          Value: !Ref EnvironmentSuffix\n"
    )
    body = "Resources:\n" + "".join(resource.format(n=n) for n in range(4_500))
    assert len(body) > 1_000_000
    started = time.process_time()
    text = reduced(body)
    # Measured at 0.6 s, of which the YAML takes 0.3 s; the bound leaves room for a busy machine.
    assert time.process_time() - started < 6
    started = time.process_time()
    assert len(read(text).resources) == 4_500
    assert time.process_time() - started < 3


def test_yaml_is_read_by_the_fast_loader_where_it_was_built():
    assert not yaml.__with_libyaml__ or _LOADER is yaml.CSafeLoader


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["${A}", HIDDEN, "arn:aws:s3:::x"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["Fn::Sub", "Fn::If", "Ref", "UserData", "Environment", "Variables", "Name", "Value", "Password", "Metadata", "Type", "Properties"]),
        inner,
        max_size=3,
    ),
    max_leaves=20,
)  # fmt: skip


@given(_VALUES)
def test_any_value_is_reduced_to_a_template_of_the_same_resources(value):
    body = {"Resources": {"A": {"Type": "T", "Properties": {"v": value}}}}
    try:
        whole = read(body)
    except MalformedTemplate:
        assert reduced(body).startswith(UNREADABLE)
        return
    text = reduced(body)
    assert json.loads(text)
    assert depends(read(text)).edges == depends(whole).edges
