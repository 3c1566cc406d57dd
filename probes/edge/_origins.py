"""How the servers behind a distribution are asked: over HTTP or HTTPS, in which versions of TLS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, note, unknown
from probes.analysis.answers import CannotTell
from probes.aws import cloudfront
from probes.aws.cloudfront import Distribution, Origin
from probes.edge._distributions import written

_WEBSITE = re.compile(r"\.s3-website[.-][a-z0-9-]+\.amazonaws\.com(\.cn)?\.?$", re.IGNORECASE)
_VIEWERS = frozenset({"allow-all", "redirect-to-https", "https-only"})


@dataclass(frozen=True, slots=True)
class Way:
    """How an origin is asked: AWS's word for it, and the versions of SSL and TLS."""

    policy: str
    versions: tuple[str, ...]


def way_to(origin: Origin, facts: Facts) -> Way | CannotTell:
    """How a server is asked, or why it cannot be told."""
    custom, vpc = origin.custom_origin_config, origin.vpc_origin_config
    if custom:
        return Way(custom.origin_protocol_policy, custom.origin_ssl_protocols.items)
    if vpc is None:
        return CannotTell("its kind is not known here")
    if vpc.owner_account_id not in {"", facts.account}:
        return CannotTell(f"the VPC origin belongs to account {vpc.owner_account_id}")
    found = facts.named(cloudfront.VPC_ORIGINS, vpc.vpc_origin_id)
    if found is None:
        return CannotTell("its VPC origin is not there")
    endpoint = found.vpc_origin_endpoint_config
    return Way(endpoint.origin_protocol_policy, endpoint.origin_ssl_protocols.items)


def of_transport(origin: Origin, way: Way, distribution: Distribution) -> Iterator[Remark]:
    """What there is to say of HTTP on the way to an origin."""
    viewers = _viewers_of(origin, distribution)
    more = {
        "expected": "https-only",
        "found": {origin.id: way.policy},
        "evidence": written(distribution),
    }
    if way.policy == "http-only" and _WEBSITE.search(origin.domain_name):
        message = f"{origin.id}: websites of S3 are asked over HTTP"
        yield drift(message, code="website-endpoint", severity=Severity.LOW, **more)
    elif way.policy == "http-only":
        yield drift(f"{origin.id}: it is asked over HTTP", code="http-only", **more)
    elif way.policy == "match-viewer" and "allow-all" in viewers:
        message = f"{origin.id}: it is asked over HTTP where viewers come so"
        yield drift(message, code="match-viewer", **more)
    elif way.policy == "match-viewer" and viewers - _VIEWERS:
        yield unknown(f"{origin.id}: how viewers come is not known here")
    elif way.policy not in {"match-viewer", "https-only"}:
        yield unknown(f"{origin.id}: the policy {way.policy!r} is not known here")


def of_versions(
    origin: Origin, way: Way, distribution: Distribution, refused: list[str]
) -> Iterator[Remark]:
    """What there is to say of the versions that are spoken with an origin."""
    spoken = sorted({*way.versions} & {*refused})
    if way.policy == "http-only":
        yield note(f"{origin.id}: no encryption is spoken with it")
    elif spoken:
        yield drift(
            f"{origin.id}: versions are spoken with it that are broken",
            code="broken-versions",
            expected=sorted({*way.versions} - {*refused}),
            found=sorted(way.versions),
            evidence=written(distribution),
        )


def _viewers_of(origin: Origin, distribution: Distribution) -> set[str]:
    """The viewer protocol policies of the behaviours that may ask an origin."""
    return {
        behaviour.viewer_protocol_policy
        for behaviour in distribution.behaviours.values()
        if origin in distribution.asked_by(behaviour)
    }
