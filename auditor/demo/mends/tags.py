"""The tagging API: every tagged resource that AWS would list, and none that never had a tag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moto.core.resource_tagging import (
    iter_taggable_backends,
    make_tag_matcher,
    match_resource_type,
)

from auditor.demo.exchange import Answer, Exchange, Mend

# EC2 resources that moto tags but does not list: the id's prefix -> the type in the ARN.
_EC2_TYPES = {
    "acl": "network-acl",
    "dopt": "dhcp-options",
    "eipalloc": "elastic-ip",
    "key": "key-pair",
    "lt": "launch-template",
    "vpce": "vpc-endpoint",
}
_PER_PAGE = 50

# ARN, type as in `ResourceTypeFilters`, tags.
_Tagged = tuple[str, str, Mapping[str, str]]


def _resources(exchange: Exchange) -> dict[str, Any]:
    """One page, in the order of moto's stores; the token is where the next page begins."""
    found = [tagged for tagged in _all_tagged(exchange) if _matches(exchange, tagged)]
    start = int(exchange.params.get("PaginationToken") or 0)
    end = start + int(exchange.params.get("ResourcesPerPage") or _PER_PAGE)
    return {
        "PaginationToken": str(end) if end < len(found) else "",
        "ResourceTagMappingList": [
            {"ResourceARN": arn, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}
            for arn, _, tags in found[start:end]
        ],
    }


def _matches(exchange: Exchange, tagged: _Tagged) -> bool:
    arn, kind, tags = tagged
    arns = exchange.params.get("ResourceARNList")
    return (
        match_resource_type(kind, exchange.params.get("ResourceTypeFilters"))
        and make_tag_matcher(exchange.params.get("TagFilters"))(dict(tags))
        and (not arns or arn in arns)
    )


def _all_tagged(exchange: Exchange) -> Iterator[_Tagged]:
    for store in iter_taggable_backends(exchange.account, exchange.region):
        for resource in store.iter_tagged_resources():
            if resource.tags and _is_here(exchange, resource.arn):
                yield resource.arn, resource.resource_type, resource.tags
    yield from _ec2(exchange)
    yield from _listeners(exchange)
    yield from _databases(exchange)


def _is_here(exchange: Exchange, arn: str) -> bool:
    """Moto keeps all buckets in one place; the API lists those of its region."""
    name = arn.removeprefix("arn:aws:s3:::")
    if name == arn:
        return True
    bucket = exchange.backend("s3").buckets.get(name)
    return bucket is not None and bucket.region_name == exchange.region


def _ec2(exchange: Exchange) -> Iterator[_Tagged]:
    for name, tags in exchange.backend("ec2").tags.items():
        kind = _EC2_TYPES.get(name.partition("-")[0])
        if kind and tags:
            yield exchange.arn("ec2", f"{kind}/{name}"), f"ec2:{kind}", tags


def _listeners(exchange: Exchange) -> Iterator[_Tagged]:
    elbv2 = exchange.backend("elbv2")
    for balancer in elbv2.load_balancers.values():
        for arn in balancer.listeners:
            tags = elbv2.tagging_service.get_tag_dict_for_resource(arn)
            if tags:
                yield arn, "elasticloadbalancing:listener", tags


def _databases(exchange: Exchange) -> Iterator[_Tagged]:
    rds = exchange.backend("rds")
    for kind, groups in (("subgrp", rds.subnet_groups), ("pg", rds.db_parameter_groups)):
        for group in groups.values():
            tags = {tag["Key"]: tag["Value"] for tag in group.tags}
            if tags:
                yield group.arn, f"rds:{kind}", tags


ANSWERS: Mapping[str, Answer] = {"resourcegroupstaggingapi:GetResources": _resources}
MENDS: Mapping[str, Mend] = {}
