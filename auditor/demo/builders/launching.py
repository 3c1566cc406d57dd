"""What a fleet launches from: default encryption, the image, the launch template's versions."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from auditor.demo.application import Fleet
from auditor.demo.builders.site import Site

# The account that publishes Amazon Linux.
_AMAZON_LINUX = "137112412989"
# The root device of moto's images.
_ROOT = "/dev/sda1"


def default_encryption(site: Site, fleet: Fleet) -> None:
    """Encrypt new volumes by default, with the account's own key where there is one."""
    ec2 = site.client("ec2")
    ec2.enable_ebs_encryption_by_default()
    if fleet.default_encryption_key is not None:
        key = site.refs[f"key:{fleet.default_encryption_key}"]
        ec2.modify_ebs_default_kms_key_id(KmsKeyId=key)


def image(site: Site, fleet: Fleet) -> str:
    """An image with one volume; moto gives it a snapshot and takes tags only afterwards."""
    ec2, called = site.client("ec2"), fleet.image or site.name("base")
    name = str(ec2.register_image(Name=called, RootDeviceName=_ROOT)["ImageId"])
    site.refs["image"] = name
    stored = site.store("ec2").amis[name]
    snapshot = stored.ebs_snapshot
    if fleet.image:
        stored.owner_id = snapshot.owner_id = _AMAZON_LINUX
        stored.launch_permissions = [{"Group": "all"}]
        stored.image_owner_alias = "amazon"
        return name
    if fleet.encrypted_with is not None:
        snapshot.encrypted = True
        snapshot.kms_key_id = site.refs[f"key:{fleet.encrypted_with}"]
    ec2.create_tags(Resources=[name, snapshot.id], Tags=site.pairs("Image", site.name("base")))
    return name


def template(site: Site, fleet: Fleet, image_id: str) -> str:
    """The launch template, with a second version as the default where the group stays behind."""
    ec2, data = site.client("ec2"), _data(site, fleet, image_id)
    made = ec2.create_launch_template(
        LaunchTemplateName=site.app.name,
        LaunchTemplateData=data,
        TagSpecifications=site.specification("launch-template", "Template", site.app.name),
    )["LaunchTemplate"]["LaunchTemplateId"]
    if fleet.stays_at_first_version:
        ec2.create_launch_template_version(
            LaunchTemplateId=made,
            VersionDescription="demands tokens of the metadata service",
            LaunchTemplateData=data | {"MetadataOptions": {"HttpTokens": "required"}},
        )
        ec2.modify_launch_template(LaunchTemplateId=made, DefaultVersion="2")
    return site.make("AWS::EC2::LaunchTemplate", "Template", str(made))


def _data(site: Site, fleet: Fleet, image_id: str) -> dict[str, Any]:
    volume: dict[str, Any] = {"VolumeSize": 20, "VolumeType": "gp3"}
    if fleet.encrypted_with is not None:
        volume |= {"Encrypted": True, "KmsKeyId": site.refs[f"key:{fleet.encrypted_with}"]}
    return {
        "ImageId": image_id,
        "InstanceType": "t3.small",
        "SecurityGroupIds": site.groups(("app",)),
        "IamInstanceProfile": {"Name": site.name("instance")},
        "UserData": b64encode(fleet.user_data.encode()).decode(),
        "BlockDeviceMappings": [{"DeviceName": _ROOT, "Ebs": volume}],
        "Monitoring": {"Enabled": fleet.monitoring},
        "MetadataOptions": {"HttpTokens": "required" if fleet.imdsv2 else "optional"},
        "TagSpecifications": [
            {"ResourceType": kind, "Tags": site.own_pairs(f"Launched {kind}", site.app.name)}
            for kind in fleet.tagged_types
        ],
    }
