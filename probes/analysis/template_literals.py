"""What stands in a template as it is, though it is true in one account, region or environment only.

What a parameter, a pseudo parameter or a mapping could say counts as hard-coded: ids of accounts,
names, zones, regions, partitions. What CDK writes in is not: it knows account and region when it
synthesises, and the intent is lost; nor are layers and applications that others publish.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from probes.analysis.log_delivery import DELIVERY_ACCOUNTS
from probes.analysis.secret_signs import names_secret
from probes.analysis.template import Resource, Template
from probes.analysis.template_bounds import Json
from probes.analysis.template_context import Context
from probes.analysis.template_functions import PLACEHOLDER
from probes.analysis.template_graph import Literal, Path, literals
from probes.analysis.template_reduction import SECRET, is_removed
from probes.analysis.template_values import exists

# AWS's documentation uses these for accounts that are nobody's.
PLACEHOLDERS: Final = frozenset(
    {"000000000000", "012345678901", "111111111111", "111122223333", "123456789012", "444455556666"}
)
# Owners of Amazon's and others' images, and registries of AWS's own container images.
_OF_AWS: Final = DELIVERY_ACCOUNTS | {
    "099720109477", "137112412989", "309956199498", "602401143452", "679593333241",
    "763104351884", "801119661308", "840364872350", "591542846629", "906394416424",
}  # fmt: skip
_ARN: Final = re.compile(
    r"arn:(?P<partition>aws[a-z-]{0,20}):(?P<service>[a-z0-9-]{1,40}):(?P<region>[a-z0-9-]{0,30}):"
    r"(?P<account>\d{12}):(?P<resource>[\w/.-]{0,100})"
)
_REST_OF_ARN: Final = re.compile(r":(?P<account>\d{12}):")
_REGION: Final = re.compile(
    r"arn:aws[a-z-]{0,20}:(?P<service>[a-z0-9-]{1,40}):(?P<region>[a-z0-9-]{5,30}):"
)
_PARTITION: Final = re.compile(r"arn:aws(?:-[a-z-]{1,20})?:(?!iam::aws:)")
_ZONE: Final = re.compile(r"[a-z]{2}(?:-[a-z]{2,12}){1,3}-\d[a-z]")
_ASSETS: Final = re.compile(
    r"cdk-[a-z0-9]{1,20}-(?:assets|container|deploy|file|image|lookup|cfn-exec)"
)
_ID: Final = re.compile(r"\d{12}", re.ASCII)
_OF_ACCOUNTS: Final = frozenset(
    {
        "AWS", "Principal", "AccountId", "AccountIds", "aws:SourceAccount", "AWS:SourceAccount",
        "aws:PrincipalAccount", "kms:CallerAccount",
    }
)  # fmt: skip
# What CloudFront and other services of the whole world use has to be in this region.
_WORLD: Final = frozenset({"acm", "lambda", "wafv2"})
_CDK_METADATA: Final = "AWS::CDK::Metadata"
NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "AWS::AutoScaling::AutoScalingGroup": "AutoScalingGroupName",
        "AWS::CloudWatch::Alarm": "AlarmName",
        "AWS::CodeBuild::Project": "Name",
        "AWS::CodePipeline::Pipeline": "Name",
        "AWS::DynamoDB::Table": "TableName",
        "AWS::EC2::LaunchTemplate": "LaunchTemplateName",
        "AWS::EC2::SecurityGroup": "GroupName",
        "AWS::ECR::Repository": "RepositoryName",
        "AWS::ECS::Cluster": "ClusterName",
        "AWS::ECS::Service": "ServiceName",
        "AWS::ECS::TaskDefinition": "Family",
        "AWS::ElasticLoadBalancingV2::LoadBalancer": "Name",
        "AWS::ElasticLoadBalancingV2::TargetGroup": "Name",
        "AWS::Events::Rule": "Name",
        "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
        "AWS::IAM::Role": "RoleName",
        "AWS::KMS::Alias": "AliasName",
        "AWS::Kinesis::Stream": "Name",
        "AWS::Lambda::Function": "FunctionName",
        "AWS::Logs::LogGroup": "LogGroupName",
        "AWS::RDS::DBCluster": "DBClusterIdentifier",
        "AWS::RDS::DBInstance": "DBInstanceIdentifier",
        "AWS::S3::Bucket": "BucketName",
        "AWS::SNS::Topic": "TopicName",
        "AWS::SQS::Queue": "QueueName",
        "AWS::SSM::Parameter": "Name",
        "AWS::SecretsManager::Secret": "Name",
        "AWS::Serverless::Function": "FunctionName",
        "AWS::StepFunctions::StateMachine": "StateMachineName",
    }
)
"""The property by which a kind of resource is given its name (Template Reference)."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a template something stands, and what."""

    path: str
    text: str


def accounts(template: Template, context: Context) -> Iterator[Place]:
    """The ids of accounts in ARNs and principals, but those of AWS's own."""
    for path, literal in _deployed(template, context):
        for account in _accounts_in(literal):
            yield Place(path, account)


def default_accounts(template: Template) -> Iterator[Place]:
    """The ids of accounts in the defaults of parameters, by the parameter's name."""
    for parameter in template.parameters.values():
        if isinstance(parameter.default, str):
            for account in _accounts_in(Literal((), parameter.default, whole=True)):
                yield Place(parameter.name, account)


