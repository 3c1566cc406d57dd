"""Why scaling activities fail, by their messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.failures import UNKNOWN, Kind, classify

FAILED = " Launching EC2 instance failed."


@pytest.mark.parametrize(
    ("message", "name", "kind"),
    [
        ("Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: Client.InvalidKMSKey.InvalidState: The KMS key provided is in an incorrect state", "key-state-or-access", Kind.KMS),
        ("Client.InternalError: Client error on launch", "key-access", Kind.KMS),
        ("User: arn:aws:sts::1:x is not authorized to perform: kms:CreateGrant on this resource", "key-denied", Kind.KMS),
        ("Client.VolumeLimitExceeded: Volume limit exceeded", "volume-quota", Kind.QUOTA),
        ("You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance bucket that the specified instance type belongs to." + FAILED, "instance-quota", Kind.QUOTA),
        ("VcpuLimitExceeded", "instance-quota", Kind.QUOTA),
        ("Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance count exceeded." + FAILED, "spot-quota", Kind.QUOTA),
        ("5 instance(s) are already running." + FAILED, "group-limit", Kind.QUOTA),
        ("We currently do not have sufficient m5.large capacity in the Availability Zone you requested (eu-west-1a)." + FAILED, "no-capacity", Kind.CAPACITY),
        ("Could not launch On-Demand Instances. InsufficientInstanceCapacity - no", "no-capacity", Kind.CAPACITY),
        ("There is no Spot capacity available that matches your request." + FAILED, "no-capacity", Kind.CAPACITY),
        ("You are not authorized to perform this operation. Encoded authorization failure message: x" + FAILED, "not-authorised", Kind.PERMISSION),
        ("Access denied when attempting to assume role arn:aws:iam::1:role/x. Validating load balancer configuration failed.", "not-authorised", Kind.PERMISSION),
        ("In order to use this AWS Marketplace product you need to accept terms and subscribe.", "not-subscribed", Kind.PERMISSION),
        ("The security group 'sg-0123' does not exist." + FAILED, "security-group-missing", Kind.TEMPLATE),
        ("The key pair 'ops' does not exist." + FAILED, "key-pair-missing", Kind.TEMPLATE),
        ("The AMI ID ami-0123 does not exist." + FAILED, "image-missing", Kind.TEMPLATE),
        ("The image id '[ami-0123]' does not exist" + FAILED, "image-missing", Kind.TEMPLATE),
        ("AMI ami-0123 is pending, and cannot be run." + FAILED, "image-missing", Kind.TEMPLATE),
        ("The snapshot 'snap-0123' does not exist." + FAILED, "snapshot-missing", Kind.TEMPLATE),
        ("The specified launch template, with template ID lt-0123, does not exist.", "launch-template-missing", Kind.TEMPLATE),
        ("The subnet ID 'subnet-0123' does not exist." + FAILED, "subnet-missing", Kind.TEMPLATE),
        ("There aren't sufficient free addresses in subnet 'subnet-0123'." + FAILED, "subnet-full", Kind.TEMPLATE),
        ("Value (web) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name." + FAILED, "instance-profile-invalid", Kind.TEMPLATE),
        ("Invalid device name upload." + FAILED, "device-mapping-invalid", Kind.TEMPLATE),
        ("Value (web) for parameter virtualName is invalid.", "device-mapping-invalid", Kind.TEMPLATE),
        ("The requested configuration is currently not supported. Please check the documentation.", "configuration-unsupported", Kind.TEMPLATE),
        ("Your requested instance type (m1.tiny) is not supported in your requested Availability Zone (eu-west-1a).", "configuration-unsupported", Kind.TEMPLATE),
        ("Instance failed to complete user's Lifecycle Action: Lifecycle Action with token x was abandoned: Heartbeat Timeout", "lifecycle-action-abandoned", Kind.APPLICATION),
        ("an instance was taken out of service in response to an ELB system health check failure.", "load-balancer-health-check", Kind.APPLICATION),
        ("an instance was taken out of service in response to an EC2 instance status check failure.", "instance-health-check", Kind.APPLICATION),
    ],
)  # fmt: skip
def test_messages_of_aws_point_to_a_cause(message: str, name: str, kind: Kind) -> None:
    for text in (message, message.upper(), message.lower()):
        found = classify(text)
        assert (found.name, found.kind) == (name, kind)
        assert found.explanation.endswith(".")


@pytest.mark.parametrize("message", ["", None, "Launching a new EC2 instance: i-1", "dynamic"])
def test_other_messages_stay_unrecognised(message: str | None) -> None:
    assert classify(message) is UNKNOWN


def test_a_capacity_message_is_not_a_missing_image() -> None:
    message = "We do not have sufficient capacity. The AMI ID ami-1 does not exist."
    assert classify(message).kind is Kind.CAPACITY


def test_only_the_start_of_a_huge_message_is_read() -> None:
    assert classify("x" * 10_000_000 + "VcpuLimitExceeded") is UNKNOWN


@given(st.text())
def test_any_text_has_a_cause_or_is_unrecognised(text: str) -> None:
    assert classify(text).name
