"""The operations on KMS keys: their names, what they need of a key, and who asks for which.

Sources: KMS API model; KMS Developer Guide, "Key states of KMS keys" and "KMS permissions".
"""

from collections.abc import Iterable

from probes.analysis.wildcards import matches

USAGES = {
    "ENCRYPT_DECRYPT": frozenset(
        {
            "Decrypt",
            "Encrypt",
            "GenerateDataKey",
            "GenerateDataKeyPair",
            "GenerateDataKeyPairWithoutPlaintext",
            "GenerateDataKeyWithoutPlaintext",
            "ReEncryptFrom",
            "ReEncryptTo",
        }
    ),
    "SIGN_VERIFY": frozenset({"Sign", "Verify"}),
    "GENERATE_VERIFY_MAC": frozenset({"GenerateMac", "VerifyMac"}),
    "KEY_AGREEMENT": frozenset({"DeriveSharedSecret"}),
    "ENCAPSULATE_DECAPSULATE": frozenset({"Decapsulate", "Encapsulate"}),
}
"""The cryptographic operations by the usage of the key that they need."""

_MANAGEMENT = frozenset(
    {
        "CancelKeyDeletion",
        "CreateAlias",
        "CreateGrant",
        "DeleteAlias",
        "DeleteImportedKeyMaterial",
        "DescribeKey",
        "DisableKey",
        "DisableKeyRotation",
        "EnableKey",
        "EnableKeyRotation",
        "GetKeyPolicy",
        "GetKeyRotationStatus",
        "GetParametersForImport",
        "GetPublicKey",
        "ImportKeyMaterial",
        "ListGrants",
        "ListKeyPolicies",
        "ListKeyRotations",
        "ListResourceTags",
        "PutKeyPolicy",
        "ReplicateKey",
        "RetireGrant",
        "RevokeGrant",
        "RotateKeyOnDemand",
        "ScheduleKeyDeletion",
        "TagResource",
        "UntagResource",
        "UpdateAlias",
        "UpdateKeyDescription",
        "UpdatePrimaryRegion",
    }
)

OPERATIONS = _MANAGEMENT.union(*USAGES.values())
"""Every permission on a key, without the prefix `kms:`."""

SYMMETRIC_ONLY = frozenset(name for name in OPERATIONS if name.startswith("GenerateDataKey"))
ON_GRANTS = frozenset({"CreateGrant", "ListGrants", "RevokeGrant"})
"""The operations that carry `kms:GrantIsForAWSResource`."""

CONTEXT_FREE = _MANAGEMENT - {"CreateGrant"}
"""The operations to which constraints on the encryption context do not apply."""

BLOCKED_STATES = frozenset(
    {
        "Creating",
        "Disabled",
        "PendingDeletion",
        "PendingImport",
        "PendingReplicaDeletion",
        "Unavailable",
    }
)
USABLE_STATES = frozenset({"Enabled", "Updating"})
"""While the primary region is `Updating`, cryptographic operations go on."""

VOLUME_OPERATIONS = (
    "Encrypt",
    "Decrypt",
    "ReEncryptFrom",
    "ReEncryptTo",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "DescribeKey",
    "CreateGrant",
)
"""What the service-linked role of Auto Scaling needs for encrypted volumes.

Source: EC2 Auto Scaling User Guide, "Required KMS key policy for use with encrypted volumes".
"""


def needed_usage(operation: str) -> str | None:
    """The key usage that an operation needs; None for one that any key serves."""
    return next((usage for usage, served in USAGES.items() if operation in served), None)


def expanded(operations: Iterable[str]) -> tuple[str, ...]:
    """The operations that names and patterns stand for, each once, without `kms:`.

    Case does not matter. A name that is not known, or a pattern of none, stands for itself.
    """
    read: dict[str, None] = {}
    for given in operations:
        prefix, _, rest = given.rpartition(":")
        name = rest if prefix.lower() == "kms" else given
        pattern = name.lower()
        known = sorted(known for known in OPERATIONS if matches(pattern, known.lower()))
        read.update(dict.fromkeys(known or [name]))
    return tuple(read)
