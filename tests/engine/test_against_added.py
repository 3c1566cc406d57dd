"""Stacks on moto that declare little of their resources, and what was added to those by hand."""

import json

import pytest

from auditor.inventory import NOT_SELECTED
from probes.aws import kms, secretsmanager
from tests.engine.test_against_templates import (
    ANYTHING,
    by_name,
    client,
    ids,
    judged,
    looked,
    plant,
    refused,
)

SERVICE = {"Service": "lambda.amazonaws.com"}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": SERVICE, "Action": "sts:AssumeRole"}],
}
BARE = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Group": {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"GroupDescription": "web", "VpcId": {"Ref": "Vpc"}},
    },
    "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
    "Bucket": {"Type": "AWS::S3::Bucket"},
    "Topic": {"Type": "AWS::SNS::Topic"},
}
SSH = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
EVERYBODY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
    }
)


@pytest.fixture
def bare(aws):
    client("cloudformation").create_stack(
        StackName="shop", TemplateBody=json.dumps({"Resources": BARE})
    )
    # Moto's CloudFormation makes no secret, and no key without a policy, as AWS's does.
    made = {
        "Key": client("kms").create_key()["KeyMetadata"]["KeyId"],
        "Secret": client("secretsmanager").create_secret(Name="db")["ARN"],
    }
    kinds = {"Key": "AWS::KMS::Key", "Secret": "AWS::SecretsManager::Secret"}
    declared = {name: {"Type": kind} for name, kind in kinds.items()}
    plant("keys", {"Resources": declared}, [(name, kinds[name], made[name]) for name in made])
    return ids() | made


def drifts():
    return {
        name: sorted(one.expected) if isinstance(one.expected, dict) else one.code
        for name, one in by_name(judged(looked())).items()
        if one.verdict != "pass"
    }


def admit(group):
    permission = {**SSH, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])


def test_what_a_template_leaves_out_is_no_drift_as_aws_makes_it(bare):
    assert drifts() == {}
    assert set(by_name(judged(looked()))) == {*BARE, "Key", "Secret"} - {"Vpc"}


def test_what_has_no_region_may_be_added_to_by_stacks_of_a_region_not_looked_at(bare):
    admit(bare["Group"])
    client("iam").put_role_policy(
        RoleName=bare["Role"], PolicyName="by-hand", PolicyDocument=ANYTHING
    )
    inventory = looked()
    inventory.skipped_regions["123456789012", "eu-west-1"] = NOT_SELECTED
    found = by_name(judged(inventory))
    assert found["Role"].verdict == "pass"
    assert found["Group"].verdict == "drift"


def test_a_rule_and_policies_by_hand_are_drift_where_the_template_declares_none(bare):
    admit(bare["Group"])
    iam = client("iam")
    iam.put_role_policy(RoleName=bare["Role"], PolicyName="by-hand", PolicyDocument=ANYTHING)
    own = iam.create_policy(PolicyName="own", PolicyDocument=ANYTHING)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=bare["Role"], PolicyArn=own)
    found = by_name(judged(looked()))
    group, role = found["Group"], found["Role"]
    assert (group.verdict, group.expected) == ("drift", {"IpPermissions": None})
    assert group.found["IpPermissions"][0]["CidrIp"] == "0.0.0.0/0"
    assert "IpPermissions (SecurityGroupIngress): 1 more" in group.message
    assert set(role.expected) == {"AttachedManagedPolicies", "RolePolicyList.by-hand"}
    assert role.found["AttachedManagedPolicies"] == [own]
    assert {one.verdict.value for name, one in found.items() if name not in {"Group", "Role"}} == {
        "pass"
    }


def test_rules_that_let_out_more_are_drift_and_the_one_that_ec2_makes_is_none(bare):
    permission = {**SSH, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    client("ec2").authorize_security_group_egress(GroupId=bare["Group"], IpPermissions=[permission])
    found = by_name(judged(looked()))["Group"]
    assert [one["FromPort"] for one in found.found["IpPermissionsEgress"]] == [22]


def test_policies_of_resources_by_hand_are_drift_where_the_template_declares_none(bare):
    client("s3").put_bucket_policy(Bucket=bare["Bucket"], Policy=EVERYBODY)
    client("kms").put_key_policy(KeyId=bare["Key"], PolicyName="default", Policy=EVERYBODY)
    client("secretsmanager").put_resource_policy(SecretId=bare["Secret"], ResourcePolicy=EVERYBODY)
    client("sns").add_permission(
        TopicArn=bare["Topic"], Label="x", AWSAccountId=["999999999999"], ActionName=["Publish"]
    )
    assert {name: {one.partition(".")[0] for one in paths} for name, paths in drifts().items()} == {
        "Bucket": {"BucketPolicy"},
        "Key": {"KeyPolicy"},
        "Secret": {"ResourcePolicy"},
        "Topic": {"Policy"},
    }


def test_a_bucket_that_tells_a_queue_by_hand_is_drift(bare):
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    told = {"QueueArn": arn["QueueArn"], "Events": ["s3:ObjectCreated:*"]}
    client("s3").put_bucket_notification_configuration(
        Bucket=bare["Bucket"], NotificationConfiguration={"QueueConfigurations": [told]}
    )
    assert drifts() == {"Bucket": ["NotificationConfiguration.QueueConfigurations"]}
    custom = {
        "Told": {
            "Type": "Custom::S3BucketNotifications",
            "Properties": {
                "ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:told",
                "BucketName": bare["Bucket"],
                "NotificationConfiguration": {},
            },
        }
    }
    plant("told", {"Resources": custom}, [("Told", "Custom::S3BucketNotifications", "told")])
    assert drifts() == {}


def test_what_another_stack_declares_is_no_drift(bare):
    admit(bare["Group"])
    client("iam").put_role_policy(
        RoleName=bare["Role"], PolicyName="theirs", PolicyDocument=ANYTHING
    )
    assert set(drifts()) == {"Group", "Role"}
    rule = {"GroupId": bare["Group"], **SSH, "CidrIp": "0.0.0.0/0"}
    given = {
        "Roles": [bare["Role"]],
        "PolicyName": "theirs",
        "PolicyDocument": json.loads(ANYTHING),
    }
    declared = {
        "Rule": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": rule},
        "Given": {"Type": "AWS::IAM::Policy", "Properties": given},
    }
    made = [(name, one["Type"], f"{name}-1") for name, one in declared.items()]
    plant("other", {"Resources": declared}, made)
    assert drifts() == {}
    plant("other", "not a template", made)
    assert drifts() == {}


@pytest.mark.parametrize(
    ("query", "name"),
    [(kms.POLICY, "Key"), (secretsmanager.POLICY, "Secret")],
    ids=["key", "secret"],
)
def test_a_policy_that_was_refused_may_have_been_added(bare, query, name):
    found = by_name(judged(refused(looked(), query)))[name]
    assert (found.verdict, found.code) == ("unknown", "AccessDenied")
