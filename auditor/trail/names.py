"""Where CloudTrail's event history is asked about a resource, and under which names.

`LookupEvents` finds events by the exact `ResourceName` that CloudTrail took out of each call: what
the caller wrote. Of an instance that is its id, of a scaling group its name (API reference,
`Resource`); of what callers name by ARN or by name it is either. So every name counts by which the
service's operations take the resource (API models of the services: `GroupId`, `RoleName`,
`LoadBalancerArn`, `SecretId` as ARN or name, ...), and each of them is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.resources import Resource

ID, ARN, NAME, TAIL = "id", "arn", "name", "tail"
"""What a resource can be called by; the tail is the end of its ARN."""

NAMES: Mapping[str, tuple[str, ...]] = {
    "EC2": (ID,),
    "EC2::LaunchTemplate": (ID, NAME),
    "AutoScaling": (NAME, ARN),
    "CloudFormation": (NAME, ARN),
    "CloudFront": (ID, ARN),
    "CloudWatch": (NAME, ARN),
    "DynamoDB": (NAME, ARN),
    "ECR": (NAME, ARN),
    "ECS": (ARN, NAME),
    "ElasticLoadBalancingV2": (ARN, NAME),
    "ElasticLoadBalancingV2::Listener": (ARN,),
    "ElasticLoadBalancingV2::ListenerRule": (ARN,),
    "Events": (NAME, ARN),
    "IAM": (NAME, ARN),
    "KMS": (ARN, TAIL),
    "KMS::Alias": (NAME, ARN),
    "Lambda": (NAME, ARN),
    "Logs": (NAME, ARN),
    "RDS": (NAME, ARN),
    "S3": (NAME, ARN),
    "SNS": (ARN, TAIL),
    "SQS": (ARN, TAIL),
    "SecretsManager": (ARN, NAME),
}
"""Service, or service and kind, of CloudFormation's name of a type -> the names to ask for."""

OTHERS = (ARN, ID, NAME)

SOURCES: Mapping[str, tuple[str, ...]] = {
    "ApplicationAutoScaling": ("autoscaling", "application-autoscaling"),
    "CertificateManager": ("acm",),
    "CloudWatch": ("monitoring",),
    "CodeConnections": ("codeconnections", "codestar-connections"),
    "CodeStarConnections": ("codestar-connections", "codeconnections"),
    "CodeStarNotifications": ("codestar-notifications",),
    "ElasticLoadBalancingV2": ("elasticloadbalancing",),
    "EFS": ("elasticfilesystem",),
    "StepFunctions": ("states",),
}
"""Services whose events come from elsewhere than `<service>.amazonaws.com` (service authorization
reference: the prefixes of their actions)."""

TAGGING = ("tagging", "resource-groups")
"""Services that write the tags of others' resources."""

SOURCE_END = ".amazonaws.com"

GLOBAL = frozenset({"IAM", "CloudFront", "Route53", "GlobalAccelerator", "Organizations"})
"""Services without regions: their events are in one region of the partition."""

GLOBAL_REGIONS: Mapping[str, tuple[str, ...]] = {
    "aws": ("us-east-1",),
    "aws-us-gov": ("us-gov-west-1",),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
}
"""Partition -> the regions that sign for its global services (botocore's endpoint data); CloudTrail
keeps their events there (user guide, "Global service events")."""

LONGEST = 2000
COUNTED_TWICE = frozenset("_ ,\n")
"""An attribute's value is at most 2,000 characters, of which these count as two (API reference,
`LookupAttribute`)."""


def service_of(resource: Resource) -> str:
    """CloudFormation's name of the service; nothing for what is no resource."""
    parts = resource.type.split("::")
    return parts[1] if len(parts) > 2 and parts[0] == "AWS" else ""


def names_of(resource: Resource) -> tuple[str, ...]:
    """The names that events may know a resource by, each once."""
    service = service_of(resource)
    if not service:
        return ()
    kind = resource.type.removeprefix("AWS::")
    order = NAMES.get(kind) or NAMES.get(service, OTHERS)
    return tuple(dict.fromkeys(name for name in _called(resource, order) if _askable(name)))


def _called(resource: Resource, order: tuple[str, ...]) -> Iterator[str]:
    by = {ID: resource.id, ARN: resource.arn, NAME: resource.name}
    by[TAIL] = resource.arn.rpartition("/")[2].rpartition(":")[2]
    yield from (by[what] for what in order)


def _askable(name: str) -> bool:
    length = len(name) + sum(1 for character in name if character in COUNTED_TWICE)
    return bool(name.strip()) and length <= LONGEST and name.isprintable()


def regions_of(
    resource: Resource, region: str, partition: str, looked: tuple[str, ...]
) -> tuple[str, ...]:
    """Where the events of a resource are.

    What is listed once per account and yet lives in a region (a bucket) may be in any of those
    that were looked at.
    """
    if service_of(resource) in GLOBAL:
        return GLOBAL_REGIONS.get(partition, looked)
    return (region,) if region else looked


def is_of(source: str, resource: Resource) -> bool:
    """Whether a service that recorded an event is the one whose resource this is.

    Others may name the resource without changing it (a volume names its key).
    """
    service = service_of(resource)
    own = SOURCES.get(service, (service.lower(),))
    return source.removesuffix(SOURCE_END) in (*own, *TAGGING)
