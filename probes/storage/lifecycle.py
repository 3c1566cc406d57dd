"""Buckets have lifecycle rules.

What no rule removes stays for ever and is paid for every month. A bucket that keeps versions, or
has kept them, needs a rule for those that are no longer current, which nothing else shows (Security
Hub S3.10, S3.13). Uploads that were broken off are kept too, invisibly, until a rule aborts them
(S3 user guide, "Configuring a bucket lifecycle configuration to delete incomplete multipart
uploads"); that is advice only. Rules that are disabled do nothing.

Fix: `aws s3api put-bucket-lifecycle-configuration --bucket BUCKET --lifecycle-configuration
file://rules.json`, which replaces all rules; in CloudFormation `LifecycleConfiguration`.
"""

import json
from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, gap, not_applicable, note, unknown
from auditor.settings import Settings, setting
from probes.aws import s3
from probes.storage._buckets import of_cdk, passed_over, put

_ABORT = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}
_STATUS = {"Enabled", "Disabled"}


class Rules(Settings):
    """Which buckets must have rules."""

    lifecycle: bool = setting(True, "Whether buckets must have lifecycle rules.")
    exempt: list[str] = setting(
        [], "Buckets that need none: patterns of name, or `Key=Value` of a tag."
    )


class Lifecycle(Probe[s3.Bucket, Rules]):
    """The lifecycle rules of each bucket."""

    subject, needs = s3.BUCKETS, (s3.LIFECYCLE, s3.VERSIONING)
    severity, settings, sources = Severity.LOW, Rules, ("S2.6",)

    def judge(self, bucket: s3.Bucket, facts: Facts, expected: Rules) -> Iterator[Remark]:
        reason = passed_over(bucket, facts, expected.exempt) or of_cdk(bucket, facts)
        if not expected.lifecycle:
            reason = not_applicable("the baseline asks for no rules")
        if reason:
            yield reason
            return
        found = facts.found(s3.LIFECYCLE)
        if found is None:
            yield _none(bucket)
            return
        rules = [rule for rule in found.rules if rule.is_on]
        if {rule.status for rule in found.rules} - _STATUS:
            yield unknown("a rule has a status that is not known here", code="unknown-value")
        elif not rules:
            yield drift("no rule is enabled", code="rules-disabled", expected=1, found=0)
        else:
            yield from _judge_rules(rules, facts)


def _judge_rules(rules: list[s3.LifecycleRule], facts: Facts) -> Iterator[Remark]:
    if not any(rule.abort_incomplete_multipart_upload is not None for rule in rules):
        yield note("no rule removes uploads that were broken off")
    if any(rule.moves_old_versions for rule in rules):
        return
    if facts.its(s3.VERSIONING).status:
        message = "no rule removes versions that are no longer current"
        yield gap(message, code="old-versions-kept", expected="NoncurrentVersionExpiration")


def _none(bucket: s3.Bucket) -> Remark:
    rule = {"Id": "broken-off-uploads", "Status": "Enabled", **_ABORT}
    asked = {"Rules": [{"ID": rule["Id"], "Status": "Enabled", "Filter": {"Prefix": ""}, **_ABORT}]}
    option = ("--lifecycle-configuration", json.dumps(asked))
    wanted = {"Rules": [rule]}
    more = put(bucket, "put-bucket-lifecycle-configuration", *option, LifecycleConfiguration=wanted)
    message = "there are no lifecycle rules"
    return gap(message, code="no-lifecycle", expected="lifecycle rules", found="none", **more)
