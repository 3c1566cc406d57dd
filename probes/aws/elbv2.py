"""Elastic Load Balancing v2: load balancers, listeners, rules, target groups and their targets.

Names are unique per account and region for load balancers and for target groups, ports within a
load balancer for listeners (API reference: `CreateLoadBalancer`, `CreateTargetGroup`,
`DuplicateListener`): they outlive the ARNs, which end in a random id.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from auditor.query import Query, Shape
from auditor.resources import Tags
from probes.aws.arns import LoadBalancerArn, TargetGroupArn
from probes.aws.elbv2_rules import Action, Rule

GONE = {"LoadBalancerNotFound", "ListenerNotFound", "TargetGroupNotFound"}
APPLICATION, NETWORK, GATEWAY = "application", "network", "gateway"
LOAD_BALANCER_TYPES = frozenset({APPLICATION, NETWORK, GATEWAY})
"""API model, `LoadBalancerTypeEnum`."""


class State(Shape):
    """Whether a load balancer works: `active`, `provisioning`, `active_impaired`, `failed`."""

    code: str
    reason: str = ""


class AvailabilityZone(Shape):
    """A zone that a load balancer is in, and its subnet there."""

    zone_name: str = ""
    subnet_id: str = ""


class LoadBalancer(Shape):
    """A load balancer; one of type `gateway` has no scheme, and may have no security groups."""

    load_balancer_arn: LoadBalancerArn
    load_balancer_name: str
    type: str
    scheme: str = ""
    dns_name: str = Field("", alias="DNSName")
    vpc_id: str = ""
    state: State | None = None
    availability_zones: tuple[AvailabilityZone, ...] = ()
    security_groups: tuple[str, ...] = ()
    ip_address_type: str = "ipv4"

    @property
    def internet_facing(self) -> bool:
        """Whether it is not internal: a scheme that this version does not know counts as facing."""
        return self.scheme != "internal"


class Certificate(Shape):
    """The default certificate of a listener."""

    certificate_arn: str


class Listener(Shape):
    """A listener; those of gateway load balancers say neither protocol nor port.

    Only HTTPS and TLS listeners have a certificate and a security policy.
    """

    listener_arn: str
    load_balancer_arn: str
    protocol: str = ""
    port: int | None = None
    ssl_policy: str = ""
    certificates: tuple[Certificate, ...] = ()
    default_actions: tuple[Action, ...] = ()


class Matcher(Shape):
    """The codes that count as healthy, for HTTP or for gRPC."""

    http_code: str = ""
    grpc_code: str = ""


class TargetGroup(Shape):
    """A target group: instances unless it says otherwise; functions have no protocol, port or VPC.

    TCP health checks have neither path nor matcher.
    """

    target_group_arn: TargetGroupArn
    target_group_name: str
    target_type: str = "instance"
    protocol: str = ""
    protocol_version: str = ""
    port: int | None = None
    vpc_id: str = ""
    load_balancer_arns: tuple[str, ...] = ()
    health_check_enabled: bool = True
    health_check_protocol: str = ""
    health_check_port: str = ""
    health_check_path: str = ""
    health_check_interval_seconds: int | None = None
    health_check_timeout_seconds: int | None = None
    healthy_threshold_count: int | None = None
    unhealthy_threshold_count: int | None = None
    matcher: Matcher | None = None


class Attribute(Shape):
    """One attribute; every value is text, of whatever kind it is."""

    key: str
    value: str = ""


class Target(Shape):
    """A registered target: an instance, an address, a function or a load balancer."""

    id: str
    port: int | None = None


class Health(Shape):
    """What health checks say of a target, and why unless it is healthy."""

    state: str
    reason: str = ""


class TargetHealth(Shape):
    """A registered target and its health."""

    target: Target
    target_health: Health


class SslPolicy(Shape):
    """A security policy and the protocols that it admits."""

    name: str
    ssl_protocols: tuple[str, ...] = ()


class TagDescription(Shape):
    """The tags of one resource."""

    resource_arn: str
    tags: Tags = Field(default_factory=dict)


def speaks_http(listener: Listener) -> bool:
    """Whether a listener takes plain HTTP; only application load balancers have such."""
    return listener.protocol == "HTTP"


def attached(group: TargetGroup) -> bool:
    """Whether a load balancer routes to the group."""
    return bool(group.load_balancer_arns)


def target_of(health: TargetHealth) -> str:
    """For `where`: the registrations of an instance or address."""
    return health.target.id


def load_balancers_of(group: TargetGroup) -> tuple[str, ...]:
    """For `where`: the target groups of a load balancer, by its ARN."""
    return tuple(dict.fromkeys(group.load_balancer_arns))


def values(attributes: Iterable[Attribute]) -> dict[str, str]:
    """Attributes by their name."""
    return {attribute.key: attribute.value for attribute in attributes}


LOAD_BALANCERS = Query(
    "elbv2:DescribeLoadBalancers",
    LoadBalancer,
    each="LoadBalancers",
    key="LoadBalancerArn",
    lasting="LoadBalancerName",
    arn="LoadBalancerArn",
    name="LoadBalancerName",
    tags=lambda: LOAD_BALANCER_TAGS,
    type="AWS::ElasticLoadBalancingV2::LoadBalancer",
)
LOAD_BALANCER_TAGS: Query[TagDescription] = Query(
    "elbv2:DescribeTags",
    TagDescription,
    each="TagDescriptions",
    key="ResourceArn",
    of=LOAD_BALANCERS,
    given={"ResourceArns": "LoadBalancerArn"},
    batch=20,
    tags="Tags",
    gone=GONE,
    label="load-balancers",
)
LOAD_BALANCER_ATTRIBUTES = Query(
    "elbv2:DescribeLoadBalancerAttributes",
    Attribute,
    each="Attributes",
    key="Key",
    of=LOAD_BALANCERS,
    given={"LoadBalancerArn": "LoadBalancerArn"},
    gone=GONE,
)
LISTENERS = Query(
    "elbv2:DescribeListeners",
    Listener,
    each="Listeners",
    key="ListenerArn",
    lasting="Port",
    of=LOAD_BALANCERS,
    given={"LoadBalancerArn": "LoadBalancerArn"},
    gone=GONE,
    arn="ListenerArn",
    name="{parent} {Protocol}:{Port}",
    type="AWS::ElasticLoadBalancingV2::Listener",
)
HTTP_RULES = Query(
    "elbv2:DescribeRules",
    Rule,
    each="Rules",
    key="RuleArn",
    of=LISTENERS,
    given={"ListenerArn": "ListenerArn"},
    when=speaks_http,
    gone=GONE,
    arn="RuleArn",
    type="AWS::ElasticLoadBalancingV2::ListenerRule",
    label="http",
)
TARGET_GROUPS = Query(
    "elbv2:DescribeTargetGroups",
    TargetGroup,
    each="TargetGroups",
    key="TargetGroupArn",
    lasting="TargetGroupName",
    arn="TargetGroupArn",
    name="TargetGroupName",
    tags=lambda: TARGET_GROUP_TAGS,
    type="AWS::ElasticLoadBalancingV2::TargetGroup",
)
TARGET_GROUP_TAGS: Query[TagDescription] = Query(
    "elbv2:DescribeTags",
    TagDescription,
    each="TagDescriptions",
    key="ResourceArn",
    of=TARGET_GROUPS,
    given={"ResourceArns": "TargetGroupArn"},
    batch=20,
    tags="Tags",
    gone=GONE,
    label="target-groups",
)
TARGET_GROUP_ATTRIBUTES = Query(
    "elbv2:DescribeTargetGroupAttributes",
    Attribute,
    each="Attributes",
    key="Key",
    of=TARGET_GROUPS,
    given={"TargetGroupArn": "TargetGroupArn"},
    when=attached,
    gone=GONE,
)
TARGET_HEALTH = Query(
    "elbv2:DescribeTargetHealth",
    TargetHealth,
    each="TargetHealthDescriptions",
    of=TARGET_GROUPS,
    given={"TargetGroupArn": "TargetGroupArn"},
    when=attached,
    gone=GONE,
)
SSL_POLICIES = Query("elbv2:DescribeSSLPolicies", SslPolicy, each="SslPolicies", key="Name")
