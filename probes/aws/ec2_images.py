"""EC2: the images that scaling groups launch from, and the encrypted snapshots behind them.

Asked by filter: an image or snapshot that is gone is left out of the answer, where an id that is
asked for by itself would refuse the whole call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pydantic import Field

from auditor.facts import Facts
from auditor.query import JSON, Query, Shape
from auditor.resources import Tags
from probes.aws.autoscaling import GROUPS, LAUNCH_CONFIGURATIONS, Group, references_of
from probes.aws.ec2 import INSTANCES, stands_alone
from probes.aws.ec2_templates import OLDER_VERSIONS, VERSIONS, TemplateData

_MOST_VALUES = 200  # of one filter (EC2 API, "List and filter")


class ImageVolume(Shape):
    """A volume of an image; it has a snapshot unless it starts empty."""

    encrypted: bool = False
    snapshot_id: str = ""


class ImageDevice(Shape):
    """A device of an image; no volume where it is an instance store."""

    device_name: str = ""
    ebs: ImageVolume | None = None


class Image(Shape):
    """An image; a public one cannot hold encrypted snapshots, and AWS's have an owner's alias."""

    image_id: str
    name: str = ""
    owner_id: str = ""
    image_owner_alias: str = ""
    public: bool = False
    block_device_mappings: tuple[ImageDevice, ...] = ()
    tags: Tags = Field(default_factory=dict)


class Snapshot(Shape):
    """A snapshot; the key is named by ARN."""

    snapshot_id: str
    owner_id: str = ""
    encrypted: bool = False
    kms_key_id: str = ""


def image_id_of(image: Image) -> str:
    """For `where`: the image with an id."""
    return image.image_id


def snapshot_id_of(snapshot: Snapshot) -> str:
    """For `where`: the snapshot with an id."""
    return snapshot.snapshot_id


def own_images(group: Group) -> tuple[str, ...]:
    """The images that a mixed group names for some of its types, in place of the template's."""
    mixed = group.mixed_instances_policy and group.mixed_instances_policy.launch_template
    named = (override.image_id for override in mixed.overrides) if mixed else ()
    return tuple(dict.fromkeys(image for image in named if image))


def _filters(name: str, values: Iterable[str]) -> Iterator[Mapping[str, JSON]]:
    wanted = sorted({value for value in values if value})
    for start in range(0, len(wanted), _MOST_VALUES):
        yield {"Filters": [{"Name": name, "Values": wanted[start : start + _MOST_VALUES]}]}


def _data_used(facts: Facts) -> Iterator[TemplateData]:
    groups = facts.seen(GROUPS)
    named = {reference.template for group in groups for reference in references_of(group)}
    for version in (*facts.seen(VERSIONS), *facts.seen(OLDER_VERSIONS)):
        if named & {version.launch_template_id, version.launch_template_name}:
            yield version.launch_template_data


def _images(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    named = [data.image_id for data in _data_used(facts)]
    named += [one.image_id for one in facts.seen(LAUNCH_CONFIGURATIONS)]
    named += [image for group in facts.seen(GROUPS) for image in own_images(group)]
    named += [one.image_id for one in facts.seen(INSTANCES) if stands_alone(one)]
    yield from _filters("image-id", (one for one in named if one.startswith("ami-")))


IMAGES = Query(
    "ec2:DescribeImages",
    Image,
    each="Images",
    key="ImageId",
    also={"IncludeDeprecated": True, "IncludeDisabled": True},
    asks=_images,
    reads=(GROUPS, VERSIONS, OLDER_VERSIONS, LAUNCH_CONFIGURATIONS, INSTANCES),
    arn="arn:{partition}:ec2:{region}::image/{ImageId}",
    name="Name",
    tags="Tags",
    type="AWS::EC2::Image",
)
"""The images that scaling groups launch, and those of instances that no group launched."""


def _snapshots(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    """Those that may be encrypted: images say it of theirs, templates do not."""
    volumes = (device.ebs for one in facts.seen(IMAGES) for device in one.block_device_mappings)
    named = [volume.snapshot_id for volume in volumes if volume and volume.encrypted]
    for data in _data_used(facts):
        named += [one.ebs.snapshot_id for one in data.block_device_mappings if one.ebs]
    for configuration in facts.seen(LAUNCH_CONFIGURATIONS):
        named += [one.ebs.snapshot_id for one in configuration.block_device_mappings if one.ebs]
    yield from _filters("snapshot-id", named)


SNAPSHOTS = Query(
    "ec2:DescribeSnapshots",
    Snapshot,
    each="Snapshots",
    key="SnapshotId",
    asks=_snapshots,
    reads=(IMAGES, GROUPS, VERSIONS, OLDER_VERSIONS, LAUNCH_CONFIGURATIONS),
    arn="arn:{partition}:ec2:{region}::snapshot/{SnapshotId}",
    type="AWS::EC2::Snapshot",
)
