"""Which security groups a resource uses, whatever kind of resource it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from auditor.facts import Facts
from probes.aws import autoscaling, ec2, ec2_templates, ecs, elbv2, lambda_, rds

Template: TypeAlias = ec2_templates.LaunchTemplate | autoscaling.LaunchConfiguration
User: TypeAlias = (
    elbv2.LoadBalancer
    | ecs.Service
    | rds.Instance
    | rds.Cluster
    | lambda_.Function
    | ec2.Instance
    | Template
)
SUBJECTS = (
    elbv2.LOAD_BALANCERS,
    ecs.SERVICES,
    rds.INSTANCES,
    rds.CLUSTERS,
    lambda_.FUNCTIONS,
    ec2.INSTANCES,
    ec2_templates.LAUNCH_TEMPLATES,
    autoscaling.LAUNCH_CONFIGURATIONS,
)
NEEDS = (ec2_templates.VERSIONS, ec2_templates.OLDER_VERSIONS, autoscaling.GROUPS)

# Instances in these states have lost, or are about to lose, their interfaces.
_GOING = {"shutting-down", "terminated"}


@dataclass(frozen=True, slots=True)
class Uses:
    """The groups that a resource names: by id, or by name where it does.

    `falls_back` says that it names none and so has the default group of the VPC of its `subnets`,
    as far as these are known; `why_not` says why the question does not arise. `unread` says that
    AWS names none where it always names some.
    """

    groups: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    falls_back: bool = False
    subnets: tuple[str, ...] = ()
    why_not: str = ""
    unread: bool = False


def uses_of(user: User, facts: Facts) -> Iterator[Uses]:
    """The groups that a resource uses; what is proven first comes first."""
    match user:
        case elbv2.LoadBalancer():
            yield _of_balancer(user)
        case ecs.Service():
            yield from _of_service(user)
        case rds.Instance() | rds.Cluster():
            yield _of_database(user)
        case lambda_.Function():
            groups = user.vpc_config.security_group_ids
            yield Uses(groups, why_not="" if groups else "it is in no VPC")
        case ec2.Instance():
            yield _of_instance(user)
        case ec2_templates.LaunchTemplate():
            yield from _of_template(user, facts)
        case _:
            yield from _of_configuration(user, facts)


def _of_balancer(balancer: elbv2.LoadBalancer) -> Uses:
    groups = balancer.security_groups
    if not groups and balancer.type in {elbv2.NETWORK, elbv2.GATEWAY}:
        return Uses(why_not="it has no security groups")
    return Uses(groups, unread=not groups)


def _of_service(service: ecs.Service) -> Iterator[Uses]:
    networks = service.networks
    if not networks:
        yield Uses(why_not="its tasks have the network of their instance")
    for network in networks:
        falls_back = not network.security_groups
        yield Uses(network.security_groups, falls_back=falls_back, subnets=network.subnets)


def _of_database(database: rds.Instance | rds.Cluster) -> Uses:
    if isinstance(database, rds.Instance) and database.cluster:
        return Uses(why_not="it has the groups of its cluster")
    groups = database.vpc_security_groups
    return Uses(tuple(one.group_id for one in groups), unread=not groups)


def _of_instance(instance: ec2.Instance) -> Uses:
    if instance.state.name in _GOING:
        return Uses(why_not=f"it is {instance.state.name}")
    if instance.scaling_group:
        return Uses(why_not="what its scaling group launches from is judged")
    groups = instance.security_groups
    return Uses(tuple(one.group_id for one in groups), unread=not groups)


def _of_template(template: ec2_templates.LaunchTemplate, facts: Facts) -> Iterator[Uses]:
    """Of the default and the latest version, then of older ones that groups launch from."""
    for query in (ec2_templates.VERSIONS, ec2_templates.OLDER_VERSIONS):
        versions = facts.where(query, ec2_templates.names_of, template.launch_template_id)
        for version in versions:
            yield _of_version(version)
        bare = [one for one in versions if _names_none(one)]
        yield Uses(falls_back=any(ec2_templates.groups_using(one, facts) for one in bare))


def _of_version(version: ec2_templates.TemplateVersion) -> Uses:
    names = version.launch_template_data.security_groups
    return Uses(ec2_templates.security_groups_of(version), names)


def _names_none(version: ec2_templates.TemplateVersion) -> bool:
    """Whether a version leaves the groups to others; an interface that exists has its own."""
    interfaces = version.launch_template_data.network_interfaces
    exists = any(one.network_interface_id for one in interfaces)
    return _of_version(version) == Uses() and not exists


def _of_configuration(
    configuration: autoscaling.LaunchConfiguration, facts: Facts
) -> Iterator[Uses]:
    """Of a launch configuration, which may name groups by id or by name."""
    named = configuration.security_groups
    ids = tuple(one for one in named if one.startswith("sg-"))
    yield Uses(ids, tuple(one for one in named if one not in ids))
    if not named:
        name = configuration.launch_configuration_name
        used_by = facts.where(autoscaling.GROUPS, autoscaling.configuration_named, name)
        yield Uses(falls_back=bool(used_by))
