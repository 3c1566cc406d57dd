"""Lambda functions and SNS topics."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.declaring import Beside, Declarable, NotComparable, Property
from auditor.query import JSON
from probes.declared._words import each_as, key, names_of, same, text
from probes.recorded import serverless


def topic_policy(properties: Mapping[str, JSON]) -> JSON:
    """The policy on topics."""
    return properties.get("PolicyDocument")


def full_name(value: JSON) -> JSON:
    """A role by its ARN, as the API tells it."""
    if not text(value).startswith("arn:"):
        raise NotComparable("it is no ARN")
    return value


FUNCTION = Declarable(
    serverless.FUNCTION,
    (
        *same(
            "Runtime", "Handler", "Description", "Timeout", "MemorySize", "VpcConfig",
            "DeadLetterConfig", "TracingConfig", "FileSystemConfigs", "PackageType",
            "Architectures", "EphemeralStorage", "SnapStart", "LoggingConfig",
        ),
        Property("Role", taken=full_name),
        Property("Environment", bare=names_of("Variables")),
        Property("Layers", taken=each_as("Arn")),
        key("KmsKeyArn", "KMSKeyArn"),
    ),
    silent={"FunctionName"},
)  # fmt: skip
TOPIC = Declarable(
    serverless.TOPIC,
    (
        *same(
            "DisplayName", "FifoTopic", "ContentBasedDeduplication", "SignatureVersion",
            "TracingConfig", "FifoThroughputScope",
        ),
        key("KmsMasterKeyId"),
    ),
    beside=(Beside("AWS::SNS::TopicPolicy", "Topics", "Policy", topic_policy, strict=True),),
    silent={"TopicName"},
)  # fmt: skip
