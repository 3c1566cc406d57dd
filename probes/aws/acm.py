"""ACM: the certificates of a region.

Without `keyTypes` the list leaves out all but RSA 2048 (API reference, `ListCertificates`).
"""

from __future__ import annotations

from pydantic import AwareDatetime

from auditor.query import Query, Shape
from probes.aws import tagging

_KEY_TYPES = [
    "RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096",
    "EC_prime256v1", "EC_secp384r1", "EC_secp521r1",
]  # fmt: skip


class Certificate(Shape):
    """A certificate; it has no dates before it is issued, and none renews that was imported."""

    certificate_arn: str
    domain_name: str = ""
    status: str
    type: str = ""
    not_after: AwareDatetime | None = None
    renewal_eligibility: str = ""


CERTIFICATES = Query(
    "acm:ListCertificates",
    Certificate,
    each="CertificateSummaryList",
    key="CertificateArn",
    also={"Includes": {"keyTypes": _KEY_TYPES}},
    arn="CertificateArn",
    name="DomainName",
    tags=tagging.TAGGED,
    type="AWS::CertificateManager::Certificate",
)
