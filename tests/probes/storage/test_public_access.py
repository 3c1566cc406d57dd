import json

import boto3
import pytest

from probes.aws import s3, s3control
from probes.storage.public_access import PublicAccess
from tests.kit import Absent, Case, Gone, Refused, audit, check_case, findings_of, verdicts
from tests.probes.storage.made import NAME, bucket, live_bucket

PROBE = PublicAccess()
ACCOUNT = "123456789012"
NO_BLOCK = Absent("NoSuchPublicAccessBlockConfiguration")
ON = dict.fromkeys(sorted(s3.BLOCKS), True)
FOR_ACLS = {"BlockPublicAcls": True, "IgnorePublicAcls": True}
FOR_POLICIES = {"BlockPublicPolicy": True, "RestrictPublicBuckets": True}
PRIVATE = {
    "Grants": [{"Grantee": {"Type": "CanonicalUser", "ID": "a"}, "Permission": "FULL_CONTROL"}]
}
SHARED = {
    "Grants": [
        *PRIVATE["Grants"],
        {
            "Grantee": {
                "Type": "Group",
                "URI": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
            },
            "Permission": "READ",
        },
    ]
}
LOGGED = {
    "Grants": [
        {
            "Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"},
            "Permission": "WRITE",
        }
    ]
}
MAY_BE_PUBLIC = (s3.POLICY_STATUS, s3.ACL, s3.OWNERSHIP)


def owned(how):
    return {"Rules": [{"ObjectOwnership": how}]}


def blocks(own=NO_BLOCK, account=NO_BLOCK, name=NAME, tags=None, **exposure):
    """A bucket's blocks, its account's, and what it lets in; by default nobody."""
    answers = {
        **bucket(name, tags=tags),
        s3.PUBLIC_ACCESS_BLOCK: {name: own},
        s3control.ACCOUNT_PUBLIC_ACCESS_BLOCK: {ACCOUNT: account},
    }
    if exposure.pop("asked", True):
        answers |= {
            s3.POLICY_STATUS: {name: exposure.get("policy", Absent("NoSuchBucketPolicy"))},
            s3.ACL: {name: exposure.get("acl", PRIVATE)},
            s3.OWNERSHIP: {name: exposure.get("ownership", owned("BucketOwnerEnforced"))},
        }
    return answers


PUBLIC = {"policy": {"IsPublic": True}}

