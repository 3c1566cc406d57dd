"""CloudFront: cache policies and VPC origins, which moto lacks, and what it forgets of origins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.cloudfront import urls
from moto.cloudfront.responses import CloudFrontResponse

from auditor.demo.exchange import Answer, Exchange, Mend, NoSuchThing

CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CACHING_UNCOMPRESSED = "b2884449-e4de-46a7-ac36-70bc7f1ddd6d"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
# "Use managed cache policies": name, longest time to live, whether compressed answers are kept.
_MANAGED = {
    CACHING_OPTIMIZED: ("Managed-CachingOptimized", 31536000, True),
    CACHING_UNCOMPRESSED: ("Managed-CachingOptimizedForUncompressedObjects", 31536000, False),
    CACHING_DISABLED: ("Managed-CachingDisabled", 0, False),
}


def know_more_paths() -> None:
    """Let moto hear of the paths that it has no answer for; doing it twice changes nothing."""
    for kind in ("cache-policy", "vpc-origin"):
        path = "{0}/2020-05-31/" + kind + "/(?P<asked>[^/]+)$"
        urls.url_paths[path] = CloudFrontResponse.dispatch


def _cache_policy(exchange: Exchange) -> dict[str, Any]:
    """One of AWS's own policies (API GetCachePolicy); the demo makes none."""
    asked = exchange.params["Id"]
    if asked not in _MANAGED:
        raise NoSuchThing("NoSuchCachePolicy", f"The specified cache policy {asked} is not there.")
    name, longest, compressed = _MANAGED[asked]
    key = {
        "EnableAcceptEncodingGzip": compressed,
        "EnableAcceptEncodingBrotli": compressed,
        "HeadersConfig": {"HeaderBehavior": "none"},
        "CookiesConfig": {"CookieBehavior": "none"},
        "QueryStringsConfig": {"QueryStringBehavior": "none"},
    }
    config = {
        "Name": name,
        "MinTTL": min(1, longest),
        "MaxTTL": longest,
        "ParametersInCacheKeyAndForwardedToOrigin": key,
    }
    modified = "2020-07-24T00:00:00Z"
    return {"CachePolicy": {"Id": asked, "LastModifiedTime": modified, "CachePolicyConfig": config}}


def _vpc_origin(exchange: Exchange) -> dict[str, Any]:
    """A planted VPC origin, by its id (API GetVpcOrigin)."""
    origin: dict[str, Any] | None = exchange.memory("cloudfront", "vpc-origins").get(
        exchange.params["Id"]
    )
    if origin is None:
        raise NoSuchThing("EntityNotFound", "The entity was not found.")
    return {"VpcOrigin": origin}


def _distributions(exchange: Exchange, answer: dict[str, Any]) -> None:
    """Buckets and what else moto drops of origins; the latter as planted, by origin id.

    A distribution with a certificate of its own does not have CloudFront's.
    """
    store, planted = exchange.backend("cloudfront"), exchange.memory("cloudfront", "origins")
    for distribution in answer["DistributionList"].get("Items", ()):
        certificate = distribution["ViewerCertificate"]
        if certificate.get("ACMCertificateArn"):
            certificate["CloudFrontDefaultCertificate"] = False
        kept = store.distributions[distribution["Id"]].distribution_config.Origins["Items"]
        for origin, known in zip(distribution["Origins"]["Items"], kept, strict=True):
            if "CustomOriginConfig" not in origin:
                identity = {"OriginAccessIdentity": known.s3_access_identity}
                origin["S3OriginConfig"] = identity
            origin.update(planted.get(origin["Id"], {}))


ANSWERS: Mapping[str, Answer] = {
    "cloudfront:GetCachePolicy": _cache_policy,
    "cloudfront:GetVpcOrigin": _vpc_origin,
}
MENDS: Mapping[str, Mend] = {"cloudfront:ListDistributions": _distributions}
