"""What a scaling group launches from, and the keys of the volumes that come of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.facts import Facts
from probes.analysis.answers import CannotTell
from probes.analysis.block_devices import Device, launched
from probes.aws import autoscaling, ec2_images, ec2_templates, ec2_volumes
from probes.aws.ec2_templates import TemplateVersion

NEEDS = (
    *ec2_templates.EVERY_VERSION,
    autoscaling.LAUNCH_CONFIGURATIONS,
    ec2_images.IMAGES,
    ec2_images.SNAPSHOTS,
    ec2_volumes.ENCRYPTION_BY_DEFAULT,
    ec2_volumes.DEFAULT_KEY,
)
_PUBLIC_PARAMETER = "resolve:ssm:/aws/service/"


@dataclass(frozen=True, slots=True)
class Launch:
    """One image with the devices that a template or launch configuration gives it."""

    name: str
    image: str
    devices: tuple[Device, ...]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A volume, the name of a key that it needs, and where that name stands."""

    device: str
    key: str
    stands: str


def launches(facts: Facts, group: autoscaling.Group) -> tuple[Launch, ...] | CannotTell:
    """All that a group may launch from: none at all for one that launches nothing."""
    if group.launch_configuration_name:
        name = group.launch_configuration_name
        found = facts.named(autoscaling.LAUNCH_CONFIGURATIONS, name)
        if found is None:
            return CannotTell(f"there is no launch configuration {name}")
        return (Launch(f"launch configuration {name}", found.image_id, _configured(found)),)
    versions = ec2_templates.versions_used(group, facts)
    if None in versions:
        return CannotTell("the group names a launch template or version that does not exist")
    own = ec2_images.own_images(group)
    return tuple(
        Launch(_called(version), image, _templated(version))
        for version in versions
        if version
        for image in dict.fromkeys((version.launch_template_data.image_id, *own))
    )


def named_keys(launch: Launch) -> Iterator[Sealed]:
    """The keys that the template itself gives to its volumes."""
    for device in launch.devices:
        if device.has_own_key:
            yield Sealed(device.name, device.key, launch.name)


def devices(facts: Facts, launch: Launch) -> tuple[Device, ...] | CannotTell:
    """The volumes of an instance; of an image that cannot be seen they cannot be told."""
    image = _of_image(facts, launch.image)
    return image if isinstance(image, CannotTell) else launched(launch.devices, image)


def _called(version: TemplateVersion) -> str:
    return f"launch template {version.launch_template_name} version {version.version_number}"


def _configured(found: autoscaling.LaunchConfiguration) -> tuple[Device, ...]:
    return tuple(
        Device(
            one.device_name,
            volume=one.ebs is not None and not one.no_device,
            encrypted=one.ebs.encrypted if one.ebs else None,
            snapshot=one.ebs.snapshot_id if one.ebs else "",
            sealed=None if one.ebs and one.ebs.snapshot_id else False,
        )
        for one in found.block_device_mappings
    )


def _templated(version: TemplateVersion) -> tuple[Device, ...]:
    return tuple(
        Device(
            one.device_name,
            volume=one.ebs is not None and one.no_device is None,
            encrypted=one.ebs.encrypted if one.ebs else None,
            key=one.ebs.kms_key_id if one.ebs else "",
            snapshot=one.ebs.snapshot_id if one.ebs else "",
            sealed=None if one.ebs and one.ebs.snapshot_id else False,
        )
        for one in version.launch_template_data.block_device_mappings
    )


def _of_image(facts: Facts, image_id: str) -> tuple[Device, ...] | CannotTell:
    """The devices of an image. AWS's public images have no encrypted snapshots: none can be."""
    if image_id.startswith(_PUBLIC_PARAMETER):
        return (Device("the root device"),)
    if not image_id.startswith("ami-"):
        return CannotTell(f"which image {image_id or 'without a name'} stands for is not known")
    found = facts.where(ec2_images.IMAGES, ec2_images.image_id_of, image_id)
    if not found:
        return CannotTell(f"image {image_id} cannot be seen")
    return tuple(
        Device(
            one.device_name,
            volume=one.ebs is not None,
            snapshot=one.ebs.snapshot_id if one.ebs else "",
            sealed=one.ebs.encrypted if one.ebs else False,
        )
        for one in found[0].block_device_mappings
    )


def other_keys(facts: Facts, device: Device) -> Iterator[Sealed | CannotTell]:
    """The keys that a volume has by its snapshot and by the account's default."""
    snapshot = _snapshot(facts, device)
    if isinstance(snapshot, CannotTell):
        yield snapshot
        return
    if snapshot:
        yield Sealed(device.name, snapshot.kms_key_id, f"snapshot {device.snapshot}")
    if device.has_own_key or (snapshot and not device.key and snapshot.owner_id == facts.account):
        return
    wanted = device.encrypted is True or snapshot is not None or device.sealed is True
    if not wanted and not facts.its(ec2_volumes.ENCRYPTION_BY_DEFAULT).ebs_encryption_by_default:
        if device.key:
            yield CannotTell(f"{device.name} names a key and does not ask for encryption")
        return
    if device.key:
        yield Sealed(device.name, device.key, "the launch template")
    else:
        default = facts.its(ec2_volumes.DEFAULT_KEY).kms_key_id
        yield Sealed(device.name, default, "the account's default")


def _snapshot(facts: Facts, device: Device) -> ec2_images.Snapshot | CannotTell | None:
    """The encrypted snapshot that a volume starts from, if it starts from one."""
    if not device.snapshot or device.sealed is False:
        return None
    found = facts.where(ec2_images.SNAPSHOTS, ec2_images.snapshot_id_of, device.snapshot)
    if not found:
        return CannotTell(f"snapshot {device.snapshot} cannot be seen")
    if found[0].encrypted and not found[0].kms_key_id:
        return CannotTell(f"the key of snapshot {device.snapshot} is not told")
    return found[0] if found[0].encrypted else None
