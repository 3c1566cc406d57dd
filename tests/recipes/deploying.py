"""Deploys the recipes' templates into an account on moto, as CloudFormation would.

moto makes the stacks, but drops many properties and knows no alarms: these are put in by the API,
out of the templates' own text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from cfnlint.decode.cfn_yaml import loads

RECIPES = Path(__file__).parent.parent.parent / "docs" / "recipes" / "schedule"
REGION, ACCOUNT = "us-east-1", "123456789012"
TAGS = {
    "Environment": "production",
    "Team": "platform",
    "CostCenter": "4711",
    "Application": "auditor",
}


@dataclass
class Deployed:
    """A stack with what its names stand for."""

    name: str
    template: dict[str, Any]
    values: dict[str, Any]
    exports: dict[str, str] = field(default_factory=dict)
    conditions: dict[str, bool] = field(
        default_factory=lambda: {"MakesProvider": False, "AsksExternalId": False}
    )

    def of_type(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Physical name and resolved properties of the resources of a type."""
        for logical, resource in self.template["Resources"].items():
            if resource["Type"] == kind:
                yield self.values.get(logical, logical), self.resolve(resource["Properties"])

    def resolve(self, node: Any) -> Any:
        """A part of the template with its functions worked out."""
        if isinstance(node, list):
            return [self.resolve(item) for item in node]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            name, argument = next(iter(node.items()))
            if name in FUNCTIONS:
                return FUNCTIONS[name](self, argument)
        return {key: self.resolve(value) for key, value in node.items()}

    def sub(self, text: str) -> str:
        return re.sub(r"\$\{([^}]+)\}", lambda found: str(self.values[found[1]]), text)


FUNCTIONS: dict[str, Callable[[Deployed, Any], Any]] = {
    "Ref": lambda stack, name: stack.values[name],
    "Fn::Sub": lambda stack, text: stack.sub(text),
    "Fn::GetAtt": lambda stack, path: stack.values[".".join(path)],
    "Fn::Join": lambda stack, parts: parts[0].join(stack.resolve(parts[1])),
    "Fn::If": lambda stack, parts: stack.resolve(parts[1 if stack.conditions[parts[0]] else 2]),
    "Fn::ImportValue": lambda stack, name: stack.exports[stack.resolve(name)],
}


def template_of(recipe: str) -> dict[str, Any]:
    """A recipe's template, its short functions written out."""
    template: dict[str, Any] = json.loads(json.dumps(loads((RECIPES / recipe).read_text())))
    return template


def deploy(recipe: str, **parameters: str) -> Deployed:
    """Make a stack of a recipe, with the tags that everything is to carry."""
    client = boto3.client("cloudformation", REGION)
    name = f"auditor-{recipe.removesuffix('.yaml')}"
    client.create_stack(
        StackName=name,
        TemplateBody=(RECIPES / recipe).read_text(),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Tags=[{"Key": key, "Value": value} for key, value in TAGS.items()],
    )
    stack = Deployed(name, template_of(recipe), {}, exported(client))
    stack.values = {
        **{key: one.get("Default") for key, one in stack.template["Parameters"].items()},
        **parameters,
        "AWS::StackName": name,
        "AWS::AccountId": ACCOUNT,
        "AWS::Region": REGION,
        "AWS::NoValue": None,
    }
    for resource in client.list_stack_resources(StackName=name)["StackResourceSummaries"]:
        if resource["LogicalResourceId"]:
            stack.values[resource["LogicalResourceId"]] = resource["PhysicalResourceId"]
            stack.values |= attributes(resource)
    _buckets(stack)
    _roles(stack)
    _tagged(stack)
    _alarms(stack)
    return stack


