"""Listeners have a certificate that is valid.

A certificate that has expired, or was revoked, turns clients away. ACM renews what it issued as
long as the domain still answers for it; what was imported, or is kept in IAM, somebody must replace
in time (ACM user guide, "Managed certificate renewal"). The default certificate of a listener is
judged, not those added to it for other host names.

Fix: `aws elbv2 modify-listener --listener-arn ARN --certificates CertificateArn=CERTIFICATE`, or
`aws acm import-certificate` over the old one; in CloudFormation `Certificates` of the listener.
"""

from collections.abc import Iterator
from datetime import timedelta

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, gap, note, unknown
from auditor.settings import Settings, setting
from probes.aws import acm, elbv2
from probes.load_balancing._policies import not_encrypted

_NEVER_VALID = frozenset({"PENDING_VALIDATION", "VALIDATION_TIMED_OUT", "INACTIVE", "FAILED"})
_NO_LONGER = frozenset({"EXPIRED", "REVOKED"})


class Expiry(Settings):
    """When to speak of a certificate that will expire."""

    notice_days: int = setting(
        30, "Time before expiry in which one that does not renew is noted.", unit="days", ge=0
    )


class Certificate(Probe[elbv2.Listener, Expiry]):
    """The default certificate of each HTTPS and TLS listener, as ACM has it."""

    subject, needs = elbv2.LISTENERS, (acm.CERTIFICATES,)
    severity, settings = Severity.HIGH, Expiry
    sources = ("S2.3",)

    def judge(self, listener: elbv2.Listener, facts: Facts, expected: Expiry) -> Iterator[Remark]:
        other = not_encrypted(listener)
        if other is not None:
            yield other
        elif not listener.certificates:
            yield gap(
                "the listener has no certificate",
                code="no-certificate",
                expected="a certificate",
                found="none",
            )
        for held in listener.certificates if other is None else ():
            yield from _judged(held.certificate_arn, facts, expected)


def _judged(arn: str, facts: Facts, expected: Expiry) -> Iterator[Remark]:
    found = facts.named(acm.CERTIFICATES, arn) if ":acm:" in arn else None
    if found is None:
        yield unknown(f"{arn} is not among the certificates of ACM", code="not-in-acm")
        return
    late = found.not_after is not None and found.not_after <= facts.now
    more = {"found": found.status, "related": (facts.related("certificate", found),)}
    if late or found.status in _NO_LONGER | _NEVER_VALID:
        yield drift(
            "the certificate is not valid",
            code="invalid-certificate",
            expected="ISSUED",
            **more,
            evidence={"until": str(found.not_after)},
        )
    elif found.status != "ISSUED":
        yield unknown(
            f"the status {found.status!r} of the certificate is not known here",
            code="unknown-status",
        )
    elif (
        found.renewal_eligibility != "ELIGIBLE"
        and found.not_after is not None
        and found.not_after - facts.now < timedelta(days=expected.notice_days)
    ):
        yield note("the certificate will expire soon and does not renew")
