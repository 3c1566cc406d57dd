"""Viewers reach CloudFront over HTTPS.

Where a behaviour allows all protocols, what viewers send and get can be read and changed on the
way. Redirecting to HTTPS and refusing all else are both fine; every behaviour is looked at, for one
of a path may allow what the default one does not. Tenants of a distribution share its behaviours.

Fix: `aws cloudfront get-distribution-config --id ID`, set `ViewerProtocolPolicy` to
`redirect-to-https` in the behaviours named, then `aws cloudfront update-distribution --id ID
--if-match ETAG --distribution-config file://config.json`; in CloudFormation
`DistributionConfig.DefaultCacheBehavior` and `CacheBehaviors`.
"""

from collections.abc import Iterator
from typing import Literal

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, unknown
from auditor.settings import Settings, setting
from probes.aws import cloudfront
from probes.aws.cloudfront import Behaviour, Distribution
from probes.edge._distributions import behaviours_with, by_path, not_serving, written

_STRICTNESS = {"allow-all": 0, "redirect-to-https": 1, "https-only": 2}


class Viewers(Settings):
    """How viewers must come."""

    viewer_protocol: Literal["allow-all", "redirect-to-https", "https-only"] = setting(
        "redirect-to-https", "The least strict policy that a behaviour may have."
    )


class ViewerProtocol(Probe[Distribution, Viewers]):
    """The viewer protocol policy of each behaviour of a distribution."""

    subject = cloudfront.DISTRIBUTIONS
    severity, settings, sources = Severity.MEDIUM, Viewers, ("S2.12",)

    def judge(self, subject: Distribution, _: Facts, expected: Viewers) -> Iterator[Remark]:
        excuse = not_serving(subject)
        if excuse:
            yield excuse
            return
        lowest = _STRICTNESS[expected.viewer_protocol]
        lax = by_path(subject, _policy, lambda policy: _STRICTNESS.get(policy, 2) < lowest)
        new = by_path(subject, _policy, lambda policy: policy not in _STRICTNESS)
        if lax:
            fixed = {"ViewerProtocolPolicy": expected.viewer_protocol}
            yield drift(
                "viewers may come over plain HTTP"
                if "allow-all" in lax.values()
                else "viewers are redirected where the baseline refuses plain HTTP",
                code="viewer-protocol",
                expected=expected.viewer_protocol,
                found=lax,
                cloudformation=behaviours_with(subject, lax, fixed),
                evidence=written(subject),
            )
        elif new:
            yield unknown(f"policies not known here: {', '.join(sorted(set(new.values())))}")


def _policy(behaviour: Behaviour) -> str:
    return behaviour.viewer_protocol_policy
