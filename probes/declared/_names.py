"""What `Fn::GetAtt` and `Fn::ImportValue` give in a deployed stack, by what the account says.

Only what cannot change while a resource lives: an ARN, an id, a name. What may have been another
value when the stack was deployed (the latest version of a launch template) stays unresolved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from string import Formatter
from typing import Any

from auditor.answer import Place
from auditor.drift.declarable import Known
from probes.analysis.template_context import URL_SUFFIXES, Attribute
from probes.aws.cloudformation import Made, Stack

_BY_ID: Mapping[tuple[str, str], str] = {
    ("AWS::CloudFront::CachePolicy", "Id"): "{id}",
    ("AWS::CloudFront::CloudFrontOriginAccessIdentity", "Id"): "{id}",
    ("AWS::CloudFront::Distribution", "Id"): "{id}",
    ("AWS::CloudFront::Function", "FunctionARN"): "{id}",
    ("AWS::CloudFront::KeyGroup", "Id"): "{id}",
    ("AWS::CloudFront::OriginAccessControl", "Id"): "{id}",
    ("AWS::CloudFront::OriginRequestPolicy", "Id"): "{id}",
    ("AWS::CloudFront::ResponseHeadersPolicy", "Id"): "{id}",
    ("AWS::CloudFront::VpcOrigin", "Id"): "{id}",
    ("AWS::CodeBuild::Project", "Arn"): "arn:{p}:codebuild:{r}:{a}:project/{id}",
    ("AWS::CodeConnections::Connection", "ConnectionArn"): "{id}",
    ("AWS::CodePipeline::Pipeline", "Arn"): "arn:{p}:codepipeline:{r}:{a}:{id}",
    ("AWS::CodeStarConnections::Connection", "ConnectionArn"): "{id}",
    ("AWS::DynamoDB::Table", "Arn"): "arn:{p}:dynamodb:{r}:{a}:table/{id}",
    ("AWS::EC2::SecurityGroup", "GroupId"): "{id}",
    ("AWS::EC2::Subnet", "SubnetId"): "{id}",
    ("AWS::EC2::VPC", "VpcId"): "{id}",
    ("AWS::ECR::Repository", "Arn"): "arn:{p}:ecr:{r}:{a}:repository/{id}",
    ("AWS::ECR::Repository", "RepositoryUri"): "{a}.dkr.ecr.{r}.{suffix}/{id}",
    ("AWS::ECS::Cluster", "Arn"): "arn:{p}:ecs:{r}:{a}:cluster/{id}",
    ("AWS::ECS::Service", "ServiceArn"): "{id}",
    ("AWS::ECS::Service", "Name"): "{tail}",
    ("AWS::ECS::TaskDefinition", "TaskDefinitionArn"): "{id}",
    ("AWS::ElasticLoadBalancingV2::Listener", "ListenerArn"): "{id}",
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerArn"): "{id}",
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerFullName"): "{balancer}",
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupArn"): "{id}",
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupFullName"): "{last}",
    ("AWS::IAM::ManagedPolicy", "PolicyArn"): "{id}",
    ("AWS::KMS::Key", "Arn"): "arn:{p}:kms:{r}:{a}:key/{tail}",
    ("AWS::KMS::Key", "KeyId"): "{tail}",
    ("AWS::Lambda::Function", "Arn"): "arn:{p}:lambda:{r}:{a}:function:{last}",
    ("AWS::Logs::LogGroup", "Arn"): "arn:{p}:logs:{r}:{a}:log-group:{id}:*",
    ("AWS::RDS::DBCluster", "DBClusterArn"): "arn:{p}:rds:{r}:{a}:cluster:{id}",
    ("AWS::RDS::DBInstance", "DBInstanceArn"): "arn:{p}:rds:{r}:{a}:db:{id}",
    ("AWS::S3::Bucket", "Arn"): "arn:{p}:s3:::{id}",
    ("AWS::S3::Bucket", "DomainName"): "{id}.s3.{everywhere}",
    ("AWS::S3::Bucket", "DualStackDomainName"): "{id}.s3.dualstack.{r}.{suffix}",
    ("AWS::S3::Bucket", "RegionalDomainName"): "{id}.s3.{r}.{suffix}",
    ("AWS::SNS::Topic", "TopicArn"): "{id}",
    ("AWS::SNS::Topic", "TopicName"): "{last}",
    ("AWS::SQS::Queue", "Arn"): "arn:{p}:sqs:{r}:{a}:{tail}",
    ("AWS::SQS::Queue", "QueueName"): "{tail}",
    ("AWS::SQS::Queue", "QueueUrl"): "{id}",
    ("AWS::SecretsManager::Secret", "Id"): "{id}",
    ("AWS::WAFv2::WebACL", "Arn"): "arn:{p}:wafv2:{r}:{a}:{acl}",
    ("AWS::WAFv2::WebACL", "Id"): "{acl_id}",
}
"""Return values that follow from the physical id (template reference of each kind).

