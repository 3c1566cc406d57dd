"""The values of a template come to what the stack has, or to the reason why that cannot be told."""

import pytest

from probes.analysis.template import Template, read
from probes.analysis.template_bounds import Json
from probes.analysis.template_context import ABSENT, Context, Unresolved
from probes.analysis.template_text import load
from probes.analysis.template_values import exists, holds, resolve

ACCOUNT, REGION = "111122223333", "ap-southeast-1"

TEMPLATE = """
Parameters:
  EnvironmentSuffix: {Type: String, Default: dev}
  Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}
  Password: {Type: String, NoEcho: true}
Mappings:
  Images:
    ap-southeast-1: {ami: ami-1, zones: [a, b], deeper: {still: deeper}}
    111122223333: {ami: ami-2}
Conditions:
  IsProd: !Equals [!Ref EnvironmentSuffix, prod]
  HasPassword: !Not [!Equals [!Ref Password, '']]
  ProdAndSecret: !And [!Condition IsProd, !Condition HasPassword]
  ProdOrSecret: !Or [!Condition IsProd, !Condition HasPassword]
  Round: !Not [!Condition Round]
Resources:
  Key: {Type: AWS::KMS::Key}
  Logs: {Type: AWS::Logs::LogGroup, Condition: IsProd}
"""


@pytest.fixture(scope="module")
def template() -> Template:
    return read(TEMPLATE)


@pytest.fixture(scope="module")
def context(template: Template) -> Context:
    return Context(
        template=template,
        parameters={
            "EnvironmentSuffix": "prod",
            "Subnets": "subnet-1, subnet-2",
            "Password": "****",
        },
        account=ACCOUNT,
        region=REGION,
        partition="aws",
        stack_name="shop",
        stack_id="arn:aws:cloudformation:ap-southeast-1:111122223333:stack/shop/1",
        imports={"net-vpc": "vpc-1"},
        physical_ids={"Key": "1234abcd"},
        attributes={
            ("Key", "Arn"): f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd",
            ("Key", "Names"): ("first", "second"),
        },
        notification_arns=("arn:aws:sns:x",),
        zones={REGION: ("ap-southeast-1a", "ap-southeast-1b")},
    )


def value_of(text: str) -> Json:
    loaded = load(f"v: {text}")
    assert isinstance(loaded, dict)
    return loaded["v"]


