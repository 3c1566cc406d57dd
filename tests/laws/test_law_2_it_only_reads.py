"""The guard lets through the queries of the catalogue and what finding out who we are takes."""

import re

import boto3
import pytest

from auditor.catalogue import known_queries, load, recordables
from auditor.clients import CREDENTIAL_CALLS, REGIONS_CALL, Clients, Forbidden, signing

QUERIES = known_queries(load(), recordables()).values()
READS = re.compile(r"^(List|Describe|Get|BatchGet|Search)[A-Z]")
HANDS_OUT = frozenset(
    {
        "secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue",
        "secretsmanager:GetRandomPassword", "ssm:GetParameter", "ssm:GetParameters",
        "ssm:GetParametersByPath", "ssm:GetParameterHistory", "s3:GetObject", "s3:GetObjectTorrent",
        "lambda:GetFunction", "lambda:GetLayerVersion", "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer", "ec2:GetPasswordData", "ec2:GetConsoleOutput",
        "ec2:GetConsoleScreenshot", "rds:DownloadDBLogFilePortion", "sts:GetSessionToken",
        "sts:GetFederationToken", "codeartifact:GetAuthorizationToken", "redshift:GetClusterCredentials",
        "cognito-identity:GetCredentialsForIdentity", "logs:GetLogEvents", "dynamodb:GetItem",
        "dynamodb:BatchGetItem", "kms:GetParametersForImport", "sso:GetRoleCredentials",
        "s3:ListObjects", "sqs:ReceiveMessage",
    }
)  # fmt: skip


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.id)
def test_a_query_names_a_read_that_hands_out_nothing_secret(query):
    assert READS.match(query.call)
    assert query.operation not in HANDS_OUT


@pytest.fixture
def clients(credentials):
    made = Clients(None, frozenset({"kms:ListKeys"}), threads=1)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("service", "method", "parameters"),
    [
        ("kms", "schedule_key_deletion", {"KeyId": "k"}),
        ("kms", "describe_key", {"KeyId": "k"}),
        ("secretsmanager", "get_secret_value", {"SecretId": "s"}),
        ("s3", "get_object", {"Bucket": "b", "Key": "k"}),
        ("ec2", "terminate_instances", {"InstanceIds": ["i-1"]}),
    ],
)
def test_the_guard_stops_any_other_call_before_it_leaves(clients, service, method, parameters):
    client = clients.client(service, "us-east-1")
    with pytest.raises(Forbidden, match="read-only guard"):
        getattr(client, method)(**parameters)


def test_the_guard_lets_a_query_through(clients, aws):
    session = boto3.Session()
    with signing(session.get_credentials()):
        assert clients.client("kms", "us-east-1").list_keys()["Keys"] == []


def test_the_exceptions_are_the_named_ones():
    assert {*CREDENTIAL_CALLS, REGIONS_CALL} == {
        "sts:GetCallerIdentity",
        "sts:AssumeRole",
        "sts:AssumeRoleWithWebIdentity",
        "sso:GetRoleCredentials",
        "sso-oidc:CreateToken",
        "signin:CreateOAuth2Token",
        "ec2:DescribeRegions",
    }
