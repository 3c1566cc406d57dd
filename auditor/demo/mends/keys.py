"""KMS keys, secrets and the functions that rotate them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from moto.core.utils import unix_time, utcnow
from moto.kms.utils import RESERVED_ALIASE_TARGET_KEY_IDS, RESERVED_ALIASES

from auditor.demo.exchange import Answer, Exchange, Mend, NoSuchThing

_FUNCTION_FIELDS = ("DeadLetterConfig", "LoggingConfig")


def know_more_aliases() -> None:
    """Teach moto the aliases of AWS managed keys that it lacks."""
    for service in ("sns", "sqs"):
        alias = f"alias/aws/{service}"
        if alias not in RESERVED_ALIASES:
            RESERVED_ALIASES.append(alias)
            RESERVED_ALIASE_TARGET_KEY_IDS[alias] = str(uuid5(NAMESPACE_URL, alias))


def _key(exchange: Exchange) -> Any:
    kms = exchange.backend("kms")
    try:
        return kms.describe_key(kms.get_key_id(exchange.params["KeyId"]))
    except KeyError as unknown:
        key = exchange.params["KeyId"]
        raise NoSuchThing("NotFoundException", f"Key '{key}' does not exist") from unknown


def _aws_alias(key: Any) -> str:
    """The service of an AWS managed key, by its alias `alias/aws/SERVICE`; empty for others."""
    names = [name for name in key.aliases if name.startswith("alias/aws/")]
    return names[0].rpartition("/")[2] if names else ""


def _metadata(exchange: Exchange, answer: dict[str, Any]) -> None:
    if _aws_alias(_key(exchange)):
        answer["KeyMetadata"]["KeyManager"] = "AWS"


def _key_policy(exchange: Exchange) -> dict[str, Any]:
    """Without a name, `default` is meant (API GetKeyPolicy); AWS's keys have AWS's policy."""
    key, name = _key(exchange), exchange.params.get("PolicyName", "default")
    if name != "default":
        raise NoSuchThing("NotFoundException", "No such policy exists")
    service = _aws_alias(key)
    policy = _managed_key_policy(service, key) if service else key.policy
    return {"Policy": policy, "PolicyName": name}


def _managed_key_policy(service: str, key: Any) -> str:
    """The policy of an AWS managed key: any caller of the account, through the service alone."""
    via = f"{'ec2' if service == 'ebs' else service}.{key.region}.amazonaws.com"
    through = {"StringEquals": {"kms:CallerAccount": key.account_id, "kms:ViaService": via}}
    use = ["Encrypt", "Decrypt", "ReEncrypt*", "GenerateDataKey*", "CreateGrant", "DescribeKey"]
    read = ["Describe*", "Get*", "List*", "RevokeGrant"]
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Id": f"auto-{service}-2",
            "Statement": [
                {
                    "Sid": f"Allow access through {service} for all principals in the account",
                    "Effect": "Allow",
                    "Principal": {"AWS": "*"},
                    "Action": [f"kms:{action}" for action in use],
                    "Resource": "*",
                    "Condition": through,
                },
                {
                    "Sid": "Allow direct access to key metadata to the account",
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{key.account_id}:root"},
                    "Action": [f"kms:{action}" for action in read],
                    "Resource": "*",
                },
            ],
        }
    )


def _enable_rotation(exchange: Exchange, _: dict[str, Any]) -> None:
    period = exchange.params.get("RotationPeriodInDays", 365)
    exchange.memory("kms", "periods")[_key(exchange).id] = period


def _rotation(exchange: Exchange, answer: dict[str, Any]) -> None:
    """The period is told while rotation is on (API GetKeyRotationStatus)."""
    key = _key(exchange)
    answer["KeyId"] = key.arn
    if _aws_alias(key):
        answer["KeyRotationEnabled"] = True
    answer.pop("RotationPeriodInDays", None)
    if answer.get("KeyRotationEnabled"):
        period = exchange.memory("kms", "periods").get(key.id, 365)
        answer["RotationPeriodInDays"] = period
        answer["NextRotationDate"] = utcnow() + timedelta(days=period)


def _rotate_secret(exchange: Exchange) -> dict[str, Any]:
    """Take the schedule and report a rotation done, without running the function anywhere."""
    params = exchange.params
    secrets = exchange.backend("secretsmanager").secrets
    secret = secrets.get(params["SecretId"])
    if secret is None:
        raise NoSuchThing("ResourceNotFoundException", "Secrets Manager can't find the secret.")
    rules = dict(params.get("RotationRules", {}))
    now = int(unix_time())
    secret.rotation_requested = secret.rotation_enabled = True
    secret.rotation_lambda_arn = params.get("RotationLambdaARN", secret.rotation_lambda_arn)
    secret.auto_rotate_after_days = rules.get("AutomaticallyAfterDays", 0)
    secret.next_rotation_date = now + rules.get("AutomaticallyAfterDays", 1) * 86400
    if params.get("RotateImmediately", True):
        secret.last_rotation_date = now
    exchange.memory("secretsmanager", "rules")[secret.arn] = rules
    return {"ARN": secret.arn, "Name": secret.name}


def _secrets(exchange: Exchange, answer: dict[str, Any]) -> None:
    for secret in answer.get("SecretList", ()):
        _mend_rotation(exchange, secret)


def _mend_rotation(exchange: Exchange, secret: dict[str, Any]) -> None:
    """Moto keeps the days of a schedule and nothing else of it."""
    rules = exchange.memory("secretsmanager", "rules").get(secret["ARN"])
    if rules is not None:
        secret["RotationRules"] = dict(rules)
    if not secret.get("RotationLambdaARN"):
        secret.pop("RotationLambdaARN", None)


def _keep_function(exchange: Exchange, answer: dict[str, Any]) -> None:
    given = {name: exchange.params[name] for name in _FUNCTION_FIELDS if name in exchange.params}
    exchange.memory("lambda", "functions")[exchange.params["FunctionName"]] = given
    _mend_function(exchange, answer)


def _functions(exchange: Exchange, answer: dict[str, Any]) -> None:
    for function in answer.get("Functions", ()):
        _mend_function(exchange, function)


def _mend_function(exchange: Exchange, function: dict[str, Any]) -> None:
    """Where a function logs is always told; its VPC is the one of its subnets."""
    name = function["FunctionName"]
    function["LoggingConfig"] = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"}
    function.update(exchange.memory("lambda", "functions").get(name, {}))
    subnets = function.get("VpcConfig", {}).get("SubnetIds", [])
    if subnets:
        function["VpcConfig"]["VpcId"] = exchange.backend("ec2").get_subnet(subnets[0]).vpc_id
    else:
        function.pop("VpcConfig", None)


ANSWERS: Mapping[str, Answer] = {
    "kms:GetKeyPolicy": _key_policy,
    "secretsmanager:RotateSecret": _rotate_secret,
}
MENDS: Mapping[str, Mend] = {
    "kms:DescribeKey": _metadata,
    "kms:EnableKeyRotation": _enable_rotation,
    "kms:GetKeyRotationStatus": _rotation,
    "lambda:CreateFunction": _keep_function,
    "lambda:GetFunctionConfiguration": _mend_function,
    "lambda:ListFunctions": _functions,
    "secretsmanager:DescribeSecret": _mend_rotation,
    "secretsmanager:ListSecrets": _secrets,
}
