import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.answers import CannotTell
from probes.analysis.template import read_template
from probes.analysis.template_context import Context, Unresolved
from probes.analysis.template_policies import makes_policies, named_policies

READ = "arn:aws:iam::aws:policy/ReadOnlyAccess"
OWN = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {}}


def template(resources, **sections):
    return read_template(json.dumps({"Resources": resources, **sections}))


def role(**properties):
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def named(resources, parameters=None, **sections):
    found = template(resources, **sections)
    context = Context(
        template=found, parameters=parameters or {}, partition="aws", account="123456789012"
    )
    return [one.policy for one in named_policies(found, context)]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        pytest.param([READ], [READ], id="plain"),
        pytest.param([{"Ref": "Own"}, {"Fn::GetAtt": ["Own", "PolicyArn"]}], [], id="its own"),
        pytest.param([{"Ref": "AWS::NoValue"}], [], id="left out"),
        pytest.param(
            [{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess"}], [READ], id="Sub"
        ),
        pytest.param({"Ref": "List"}, [READ, "b"], id="a list as parameter"),
        pytest.param([{"Fn::Split": [",", "a,b"]}], ["a", "b"], id="a list in the list"),
        pytest.param([{"Fn::If": ["Live", READ, {"Ref": "AWS::NoValue"}]}], [READ], id="by choice"),
        pytest.param(None, [], id="nothing"),
    ],
)
def test_what_is_named(written, found):
    resources = {"Role": role(ManagedPolicyArns=written), "Own": OWN}
    sections = {
        "Parameters": {"List": {"Type": "CommaDelimitedList"}},
        "Conditions": {"Live": {"Fn::Equals": ["a", "a"]}},
    }
    assert named(resources, {"List": f"{READ}, b"}, **sections) == found


@pytest.mark.parametrize(
    "written",
    [
        pytest.param([{"Ref": "Other"}], id="not declared"),
        pytest.param([{"Fn::GetAtt": ["Nested", "Outputs.Policy"]}], id="of a nested stack"),
        pytest.param([1], id="a number"),
        pytest.param(["(removed)"], id="not kept"),
        pytest.param({"a": 1}, id="a mapping"),
    ],
)
def test_what_cannot_be_told(written):
    (found,) = named({"Role": role(ManagedPolicyArns=written)})
    assert isinstance(found, Unresolved)


def test_a_boundary_is_named_too():
    assert named({"Role": role(PermissionsBoundary=READ)}) == [READ]


def test_other_resources_name_none():
    other = {"Type": "AWS::S3::Bucket", "Properties": {"ManagedPolicyArns": [READ]}}
    assert named({"Bucket": other}) == []


def test_whether_a_template_makes_policies():
    assert makes_policies(template({"Own": OWN}))
    assert not makes_policies(template({"Role": role()}))


def test_what_is_no_template_says_why():
    assert isinstance(read_template("[]"), CannotTell)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["Ref", "Fn::Sub", "Fn::If", "a"]), inner, max_size=2)
    ),
    max_leaves=8,
)


@given(JSON)
def test_whatever_is_written_is_answered(written):
    for policy in named({"Role": role(ManagedPolicyArns=written, PermissionsBoundary=written)}):
        assert isinstance(policy, str | Unresolved)
