"""What a template refers to, what it says literally, and which resource waits for which."""

import pytest

from probes.analysis.template import Template, read
from probes.analysis.template_bounds import Json
from probes.analysis.template_graph import Edge, Literal, Reference, depends, literals, references
from probes.analysis.template_text import load

TEMPLATE = """
Parameters:
  EnvironmentSuffix: {Type: String}
Resources:
  Key: {Type: AWS::KMS::Key}
  Logs:
    Type: AWS::Logs::LogGroup
    DependsOn: Key
    Properties: {KmsKeyId: !GetAtt Key.Arn, LogGroupName: !Sub 'a-${EnvironmentSuffix}'}
  Stream: {Type: AWS::Logs::LogStream, DependsOn: [Logs]}
"""


@pytest.fixture(scope="module")
def template() -> Template:
    return read(TEMPLATE)


def value_of(text: str) -> Json:
    loaded = load(f"v: {text}")
    assert isinstance(loaded, dict)
    return loaded["v"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("!Ref A", {Reference("A")}),
        ("!GetAtt A.Arn", {Reference("A", "Arn")}),
        ("!GetAtt [A, !Ref B]", {Reference("A", "*"), Reference("B")}),
        (
            "!Sub '${A}-${B.Arn}-${!C}-${AWS::Region}'",
            {Reference("A"), Reference("B", "Arn"), Reference("AWS::Region")},
        ),
        ("!Sub ['${A}-${V}', {V: !Ref B}]", {Reference("A"), Reference("B")}),
        ("[{x: !If [C, !Ref A, !Ref B]}]", {Reference("A"), Reference("B")}),
        ("{Ref: A, Other: B}", set()),
        ("A", set()),
    ],
)
def test_references_are_found_wherever_they_are(value, expected):
    assert references(value_of(value)) == expected


def test_dependencies_are_explicit_and_implicit(template):
    found = depends(template)
    assert found.edges == {
        Edge("Logs", "Key", explicit=True),
        Edge("Logs", "Key", explicit=False),
        Edge("Stream", "Logs", explicit=True),
    }
    assert found.redundant == {Edge("Logs", "Key", explicit=True)}
    assert found.reaches("Stream", "Key")
    assert not found.reaches("Key", "Stream")
    assert found.reachable("Nowhere") == set()


def test_dependencies_may_go_round():
    body = {"A": {"Type": "T", "DependsOn": "B"}, "B": {"Type": "T", "DependsOn": "A"}}
    assert depends(read({"Resources": body})).reachable("A") == {"A", "B"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("{a: x, b: [y, 1]}", [(("a",), "x", True), (("b", 0), "y", True)]),
        (
            "!Sub 'arn:aws:s3:::${A}/*'",
            [(("Fn::Sub",), "arn:aws:s3:::", False), (("Fn::Sub",), "/*", False)],
        ),
        ("!Sub ['${V}', {V: x}]", [(("Fn::Sub", 1, "V"), "x", False)]),
        ("!Sub plain", [(("Fn::Sub",), "plain", True)]),
        ("!Join ['-', [a, !Ref B]]", [(("Fn::Join", 1, 0), "a", False)]),
        ("!If [C, a, !Ref B]", [(("Fn::If", 1), "a", True)]),
        ("!FindInMap [M, a, b]", []),
        ("!GetAtt A.Arn", []),
        ("!Select [0, !GetAZs us-east-1]", [(("Fn::Select", 1, "Fn::GetAZs"), "us-east-1", False)]),
        ("!ImportValue net-vpc", [(("Fn::ImportValue",), "net-vpc", False)]),
    ],
)
def test_literals_are_the_text_outside_placeholders(value, expected):
    found = [*literals(value_of(value))]
    assert found == [Literal(path, text, whole) for path, text, whole in expected]