CASES = [
    Case(
        "the bucket blocks all",
        blocks(ON, asked=False),
        "pass",
        survives=(s3control.ACCOUNT_PUBLIC_ACCESS_BLOCK,),
    ),
    Case("the account blocks all", blocks(NO_BLOCK, ON, asked=False), "pass"),
    Case(
        "the account blocks all, and the bucket is refused",
        blocks(Refused(), ON, asked=False),
        "pass",
    ),
    Case(
        "the bucket blocks all, and the account is refused",
        blocks(ON, Refused(), asked=False),
        "pass",
        survives=(s3control.ACCOUNT_PUBLIC_ACCESS_BLOCK,),
    ),
    Case("each blocks a half", blocks(FOR_ACLS, FOR_POLICIES, asked=False), "pass"),
    Case("a half, and the account is refused", blocks(FOR_ACLS, Refused()), "unknown"),
    Case(
        "nobody blocks, and nobody is let in",
        blocks(),
        "gap",
        "not-blocked",
        severity="high",
        found=[],
        survives=MAY_BE_PUBLIC,
    ),
    Case(
        "one block is missing",
        blocks(ON | {"IgnorePublicAcls": False}),
        "gap",
        "not-blocked",
        severity="high",
        says="by IgnorePublicAcls",
        survives=MAY_BE_PUBLIC,
    ),
    Case(
        "a public policy",
        blocks(**PUBLIC),
        "gap",
        "public",
        severity="critical",
        survives=MAY_BE_PUBLIC,
    ),
    Case(
        "a policy that is not public",
        blocks(policy={"IsPublic": False}),
        "gap",
        severity="high",
        survives=MAY_BE_PUBLIC,
    ),
    Case(
        "a public policy that the account restricts",
        blocks(account=FOR_POLICIES, **PUBLIC),
        "gap",
        severity="high",
        survives=MAY_BE_PUBLIC,
    ),
    Case(
        "a public ACL",
        blocks(acl=SHARED, ownership=owned("ObjectWriter")),
        "gap",
        "public",
        severity="critical",
        survives=MAY_BE_PUBLIC,
    ),
    Case(
        "a public ACL of an old bucket",
        blocks(acl=SHARED, ownership=Absent("OwnershipControlsNotFoundError")),
        "gap",
        "public",
        survives=MAY_BE_PUBLIC,
    ),
    Case(
        "a public ACL that is ignored",
        blocks(FOR_ACLS, acl=SHARED, ownership=owned("ObjectWriter")),
        "gap",
        severity="high",
        survives=MAY_BE_PUBLIC,
    ),
    Case(
        "a public ACL where ACLs are off",
        blocks(acl=SHARED),
        "gap",
        severity="high",
        survives=MAY_BE_PUBLIC,
    ),
    Case(
        "an ACL for the delivery of logs",
        blocks(acl=LOGGED, ownership=owned("ObjectWriter")),
        "gap",
        severity="high",
        survives=MAY_BE_PUBLIC,
    ),
    Case(
        "whether it is public is refused",
        blocks(policy=Refused()),
        "gap",
        "not-blocked",
        severity="critical",
        survives=MAY_BE_PUBLIC,
    ),
    Case("both blocks are refused", blocks(Refused(), Refused()), "unknown"),
    Case(
        "a website",
        blocks(**PUBLIC),
        "not_applicable",
        "exempt",
        settings={"public_allowed": ["*-assets"]},
    ),
    Case(
        "a website by its tag",
        blocks(tags={"Purpose": "website"}, **PUBLIC),
        "not_applicable",
        "exempt",
        settings={"public_allowed": ["Purpose=website"]},
    ),
    Case(
        "no website, and tags are asked for",
        blocks(ON, asked=False),
        "pass",
        settings={"public_allowed": ["Purpose=website"]},
        survives=(s3control.ACCOUNT_PUBLIC_ACCESS_BLOCK,),
    ),
    Case("nobody asks", blocks(), "not_applicable", settings={"block_public": False}),
    Case(
        "a directory bucket",
        blocks(name="fast--use1-az4--x-s3", asked=False),
        "not_applicable",
        "directory-bucket",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_a_bucket_that_vanished_has_no_finding():
    answers = blocks(Gone("NoSuchBucket"), asked=False)
    assert findings_of(PROBE, Case("gone", answers, "pass")) == []


def test_the_fix_sets_all_four():
    (finding,) = findings_of(PROBE, Case("fix", blocks(FOR_ACLS), "gap"))
    assert finding.fix is not None
    assert finding.fix.cli == (
        f"aws s3api put-public-access-block --bucket {NAME} --public-access-block-configuration "
        "BlockPublicAcls=true,BlockPublicPolicy=true,IgnorePublicAcls=true,"
        "RestrictPublicBuckets=true"
    )


def test_on_an_account(aws):
    client = boto3.client("s3", "us-east-1")
    for name in ("shut", "ajar", "wide-open"):
        live_bucket(client, name)
    client.put_public_access_block(Bucket="shut", PublicAccessBlockConfiguration=ON)
    letting_in = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::wide-open/*",
    }
    policy = {"Version": "2012-10-17", "Statement": [letting_in]}
    for name in ("ajar", "wide-open"):
        client.delete_public_access_block(Bucket=name)
    client.put_bucket_policy(Bucket="wide-open", Policy=json.dumps(policy))
    found = {f.resource.name: f.code or f.verdict for f in audit(PublicAccess)}
    assert found == {"shut": "pass", "ajar": "not-blocked", "wide-open": "public"}
    boto3.client("s3control", "us-east-1").put_public_access_block(
        AccountId=ACCOUNT, PublicAccessBlockConfiguration=ON
    )
    assert set(verdicts(audit(PublicAccess)).values()) == {"pass"}


def test_buckets_of_every_region_are_judged(aws):
    client = boto3.client("s3", "eu-west-1")
    place = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    live_bucket(client, "far-away", **place)
    client.put_public_access_block(Bucket="far-away", PublicAccessBlockConfiguration=ON)
    assert verdicts(audit(PublicAccess)) == {"far-away": "pass"}
