import boto3
import pytest

from probes.aws import lambda_
from probes.serverless.memory import Memory
from tests.kit import Case, audit, check_case, verdicts
from tests.probes.serverless.made import IMAGE, REPLICA, function, live, live_role

PROBE = Memory()


def answers(**changes):
    return {lambda_.FUNCTIONS: [function(**changes)]}


CASES = [
    Case("enough", answers(), "pass"),
    Case("more than enough", answers(MemorySize=1024), "pass"),
    Case(
        "too little",
        answers(MemorySize=128),
        "drift",
        "little-memory",
        severity="low",
        expected=256,
        found=128,
    ),
    Case("Lambda's default", answers(MemorySize=None), "drift", found=128),
    Case("an image", answers(MemorySize=128, **IMAGE), "drift"),
    Case("little is enough", answers(MemorySize=128), "pass", settings={"min_memory_mb": 128}),
    Case(
        "what the CDK brings along",
        answers(MemorySize=128, FunctionName="shop-CustomS3AutoDeleteObjectsCustomResourceP-Ab1"),
        "not_applicable",
        "helper",
    ),
    Case(
        "what the CDK brings along, and the baseline asks it, too",
        answers(MemorySize=128, FunctionName="shop-CustomS3AutoDeleteObjectsCustomResourceP-Ab1"),
        "drift",
        settings={"helpers": {"names": []}},
    ),
    Case("a copy at the edge", answers(MemorySize=128, **REPLICA), "not_applicable", "replica"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client, role = boto3.client("lambda", "us-east-1"), live_role(boto3.client("iam"))
    live(client, role, "small", MemorySize=128)
    live(client, role, "large", MemorySize=512)
    found = audit(Memory)
    assert verdicts(found) == {"small": "drift", "large": "pass"}
    [fix] = [finding.fix for finding in found if finding.fix]
    assert "--memory-size 256" in fix.cli
