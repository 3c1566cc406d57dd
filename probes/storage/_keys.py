"""Whose key something is sealed with: the account's own, or one that AWS manages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from auditor.facts import Facts
from auditor.probe import Remark, drift, unknown
from auditor.query import Query, Shape
from probes.analysis.answers import Answer
from probes.aws import kms, kms_names

Sealing = Literal["none", "any", "cmk"]
"""What a baseline may ask for: nothing, any encryption at rest, or a customer managed key."""

CUSTOMERS = "a customer managed key"
WISHES = {"any": "encryption", "kms": "a key in KMS", "cmk": CUSTOMERS}
"""What is wished for by each setting, as a reader is told it."""

KEY_QUERIES: tuple[Query[Shape], ...] = (*kms_names.NEEDS, kms.METADATA)
"""What tells of a key whose it is."""


def is_customers(key: str, facts: Facts) -> Answer:
    """Whether a key of KMS, by id, ARN or alias, is a customer's own.

    The keys that AWS manages cannot be used from another account, so a foreign key is a customer's.
    """
    match kms_names.meant(key, facts):
        case kms.Key() as found:
            metadata = facts.of(found).its(kms.METADATA)
            return Answer.of(metadata.is_customers) if _is_known(metadata) else Answer.CANNOT_TELL
        case kms_names.OfAws():
            return Answer.NO
        case kms_names.Foreign():
            return Answer.YES
        case _:
            return Answer.CANNOT_TELL


def unless_customers(key: str, facts: Facts) -> Iterator[Remark]:
    """What there is to say where the baseline asks for a customer managed key."""
    whose = is_customers(key, facts)
    if whose is Answer.NO:
        yield drift(
            "it is sealed with a key that AWS manages",
            code="aws-key",
            expected=CUSTOMERS,
            found=key,
        )
    elif whose is Answer.CANNOT_TELL:
        yield unknown(f"whose the key {key} is cannot be told", code="unknown-key")


def _is_known(metadata: kms.Metadata) -> bool:
    return metadata.is_customers or metadata.is_of_aws
