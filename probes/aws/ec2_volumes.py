"""EC2: volumes, and how the account encrypts those that nobody says more about."""

from __future__ import annotations

from pydantic import Field

from auditor.query import Query, Shape
from auditor.resources import Tags


class VolumeAttachment(Shape):
    """The instance that a volume is attached to; none where a service holds it."""

    instance_id: str = ""


class Volume(Shape):
    """A volume; without a key it is not encrypted."""

    volume_id: str
    encrypted: bool = False
    kms_key_id: str = ""
    attachments: tuple[VolumeAttachment, ...] = ()
    tags: Tags = Field(default_factory=dict)

    @property
    def instances(self) -> tuple[str, ...]:
        """The instances that it is attached to."""
        return tuple(attachment.instance_id for attachment in self.attachments)


class EncryptionByDefault(Shape):
    """Whether new volumes of the region are encrypted though nobody asks for it."""

    ebs_encryption_by_default: bool


class DefaultKey(Shape):
    """The key for volumes that are encrypted with none named: AWS's own, or one of the customer's.

    An alias, such as `alias/aws/ebs`, an ARN or an id.
    """

    kms_key_id: str


VOLUMES = Query(
    "ec2:DescribeVolumes",
    Volume,
    each="Volumes",
    key="VolumeId",
    also={"MaxResults": 500},
    arn="arn:{partition}:ec2:{region}:{account}:volume/{VolumeId}",
    tags="Tags",
    type="AWS::EC2::Volume",
)
ENCRYPTION_BY_DEFAULT = Query("ec2:GetEbsEncryptionByDefault", EncryptionByDefault)
DEFAULT_KEY = Query("ec2:GetEbsDefaultKmsKeyId", DefaultKey)
