"""CloudFront speaks TLS 1.2 with viewers, at least.

Older versions of TLS have known weaknesses. With CloudFront's own certificate the security policy
is TLSv1, whatever is written in the configuration (API model, `MinimumProtocolVersion`): it can
only be raised with a domain name and a certificate of one's own, so that is advice. Telling
certificates apart by dedicated addresses instead of by server name (`vip`) costs much and serves
only clients without SNI (API model, `SSLSupportMethod`). What tenants share of a distribution holds
for their certificates, too.

Fix: `aws cloudfront get-distribution-config --id ID`, set `MinimumProtocolVersion` to
`TLSv1.2_2021` and `SSLSupportMethod` to `sni-only`, then `aws cloudfront update-distribution
--id ID --if-match ETAG --distribution-config file://config.json`; in CloudFormation
`DistributionConfig.ViewerCertificate`.
"""

from collections.abc import Iterator
from typing import Literal, get_args

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, not_applicable, note, unknown
from auditor.settings import Settings, setting
from probes.aws import cloudfront
from probes.aws.cloudfront import Distribution
from probes.edge._distributions import TENANTS, not_serving, written

Policy = Literal["SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016", "TLSv1.2_2018", "TLSv1.2_2019",
                 "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"]  # fmt: skip
_WEAKEST_FIRST = get_args(Policy)


class Floor(Settings):
    """What viewers must at least be able to speak."""

    min_tls: Policy = setting("TLSv1.2_2021", "The weakest security policy that is accepted.")


class TlsPolicy(Probe[Distribution, Floor]):
    """The viewer certificate of each distribution: its security policy, its way to be found."""

    subject, parts = cloudfront.DISTRIBUTIONS, ("protocol", "server_name")
    severity, settings, sources = Severity.MEDIUM, Floor, ("S2.12",)

    def judge_protocol(self, subject: Distribution, _: Facts, expected: Floor) -> Iterator[Remark]:
        certificate, excuse = subject.viewer_certificate, not_serving(subject)
        policy = certificate.minimum_protocol_version
        more = {"expected": expected.min_tls, "found": policy, "evidence": written(subject)}
        if excuse:
            yield excuse
        elif certificate.cloud_front_default_certificate and subject.connection_mode == TENANTS:
            yield unknown("its tenants bring the certificates, and perhaps their policies")
        elif certificate.cloud_front_default_certificate:
            if expected.min_tls not in {"SSLv3", "TLSv1"}:
                message = "CloudFront's own certificate goes with TLSv1 only"
                advice = {"code": "default-certificate", "severity": Severity.INFORMATIONAL}
                yield drift(message, **{**more, **advice, "found": "TLSv1"})
        elif policy not in _WEAKEST_FIRST:
            yield unknown(f"the security policy {policy!r} is not known here")
        elif _WEAKEST_FIRST.index(policy) < _WEAKEST_FIRST.index(expected.min_tls):
            fixed = {"ViewerCertificate": {"MinimumProtocolVersion": expected.min_tls}}
            template = {"DistributionConfig": fixed}
            message = "the security policy is too weak"
            yield drift(message, code="weak-policy", cloudformation=template, **more)

    def judge_server_name(self, subject: Distribution, _: Facts, __: Floor) -> Iterator[Remark]:
        certificate, method = (
            subject.viewer_certificate,
            subject.viewer_certificate.ssl_support_method,
        )
        excuse = not_serving(subject)
        if excuse or certificate.cloud_front_default_certificate or not method:
            yield excuse or not_applicable("it has no certificate of its own")
        elif method == "vip":
            yield drift("dedicated addresses tell certificates apart", code="dedicated-addresses",
                        severity=Severity.LOW, expected="sni-only", found=method)  # fmt: skip
        elif method == "static-ip":
            yield note("it has static addresses, which CloudFront grants on request")
        elif method != "sni-only":
            yield unknown(f"the method {method!r} is not known here")
