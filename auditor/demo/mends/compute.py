"""EC2: default encryption, images, launch templates, networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from auditor.demo.exchange import Answer, Exchange, Mend

# Description of an interface that a service makes -> its requester and type: "Requester-managed
# network interfaces" of the EC2 guide, API NetworkInterface.
_REQUESTERS = {
    "ELB ": ("amazon-elb", "interface"),
    "RDSNetworkInterface": ("amazon-rds", "interface"),
    "AWS Lambda VPC ENI-": ("amazon-lambda", "lambda"),
    "Interface for NAT Gateway ": ("amazon-nat", "nat_gateway"),
    "VPC Endpoint Interface ": ("amazon-vpce", "vpc_endpoint"),
    "arn:aws:ecs:": ("amazon-ecs", "interface"),
}


def _default_key(exchange: Exchange) -> dict[str, Any]:
    """The alias of AWS's own key until another is chosen (API GetEbsDefaultKmsKeyId)."""
    return {"KmsKeyId": exchange.backend("ec2").default_kms_key_id or "alias/aws/ebs"}


def _images(exchange: Exchange, answer: dict[str, Any]) -> None:
    """A volume of an image is encrypted where its snapshot is; moto says nothing of it."""
    ec2 = exchange.backend("ec2")
    for image in answer.get("Images", ()):
        image["RootDeviceType"] = "ebs"
        for device in image.get("BlockDeviceMappings", ()):
            if "Ebs" in device:
                snapshot = ec2.snapshots.get(device["Ebs"].get("SnapshotId"))
                device["Ebs"]["Encrypted"] = bool(snapshot and snapshot.encrypted)


def _template_versions(_: Exchange, answer: dict[str, Any]) -> None:
    """The tags of a template itself are no part of its data."""
    for version in answer.get("LaunchTemplateVersions", ()):
        data = version["LaunchTemplateData"]
        specifications = [
            s for s in data.get("TagSpecifications", ()) if s["ResourceType"] != "launch-template"
        ]
        data.pop("TagSpecifications", None)
        if specifications:
            data["TagSpecifications"] = specifications


def _network_interfaces(exchange: Exchange, answer: dict[str, Any]) -> None:
    for interface in answer.get("NetworkInterfaces", ()):
        description = interface.get("Description", "")
        if description == "moto ECS":
            attachment = uuid5(NAMESPACE_URL, interface["NetworkInterfaceId"])
            description = exchange.arn("ecs", f"attachment/{attachment}")
            interface["Description"] = description
        for start, (requester, kind) in _REQUESTERS.items():
            if description.startswith(start):
                interface["RequesterId"] = requester
                interface["RequesterManaged"] = True
                interface["InterfaceType"] = kind
                interface["Status"] = "in-use"


def _subnets(exchange: Exchange, answer: dict[str, Any]) -> None:
    """Moto calls the first subnet of every zone a default one; AWS has those in default VPCs."""
    vpcs = exchange.backend("ec2").vpcs
    for subnet in answer.get("Subnets", ()):
        subnet["DefaultForAz"] = bool(vpcs[subnet["VpcId"]].is_default)


def _nat_gateway(exchange: Exchange, answer: dict[str, Any]) -> None:
    """A gateway's interface has no security group; moto puts it into the VPC's default one."""
    name = answer["NatGateway"]["NatGatewayId"]
    interface = exchange.backend("ec2").nat_gateways[name]._eni
    interface.description = f"Interface for NAT Gateway {name}"
    interface._group_set = []


def _endpoint(exchange: Exchange, answer: dict[str, Any]) -> None:
    """An endpoint's interfaces have its groups, or else the default one (API CreateVpcEndpoint)."""
    ec2, name = exchange.backend("ec2"), answer["VpcEndpoint"]["VpcEndpointId"]
    groups = [
        ec2.get_security_group_from_id(g) for g in exchange.params.get("SecurityGroupIds", ())
    ]
    for interface in ec2.vpc_end_points[name].network_interface_ids:
        ec2.enis[interface].description = f"VPC Endpoint Interface {name}"
        if groups:
            ec2.enis[interface]._group_set = groups


ANSWERS: Mapping[str, Answer] = {"ec2:GetEbsDefaultKmsKeyId": _default_key}
MENDS: Mapping[str, Mend] = {
    "ec2:CreateNatGateway": _nat_gateway,
    "ec2:CreateVpcEndpoint": _endpoint,
    "ec2:DescribeImages": _images,
    "ec2:DescribeLaunchTemplateVersions": _template_versions,
    "ec2:DescribeNetworkInterfaces": _network_interfaces,
    "ec2:DescribeSubnets": _subnets,
}
