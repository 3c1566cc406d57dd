import json

import pytest

from probes.analysis.template_log_groups import Assigned, Deployment, assigned, name_in_stack

STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack/app/5f1d8c10"
KEY = "arn:aws:kms:us-east-1:123456789012:key/k"
ARN = "arn:aws:logs:us-east-1:123456789012:log-group:/app"


def deployment(body, parameters=(), imports=()):
    text = body if isinstance(body, str) else json.dumps(body)
    return Deployment(
        text, STACK, "app", tuple(parameters), tuple(imports), "aws", "us-east-1", "123456789012"
    )


def template(more=None, /, **properties):
    return {
        "Resources": {
            "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": properties},
            **(more or {}),
        }
    }


MADE = {"Key": {"Type": "AWS::KMS::Key"}}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param(template(LogGroupName="/app"), (), id="no key"),
        pytest.param(template(KmsKeyId={"Ref": "AWS::NoValue"}), (), id="no value"),
        pytest.param(template(LogGroupName="/app", KmsKeyId=KEY), (Assigned("Logs", KEY, ARN),), id="an ARN"),
        pytest.param(template(KmsKeyId=KEY), (Assigned("Logs", KEY),), id="a name of CloudFormation's"),
        pytest.param(
            template(MADE, LogGroupName={"Fn::Sub": "/${AWS::StackName}"}, KmsKeyId={"Fn::GetAtt": "Key.Arn"}),
            (Assigned("Logs", name_in_stack(STACK, "Key"), ARN),),
            id="the template's own key",
        ),
        pytest.param(template(KmsKeyId={"Ref": "Nothing"}), (Assigned("Logs", None),), id="not known"),
        pytest.param("AWS::Logs::LogGroup: [KmsKeyId", (), id="no template"),
        pytest.param('{"AWS::Logs::LogGroup": "KmsKeyId"}', (), id="no resources"),
    ],
)  # fmt: skip
def test_the_keys_of_a_templates_log_groups(body, found):
    assert assigned(deployment(body)) == found


def test_a_condition_that_cannot_be_told_leaves_the_key_open():
    body = template(KmsKeyId=KEY)
    body["Conditions"] = {"Maybe": {"Fn::Equals": [{"Ref": "Unknown"}, "a"]}}
    body["Resources"]["Logs"]["Condition"] = "Maybe"
    assert assigned(deployment(body)) == (Assigned("Logs", None),)


def test_parameters_and_imports_are_resolved():
    body = template(LogGroupName={"Ref": "Name"}, KmsKeyId={"Fn::ImportValue": "key"})
    body["Parameters"] = {"Name": {"Type": "String"}}
    found = assigned(deployment(body, [("Name", "/app")], [("key", KEY)]))
    assert found == (Assigned("Logs", KEY, ARN),)
