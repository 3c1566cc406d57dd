"""Lambda functions and SNS topics."""

from __future__ import annotations

import json
from collections.abc import Mapping

from auditor.drift.declarable import REF, Beside, Declarable, NotComparable, Property
from auditor.query import JSON
from auditor.resources import Resource
from probes.analysis.template_functions import as_text
from probes.declared._by_aws import is_default_of_topic, statements_of
from probes.declared._words import each_as, key, names_of, same, text, under
from probes.recorded import serverless


def topic_policy(properties: Mapping[str, JSON]) -> JSON:
    """The policy on topics."""
    return properties.get("PolicyDocument")


_CONDITIONS = {
    "SourceArn": ("ArnLike", "AWS:SourceArn"),
    "SourceAccount": ("StringEquals", "AWS:SourceAccount"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
}
"""What a permission asks for besides, as Lambda writes it into the policy of the function.

Source: Lambda developer guide, "Using resource-based policies for Lambda", and API reference,
`AddPermission`.
"""


def permission(properties: Mapping[str, JSON]) -> JSON:
    """A permission as the statement that Lambda makes of it, without the function that it is on."""
    conditions: dict[str, dict[str, JSON]] = {}
    for name, value in properties.items():
        if name in _CONDITIONS:
            operator, asked = _CONDITIONS[name]
            conditions.setdefault(operator, {})[asked] = as_text(value)
        elif name not in {"Action", "Principal", REF}:
            raise NotComparable(f"{name} of a permission")
    statement = {
        "Effect": "Allow",
        "Principal": _principal(text(properties.get("Principal"))),
        "Action": text(properties.get("Action")),
    }
    more = {"Condition": conditions} if conditions else {}
    return {"Version": "2012-10-17", "Statement": [statement | more]}


def _principal(named: str) -> JSON:
    """Who is let in: everybody, a service, an account, or a user or role by its ARN."""
    if named == "*":
        return "*"
    is_service = not named.isdecimal() and not named.startswith("arn:")
    return {"Service" if is_service else "AWS": named}


def of_itself(found: JSON, declared: JSON, resource: Resource) -> JSON:
    """The policy of a function without the function, which each statement of it is on."""
    del declared, resource
    if not isinstance(found, Mapping) or not isinstance(found.get("Statement"), list):
        return found
    said = [
        {name: value for name, value in one.items() if name != "Resource"}
        if isinstance(one, Mapping)
        else one
        for one in found["Statement"]
    ]
    return {**found, "Statement": said}


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
    beside=(
        Beside("AWS::Lambda::Permission", "FunctionName", "Policy", permission, strict=True,
               whole=True),
    ),
    silent={"FunctionName"},
    # Lambda lets nobody in by itself: triggers that a console sets up are made by people.
    none={"Policy"},
    by_aws={"Policy": of_itself},
)  # fmt: skip
"""Permissions on a version or an alias are in a policy of theirs, which is not compared."""
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
