"""CloudFront lets viewers only read what comes from buckets.

A bucket behind CloudFront is there to be read; methods that write or delete open a way to it that
nobody needs. Servers behind CloudFront, such as APIs, may need every method: they are not judged.
CloudFront caches answers to GET and HEAD, and to OPTIONS if it is told to, which is harmless; that
is advice, wherever the content comes from.

Fix: `aws cloudfront get-distribution-config --id ID`, set `AllowedMethods` and its `CachedMethods`
in the behaviours named, then `aws cloudfront update-distribution --id ID --if-match ETAG
--distribution-config file://config.json`; in CloudFormation `DistributionConfig` with
`DefaultCacheBehavior` and `CacheBehaviors`.
"""

from collections.abc import Iterator
from typing import Any

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.aws import cloudfront
from probes.aws.cloudfront import Behaviour, Distribution
from probes.edge import _distributions as distributions


class Reading(Settings):
    """What viewers of static content need."""

    allowed_methods: list[str] = setting(
        ["GET", "HEAD", "OPTIONS"], "Methods that viewers may use on content from buckets."
    )
    cached_methods: list[str] = setting(["GET", "HEAD"], "Methods whose answers are cached.")


class Methods(Probe[Distribution, Reading]):
    """The methods of each behaviour of a distribution."""

    subject, parts = cloudfront.DISTRIBUTIONS, ("allowed", "cached")
    severity, settings, sources = Severity.LOW, Reading, ("S2.12",)

    def judge_allowed(self, subject: Distribution, _: Facts, expected: Reading) -> Iterator[Remark]:
        excuse, behaviours = distributions.not_serving(subject), subject.behaviours.values()
        of_buckets = [one for one in behaviours if distributions.asks_buckets_only(subject, one)]
        nowhere = [one for one in behaviours if not subject.asked_by(one)]

        def extra(behaviour: Behaviour) -> list[str]:
            allowed = set(behaviour.allowed_methods.items) if behaviour in of_buckets else set()
            return sorted(allowed - set(expected.allowed_methods))

        found = distributions.by_path(subject, extra, bool)
        if excuse or not (of_buckets or nowhere):
            yield excuse or not_applicable("none of its content comes from a bucket")
        elif found:
            message = "viewers may do more than read what comes from a bucket"
            yield drift(message, code="extra-methods", **_more(expected.allowed_methods, found))
        elif nowhere:
            yield unknown("a behaviour names an origin that the distribution does not list")

    def judge_cached(self, subject: Distribution, _: Facts, expected: Reading) -> Iterator[Remark]:
        def extra(one: Behaviour) -> list[str]:
            return sorted(
                set(one.allowed_methods.cached_methods.items) - {*expected.cached_methods}
            )

        excuse, found = (
            distributions.not_serving(subject),
            distributions.by_path(subject, extra, bool),
        )
        if excuse:
            yield excuse
        elif found:
            yield drift("answers to further methods are cached", code="extra-cached",
                        severity=Severity.INFORMATIONAL,
                        **_more(expected.cached_methods, found))  # fmt: skip


def _more(expected: list[str], found: dict[str, Any]) -> dict[str, Any]:
    return {"expected": sorted(expected), "found": found}
