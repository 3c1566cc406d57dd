"""CloudFront: distributions with their behaviours and origins, cache policies, VPC origins.

`ListDistributions` carries all of a distribution's configuration that is read here (API model,
`DistributionSummary`), so that none is asked about one by one. CloudFront belongs to the account
and to no Region; its lists of cache policies and of VPC origins have no paginator, and few of
either are in use: those that distributions name are asked for by id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from auditor.query import JSON, Query, Shape
from auditor.resources import Tags

if TYPE_CHECKING:
    from auditor.facts import Facts

DEFAULT = "Default (*)"
"""What the console calls the path of the default behaviour."""


class Methods(Shape):
    """Methods of HTTP."""

    items: tuple[str, ...] = ()


class AllowedMethods(Methods):
    """The methods that viewers may use, and those whose answers are cached."""

    cached_methods: Methods = Field(default_factory=Methods)


class Behaviour(Shape):
    """How requests are handled: by the default behaviour, or by that of a path.

    `max_ttl` counts only without a cache policy; left out it means a year.
    """

    target_origin_id: str
    viewer_protocol_policy: str
    allowed_methods: AllowedMethods = Field(default_factory=AllowedMethods)
    compress: bool = False
    cache_policy_id: str = ""
    max_ttl: int | None = Field(None, alias="MaxTTL")


class PathBehaviour(Behaviour):
    """The behaviour of one path."""

    path_pattern: str


class PathBehaviours(Shape):
    """The behaviours beside the default one, in the order in which their paths are tried."""

    items: tuple[PathBehaviour, ...] = ()


class BucketOrigin(Shape):
    """An S3 bucket asked by its REST endpoint; the identity is of the older kind, if any."""

    origin_access_identity: str = ""


class Protocols(Shape):
    """Versions of SSL and TLS."""

    items: tuple[str, ...] = ()


class CustomOrigin(Shape):
    """Any other server; `origin_protocol_policy` says how it is asked."""

    origin_protocol_policy: str
    origin_ssl_protocols: Protocols = Field(default_factory=Protocols)


class VpcOriginUse(Shape):
    """A server inside a VPC; `owner_account_id` is set where another account shares it."""

    vpc_origin_id: str
    owner_account_id: str = ""


class Origin(Shape):
    """Where a distribution gets content from: a bucket, a server inside a VPC, or any other."""

    id: str
    domain_name: str
    s3_origin_config: BucketOrigin | None = Field(None, alias="S3OriginConfig")
    custom_origin_config: CustomOrigin | None = None
    vpc_origin_config: VpcOriginUse | None = None
    origin_access_control_id: str = ""


class Origins(Shape):
    """The origins of a distribution."""

    items: tuple[Origin, ...] = ()


class Member(Shape):
    """An origin in a group."""

    origin_id: str


class Members(Shape):
    """The origins in a group, the first one first."""

    items: tuple[Member, ...] = ()


class OriginGroup(Shape):
    """Origins of which the next is asked where one fails."""

    id: str
    members: Members = Field(default_factory=Members)


class OriginGroups(Shape):
    """The groups of a distribution."""

    items: tuple[OriginGroup, ...] = ()


class ViewerCertificate(Shape):
    """What viewers are shown, and the security policy; no certificate of one's own is the default.

    With CloudFront's own certificate the policy is TLSv1, whatever is written (API model).
    """

    cloud_front_default_certificate: bool = False
    minimum_protocol_version: str = ""
    ssl_support_method: str = Field("", alias="SSLSupportMethod")


class Distribution(Shape):
    """A distribution; `status` is `InProgress` while the edge still learns its configuration.

    One whose `connection_mode` is `tenant-only` serves nobody itself: it is what its tenants share.
    """

    id: str
    arn: str = Field(alias="ARN")
    domain_name: str
    status: str = ""
    enabled: bool
    staging: bool = False
    connection_mode: str = "direct"
    price_class: str = ""
    http_version: str = ""
    viewer_certificate: ViewerCertificate = Field(default_factory=ViewerCertificate)
    default_cache_behavior: Behaviour
    cache_behaviors: PathBehaviours = Field(default_factory=PathBehaviours)
    origins: Origins = Field(default_factory=Origins)
    origin_groups: OriginGroups = Field(default_factory=OriginGroups)

    @property
    def behaviours(self) -> dict[str, Behaviour]:
        """The behaviours by path, the default one first."""
        paths = {one.path_pattern: one for one in self.cache_behaviors.items}
        return {DEFAULT: self.default_cache_behavior, **paths}

    def asked_by(self, behaviour: Behaviour) -> tuple[Origin, ...]:
        """The origins that a behaviour may ask: one, or those of a group; none if it names none."""
        target = behaviour.target_origin_id
        groups = (one for one in self.origin_groups.items if one.id == target)
        ids = {member.origin_id for group in groups for member in group.members.items} or {target}
        return tuple(origin for origin in self.origins.items if origin.id in ids)


class TagList(Shape):
    """The tags of a distribution."""

    items: Tags = Field(default_factory=dict)


class CacheKey(Shape):
    """What of a request tells cached answers apart; the compressed ones only if asked for."""

    enable_accept_encoding_gzip: bool = False
    enable_accept_encoding_brotli: bool = False


class CacheConfig(Shape):
    """How a cache policy caches; left out, `max_ttl` is a year."""

    name: str
    max_ttl: int | None = Field(None, alias="MaxTTL")
    parameters_in_cache_key_and_forwarded_to_origin: CacheKey = Field(default_factory=CacheKey)


class CachePolicy(Shape):
    """A cache policy, the account's own or one of AWS's."""

    id: str
    cache_policy_config: CacheConfig


class Endpoint(Shape):
    """What a VPC origin leads to, by its ARN, and how it is asked."""

    arn: str
    origin_protocol_policy: str
    origin_ssl_protocols: Protocols = Field(default_factory=Protocols)


class VpcOrigin(Shape):
    """A way into a VPC."""

    id: str
    vpc_origin_endpoint_config: Endpoint


DISTRIBUTIONS = Query(
    "cloudfront:ListDistributions",
    Distribution,
    each="DistributionList.Items",
    key="Id",
    world=True,
    arn="ARN",
    name="DomainName",
    tags=lambda: DISTRIBUTION_TAGS,
    type="AWS::CloudFront::Distribution",
)
DISTRIBUTION_TAGS: Query[TagList] = Query(
    "cloudfront:ListTagsForResource",
    TagList,
    at="Tags",
    of=DISTRIBUTIONS,
    given={"Resource": "ARN"},
    world=True,
    tags="Items",
    gone={"NoSuchResource"},
)


def _cache_policies_in_use(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    for distribution in facts.seen(DISTRIBUTIONS):
        for behaviour in distribution.behaviours.values():
            if behaviour.cache_policy_id:
                yield {"Id": behaviour.cache_policy_id}


CACHE_POLICIES = Query(
    "cloudfront:GetCachePolicy",
    CachePolicy,
    at="CachePolicy",
    key="Id",
    asks=_cache_policies_in_use,
    reads=(DISTRIBUTIONS,),
    absent={"NoSuchCachePolicy"},
    world=True,
)


def _vpc_origins_in_use(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    for distribution in facts.seen(DISTRIBUTIONS):
        for origin in distribution.origins.items:
            used = origin.vpc_origin_config
            if used and used.owner_account_id in {"", facts.account}:
                yield {"Id": used.vpc_origin_id}


VPC_ORIGINS = Query(
    "cloudfront:GetVpcOrigin",
    VpcOrigin,
    at="VpcOrigin",
    key="Id",
    asks=_vpc_origins_in_use,
    reads=(DISTRIBUTIONS,),
    absent={"EntityNotFound"},
    world=True,
    type="AWS::CloudFront::VpcOrigin",
)
