import json

import boto3
import pytest

from probes.aws import s3
from probes.storage.lifecycle import Lifecycle
from tests.kit import Absent, Case, Refused, audit, check_case, findings_of, verdicts
from tests.probes.storage.made import NAME, OF_CDK, bucket, live_bucket

PROBE = Lifecycle()
NONE = Absent("NoSuchLifecycleConfiguration")


def rule(status="Enabled", **actions):
    return {"ID": "one", "Status": status, "Filter": {"Prefix": ""}, **actions}


EXPIRES = rule(Expiration={"Days": 90}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 7})
OLD = rule(NoncurrentVersionExpiration={"NoncurrentDays": 30})
OLD_MOVES = rule(NoncurrentVersionTransitions=[{"NoncurrentDays": 30, "StorageClass": "GLACIER"}])


def ruled(*rules, versions=None, none=False, tags=None):
    return {
        **bucket(tags=tags),
        s3.LIFECYCLE: {NAME: NONE if none else {"Rules": list(rules)}},
        s3.VERSIONING: {NAME: {"Status": versions} if versions else {}},
    }


CASES = [
    Case("rules, and no versions", ruled(EXPIRES), "pass"),
    Case("no rules", ruled(none=True), "gap", "no-lifecycle", severity="low"),
    Case("rules for old versions", ruled(EXPIRES, OLD, versions="Enabled"), "pass"),
    Case("old versions move", ruled(OLD_MOVES, versions="Enabled"), "pass"),
    Case(
        "old versions stay",
        ruled(EXPIRES, versions="Enabled"),
        "gap",
        "old-versions-kept",
        severity="low",
    ),
    Case(
        "versions from before stay",
        ruled(EXPIRES, versions="Suspended"),
        "gap",
        "old-versions-kept",
    ),
    Case(
        "the rule for old versions is disabled",
        ruled(EXPIRES, OLD | {"Status": "Disabled"}, versions="Enabled"),
        "gap",
        "old-versions-kept",
    ),
    Case("all rules are disabled", ruled(rule("Disabled")), "drift", "rules-disabled"),
    Case(
        "broken-off uploads stay",
        ruled(rule(Expiration={"Days": 1})),
        "pass",
        says="uploads that were broken off",
    ),
    Case("a new status", ruled(rule("Dreaming")), "unknown", "unknown-value"),
    Case(
        "versioning is refused",
        ruled(EXPIRES) | {s3.VERSIONING: {NAME: Refused()}},
        "unknown",
    ),
    Case("rules are refused", ruled() | {s3.LIFECYCLE: {NAME: Refused()}}, "unknown"),
    Case("nobody asks", ruled(none=True), "not_applicable", settings={"lifecycle": False}),
    Case("exempt", ruled(none=True), "not_applicable", settings={"exempt": [NAME]}),
    Case("CDK's own", ruled(none=True, tags=OF_CDK), "not_applicable", "of-cdk"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_no_command_would_replace_rules_that_are_there():
    answers = ruled(EXPIRES, versions="Enabled")
    (finding,) = findings_of(PROBE, Case("fix", answers, "gap"))
    assert finding.fix is not None
    assert finding.fix.cli == ""


def test_the_proposed_rules_are_taken_by_s3(aws):
    client = boto3.client("s3", "us-east-1")
    live_bucket(client, NAME)
    (finding,) = findings_of(PROBE, Case("fix", ruled(none=True), "gap"))
    assert finding.fix is not None
    proposed = finding.fix.cli.partition("--lifecycle-configuration ")[2].strip("'")
    client.put_bucket_lifecycle_configuration(
        Bucket=NAME, LifecycleConfiguration=json.loads(proposed)
    )
    assert verdicts(audit(Lifecycle)) == {NAME: "pass"}


def test_on_an_account(aws):
    client = boto3.client("s3", "us-east-1")
    for name, rules in (
        ("bare", []),
        ("tidy", [EXPIRES, OLD | {"ID": "two"}]),
        ("heap", [EXPIRES]),
    ):
        live_bucket(client, name)
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        if rules:
            client.put_bucket_lifecycle_configuration(
                Bucket=name, LifecycleConfiguration={"Rules": rules}
            )
    assert verdicts(audit(Lifecycle)) == {"bare": "gap", "tidy": "pass", "heap": "gap"}