ATTRIBUTES = {
    "AWS::S3::Bucket": ("Arn", "arn:aws:s3:::{}"),
    "AWS::IAM::Role": ("Arn", f"arn:aws:iam::{ACCOUNT}:role/{{}}"),
    "AWS::Logs::LogGroup": ("Arn", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{}}:*"),
    "AWS::ECS::Cluster": ("Arn", f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{{}}"),
    "AWS::Lambda::Function": ("Arn", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{}}"),
    "AWS::EC2::SecurityGroup": ("GroupId", "{}"),
}


def exported(client: Any) -> dict[str, str]:
    """What the stacks of the account export."""
    return {one["Name"]: one["Value"] for one in client.list_exports()["Exports"]}


def attributes(resource: dict[str, str]) -> dict[str, str]:
    """The attributes that templates get of a resource."""
    known = ATTRIBUTES.get(resource["ResourceType"])
    if known is None:
        return {}
    name, value = known
    return {f"{resource['LogicalResourceId']}.{name}": value.format(resource["PhysicalResourceId"])}


def _buckets(stack: Deployed) -> None:
    """What moto drops of a bucket."""
    s3 = boto3.client("s3", REGION)
    for bucket, given in stack.of_type("AWS::S3::Bucket"):
        s3.put_bucket_encryption(
            Bucket=bucket,
            ServerSideEncryptionConfiguration={
                "Rules": [
                    {"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]}
                    for rule in given["BucketEncryption"]["ServerSideEncryptionConfiguration"]
                ]
            },
        )
        s3.put_bucket_ownership_controls(
            Bucket=bucket, OwnershipControls=given["OwnershipControls"]
        )
        s3.put_public_access_block(
            Bucket=bucket,
            PublicAccessBlockConfiguration=given["PublicAccessBlockConfiguration"],
        )
        s3.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration=given["VersioningConfiguration"]
        )
        s3.put_bucket_lifecycle_configuration(
            Bucket=bucket,
            LifecycleConfiguration={
                "Rules": [_rule(rule) for rule in given["LifecycleConfiguration"]["Rules"]]
            },
        )
        s3.put_bucket_tagging(
            Bucket=bucket, Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in TAGS.items()]}
        )
    for _, given in stack.of_type("AWS::S3::BucketPolicy"):
        s3.put_bucket_policy(Bucket=given["Bucket"], Policy=json.dumps(given["PolicyDocument"]))


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    """A lifecycle rule as the API takes it."""
    said = {"ID": rule["Id"], "Status": rule["Status"], "Filter": {"Prefix": ""}}
    if "NoncurrentVersionExpiration" in rule:
        days = int(rule["NoncurrentVersionExpiration"]["NoncurrentDays"])
        said["NoncurrentVersionExpiration"] = {"NoncurrentDays": days}
    if "AbortIncompleteMultipartUpload" in rule:
        said["AbortIncompleteMultipartUpload"] = rule["AbortIncompleteMultipartUpload"]
    return said


def _roles(stack: Deployed) -> None:
    """Inline policies, which moto keeps as an object where AWS keeps a text."""
    iam = boto3.client("iam", REGION)
    for role, given in stack.of_type("AWS::IAM::Role"):
        iam.tag_role(RoleName=role, Tags=[{"Key": k, "Value": v} for k, v in TAGS.items()])
        for policy in given.get("Policies", ()):
            text = json.dumps(policy["PolicyDocument"])
            iam.put_role_policy(RoleName=role, PolicyName=policy["PolicyName"], PolicyDocument=text)


def _tagged(stack: Deployed) -> None:
    """The stack's tags, where moto does not hand them on."""
    for logical, resource in stack.template["Resources"].items():
        name, arn = stack.values.get(logical), stack.values.get(f"{logical}.Arn", "")
        if resource["Type"] == "AWS::Logs::LogGroup":
            boto3.client("logs", REGION).tag_resource(resourceArn=arn.removesuffix(":*"), tags=TAGS)
        elif resource["Type"] == "AWS::Lambda::Function":
            boto3.client("lambda", REGION).tag_resource(Resource=arn, Tags=TAGS)
        elif resource["Type"] == "AWS::ECS::Cluster":
            tags = [{"key": key, "value": value} for key, value in TAGS.items()]
            boto3.client("ecs", REGION).tag_resource(resourceArn=arn, tags=tags)
        elif resource["Type"] == "AWS::IAM::ManagedPolicy":
            tags = [{"Key": key, "Value": value} for key, value in TAGS.items()]
            boto3.client("iam", REGION).tag_policy(PolicyArn=name, Tags=tags)


def _alarms(stack: Deployed) -> None:
    """Alarms, which moto does not make for a stack."""
    cloudwatch = boto3.client("cloudwatch", REGION)
    for logical, given in stack.of_type("AWS::CloudWatch::Alarm"):
        cloudwatch.put_metric_alarm(
            AlarmName=f"{stack.name}-{logical}",
            Tags=[{"Key": key, "Value": value} for key, value in TAGS.items()],
            **given,
        )
