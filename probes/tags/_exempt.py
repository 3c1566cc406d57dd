"""What needs no tags: what AWS makes by itself, what is gone, and what the baseline leaves out."""

from collections.abc import Callable, Mapping
from typing import Any

from auditor.facts import Facts
from auditor.query import Query, Shape
from auditor.resources import STACK_TAGS, Resource
from auditor.settings import Settings, setting
from probes.analysis import tag_rules
from probes.analysis.patterns import as_texts, fits
from probes.aws import (
    cloudformation,
    cloudwatch,
    ec2,
    ec2_groups,
    ec2_routes,
    ecs,
    iam,
    kms,
    lambda_,
    secretsmanager,
)


class Exemptions(Settings):
    """What is left out, by patterns."""

    exempt_types: list[str] = setting(
        [], "Kinds of resources that need no tags, by CloudFormation's name, as patterns."
    )
    exempt: list[str] = setting(
        ["*[:/]aws-controltower-*", "AWSControlTower*", "OrganizationAccountAccessRole"],
        "Resources that need no tags: patterns on their name, id, ARN, or a tag `Key=Value`.",
    )
    exempt_stacks: list[str] = setting(
        ["CDKToolkit", "StackSet-AWSControlTower*"],
        "Stacks whose resources need no tags, as patterns on their name.",
    )
    exempt_made_by_aws: bool = setting(
        True, "Whether what AWS makes by itself needs no tags: default groups, subnets and VPCs."
    )


NEEDED: tuple[Query[Shape], ...] = (kms.METADATA,)
"""What must be read to know what AWS made."""


def read_tags(shape: Shape, facts: Facts, expected: Exemptions) -> tuple[str, dict[str, str]]:
    """Why a resource needs no tags, or nothing and the tags that somebody gave it.

    Raises `Unanswered` where its tags could not be read.
    """
    reason = _why_exempt(shape, facts, expected)
    if reason:
        return reason, {}
    tags = facts.tags(shape)
    return _why_exempt_by_tags(tags, expected), tag_rules.own(tags)


def _why_exempt(shape: Shape, facts: Facts, expected: Exemptions) -> str:
    """Why a resource needs no tags; nothing where it does. Its tags are not looked at."""
    resource = facts.resource(shape)
    if fits(expected.exempt_types, resource.type):
        return f"the baseline exempts {resource.type}"
    if fits(expected.exempt, resource.name, resource.id, resource.arn):
        return "the baseline exempts it"
    if resource.type == cloudformation.STACKS.type and fits(expected.exempt_stacks, resource.name):
        return "the baseline exempts this stack"
    why = _GONE.get(type(shape), _nothing)(shape, facts)
    if not why and expected.exempt_made_by_aws:
        why = _BY_AWS.get(type(shape), _nothing)(shape, facts)
    return why


def _why_exempt_by_tags(tags: Mapping[str, str], expected: Exemptions) -> str:
    """Why the tags themselves say that a resource needs none of the others."""
    if fits(expected.exempt_stacks, tags.get(STACK_TAGS["name"], "")):
        return "the baseline exempts what this stack made"
    return "the baseline exempts it" if fits(expected.exempt, *as_texts(tags)) else ""


def given_name(resource: Resource) -> str:
    """The name that somebody gave to a resource; nothing where AWS numbered it."""
    name = resource.name.rpartition(":")[2] if resource.name.startswith("arn:") else resource.name
    numbered = name == resource.id and resource.type in _NUMBERED
    return "" if numbered or resource.type == kms.KEYS.type else name


def _nothing(_shape: Shape, _facts: Facts) -> str:
    return ""


def _vpc(vpc: ec2.Vpc, _facts: Facts) -> str:
    return "AWS made this default VPC" if vpc.is_default else ""


def _group(group: ec2_groups.SecurityGroup, _facts: Facts) -> str:
    return "AWS makes a default group in every VPC" if group.group_name == "default" else ""


def _subnet(subnet: ec2_routes.Subnet, facts: Facts) -> str:
    if subnet.owner_id and subnet.owner_id != facts.account:
        return f"it belongs to account {subnet.owner_id}, which shares it"
    return "AWS made this default subnet" if subnet.default_for_az else ""


def _route_table(table: ec2_routes.RouteTable, _facts: Facts) -> str:
    main = any(association.main for association in table.associations)
    return "AWS makes a main route table in every VPC" if main else ""


def _key(_key: kms.Key, facts: Facts) -> str:
    return "AWS manages this key" if facts.its(kms.METADATA).is_of_aws else ""


def _role(role: iam.Role, _facts: Facts) -> str:
    reserved = role.path.startswith(("/aws-service-role/", "/aws-reserved/"))
    return "an AWS service made this role" if reserved else ""


def _alarm(alarm: cloudwatch.Actions, _facts: Facts) -> str:
    return "target tracking made this alarm" if cloudwatch.scaling_owns(alarm) else ""


def _function(function: lambda_.Function, _facts: Facts) -> str:
    return "CloudFront made this copy" if function.master_arn else ""


def _secret(secret: secretsmanager.Secret, _facts: Facts) -> str:
    return f"{secret.owning_service} made this secret" if secret.owning_service else ""


def _deleted_key(_key: kms.Key, facts: Facts) -> str:
    state = facts.its(kms.METADATA).key_state
    return f"the key is {state}, when it cannot be tagged" if "Deletion" in state else ""


def _deleted_secret(secret: secretsmanager.Secret, _facts: Facts) -> str:
    return "the secret is being deleted" if secret.deleted_date else ""


def _instance(instance: ec2.Instance, _facts: Facts) -> str:
    return _over(instance.state.name)


def _state(found: ec2_routes.NatGateway | ec2_routes.VpcEndpoint, _facts: Facts) -> str:
    return _over(found.state.lower())


def _status(found: ecs.Cluster | ecs.Service, _facts: Facts) -> str:
    return _over(found.status.lower())


def _stack(stack: cloudformation.Stack, _facts: Facts) -> str:
    return "" if cloudformation.is_deployed(stack) else f"the stack is {stack.stack_status}"


def _over(state: str) -> str:
    gone = {"deleting", "deleted", "terminated", "shutting-down", "inactive", "failed", "rejected"}
    return f"it is {state}" if state in gone else ""


_NUMBERED = frozenset(
    {
        ec2.VPCS.type,
        ec2.INSTANCES.type,
        ec2_routes.SUBNETS.type,
        ec2_routes.ROUTE_TABLES.type,
        ec2_routes.NAT_GATEWAYS.type,
        ec2_routes.VPC_ENDPOINTS.type,
        "AWS::EC2::Volume",
        "AWS::CertificateManager::Certificate",
    }
)
"""The kinds that AWS gives numbers for names."""

_BY_AWS: Mapping[type[Shape], Callable[[Any, Facts], str]] = {
    ec2.Vpc: _vpc,
    ec2_groups.SecurityGroup: _group,
    ec2_routes.Subnet: _subnet,
    ec2_routes.RouteTable: _route_table,
    kms.Key: _key,
    iam.Role: _role,
    cloudwatch.Alarm: _alarm,
    lambda_.Function: _function,
    secretsmanager.Secret: _secret,
}
_GONE: Mapping[type[Shape], Callable[[Any, Facts], str]] = {
    kms.Key: _deleted_key,
    secretsmanager.Secret: _deleted_secret,
    ec2.Instance: _instance,
    ec2_routes.NatGateway: _state,
    ec2_routes.VpcEndpoint: _state,
    ecs.Cluster: _status,
    ecs.Service: _status,
    cloudformation.Stack: _stack,
}
