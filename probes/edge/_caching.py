"""Whether a behaviour compresses what it serves, by its own word and by its cache policy."""

from __future__ import annotations

from enum import Enum

from auditor.facts import Facts
from probes.aws import cloudfront
from probes.aws.cloudfront import Behaviour


class Compression(Enum):
    """What becomes of compressible answers."""

    ON = "compressed"
    OFF = "not compressed"
    NOT_EFFECTIVE = "to be compressed, but not"
    NOTHING_CACHED = "not cached, and so not compressed"


def compression(behaviour: Behaviour, facts: Facts) -> Compression:
    """Whether a behaviour compresses. A policy that is gone keeps nothing apart.

    Without a cache policy the behaviour's own settings count, which know gzip alone.
    """
    if not behaviour.cache_policy_id:
        if behaviour.max_ttl == 0:
            return Compression.NOTHING_CACHED
        return Compression.ON if behaviour.compress else Compression.OFF
    policy = facts.named(cloudfront.CACHE_POLICIES, behaviour.cache_policy_id)
    if policy is None:
        return Compression.NOT_EFFECTIVE
    config = policy.cache_policy_config
    if config.max_ttl == 0:
        return Compression.NOTHING_CACHED
    if not behaviour.compress:
        return Compression.OFF
    key = config.parameters_in_cache_key_and_forwarded_to_origin
    effective = key.enable_accept_encoding_gzip or key.enable_accept_encoding_brotli
    return Compression.ON if effective else Compression.NOT_EFFECTIVE
