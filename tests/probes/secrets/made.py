"""Roles, policies and names in AWS's own words, for the tests of this concern."""

import json

from probes.aws import kms

ACCOUNT = "123456789012"
SECRETS = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:"
SECRET = f"{SECRETS}shop/db-AbCdEf"
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEYS = f"arn:aws:kms:us-east-1:{ACCOUNT}"
KEY = f"{KEYS}:key/{KEY_ID}"


def allow(actions, resource="*", **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def deny(actions, resource="*", **more):
    return {**allow(actions, resource, **more), "Effect": "Deny"}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


UNTRUSTING = document()
DELEGATING = document(allow("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))


def role(*statements, name, trust=UNTRUSTING, attached=(), **more):
    return {
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "RoleName": name,
        "RoleId": "AROAEXAMPLEEXAMPLE12",
        "Path": "/",
        "AssumeRolePolicyDocument": trust,
        "RolePolicyList": [{"PolicyName": "inline", "PolicyDocument": document(*statements)}]
        if statements
        else [],
        "AttachedManagedPolicies": [
            {"PolicyName": a.rpartition("/")[2], "PolicyArn": a} for a in attached
        ],
        **more,
    }


def managed(arn, *statements):
    return {
        "Arn": arn,
        "PolicyName": arn.rpartition("/")[2],
        "PolicyVersionList": [{"Document": document(*statements), "IsDefaultVersion": True}],
    }


def key(policy, *, alias="alias/shop", grants=(), **changes):
    """The answers about the one key of an account."""
    named = {"AliasArn": f"{KEYS}:{alias}", "AliasName": alias, "TargetKeyId": KEY_ID}
    metadata = {"Arn": KEY, "AWSAccountId": ACCOUNT, "KeyState": "Enabled", **changes}
    return {
        kms.KEYS: [{"KeyArn": KEY, "KeyId": KEY_ID}],
        kms.ALIASES: [named],
        kms.METADATA: {KEY: metadata},
        kms.POLICY: {KEY: {"Policy": policy}},
        kms.GRANTS: {KEY: list(grants)},
    }
