"""What has to be there before what, though nothing in a template may say so.

CloudFormation makes resources side by side unless one refers to the other or names it in
`DependsOn`. These are the cases in which AWS wants an order that a reference does not bring about:

listener   an ECS service cannot be made before a listener forwards to its target group
           (`CreateService`: "does not have an associated load balancer"); instances of a scaling
           group are only marked unhealthy meanwhile
gateway    what needs the internet waits for the attachment of the gateway to the VPC
policy     what acts by a role waits for the policies that are attached to the role apart from it
capacity   an ECS service waits for the scaling group that its cluster's instances come from
           (all of these: Template Reference, "DependsOn attribute")
key        a log group waits for the key that it names
rotation   a rotation schedule waits until Secrets Manager may invoke its function
trigger    what calls a function and is checked when it is made (notifications of buckets,
           subscription filters) waits for the permission
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from probes.analysis.template import Resource, Template
from probes.analysis.template_bounds import Json
from probes.analysis.template_context import ABSENT
from probes.analysis.template_graph import references
from probes.analysis.template_order import Check, Need, Order
from probes.analysis.template_text import says_true
from probes.analysis.template_values import resolve

CHECKS: Final[tuple[Check, ...]] = (
    "listener",
    "key",
    "gateway",
    "policy",
    "rotation",
    "capacity",
    "trigger",
)
_SERVICE: Final = "AWS::ECS::Service"
_GROUP: Final = "AWS::AutoScaling::AutoScalingGroup"
_TARGETS: Final = "AWS::ElasticLoadBalancingV2::TargetGroup"
_LISTENERS: Final = (
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
)
_BALANCER: Final = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_ATTACHMENT: Final = "AWS::EC2::VPCGatewayAttachment"
_KEYS: Final = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")
_LOG_GROUP: Final = "AWS::Logs::LogGroup"
_GATEWAY, _VPC, _ROLE = "AWS::EC2::InternetGateway", "AWS::EC2::VPC", "AWS::IAM::Role"
_FUNCTIONS: Final = ("AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version")
_PERMISSION: Final = "AWS::Lambda::Permission"
_POLICIES: Final = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")
# What uses its role as soon as it is made, and by which properties it leads to the role.
_ACTORS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        _SERVICE: ("Role", "TaskDefinition"),
        _GROUP: ("LaunchTemplate", "MixedInstancesPolicy", "LaunchConfigurationName"),
        "AWS::CodePipeline::Pipeline": ("RoleArn",),
        "AWS::EC2::Instance": ("IamInstanceProfile", "LaunchTemplate"),
        "AWS::Lambda::EventSourceMapping": ("FunctionName",),
    }
)
# What a role is handed on by.
_CARRIERS: Final = frozenset(
    {
        "AWS::ECS::TaskDefinition",
        "AWS::EC2::LaunchTemplate",
        "AWS::AutoScaling::LaunchConfiguration",
        "AWS::IAM::InstanceProfile",
        *_FUNCTIONS,
    }
)


def needs(order: Order, checks: Iterable[Check]) -> tuple[Need, ...]:
    """What has to wait for what, of the resources that the stack may have."""
    return order.possible(need for check in checks for need in _FINDERS[check](order))


def _listener(order: Order) -> Iterator[Need]:
    for kind, name in ((_SERVICE, "LoadBalancers"), (_GROUP, "TargetGroupARNs")):
        for resource in order.of_type(kind):
            for group in order.named(resource.properties.get(name), _TARGETS):
                yield Need(resource.logical_id, _forwarding(order, group), "listener")


def _forwarding(order: Order, group: str) -> tuple[str, ...]:
    """The listeners and rules that name a target group."""
    listeners = order.of_type(*_LISTENERS)
    named = (one for one in listeners if group in order.direct(one.logical_id, _TARGETS))
    return tuple(one.logical_id for one in named)


def names_keys_by_value(template: Template) -> bool:
    """Whether a log group names a key without referring to it, though the template makes one."""
    if not template.of_type(*_KEYS):
        return False
    given = (one.properties.get("KmsKeyId") for one in template.of_type(_LOG_GROUP))
    made = template.resources.keys()
    return any(
        value is not None and not any(found.logical_id in made for found in references(value))
        for value in given
    )


def _log_group_key(order: Order) -> Iterator[Need]:
    keys = order.of_type(*_KEYS)
    for group in order.of_type(_LOG_GROUP):
        value = group.properties.get("KmsKeyId")
        named = order.named(value, *_KEYS)
        given = resolve(value, order.context)
        by_value = [key.logical_id for key in keys if _is_key(given, key.logical_id, order)]
        for key in dict.fromkeys([*named, *by_value]):
            yield Need(group.logical_id, (key,), "key")


def _is_key(value: object, logical_id: str, order: Order) -> bool:
    """Whether a value names the key that the stack made under a logical id."""
    made = order.context.physical_ids.get(logical_id, "")
    return isinstance(value, str) and bool(made) and value.endswith(made)


def _gateway(order: Order) -> Iterator[Need]:
    attachments = order.of_type(_ATTACHMENT)
    for source in order.of_type("AWS::EC2::Route"):
        gateways = set(order.named(source.properties.get("GatewayId"), _GATEWAY))
        named = (one for one in attachments if gateways & {*order.direct(one.logical_id, _GATEWAY)})
        yield Need(source.logical_id, tuple(one.logical_id for one in named), "gateway")
    for source in order.of_type(*_PUBLIC):
        if _PUBLIC[source.type](source, order):
            named = (one for one in attachments if _same_vpc(source, one, order))
            yield Need(source.logical_id, tuple(one.logical_id for one in named), "gateway")


def _same_vpc(source: Resource, attachment: Resource, order: Order) -> bool:
    """Whether a resource stands in the VPC that an internet gateway is attached to."""
    if not order.direct(attachment.logical_id, _GATEWAY):
        return False
    vpcs = order.direct(attachment.logical_id, _VPC)
    return any(order.reaches(source.logical_id, vpc) for vpc in vpcs)


def _faces_internet(balancer: Resource, order: Order) -> bool:
    """Whether a balancer is public, which it is unless it says otherwise."""
    return order.value(balancer, "Scheme") in (None, ABSENT, "internet-facing")


def _is_public(database: Resource, order: Order) -> bool:
    return says_true(order.value(database, "PubliclyAccessible"))


def _has_public_address(source: Resource, order: Order) -> bool:
    """Whether a network interface of an instance, or of its launch template, gets an address."""
    carriers = order.direct(source.logical_id, *_CARRIERS)
    found = [source, *(order.template.resources[name] for name in carriers)]
    return any(_asks_for_address(one.properties, order) for one in found)


def _asks_for_address(value: Json, order: Order) -> bool:
    waiting: list[Json] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict):
            if says_true(resolve(item.get("AssociatePublicIpAddress"), order.context)):
                return True
            waiting += item.values()
    return False


def _is_associated(address: Resource, order: Order) -> bool:
    return bool(order.named(address.properties.get("InstanceId"), "AWS::EC2::Instance"))


_PUBLIC: Final[Mapping[str, Callable[[Resource, Order], bool]]] = MappingProxyType(
    {
        _BALANCER: _faces_internet,
        "AWS::RDS::DBInstance": _is_public,
        "AWS::EC2::Instance": _has_public_address,
        _GROUP: _has_public_address,
        "AWS::EC2::EIP": _is_associated,
    }
)


def _policy(order: Order) -> Iterator[Need]:
    attached: dict[str, list[str]] = {}
    for policy in order.of_type(*_POLICIES):
        value = [policy.properties.get("Roles"), policy.properties.get("RoleName")]
        for role in order.named(value, _ROLE):
            attached.setdefault(role, []).append(policy.logical_id)
    for actor in order.of_type(*_ACTORS):
        for role in _roles(order, actor):
            for policy_name in attached.get(role, ()):
                yield Need(actor.logical_id, (policy_name,), "policy")


def _roles(order: Order, actor: Resource) -> list[str]:
    """The roles that a resource acts by, through what hands a role on."""
    properties = [actor.properties.get(name) for name in _ACTORS[actor.type]]
    roles, seen = {*order.named(properties, _ROLE)}, set[str]()
    waiting = order.named(properties, *_CARRIERS)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            roles.update(order.direct(name, _ROLE))
            waiting += order.direct(name, *_CARRIERS)
    return sorted(roles)


def _invocation(order: Order, value: Json, source: str, check: Check) -> Iterator[Need]:
    """The permissions of the functions that a value names.

    One that waits for the source itself cannot be waited for.
    """
    for function in order.named(value, *_FUNCTIONS):
        permissions = tuple(
            one.logical_id
            for one in order.of_type(_PERMISSION)
            if function in order.direct(one.logical_id, *_FUNCTIONS)
            and not order.reaches(one.logical_id, source)
        )
        yield Need(source, permissions, check)


def _rotation(order: Order) -> Iterator[Need]:
    for schedule in order.of_type("AWS::SecretsManager::RotationSchedule"):
        value = schedule.properties.get("RotationLambdaARN")
        yield from _invocation(order, value, schedule.logical_id, "rotation")


def _trigger(order: Order) -> Iterator[Need]:
    for kind, name in (
        ("AWS::S3::Bucket", "NotificationConfiguration"),
        ("AWS::Logs::SubscriptionFilter", "DestinationArn"),
    ):
        for source in order.of_type(kind):
            value = source.properties.get(name)
            yield from _invocation(order, value, source.logical_id, "trigger")


def _capacity(order: Order) -> Iterator[Need]:
    for service in order.of_type(_SERVICE):
        clusters = order.named(service.properties.get("Cluster"), "AWS::ECS::Cluster")
        if order.value(service, "LaunchType") != "EC2" or not clusters:
            continue
        groups = (one.logical_id for one in order.of_type(_GROUP))
        serving = tuple(g for g in groups if any(order.reaches(g, c) for c in clusters))
        yield Need(service.logical_id, serving, "capacity")


_FINDERS: Final[Mapping[Check, Callable[[Order], Iterator[Need]]]] = MappingProxyType(
    {
        "listener": _listener,
        "key": _log_group_key,
        "gateway": _gateway,
        "policy": _policy,
        "rotation": _rotation,
        "capacity": _capacity,
        "trigger": _trigger,
    }
)
