"""What keeps a bucket from being public, and what makes it so."""

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.facts import Facts
from auditor.probe import Remark, Severity, any_of, gap, severity_if
from auditor.query import JSON
from probes.aws import s3, s3control
from probes.storage._buckets import put


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of a bucket and those of its account; each of either counts."""

    bucket: frozenset[str]
    account: frozenset[str]

    @property
    def on(self) -> frozenset[str]:
        """The blocks that are in effect."""
        return self.bucket | self.account

    @property
    def off(self) -> list[str]:
        """The blocks that are not, in order."""
        return sorted(s3.BLOCKS - self.on)

    @property
    def evidence(self) -> dict[str, JSON]:
        """Who blocks what."""
        return {"by the bucket": sorted(self.bucket), "by the account": sorted(self.account)}


def all_blocked(bucket: s3.Bucket, facts: Facts) -> bool:
    """Whether all public access is blocked: by the account alone, the bucket alone, or both."""
    return any_of(
        lambda: s3control.account_blocks(facts) >= s3.BLOCKS,
        lambda: _own(bucket, facts) >= s3.BLOCKS,
        lambda: not blocks(bucket, facts).off,
    )


def blocks(bucket: s3.Bucket, facts: Facts) -> Blocks:
    """The blocks of a bucket and of its account."""
    return Blocks(_own(bucket, facts), s3control.account_blocks(facts))


def openings(bucket: s3.Bucket, facts: Facts, blocks: Blocks) -> Iterator[Remark]:
    """What makes the bucket public now."""
    if _is_public(bucket, facts, blocks):
        yield gap(
            "the bucket is public, and nothing stops it",
            code="public",
            severity=Severity.CRITICAL,
            evidence=blocks.evidence,
            **_mend(bucket),
        )


def unblocked(bucket: s3.Bucket, facts: Facts, blocks: Blocks) -> Iterator[Remark]:
    """Which kinds of public access nothing blocks."""
    yield gap(
        f"nothing blocks public access by {', '.join(blocks.off)}",
        code="not-blocked",
        severity=severity_if(
            lambda: _is_public(bucket, facts, blocks), Severity.CRITICAL, Severity.HIGH
        ),
        expected=sorted(s3.BLOCKS),
        found=sorted(blocks.on),
        evidence=blocks.evidence,
        **_mend(bucket),
    )


def _own(bucket: s3.Bucket, facts: Facts) -> frozenset[str]:
    found = facts.of(bucket).found(s3.PUBLIC_ACCESS_BLOCK)
    return found.on if found else frozenset()


def _is_public(bucket: s3.Bucket, facts: Facts, blocks: Blocks) -> bool:
    """Whether policy or ACL let everybody in; the blocks for what exists stop them."""
    return any_of(
        lambda: "RestrictPublicBuckets" not in blocks.on and _by_policy(bucket, facts),
        lambda: "IgnorePublicAcls" not in blocks.on and _by_acl(bucket, facts),
    )


def _by_policy(bucket: s3.Bucket, facts: Facts) -> bool:
    status = facts.named(s3.POLICY_STATUS, bucket.name)
    return status is not None and status.is_public


def _by_acl(bucket: s3.Bucket, facts: Facts) -> bool:
    """A bucket without ownership controls has ACLs: so all buckets were once (user guide)."""
    acl = facts.named(s3.ACL, bucket.name)
    if acl is None or not acl.is_public:
        return False
    ownership = facts.named(s3.OWNERSHIP, bucket.name)
    return ownership is None or not ownership.acls_are_off


def _mend(bucket: s3.Bucket) -> dict[str, JSON]:
    wanted = dict.fromkeys(sorted(s3.BLOCKS), True)
    option = ",".join(f"{name}=true" for name in wanted)
    command = ("put-public-access-block", "--public-access-block-configuration", option)
    return put(bucket, *command, PublicAccessBlockConfiguration=wanted)