RESOLVED = [
    pytest.param("!Ref EnvironmentSuffix", "prod", id="parameter"),
    pytest.param("!Ref Subnets", ["subnet-1", "subnet-2"], id="list parameter"),
    pytest.param("!Ref Key", "1234abcd", id="physical id"),
    pytest.param("!Ref AWS::AccountId", ACCOUNT, id="account"),
    pytest.param("!Ref AWS::URLSuffix", "amazonaws.com", id="url suffix of the partition"),
    pytest.param("!Ref AWS::NoValue", ABSENT, id="no value"),
    pytest.param("[a, !Ref AWS::NoValue, b]", ["a", "b"], id="no value in a list"),
    pytest.param("{a: 1, b: !Ref AWS::NoValue}", {"a": 1}, id="no value in a mapping"),
    pytest.param("!GetAtt Key.Arn", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd", id="attribute"),
    pytest.param(
        "!Sub 'logs.${AWS::Region}.${AWS::URLSuffix}'", f"logs.{REGION}.amazonaws.com", id="Sub"
    ),
    pytest.param("!Sub '${!AWS::Region}-${ Key }'", "${AWS::Region}-1234abcd", id="Sub, escaped"),
    pytest.param(
        "!Sub ['${A}/${Key.Arn}', {A: !Ref Key}]",
        f"1234abcd/arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd",
        id="Sub with map",
    ),
    pytest.param("!Join ['-', [a, !Ref Key, 1, true]]", "a-1234abcd-1-true", id="Join"),
    pytest.param("!Join [',', !Ref Subnets]", "subnet-1,subnet-2", id="Join of a parameter"),
    pytest.param("!Select ['1', !Ref Subnets]", "subnet-2", id="Select"),
    pytest.param("!Select [0, !GetAZs '']", "ap-southeast-1a", id="GetAZs"),
    pytest.param("!Split ['-', a-b]", ["a", "b"], id="Split"),
    pytest.param("!FindInMap [Images, !Ref AWS::Region, ami]", "ami-1", id="FindInMap"),
    pytest.param(
        "!FindInMap [Images, !Ref AWS::AccountId, ami]", "ami-2", id="FindInMap by account"
    ),
    pytest.param(
        "!FindInMap [Images, ap-southeast-1, zones]", ["a", "b"], id="FindInMap of a list"
    ),
    pytest.param("!FindInMap [Images, ap-southeast-1, deeper]", {"still": "deeper"}, id="deeper"),
    pytest.param("!Ref AWS::NotificationARNs", ["arn:aws:sns:x"], id="notification ARNs"),
    pytest.param("!Select [1, !GetAtt Key.Names]", "second", id="attribute that is a list"),
    pytest.param("!ImportValue net-vpc", "vpc-1", id="ImportValue"),
    pytest.param("!Base64 {'Fn::Sub': '#!${Key}'}", "IyExMjM0YWJjZA==", id="Base64"),
    pytest.param("!Cidr [10.0.0.0/16, 2, 8]", ["10.0.0.0/24", "10.0.1.0/24"], id="Cidr"),
    pytest.param("!If [IsProd, a, !Ref Nothing]", "a", id="If, decided"),
    pytest.param("!If [HasPassword, same, same]", "same", id="If, undecided but the same"),
    pytest.param("!If [HasPassword, {a: [1]}, {a: [1]}]", {"a": [1]}, id="If, the same mapping"),
    pytest.param("{Condition: IsProd}", {"Condition": "IsProd"}, id="a property named Condition"),
]


@pytest.mark.parametrize(("value", "expected"), RESOLVED)
def test_values_come_to_what_the_stack_has(context, value, expected):
    assert resolve(value_of(value), context) == expected


UNRESOLVED = [
    pytest.param("!Ref Password", id="masked parameter"),
    pytest.param("!Ref Nowhere", id="undeclared"),
    pytest.param("!Ref Logs", id="physical id not given"),
    pytest.param("!Ref [a]", id="Ref of a list"),
    pytest.param("!Ref AWS::Unheard", id="pseudo parameter nobody knows"),
    pytest.param("!GetAtt Logs.Arn", id="attribute not given"),
    pytest.param("!GetAtt Key", id="GetAtt without attribute"),
    pytest.param("!GetAtt [Key, !Ref Password]", id="attribute with masked name"),
    pytest.param("!Sub '${Password}'", id="Sub of a masked parameter"),
    pytest.param("!Sub '${Subnets}'", id="Sub of a list"),
    pytest.param("!Sub [a]", id="Sub of the wrong shape"),
    pytest.param("!Join [',', [a, !Ref Password]]", id="Join of a masked parameter"),
    pytest.param("!Join [',', !Ref Password]", id="Join of an unknown list"),
    pytest.param("!Join a", id="Join of the wrong shape"),
    pytest.param("!Split [',', !Ref Password]", id="Split of an unknown text"),
    pytest.param("!Split ['', a]", id="Split by nothing"),
    pytest.param("!Select [5, [a]]", id="Select past the end"),
    pytest.param("!Select [-1, [a]]", id="Select before the start"),
    pytest.param("!Select [0, !Ref Password]", id="Select of an unknown list"),
    pytest.param("!Select a", id="Select of the wrong shape"),
    pytest.param("!Select [1, [!If [HasPassword, a, !Ref AWS::NoValue], b, c]]", id="Select past what may be absent"),
    pytest.param("!FindInMap [Images, eu-west-1, ami]", id="no such entry"),
    pytest.param("!FindInMap [Images, !Ref Password, ami]", id="unknown key"),
    pytest.param("!FindInMap Images", id="FindInMap of the wrong shape"),
    pytest.param("!ImportValue other", id="import not given"),
    pytest.param("!ImportValue [a]", id="import of the wrong shape"),
    pytest.param("!Base64 [a]", id="Base64 of a list"),
    pytest.param("!Cidr [10.0.0.0/16, 999, 8]", id="too many subnets"),
    pytest.param("!Cidr [10.0.0.0/30, 9, 1]", id="more subnets than there are"),
    pytest.param("!Cidr [nonsense, 1, 8]", id="no network"),
    pytest.param("!Cidr [!Ref Password, 1, 8]", id="unknown network"),
    pytest.param("!Cidr a", id="Cidr of the wrong shape"),
    pytest.param("!GetAZs us-east-1", id="zones not given"),
    pytest.param("!If [HasPassword, a, b]", id="If by an unknown condition"),
    pytest.param("!If [HasPassword, true, 1]", id="true and 1 are not the same"),
    pytest.param("!If [HasPassword, [1], [2]]", id="lists differ"),
    pytest.param("!If [HasPassword, {a: 1}, {b: 1}]", id="mappings differ"),
    pytest.param("!If [Nowhere, a, b]", id="If by an undeclared condition"),
    pytest.param("!If [IsProd]", id="If of the wrong shape"),
    pytest.param("!Unheard of", id="unknown function"),
    pytest.param("!ToJsonString {a: 1}", id="language extension"),
    pytest.param("'{{resolve:secretsmanager:db:SecretString:password}}'", id="dynamic reference"),
    pytest.param("!Sub '{{resolve:ssm:/${EnvironmentSuffix}}}'", id="dynamic reference by Sub"),
]  # fmt: skip


@pytest.mark.parametrize("value", UNRESOLVED)
def test_what_cannot_be_told_is_unresolved_and_says_why(context, value):
    found = resolve(value_of(value), context)
    assert isinstance(found, Unresolved)
    assert found.why


def test_a_default_is_not_taken_for_the_value(template):
    found = resolve({"Ref": "EnvironmentSuffix"}, Context(template=template))
    assert found == Unresolved("EnvironmentSuffix: the parameter's value is not known")


def test_what_is_known_stays_beside_what_is_not(context):
    value = value_of("{a: [x, !Ref Password], b: !Ref Key}")
    found = resolve(value, context)
    assert isinstance(found, dict)
    assert found["b"] == "1234abcd"
    assert found["a"] == ["x", Unresolved("Password: the parameter's value is masked")]


def test_conditions_have_three_values(context):
    assert holds("IsProd", context) is True
    assert holds("ProdOrSecret", context) is True
    for unknown in ("HasPassword", "ProdAndSecret", "Round", "Nowhere"):
        assert isinstance(holds(unknown, context), Unresolved)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!And [!Equals [a, b], !Condition Unknown]", False),
        ("!And [!Equals [a, a], !Equals [b, b]]", True),
        ("!Or [!Equals [a, b], !Equals [1, '1']]", True),
        ("!Or [!Equals [a, b], !Equals [c, d]]", False),
        ("!Not [!Equals [true, 'true']]", False),
        ("!Equals [[a], [a]]", None),
        ("!Equals [!Ref Unknown, a]", None),
        ("!Equals [a]", None),
        ("!And []", None),
        ("!Contains [[a], a]", None),
        ("true", None),
    ],
)
def test_a_condition_is_decided_by_what_is_known(expression, expected):
    context = Context(template=read(f"Conditions: {{C: {expression}, D: !Not [!Condition C]}}"))
    found = holds("C", context)
    assert isinstance(found, Unresolved) if expected is None else found is expected
    opposite = holds("D", context)
    assert isinstance(opposite, Unresolved) if expected is None else opposite is not expected


def test_a_resource_exists_by_its_condition(template, context):
    assert exists(template.resources["Key"], context) is True
    assert exists(template.resources["Logs"], context) is True
    unknown = Context(template=template, parameters={"EnvironmentSuffix": "dev"})
    assert exists(template.resources["Logs"], unknown) is False


def test_a_no_echo_that_is_not_understood_hides_the_value():
    template = read({"Parameters": {"P": {"Type": "String", "NoEcho": {"Ref": "X"}}}})
    context = Context(template=template, parameters={"P": "hunter2"})
    assert isinstance(resolve({"Ref": "P"}, context), Unresolved)


def test_a_value_that_a_macro_adds_to_is_unresolved():
    template = read(
        {"Resources": {"A": {"Type": "T", "Properties": {"B": 1, "Fn::Transform": {}}}}}
    )
    found = resolve(template.resources["A"].properties, Context(template=template))
    assert isinstance(found, Unresolved)


def test_notifications_that_were_not_given_are_unresolved(template):
    found = resolve({"Ref": "AWS::NotificationARNs"}, Context(template=template))
    assert isinstance(found, Unresolved)
