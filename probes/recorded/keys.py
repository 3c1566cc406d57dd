"""KMS keys and Secrets Manager's secrets: policies, rotation, aliases; never what is kept."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.query import JSON
from auditor.recording import Fold, Recordable, each, the, whole
from probes.aws import kms, secretsmanager
from probes.recorded._documents import POLICY


def is_of_aws(metadata: Mapping[str, JSON]) -> bool:
    """Whether AWS manages a key: nobody else can change it."""
    return metadata.get("KeyManager") == "AWS"


_ROTATION = whole(kms.ROTATION, "KeyRotationEnabled", "RotationPeriodInDays")
KEY = Recordable(
    kms.METADATA,
    keeps=(
        "Enabled", "Description", "KeyUsage", "Origin", "CustomKeyStoreId", "KeySpec",
        "MultiRegion", "MultiRegionConfiguration", "XksKeyConfiguration",
    ),
    leaves=(
        "AWSAccountId", "KeyId", "Arn", "CreationDate", "KeyState", "DeletionDate", "ValidTo",
        "CloudHsmClusterId", "ExpirationModel", "KeyManager", "CustomerMasterKeySpec",
        "EncryptionAlgorithms", "SigningAlgorithms", "KeyAgreementAlgorithms",
        "EncapsulationAlgorithms", "PendingDeletionWindowInDays", "MacAlgorithms",
        "CurrentKeyMaterialId",
    ),
    folds=(
        Fold("KeyPolicy", kms.POLICY, the("Policy")),
        Fold("KeyRotationEnabled", _ROTATION, the("KeyRotationEnabled")),
        Fold("RotationPeriodInDays", _ROTATION, the("RotationPeriodInDays")),
        Fold("Aliases", kms.ALIASES, each("AliasName"), (kms.target_of, "KeyId")),
    ),
    rules={"KeyPolicy": POLICY},
    names={
        "KeyRotationEnabled": "EnableKeyRotation",
        "Aliases": "AWS::KMS::Alias",
        "MultiRegionConfiguration": "",
        "CustomKeyStoreId": "",
        "XksKeyConfiguration": "",
    },
    skips=is_of_aws,
    looks=("KeyManager",),
)  # fmt: skip
SECRET = Recordable(
    secretsmanager.SECRETS,
    keeps=(
        "Type", "Description", "KmsKeyId", "RotationEnabled", "RotationLambdaARN", "RotationRules",
        "ExternalSecretRotationMetadata", "ExternalSecretRotationRoleArn", "OwningService",
        "PrimaryRegion",
    ),
    leaves=(
        "ARN", "Name", "LastRotatedDate", "LastChangedDate", "LastAccessedDate", "DeletedDate",
        "NextRotationDate", "SecretVersionsToStages", "CreatedDate",
    ),
    folds=(Fold("ResourcePolicy", secretsmanager.POLICY, the("ResourcePolicy")),),
    rules={"ResourcePolicy": POLICY},
    names={
        "RotationEnabled": "AWS::SecretsManager::RotationSchedule",
        "RotationLambdaARN": "AWS::SecretsManager::RotationSchedule.RotationLambdaARN",
        "RotationRules": "AWS::SecretsManager::RotationSchedule.RotationRules",
        "ResourcePolicy": "AWS::SecretsManager::ResourcePolicy.ResourcePolicy",
        "OwningService": "",
        "PrimaryRegion": "",
    },
    skips=lambda secret: bool(secret.get("DeletedDate")),
    looks=("DeletedDate",),
)  # fmt: skip
