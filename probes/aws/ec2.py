"""EC2: network interfaces, VPCs, instances; security groups and prefix lists: `ec2_groups`."""

from __future__ import annotations

from pydantic import Field

from auditor.query import Query, Shape
from auditor.resources import Tags
from probes.analysis.addresses import Block, block
from probes.aws.user_data import UserData

_ARN = "arn:{partition}:ec2:{region}:{account}"
_LARGEST_PAGE = 1000


class AttachedGroup(Shape):
    """A group on an interface or instance."""

    group_id: str
    group_name: str = ""


class Attachment(Shape):
    """What an interface is attached to; no instance where a service keeps the interface."""

    instance_id: str = ""
    status: str = ""


class PublicAddress(Shape):
    """The public IPv4 address of an interface."""

    public_ip: str = ""


class PrivateAddress(Shape):
    """One of the private IPv4 addresses of an interface."""

    private_ip_address: str = ""


class Ipv6Address(Shape):
    """One of the IPv6 addresses of an interface."""

    ipv6_address: str = ""


class NetworkInterface(Shape):
    """An interface: of an instance, a task, a function, a load balancer, a database, ..."""

    network_interface_id: str
    interface_type: str = ""
    description: str = ""
    requester_id: str = ""
    status: str = ""
    subnet_id: str = ""
    vpc_id: str = ""
    groups: tuple[AttachedGroup, ...] = ()
    attachment: Attachment | None = None
    association: PublicAddress | None = None
    private_ip_addresses: tuple[PrivateAddress, ...] = ()
    ipv6_addresses: tuple[Ipv6Address, ...] = ()
    tags: Tags = Field(default_factory=dict, alias="TagSet")

    @property
    def addresses(self) -> tuple[str, ...]:
        """By which addresses of its own VPC it is reached."""
        four = (one.private_ip_address for one in self.private_ip_addresses)
        six = (one.ipv6_address for one in self.ipv6_addresses)
        return tuple(one for one in (*four, *six) if one)

    @property
    def user(self) -> str:
        """What uses it: an instance, a service by its account's alias, or what its type says."""
        if self.attachment and self.attachment.instance_id:
            return "instance"
        if self.requester_id.startswith("amazon-"):
            return self.requester_id
        return self.interface_type or "interface"

    @property
    def has_public_address(self) -> bool:
        """Whether it has an address of the internet: IPv6 addresses of VPCs are such."""
        return bool((self.association and self.association.public_ip) or self.ipv6_addresses)


class BlockState(Shape):
    """Whether a block belongs to its VPC: `associated`, or on the way there or away."""

    state: str = ""


class CidrBlock(Shape):
    """An IPv4 block of a VPC, the primary one among them."""

    cidr_block: str
    cidr_block_state: BlockState | None = None


class Ipv6CidrBlock(Shape):
    """An IPv6 block of a VPC."""

    ipv6_cidr_block: str
    ipv6_cidr_block_state: BlockState | None = None


class Vpc(Shape):
    """A VPC with its primary and secondary blocks."""

    vpc_id: str
    cidr_block: str = ""
    cidr_block_association_set: tuple[CidrBlock, ...] = ()
    ipv6_cidr_block_association_set: tuple[Ipv6CidrBlock, ...] = ()
    is_default: bool = False
    tags: Tags = Field(default_factory=dict)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Its blocks, without those that are being taken away and those that were."""
        four = ((b.cidr_block, b.cidr_block_state) for b in self.cidr_block_association_set)
        six = (
            (b.ipv6_cidr_block, b.ipv6_cidr_block_state)
            for b in self.ipv6_cidr_block_association_set
        )
        held = [text for text, state in (*four, *six) if not state or state.state == "associated"]
        read = (block(text) for text in dict.fromkeys((self.cidr_block, *held)))
        return tuple(one for one in read if one is not None)


class InstanceState(Shape):
    """`pending`, `running`, `shutting-down`, `terminated`, `stopping` or `stopped`."""

    name: str


class InstanceProfile(Shape):
    """The instance profile of an instance, which holds its role."""

    arn: str


class Monitoring(Shape):
    """`enabled` or `pending` for detailed monitoring, `disabled` or `disabling` for basic."""

    state: str = ""


class Instance(Shape):
    """An instance; without a profile it has no role."""

    instance_id: str
    image_id: str = ""
    state: InstanceState
    monitoring: Monitoring = Field(default_factory=Monitoring)
    subnet_id: str = ""
    vpc_id: str = ""
    public_ip_address: str = ""
    ipv6_address: str = ""
    iam_instance_profile: InstanceProfile | None = None
    security_groups: tuple[AttachedGroup, ...] = ()
    tags: Tags = Field(default_factory=dict)

    @property
    def scaling_group(self) -> str:
        """The scaling group that launched it, which AWS alone can write into this tag."""
        return self.tags.get("aws:autoscaling:groupName", "")


class HeldUserData(Shape):
    """User data as an attribute of an instance; no value where there is none."""

    value: UserData = None


class InstanceUserData(Shape):
    """The user data that an instance was launched with."""

    instance_id: str
    user_data: HeldUserData = Field(default_factory=HeldUserData)


def stands_alone(instance: Instance) -> bool:
    """Which instances no scaling group launched, of those that are there."""
    return not instance.scaling_group and instance.state.name not in {"terminated", "shutting-down"}


def groups_of(interface: NetworkInterface) -> tuple[str, ...]:
    """For `where`: the interfaces that a group is on."""
    return tuple(group.group_id for group in interface.groups)


def vpc_of(interface: NetworkInterface) -> str:
    """For `where`: the interfaces that lie in a VPC."""
    return interface.vpc_id


def scaling_group_of(instance: Instance) -> str:
    """For `where`: the instances of a scaling group."""
    return instance.scaling_group


NETWORK_INTERFACES = Query(
    "ec2:DescribeNetworkInterfaces",
    NetworkInterface,
    each="NetworkInterfaces",
    key="NetworkInterfaceId",
    also={"MaxResults": _LARGEST_PAGE},
    arn=f"{_ARN}:network-interface/{{NetworkInterfaceId}}",
    tags="TagSet",
    type="AWS::EC2::NetworkInterface",
)
VPCS = Query(
    "ec2:DescribeVpcs",
    Vpc,
    each="Vpcs",
    key="VpcId",
    also={"MaxResults": _LARGEST_PAGE},
    arn=f"{_ARN}:vpc/{{VpcId}}",
    tags="Tags",
    type="AWS::EC2::VPC",
)
INSTANCES = Query(
    "ec2:DescribeInstances",
    Instance,
    each="Reservations[].Instances",
    key="InstanceId",
    also={"MaxResults": _LARGEST_PAGE},
    arn=f"{_ARN}:instance/{{InstanceId}}",
    tags="Tags",
    type="AWS::EC2::Instance",
)
USER_DATA = Query(
    "ec2:DescribeInstanceAttribute",
    InstanceUserData,
    key="InstanceId",
    of=INSTANCES,
    given={"InstanceId": "InstanceId"},
    also={"Attribute": "userData"},
    when=stands_alone,
    gone={"InvalidInstanceID.NotFound"},
)
