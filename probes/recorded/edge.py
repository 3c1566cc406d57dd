"""CloudFront distributions."""

from __future__ import annotations

from auditor.recording import Recordable
from probes.aws import cloudfront
from probes.recorded._documents import SET, inside

DISTRIBUTION = Recordable(
    cloudfront.DISTRIBUTIONS,
    keeps=(
        "Aliases", "Origins", "OriginGroups", "DefaultCacheBehavior", "CacheBehaviors",
        "CustomErrorResponses", "Comment", "PriceClass", "Enabled", "ViewerCertificate",
        "Restrictions", "WebACLId", "HttpVersion", "IsIPV6Enabled", "Staging", "ConnectionMode",
        "AnycastIpListId", "ViewerMtlsConfig", "ConnectionFunctionAssociation",
    ),
    leaves=(
        "Id", "ARN", "ETag", "Status", "LastModifiedTime", "DomainName", "AliasICPRecordals",
    ),
    reduced={"Origins": inside(HeaderValue=lambda value: SET if value else None)},
    volatile={"ViewerCertificate.Certificate", "ViewerCertificate.CertificateSource"},
    ordered={"CacheBehaviors.Items", "OriginGroups.Items.Members.Items"},
    keyed={"Origins.Items": "Id"},
    names={"IsIPV6Enabled": "IPV6Enabled"},
)  # fmt: skip
