"""CloudFront asks the servers behind it over HTTPS.

What viewers send encrypted goes on in the clear where an origin is asked over HTTP only, or as the
viewer came while viewers may come over HTTP. Websites of S3 speak nothing but HTTP: their bucket is
better asked by its REST endpoint. SSL 3 is broken and must not be among the versions that are
spoken with an origin. How a VPC origin is asked stands in that origin, which may be another
account's. Buckets are asked as the viewer came.

Fix: `aws cloudfront get-distribution-config --id ID`, set `OriginProtocolPolicy` to `https-only`
and `OriginSslProtocols` to `TLSv1.2` in `CustomOriginConfig` of the origins named, then `aws
cloudfront update-distribution --id ID --if-match ETAG --distribution-config file://config.json`;
for VPC origins `aws cloudfront update-vpc-origin`; in CloudFormation the same properties.
"""

from collections.abc import Callable, Iterator
from functools import partial

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, every, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.analysis.answers import CannotTell
from probes.aws import cloudfront
from probes.aws.cloudfront import Distribution, Origin
from probes.edge._distributions import not_serving, origins_in_use
from probes.edge._origins import Way, of_transport, of_versions, way_to


class Spoken(Settings):
    """What may be spoken with origins."""

    refused_protocols: list[str] = setting(
        ["SSLv3"], "Versions of SSL and TLS that must not be spoken with origins."
    )


class OriginEncryption(Probe[Distribution, Spoken]):
    """How each server behind a distribution is asked."""

    subject, needs = cloudfront.DISTRIBUTIONS, (cloudfront.VPC_ORIGINS,)
    severity, settings, parts = Severity.MEDIUM, Spoken, ("transport", "versions")
    sources = ("S2.12",)

    def judge_transport(self, subject: Distribution, facts: Facts, _: Spoken) -> Iterator[Remark]:
        def judged(origin: Origin, way: Way) -> Iterator[Remark]:
            return of_transport(origin, way, subject)

        return _of_each(subject, facts, judged)

    def judge_versions(
        self, subject: Distribution, facts: Facts, expected: Spoken
    ) -> Iterator[Remark]:
        def judged(origin: Origin, way: Way) -> Iterator[Remark]:
            return of_versions(origin, way, subject, expected.refused_protocols)

        return _of_each(subject, facts, judged)


def _of_each(
    subject: Distribution, facts: Facts, judged: Callable[[Origin, Way], Iterator[Remark]]
) -> Iterator[Remark]:
    def remarks(origin: Origin) -> Iterator[Remark]:
        way = way_to(origin, facts)
        if isinstance(way, CannotTell):
            yield unknown(f"{origin.id}: {way.reason}")
        else:
            yield from judged(origin, way)

    excuse = not_serving(subject)
    servers = [one for one in origins_in_use(subject) if not one.s3_origin_config]
    if excuse or not servers:
        yield excuse or not_applicable("no behaviour asks a server")
        return
    yield from every(*(partial(remarks, origin) for origin in servers))
