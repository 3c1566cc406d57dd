"""Why scaling activities fail: status messages of Auto Scaling, sorted by their cause.

The messages are those of the EC2 Auto Scaling user guide ("Troubleshoot issues": launch
failures, AMI issues, capacity limits, health checks) and the error codes of the EC2 API. A
message is a hint for the reader, never a proof.
"""

from dataclasses import dataclass
from enum import Enum

_LONGEST = 8192  # far more than AWS writes; what comes later is not read


class Kind(Enum):
    """Whose business a cause is."""

    KMS = "kms"
    QUOTA = "quota"
    CAPACITY = "capacity"
    PERMISSION = "permission"
    TEMPLATE = "template drift"
    APPLICATION = "application"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Cause:
    """A named cause, with a sentence that explains it."""

    name: str
    kind: Kind
    explanation: str


UNKNOWN = Cause("unrecognised", Kind.UNKNOWN, "The message is none that we know; read it as it is.")

_KEY_STATE = Cause(
    "key-state-or-access",
    Kind.KMS,
    "The key of a volume is disabled or pending deletion, or, although the message does not say"
    " so, the service-linked role of the group may not use it; the key's state and policy decide.",
)
_KEY_ACCESS = Cause(
    "key-access",
    Kind.KMS,
    "The instance ended while it started: this is how it shows that the service-linked role of"
    " the group may not use the customer key of a volume; the key's policy decides.",
)
_KEY_DENIED = Cause(
    "key-denied", Kind.KMS, "A KMS operation that the launch needs was denied to the caller."
)
_VOLUME_QUOTA = Cause(
    "volume-quota",
    Kind.QUOTA,
    "The account's quota of EBS volume storage in this region is used up.",
)
_INSTANCE_QUOTA = Cause(
    "instance-quota", Kind.QUOTA, "The account's quota of running instances or vCPUs is used up."
)
_SPOT_QUOTA = Cause("spot-quota", Kind.QUOTA, "The account's quota of Spot Instances is used up.")
_GROUP_LIMIT = Cause(
    "group-limit",
    Kind.QUOTA,
    "The group or the account already runs as many instances as it may.",
)
_NO_CAPACITY = Cause(
    "no-capacity",
    Kind.CAPACITY,
    "AWS has no capacity for this instance type in the zone now; more types or zones would help.",
)
_NOT_AUTHORISED = Cause(
    "not-authorised",
    Kind.PERMISSION,
    "The caller lacks a permission, most often iam:PassRole for the instance profile's role or"
    " one of the service-linked role's.",
)
_NOT_SUBSCRIBED = Cause(
    "not-subscribed",
    Kind.PERMISSION,
    "The account has not accepted the terms of the image's product, or is not signed up.",
)
_NO_ADDRESSES = Cause(
    "subnet-full", Kind.TEMPLATE, "A subnet of the group has no free addresses left."
)
_GROUP_GONE = Cause(
    "security-group-missing",
    Kind.TEMPLATE,
    "A security group that the launch template names does not exist.",
)
_KEY_PAIR_GONE = Cause(
    "key-pair-missing", Kind.TEMPLATE, "The key pair that the launch template names does not exist."
)
_IMAGE_GONE = Cause(
    "image-missing",
    Kind.TEMPLATE,
    "The image that the launch template names does not exist, was deregistered or is not ready.",
)
_SUBNET_GONE = Cause("subnet-missing", Kind.TEMPLATE, "A subnet of the group does not exist.")
_SNAPSHOT_GONE = Cause(
    "snapshot-missing", Kind.TEMPLATE, "A snapshot of the block device mapping does not exist."
)
_TEMPLATE_GONE = Cause(
    "launch-template-missing",
    Kind.TEMPLATE,
    "The launch template, or the version that the group names, does not exist.",
)
_PROFILE_GONE = Cause(
    "instance-profile-invalid",
    Kind.TEMPLATE,
    "The instance profile that the launch template names does not exist or is not valid.",
)
_DEVICES = Cause(
    "device-mapping-invalid",
    Kind.TEMPLATE,
    "The block device mapping of the launch template does not fit the image or instance type.",
)
_UNSUPPORTED = Cause(
    "configuration-unsupported",
    Kind.TEMPLATE,
    "The combination of instance type, image, zone and options is not supported.",
)
_LIFECYCLE = Cause(
    "lifecycle-action-abandoned",
    Kind.APPLICATION,
    "The instance started, but its launch or termination hook was abandoned or timed out.",
)
_LOAD_BALANCER = Cause(
    "load-balancer-health-check",
    Kind.APPLICATION,
    "The instance did not pass the health check of its load balancer and was replaced.",
)
_STATUS_CHECK = Cause(
    "instance-health-check",
    Kind.APPLICATION,
    "The instance did not pass EC2's health check, or was stopped or terminated from outside.",
)

