"""Lambda functions and SNS topics."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.query import JSON
from auditor.recording.recordable import Fold, Recordable, the, whole
from probes.aws import lambda_, sns
from probes.recorded._documents import POLICY, names_only


def is_copy(function: Mapping[str, JSON]) -> bool:
    """Whether CloudFront made a function at its edge: it follows its master."""
    return bool(function.get("MasterArn"))


def variable_names(environment: object) -> JSON:
    """The names of the variables; nothing where Lambda could not decrypt them."""
    return names_only(environment.get("Variables")) if isinstance(environment, Mapping) else None


FUNCTION = Recordable(
    lambda_.FUNCTIONS,
    keeps=(
        "Runtime", "Role", "Handler", "Description", "Timeout", "MemorySize", "CodeSha256",
        "VpcConfig", "DeadLetterConfig", "Environment", "KMSKeyArn", "TracingConfig", "Layers",
        "FileSystemConfigs", "PackageType", "ImageConfigResponse", "Architectures",
        "EphemeralStorage", "SnapStart", "LoggingConfig", "TenancyConfig",
        "CapacityProviderConfig", "DurableConfig", "AcceleratorConfig",
    ),
    leaves=(
        "FunctionName", "FunctionArn", "CodeSize", "LastModified", "Version", "RevisionId", "State",
        "StateReason", "StateReasonCode", "LastUpdateStatus", "LastUpdateStatusReason",
        "LastUpdateStatusReasonCode", "SigningProfileVersionArn", "SigningJobArn", "MasterArn",
        "RuntimeVersionConfig", "ConfigSha256", "RuntimeConfig",
    ),
    reduced={"Environment": variable_names},
    volatile={
        "Layers.CodeSize", "Layers.SigningProfileVersionArn", "Layers.SigningJobArn",
        "SnapStart.OptimizationStatus", "ImageConfigResponse.Error",
    },
    ordered={"Layers", "ImageConfigResponse.ImageConfig.EntryPoint",
             "ImageConfigResponse.ImageConfig.Command"},
    folds=(Fold("Policy", lambda_.POLICY, the("Policy")),),
    rules={"Policy": POLICY},
    names={
        "CodeSha256": "Code",
        "Policy": "AWS::Lambda::Permission",
        "Policy.Statement": ".",
        "Policy.Version": "",
        "KMSKeyArn": "KmsKeyArn",
        "ImageConfigResponse": "ImageConfig",
        "ImageConfigResponse.ImageConfig": ".",
        "AcceleratorConfig": "",
        "VpcConfig.VpcId": "",
    },
    skips=is_copy,
    looks=("MasterArn",),
)  # fmt: skip
_TOPIC = (
    "DisplayName", "KmsMasterKeyId", "Policy", "DeliveryPolicy", "FifoTopic",
    "ContentBasedDeduplication", "SignatureVersion", "TracingConfig", "ArchivePolicy",
    "FifoThroughputScope",
)  # fmt: skip
_ATTRIBUTES = whole(sns.ATTRIBUTES, *_TOPIC)
TOPIC = Recordable(
    sns.TOPICS,
    keeps=(),
    leaves=("TopicArn",),
    folds=tuple(Fold(name, _ATTRIBUTES, the(name)) for name in _TOPIC),
    rules={"Policy": POLICY},
    names={"DeliveryPolicy": "", "Policy": "AWS::SNS::TopicPolicy.PolicyDocument"},
)
