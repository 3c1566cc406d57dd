"""KMS keys and Secrets Manager's secrets."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.declaring import Beside, Declarable, Property
from auditor.query import JSON
from probes.declared._words import key, same
from probes.recorded import keys


def alias(properties: Mapping[str, JSON]) -> JSON:
    """An alias as one of its key."""
    return [properties["AliasName"]] if "AliasName" in properties else []


def secret_policy(properties: Mapping[str, JSON]) -> JSON:
    """The policy on a secret."""
    return properties.get("ResourcePolicy")


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
    ),
    silent={"Name", "SecretString", "GenerateSecretString", "ReplicaRegions"},
)
