"""Which secrets the patterns of a baseline mean."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from probes.aws.secretsmanager import Secret


def means(patterns: Iterable[str], secret: Secret) -> bool:
    """Whether a pattern means the secret: by its name, its ARN, or a tag as `Key=Value`."""
    texts = (secret.name, secret.arn, *(f"{key}={value}" for key, value in secret.tags.items()))
    return any(fnmatchcase(text, pattern) for pattern in patterns for text in texts)
