import boto3
import pytest

from probes.aws import s3
from probes.storage.versioning import Versioning
from tests.kit import Case, Refused, audit, check_case, verdicts
from tests.probes.storage.made import NAME, OF_CDK, bucket, live_bucket

PROBE = Versioning()


def kept(status=None, **more):
    sent = {"Status": status} if status else {}
    return {**bucket(**more), s3.VERSIONING: {more.get("name", NAME): sent}}


CASES = [
    Case("versions are kept", kept("Enabled"), "pass"),
    Case("never", kept(), "gap", "versioning-off", severity="low", found="off"),
    Case("no longer", kept("Suspended"), "drift", "versioning-suspended", severity="low"),
    Case("a new status", kept("Dreaming"), "unknown", "unknown-value"),
    Case("S3 would not say", {**bucket(), s3.VERSIONING: {NAME: Refused()}}, "unknown"),
    Case("state, by name", kept(), "gap", severity="medium", settings={"state": ["*-assets"]}),
    Case(
        "state, by tag",
        kept(tags={"Holds": "state"}),
        "gap",
        severity="medium",
        settings={"state": ["Holds=state"]},
        survives=(s3.TAGS,),
    ),
    Case(
        "no state",
        kept(tags={"Holds": "images"}),
        "gap",
        severity="low",
        settings={"state": ["Holds=state"]},
        survives=(s3.TAGS,),
    ),
    Case("exempt", kept(), "not_applicable", "exempt", settings={"exempt": ["example-*"]}),
    Case(
        "exempt by its tag",
        kept(tags={"Holds": "logs"}),
        "not_applicable",
        settings={"exempt": ["Holds=logs"]},
    ),
    Case(
        "whether it is exempt is refused",
        {**kept(), s3.TAGS: {NAME: Refused()}},
        "unknown",
        settings={"exempt": ["Holds=logs"]},
    ),
    Case("nobody asks", kept(), "not_applicable", settings={"versioning": False}),
    Case("CDK's own", kept(tags=OF_CDK), "not_applicable", "of-cdk"),
    Case(
        "a directory bucket",
        kept(name="fast--use1-az4--x-s3"),
        "not_applicable",
        "directory-bucket",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("s3", "us-east-1")
    for name, status in (("kept", "Enabled"), ("no-longer", "Suspended"), ("never", "")):
        live_bucket(client, name)
        if status:
            client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})
    assert verdicts(audit(Versioning)) == {"kept": "pass", "no-longer": "drift", "never": "gap"}
