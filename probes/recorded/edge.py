"""CloudFront distributions."""

from __future__ import annotations

from auditor.recording.recordable import Recordable
from probes.aws import cloudfront
from probes.recorded._documents import SET, inside

_CONFIG = (
    "Aliases", "Origins", "OriginGroups", "DefaultCacheBehavior", "CacheBehaviors",
    "CustomErrorResponses", "Comment", "PriceClass", "Enabled", "ViewerCertificate",
    "Restrictions", "WebACLId", "HttpVersion", "IsIPV6Enabled", "Staging", "ConnectionMode",
    "AnycastIpListId", "ViewerMtlsConfig", "ConnectionFunctionAssociation",
)  # fmt: skip
_BEHAVIOR = "DefaultCacheBehavior"
_LISTS = (
    "Aliases", "CacheBehaviors", "CustomErrorResponses", "Origins", "Origins.Items.CustomHeaders",
    "Origins.Items.CustomOriginConfig.OriginSslProtocols",
    *(
        f"{_BEHAVIOR}.{name}"
        for name in (
            "TrustedSigners", "TrustedKeyGroups", "AllowedMethods", "AllowedMethods.CachedMethods",
            "LambdaFunctionAssociations", "FunctionAssociations", "ForwardedValues.Headers",
            "ForwardedValues.QueryStringCacheKeys", "ForwardedValues.Cookies.WhitelistedNames",
        )
    ),
)  # fmt: skip
"""Lists that the API counts and wraps, `Quantity` and `Items`, and CloudFormation does not."""

_COUNTED = (*_LISTS, "OriginGroups", "Restrictions.GeoRestriction")
DISTRIBUTION = Recordable(
    cloudfront.DISTRIBUTIONS,
    keeps=_CONFIG,
    leaves=(
        "Id", "ARN", "ETag", "Status", "LastModifiedTime", "DomainName", "AliasICPRecordals",
    ),
    reduced={"Origins": inside(HeaderValue=lambda value: SET if value else None)},
    volatile={
        "ViewerCertificate.Certificate", "ViewerCertificate.CertificateSource",
        *(f"{path}.Quantity" for path in _COUNTED),
    },
    ordered={"CacheBehaviors.Items", "OriginGroups.Items.Members.Items"},
    keyed={"Origins.Items": "Id"},
    names={
        **{name: f"DistributionConfig.{name}" for name in _CONFIG},
        **{f"{path}.Items": "." for path in _LISTS},
        "IsIPV6Enabled": "DistributionConfig.IPV6Enabled",
        f"{_BEHAVIOR}.AllowedMethods.CachedMethods": "^CachedMethods",
        f"{_BEHAVIOR}.TrustedKeyGroups.Enabled": "",
        f"{_BEHAVIOR}.TrustedSigners.Enabled": "",
        "Origins.Items.CustomHeaders": "OriginCustomHeaders",
        "Origins.Items.CustomOriginConfig.OriginSslProtocols": "OriginSSLProtocols",
        "Restrictions.GeoRestriction.Items": "Locations",
        "ViewerCertificate.ACMCertificateArn": "AcmCertificateArn",
        "ViewerCertificate.IAMCertificateId": "IamCertificateId",
        "ViewerCertificate.SSLSupportMethod": "SslSupportMethod",
    },
)  # fmt: skip
