"""KMS keys and Secrets Manager's secrets."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.drift.declarable import Beside, Declarable, NotComparable, Property
from auditor.query import JSON
from probes.declared._by_aws import is_default_of_key, is_of_kafka, statements_of
from probes.declared._words import key, same
from probes.recorded import keys


def alias(properties: Mapping[str, JSON]) -> JSON:
    """An alias as one of its key."""
    return [properties["AliasName"]] if "AliasName" in properties else []


def secret_policy(properties: Mapping[str, JSON]) -> JSON:
    """The policy on a secret."""
    return properties.get("ResourcePolicy")


def rotated(properties: Mapping[str, JSON]) -> JSON:
    """Whether a secret is rotated: where a schedule says how often."""
    return True if properties.get("RotationRules") else None


def schedule(properties: Mapping[str, JSON]) -> JSON:
    """How often a secret is rotated."""
    return properties.get("RotationRules")


def rotator(properties: Mapping[str, JSON]) -> JSON:
    """The function that rotates a secret, by its ARN."""
    function = properties.get("RotationLambdaARN")
    if function is not None and not str(function).startswith("arn:"):
        message = "it is no ARN"
        raise NotComparable(message)
    return function


_SCHEDULE = "AWS::SecretsManager::RotationSchedule"
KEY = Declarable(
    keys.KEY,
    (
        *same("Enabled", "Description", "KeyUsage", "Origin", "KeySpec", "MultiRegion"),
        Property("KeyPolicy", strict=True),
        Property("EnableKeyRotation", "KeyRotationEnabled"),
        Property("RotationPeriodInDays"),
    ),
    beside=(Beside("AWS::KMS::Alias", "TargetKeyId", "Aliases", alias),),
    only_named={"Aliases"},
    # Nobody but its owner changes a key's policy: services are given grants.
    none={"KeyPolicy"},
    by_aws={"KeyPolicy": statements_of(is_default_of_key)},
    silent={"PendingWindowInDays", "BypassPolicyLockoutSafetyCheck"},
)
SECRET = Declarable(
    keys.SECRET,
    (Property("Description"), key("KmsKeyId")),
    beside=(
        Beside(
            "AWS::SecretsManager::ResourcePolicy",
            "SecretId",
            "ResourcePolicy",
            secret_policy,
            strict=True,
        ),
        Beside(_SCHEDULE, "SecretId", "RotationEnabled", rotated),
        Beside(_SCHEDULE, "SecretId", "RotationRules", schedule),
        Beside(_SCHEDULE, "SecretId", "RotationLambdaARN", rotator),
    ),
    silent={"Name", "SecretString", "GenerateSecretString", "ReplicaRegions"},
    # A secret has no policy until it is given one; of services only MSK does that.
    none={"ResourcePolicy"},
    by_aws={"ResourcePolicy": statements_of(is_of_kafka)},
)
