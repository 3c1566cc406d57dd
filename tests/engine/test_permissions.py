"""The policy that `auditor permissions` prints is what a scan takes: no less, and no more."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError

from auditor.catalogue import load, needed
from auditor.clients import Clients
from auditor.collect import collect
from auditor.permissions import actions_for, policies
from auditor.session import open_account

PROBES = load()
QUERIES = needed(PROBES)
REGIONS = ["us-east-1", "eu-central-1"]

MOTO_CHECKS_AS = {"cloudwatch": "monitoring", "tag": "tagging", "logs": "logs"}
"""moto takes the service of an action from the signature, not from IAM's name for it."""

MOTO_CALLS = dict.fromkeys(
    (
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetEncryptionConfiguration",
    ),
    "s3:ListBucket",
)
"""moto takes what it does not know of a bucket for a listing of its objects."""

MOTO_CANNOT_TELL = {"lambda", "cloudfront", "s3control"}
"""Services whose signatures moto's enforcement does not accept, whatever the policy."""


def as_moto_checks(action: str) -> str:
    if action in MOTO_CALLS:
        return MOTO_CALLS[action]
    service, _, name = action.partition(":")
    return f"{MOTO_CHECKS_AS.get(service, service)}:{name}"


@pytest.fixture
def auditor_role(aws):
    """Credentials of a role that has the printed policies and nothing else."""
    from auditor.demo.account import build
    from auditor.demo.stories import SHOP

    build(built=SHOP.both)
    iam = boto3.client("iam", "us-east-1")
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
    iam.create_role(RoleName="Audit", AssumeRolePolicyDocument=json.dumps(trust))
    actions = sorted({as_moto_checks(action) for action in actions_for(QUERIES)})
    for number, document in enumerate(policies(actions)):
        iam.put_role_policy(
            RoleName="Audit", PolicyName=f"audit-{number}", PolicyDocument=json.dumps(document)
        )
    arn = "arn:aws:iam::123456789012:role/Audit"
    return boto3.client("sts").assume_role(RoleArn=arn, RoleSessionName="audit")["Credentials"]


def test_the_printed_policy_lets_a_scan_run_without_a_refusal(auditor_role, monkeypatch):
    from moto.core.authorization import enable_iam_authentication

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", auditor_role["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", auditor_role["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", auditor_role["SessionToken"])
    told = [query for query in QUERIES if query.service not in MOTO_CANNOT_TELL]
    clients = Clients(None, frozenset(query.operation for query in QUERIES), threads=2)
    with enable_iam_authentication():
        account = open_account(clients, REGIONS)
        assert account.unlisted is None
        inventory = collect(account, [q for q in told if not untold_parents(q)])
        own = boto3.Session(
            auditor_role["AccessKeyId"],
            auditor_role["SecretAccessKey"],
            auditor_role["SessionToken"],
        )
        with pytest.raises(ClientError, match=r"not authorized"):
            own.client("ec2", "us-east-1").create_vpc(CidrBlock="10.0.0.0/16")
    clients.close()
    refused = {
        (answer.refusal.operation, answer.refusal.code, answer.refusal.message)
        for answers in inventory.answers.values()
        for answer in answers.values()
        if answer.refusal
    }
    assert refused == set()


def untold_parents(query):
    """Whether a query hangs on one that moto cannot tell about."""
    return any(p.service in MOTO_CANNOT_TELL or untold_parents(p) for p in query.parents)


def test_a_scan_makes_every_call_of_the_policy_and_no_other(aws):
    from auditor.demo.account import build
    from auditor.demo.stories import SHOP

    build(built=SHOP.both)
    made = set()

    def note(model, **_):
        made.add(f"{model.service_model.service_name}:{model.name}")

    clients = Clients(None, frozenset(query.operation for query in QUERIES), threads=2)
    clients.session.get_component("event_emitter").register("before-call", note)
    collect(open_account(clients, REGIONS), QUERIES)
    clients.close()
    expected = {query.operation for query in QUERIES}
    assert made == expected | {"sts:GetCallerIdentity", "ec2:DescribeRegions"}
