"""What several probes ask of a distribution: whether it serves anybody, and how it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from auditor.probe import Remark, not_applicable
from probes.aws.cloudfront import DEFAULT, Behaviour, Distribution, Origin

TENANTS = "tenant-only"


def not_serving(distribution: Distribution) -> Remark | None:
    """Why nobody is served by a distribution; None where somebody may be."""
    if not distribution.enabled:
        return not_applicable("the distribution is disabled", code="disabled")
    if distribution.staging:
        return not_applicable("this distribution tries out changes of another", code="staging")
    return None


def by_path(
    distribution: Distribution, judged: Callable[[Behaviour], Any], wrong: Callable[[Any], bool]
) -> dict[str, Any]:
    """What is found of each behaviour, by its path, where it is wrong."""
    found = {path: judged(behaviour) for path, behaviour in distribution.behaviours.items()}
    return {path: value for path, value in found.items() if wrong(value)}


def behaviours_with(
    distribution: Distribution, paths: Iterable[str], properties: Mapping[str, Any]
) -> dict[str, Any]:
    """A template's part of a distribution: the behaviours of some paths with these properties."""
    fragment: dict[str, Any] = {}
    for path in paths:
        target = {"TargetOriginId": distribution.behaviours[path].target_origin_id}
        if path == DEFAULT:
            fragment["DefaultCacheBehavior"] = {**target, **properties}
        else:
            changed = {"PathPattern": path, **target, **properties}
            fragment.setdefault("CacheBehaviors", []).append(changed)
    return {"DistributionConfig": fragment}


def written(distribution: Distribution) -> dict[str, Any]:
    """Evidence that the edge may not yet do what the distribution says."""
    return {"status": distribution.status} if distribution.status != "Deployed" else {}


def asks_buckets_only(distribution: Distribution, behaviour: Behaviour) -> bool:
    """Whether a behaviour gets its content from nothing but S3 buckets."""
    origins = distribution.asked_by(behaviour)
    return bool(origins) and all(origin.s3_origin_config for origin in origins)


def origins_in_use(distribution: Distribution) -> tuple[Origin, ...]:
    """The origins that some behaviour asks."""
    used = {
        origin.id: origin
        for behaviour in distribution.behaviours.values()
        for origin in distribution.asked_by(behaviour)
    }
    return tuple(used[name] for name in sorted(used))
