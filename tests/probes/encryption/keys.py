"""Keys in AWS's own words, for the tests of this concern."""

import json

from probes.aws import kms

ACCOUNT, OTHER = "123456789012", "210987654321"
ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{ID}"
KEYS = [{"KeyId": ID, "KeyArn": ARN}]
ROOT = {
    "Sid": "Administration",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "kms:*",
    "Resource": "*",
}


def allow(principal, *actions, condition=None, **more):
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": list(actions) or ["kms:Decrypt"],
        "Resource": "*",
        **more,
    }
    return {**statement, "Condition": condition} if condition else statement


def policy(*statements):
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return {"PolicyName": "default", "Policy": json.dumps(document)}


def metadata(**changes):
    return {
        "AWSAccountId": ACCOUNT,
        "KeyId": ID,
        "Arn": ARN,
        "Enabled": True,
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": "Enabled",
        "KeyManager": "CUSTOMER",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "Origin": "AWS_KMS",
        "MultiRegion": False,
        **changes,
    }


def key(*statements, **changes):
    """The answers for one key with these statements beside that of the account's root."""
    return {
        kms.KEYS: KEYS,
        kms.METADATA: {ARN: metadata(**changes)},
        kms.POLICY: {ARN: policy(ROOT, *statements)},
    }
