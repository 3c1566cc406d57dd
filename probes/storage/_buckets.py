"""What the claims about buckets have in common."""

from collections.abc import Sequence
from typing import Any

from auditor.facts import Facts
from auditor.probe import Remark, not_applicable
from probes.analysis.patterns import as_texts, fits
from probes.aws import s3

_DIRECTORY = "--x-s3"  # the end of the names of directory buckets (S3 user guide, naming rules)
_OF_CDK = "CDKToolkit"


def passed_over(bucket: s3.Bucket, facts: Facts, exempt: Sequence[str]) -> Remark | None:
    """Why nothing is asked of a bucket; None where the claim arises."""
    if bucket.name.endswith(_DIRECTORY):
        return not_applicable("directory buckets have no such setting", code="directory-bucket")
    if meant(bucket, facts, exempt):
        return not_applicable("the baseline leaves this bucket out", code="exempt")
    return None


def meant(bucket: s3.Bucket, facts: Facts, patterns: Sequence[str]) -> bool:
    """Whether patterns mean a bucket: by its name, or else by its tags, which are read then."""
    if not patterns or fits(patterns, bucket.name):
        return bool(patterns)
    return fits(patterns, *as_texts(facts.tags(bucket)))


def of_cdk(bucket: s3.Bucket, facts: Facts) -> Remark | None:
    """That CDK keeps a bucket for what it deploys; None for all others."""
    stack = facts.resource(bucket).stack
    if stack and stack.name == _OF_CDK:
        return not_applicable("CDK made it when the account was bootstrapped", code="of-cdk")
    return None


def put(bucket: s3.Bucket, command: str, *options: str, **properties: Any) -> dict[str, Any]:
    """The command and the properties that change a bucket."""
    cli = ("aws", "s3api", command, "--bucket", bucket.name, *options)
    return {"cli": cli, "cloudformation": properties}
