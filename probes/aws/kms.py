"""KMS: keys, what they are, who may use them, whether they rotate."""

from __future__ import annotations

from pydantic import Field

from auditor.query import Document, Query, Shape
from probes.aws import tagging

GONE = {"NotFoundException"}


class Key(Shape):
    """A key as `ListKeys` has it."""

    key_arn: str
    key_id: str


class Metadata(Shape):
    """What a key is (API model, `KeyMetadata`)."""

    arn: str
    aws_account_id: str = Field(alias="AWSAccountId")
    key_manager: str = "CUSTOMER"
    key_state: str
    key_spec: str = "SYMMETRIC_DEFAULT"
    key_usage: str = "ENCRYPT_DECRYPT"
    origin: str = "AWS_KMS"
    deletion_date: str | None = None
    multi_region: bool = False


class Rotation(Shape):
    """Whether and how often KMS makes new material; 365 days unless said otherwise."""

    key_rotation_enabled: bool
    rotation_period_in_days: int = 365


class KeyPolicy(Shape):
    """The policy named `default`."""

    policy: Document


KEYS = Query(
    "kms:ListKeys",
    Key,
    each="Keys",
    key="KeyArn",
    arn="KeyArn",
    name="KeyId",
    tags=tagging.TAGGED,
    type="AWS::KMS::Key",
)
METADATA = Query(
    "kms:DescribeKey", Metadata, at="KeyMetadata", of=KEYS, given={"KeyId": "KeyArn"}, gone=GONE
)
ROTATION = Query(
    "kms:GetKeyRotationStatus",
    Rotation,
    of=KEYS,
    given={"KeyId": "KeyArn"},
    absent={"UnsupportedOperationException"},
    gone=GONE,
)
POLICY = Query(
    "kms:GetKeyPolicy",
    KeyPolicy,
    of=KEYS,
    given={"KeyId": "KeyArn"},
    also={"PolicyName": "default"},
    gone=GONE,
)


def why_no_rotation(metadata: Metadata) -> str:
    """Why automatic rotation does not arise for a key; nothing where it does."""
    if metadata.key_manager == "AWS":
        return "AWS rotates the keys that it manages"
    if metadata.key_state != "Enabled":
        return f"the key is {metadata.key_state}"
    if metadata.key_spec != "SYMMETRIC_DEFAULT":
        return "only symmetric encryption keys rotate"
    if metadata.origin != "AWS_KMS":
        return "KMS rotates only material that it made"
    return ""
