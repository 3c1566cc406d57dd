"""S3 control: what an account as a whole keeps from becoming public."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.facts import Facts
from auditor.query import JSON, Query, Shape


class PublicAccessBlock(Shape):
    """Which kinds of public access are blocked, by a bucket or by its account; left out is off."""

    block_public_acls: bool = False
    ignore_public_acls: bool = False
    block_public_policy: bool = False
    restrict_public_buckets: bool = False

    @property
    def on(self) -> frozenset[str]:
        """The blocks that are on, by AWS's names."""
        blocks = {
            "BlockPublicAcls": self.block_public_acls,
            "IgnorePublicAcls": self.ignore_public_acls,
            "BlockPublicPolicy": self.block_public_policy,
            "RestrictPublicBuckets": self.restrict_public_buckets,
        }
        return frozenset(name for name, is_on in blocks.items() if is_on)


def _this_account(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    yield {"AccountId": facts.account}


ACCOUNT_PUBLIC_ACCESS_BLOCK = Query(
    "s3control:GetPublicAccessBlock",
    PublicAccessBlock,
    at="PublicAccessBlockConfiguration",
    asks=_this_account,
    world=True,
    absent={"NoSuchPublicAccessBlockConfiguration"},
    actions=("s3:GetAccountPublicAccessBlock",),
)
"""Asked by the account's id: `named(ACCOUNT_PUBLIC_ACCESS_BLOCK, facts.account)`."""


def account_blocks(facts: Facts) -> frozenset[str]:
    """The blocks of the account, and of its organization, whose policy S3 applies to it."""
    found = facts.named(ACCOUNT_PUBLIC_ACCESS_BLOCK, facts.account)
    return found.on if found else frozenset()