def secrets(template: Template) -> Iterator[str]:
    """Where a secret stands as it is; also where the condition of its resource does not hold."""
    for parameter in template.parameters.values():
        if parameter.default == SECRET:
            yield f"Parameters.{parameter.name}.Default"
    for resource in template.resources.values():
        for literal in literals(resource.properties, ("Properties",)):
            bare = literal.text.startswith(SECRET)
            if bare and (literal.whole or not names_secret(_property(literal.path))):
                yield _written(resource.logical_id, literal.path)


def names(template: Template, context: Context) -> Iterator[tuple[Resource, Place]]:
    """The names of resources that say nothing of the environment: text and nothing else."""
    for resource in _resources(template, context):
        name = NAMES.get(resource.type, "")
        text = _plain(resource.properties.get(name))
        if text and not is_removed(text) and not text.startswith("{{resolve:"):
            yield resource, Place(f"{resource.logical_id}.{name}", text)


def variables(template: Template, context: Context, wanted: Iterable[str]) -> Iterator[str]:
    """Where an environment variable of these names has a value that is text and nothing else."""
    keys = frozenset(wanted)
    for resource in _resources(template, context):
        for path, name, value in _variables(resource.properties):
            if name in keys and isinstance(value, str) and is_removed(value):
                yield f"{_written(resource.logical_id, path)}.{name}"


def zones(template: Template, context: Context) -> Iterator[Place]:
    """Availability zones by name."""
    for path, literal in _deployed(template, context):
        if literal.whole and _ZONE.fullmatch(literal.text):
            yield Place(path, literal.text)


def regions(template: Template, context: Context) -> Iterator[Place]:
    """The region of the stack, written out in ARNs."""
    for path, literal in _deployed(template, context):
        for found in _REGION.finditer(literal.text):
            world = found["service"] in _WORLD and found["region"] == "us-east-1"
            if found["region"] == context.region and not world:
                yield Place(path, found["region"])


def partitions(template: Template, context: Context) -> Iterator[str]:
    """Where a partition is written out in ARNs; those of AWS's managed policies are let be."""
    for path, literal in _deployed(template, context):
        if _PARTITION.search(literal.text):
            yield path


def is_of_cdk(template: Template) -> bool:
    """Whether CDK wrote a template."""
    marked = "BootstrapVersion" in template.parameters or bool(template.of_type(_CDK_METADATA))
    return marked or any(one.cdk_path is not None for one in template.resources.values())


def _resources(template: Template, context: Context) -> Iterator[Resource]:
    """The resources that the stack may have, of the author's making."""
    for resource in template.resources.values():
        if resource.type != _CDK_METADATA and exists(resource, context) is not False:
            yield resource


def _deployed(template: Template, context: Context) -> Iterator[tuple[str, Literal]]:
    """The text in resources and outputs, with its place; names of CDK's assets aside."""
    for resource in _resources(template, context):
        for literal in literals(resource.properties):
            if not _ASSETS.search(literal.text):
                yield _written(resource.logical_id, literal.path), literal
    for output in template.outputs.values():
        for literal in literals(output.value):
            yield _written(f"Outputs.{output.name}", literal.path), literal


def _accounts_in(literal: Literal) -> Iterator[str]:
    """The accounts in a text: of ARNs, of the rest of one after a placeholder, of principals."""
    if literal.whole and _ID.fullmatch(literal.text) and _property(literal.path) in _OF_ACCOUNTS:
        yield from _foreign(literal.text)
    found = _REST_OF_ARN.match(literal.text)
    if found and "Fn::Sub" in literal.path:
        yield from _foreign(found["account"])
    for arn in _ARN.finditer(literal.text):
        if not _is_published(arn):
            yield from _foreign(arn["account"])


def _is_published(arn: re.Match[str]) -> bool:
    """Whether an ARN is of what others publish for all: layers and serverless applications."""
    layer = arn["service"] == "lambda" and arn["resource"] == "layer"
    return layer or arn["service"] == "serverlessrepo"


def _foreign(account: str) -> Iterator[str]:
    if account not in _OF_AWS:
        yield account


def _plain(value: Json) -> str:
    """A value that is text and nothing else, also by way of a needless `Fn::Sub`."""
    if isinstance(value, dict) and len(value) == 1:
        value = value.get("Fn::Sub")
        return value if isinstance(value, str) and not PLACEHOLDER.search(value) else ""
    return value if isinstance(value, str) else ""


def _variables(properties: Json) -> Iterator[tuple[Path, str, Json]]:
    """Environment variables anywhere in a resource: their place, names and values."""
    waiting: list[tuple[Json, Path]] = [(properties, ())]
    while waiting:
        item, path = waiting.pop()
        if isinstance(item, list):
            waiting += [(part, (*path, number)) for number, part in enumerate(item)]
        elif isinstance(item, dict):
            waiting += [(part, (*path, key)) for key, part in item.items()]
            if path[-1:] == ("Variables",):
                yield from ((path, name, value) for name, value in item.items())
            if isinstance(item.get("Name"), str):
                yield path, str(item["Name"]), item.get("Value")


def _property(path: Path) -> str:
    """The name of the property that a value belongs to, through functions and lists."""
    names = (part for part in reversed(path) if isinstance(part, str))
    return next((name for name in names if not name.startswith("Fn::")), "")


def _written(start: str, path: Path) -> str:
    """A place as people write it: `Role.Policies[0].PolicyName`; functions are left out."""
    text = start
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif not part.startswith("Fn::"):
            text += f".{part}"
    return text
