"""The CloudFront distributions in front of a load balancer, for evidence.

A distribution names what it asks by domain name, or by a VPC origin that names the load balancer's
ARN: both are AWS's own words. A name of one's own that leads to the load balancer is not seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.facts import Facts
from auditor.query import Query, Shape
from probes.aws import cloudfront
from probes.aws.cloudfront import Distribution
from probes.aws.elbv2 import LoadBalancer

QUERIES: tuple[Query[Shape], ...] = (cloudfront.DISTRIBUTIONS, cloudfront.VPC_ORIGINS)
_BOTH_FAMILIES = "dualstack."
"""Before the name of a load balancer, for its addresses of both kinds (ALB user guide)."""


def in_front(balancer: LoadBalancer, facts: Facts) -> dict[str, Any]:
    """What a remark says of the distributions that ask a load balancer, and how they do it."""
    ways = {
        vpc.id: vpc.vpc_origin_endpoint_config.origin_protocol_policy
        for vpc in facts.seen(cloudfront.VPC_ORIGINS)
        if vpc.vpc_origin_endpoint_config.arn == balancer.load_balancer_arn
    }
    found = [
        (distribution, asked)
        for distribution in facts.seen(cloudfront.DISTRIBUTIONS)
        if (asked := sorted({*_ways(distribution, _plain(balancer.dns_name), ways)}))
    ]
    if not found:
        return {}
    role = "distribution in front of it"
    return {
        "related": tuple(facts.related(role, distribution) for distribution, _ in found),
        "evidence": {"asked_by_cloudfront": {one.id: asked for one, asked in found}},
    }


def _ways(one: Distribution, name: str, within: Mapping[str, str]) -> Iterator[str]:
    """How a distribution asks the load balancer of that name, for each origin that it is."""
    for origin in one.origins.items:
        if origin.vpc_origin_config and origin.vpc_origin_config.vpc_origin_id in within:
            yield within[origin.vpc_origin_config.vpc_origin_id]
        elif origin.custom_origin_config and name and _plain(origin.domain_name) == name:
            yield origin.custom_origin_config.origin_protocol_policy


def _plain(name: str) -> str:
    """A domain name as it compares."""
    return name.lower().rstrip(".").removeprefix(_BOTH_FAMILIES)