`tail` is what follows the last slash of the id, `last` what follows its last colon. Of `suffix`,
`everywhere` and `acl` see `_words`; where one of them is nothing, so is the value.
"""
_SCOPES = {"CLOUDFRONT": "global", "REGIONAL": "regional"}

_OF_LIVE: Mapping[tuple[str, str], Callable[[Any], Any]] = {
    ("AWS::CloudFront::Distribution", "DomainName"): lambda live: live.resource.name,
    ("AWS::EC2::SecurityGroup", "VpcId"): lambda live: live.attributes.get("VpcId"),
    ("AWS::IAM::Role", "Arn"): lambda live: live.resource.arn,
    ("AWS::IAM::ManagedPolicy", "PolicyArn"): lambda live: live.resource.arn,
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerName"): lambda live: (
        live.resource.name
    ),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupName"): lambda live: (
        live.resource.name
    ),
}
"""Return values that only the live resource tells: a role's ARN holds its path."""

_NESTED = "AWS::CloudFormation::Stack"


def attributes_of(
    made: tuple[Made, ...], place: Place, stacks: Mapping[str, Stack], known: Known
) -> dict[tuple[str, str], Attribute]:
    """What `Fn::GetAtt` gives, by logical id and attribute."""
    found: dict[tuple[str, str], Attribute] = {}
    for one in made:
        if one.physical_resource_id:
            for name, value in _of(one, place, stacks, known):
                found[one.logical_resource_id, name] = value
    return found


def _of(
    made: Made, place: Place, stacks: Mapping[str, Stack], known: Known
) -> Iterator[tuple[str, str]]:
    kind, physical = made.resource_type, made.physical_resource_id
    words = _words(physical, place)
    for (type_, name), written in _BY_ID.items():
        if type_ == kind:
            is_arn = written.startswith("arn:") and physical.startswith("arn:")
            named = (field for _, field, _, _ in Formatter().parse(written) if field)
            if is_arn or all(words[field] for field in named):
                yield name, physical if is_arn else written.format_map(words)
    for (type_, name), taken in _OF_LIVE.items():
        live = known(kind, place, physical) if type_ == kind else None
        value = taken(live) if live is not None else None
        if isinstance(value, str) and value:
            yield name, value
    nested = stacks.get(physical) if kind == _NESTED else None
    for output in nested.outputs if nested else ():
        if not output.is_secret:
            yield f"Outputs.{output.output_key}", output.output_value


def _words(physical: str, place: Place) -> dict[str, str]:
    """The parts of return values.

    `suffix` ends the names of hosts in a partition, `everywhere` those of a bucket in no Region:
    known of commercial Regions only. `acl` is a web ACL out of `NAME|ID|SCOPE`.
    """
    last = physical.rpartition(":")[2]
    name, _, rest = physical.partition("|")
    acl_id, _, scope = rest.partition("|")
    suffix = URL_SUFFIXES.get(place.partition, "")
    return {
        "p": place.partition,
        "r": place.region,
        "a": place.account,
        "id": physical,
        "tail": physical.rpartition("/")[2],
        "last": last,
        "balancer": last.partition("/")[2],
        "suffix": suffix,
        "everywhere": suffix if place.partition == "aws" else "",
        "acl": f"{_SCOPES[scope]}/webacl/{name}/{acl_id}" if scope in _SCOPES else "",
        "acl_id": acl_id,
    }


def exported(stacks: Mapping[str, Stack]) -> dict[str, str]:
    """What stacks hand out to others, by export name."""
    return {
        output.export_name: output.output_value
        for stack in stacks.values()
        for output in stack.outputs
        if output.export_name and not output.is_secret
    }
