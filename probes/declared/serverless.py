"""Lambda functions and SNS topics."""

from __future__ import annotations

import json
from collections.abc import Mapping

from auditor.drift.declarable import Beside, Declarable, NotComparable, Property
from auditor.query import JSON
from probes.declared._by_aws import is_default_of_topic, statements_of
from probes.declared._words import each_as, key, names_of, same, text, under
from probes.recorded import serverless


def topic_policy(properties: Mapping[str, JSON]) -> JSON:
    """The policy on topics."""
    return properties.get("PolicyDocument")


def full_name(value: JSON) -> JSON:
    """A role by its ARN, as the API tells it."""
    if not text(value).startswith("arn:"):
        raise NotComparable("it is no ARN")
    return value


def archived(value: JSON) -> JSON:
    """For how long messages are kept: SNS has it as a text of JSON, a template also as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise NotComparable("it is no JSON") from None


FUNCTION = Declarable(
    serverless.FUNCTION,
    (
        *same(
            "Runtime", "Handler", "Description", "Timeout", "MemorySize", "VpcConfig",
            "DeadLetterConfig", "TracingConfig", "FileSystemConfigs", "PackageType",
            "Architectures", "EphemeralStorage", "SnapStart", "LoggingConfig", "TenancyConfig",
            "CapacityProviderConfig", "DurableConfig",
        ),
        Property("Role", taken=full_name),
        Property("Environment", bare=names_of("Variables")),
        Property("Layers", taken=each_as("Arn")),
        Property("ImageConfig", "ImageConfigResponse", taken=under("ImageConfig")),
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
        Property("ArchivePolicy", taken=archived, seen=archived),
    ),
    beside=(Beside("AWS::SNS::TopicPolicy", "Topics", "Policy", topic_policy, strict=True),),
    silent={"TopicName"},
    # Beyond SNS's own statement only people, and consoles for them, let somebody in.
    none={"Policy"},
    by_aws={"Policy": statements_of(is_default_of_topic)},
)  # fmt: skip