# The first line of which all fragments occur names the cause: the specific before the general.
_SIGNS: tuple[tuple[tuple[str, ...], Cause], ...] = (
    (("invalidkmskey",), _KEY_STATE),
    (("kms key", "incorrect state"), _KEY_STATE),
    (("client.internalerror",), _KEY_ACCESS),
    (("client error on launch",), _KEY_ACCESS),
    (("not authorized to perform", "kms:"), _KEY_DENIED),
    (("volumelimitexceeded",), _VOLUME_QUOTA),
    (("maxspotinstancecountexceeded",), _SPOT_QUOTA),
    (("max spot instance count exceeded",), _SPOT_QUOTA),
    (("vcpulimitexceeded",), _INSTANCE_QUOTA),
    (("current vcpu limit",), _INSTANCE_QUOTA),
    (("instancelimitexceeded",), _INSTANCE_QUOTA),
    (("current instance limit",), _INSTANCE_QUOTA),
    (("instance(s) are already running",), _GROUP_LIMIT),
    (("insufficientfreeaddresses",), _NO_ADDRESSES),
    (("free addresses",), _NO_ADDRESSES),
    (("insufficientinstancecapacity",), _NO_CAPACITY),
    (("insufficienthostcapacity",), _NO_CAPACITY),
    (("insufficientcapacity",), _NO_CAPACITY),
    (("unfulfillablecapacity",), _NO_CAPACITY),
    (("do not have sufficient", "capacity"), _NO_CAPACITY),
    (("no spot capacity available",), _NO_CAPACITY),
    (("spotinstancetermination",), _NO_CAPACITY),
    (("unauthorizedoperation",), _NOT_AUTHORISED),
    (("not authorized to",), _NOT_AUTHORISED),
    (("accessdenied",), _NOT_AUTHORISED),
    (("access denied",), _NOT_AUTHORISED),
    (("optinrequired",), _NOT_SUBSCRIBED),
    (("accept terms and subscribe",), _NOT_SUBSCRIBED),
    (("not subscribed to this service",), _NOT_SUBSCRIBED),
    (("lifecycle action",), _LIFECYCLE),
    (("elb system health check",), _LOAD_BALANCER),
    (("elb health check",), _LOAD_BALANCER),
    (("instance status check",), _STATUS_CHECK),
    (("ec2 health check",), _STATUS_CHECK),
    (("system status check",), _STATUS_CHECK),
    (("userinitiatedshutdown",), _STATUS_CHECK),
    (("instanceinitiatedshutdown",), _STATUS_CHECK),
    (("invalidgroup.notfound",), _GROUP_GONE),
    (("security group", "does not exist"), _GROUP_GONE),
    (("invalidkeypair.notfound",), _KEY_PAIR_GONE),
    (("key pair", "does not exist"), _KEY_PAIR_GONE),
    (("invalidsnapshot.notfound",), _SNAPSHOT_GONE),
    (("snapshot", "does not exist"), _SNAPSHOT_GONE),
    (("invalidlaunchtemplate",), _TEMPLATE_GONE),
    (("launch template", "does not exist"), _TEMPLATE_GONE),
    (("launch template", "not found"), _TEMPLATE_GONE),
    (("invalidsubnetid.notfound",), _SUBNET_GONE),
    (("subnet", "does not exist"), _SUBNET_GONE),
    (("invalidamiid",), _IMAGE_GONE),
    (("deregistered",), _IMAGE_GONE),
    (("image id", "does not exist"), _IMAGE_GONE),
    (("ami id", "does not exist"), _IMAGE_GONE),
    (("ami", "pending, and cannot be run"), _IMAGE_GONE),
    (("iaminstanceprofile",), _PROFILE_GONE),
    (("invalid iam instance profile",), _PROFILE_GONE),
    (("invalid device name",), _DEVICES),
    (("parameter virtualname is invalid",), _DEVICES),
    (("block device mapping",), _DEVICES),
    (("currently not supported",), _UNSUPPORTED),
    (("not supported in your requested availability zone",), _UNSUPPORTED),
    (("availability zone is no longer supported",), _UNSUPPORTED),
    (("does not match the architecture",), _UNSUPPORTED),
    (("placement groups may not be used",), _UNSUPPORTED),
)


def classify(message: str | None) -> Cause:
    """The cause that a status message, or an instance's state reason, points to."""
    text = (message or "")[:_LONGEST].lower()
    for fragments, cause in _SIGNS:
        if all(fragment in text for fragment in fragments):
            return cause
    return UNKNOWN
