"""Buckets keep old versions of their objects.

Without versioning what is overwritten or deleted is gone at once. A status that is absent means
that versions were never kept; `Suspended` keeps the old ones and makes no more (S3 API reference,
`GetBucketVersioning`). Once on, versioning can only be suspended: old versions then cost until a
lifecycle rule removes them.

Fix: `aws s3api put-bucket-versioning --bucket BUCKET --versioning-configuration Status=Enabled`;
in CloudFormation `VersioningConfiguration`.
"""

from collections.abc import Iterator
from functools import partial

from auditor.facts import Facts
from auditor.probe import (
    Probe,
    Remark,
    Severity,
    drift,
    gap,
    not_applicable,
    severity_if,
    unknown,
)
from auditor.settings import Settings, setting
from probes.aws import s3
from probes.storage._buckets import meant, of_cdk, passed_over, put


class Versions(Settings):
    """Which buckets must keep versions."""

    versioning: bool = setting(True, "Whether buckets must keep old versions.")
    exempt: list[str] = setting(
        [], "Buckets that need none: patterns of name, or `Key=Value` of a tag."
    )
    state: list[str] = setting(
        [],
        "Buckets that hold state, where it weighs more: patterns of name, or `Key=Value` of a tag.",
    )


class Versioning(Probe[s3.Bucket, Versions]):
    """The versioning of each bucket."""

    subject, needs = s3.BUCKETS, (s3.VERSIONING,)
    severity, settings, sources = Severity.LOW, Versions, ("S2.6",)

    def judge(self, bucket: s3.Bucket, facts: Facts, expected: Versions) -> Iterator[Remark]:
        reason = passed_over(bucket, facts, expected.exempt) or of_cdk(bucket, facts)
        if not expected.versioning:
            reason = not_applicable("the baseline asks for no versions")
        if reason:
            yield reason
            return
        status = facts.its(s3.VERSIONING).status
        if status not in {"", "Suspended", "Enabled"}:
            yield unknown(f"versioning {status!r} is not known here", code="unknown-value")
        elif status != "Enabled":
            is_state = partial(meant, bucket, facts, expected.state)
            yield _off(bucket, status, severity_if(is_state, Severity.MEDIUM, Severity.LOW))


def _off(bucket: s3.Bucket, status: str, severity: Severity) -> Remark:
    wanted = {"Status": "Enabled"}
    option = ("--versioning-configuration", "Status=Enabled")
    more = put(bucket, "put-bucket-versioning", *option, VersioningConfiguration=wanted)
    more |= {"severity": severity, "expected": "Enabled", "found": status or "off"}
    if status:
        return drift("versioning is suspended", code="versioning-suspended", **more)
    return gap("old versions were never kept", code="versioning-off", **more)
