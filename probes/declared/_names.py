"""What `Fn::GetAtt` and `Fn::ImportValue` give in a deployed stack, by what the account says.

Only what cannot change while a resource lives: an ARN, an id, a name. What may have been another
value when the stack was deployed (the latest version of a launch template) stays unresolved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from auditor.answer import Place
from auditor.declaring import Known
from probes.analysis.template_context import Attribute
from probes.aws.cloudformation import Made, Stack

_BY_ID: Mapping[tuple[str, str], str] = {
    ("AWS::DynamoDB::Table", "Arn"): "arn:{p}:dynamodb:{r}:{a}:table/{id}",
    ("AWS::EC2::SecurityGroup", "GroupId"): "{id}",
    ("AWS::EC2::Subnet", "SubnetId"): "{id}",
    ("AWS::EC2::VPC", "VpcId"): "{id}",
    ("AWS::ECR::Repository", "Arn"): "arn:{p}:ecr:{r}:{a}:repository/{id}",
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
    ("AWS::SNS::Topic", "TopicArn"): "{id}",
    ("AWS::SNS::Topic", "TopicName"): "{last}",
    ("AWS::SQS::Queue", "Arn"): "arn:{p}:sqs:{r}:{a}:{tail}",
    ("AWS::SQS::Queue", "QueueName"): "{tail}",
    ("AWS::SQS::Queue", "QueueUrl"): "{id}",
    ("AWS::SecretsManager::Secret", "Id"): "{id}",
}
"""Return values that follow from the physical id (template reference of each kind).

`tail` is what follows the last slash of the id, `last` what follows its last colon.
"""

_OF_LIVE: Mapping[tuple[str, str], Callable[[Any], Any]] = {
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
    last = physical.rpartition(":")[2]
    words = {
        "p": place.partition,
        "r": place.region,
        "a": place.account,
        "id": physical,
        "tail": physical.rpartition("/")[2],
        "last": last,
        "balancer": last.partition("/")[2],
    }
    for (type_, name), written in _BY_ID.items():
        if type_ == kind:
            is_arn = written.startswith("arn:") and physical.startswith("arn:")
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


def exported(stacks: Mapping[str, Stack]) -> dict[str, str]:
    """What stacks hand out to others, by export name."""
    return {
        output.export_name: output.output_value
        for stack in stacks.values()
        for output in stack.outputs
        if output.export_name and not output.is_secret
    }
