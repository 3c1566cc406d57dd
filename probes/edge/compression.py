"""CloudFront compresses what it serves.

Compressed text is a fraction of the size and of the cost. To take effect a behaviour needs two
things: `Compress`, and a cache policy that keeps compressed answers apart, by gzip or Brotli (the
older cache settings know gzip only). Where nothing is cached CloudFront compresses nothing, so such
behaviours are passed over; origins may compress there (CloudFront developer guide, "Serve
compressed files").

Fix: `aws cloudfront get-distribution-config --id ID`, set `Compress` to true and `CachePolicyId` to
a policy with `EnableAcceptEncodingGzip` and `EnableAcceptEncodingBrotli` in the behaviours named,
then `aws cloudfront update-distribution --id ID --if-match ETAG --distribution-config
file://config.json`; in CloudFormation `Compress: true` of the behaviour.
"""

from collections.abc import Iterator
from functools import partial

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, every, gap, not_applicable, note
from auditor.settings import Settings, setting
from probes.analysis.patterns import fits
from probes.aws import cloudfront
from probes.aws.cloudfront import Distribution
from probes.edge._caching import Compression, compression
from probes.edge._distributions import behaviours_with, not_serving, written

_WRONG = {
    Compression.OFF: "compression is off",
    Compression.NOT_EFFECTIVE: "the cache policy keeps no compressed answers apart",
}


class Compresses(Settings):
    """What must be compressed."""

    compress: bool = setting(True, "Whether behaviours must compress.")
    exempt_paths: list[str] = setting(
        [], "Path patterns of behaviours that serve what compression does not make smaller."
    )


class CompressionOn(Probe[Distribution, Compresses]):
    """Compression by each behaviour of a distribution that caches."""

    subject, needs = cloudfront.DISTRIBUTIONS, (cloudfront.CACHE_POLICIES,)
    severity, settings, sources = Severity.LOW, Compresses, ("S2.12",)

    def judge(self, subject: Distribution, facts: Facts, expected: Compresses) -> Iterator[Remark]:
        excuse, paths = not_serving(subject), subject.behaviours
        judged = [path for path in paths if not fits(expected.exempt_paths, path)]
        if excuse or not expected.compress or not judged:
            yield excuse or not_applicable("the baseline asks for no compression here")
            return
        yield from every(*(partial(_of_path, path, subject, facts) for path in judged))


def _of_path(path: str, subject: Distribution, facts: Facts) -> Iterator[Remark]:
    found = compression(subject.behaviours[path], facts)
    if found is Compression.NOTHING_CACHED:
        yield note(f"{path}: nothing is cached, and so nothing compressed")
    elif found is not Compression.ON:
        yield gap(
            f"{path}: {_WRONG[found]}",
            code="not-compressed" if found is Compression.OFF else "not-effective",
            expected="compressed",
            found={path: found.value},
            cloudformation=behaviours_with(subject, [path], {"Compress": True}),
            evidence=written(subject),
        )
