import json

import boto3
import pytest

from probes.aws import ecr
from probes.containers.image_lifecycle import ImageLifecycle
from tests.kit import Absent, Case, Refused, audit, check_case, findings_of, verdicts

PROBE = ImageLifecycle()
POLICY = {"lifecyclePolicyText": json.dumps({"rules": [{"rulePriority": 1}]})}
NONE = Absent("LifecyclePolicyNotFoundException")


def repository(policy, name="web", *prefixes):
    arn = f"arn:aws:ecr:us-east-1:123456789012:repository/{name}"
    return {
        ecr.REPOSITORIES: [{"repositoryArn": arn, "repositoryName": name}],
        ecr.LIFECYCLE_POLICY: {arn: policy},
        ecr.CACHE_RULES: [{"ecrRepositoryPrefix": one} for one in prefixes],
    }


CASES = [
    Case("they expire", repository(POLICY), "pass"),
    Case("they never do", repository(NONE), "gap", "no-lifecycle", severity="low"),
    Case("refused", repository(Refused()), "unknown"),
    Case("filled by a cache", repository(NONE, "hub/redis", "hub"), "not_applicable",
         "pull-through-cache"),
    Case("named like a cache", repository(NONE, "hubris", "hub"), "gap"),
    Case("a cache for all", repository(NONE, "redis", "ROOT"), "not_applicable"),
    Case("a cache with a policy", repository(POLICY, "hub/redis", "hub"), "pass"),
    Case("of the CDK", repository(NONE, "cdk-x-container-assets-1-us-east-1"), "not_applicable"),
    Case("not asked for", repository(NONE), "not_applicable",
         settings={"lifecycle_policy": False}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_fix_is_a_policy_that_ecr_takes(aws):
    (finding,) = findings_of(PROBE, Case("x", repository(NONE), "gap"))
    text = finding.fix.cli.split("--lifecycle-policy-text ")[1].split("'")[1]
    client = boto3.client("ecr", "us-east-1")
    client.create_repository(repositoryName="web")
    client.put_lifecycle_policy(repositoryName="web", lifecyclePolicyText=text)
    assert verdicts(audit(ImageLifecycle)) == {"web": "pass"}


def test_on_an_account(aws):
    client = boto3.client("ecr", "us-east-1")
    for name in ("web", "hub/redis"):
        client.create_repository(repositoryName=name)
    client.create_pull_through_cache_rule(
        ecrRepositoryPrefix="hub", upstreamRegistryUrl="registry-1.docker.io"
    )
    assert verdicts(audit(ImageLifecycle)) == {"web": "gap", "hub/redis": "not_applicable"}
