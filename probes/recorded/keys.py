"""KMS keys and Secrets Manager's secrets: policies, rotation, aliases; never what is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping

from auditor.query import JSON
from auditor.recording.recordable import Fold, Recordable, each, the, whole
from probes.aws import kms, secretsmanager
from probes.recorded._documents import POLICY


def is_of_aws(metadata: Mapping[str, JSON]) -> bool:
    """Whether AWS manages a key: nobody else can change it."""
    return metadata.get("KeyManager") == "AWS"


def is_of_a_service(grant: Mapping[str, JSON]) -> bool:
    """Whether an AWS service made a grant for work of its own, and retires it.

    It stands there as principal by its name, where others can only enter ARNs (API reference,
    `CreateGrant`), or lets its own machines in, whose sessions are called `aws:...` (EBS guide).
    """
    named = (str(grant.get(field) or "") for field in ("GranteePrincipal", "RetiringPrincipal"))
    return any(_SERVICE.search(name) for name in named)


def granted(grants: list[JSON]) -> JSON:
    """Grants by what they say: their ids and times change where they are made again."""
    said = ({name: grant.get(name) for name in _GRANT} for grant in grants)
    return [grant for grant in said if not is_of_a_service(grant)]


_SERVICE = re.compile(r"^(?!arn:).*\.amazonaws\.com(\.cn)?$|:assumed-role/aws:")
_GRANT = (
    "Name", "GranteePrincipal", "GranteeServicePrincipal", "RetiringPrincipal",
    "RetiringServicePrincipal", "IssuingAccount", "Operations", "Constraints",
)  # fmt: skip
_GRANTS = whole(kms.GRANTS, *_GRANT)
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
        Fold("Grants", _GRANTS, granted),
        Fold("Aliases", kms.ALIASES, each("AliasName"), (kms.target_of, "KeyId")),
    ),
    rules={"KeyPolicy": POLICY},
    names={
        "KeyRotationEnabled": "EnableKeyRotation",
        "Aliases": "AWS::KMS::Alias",
        "Grants": "",
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
        "ExternalSecretRotationMetadata": "",
        "ExternalSecretRotationRoleArn": "",
        "OwningService": "",
        "PrimaryRegion": "",
    },
    skips=lambda secret: bool(secret.get("DeletedDate")),
    looks=("DeletedDate",),
)  # fmt: skip
