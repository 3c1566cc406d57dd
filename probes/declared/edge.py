"""CloudFront distributions, of which the list tells nearly all that can be declared.

The names are those of the template reference, of `DistributionSummary` in the API model, and of the
answers themselves: where a template lists, the API counts what it lists below `Items`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from auditor.drift.declarable import Declarable, NotComparable, Property
from auditor.query import JSON
from probes.declared._words import formed, listed, lower, mappings, renamed, under
from probes.recorded import edge

_WHOLE = "DistributionConfig"
_SIGNERS = "CloudFront may tell an account that signs as `self`"

items = under("Items", listed)
"""A list as CloudFront has lists."""


def of_items(form: Callable[[JSON], JSON]) -> Callable[[JSON], JSON]:
    """A list of objects, each in CloudFront's form."""
    return lambda value: {"Items": [form(one) for one in mappings(value)]}


def items_seen(form: Callable[[JSON], JSON]) -> Callable[[JSON], JSON]:
    """The members of one of CloudFront's lists, or of named ones, each in another form."""

    def seen(value: JSON) -> JSON:
        members = value.get("Items") if isinstance(value, Mapping) else None
        if isinstance(members, Mapping):
            return {"Items": {name: form(one) for name, one in members.items()}}
        return {"Items": [form(one) for one in members]} if isinstance(members, list) else value

    return seen


# -- behaviours -----------------------------------------------------------------------------------


def cookies(value: JSON) -> JSON:
    """Which cookies are forwarded."""
    return formed(value, {"WhitelistedNames": items})


def forwarded(value: JSON) -> JSON:
    """What is forwarded without a policy."""
    return formed(value, {"Cookies": cookies, "Headers": items, "QueryStringCacheKeys": items})


_OF_BEHAVIOURS: Mapping[str, Callable[[JSON], JSON]] = {
    "AllowedMethods": items,
    "CachedMethods": items,
    "ForwardedValues": forwarded,
    "FunctionAssociations": items,
    "LambdaFunctionAssociations": items,
    "TrustedKeyGroups": items,
}


def behaviour(value: JSON) -> JSON:
    """A behaviour; the methods that are cached stand in those that are allowed."""
    found = formed(value, _OF_BEHAVIOURS)
    cached = found.pop("CachedMethods", None)
    if cached is not None:
        allowed = found.get("AllowedMethods")
        known = allowed if isinstance(allowed, Mapping) else {}
        found["AllowedMethods"] = {**known, "CachedMethods": cached}
    return found


# -- origins --------------------------------------------------------------------------------------


def any_server(value: JSON) -> JSON:
    """A server that is no bucket."""
    return renamed(
        formed(value, {"OriginSSLProtocols": items}), {"OriginSSLProtocols": "OriginSslProtocols"}
    )


def origin(value: JSON) -> JSON:
    """An origin; names of hosts are the same in any case."""
    forms = {"OriginCustomHeaders": items, "CustomOriginConfig": any_server, "DomainName": lower}
    return renamed(formed(value, forms), {"OriginCustomHeaders": "CustomHeaders"})


def origin_seen(value: JSON) -> JSON:
    """The same of what AWS says."""
    return formed(value, {"DomainName": lower}) if isinstance(value, Mapping) else value


# -- the rest -------------------------------------------------------------------------------------

_OWN_CERTIFICATE = {
    "AcmCertificateArn": "ACMCertificateArn",
    "IamCertificateId": "IAMCertificateId",
    "SslSupportMethod": "SSLSupportMethod",
}


def certificate(value: JSON) -> JSON:
    """What viewers are shown.

    With CloudFront's own certificate the security policy is TLSv1, whatever is declared (API
    model, `ViewerCertificate`).
    """
    found = renamed(value, _OWN_CERTIFICATE)
    if str(found.get("CloudFrontDefaultCertificate", "")).lower() == "true":
        return {"CloudFrontDefaultCertificate": True}
    return found


def restrictions(value: JSON) -> JSON:
    """The countries that may see it, or may not."""
    return formed(value, {"GeoRestriction": lambda one: renamed(one, {"Locations": "Items"})})


def groups(value: JSON) -> JSON:
    """The groups of origins, as the API has them; how many there are follows from them."""
    found = formed(value, {})
    if "Items" not in found:
        raise NotComparable("which groups there are is not known")
    return {"Items": found["Items"]}


def protocol(value: JSON) -> JSON:
    """A version of HTTP: lists tell it in capitals and underscores (`HTTP1_1`)."""
    return value.lower().replace("_", ".") if isinstance(value, str) else value


def _inside(*names: str) -> tuple[Property, ...]:
    return tuple(Property(f"{_WHOLE}.{name}", name) for name in names)


DISTRIBUTION = Declarable(
    edge.DISTRIBUTION,
    (
        *_inside(
            "AnycastIpListId", "Comment", "ConnectionFunctionAssociation", "ConnectionMode",
            "Enabled", "PriceClass", "Staging", "ViewerMtlsConfig", "WebACLId",
        ),
        Property(f"{_WHOLE}.IPV6Enabled", "IsIPV6Enabled"),
        Property(f"{_WHOLE}.HttpVersion", "HttpVersion", taken=protocol, seen=protocol),
        Property(
            f"{_WHOLE}.Aliases", "Aliases", taken=lambda value: items([*map(lower, listed(value))]),
            seen=items_seen(lower),
        ),
        Property(
            f"{_WHOLE}.Origins", "Origins", taken=of_items(origin), seen=items_seen(origin_seen)
        ),
        Property(f"{_WHOLE}.OriginGroups", "OriginGroups", taken=groups),
        Property(f"{_WHOLE}.DefaultCacheBehavior", "DefaultCacheBehavior", taken=behaviour),
        Property(f"{_WHOLE}.CacheBehaviors", "CacheBehaviors", taken=of_items(behaviour)),
        Property(f"{_WHOLE}.CustomErrorResponses", "CustomErrorResponses", taken=items),
        Property(f"{_WHOLE}.ViewerCertificate", "ViewerCertificate", taken=certificate),
        Property(f"{_WHOLE}.Restrictions", "Restrictions", taken=restrictions),
    ),
    opened=_WHOLE,
    unseen={
        f"{_WHOLE}.DefaultCacheBehavior.TrustedSigners": _SIGNERS,
        f"{_WHOLE}.CacheBehaviors.TrustedSigners": _SIGNERS,
    },
)  # fmt: skip
