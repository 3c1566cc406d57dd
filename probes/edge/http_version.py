"""CloudFront offers viewers HTTP/2 and HTTP/3.

Both need fewer round trips than HTTP/1.1, and HTTP/3 keeps a connection while the viewer changes
networks. HTTP/2 is the default; viewers that know neither still get HTTP/1.1, and HTTP/3 asks for
TLS 1.3 on their side (API model, `HttpVersion`).

Fix: `aws cloudfront get-distribution-config --id ID`, set `HttpVersion` to `http2and3`, then `aws
cloudfront update-distribution --id ID --if-match ETAG --distribution-config file://config.json`; in
CloudFormation `DistributionConfig.HttpVersion`.
"""

from collections.abc import Iterator
from typing import Literal

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, gap, unknown
from auditor.settings import Settings, setting
from probes.aws import cloudfront
from probes.aws.cloudfront import Distribution
from probes.edge._distributions import not_serving, written

_OFFERS = {
    "http1.1": frozenset[str](),
    "http2": frozenset({"HTTP/2"}),
    "http3": frozenset({"HTTP/3"}),
    "http2and3": frozenset({"HTTP/2", "HTTP/3"}),
}


class Versions(Settings):
    """What viewers must be offered."""

    http_version: Literal["http1.1", "http2", "http3", "http2and3"] = setting(
        "http2and3", "The versions of HTTP that must be offered beside HTTP/1.1."
    )


class HttpVersion(Probe[Distribution, Versions]):
    """The versions of HTTP that each distribution offers."""

    subject = cloudfront.DISTRIBUTIONS
    severity, settings, sources = Severity.LOW, Versions, ("S2.12",)

    def judge(self, subject: Distribution, _: Facts, expected: Versions) -> Iterator[Remark]:
        excuse, written_as = not_serving(subject), subject.http_version.lower()
        if excuse:
            yield excuse
        elif written_as not in _OFFERS:
            yield unknown(f"the version {subject.http_version!r} is not known here")
        else:
            missing = _OFFERS[expected.http_version] - _OFFERS[written_as]
            if missing:
                yield gap(
                    f"viewers are not offered {' and '.join(sorted(missing))}",
                    code="http-version",
                    expected=expected.http_version,
                    found=written_as,
                    cloudformation={"DistributionConfig": {"HttpVersion": expected.http_version}},
                    evidence=written(subject),
                )
